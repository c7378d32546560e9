"""Chooses times for several meetings at once, where people share them: one option for each, at the least cost in all.

Owns the order in which that is tried: each takes its best place, the most constrained first; whoever finds none makes
others give way; then all is searched; then whatever can get cheaper does. Must never know where an option comes from.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from cadenced.core.giving_way import find_cheaper, make_room, restore, snapshot
from cadenced.core.limits import left_out
from cadenced.core.model import Identity
from cadenced.core.searching import search
from cadenced.core.timetable import SAME_DAY, SAME_WEEK, Claim, Timetable
from cadenced.core.wishes import Month, Option, Room, Wish

__all__ = ["SAME_DAY", "SAME_WEEK", "Month", "Option", "Room", "Wish", "choose_together"]

A_FEW = 6  # evictions before limits are counted: where room can be made, that many nearly always make it
EVICTIONS = 40  # before all is searched, which costs as much
DEARLY = 500  # points more than a claim's cheapest option: seldom so much, and then another order may be better
EXCHANGES = 3  # for each claim of the group, where the search came to no end: not all fit in, so one goes for another


def choose_together(wishes: Sequence[Wish], room: Room) -> dict[Identity, Option]:
    """An option for as many wishes as possible, and of those choices one that costs least, or nearly so.

    Deterministic, whatever the order of `wishes`. A wish that is missing in the result could not be met.
    """
    table = Timetable(sorted((wish for wish in wishes if wish.options), key=lambda wish: wish.identity), room)
    for claims in _groups(table.claims):
        _place(table, claims)
    return {claim.wish.identity: claim.place.option for claim in table.claims if claim.place is not None}


def _place(table: Timetable, claims: Sequence[Claim]) -> None:
    """Where somebody comes off badly, all of it once more, those first who have few options that cost about as little
    as their best; what is cheaper stays.
    """
    _settle(table, claims, lambda claim: len(claim.wish.options))
    if all(claim.place is None or claim.place.cost < claim.floor + DEARLY for claim in claims):
        return
    before, bill = snapshot(claims), _bill(table, claims)
    restore(table, claims, [None] * len(claims))
    _settle(table, claims, _cheap)
    if _bill(table, claims) >= bill:
        restore(table, claims, before)


def _bill(table: Timetable, claims: Sequence[Claim]) -> tuple[int, int]:
    """How many have no place, and what the others cost."""
    return snapshot(claims).count(None), table.total


def _cheap(claim: Claim) -> int:
    return bisect_left(claim.wish.options, claim.floor + DEARLY, key=lambda option: option.cost)


def _settle(table: Timetable, claims: Sequence[Claim], ways: Callable[[Claim], int]) -> None:
    """Places them, who has the fewest ways first."""
    for claim in sorted(claims, key=lambda claim: (ways(claim), claim.number)):
        place = table.best(claim)
        if place is not None:
            table.put(claim, place)
    if any(claim.place is None for claim in claims) and not make_room(table, claims, 0, A_FEW, slack=1):
        _fit_in(table, claims, left_out(table, claims))
    find_cheaper(table, claims)


def _fit_in(table: Timetable, claims: Sequence[Claim], fewest: int) -> None:
    """Places more of them, until all but `fewest` are."""
    if not (make_room(table, claims, fewest, EVICTIONS, slack=1) or search(table, claims, fewest)):
        make_room(table, claims, fewest, EXCHANGES * len(claims), slack=0)


def _groups(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The claims that have to do with each other, through people that they share directly or along a chain."""
    group_of: dict[str, list[Claim]] = {}
    for claim in claims:
        merged = [claim]
        for group in {id(found): found for who in claim.wish.people if (found := group_of.get(who))}.values():
            merged += group
        group_of |= dict.fromkeys((who for each in merged for who in each.wish.people), merged)
    for group in {id(group): group for group in group_of.values()}.values():
        yield sorted(group, key=lambda claim: claim.number)
