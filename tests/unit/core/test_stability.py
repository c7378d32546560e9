"""How often a meeting is moved by itself, after a refusal or a conflict, and when its people are asked instead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.availability import Busy
from cadenced.core.events import Baseline
from cadenced.core.jointly import plan_scene
from cadenced.core.model import Horizon, Kind, State, Tries
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.pairs import moved
from tests.support.planning import plan_pair
from tests.support.programme import at, pair, utc

NOW = utc("2026-11-24T09:00")
DAY = timedelta(days=1)
MONTHLY = pair(calls=None, agreed=at("Tue 17:30"))
FIRST = plan_pair(MONTHLY, (), NOW, Horizon(), Taken()).meetings


def plan(standing=FIRST, now=NOW, busy=(), p=MONTHLY):
    return plan_pair(p, standing, now, Horizon(), Taken(Busy(busy)))


def declined(meeting, **tries):
    return replace(meeting, state=State.DECLINED, tries=replace(meeting.tries, **tries))


def with_first(first):
    return (first, *FIRST[1:])


def test_for_a_meeting_that_somebody_declined_another_time_of_its_period_is_found():
    after = plan(with_first(declined(FIRST[0])))
    new = after.meetings[0]
    assert (new.identity, new.state) == (FIRST[0].identity, State.STANDING)
    assert new.start == FIRST[0].start - 7 * DAY  # as far from the target as a week later, and earlier
    assert new.tries == Tries(1, NOW, (FIRST[0].start,))
    assert after.meetings[1:] == FIRST[1:]
    assert "can't" in new.reason


def test_a_time_that_was_refused_is_never_proposed_again():
    second = plan(with_first(declined(FIRST[0]))).meetings[0]
    third = plan(with_first(declined(second)), NOW + 2 * DAY).meetings[0]
    assert third.tries.refused == (FIRST[0].start, second.start)
    assert third.start not in third.tries.refused


def test_the_third_refusal_asks_both_with_three_times_on_three_days():
    again = declined(FIRST[0], changes=2, last=NOW - 2 * DAY, refused=(FIRST[0].start - DAY, FIRST[0].start - 2 * DAY))
    after = plan(with_first(again))
    assert after.meetings[0] == again
    [ask] = after.asks
    assert ask.meeting == again
    assert len({start.date() for start, _ in ask.times}) == 3
    assert again.start not in [start for start, _ in ask.times]


def test_where_nothing_else_is_free_both_are_asked_at_once():
    after = plan(with_first(declined(FIRST[0])), busy=[(utc("2026-12-01T00:00"), utc("2027-01-01T00:00"))])
    assert [ask.times for ask in after.asks] == [()]
    assert after.meetings[0].state is State.DECLINED


def test_a_meeting_is_changed_once_in_a_day_and_the_plan_says_when_again():
    lately = declined(FIRST[0], changes=1, last=NOW - DAY / 2, refused=(FIRST[0].start - DAY,))
    after = plan(with_first(lately))
    assert after.meetings[0] == lately
    assert after.again == NOW + DAY / 2
    assert plan(with_first(lately), NOW + DAY / 2).meetings[0].state is State.STANDING


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_a_conflict_moves_a_meeting_up_to_three_times(changes):
    standing = replace(FIRST[0], tries=Tries(changes, NOW - 2 * DAY if changes else None))
    after = plan(with_first(standing), busy=[(standing.start, standing.end)])
    assert after.meetings[0].start != standing.start
    assert after.meetings[0].tries.changes == changes + 1
    assert not after.asks


def test_after_three_changes_a_conflict_asks_and_the_meeting_stays():
    standing = replace(FIRST[0], tries=Tries(3, NOW - 2 * DAY))
    after = plan(with_first(standing), busy=[(standing.start, standing.end)])
    assert after.meetings[0] == standing
    [ask] = after.asks
    assert len(ask.times) == 3


def test_a_human_move_after_a_refusal_holds_and_asks_nobody():
    pinned = moved(replace(FIRST[0], tries=Tries(2, NOW, (FIRST[0].start, FIRST[0].start - DAY))), DAY)
    after = plan(with_first(pinned))
    assert after.meetings[0] == pinned
    assert not after.asks


def test_the_file_may_move_a_meeting_at_any_time_and_it_does_not_count():
    lately = replace(FIRST[0], tries=Tries(3, NOW))
    wednesdays = pair(calls=None, agreed=at("Wed 17:30"))
    after = plan(with_first(lately), p=wednesdays)
    assert after.meetings[0].start.weekday() == 2
    assert after.meetings[0].tries == lately.tries
    assert not after.asks


def test_an_edited_meeting_gives_way_to_a_conflict_and_keeps_its_identity():
    edited = replace(FIRST[0], touched=True)
    after = plan(with_first(edited), busy=[(edited.start, edited.end)])
    assert after.meetings[0].identity == edited.identity
    assert after.meetings[0].start != edited.start
    assert not after.dropped


def test_a_refused_time_is_remembered_when_nothing_else_is_known_of_the_meeting():
    gone = Baseline(FIRST[0].start, FIRST[0].end, FIRST[0].placed, FIRST[0].rules, "", "", "", NOW)
    after = plan_scene(Scene(MONTHLY, FIRST[1:], NOW, Horizon(), Taken(), {FIRST[0].uid: gone}))
    assert after.meetings[0].identity == FIRST[0].identity
    assert after.meetings[0].start != FIRST[0].start
    assert after.meetings[0].tries.refused == (FIRST[0].start,)


def test_a_call_for_which_its_neighbours_leave_no_room_falls_out_when_a_day_has_passed_since_its_last_change():
    with_calls = pair(agreed=at("Tue 17:30"))
    first = plan((), p=with_calls).meetings
    december, january = [m for m in first if m.identity.kind is Kind.FACE_TO_FACE][:2]
    call = next(m for m in first if m.identity.kind is Kind.CALL)
    late = moved(december, january.start - december.start - 5 * DAY)
    crowded = (replace(call, tries=Tries(1, NOW - timedelta(hours=1))), late, replace(january, touched=True))
    within = plan(crowded, p=with_calls)
    assert call.start in [m.start for m in within.meetings if m.identity == call.identity]
    assert within.again == NOW + timedelta(hours=23)
    after = plan(within.meetings, NOW + timedelta(hours=23), p=with_calls)
    assert [m.identity for m in after.dropped] == [call.identity]
    assert [m.tries.changes for m in after.fallen] == [2]


def test_a_call_that_fell_out_is_remembered_while_its_time_lies_beyond_the_horizon():
    with_calls = pair(agreed=at("Tue 17:30"))
    call = next(m for m in plan((), p=with_calls).meetings if m.identity.kind is Kind.CALL)
    fallen = (replace(call, state=State.FALLEN, tries=Tries(2, NOW - 2 * DAY)),)
    short = Horizon(ahead=call.start - NOW - DAY)
    beyond = plan_scene(Scene(with_calls, (), NOW, short, Taken(), fallen=fallen))
    assert call.identity not in {m.identity for m in beyond.meetings}
    assert beyond.fallen == fallen
    back = plan_scene(Scene(with_calls, beyond.meetings, NOW, Horizon(), Taken(), fallen=beyond.fallen))
    assert [m.tries.changes for m in back.meetings if m.identity == call.identity] == [3]
    assert back.fallen == ()
