"""Calendars that no app would write, and some do: each costs nobody else anything, and none takes for ever.

What would take for ever without the limits is here as it is: such a test would not fail, it would not end.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.wire.bare import LONGEST_LINE
from cadenced.wire.busy import CALENDAR, busy_times
from tests.support.busy import busy, calendar, hour, missed, query, says, vevent
from tests.support.events import AWKWARD, zone
from tests.support.rules import rules, text

GOOD = hour(":20261209T100000Z", uid="good")
STILL = ["2026-12-09 10:00/11:00"]
ONE = ["2026-12-08 10:00/11:00"]

HOURS = ",".join(map(str, range(24)))


def beside(*bodies, **more):
    """What else is told beside the good event, which is told whatever stands before it."""
    found = busy(*bodies, GOOD, **more)
    assert set(STILL) <= set(found)
    return [each for each in found if each not in STILL]


class TestRulesWithoutEnd:
    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=SECONDLY",
            "FREQ=MINUTELY;INTERVAL=2",
            "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
            f"FREQ=DAILY;BYHOUR={HOURS};BYMINUTE={','.join(map(str, range(60)))}",
            "FREQ=DAILY;RSCALE=HEBREW",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=OFTEN",
            "INTERVAL=2",
        ],
    )
    def test_what_is_not_followed_is_busy_its_first_time_and_that_is_told(self, rule):
        assert beside(hour(":20000101T100000Z", f"RRULE:{rule}")) == []
        assert beside(hour(":20261208T100000Z", f"RRULE:{rule}")) == ONE
        assert missed(GOOD, hour(":00010101T100000Z", f"RRULE:{rule}")) == 1

    def test_nor_is_a_count_that_began_ages_ago(self):
        event = hour(":00010101T100000Z", f"RRULE:FREQ=DAILY;COUNT=99999999;BYHOUR={HOURS}")
        assert beside(event) == []
        assert missed(event) == 1

    @pytest.mark.parametrize("rule", ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYSETPOS=5"])
    def test_what_comes_never_again_misses_nothing(self, rule):
        event = hour(":20261208T100000Z", f"RRULE:{rule}")
        assert beside(event) == ONE
        assert missed(event) == 0

    def test_a_year_of_every_day_is_told_although_it_goes_on_for_ever(self):
        assert len(beside(hour(":20000101T120000Z", "RRULE:FREQ=DAILY"))) == 189

    @pytest.mark.parametrize("interval", ["0", "-1", "99999999999"])
    def test_an_impossible_interval_stops_nothing(self, interval):
        beside(hour(":20261208T120000Z", f"RRULE:FREQ=DAILY;INTERVAL={interval}"))

    def test_what_lasts_for_centuries_each_time_is_busy_for_centuries(self):
        event = calendar(vevent(":19000101T000000Z", "DURATION:P365000D", "RRULE:FREQ=DAILY"))
        assert busy(event) == ["2026-11-24 00:00/2027-06-01 00:00"]

    def test_a_change_that_moves_all_that_follow_by_centuries_is_not_followed(self):
        master = vevent(":20261208T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
        later = vevent(":99990101T100000Z", "DURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261209T100000Z")
        assert beside(calendar(master, later)) == ONE
        assert missed(calendar(master, later)) == 1

    @pytest.mark.parametrize("rule", ["RRULE:FREQ=SECONDLY", "RDATE:20261215T120000Z", "RRULE:FREQ=YEARLY\r\n" * 13])
    def test_a_zone_whose_clocks_change_otherwise_than_clocks_do_is_none(self, rule):
        restless = zone("Restless", "+0500").replace("END:STANDARD", f"{rule}\r\nEND:STANDARD").strip()
        event = vevent(";TZID=Restless:20261208T100000", "DURATION:PT1H")
        found = beside(calendar(restless, event))
        assert found == (ONE if "RRULE" in rule else ["2026-12-08 05:00/06:00"])

    @pytest.mark.parametrize(
        "rule", ["FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=8,9,10;BYMONTH=3"]
    )
    def test_the_rules_of_clocks_are_followed(self, rule):
        own = zone("Ours", "+0500").replace("END:STANDARD", f"RRULE:{rule}\r\nEND:STANDARD").strip()
        assert beside(calendar(own, vevent(";TZID=Ours:20261208T150000", "DURATION:PT1H"))) == ONE


class TestTheBudget:
    """Of one calendar: what its events may cost together, counted in steps and not in time."""

    def read(self, *bodies, most):
        return busy_times(bodies, query(), most)

    def test_a_series_that_has_no_steps_left_is_busy_its_first_time_and_single_events_are_read_still(self):
        daily = [hour(f":202612{day:02}T120000Z", "RRULE:FREQ=DAILY", uid=f"daily-{day}") for day in range(1, 11)]
        reading = self.read(*daily, GOOD, most=20_000)
        assert 0 < reading.missed < 10
        assert STILL[0] in says(reading.times)
        assert {f"2026-12-{day:02} 12:00/13:00" for day in range(1, 11)} <= set(says(reading.times))
        assert self.read(*daily, GOOD, most=CALENDAR).missed == 0

    @pytest.mark.parametrize(
        "lines",
        [
            [f"RDATE:{','.join(['20261210T100000Z'] * 2000)}"] * 6,
            [f"EXDATE:{','.join(['20261210T100000Z'] * 2000)}"] * 6,
        ],
    )
    @pytest.mark.parametrize("rule", ["FREQ=WEEKLY", "FREQ=DAILY;BYSETPOS=2"])
    def test_dates_without_number_cost_their_event_alone(self, lines, rule):
        event = hour(":20261208T100000Z", f"RRULE:{rule}", *lines)
        assert beside(event) == ONE
        assert missed(event) == 1

    def test_so_do_changes_of_all_that_follow_without_number(self):
        master = vevent(":20261208T100000Z", "DURATION:PT1H", f"RRULE:FREQ=DAILY;BYHOUR={HOURS}")
        changes = (
            vevent(f":20261210T1000{n:02}Z", "DURATION:PT1H", f"RECURRENCE-ID;RANGE=THISANDFUTURE:20261210T1000{n:02}Z")
            for n in range(60)
        )
        assert missed(calendar(master, *changes)) == 1

    def test_text_without_number_is_not_read_and_told_as_missed(self):
        crowd = [f"ATTENDEE:mailto:{n}@example.org" for n in range(1000)]
        reading = self.read(GOOD, *(hour(":20261208T100000Z", *crowd, uid=f"{n}") for n in range(10)), most=50_000)
        assert says(reading.times) == [*ONE, *STILL]
        assert 5 < reading.missed < 10

    def test_zones_without_number_cost_the_calendar_that_has_them(self):
        def own(n):
            described = (
                zone(f"Own {n}", f"+05{n % 60:02}").replace("END:STANDARD", f"COMMENT:{n}\r\nEND:STANDARD").strip()
            )
            return calendar(described, vevent(f";TZID=Own {n}:20261208T150000", "DURATION:PT1H", uid=f"{n}"))

        assert missed(*map(own, range(150))) > 0
        assert missed(*(own(1) for _ in range(100))) == 0

    @settings(deadline=None, max_examples=30)
    @given(st.lists(st.tuples(rules(most=8), st.dates(), st.sampled_from([1, 40, 10**9])), max_size=3))
    def test_whatever_recurs_there_ends_and_takes_nothing_from_what_is_read_after_it(self, several):
        bodies = []
        for n, ((frequency, values), day, count) in enumerate(several):
            rule = text(frequency, values | ({"COUNT": [count]} if n % 2 else {}))
            bodies.append(hour(f":{day.year:04}{day:%m%d}T100000Z", f"RRULE:{rule}", uid=f"u{n}"))
        beside(*bodies)
        assert missed(*bodies) <= len(bodies)


class TestTheEndsOfTheCalendar:
    @pytest.mark.parametrize("timezone", ["Pacific/Kiritimati", "America/Los_Angeles"])
    def test_from_the_first_year_to_the_last_is_all_of_the_window(self, timezone):
        for start, end in ((":00010101T000000", "99991231T235959"), (";VALUE=DATE:00010101", "99991231")):
            kind = ";VALUE=DATE" if "DATE" in start else ""
            found = busy(calendar(vevent(start, f"DTEND{kind}:{end}")), GOOD, timezone=timezone)
            assert found == ["2026-11-24 00:00/2027-06-01 00:00"]

    @pytest.mark.parametrize("year", ["0001", "9999"])
    def test_an_event_of_another_age_blocks_nothing(self, year):
        assert beside(hour(f":{year}0101T100000Z")) == []

    def test_a_rule_from_the_first_year_on_is_followed(self):
        assert busy(hour(":00010102T100000Z", "RRULE:FREQ=WEEKLY"))[:2] == ONE_TUESDAY

    def test_a_rule_until_the_last_year_is_followed(self):
        rule = "RRULE:FREQ=WEEKLY;UNTIL=99991231T235959Z"
        assert busy(hour(":20261124T100000Z", rule))[:2] == ONE_TUESDAY

    def test_a_rule_from_the_last_year_on_blocks_nothing(self):
        assert beside(hour(":99990105T100000Z", "RRULE:FREQ=YEARLY")) == []

    @pytest.mark.parametrize("length", ["P99999999999999D", "-P1D", "PT0S", "P1X"])
    def test_an_impossible_length_blocks_nothing(self, length):
        assert beside(calendar(vevent(":20261208T100000Z", f"DURATION:{length}"))) == []


ONE_TUESDAY = ["2026-11-24 10:00/11:00", "2026-12-01 10:00/11:00"]


class TestSizes:
    def test_a_property_of_a_megabyte_costs_the_event_nothing(self):
        for line in (f"DESCRIPTION:{'x' * (1 << 20)}", f"ATTACH;X={'y' * (1 << 20)}:z", f"X-{'Z' * (1 << 20)}:1"):
            assert beside(hour(":20261208T100000Z", line)) == ONE
            assert (
                beside(hour(":20261208T100000Z", "\r\n ".join(line[n : n + 74] for n in range(0, len(line), 74))))
                == ONE
            )

    def test_of_dates_by_the_megabyte_no_line_is_read(self):
        dates = ",".join(["20261210T100000Z"] * (LONGEST_LINE // 8))
        assert beside(hour(":20261208T100000Z", f"RDATE:{dates}", f"EXDATE:{dates}")) == ONE

    @pytest.mark.parametrize("uid", ["a/b/../c", 'say "hello"', "u" * 300, "", "ü;:,\\n", "%2F%00"])
    def test_any_uid_will_do(self, uid):
        assert beside(hour(uid=uid)) == ONE


class TestGarbledText:
    @pytest.mark.parametrize(
        "body",
        [
            "",
            "<html>",
            "BEGIN:VCALENDAR",
            GOOD[: len(GOOD) // 2],
            hour(":tomorrow"),
            hour(":20261308T100000Z"),
            hour(";TZID=:20261208T"),
            hour().replace("DTSTART", "DTSTOP"),
            hour().replace("DURATION:PT1H", "DTEND;VALUE=DATE:2026120"),
            hour(":20261208T100000Z", "RRULE:FREQ=WEEKLY;BYDAY=XX"),
            hour(":20261208T100000Z", "RRULE:garbage"),
            hour().replace("END:VEVENT", "END:VTODO"),
            "END:VEVENT\r\n" * 3,
            "BEGIN:VEVENT\r\n" * 500,
            "\x00\x01\u2028",
        ],
    )
    def test_it_loses_itself_at_most(self, body):
        beside(body)

    def test_a_garbled_property_that_says_nothing_of_time_loses_nothing(self):
        lines = ("GEO:here", "DTSTAMP:when", "PRIORITY:high", "CREATED;:x", ";;;:", "no colon", "ORGANIZER")
        assert beside(hour(":20261208T100000Z", *lines)) == ONE

    def test_one_event_of_several_in_a_resource_loses_itself(self):
        bad = vevent(":20261108T100000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY", uid="bad")
        assert beside(calendar(bad, vevent(":20261208T100000Z", "DURATION:PT1H"))) == ONE

    @given(st.lists(AWKWARD, max_size=6), st.lists(AWKWARD, max_size=3))
    def test_whatever_stands_there(self, lines, parameters):
        beside(hour(f";{';'.join(parameters)}:20261208T100000Z"), hour(":20261208T120000Z", *lines))
