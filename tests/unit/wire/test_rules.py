"""The times that rules name, as dateutil has them too, and what they cost to find."""

from contextlib import suppress
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import vRecur

from cadenced.wire.rules import rule_of
from cadenced.wire.steps import Steps, UnboundedError
from tests.support.rules import rules, text

PLENTY = 10**7
SPAN = (date(2026, 12, 1), date(2027, 6, 1))
LATE = (date(9997, 1, 1), date(9998, 6, 30))  # dateutil looks on until the year 9999: from here it is not far


def starts(rule, first, span=SPAN, steps=PLENTY):
    return list(rule_of(vRecur.from_ical(rule), first).starts(*span, Steps(steps)))


def days(rule, first, span=SPAN):
    return [f"{each:%d %b %H:%M}" for each in starts(rule, first, span)]


def agreed(frequency, values):
    """Where dateutil does as RFC 5545 says: it takes the rest of the first week for a whole one, and leaves a week that
    is counted from the end of its year out of the days before or after that year.
    """
    weeks = [int(each) for each in values.get("BYWEEKNO", ())]
    return not (frequency == "WEEKLY" and "BYSETPOS" in values) and all(week > 0 for week in weeks)


def dateutil(rule, first, span):
    found = []
    with suppress(ValueError):  # it goes on beyond the last year there is
        for each in rrulestr(rule, dtstart=first):
            if each.date() > span[1]:
                break
            found.append(each)
    return [each for each in found if each.date() >= span[0]]


class TestAsDateutilHasIt:
    @settings(deadline=None, max_examples=200)
    @given(rules().filter(lambda each: agreed(*each)), st.dates(date(9991, 1, 1), date(9998, 1, 1)))
    def test_any_rule_names_the_same_times(self, rule, day):
        first = datetime.combine(day, time(10, 30))
        assert starts(text(*rule), first, LATE) == dateutil(text(*rule), first, LATE)


class TestWhereItDoesNot:
    def test_a_place_in_a_week_is_counted_from_the_week_s_first_day(self):
        thursday = datetime(2026, 12, 3, 10)
        assert days("FREQ=WEEKLY;BYDAY=MO,TH,FR;BYSETPOS=2;COUNT=2", thursday) == ["03 Dec 10:00", "10 Dec 10:00"]

    def test_the_last_week_of_a_year_has_all_its_days(self):
        first, span = datetime(2026, 12, 28, 10), (date(2026, 12, 28), date(2027, 1, 31))
        assert days("FREQ=DAILY;BYWEEKNO=-1", first, span) == [
            *(f"{day} Dec 10:00" for day in (28, 29, 30, 31)),
            *(f"0{day} Jan 10:00" for day in (1, 2, 3)),
        ]

    def test_a_weekday_and_one_that_is_counted_may_stand_side_by_side(self):
        found = days("FREQ=MONTHLY;BYDAY=1MO,-1FR;BYMONTH=12", datetime(2026, 1, 5, 10))
        assert found == ["07 Dec 10:00", "25 Dec 10:00"]


class TestUntil:
    def test_a_moment_in_utc_counts_by_the_clock_of_the_first_time(self):
        first = datetime(2026, 12, 1, 0, 30, tzinfo=ZoneInfo("Europe/Berlin"))
        assert len(starts("FREQ=DAILY;UNTIL=20261202T233000Z", first)) == 3

    def test_a_day_is_the_last_one_whole(self):
        assert len(starts("FREQ=DAILY;UNTIL=20261203", datetime(2026, 12, 1, 10))) == 3
        assert len(starts("FREQ=DAILY;UNTIL=20261203T000000Z", date(2026, 12, 1))) == 3


class TestWhatItCosts:
    @settings(deadline=None)
    @given(rules(most=8), st.dates(date(1, 1, 8), date(9999, 12, 31)))
    def test_a_rule_that_does_not_count_costs_no_more_than_the_span_has_days_and_times(self, rule, day):
        frequency, values = rule
        values.pop("COUNT", None)
        steps = Steps(PLENTY)
        found = rule_of(vRecur.from_ical(text(frequency, values)), datetime.combine(day, time(10)))
        told = len(list(found.starts(*SPAN, steps)))
        looked_at = (SPAN[1] - SPAN[0]).days + 2 * 366  # the periods at both ends are looked at whole
        assert told <= PLENTY - steps.left <= looked_at * (2 + len(found.times))

    @settings(deadline=None)
    @given(rules(most=8), st.integers(1, 10**9), st.dates(date(1, 1, 8), date(2026, 12, 31)))
    def test_one_that_counts_ends_with_its_budget(self, rule, count, day):
        frequency, values = rule
        with suppress(UnboundedError):
            starts(text(frequency, values | {"COUNT": [count]}), datetime.combine(day, time(10)), steps=10_000)

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY;BYSETPOS=5",
            "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
            "FREQ=DAILY;BYYEARDAY=1;BYMONTH=6",
            "FREQ=DAILY;BYWEEKNO=60",
            "FREQ=DAILY;INTERVAL=7;BYDAY=MO",  # from a Tuesday on
            "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
            "FREQ=MONTHLY;BYDAY=53MO",
            "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30;BYMONTH=2",
            "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
        ],
    )
    def test_what_never_comes_is_not_looked_for_beyond_the_span(self, rule):
        assert starts(rule, datetime(2000, 2, 1, 10), steps=2000) == []

    def test_nor_is_what_began_long_ago_walked_through(self):
        assert len(starts("FREQ=DAILY", datetime(1, 1, 1, 10), steps=1000)) == (SPAN[1] - SPAN[0]).days + 1

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=HOURLY",
            "FREQ=SECONDLY",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=DAILY;RSCALE=CHINESE",
            f"FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,1",
        ],
    )
    def test_these_are_not_followed(self, rule):
        with pytest.raises(UnboundedError):
            starts(rule, datetime(2026, 12, 1, 10))

    def test_an_interval_of_ages_stops_nothing(self):
        assert starts("FREQ=YEARLY;INTERVAL=2147483647", datetime(2026, 12, 1, 10)) == [datetime(2026, 12, 1, 10)]
        assert starts("FREQ=DAILY;INTERVAL=2147483647", datetime(2026, 12, 1, 10)) == [datetime(2026, 12, 1, 10)]


def test_a_share_of_the_steps_comes_back_but_for_what_was_taken():
    steps = Steps(100)
    share = steps.share(30)
    share.take(10)
    with pytest.raises(UnboundedError):
        share.take(21)
    steps.back(share)
    assert steps.left == 90
