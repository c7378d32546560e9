"""The grid, against calendars worked out by hand."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.cadence import (
    call_slots,
    furthest,
    furthest_before,
    index_of,
    month_begins,
    month_of_cycle,
    on_grid,
    period,
    period_of,
    roadmap_month,
    step,
)
from cadenced.core.model import Every, Identity, Kind
from tests.support.programme import every, pair

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
INTERVALS = st.one_of(
    st.integers(1, 24).map(lambda n: Every(months=n)), st.integers(1, 400).map(lambda n: Every(days=n))
)


def firsts(text: str, start: date, count: int) -> list[str]:
    return [step(start, every(text), n).isoformat() for n in range(count)]


def test_a_monthly_year_from_the_first_begins_every_month():
    assert firsts("1 month", date(2026, 12, 1), 13) == [
        "2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-01", "2027-06-01",
        "2027-07-01", "2027-08-01", "2027-09-01", "2027-10-01", "2027-11-01", "2027-12-01",
    ]  # fmt: skip


def test_a_monthly_year_from_the_31st_returns_to_the_31st():
    assert firsts("1 month", date(2027, 1, 31), 13) == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31",
        "2027-08-31", "2027-09-30", "2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "february", "leap_february", "march"),
    [
        (29, "2027-02-28", "2028-02-29", "2027-03-29"),
        (30, "2027-02-28", "2028-02-29", "2027-03-30"),
        (31, "2027-02-28", "2028-02-29", "2027-03-31"),
    ],
)
def test_the_end_of_a_month_is_clamped_and_never_chained(day, february, leap_february, march):
    start = date(2027, 1, day)
    monthly = Every(months=1)
    assert step(start, monthly, 1).isoformat() == february
    assert step(start, monthly, 2).isoformat() == march
    assert step(start, monthly, 13).isoformat() == leap_february


def test_a_six_weekly_year_counts_days_and_not_months():
    assert firsts("6 weeks", date(2026, 12, 1), 10) == [
        "2026-12-01", "2027-01-12", "2027-02-23", "2027-04-06", "2027-05-18",
        "2027-06-29", "2027-08-10", "2027-09-21", "2027-11-02", "2027-12-14",
    ]  # fmt: skip


def test_a_quarterly_year_from_the_end_of_november_keeps_to_the_ends_of_months():
    assert firsts("3 months", date(2026, 11, 30), 5) == [
        "2026-11-30", "2027-02-28", "2027-05-30", "2027-08-30", "2027-11-30",
    ]  # fmt: skip


@given(DAYS, INTERVALS, DAYS)
def test_every_day_lies_in_exactly_the_interval_that_index_of_names(start, interval, day):
    number = index_of(start, interval, day)
    assert step(start, interval, number) <= day < step(start, interval, number + 1)


def test_roadmap_months_follow_the_start_and_repeat_after_twelve():
    p = pair(start=date(2027, 1, 31))
    assert roadmap_month(p, date(2027, 1, 31)) == 1
    assert roadmap_month(p, date(2027, 2, 27)) == 1
    assert roadmap_month(p, date(2027, 2, 28)) == 2
    assert roadmap_month(p, date(2028, 1, 30)) == 12
    assert month_of_cycle(roadmap_month(p, date(2028, 1, 31))) == 1


def test_a_pair_that_joins_half_way_begins_at_the_month_it_names():
    p = pair(start=date(2026, 12, 1), roadmap_month=5)
    assert roadmap_month(p, date(2026, 12, 24)) == 5
    assert month_begins(p, 6) == date(2027, 1, 1)


@given(DAYS, st.integers(2, 60))
def test_a_roadmap_month_begins_on_its_first_day(start, month):
    p = pair(start=start)
    first = month_begins(p, month)
    assert roadmap_month(p, first) == month
    assert roadmap_month(p, first - timedelta(days=1)) == month - 1


@pytest.mark.parametrize(("opening", "month"), [(None, 1), (5, 5)])
def test_a_day_before_the_start_belongs_to_the_first_month(opening, month):
    p = pair(start=date(2026, 12, 1), roadmap_month=opening)
    assert roadmap_month(p, date(2026, 11, 28)) == roadmap_month(p, date(2026, 12, 1)) == month


def test_a_start_in_the_future_counts_as_the_first_period():
    assert period_of(pair(start=date(2027, 5, 1)), date(2026, 12, 1)) == 0


def test_the_window_is_the_first_two_fifths_and_the_target_its_middle():
    place = period(pair(start=date(2026, 12, 1), face_to_face="30 days"), 0)
    assert place.window == (datetime(2026, 12, 1), datetime(2026, 12, 13))
    assert place.target == datetime(2026, 12, 7)


def test_monthly_meetings_with_fortnightly_calls_give_two_calls_ten_days_apart():
    p = pair(face_to_face="30 days", calls="2 weeks")
    slots = call_slots(p, period(p, 0), datetime(2026, 12, 7, 17), datetime(2027, 1, 6, 17))
    assert [slot.target for slot in slots] == [datetime(2026, 12, 17, 17), datetime(2026, 12, 27, 17)]
    assert [str(slot.identity) for slot in slots] == ["maya-jonas/call/2026-12-01/1", "maya-jonas/call/2026-12-01/2"]
    assert slots[0].window == (datetime(2026, 12, 14, 17), datetime(2026, 12, 20, 17))


def test_quarterly_meetings_with_monthly_calls_give_three_calls():
    p = pair(face_to_face="3 months", calls="1 month")
    assert len(call_slots(p, period(p, 0), datetime(2026, 12, 20), datetime(2027, 3, 20))) == 3


def test_moving_a_meeting_changes_the_place_of_its_calls_but_not_who_they_are():
    p = pair()
    near = call_slots(p, period(p, 0), datetime(2026, 12, 7), datetime(2027, 1, 7))
    far = call_slots(p, period(p, 0), datetime(2026, 12, 7), datetime(2027, 1, 28))
    assert [slot.identity for slot in near] == [slot.identity for slot in far]
    assert [slot.target for slot in near] != [slot.target for slot in far]


def test_a_quarterly_meeting_never_follows_after_more_than_three_months_and_two_weeks():
    p = pair(face_to_face="3 months")
    assert furthest(period(p, 1), datetime(2026, 12, 20, 9)) == datetime(2027, 4, 3)


def test_a_monthly_meeting_never_follows_after_more_than_one_and_a_half_intervals():
    p = pair(face_to_face="30 days")
    assert furthest(period(p, 1), datetime(2026, 12, 20, 9)) == datetime(2027, 2, 3, 9)


def test_identities_are_the_same_on_every_machine():
    assert Identity("maya-jonas", Kind.CALL, date(2026, 12, 1), 1).uid == "d49c2f24-1d28-5a05-8afb-678bafcdfb5d"


def test_looking_back_a_meeting_is_as_near_as_looking_forward():
    quarterly, monthly = pair(face_to_face="3 months"), pair(face_to_face="30 days")
    assert furthest_before(period(quarterly, 1), datetime(2027, 6, 20, 9)) == datetime(2027, 3, 6)
    assert furthest_before(period(monthly, 0), datetime(2027, 2, 3, 9)) == datetime(2026, 12, 20, 9)


def test_a_meeting_of_a_policy_beyond_the_guidance_follows_as_late_as_three_months_and_two_weeks():
    p = pair(face_to_face="6 months")
    assert furthest(period(p, 0), datetime(2026, 12, 20, 9)) == datetime(2027, 4, 3)


@pytest.mark.parametrize(
    ("days", "indices"),
    [
        (31, [1, 2]),
        (9, [1, 2]),  # three days from each other: more than a fifth of a fortnight
        (8, [1]),  # 8/3 is less, 8/2 is more
        (6, [1]),
        (5, []),
        (0, []),
        (-20, []),  # the next meeting was put before this one
    ],
)
def test_there_are_as_many_calls_as_there_is_room_for(days, indices):
    p = pair(calls="2 weeks")
    before = datetime(2026, 12, 7, 9)
    slots = call_slots(p, period(p, 0), before, before + timedelta(days=days))
    assert [slot.identity.index for slot in slots] == indices
    assert all(before < slot.reach[0] < slot.reach[1] < before + timedelta(days=days) for slot in slots)


def test_without_calls_there_are_none():
    p = pair(calls=None)
    assert call_slots(p, period(p, 0), datetime(2026, 12, 7), datetime(2027, 1, 7)) == []


@given(DAYS, st.integers(1, 7), st.integers(14, 31), st.integers(20, 120))
def test_calls_are_spread_evenly_and_their_reaches_meet(start, months, interval, days):
    p = pair(start=start, face_to_face=f"{months} months", calls=f"{interval} days")
    before = datetime.combine(start, time(9))
    after = before + timedelta(days=days)
    slots = call_slots(p, period(p, 0), before, after)
    edges = [before, *(slot.target for slot in slots), after]
    gaps = {(b - a).total_seconds() // 60 for a, b in pairwise(edges)}
    assert max(gaps) - min(gaps) <= 1
    assert all(one.reach[1] <= two.reach[0] + timedelta(seconds=1) for one, two in pairwise(slots))


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("face_to_face/2027-01-01", True),
        ("face_to_face/2027-01-02", False),
        ("face_to_face/2026-11-01", False),  # before the start
        ("call/2027-01-01/2", True),
        ("call/2027-01-01/3", False),
    ],
)
def test_today_s_grid_knows_its_places(place, known):
    assert on_grid(pair(), Identity.parse(f"maya-jonas/{place}")) is known


@given(DAYS, st.integers(1, 3), st.integers(0, 60))
def test_every_period_is_on_its_own_grid(start, months, number):
    p = pair(start=start, face_to_face=f"{months} months")
    place = period(p, number)
    assert on_grid(p, Identity(p.id, Kind.FACE_TO_FACE, place.first))
    assert place.whole[0] <= place.window[0] <= place.target < place.window[1] < place.whole[1]
    assert period(p, number + 1).first == place.end
