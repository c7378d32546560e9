"""Events that recur, with their exceptions, as busy time."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.busy import WINDOW, busy, calendar, hour, query, vevent
from tests.support.events import zone
from tests.support.programme import utc
from tests.support.rules import rules, text

WEEKLY = "RRULE:FREQ=WEEKLY;BYDAY=TU"
HOUR = timedelta(hours=1)
DECEMBER = (utc("2026-12-01"), utc("2027-01-01"))


def december(*bodies, **more):
    return busy(*bodies, **{"within": DECEMBER} | more)


def tuesdays(*days):
    return [f"2026-12-{day:02} 10:00/11:00" for day in days]


class TestRules:
    def test_each_time_is_busy(self):
        assert december(hour(":20261201T100000Z", WEEKLY)) == tuesdays(1, 8, 15, 22, 29)

    def test_a_rule_that_began_long_ago_goes_on(self):
        assert december(hour(":19900102T100000Z", WEEKLY)) == tuesdays(1, 8, 15, 22, 29)

    def test_wall_times_stay_when_clocks_change(self):
        ends = (utc("2027-03-20"), utc("2027-04-03"))
        found = busy(hour(";TZID=Europe/Berlin:20200107T110000", "RRULE:FREQ=WEEKLY"), within=ends)
        assert found == ["2027-03-23 10:00/11:00", "2027-03-30 09:00/10:00"]

    @pytest.mark.parametrize(
        ("start", "rule", "days"),
        [
            ("20100105", "FREQ=WEEKLY;INTERVAL=3", (1, 22)),  # 882 weeks before 1 December 2026
            ("20100105", "FREQ=DAILY;INTERVAL=10", (7, 17, 27)),
            ("20100101", "FREQ=DAILY;BYDAY=TU;BYMONTH=12", (1, 8, 15, 22, 29)),
            ("20100107", "FREQ=MONTHLY;BYDAY=-1TU", (29,)),
            ("20101208", "FREQ=YEARLY", (8,)),
            ("20261201", "FREQ=WEEKLY;COUNT=2", (1, 8)),
            ("20261201", "FREQ=WEEKLY;UNTIL=20261215T100000Z", (1, 8, 15)),
        ],
    )
    def test_a_rule_is_followed_as_it_would_be_from_its_beginning(self, start, rule, days):
        assert december(hour(f":{start}T100000Z", f"RRULE:{rule}")) == tuesdays(*days)

    @settings(deadline=None)
    @given(
        st.dates(date(1950, 1, 1), date(2026, 12, 20)),
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
        st.integers(1, 40),
        st.sampled_from(["", ";BYDAY=MO", ";BYDAY=TU,WE,SU", ";BYMONTH=1,12", ";WKST=SU", ";BYHOUR=3,22;BYDAY=FR"]),
    )
    def test_where_a_rule_is_entered_changes_none_of_its_times(self, first, frequency, interval, more):
        rule = f"FREQ={frequency};INTERVAL={interval}{more}"
        start = datetime.combine(first, time(10))
        naive = [moment.replace(tzinfo=None) for moment in DECEMBER]
        assume(frequency != "DAILY" or interval % 7)  # it comes always or never, and to find out takes dateutil long
        true = {*rrulestr(rule, dtstart=start).between(naive[0] - HOUR, naive[1]), start}
        found = december(hour(f":{start:%Y%m%dT%H%M%SZ}", f"RRULE:{rule}"))
        assert found == [f"{each:%Y-%m-%d %H:%M}/{each + HOUR:%H:%M}" for each in sorted(true) if each >= naive[0]]

    @settings(deadline=None)
    @given(rules(), st.dates(date(2024, 1, 1), date(2026, 12, 20)), st.sampled_from(["Z", ""]), st.integers(1, 50))
    def test_an_exception_elsewhere_changes_none_of_its_times(self, rule, day, zone, hours):
        first = (f":{day:%Y%m%d}T100000{zone}", f"RRULE:{text(*rule)}")
        lines = (f"DURATION:PT{hours}H", "EXDATE:20280101T100000Z")
        with_it, without = (calendar(vevent(*first, *lines[:n])) for n in (2, 1))
        assert busy(with_it, timezone="Europe/Berlin") == busy(without, timezone="Europe/Berlin")

    def test_days_recur_from_midnight_to_midnight_of_the_person(self):
        day = calendar(vevent(";VALUE=DATE:20200107", "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8"))
        assert december(day, timezone="America/New_York") == ["2026-12-08 05:00/2026-12-09 05:00"]

    def test_a_time_without_a_zone_recurs_in_the_person_s_own(self):
        found = december(hour(":20200107T110000", WEEKLY), timezone="Europe/Berlin")
        assert found == tuesdays(1, 8, 15, 22, 29)

    def test_a_zone_of_the_calendar_s_own_making_recurs(self):
        own = zone("Our office", "+0500").strip()
        event = vevent(';TZID="Our office":20200107T150000', "DURATION:PT1H", WEEKLY)
        assert december(calendar(own, event)) == tuesdays(1, 8, 15, 22, 29)

    def test_times_beside_a_rule_count_and_may_have_lengths_of_their_own(self):
        lines = ("RDATE;VALUE=PERIOD:20261203T100000Z/PT2H", "RDATE:20261204T100000Z")
        found = december(hour(":20261201T100000Z", *lines))
        assert found == ["2026-12-01 10:00/11:00", "2026-12-03 10:00/12:00", "2026-12-04 10:00/11:00"]

    def test_what_lasts_over_the_window_s_first_moment_is_told_from_there(self):
        night = calendar(vevent(":20100101T220000Z", "DURATION:PT8H", "RRULE:FREQ=DAILY"))
        assert busy(night, within=(utc("2026-12-01"), utc("2026-12-02"))) == [
            "2026-12-01 00:00/06:00",
            "2026-12-01 22:00/2026-12-02 00:00",
        ]


class TestExceptions:
    def master(self, *lines):
        return vevent(":20261201T100000Z", "DURATION:PT1H", WEEKLY, *lines)

    def exception(self, day, start, *lines):
        return vevent(start, "DURATION:PT1H", f"RECURRENCE-ID:202612{day:02}T100000Z", *lines)

    def test_a_time_that_was_taken_out_is_free(self):
        assert december(calendar(self.master("EXDATE:20261208T100000Z,20261215T100000Z"))) == tuesdays(1, 22, 29)

    def test_a_time_that_was_moved_is_busy_where_it_is_now(self):
        moved = self.exception(8, ":20261209T140000Z")
        assert december(calendar(self.master(), moved)) == [
            *tuesdays(1),
            "2026-12-09 14:00/15:00",
            *tuesdays(15, 22, 29),
        ]

    def test_a_single_time_may_be_declined_cancelled_or_tentative(self):
        declined = self.exception(8, ":20261208T100000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:maya@example.org")
        cancelled = self.exception(15, ":20261215T100000Z", "STATUS:CANCELLED")
        tentative = self.exception(22, ":20261222T100000Z", "STATUS:TENTATIVE")
        found = december(calendar(self.master(), declined, cancelled, tentative))
        assert found == [*tuesdays(1), "2026-12-22 10:00/11:00?", *tuesdays(29)]

    def test_an_invitation_to_a_single_time_stands_by_itself(self):
        assert december(calendar(self.exception(8, ":20261208T100000Z"))) == tuesdays(8)

    def test_a_change_of_all_that_follow_holds_for_them(self):
        later = vevent(":20261215T120000Z", "DURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261215T100000Z")
        assert december(calendar(self.master(), later)) == [
            *tuesdays(1, 8),
            *(f"2026-12-{day} 12:00/13:00" for day in (15, 22, 29)),
        ]

    def test_exceptions_of_a_rule_that_began_long_ago_hold(self):
        old = vevent(":19900102T100000Z", "DURATION:PT1H", WEEKLY, "EXDATE:20261222T100000Z")
        assert december(calendar(old, self.exception(8, ":20261209T140000Z"))) == [
            *tuesdays(1),
            "2026-12-09 14:00/15:00",
            *tuesdays(15, 29),
        ]

    def test_a_series_of_ours_is_left_out_with_all_its_exceptions(self):
        body = calendar(self.master(), self.exception(8, ":20261209T140000Z"))
        assert december(body, ours={"u1": WINDOW}) == []
        assert query().ours == {}
