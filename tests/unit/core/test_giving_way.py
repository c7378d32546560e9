"""Meetings that give way to each other, without the search that comes after."""

import pytest

from cadenced.core.giving_way import make_room
from cadenced.core.timetable import Timetable
from cadenced.core.together import Room
from tests.support.rounds import option, wish


def table_of(*wishes, room=None):
    """Each takes the best place, in order."""
    table = Timetable(wishes, room or Room())
    for claim in table.claims:
        place = table.best(claim)
        if place is not None:
            table.put(claim, place)
    return table


def placed(table):
    return [claim.place is not None for claim in table.claims]


@pytest.mark.parametrize("slack", [0, 1])
def test_the_one_in_the_way_looks_for_another_place(slack):
    table = table_of(wish("maya-jonas", "3T09:00", "4T09:00"), wish("maya-ann", "3T09:00"))
    assert placed(table) == [True, False]
    assert make_room(table, table.claims, 0, evictions=3, slack=slack)
    assert placed(table) == [True, True]


def test_two_in_the_way_go_only_where_one_fewer_placed_meanwhile_is_allowed():
    wishes = [wish("maya-jonas", "3T09:00", "4T09:00"), wish("maya-tom", "3T10:00", option("5T09:00", 50))]
    long = wish("maya-ann", "3T09:00", minutes=120)
    table = table_of(*wishes, long)
    assert not make_room(table, table.claims, 0, evictions=9, slack=0)
    assert make_room(table, table.claims, 0, evictions=9, slack=1)


def test_who_is_at_the_limit_goes_where_the_limit_has_room():
    room = Room({"maya": 1})
    table = table_of(wish("maya-jonas", "3T09:00", "10T09:00"), wish("maya-ann", "4T09:00"), room=room)
    assert make_room(table, table.claims, 0, evictions=3, slack=0)


def test_where_not_all_fit_as_many_are_placed_as_before():
    wishes = [wish(f"maya-p{n}", "3T09:00", "3T09:30") for n in range(3)]
    table = table_of(*wishes, wish("maya-ann", "4T09:00"))
    before = sum(placed(table))
    assert not make_room(table, table.claims, 0, evictions=7, slack=1)
    assert sum(placed(table)) == before


def test_nobody_is_sent_away_for_a_meeting_that_has_no_place_at_all():
    table = table_of(wish("maya-jonas", "3T09:00"), wish("maya-ann", "3T09:00"), room=Room({"ann": 0}))
    assert not make_room(table, table.claims, 0, evictions=3, slack=1)
    assert placed(table) == [True, False]
