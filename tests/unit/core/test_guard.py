"""What counts as upsetting, how much of it needs a human's word, and what goes on until then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.actions import CancelEvent
from cadenced.core.guard import kept, objection, too_much, upsetting
from cadenced.core.model import State, Tries
from cadenced.core.scene import Plan
from tests.support.events import NOW, creation, update
from tests.support.records import meeting

MOVE = update("time")
BEFORE = meeting()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def cancel(of=MOVE.meeting):
    return CancelEvent(of, "maya", "maya", "/x.ics", '"1"', "why")


def of(**changes):
    return replace(MOVE, meeting=replace(MOVE.meeting, **changes))


def at(moment, of=BEFORE, **more):
    """As the planner places it."""
    times = (moment, moment + HOUR)
    return replace(of, start=times[0], end=times[1], placed=times, **more)


def test_cancelling_and_moving_upset_and_nothing_else_does():
    assert upsetting([cancel(), MOVE], [BEFORE]) == [cancel(), MOVE]
    assert upsetting([creation(), update("summary"), update("status"), update()], [BEFORE]) == []


def test_what_follows_a_human_s_move_or_refusal_of_that_meeting_upsets_nobody():
    refused = replace(BEFORE, state=State.DECLINED)
    assert upsetting([of(start=BEFORE.start + DAY)], [BEFORE]) == []
    assert upsetting([MOVE, cancel(refused)], [refused]) == []
    assert upsetting([MOVE], [meeting(1, state=State.DECLINED)]) == [MOVE]


def test_what_gives_way_to_an_appointment_upsets_be_it_refused_before():
    gives_way = of(tries=Tries(2, NOW, (BEFORE.start - DAY,)))
    assert upsetting([gives_way], [BEFORE]) == [gives_way]


def test_taking_out_what_a_human_placed_upsets():
    placed = of(start=BEFORE.start + DAY).meeting
    assert placed.pinned
    assert upsetting([cancel(placed)], [placed]) == [cancel(placed)]


@pytest.mark.parametrize(
    ("upsets", "owned", "much"), [(9, 9, False), (10, 39, True), (10, 40, False), (11, 40, True), (0, 0, False)]
)
def test_more_than_a_quarter_from_ten_events_up_is_too_much(upsets, owned, much):
    assert too_much(upsets, owned) is much


def test_the_objection_says_how_many_and_what_to_do():
    assert objection(12, 30).startswith("12 of the 30 events that are still to come would be cancelled or moved")
    assert "cadenced apply --confirm" in objection(12, 30)


def test_of_a_plan_that_is_held_back_what_stands_stays_moved_or_dropped():
    call = meeting(1, start=BEFORE.start + 7 * DAY)
    found = kept(Plan((at(BEFORE.start + DAY),), dropped=(call,)), [BEFORE, call], ())
    assert found.meetings == (BEFORE, call)
    assert found.dropped == ()


def test_of_a_plan_that_is_held_back_what_people_said_is_followed():
    moved = replace(BEFORE, start=BEFORE.start + DAY)
    refused = meeting(1, start=BEFORE.start + 7 * DAY, end=BEFORE.end + 7 * DAY, state=State.DECLINED)
    unneeded = meeting(2, state=State.DECLINED)
    again = at(refused.start + DAY, refused, state=State.STANDING)
    found = kept(Plan((moved, again), dropped=(unneeded,)), [moved, refused, unneeded], ())
    assert found.meetings == (moved, again)
    assert found.dropped == (unneeded,)


def test_what_stays_is_not_remembered_as_fallen():
    call, before = replace(BEFORE, state=State.FALLEN), meeting(2, state=State.FALLEN)
    found = kept(Plan((), dropped=(BEFORE,), fallen=(call, before)), [BEFORE], [before])
    assert (found.meetings, found.fallen) == ((BEFORE,), (before,))


def test_what_would_come_back_and_is_held_is_still_remembered_as_fallen():
    fallen, call = meeting(2, state=State.FALLEN), at(BEFORE.start + 7 * DAY, meeting(2))
    held = kept(Plan((call,), dropped=(BEFORE,)), [BEFORE], [fallen])
    assert (held.meetings, held.fallen) == ((BEFORE,), (fallen,))
    assert kept(Plan((BEFORE, call)), [BEFORE], [fallen]).fallen == ()


def test_nothing_is_put_over_what_stays():
    """Its plan takes the place that another would have left."""
    refused = meeting(1, start=BEFORE.start + 7 * DAY, end=BEFORE.end + 7 * DAY, state=State.DECLINED)
    plan = (at(BEFORE.start + DAY), at(BEFORE.start, refused, state=State.STANDING), at(BEFORE.start, meeting(2)))
    assert kept(Plan(plan), [BEFORE, refused], ()).meetings == (BEFORE, refused)


def test_new_meetings_are_added_but_where_they_take_the_place_of_others():
    new = at(BEFORE.start + 7 * DAY, meeting(1))
    assert kept(Plan((BEFORE, new)), [BEFORE], ()).meetings == (BEFORE, new)
    assert kept(Plan((new,), dropped=(BEFORE,)), [BEFORE], ()).meetings == (BEFORE,)
