"""Which events keep somebody busy, and when: calendars as people and their apps write them."""

import pytest

from cadenced.core.model import Identity, Kind
from cadenced.wire.busy import free_busy_times
from tests.support.busy import busy, calendar, hour, query, says, vevent
from tests.support.events import BODY, zone
from tests.support.programme import utc

ONE = ["2026-12-08 10:00/11:00"]
MAYBE = ["2026-12-08 10:00/11:00?"]
ME = "mailto:Maya@Example.org"


class TestWhatBlocks:
    def test_an_event_blocks_its_time(self):
        assert busy(hour()) == ONE

    @pytest.mark.parametrize("line", ["TRANSP:OPAQUE", "STATUS:CONFIRMED", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"])
    def test_what_only_says_so_once_more_changes_nothing(self, line):
        assert busy(hour(":20261208T100000Z", line)) == ONE

    @pytest.mark.parametrize(
        "line",
        [
            "TRANSP:TRANSPARENT",
            "STATUS:CANCELLED",
            "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            f"ATTENDEE;PARTSTAT=DECLINED:{ME}",
            f'ATTENDEE;CN="Maya: a;b";PARTSTAT=DELEGATED:{ME}',
            "ATTENDEE;PARTSTAT=DECLINED;EMAIL=Maya@example.org:/principals/7/",
            'ATTENDEE;EMAIL="maya@example.org";PARTSTAT=DECLINED:urn:uuid:7f3c',
        ],
    )
    def test_these_block_nothing(self, line):
        assert busy(hour(":20261208T100000Z", line)) == []

    @pytest.mark.parametrize(
        "line",
        ["STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", f"ATTENDEE;PARTSTAT=TENTATIVE:{ME}"],
    )
    def test_these_are_tentative(self, line):
        assert busy(hour(":20261208T100000Z", line)) == MAYBE

    @pytest.mark.parametrize(
        "lines",
        [
            ("ATTENDEE;PARTSTAT=DECLINED:mailto:jonas@example.org", f"ATTENDEE;PARTSTAT=ACCEPTED:{ME}"),
            ("ATTENDEE;PARTSTAT=DECLINED;EMAIL=jonas@example.org:/principals/7/",),
            (f"ATTENDEE:{ME}",),  # the one who invites is often listed without an answer
            (f"ORGANIZER;PARTSTAT=DECLINED:{ME}",),
        ],
    )
    def test_what_others_answered_does_not_matter(self, lines):
        assert busy(hour(":20261208T100000Z", *lines)) == ONE

    def test_an_end_counts_as_a_length_does(self):
        assert busy(calendar(vevent(":20261208T100000Z", "DTEND:20261208T110000Z"))) == ONE

    @pytest.mark.parametrize("line", ["DTEND:20261208T100000Z", "DTEND:20261208T090000Z", "TRANSP:OPAQUE"])
    def test_a_moment_blocks_nothing(self, line):
        assert busy(calendar(vevent(":20261208T100000Z", line))) == []

    def test_only_what_lies_within_the_window_is_told(self):
        long = calendar(vevent(":20200101T000000Z", "DTEND:20261124T120000Z"))
        assert busy(long, hour(":20261123T100000Z"), hour(":20270601T000000Z")) == ["2026-11-24 00:00/12:00"]

    def test_a_task_blocks_nothing(self):
        assert busy(hour().replace("VEVENT", "VTODO")) == []


class TestOurs:
    def test_our_own_events_block_nothing(self):
        assert "X-CADENCED-MEETING" in BODY
        assert busy(BODY) == []

    def test_a_copy_of_ours_without_its_mark_is_known_by_its_uid(self):
        bare = BODY.replace("X-CADENCED-MEETING", "X-GONE")
        assert busy(bare) == ["2026-12-08 17:30/18:30"]
        uid = next(line[4:] for line in bare.splitlines() if line.startswith("UID:"))
        assert busy(bare, ours={uid: (utc("2026-12-08T17:30"), utc("2026-12-08T18:30"))}) == []

    def test_a_mark_under_another_uid_is_a_copy_that_somebody_made_for_themselves(self):
        mark = f"X-CADENCED-MEETING:{Identity('maya-jonas', Kind.CALL, utc('2026-12-01').date(), 1)}"
        assert busy(hour(":20261208T100000Z", mark)) == ONE


class TestZones:
    def test_a_time_without_a_zone_is_the_person_s_own(self):
        assert busy(hour(":20261208T100000"), timezone="Europe/Berlin") == ["2026-12-08 09:00/10:00"]

    def test_a_day_is_the_person_s_own_whatever_zone_it_names(self):
        day = calendar(vevent(";VALUE=DATE;TZID=Asia/Tokyo:20261208"))
        assert busy(day, timezone="America/New_York") == ["2026-12-08 05:00/2026-12-09 05:00"]

    def test_days_end_before_the_one_that_they_name(self):
        days = calendar(vevent(";VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329"))
        assert busy(days) == ["2027-03-27 00:00/2027-03-28 23:00"]  # clocks go forward on the second

    def test_a_transparent_day_blocks_nothing(self):
        assert busy(calendar(vevent(";VALUE=DATE:20261208", "TRANSP:TRANSPARENT"))) == []

    @pytest.mark.parametrize(
        "tzid",
        [
            "Europe/Berlin",
            "europe/berlin",
            '"W. Europe Standard Time"',
            "/freeassociation.sourceforge.net/Europe/Berlin",
        ],
    )
    def test_a_zone_is_known_by_every_name_that_apps_give_it(self, tzid):
        assert busy(hour(f";TZID={tzid}:20261208T110000")) == ONE

    def test_the_zone_of_a_name_outranks_what_the_calendar_says_it_is(self):
        assert (
            busy(
                calendar(
                    zone("Europe/Berlin", "-1100").strip(),
                    vevent(";TZID=Europe/Berlin:20261208T110000", "DURATION:PT1H"),
                )
            )
            == ONE
        )

    def test_a_zone_of_the_calendar_s_own_making_is_what_it_says(self):
        own = zone("Our office", "+0500").strip()
        assert busy(calendar(own, vevent(';TZID="Our office":20261208T150000', "DURATION:PT1H"))) == ONE

    def test_two_calendars_may_mean_different_zones_by_one_name(self):
        def at(offset, clock):
            return calendar(zone("Office", offset).strip(), vevent(f";TZID=Office:20261208T{clock}", "DURATION:PT1H"))

        assert busy(at("+0500", "150000")) == busy(at("+0300", "130000")) == ONE

    def test_a_zone_that_nobody_knows_is_the_person_s_own(self):
        assert busy(hour(";TZID=Atlantis:20261208T110000"), timezone="Europe/Berlin") == ONE


class TestFreeBusy:
    def text(self, *lines):
        return calendar("\r\n".join(["BEGIN:VFREEBUSY", "DTSTART:20261124T000000Z", *lines, "END:VFREEBUSY"]))

    def told(self, *lines, **more):
        return says(free_busy_times(self.text(*lines), query(**more)))

    def test_periods_are_busy_unless_they_say_otherwise(self):
        assert self.told(
            "FREEBUSY:20261208T100000Z/20261208T110000Z,20261209T100000Z/PT30M",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261210T100000Z/PT1H",
            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261211T100000Z/PT1H",
            "FREEBUSY;FBTYPE=FREE:20261212T100000Z/PT1H",
        ) == [*ONE, "2026-12-09 10:00/10:30", "2026-12-10 10:00/11:00", "2026-12-11 10:00/11:00?"]

    def test_nothing_busy_is_nothing(self):
        assert self.told() == []

    def test_the_times_of_our_own_events_are_taken_out(self):
        ours = {"u": (utc("2026-12-08T10:15"), utc("2026-12-08T10:45"))}
        found = self.told("FREEBUSY:20261208T100000Z/PT1H", ours=ours)
        assert found == ["2026-12-08 10:00/10:15", "2026-12-08 10:45/11:00"]

    def test_a_line_of_thousands_of_periods_is_read_whole(self):
        periods = ",".join(
            f"202612{d:02}T{h:02}{m:02}00Z/PT1M" for d in range(1, 29) for h in range(24) for m in range(0, 60, 5)
        )
        assert len(self.told(f"FREEBUSY:{periods}")) == 28 * 24 * 12

    def test_what_is_no_calendar_is_an_error_not_free_time(self):
        with pytest.raises(ValueError):
            free_busy_times("<html>", query())
