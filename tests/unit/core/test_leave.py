"""Days off as instants: whole days of the person's own zone, whatever its clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.leave import LEAVE, days_off
from cadenced.core.model import DateRange
from tests.support.programme import person, utc

YEARS = utc("2026-01-01 00:00"), utc("2029-01-01 00:00")


def leave(*days):
    """ "2027-07-15/2027-08-01", or a single day."""
    found = (text.partition("/") for text in days)
    return tuple(DateRange(date.fromisoformat(a), date.fromisoformat(b or a)) for a, _, b in found)


def off(zone, *days, holidays=None, within=YEARS):
    """What a person is told to be off, from and to, in UTC."""
    who = person("asha", zone, time_off=leave(*days))
    spans = days_off(who, {date.fromisoformat(day): name for day, name in (holidays or {}).items()}, within)
    return [(f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}", cause) for start, end, cause in spans]


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        ("UTC", "2027-12-24", "2027-12-24 00:00", "2027-12-25 00:00"),
        ("Asia/Kathmandu", "2027-12-24", "2027-12-23 18:15", "2027-12-24 18:15"),  # 5:45 ahead
        ("Pacific/Apia", "2027-12-24", "2027-12-23 11:00", "2027-12-24 11:00"),  # 13 hours ahead
        ("Pacific/Pago_Pago", "2027-12-24", "2027-12-24 11:00", "2027-12-25 11:00"),  # and its neighbour, 11 behind
        ("America/New_York", "2027-12-24", "2027-12-24 05:00", "2027-12-25 05:00"),
        ("Europe/Berlin", "2027-03-28", "2027-03-27 23:00", "2027-03-28 22:00"),  # 23 hours: summer time begins
        ("Europe/Berlin", "2027-10-31", "2027-10-30 22:00", "2027-10-31 23:00"),  # 25 hours: it ends
        ("Australia/Lord_Howe", "2027-10-03", "2027-10-02 13:30", "2027-10-03 13:00"),  # by half an hour
        ("Africa/Cairo", "2027-04-30", "2027-04-29 22:00", "2027-04-30 21:00"),  # midnight itself is skipped
        ("Asia/Beirut", "2027-10-30", "2027-10-29 21:00", "2027-10-30 22:00"),  # 23 to 24 o'clock comes twice
        ("Atlantic/Azores", "2027-10-31", "2027-10-31 00:00", "2027-11-01 01:00"),  # midnight to 1 comes twice
    ],
)
def test_a_day_off_is_from_midnight_to_midnight_where_the_person_lives(zone, day, begins, ends):
    assert off(zone, day) == [(begins, ends, LEAVE)]


def test_both_ends_of_a_leave_are_off():
    assert off("Europe/London", "2027-07-15/2027-08-01") == [("2027-07-14 23:00", "2027-08-01 23:00", LEAVE)]


def test_a_leave_over_a_change_of_the_clocks_ends_at_the_new_midnight():
    assert off("Europe/London", "2027-10-30/2027-11-01") == [("2027-10-29 23:00", "2027-11-02 00:00", LEAVE)]


def test_a_holiday_is_off_under_its_name():
    found = off("Asia/Kathmandu", holidays={"2027-09-19": "Constitution Day"})
    assert found == [("2027-09-18 18:15", "2027-09-19 18:15", "Constitution Day")]


def test_days_of_one_cause_that_follow_each_other_are_one():
    found = off("UTC", "2027-03-04", "2027-03-01/2027-03-03", "2027-03-02/2027-03-02", "2027-03-06")
    assert found == [
        ("2027-03-01 00:00", "2027-03-05 00:00", LEAVE),
        ("2027-03-06 00:00", "2027-03-07 00:00", LEAVE),
    ]


def test_a_holiday_within_a_leave_is_told_beside_it():
    found = off("UTC", "2027-12-24/2027-12-31", holidays={"2027-12-25": "Christmas Day", "2027-12-26": "Boxing Day"})
    assert found == [
        ("2027-12-24 00:00", "2028-01-01 00:00", LEAVE),
        ("2027-12-25 00:00", "2027-12-26 00:00", "Christmas Day"),
        ("2027-12-26 00:00", "2027-12-27 00:00", "Boxing Day"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2027-07-15 09:00", "2027-07-15 10:00", ["2027-07-15 00:00", "2027-07-16 00:00"]),
        ("2027-07-16 00:00", "2027-07-18 00:00", ["2027-07-16 00:00", "2027-07-18 00:00"]),
        ("2027-07-31 23:59", "2027-12-31 00:00", ["2027-07-31 00:00", "2027-08-02 00:00"]),
    ],
)
def test_the_days_that_are_asked_for_come_whole(first, last, days):
    assert off("UTC", "2027-07-15/2027-08-01", within=(utc(first), utc(last))) == [(*days, LEAVE)]


@pytest.mark.parametrize(
    ("first", "last"), [("2027-07-01 00:00", "2027-07-15 00:00"), ("2027-08-02 00:00", "2027-09-01 00:00")]
)
def test_what_touches_the_span_alone_is_not_in_it(first, last):
    assert off("UTC", "2027-07-15/2027-08-01", within=(utc(first), utc(last))) == []


def test_a_day_that_a_zone_skipped_is_no_day_off():
    then = utc("2011-12-01 00:00"), utc("2012-02-01 00:00")
    assert off("Pacific/Apia", "2011-12-30", within=then) == []
    assert off("Pacific/Apia", "2011-12-29/2011-12-31", within=then) == [
        ("2011-12-29 10:00", "2011-12-31 10:00", LEAVE)
    ]


def test_nobody_is_off_who_said_nothing():
    assert off("Asia/Kathmandu") == []


days = st.dates(date(2027, 1, 1), date(2027, 12, 31))  # one year, so that they meet
zones = st.sampled_from(sorted(available_timezones()))
ranges = st.builds(lambda day, more: DateRange(day, day + timedelta(days=more)), days, st.integers(0, 40))
moments = st.datetimes(datetime(2027, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
spans = st.builds(lambda low, minutes: (low, low + timedelta(minutes=minutes)), moments, st.integers(1, 200_000))
kept = st.dictionaries(days, st.sampled_from(["Dashain", "Tihar"]), max_size=9)


@given(zones, st.lists(ranges, max_size=5), kept, st.lists(st.floats(0, 1), min_size=3), spans)
def test_a_moment_is_off_exactly_when_its_local_day_is(zone, time_off, holidays, shares, within):
    """Tried around every edge, and at moments between."""
    who = person("asha", zone, time_off=tuple(time_off))
    found = list(days_off(who, holidays, within))
    local = ZoneInfo(zone)
    low, high = within
    tick = timedelta(seconds=1)
    seen = [low + (high - low) * share for share in shares]
    edges = [edge + step for start, end, _ in found for edge in (start, end) for step in (-tick, timedelta(), tick)]
    for moment in filter(lambda moment: low <= moment < high, [low, high - tick, *edges, *seen]):
        day = moment.astimezone(local).date()
        causes = {LEAVE} if any(each.first <= day <= each.last for each in time_off) else set()
        causes |= {holidays[day]} if day in holidays else set()
        assert {cause for start, end, cause in found if start <= moment < end} == causes


@given(zones, st.lists(ranges, max_size=5), kept, spans)
def test_intervals_come_in_order_and_those_of_one_cause_apart(zone, time_off, holidays, within):
    found = list(days_off(person("asha", zone, time_off=tuple(time_off)), holidays, within))
    assert found == sorted(found)
    assert all(start < within[1] and end > within[0] and start.tzinfo is end.tzinfo is UTC for start, end, _ in found)
    for cause in {cause for *_, cause in found}:
        own = [(start, end) for start, end, each in found if each == cause]
        assert all(before[1] < after[0] for before, after in pairwise(own))
