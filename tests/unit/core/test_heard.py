"""What people say of a meeting by mail counts as if they had done it in a calendar, and no longer than that would."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.answers import Answer, Told
from cadenced.core.heard import BY_MAIL, Heard, heard
from cadenced.core.model import State
from tests.support.desk import DAY, HOUSES, IDENTITY, NOW, PLACED, START, Desk, at


@pytest.fixture(params=HOUSES, ids=["two calendars", "the mentor's", "the protege's", "no calendar"])
def desk(request):
    return Desk(request.param)


def test_nothing_was_said_of_a_meeting_that_nobody_knows():
    answer = Answer("<1>", "maya-jonas", "jonas", Told.MOVED, NOW, IDENTITY.uid, at(1), at(1, 1))
    assert heard([answer], (), None) == Heard()


def test_what_is_no_word_about_the_time_changes_nothing(desk):
    for told in (Told.ACCEPTED, Told.TENTATIVE, Told.MET, Told.NOT_MET):
        desk.says("jonas", told)
    assert desk.turns() == PLACED


class TestCant:
    def test_gives_another_time_and_the_refused_one_does_not_come_back(self, desk):
        desk.says("jonas", Told.DECLINED)
        assert desk.look().declined == (f"{BY_MAIL}jonas",)
        meeting = desk.turns()
        assert (meeting.state, meeting.start, meeting.tries.refused) == (State.STANDING, at(1, 1), (START,))

    def test_two_who_said_no_are_both_named_and_it_counts_as_one_time(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.says("maya", Told.DECLINED)
        assert set(desk.look().declined) == {f"{BY_MAIL}jonas", f"{BY_MAIL}maya"}
        assert desk.turns().tries.refused == (START,)

    def test_to_each_proposal_gives_the_next(self, desk):
        for _ in range(3):
            desk.says("jonas", Told.DECLINED)
            desk.turns()
        assert desk.remembered.tries.refused == (START, at(1, 1), at(2, 1))
        assert desk.remembered.start == at(3, 1)

    def test_to_another_time_than_it_has_leaves_it_where_it_is(self, desk):
        desk.says("maya", Told.MOVED, days=1)
        desk.turns()
        desk.says("jonas", Told.DECLINED, days=0)  # an old mail
        assert desk.look().declined == ()
        assert desk.turns().start == at(1)

    def test_taken_back_before_anybody_looked_is_none(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.says("jonas", Told.ACCEPTED)
        assert desk.turns() == PLACED

    def test_taken_back_too_late_moves_nothing_back(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.turns()
        desk.says("jonas", Told.ACCEPTED, days=0)
        assert desk.turns().start == at(1, 1)

    def test_stands_whatever_the_other_one_accepts(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.says("maya", Told.ACCEPTED)
        assert desk.look().declined == (f"{BY_MAIL}jonas",)

    def test_said_when_it_is_over_refuses_nothing(self, desk):
        desk.now = PLACED.end
        desk.says("jonas", Told.DECLINED)
        assert desk.look().meeting == PLACED

    def test_to_a_time_and_then_to_another_that_somebody_wants_is_two(self, desk):
        """Nobody looked in between."""
        desk.says("jonas", Told.DECLINED)
        desk.says("maya", Told.MOVED, days=1)
        desk.says("jonas", Told.DECLINED, days=1)
        assert desk.look().declined == (f"{BY_MAIL}jonas",)
        assert set(desk.turns().tries.refused) == {START, at(1)}

    def test_is_over_when_somebody_wants_that_very_time_later_and_can_be_said_again(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.turns()
        desk.says("maya", Told.MOVED, days=0)
        meeting = desk.turns()
        assert (meeting.start, meeting.pinned) == (START, True)
        desk.says("jonas", Told.DECLINED)
        assert desk.turns().start == at(1, 1)

    def test_is_over_when_a_hand_in_a_calendar_puts_it_there_again(self):
        desk = Desk(("maya",))
        desk.says("jonas", Told.DECLINED)
        desk.turns()
        desk.moves("maya", days=0)
        assert (desk.turns().start, desk.remembered.pinned) == (START, True)
        desk.says("jonas", Told.DECLINED)
        assert desk.turns().start == at(1, 1)

    def test_to_a_time_that_a_hand_chose_holds_although_an_older_no_is_known(self, desk):
        desk.says("maya", Told.MOVED, days=1)
        desk.turns()
        desk.says("jonas", Told.DECLINED)
        desk.says("jonas", Told.DECLINED, days=4)
        assert desk.look().declined == (f"{BY_MAIL}jonas",)


class TestMove:
    def test_is_where_it_is_from_then_on_and_pinned(self, desk):
        desk.says("jonas", Told.MOVED, days=2)
        meeting = desk.turns()
        assert (meeting.state, meeting.start, meeting.pinned) == (State.STANDING, at(2), True)
        assert {copy.event.start for copy in desk.copies.values()} <= {at(2)}

    def test_changes_its_length_with_it(self, desk):
        desk.says("jonas", Told.MOVED, days=0)
        desk.answers[-1] = replace(desk.answers[-1], end=at(0, 2))
        assert (desk.turns().start, desk.remembered.end) == (START, at(0, 2))

    def test_by_both_is_the_later_one(self, desk):
        desk.says("maya", Told.MOVED, days=1)
        desk.says("jonas", Told.MOVED, days=2)
        assert desk.turns().start == at(2)
        desk.says("maya", Told.MOVED, days=1)
        assert desk.turns().start == at(1)

    def test_after_one_s_own_no_is_heard(self, desk):
        desk.says("jonas", Told.DECLINED)
        desk.says("jonas", Told.MOVED, days=3)
        found = desk.look()
        assert (found.declined, found.meeting.start) == ((), at(3))
        assert desk.turns().start == at(3)

    def test_that_the_other_says_no_to_is_not_made(self, desk):
        desk.says("jonas", Told.MOVED, days=2)
        desk.says("maya", Told.DECLINED, days=2)
        meeting = desk.turns()
        assert (meeting.start, meeting.pinned) == (START, False)
        assert at(2) in meeting.tries.refused

    def test_that_is_refused_after_it_was_made_gives_another_time_and_does_not_come_back(self, desk):
        desk.says("jonas", Told.MOVED, days=2)
        desk.turns()
        desk.says("maya", Told.DECLINED)
        given = desk.turns()
        assert (given.start, given.pinned) == (at(1, 1), False)
        desk.says("maya", Told.ACCEPTED)
        desk.says("jonas", Told.ACCEPTED)
        assert desk.turns() == given

    def test_and_a_later_one_in_a_calendar_is_the_later(self):
        desk = Desk(("maya",))
        desk.says("jonas", Told.MOVED, days=2)
        desk.moves("maya", days=3)
        found = desk.look()
        assert (found.meeting.start, found.overruled) == (at(3), (f"{BY_MAIL}jonas",))
        assert desk.turns().start == at(3)

    def test_later_than_one_in_a_calendar_is_the_later(self):
        desk = Desk(("maya",))
        desk.moves("maya", days=3)
        desk.says("jonas", Told.MOVED, days=2)
        found = desk.look()
        assert (found.meeting.start, found.overruled) == (at(2), ("maya",))
        assert desk.turns().start == at(2)

    def test_is_remembered_while_no_calendar_can_be_written_to(self):
        desk = Desk(("maya", "jonas"))
        desk.reachable = False
        desk.says("jonas", Told.MOVED, days=2)
        assert desk.turns().start == at(2)
        desk.reachable = True
        assert desk.turns().start == at(2)
        assert {copy.event.start for copy in desk.copies.values()} == {at(2)}


class TestSkip:
    def test_is_off_until_somebody_accepts_it_or_wants_it_at_a_time(self, desk):
        desk.says("jonas", Told.SKIPPED)
        assert (desk.turns().state, desk.remembered.start) == (State.CANCELLED, START)
        desk.says("maya", Told.DECLINED)
        assert desk.turns().state is State.CANCELLED
        desk.says("maya", Told.ACCEPTED)
        assert desk.turns().state is State.STANDING
        desk.says("maya", Told.SKIPPED)
        desk.turns()
        desk.says("jonas", Told.MOVED, days=2)
        assert (desk.turns().state, desk.remembered.start) == (State.STANDING, at(2))

    def test_after_a_move_is_off_where_it_was_moved_to(self, desk):
        desk.says("jonas", Told.MOVED, days=2)
        desk.says("jonas", Told.SKIPPED)
        assert (desk.turns().state, desk.remembered.start) == (State.CANCELLED, at(2))

    def test_moves_nothing_back_that_a_hand_moved_before(self):
        """Each moved it in their calendar, the mentor first; then she calls it off by mail, before anybody looked."""
        desk = Desk(("maya", "jonas"))
        desk.moves("maya", days=1)
        desk.moves("jonas", days=2)
        desk.says("maya", Told.SKIPPED)
        assert (desk.turns().state, desk.remembered.start) == (State.CANCELLED, at(2))


WORDS = st.tuples(
    st.just("says"),
    st.sampled_from(["maya", "jonas"]),
    st.sampled_from([Told.ACCEPTED, Told.TENTATIVE, Told.DECLINED, Told.MOVED, Told.SKIPPED, Told.MET]),
    st.none() | st.integers(0, 3),
)
MOVES = st.tuples(st.just("moves"), st.sampled_from(["maya", "jonas"]), st.integers(0, 3))
TURNS = st.tuples(st.just("turn"))
LIVES = st.lists(WORDS | MOVES | TURNS, max_size=10)


def lived(house, life):
    desk = Desk(house)
    for what, *how in life:
        if what == "says":
            desk.says(*how)
        elif what == "turn":
            desk.turn()
        elif how[0] in house:
            desk.moves(*how)
    return desk


@given(st.sampled_from(HOUSES), LIVES)
@settings(max_examples=400, deadline=None)
def test_whatever_people_say_it_comes_to_rest_and_all_copies_agree(house, life):
    desk = lived(house, life)
    for _ in range(5):  # each of four days may be wanted and refused, one after the other
        desk.turn()
    rested = desk.turn()
    assert desk.turn() == rested == desk.look().meeting
    assert {(c.event.start, c.event.cancelled) for c in desk.copies.values()} <= {
        (rested.start, rested.state is State.CANCELLED)
    }


@given(st.sampled_from(HOUSES), LIVES, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_in_whatever_order_answers_are_read_they_mean_the_same(house, life, random):
    desk = lived(house, life)
    before = desk.look()
    random.shuffle(desk.answers)
    assert desk.look() == before


@given(st.sampled_from(HOUSES[:3]), LIVES, st.lists(WORDS, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_wish_from_before_the_last_decision_changes_nothing(house, life, late):
    """What was decided since had heard of it, and something came after it."""
    desk = lived(house, life)
    desk.turns()
    before, desk.now = desk.look().meeting, NOW - DAY
    for _, who, told, days in late:
        if told is not Told.DECLINED:
            desk.says(who, told, days)
    found = desk.look().meeting
    assert (found.start, found.end, found.state) == (before.start, before.end, before.state)


@given(st.sampled_from(HOUSES), LIVES, st.sampled_from(["maya", "jonas"]))
@settings(max_examples=300, deadline=None)
def test_the_last_word_counts_whatever_was_said_before(house, life, who):
    desk = lived(house, life)
    desk.says(who, Told.MOVED, days=9)
    assert (desk.turn().start, desk.remembered.state) == (at(9), State.STANDING)
    desk.says(who, Told.DECLINED)
    assert desk.turn().start != at(9)
    assert desk.turns().start != at(9)
