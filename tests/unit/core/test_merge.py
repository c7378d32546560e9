"""A human's edit is an instruction: what the copies say, and what is written back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cadenced.core.actions import CancelEvent, CreateEvent, UpdateEvent
from cadenced.core.diff import Place, cancel, diff
from cadenced.core.events import Baseline, Copy, EventFields, ObservedEvent, fingerprint
from cadenced.core.merge import settle
from cadenced.core.model import Identity, Kind, Meeting, State, Tries
from tests.support.programme import utc

IDENTITY = Identity("maya-jonas", Kind.FACE_TO_FACE, date(2026, 12, 1))
START, END = utc("2026-12-08T17:30"), utc("2026-12-08T18:30")
NOW = utc("2026-11-24T09:00")
DAY = timedelta(days=1)
FIELDS = EventFields(START, END, "Europe/London", "Jonas", "The Lamb", "Month 1")
MEETING = Meeting(IDENTITY, START, END, placed=(START, END), rules="r1", reason="because")
WRITTEN = Baseline(
    START, END, (START, END), "r1", fingerprint("Jonas"), fingerprint("The Lamb"), fingerprint("Month 1"), decided=NOW
)


def copy(account="maya", **changes):
    event = ObservedEvent(
        IDENTITY.uid,
        IDENTITY,
        WRITTEN,
        START,
        END,
        "Europe/London",
        "Jonas",
        "The Lamb",
        "Month 1",
        last_modified=NOW,
    )
    return Copy(account, f"/{account}/{IDENTITY.uid}.ics", '"1"', replace(event, **changes))


def later(**by):
    return {"start": START + timedelta(**by), "end": END + timedelta(**by)}


def place(one, **changes):
    return Place("maya", one.account if one else "maya", replace(FIELDS, **changes), one)


def settled(*copies, deleted=(), remembered=None):
    return settle(IDENTITY, copies, dict.fromkeys(deleted), remembered)


def actions(meeting, *places, now=NOW):
    return list(diff(meeting, places, now))


def test_nothing_known_is_nothing_settled():
    assert settled() is None


def test_untouched_copies_stand_where_we_put_them():
    meeting = settled(copy(), copy("jonas")).meeting
    assert (meeting.start, meeting.end, meeting.pinned, meeting.touched) == (START, END, False, False)


def test_a_quiet_turn_writes_nothing():
    meeting = settled(copy(), copy("jonas")).meeting
    assert actions(meeting, place(copy()), place(copy("jonas"))) == []


def test_a_moved_copy_is_the_new_time_and_pinned():
    meeting = settled(copy(), copy("jonas", **later(days=1))).meeting
    assert (meeting.start, meeting.pinned) == (START + timedelta(days=1), True)


def test_a_move_is_carried_to_the_other_copy_and_noted_in_the_moved_one():
    mine, theirs = copy(), copy("jonas", **later(days=1))
    meeting = settled(mine, theirs).meeting
    first, second = actions(meeting, place(mine), place(theirs))
    assert isinstance(first, UpdateEvent)
    assert first.changed == {"time"}
    assert second.changed == frozenset()
    assert first.baseline.start == second.baseline.start == START + timedelta(days=1)
    assert first.baseline.placed == (START, END)


def test_a_changed_length_is_an_instruction_too():
    meeting = settled(copy(end=END + timedelta(minutes=30))).meeting
    assert (meeting.end - meeting.start, meeting.pinned) == (timedelta(minutes=90), True)


def test_of_two_moves_the_later_one_holds_and_the_other_is_told():
    early = copy(**later(days=1), last_modified=NOW)
    late = copy("jonas", **later(days=2), last_modified=NOW + timedelta(hours=1))
    result = settled(early, late)
    assert result.meeting.start == START + timedelta(days=2)
    assert result.overruled == ("maya",)


def test_of_two_moves_at_one_moment_the_mentor_s_holds():
    result = settled(copy(**later(days=1)), copy("jonas", **later(days=2)))
    assert result.meeting.start == START + timedelta(days=1)
    assert result.overruled == ("jonas",)


def test_two_who_moved_it_to_the_same_time_agree():
    result = settled(copy(**later(days=1)), copy("jonas", **later(days=1)))
    assert result.overruled == ()


def test_a_creation_that_nobody_has_seen_succeed_is_no_edit():
    intended = Copy("jonas", "/jonas/", "", ObservedEvent(IDENTITY.uid, None, WRITTEN, START, END))
    assert settled(copy(), intended).meeting.touched is False


def test_a_write_that_was_cut_off_between_two_copies_is_finished():
    new = replace(WRITTEN, start=START + timedelta(days=1), end=END + timedelta(days=1))
    done = copy(**later(days=1), baseline=new, last_modified=NOW + timedelta(hours=1))
    meeting = settled(done, copy("jonas")).meeting
    assert meeting.start == START + timedelta(days=1)
    assert [a.changed for a in actions(meeting, place(done), place(copy("jonas")))] == [{"time"}]


def test_a_deleted_copy_means_that_person_cannot_come():
    meeting = settled(copy(), deleted=["jonas"]).meeting
    assert meeting.state is State.DECLINED
    assert actions(meeting, place(copy()), Place("jonas", "jonas", FIELDS, None, closed=True)) == []


def test_a_copy_that_did_not_follow_does_not_bring_back_a_time_that_was_refused_before():
    """Maya refused two times, and the second had not reached the other copy."""
    tried = Tries(1, NOW, (START,))
    second = replace(WRITTEN, start=START + DAY, end=END + DAY, placed=(START + DAY, END + DAY), tries=tried)
    meeting = settle(IDENTITY, [copy("jonas")], {"maya": second}, None).meeting
    assert meeting.state is State.DECLINED
    assert set(meeting.tries.refused) == {START, START + DAY}


def test_a_move_that_was_refused_since_is_no_instruction_any_more():
    """The moved copy's calendar could not be written to when another time was found."""
    tried = Tries(1, NOW, (START + DAY,))
    other = replace(WRITTEN, start=START + 2 * DAY, end=END + 2 * DAY, placed=(START + 2 * DAY, END + 2 * DAY))
    other = replace(other, decided=NOW + DAY, tries=tried)
    moved = copy(**later(days=1))
    found = settled(moved, copy("jonas", baseline=other, **later(days=2)))
    assert (found.meeting.start, found.overruled) == (START + 2 * DAY, ())


def test_a_cancelled_copy_means_this_period_is_off():
    meeting = settled(copy(cancelled=True), copy("jonas")).meeting
    assert meeting.state is State.CANCELLED
    told, noted = actions(meeting, place(copy(cancelled=True)), place(copy("jonas")))
    assert (told.account, told.changed) == ("jonas", {"status"})
    assert (noted.account, noted.changed) == ("maya", frozenset())
    known = replace(WRITTEN, cancelled=True)
    both = [copy(name, cancelled=True, baseline=known) for name in ("maya", "jonas")]
    assert actions(settled(*both).meeting, *map(place, both)) == []


def test_the_store_is_believed_only_where_no_copy_can_be_read():
    old = replace(MEETING, start=START - timedelta(days=2))
    assert settled(remembered=old).meeting.start == old.start
    assert settled(copy(), remembered=old).meeting.start == START


@pytest.mark.parametrize("name", ["summary", "location", "description"])
def test_an_edited_text_is_kept_for_ever(name):
    edited = copy(**{name: "My own words"})
    meeting = settled(edited).meeting
    assert meeting.touched
    assert actions(meeting, place(edited)) == []
    assert actions(meeting, place(edited, **{name: "New words of the programme"})) == []


@pytest.mark.parametrize("name", ["summary", "location", "description"])
def test_an_edit_is_kept_when_something_else_must_be_written(name):
    edited = copy(**{name: "My own words"})
    moved = replace(MEETING, start=START + timedelta(days=1), end=END + timedelta(days=1))
    (action,) = actions(moved, place(edited))
    assert action.changed == {"time"}
    assert getattr(action.baseline, name) == getattr(WRITTEN, name)  # it goes on reading as edited


def test_a_changed_wish_is_written_where_nobody_edited():
    (action,) = actions(MEETING, place(copy(), location="The Crown"))
    assert action.changed == {"location"}
    assert action.baseline.location == fingerprint("The Crown")


def test_texts_that_a_server_rewrote_are_no_edits():
    assert not settled(copy(description="Month 1\r\n", summary=" Jonas ")).meeting.touched


def test_a_missing_copy_is_created():
    (action,) = actions(MEETING, place(None))
    assert isinstance(action, CreateEvent)
    assert action.baseline == WRITTEN
    assert action.reason == "because"


def test_what_cannot_be_read_is_not_written_over():
    garbled = copy(problem="no DTSTART", start=None, end=None, baseline=None)
    assert actions(MEETING, place(garbled)) == []


def test_a_copy_that_was_made_an_all_day_event_says_nothing_about_the_time():
    garbled = copy(problem="it was made an all-day event", start=None, end=None)
    meeting = settled(garbled, copy("jonas")).meeting
    assert (meeting.start, meeting.end, meeting.pinned) == (START, END, False)
    assert settled(garbled) is None
    assert actions(MEETING, place(garbled)) == []


def test_a_move_by_a_client_that_dates_nothing_is_a_move_and_yields_to_one_that_is_dated():
    undated, dated = copy(**later(days=1), last_modified=None), copy("jonas", **later(days=2))
    assert settled(undated, copy("jonas")).meeting.start == START + timedelta(days=1)
    assert settled(undated, dated).meeting.start == START + timedelta(days=2)


@pytest.mark.parametrize("after", [timedelta(), timedelta(days=1)])
def test_the_past_is_not_touched(after):
    after = END + after
    assert actions(MEETING, place(None), place(copy(location="x"), location="y"), now=after) == []


def test_a_dropped_meeting_is_taken_out_of_each_calendar():
    copies = {"maya": copy(), "jonas": copy("jonas")}
    found = list(cancel(MEETING, copies, {"maya": "maya"}, NOW))
    assert [(type(a), a.account, a.person) for a in found] == [
        (CancelEvent, "maya", "maya"),
        (CancelEvent, "jonas", ""),
    ]
    assert list(cancel(MEETING, copies, {}, END)) == []


def test_a_note_written_while_a_move_is_carried_over_does_not_undo_the_move():
    later = START + timedelta(days=2)
    carried = replace(WRITTEN, start=later, end=later + timedelta(hours=1), decided=NOW + timedelta(hours=1))
    movers = copy(start=carried.start, end=carried.end, baseline=carried, last_modified=NOW + timedelta(hours=1))
    others = copy("jonas", description="My note", last_modified=NOW + timedelta(hours=2))
    assert settle(IDENTITY, [movers, others], {}, None).meeting.start == later
    assert settle(IDENTITY, [others, movers], {}, None).meeting.start == later


def test_of_two_decisions_in_one_second_the_one_that_knows_of_a_refusal_holds():
    """The first was to carry a move over, the second to find another time, and a crash came between its two writes."""
    refused = replace(
        WRITTEN, tries=Tries(1, NOW, (START,)), start=START + timedelta(days=2), end=END + timedelta(days=2)
    )
    behind, ahead = copy("maya"), copy("jonas", baseline=refused, start=refused.start, end=refused.end)
    assert settled(behind, ahead).meeting.start == refused.start
