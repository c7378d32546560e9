"""Settle, write, settle again: what two calendars and people's hands come to, turn after turn, some of them cut off.

`carry_out` does to a copy what a server does with a write. The planner is left out: what is settled stands.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cadenced.core.actions import CreateEvent
from cadenced.core.diff import TEXTS, Place, diff
from cadenced.core.events import Copy, EventFields, ObservedEvent, fingerprint
from cadenced.core.merge import settle
from cadenced.core.model import Identity, Kind, Meeting, State
from tests.support.programme import utc

IDENTITY = Identity("maya-jonas", Kind.FACE_TO_FACE, date(2027, 6, 1))
NOW, START = utc("2026-11-24T09:00"), utc("2027-06-08T17:30")  # further apart than the hands below can move it
HOUR = timedelta(hours=1)
PLACED = Meeting(IDENTITY, START, START + HOUR, placed=(START, START + HOUR), rules="r1", reason="because")
WISH = {"summary": "Jonas: Where to?", "location": "The Lamb", "description": "Month 1"}
ACCOUNTS = ("maya", "jonas")
WORDS = st.sampled_from(["", "Mine", "The Crown", "Month 1", "Jonas: Where to?", "Gr\u00fc\u00dfe\nan alle"])


def place(account, meeting, copy, wish):
    return Place(account, account, EventFields(meeting.start, meeting.end, "UTC", **wish), copy)


def carry_out(action, copies, now):
    """What stands in the calendar afterwards."""
    account, fields, baseline = action.account, action.fields, action.baseline
    if isinstance(action, CreateEvent):
        texts = {name: getattr(fields, name) for name in TEXTS}
        event = ObservedEvent(IDENTITY.uid, IDENTITY, baseline, fields.start, fields.end, **texts)
    else:
        event = replace(copies[account].event, baseline=baseline)
        event = replace(event, **{name: getattr(fields, name) for name in TEXTS if name in action.changed})
        if "time" in action.changed:
            event = replace(event, start=fields.start, end=fields.end)
        if "status" in action.changed:
            event = replace(event, cancelled=baseline.cancelled)
    copies[account] = Copy(account, f"/{account}/x.ics", '"1"', replace(event, last_modified=now))


def turn(copies, now, wish=WISH, upto=None, plan=lambda meeting: meeting):
    """One turn, cut off after `upto` writes. Returns what was settled, and how many writes it wanted."""
    found = settle(IDENTITY, [copies[name] for name in ACCOUNTS if name in copies], {}, None)
    meeting = plan(found.meeting if found else PLACED)
    actions = list(diff(meeting, [place(name, meeting, copies.get(name), wish) for name in ACCOUNTS], now))
    for action in actions[:upto]:
        carry_out(action, copies, now)
    return found, len(actions)


def written():
    copies = {}
    assert turn(copies, NOW)[1] == 2
    return copies


def edit(copies, account, at, **changes):
    copies[account] = replace(copies[account], event=replace(copies[account].event, last_modified=at, **changes))


def shift(copies, account, at, by, longer=timedelta()):
    event = copies[account].event
    edit(copies, account, at, start=event.start + by, end=event.end + by + longer)


def times(copies):
    return {(copy.event.start, copy.event.end) for copy in copies.values()}


def test_what_was_just_written_needs_no_second_write():
    copies = written()
    assert turn(copies, NOW + HOUR)[1] == 0
    assert not settle(IDENTITY, list(copies.values()), {}, None).meeting.touched


HANDS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.sampled_from(ACCOUNTS), st.integers(-5, 20).filter(bool)),
        st.tuples(st.just("longer"), st.sampled_from(ACCOUNTS), st.integers(1, 5)),
        st.tuples(st.sampled_from(TEXTS), st.sampled_from(ACCOUNTS), WORDS),
    ),
    max_size=5,
)


def do(copies, hand, at):
    what, account, value = hand
    if what == "move":
        shift(copies, account, at, timedelta(days=value))
    elif what == "longer":
        shift(copies, account, at, timedelta(), timedelta(minutes=15 * value))
    else:
        edit(copies, account, at, **{what: value})


@given(st.lists(HANDS, min_size=1, max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_both_calendars_agree_after_any_hands_and_any_number_of_turns_cut_off(rounds, data):
    copies, now = written(), NOW
    for hands in rounds:
        for hand in hands:
            now += timedelta(minutes=1)
            do(copies, hand, now)
        for _ in range(data.draw(st.integers(0, 2))):
            now += timedelta(minutes=1)
            turn(copies, now, upto=data.draw(st.integers(0, 1)))
    now += timedelta(minutes=1)
    turn(copies, now)
    assert len(times(copies)) == 1
    assert turn(copies, now + HOUR)[1] == 0


@given(HANDS, st.data())
@settings(max_examples=200, deadline=None)
def test_the_last_move_holds_once_it_was_carried_even_if_no_more_was_done_and_whatever_was_noted_since(hands, data):
    """Of two moves that were seen at once LAST-MODIFIED decides, and a note renews it; of others there is no doubt."""
    copies, now, moves = written(), NOW, []
    for hand in hands:
        now += timedelta(minutes=1)
        do(copies, hand, now)
        event = copies[hand[1]].event
        if hand[0] in ("move", "longer"):
            back = (event.start, event.end) == (event.baseline.start, event.baseline.end)
            assume(not back)  # taken back before anybody looked: that is no move
            moves.append((event.start, event.end))
            turn(copies, now, upto=data.draw(st.integers(1, 2)))
    turn(copies, now + HOUR)
    assert times(copies) == {moves[-1] if moves else (START, START + HOUR)}


@given(HANDS, st.lists(st.fixed_dictionaries(dict.fromkeys(TEXTS, WORDS)), max_size=3))
@settings(max_examples=200, deadline=None)
def test_what_people_wrote_stays_property_by_property_whatever_the_programme_says_later(hands, wishes):
    copies, now, theirs = written(), NOW, {}
    for hand in hands:
        now += timedelta(minutes=1)
        do(copies, hand, now)
        if hand[0] in TEXTS:
            theirs[hand[1], hand[0]] = hand[2]
    for wish in wishes:
        now += timedelta(minutes=1)
        turn(copies, now, wish)
    for (account, name), text in theirs.items():
        if fingerprint(text) != fingerprint(WISH[name]):  # to write what stood there anyway is no edit
            assert getattr(copies[account].event, name) == text


@given(HANDS, st.fixed_dictionaries(dict.fromkeys(TEXTS, WORDS)))
@settings(max_examples=100, deadline=None)
def test_what_nobody_touched_follows_the_programme(hands, wish):
    copies, now = written(), NOW
    touched = {(hand[1], hand[0]) for hand in hands}
    for hand in hands:
        now += timedelta(minutes=1)
        do(copies, hand, now)
    turn(copies, now + HOUR, wish)
    for account in ACCOUNTS:
        for name in set(TEXTS) - {what for who, what in touched if who == account}:
            assert fingerprint(getattr(copies[account].event, name)) == fingerprint(wish[name])


@given(HANDS)
@settings(max_examples=100, deadline=None)
def test_a_meeting_is_pinned_just_when_it_is_not_where_the_planner_put_it(hands):
    copies, now = written(), NOW
    for hand in hands:
        now += timedelta(minutes=1)
        do(copies, hand, now)
        turn(copies, now)
    meeting = settle(IDENTITY, [copies[name] for name in ACCOUNTS], {}, None).meeting
    assert meeting.placed == (START, START + HOUR)
    assert meeting.pinned == (times(copies) != {(START, START + HOUR)})


def test_an_edit_that_is_taken_back_is_none():
    copies = written()
    edit(copies, "maya", NOW + HOUR, location="The Crown")
    turn(copies, NOW + HOUR)
    edit(copies, "maya", NOW + 2 * HOUR, location="The Lamb")
    turn(copies, NOW + 3 * HOUR, WISH | {"location": "Café Sol"})
    assert {copy.event.location for copy in copies.values()} == {"Café Sol"}


def test_a_move_that_is_taken_back_leaves_the_meeting_to_the_planner_again():
    copies = written()
    shift(copies, "jonas", NOW + HOUR, timedelta(days=1))
    assert turn(copies, NOW + HOUR)[0].meeting.pinned
    shift(copies, "maya", NOW + 2 * HOUR, timedelta(days=-1))
    assert not turn(copies, NOW + 2 * HOUR)[0].meeting.pinned
    assert times(copies) == {(START, START + HOUR)}


@pytest.mark.parametrize("first", ACCOUNTS)
def test_both_who_moved_it_while_a_turn_was_cut_off_end_at_the_later_time_and_one_is_told(first):
    other = ACCOUNTS[1 - ACCOUNTS.index(first)]
    copies = written()
    shift(copies, first, NOW + HOUR, timedelta(days=1))
    turn(copies, NOW + HOUR, upto=0)
    shift(copies, other, NOW + 2 * HOUR, timedelta(days=3))
    settled, _ = turn(copies, NOW + 3 * HOUR)
    assert settled.overruled == (first,)
    assert times(copies) == {(START + timedelta(days=3), START + timedelta(days=3) + HOUR)}
    assert turn(copies, NOW + 4 * HOUR)[0].overruled == ()  # and not again


def test_a_new_policy_s_length_reaches_both_and_a_human_s_length_stays():
    def longer(meeting):
        end = meeting.start + 2 * HOUR
        return meeting if meeting.pinned else replace(meeting, end=end, placed=(meeting.start, end))

    copies = written()
    turn(copies, NOW + HOUR, plan=longer)
    assert times(copies) == {(START, START + 2 * HOUR)}
    shift(copies, "jonas", NOW + 2 * HOUR, timedelta(), -HOUR)
    settled, _ = turn(copies, NOW + 3 * HOUR, plan=longer)
    assert settled.meeting.pinned
    assert times(copies) == {(START, START + HOUR)}


def test_a_length_that_reached_one_calendar_reaches_the_other_later():
    def longer(meeting):
        end = meeting.start + 2 * HOUR
        return replace(meeting, end=end, placed=(meeting.start, end))

    copies = written()
    turn(copies, NOW + HOUR, plan=longer, upto=1)
    settled, _ = turn(copies, NOW + 2 * HOUR, plan=longer)
    assert not settled.meeting.pinned
    assert times(copies) == {(START, START + 2 * HOUR)}


@pytest.mark.parametrize("name", TEXTS)
def test_an_emptied_text_stays_empty(name):
    copies = written()
    edit(copies, "maya", NOW + HOUR, **{name: ""})
    turn(copies, NOW + HOUR, dict.fromkeys(WISH, "New words"))
    assert [getattr(copies[account].event, name) for account in ACCOUNTS] == ["", "New words"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_a_server_rewrote_is_renewed_when_the_wish_changes(name):
    copies = written()
    edit(copies, "maya", NOW, **{name: WISH[name] + " \r\n"})
    assert turn(copies, NOW + HOUR)[1] == 0
    turn(copies, NOW + 2 * HOUR, WISH | {name: "New words"})
    assert getattr(copies["maya"].event, name) == "New words"


def test_what_a_human_wrote_stays_theirs_even_if_the_programme_said_the_same_meanwhile():
    copies = written()
    edit(copies, "maya", NOW + HOUR, location="The Crown")
    turn(copies, NOW + HOUR, WISH | {"location": "The Crown", "summary": "Jonas"})
    turn(copies, NOW + 2 * HOUR, WISH | {"location": "Café Sol"})
    assert [copies[account].event.location for account in ACCOUNTS] == ["The Crown", "Café Sol"]


def past(copies):
    return max(copy.event.end for copy in copies.values()) + timedelta(minutes=1)


@given(HANDS, st.fixed_dictionaries(dict.fromkeys(TEXTS, WORDS)))
@settings(max_examples=100, deadline=None)
def test_what_is_over_in_both_calendars_is_never_written(hands, wish):
    copies = written()
    for hand in hands:
        do(copies, hand, NOW)
    assert turn(copies, past(copies), wish)[1] == 0


def test_a_meeting_that_somebody_moved_into_the_past_follows_in_the_other_calendar():
    """They met early and say so: the other's event is still to come, and would remind of nothing."""
    copies = written()
    shift(copies, "maya", START - timedelta(days=1), timedelta(days=-3))
    turn(copies, START - timedelta(days=1))
    assert times(copies) == {(START - timedelta(days=3), START - timedelta(days=3) + HOUR)}


def test_a_meeting_that_somebody_moved_out_of_the_past_follows_too():
    copies = written()
    shift(copies, "jonas", START + timedelta(days=1), timedelta(days=9))
    turn(copies, START + timedelta(days=1))
    assert times(copies) == {(START + timedelta(days=9), START + timedelta(days=9) + HOUR)}


def off(state):
    return lambda meeting: replace(meeting, state=state)


def test_what_somebody_declined_is_left_as_it_is():
    assert turn(written(), NOW + HOUR, WISH | {"summary": "New"}, plan=off(State.DECLINED))[1] == 0


def test_what_is_called_off_says_so_in_both_calendars_and_is_left_as_it_is_beside():
    copies = written()
    assert turn(copies, NOW + HOUR, WISH | {"summary": "New"}, plan=off(State.CANCELLED))[1] == 2
    assert {(copy.event.cancelled, copy.event.summary) for copy in copies.values()} == {(True, WISH["summary"])}
    assert turn(copies, NOW + 2 * HOUR, WISH | {"summary": "New"}, plan=off(State.CANCELLED))[1] == 0


def test_every_action_says_why():
    copies = written()
    shift(copies, "jonas", NOW + HOUR, timedelta(days=1))
    meeting = settle(IDENTITY, [copies[name] for name in ACCOUNTS], {}, None).meeting
    actions = list(diff(meeting, [place(name, meeting, copies[name], WISH) for name in ACCOUNTS], NOW + HOUR))
    assert [(a.account, a.reason) for a in actions] == [
        ("maya", "moved in the calendar 'jonas'"),
        ("jonas", "stays as it is; the event notes that its new time is known"),
    ]
