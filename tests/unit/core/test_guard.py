"""What counts as upsetting, and how much of it needs a human's word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.actions import CancelEvent
from cadenced.core.guard import objection, too_much, upset
from cadenced.core.model import Tries
from tests.support.events import NOW, creation, update

MOVE = update("time")


def cancel():
    return CancelEvent(MOVE.meeting, "maya", "maya", "/x.ics", '"1"', "why")


def of(**changes):
    return replace(MOVE, meeting=replace(MOVE.meeting, **changes))


def test_cancelling_and_moving_upset_and_nothing_else_does():
    assert upset([cancel(), MOVE], NOW) == 2
    assert upset([creation(), update("summary"), update("status"), update()], NOW) == 0


def test_what_follows_a_human_s_move_or_one_of_our_few_changes_upsets_nobody():
    later = MOVE.meeting.start + timedelta(days=1)
    assert upset([of(start=later)], NOW) == 0
    assert upset([of(tries=Tries(1, NOW, (later,)))], NOW + timedelta(microseconds=5)) == 0
    assert upset([of(tries=Tries(1, NOW - timedelta(days=2)))], NOW) == 1


@pytest.mark.parametrize(
    ("upsets", "owned", "much"), [(9, 9, False), (10, 39, True), (10, 40, False), (11, 40, True), (0, 0, False)]
)
def test_more_than_a_quarter_from_ten_events_up_is_too_much(upsets, owned, much):
    assert too_much(upsets, owned) is much


def test_the_objection_says_how_many_and_what_to_do():
    assert objection(12, 30).startswith("12 of the 30 events that are still to come would be cancelled or moved")
    assert "cadenced apply --confirm" in objection(12, 30)
