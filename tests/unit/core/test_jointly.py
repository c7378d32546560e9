"""Pairs that share people, planned together: nobody in two places, nobody left out whom a little giving way fits in."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.availability import Busy
from cadenced.core.bookings import Bookings
from cadenced.core.jointly import plan_jointly, plan_scene
from cadenced.core.model import Horizon, Limits
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.pairs import busy_times
from tests.support.programme import at, hours, pair, person, utc

NOW = utc("2026-11-24T09:00")
OFFICE = hours("Mon-Fri 09:00-17:00")


def mentor(*available, **more):
    return person("maya", "UTC", hours(*available) if available else OFFICE, **more)


def couple(number, shared, *available, **more):
    protege = person(f"p{number}", "UTC", hours(*available) if available else OFFICE)
    return pair(name=f"pair-{number}", mentor=shared, protege=protege, calls=None, **more)


def scenes(*pairs, busy=()):
    return [
        Scene(p, (), NOW, Horizon(ahead=timedelta(weeks=6)), Taken(Busy(busy), bookings=Bookings(p.people)))
        for p in pairs
    ]


def together(*pairs, busy=()):
    return plan_jointly(scenes(*pairs, busy=busy))


def all_starts(plans):
    return sorted(m.start for plan in plans for m in plan.meetings)


def test_six_proteges_of_one_mentor_do_not_pile_up_on_a_day():
    shared = mentor()
    plans = together(*(couple(n, shared) for n in range(6)))
    firsts = [plan.meetings[0].start for plan in plans]
    assert len(set(firsts)) == 6
    assert max(Counter(start.date() for start in firsts).values()) <= 3


def test_the_order_of_the_pairs_does_not_matter():
    shared = mentor()
    pairs = [couple(n, shared) for n in range(4)]
    forth, back = together(*pairs), together(*reversed(pairs))
    assert [plan.meetings for plan in forth] == [plan.meetings for plan in reversed(back)]


def test_the_one_who_can_only_then_gets_the_time_that_the_other_liked_best():
    shared = mentor("Tue 10:00-11:00", "Wed 10:00-11:00")
    easy, hard = couple(1, shared), couple(2, shared, "Tue 10:00-11:00")
    first, second = together(easy, hard)
    assert {m.start.weekday() for m in second.meetings} == {1}
    assert not first.gaps
    assert not second.gaps


def test_who_is_left_out_by_an_earlier_choice_is_kept_a_time_and_all_begin_anew():
    """By himself in the first round the one takes the only times that the other, who has an older start, could have."""
    shared = mentor("Tue 10:00-11:00", "Fri 10:00-11:00")
    early = couple(1, shared, start=date(2026, 11, 24))
    late = couple(2, shared, "Fri 10:00-11:00", start=date(2026, 12, 1))
    plans = together(early, late)
    assert [plan.gaps for plan in plans] == [(), ()]


def test_two_that_are_left_out_are_not_kept_the_same_time():
    shared = mentor("Tue 10:00-11:00")
    plans = together(*(couple(n, shared, start=date(2026, 12, 1 + n % 3)) for n in range(8)))
    found = all_starts(plans)
    assert len(set(found)) == len(found)
    assert any(plan.gaps for plan in plans)


def test_limits_hold_over_all_pairs():
    shared = mentor(limits=Limits(per_week=1))
    plans = together(*(couple(n, shared) for n in range(4)))
    weeks = [start.isocalendar()[:2] for start in all_starts(plans)]
    assert len(set(weeks)) == len(weeks)


def test_hours_a_month_leave_out_what_does_not_fit_and_say_so():
    shared = mentor(limits=Limits(minutes_per_month=120))
    plans = together(*(couple(n, shared, start=date(2026, 12, 1)) for n in range(3)))
    december = [start for start in all_starts(plans) if start.month == 12]
    assert len(december) == 2
    assert sum(bool(plan.gaps) for plan in plans) >= 1


def test_hours_a_month_hold_for_choices_of_the_same_moment_in_different_weeks():
    """Pairs that start in different weeks look for their first meeting at the same moment."""
    shared = mentor(limits=Limits(minutes_per_month=60))
    plans = together(couple(1, shared, start=date(2026, 12, 1)), couple(2, shared, start=date(2026, 12, 14)))
    assert len([start for start in all_starts(plans) if start.month == 12]) == 1


def test_travel_is_kept_free_between_two_meetings_of_a_mentor():
    shared = mentor("Tue 09:00-13:00")
    pairs = [couple(n, shared, "Tue 09:00-13:00", travel=30) for n in range(2)]
    for one, other in pairwise(all_starts(together(*pairs))):
        assert other - one >= timedelta(minutes=90)


def test_a_pair_alone_is_planned_as_ever():
    alone = couple(1, mentor(), agreed=at("Tue 17:30"))
    [scene] = scenes(alone)
    assert plan_jointly([scene]) == [plan_scene(scene)]


def after_leaves(pairs, leaves):
    """Plans anew what stands, when leaves have been told."""
    before, again = together(*pairs), []
    for scene, plan in zip(scenes(*pairs), before, strict=True):
        others = leaves.plus((m.start, m.end) for other in before if other is not plan for m in other.meetings)
        again.append(replace(scene, standing=plan.meetings, taken=replace(scene.taken, hard=others, closed=leaves)))
    return sorted((m.start, m.end) for plan in plan_jointly(again) for m in plan.meetings)


def test_a_time_kept_for_a_call_is_not_taken_when_its_own_neighbour_has_come_there():
    """With both called off for leave, the time that a call would have had is the first of the face-to-face meeting."""
    pairs = [
        replace(couple(n, mentor(), start=date(2026, 12, first)), calls=pair().calls)
        for n, first in enumerate((1, 1, 1, 1, 10))
    ]
    leaves = [("2026-11-24T09:00", "2026-12-31T15:00"), ("2026-12-31T16:00", "2027-01-21T16:00")]
    meetings = after_leaves(pairs, Busy((utc(first), utc(last)) for first, last in leaves))
    assert all(one[1] <= other[0] for one, other in pairwise(meetings))


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_nobody_is_in_two_places_when_what_stands_gives_way_to_leave(data):
    shared = mentor(*data.draw(st.sampled_from([("Tue 10:00-12:00", "Wed 15:00-16:00"), ("Mon-Fri 09:00-17:00",)])))
    pairs = [
        replace(couple(n, shared, start=date(2026, 12, data.draw(st.integers(1, 28)))), calls=pair().calls)
        for n in range(data.draw(st.integers(2, 5)))
    ]
    meetings = after_leaves(pairs, Busy(data.draw(busy_times(NOW))))
    assert all(one[1] <= other[0] for one, other in pairwise(meetings))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_nobody_is_in_two_places_nor_in_a_busy_one(data):
    shared = mentor()
    pairs = [
        couple(n, shared, minutes=data.draw(st.sampled_from([30, 60, 120])))
        for n in range(data.draw(st.integers(2, 5)))
    ]
    busy = data.draw(busy_times(NOW))
    meetings = sorted((m.start, m.end) for plan in together(*pairs, busy=busy) for m in plan.meetings)
    assert all(one[1] <= other[0] for one, other in pairwise(meetings))
    assert not any(start < b and a < end for start, end in meetings for a, b in busy)
