"""The two last resorts of choosing together, each alone: the search of all choices, and the counting of limits."""

from hypothesis import given, settings

from cadenced.core.limits import left_out
from cadenced.core.searching import search
from cadenced.core.timetable import Timetable
from cadenced.core.together import Room
from tests.support.rounds import MONDAY, all_choices, allowed, option, rounds, wish


def searched(wishes, room, fewest=0):
    """Starts with nobody placed. Who has a place then, and whether the search says that there are no more."""
    table = Timetable(wishes, room)
    most = search(table, table.claims, fewest)
    return {claim.wish.identity: claim.place.option for claim in table.claims if claim.place}, most


def counted(*wishes, room):
    table = Timetable(wishes, room)
    return left_out(table, table.claims)


@given(rounds())
@settings(max_examples=200, deadline=None)
def test_the_search_alone_places_as_many_as_the_best_of_all_choices(made):
    wishes, room = made
    found, most = searched(wishes, room)
    assert most
    assert allowed(wishes, found, room)
    assert len(found) == max(map(len, all_choices(wishes, room)))


@given(rounds())
@settings(max_examples=200, deadline=None)
def test_limits_never_leave_out_more_than_the_best_of_all_choices(made):
    wishes, room = made
    assert counted(*wishes, room=room) <= len(wishes) - max(map(len, all_choices(wishes, room)))


def test_the_search_turns_back_where_the_first_choices_lead_nowhere():
    """A queen's problem of meetings: each cheapest place is wrong, and the last two wishes have but one each."""
    times = [f"3T{hour:02}:00" for hour in range(9, 15)]
    wishes = [wish(f"maya-p{n}", *times[n : n + 3]) for n in range(4)] + [wish("maya-x", "3T09:00")]
    found, most = searched([*wishes, wish("maya-y", "3T10:00")], Room())
    assert (len(found), most) == (6, True)


def test_the_search_stops_at_its_limit_and_says_that_it_does_not_know():
    """Twenty meetings for nineteen places: to prove it takes more than anybody waits for."""
    times = [f"{day}T{hour:02}:00" for day in (3, 4) for hour in range(8, 18)][:19]
    wishes = [wish(f"maya-p{n:02}", *times) for n in range(20)]
    table = Timetable(wishes, Room())
    for claim in table.claims[:19]:
        table.put(claim, table.best(claim))
    before = [claim.place for claim in table.claims]
    assert not search(table, table.claims, 0)
    assert [claim.place for claim in table.claims] == before


def test_the_search_is_spared_where_limits_prove_that_nobody_more_fits():
    wishes = [wish("maya-ann", "3T09:00"), wish("maya-tom", "4T09:00")]
    table = Timetable(wishes, Room({"maya": 1}))
    table.put(table.claims[0], table.best(table.claims[0]))
    assert search(table, table.claims, left_out(table, table.claims))
    assert [claim.place is None for claim in table.claims] == [False, True]


def test_meetings_of_two_weeks_are_counted_against_both_weeks_limits():
    wishes = [wish(f"maya-p{n}", "3T09:00", "4T09:00", "10T09:00", "11T09:00") for n in range(5)]
    assert counted(*wishes, room=Room({"maya": 2})) == 1
    assert counted(*wishes, room=Room({"maya": 2}, weeks={("maya", MONDAY): 1})) == 2
    assert counted(*wishes, room=Room({"maya": 3})) == 0


def test_minutes_of_different_lengths_are_counted_in_the_best_way():
    long = [wish(f"maya-p{n}", "3T09:00", minutes=90) for n in range(2)]
    short = [wish(f"maya-q{n}", "3T09:00", minutes=30) for n in range(3)]
    assert counted(*long, *short, room=Room(per_month={"maya": 180})) == 1
    assert counted(*long, *short, room=Room(per_month={"maya": 179})) == 2
    assert counted(*long, *short, room=Room(per_month={"maya": 89})) == 3


def test_a_meeting_that_can_slip_into_a_month_without_limit_is_not_left_out():
    wishes = [wish(f"maya-p{n}", "31T09:00", option("3T09:00")) for n in range(3)]
    assert counted(*wishes, room=Room(weeks={("maya", MONDAY): 1})) == 0
