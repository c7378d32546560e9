"""The choice of a time, by hand, and against a plain search through every half hour."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.model import DateRange, Identity, Kind, WeeklyTime
from cadenced.core.slots import HABIT, Quest, Search, Taken, Tier, allowed, choose
from tests.support.pairs import busy_times, half_hours, pairs, suits, wall
from tests.support.programme import at, hours, pair, person, utc

OFFICE = hours("Mon-Fri 09:00-17:00")
PAIR = pair(mentor=person("maya", "UTC", OFFICE), protege=person("jonas", "UTC", OFFICE))
MAY = datetime(2027, 5, 1), datetime(2027, 6, 1)
TARGET = datetime(2027, 5, 12, 15, 30)  # a Wednesday
LONG_AGO = utc("2027-01-01")
IDENTITY = Identity("maya-jonas", Kind.FACE_TO_FACE, date(2027, 5, 1))


def chosen(p=PAIR, *windows, target=TARGET, habit=None, busy=(), soft=(), refused=(), earliest=LONG_AGO):
    search = Search(SharedHours(p), Taken(Busy(busy), Busy(soft)), earliest)
    agreed = [True, False] if p.face_to_face.at else [False]
    tiers = tuple(Tier(window, each) for each in agreed for window in windows or (MAY,))
    quest = Quest(IDENTITY, p.face_to_face, tiers, target, habit, refused)
    return choose(search, quest)


def start(*args, **more):
    slot = chosen(*args, **more)
    return slot and f"{slot.start:%a %d %H:%M}"


def span(first, last):
    return utc(f"2027-05-{first}"), utc(f"2027-05-{last}")


def test_the_day_of_the_target_is_best_and_its_first_free_time():
    assert start() == "Wed 12 09:00"


def test_busy_time_is_gone_round():
    assert start(busy=[span("12T09:00", "12T11:15")]) == "Wed 12 11:30"


def test_a_meeting_may_begin_the_moment_another_ends_and_end_as_another_begins():
    assert start(busy=[span("12T00:00", "12T10:00"), span("12T11:00", "13T00:00")]) == "Wed 12 10:00"


def test_a_gap_that_is_too_short_is_passed_over():
    assert start(busy=[span("12T00:00", "12T10:00"), span("12T10:30", "12T16:00")]) == "Wed 12 16:00"


def test_of_the_days_before_and_after_the_earlier_one_wins():
    assert start(busy=[span("12", "13")]) == "Tue 11 09:00"


def test_the_nearer_day_wins():
    assert start(busy=[span("11", "13")]) == "Thu 13 09:00"


def test_nothing_is_chosen_where_all_is_busy():
    assert start(busy=[span("01", "31"), span("31", "31T23:59")]) is None


def test_nothing_is_chosen_in_an_empty_window():
    assert start(PAIR, (MAY[0], MAY[0])) is None
    assert start(PAIR, (MAY[1], MAY[0])) is None


def test_a_window_holds_its_first_moment_and_not_its_last():
    first, last = datetime(2027, 5, 12, 10), datetime(2027, 5, 12, 16)
    assert start(PAIR, (first, last), target=datetime(2027, 5, 11)) == "Wed 12 10:00"
    assert start(PAIR, (datetime(2027, 5, 12, 16), datetime(2027, 5, 12, 16, 30))) == "Wed 12 16:00"
    assert start(PAIR, (datetime(2027, 5, 12, 15, 45), last)) is None


@pytest.mark.parametrize("agreed", [(), at("Wed 10:00")])
def test_so_it_does_for_the_time_of_last_time_and_for_agreed_ones(agreed):
    ten, eleven = datetime(2027, 5, 12, 10), datetime(2027, 5, 12, 11)
    p = replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=agreed))
    habit = None if agreed else datetime(2027, 5, 5, 10)
    reason = "a time the two agreed on" if agreed else "both available, as last time"
    assert chosen(p, (ten, eleven), habit=habit).reason == reason
    assert chosen(p, (datetime(2027, 5, 12, 9), ten), habit=habit).reason == "both available, near the target"


@pytest.mark.parametrize("agreed", [(), at("Wed 10:00")])
def test_a_slot_is_as_long_as_the_policy_says(agreed):
    slot = chosen(replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=agreed, minutes=75)))
    assert slot.end - slot.start == timedelta(minutes=75)
    assert slot.wall == slot.start.replace(tzinfo=None)  # the pair lives in UTC


def test_nothing_is_chosen_before_the_earliest_moment():
    assert start(earliest=utc("2027-05-12T13:10")) == "Wed 12 13:30"


def test_a_pause_is_passed_over():
    paused = replace(PAIR, pause=(DateRange(datetime(2027, 5, 10).date(), datetime(2027, 5, 16).date()),))
    assert start(paused) == "Fri 07 09:00"  # five days away; Monday the 17th is as far, and later


def test_the_time_of_last_time_is_worth_two_days():
    assert start(habit=datetime(2027, 4, 9, 14)) == "Fri 14 14:00"
    assert start(habit=datetime(2027, 4, 5, 14)) == "Mon 10 14:00"


def test_the_time_of_last_time_is_worth_no_more_than_two_days():
    near = PAIR, (datetime(2027, 5, 10), datetime(2027, 5, 20))
    assert start(*near, target=datetime(2027, 5, 11), habit=datetime(2027, 4, 9, 14)) == "Tue 11 09:00"


def test_a_time_of_last_time_off_the_half_hours_is_kept():
    assert start(habit=datetime(2027, 4, 7, 14, 10)) == "Wed 12 14:10"


def test_the_time_of_last_time_counts_only_within_the_hours_of_both():
    assert start(habit=datetime(2027, 4, 7, 20)) == "Wed 12 09:00"


def test_agreed_times_come_first_however_near_another_is():
    assert start(replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=at("Sat 11:00")))) == "Sat 15 11:00"


def test_of_agreed_times_the_nearest_day_wins_and_on_one_day_the_earlier():
    p = replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=at("Thu 19:00", "Thu 07:00", "Mon 18:00")))
    assert start(p) == "Thu 13 07:00"
    assert start(p, busy=[span("13", "14")]) == "Mon 10 18:00"


def test_an_agreed_time_in_the_second_window_comes_before_any_other_in_the_first():
    p = replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=at("Fri 12:00")))
    narrow, wide = (datetime(2027, 5, 11), datetime(2027, 5, 13)), (datetime(2027, 5, 8), datetime(2027, 5, 16))
    assert start(p, narrow, wide) == "Fri 14 12:00"
    assert start(p, narrow, wide, busy=[span("14", "15")]) == "Wed 12 09:00"


def test_the_second_window_is_for_when_the_first_has_nothing():
    narrow, wide = (datetime(2027, 5, 12), datetime(2027, 5, 13)), (datetime(2027, 5, 8), datetime(2027, 5, 16))
    assert start(PAIR, narrow, wide) == "Wed 12 09:00"
    assert start(PAIR, narrow, wide, busy=[span("12", "13")]) == "Tue 11 09:00"


def test_a_slot_says_why_it_was_chosen():
    agreed = replace(PAIR, face_to_face=replace(PAIR.face_to_face, at=at("Wed 12:00")))
    assert chosen(agreed).reason == "a time the two agreed on"
    assert chosen().reason == "both available, near the target"
    assert chosen(habit=datetime(2027, 4, 7, 14)).reason == "both available, as last time"
    assert chosen(habit=datetime(2027, 4, 7, 20)).reason == "both available, near the target"


def test_meetings_begin_on_the_half_hour_of_the_pair_where_the_other_zone_has_quarters():
    p = pair(mentor=person("maya", "Europe/London", OFFICE), protege=person("asha", "Asia/Kathmandu", OFFICE))
    # Kathmandu's day is 03:15 to 11:15 in London, or 04:15 to 12:15 in summer time
    assert start(p) == "Wed 12 08:00"  # UTC; 09:00 in London
    busy = [span("12T00:00", "12T09:30")]
    assert start(p, busy=busy) == "Wed 12 09:30"  # the last that ends by 17:00 in Kathmandu begins at 09:30 UTC: 15:15


def test_an_hour_before_the_clocks_change_is_found_too():
    """On 28 March the clocks of Berlin go forward at 02:00; early birds have an hour before, seen from Tokyo."""
    early = hours("Sun 00:30-01:30")
    p = pair(
        mentor=person("maya", "Asia/Tokyo", hours("Mon-Sun 00:00-24:00")), protege=person("jo", "Europe/Berlin", early)
    )
    window = datetime(2027, 3, 28), datetime(2027, 3, 29)
    assert chosen(p, window, target=window[0]).start == utc("2027-03-27T23:30")


@st.composite
def searches(draw):
    p = draw(pairs())
    first = datetime.combine(p.start, time(draw(st.integers(0, 23))))
    window = first, first + timedelta(hours=draw(st.integers(1, 24 * 16)))
    target = first + timedelta(hours=draw(st.integers(-24, 24 * 16)))
    habits = st.builds(
        lambda d, hour: datetime(2004, 1, 1 + d, hour), st.integers(0, 6), st.sampled_from([9, 10, 12, 18])
    )
    since = utc(f"{p.start.isoformat()}")
    return p, window, target, draw(st.none() | habits), draw(busy_times(since)), since


def by_cost(moment, p, target, habit):
    """DESIGN §6: agreed times first, by their day's distance; then the day's distance, with two days for the habit."""
    here = wall(p, moment)
    offset = (here.date() - target.date()).days
    if WeeklyTime(here.weekday(), here.time()) in p.face_to_face.at:
        return (False, abs(offset), offset, here.time())
    as_before = habit is not None and (here.weekday(), here.time()) == (habit.weekday(), habit.time())
    return (True, abs(offset) + (0 if as_before else HABIT), not as_before, offset, here.time())


@given(searches())
@settings(max_examples=200, deadline=None)
def test_the_best_of_all_half_hours_is_chosen(search):
    p, window, target, habit, busy, since = search
    length = timedelta(minutes=p.face_to_face.minutes)
    found = chosen(p, window, target=target, habit=habit, busy=busy, earliest=since)
    quarter = timedelta(minutes=15)  # 12:15 is among the agreed times
    times = [
        moment
        for half in half_hours(p, window[0] - quarter, window[1])
        for moment in (half, half + quarter)
        if window[0] <= (here := wall(p, moment)) < window[1]
        and (moment == half or WeeklyTime(here.weekday(), here.time()) in p.face_to_face.at)
    ]
    best = sorted(times, key=lambda moment: by_cost(moment, p, target, habit))
    free = (
        moment
        for moment in best
        if moment >= since
        and not any(a < moment + length and moment < b for a, b in busy)
        and first_pass(p, moment)
        and ends_by_midnight(p, moment, length)
        and suits(p, Kind.FACE_TO_FACE, moment, moment + length)
    )
    assert (found and found.start) == next(free, None)


def first_pass(p, moment):
    return SharedHours(p).utc(wall(p, moment)) == moment


def ends_by_midnight(p, moment, length):
    """New meetings are not put across the pair's midnight, unless the two agreed on the time."""
    here = wall(p, moment)
    agreed = WeeklyTime(here.weekday(), here.time()) in p.face_to_face.at
    return agreed or (here + length - timedelta.resolution).date() == here.date()


@given(searches())
@settings(max_examples=100, deadline=None)
def test_what_was_chosen_is_allowed_while_the_rules_stay(search):
    p, window, target, habit, busy, since = search
    found = chosen(p, window, target=target, habit=habit, busy=busy, earliest=since)
    if found is not None and (not p.face_to_face.at or found.reason == "a time the two agreed on"):
        assert allowed(SharedHours(p), p.face_to_face, found.start, found.end)


@pytest.mark.parametrize(
    ("agreed", "begin", "fine"),
    [
        ((), "2027-05-12T09:00", True),
        ((), "2027-05-12T16:30", False),  # ends too late
        ((), "2027-05-15T09:00", False),  # Saturday
        (at("Sat 09:00"), "2027-05-15T09:00", True),
        (at("Sat 09:00"), "2027-05-12T09:00", False),  # the two have agreed on another
    ],
)
def test_a_time_is_allowed_if_it_could_be_chosen_today(agreed, begin, fine):
    cadence = replace(PAIR.face_to_face, at=agreed)
    assert allowed(SharedHours(PAIR), cadence, utc(begin), utc(begin) + timedelta(hours=1)) is fine


def test_a_time_in_a_pause_is_not_allowed_even_if_agreed():
    day = datetime(2027, 5, 12).date()
    paused = SharedHours(replace(PAIR, pause=(DateRange(day, day),)))
    cadence = replace(PAIR.face_to_face, at=at("Wed 09:00"))
    assert not allowed(paused, cadence, utc("2027-05-12T09:00"), utc("2027-05-12T10:00"))
