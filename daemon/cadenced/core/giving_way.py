"""Lets meetings give way to each other: so that one more finds a place, or so that all cost less.

Owns who is moved for whom, and how long that is tried. Must never know what makes two places clash, nor what they cost:
the timetable does.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from cadenced.core.timetable import Claim, Place, Timetable

ROUNDS = 20  # for each claim of the group, on average: two or three find nothing more, nearly always
TRIES = 10  # ways for one meeting to displace others in a round: cheap ones come first, and win nearly always
DISPLACED = 2  # meetings that one may send elsewhere at once: three hardly ever pay


def make_room(table: Timetable, claims: Sequence[Claim], fewest: int, evictions: int, slack: int) -> bool:
    """Whether all but `fewest` found a place. Else as many as at the best moment have one; and never are more than
    `slack` fewer placed meanwhile.

    Whoever finds no place takes one from others, who look for another in turn. The more trouble a claim was, the less
    it is sent away again (the guided ejection search of Nagata and Bräysy, for vehicle routing).
    """
    trouble = [1] * len(table.claims)
    waiting = deque(claim for claim in claims if claim.place is None and _possible(table, claim, trouble))
    hopeless = [claim.place for claim in claims].count(None) - len(waiting)
    left, best = len(waiting), snapshot(claims)
    for _ in range(evictions):
        if left + hopeless <= fewest or not waiting:
            break
        claim = waiting.popleft()
        place = table.best(claim)
        if place is None:
            trouble[claim.number] += 1
            found = _least_trouble(table, claim, trouble, left + slack - len(waiting))
            if found is None:
                waiting.append(claim)
                continue
            place, evicted = found
            for other in evicted:
                table.take(other)
            waiting += evicted
        table.put(claim, place)
        if len(waiting) < left:
            left, best = len(waiting), snapshot(claims)
    restore(table, claims, best)
    return left + hopeless <= fewest


def find_cheaper(table: Timetable, claims: Sequence[Claim]) -> None:
    """Moves meetings, alone or with those in their way, until nothing costs less that way. As many stay placed."""
    waiting = dict.fromkeys(claims)
    for _ in range(ROUNDS * len(claims)):
        if not waiting:
            break
        claim = next(iter(waiting))
        del waiting[claim]
        if _cheaper(table, claim):
            waiting |= dict.fromkeys((claim, *table.fellows(claim)))


def _cheaper(table: Timetable, claim: Claim) -> bool:
    if claim.place is None:
        return _replaces(table, claim)
    price = table.paid(claim)
    return price > claim.floor and (_moves(table, claim, price) or _displaces(table, claim))


def _moves(table: Timetable, claim: Claim, price: int) -> bool:
    old = table.take(claim)
    new = table.best(claim, price, old.start)
    table.put(claim, new or old)
    return new is not None


def _displaces(table: Timetable, claim: Claim) -> bool:
    """Whether all got cheaper with it in a place where others were, and them elsewhere."""
    before = table.total
    old = table.take(claim)
    price = before - table.total
    ways = (
        _Exchange(claim, place, others, others)
        for place in takewhile(lambda place: place.cost < price, table.places(claim))
        if table.price(claim, place) < price
        for others in table.exchanges(claim, place)
    )
    if _made(table, ways, before):
        return True
    table.put(claim, old)
    return False


def _replaces(table: Timetable, claim: Claim) -> bool:
    """Whether all got cheaper with it instead of another."""
    dearest = max((table.paid(other) for other in table.fellows(claim)), default=0)
    ways = (
        _Exchange(claim, place, others, [other for other in others if other is not out])
        for place in takewhile(lambda place: place.cost < dearest, table.places(claim))
        for others in table.exchanges(claim, place)
        for out in others
    )
    return _made(table, ways, table.total)


class _Exchange(NamedTuple):
    """A claim takes a place; others go, of whom some stay, elsewhere."""

    claim: Claim
    place: Place
    others: Sequence[Claim]
    staying: Sequence[Claim]


def _made(table: Timetable, ways: Iterable[_Exchange], below: int) -> bool:
    """Whether one of the first ways brought the total below a bound, and was gone; else all is as it was."""
    few = (way for way in ways if len(way.others) <= DISPLACED)
    for claim, place, others, staying in islice(few, TRIES):
        olds = [table.take(other) for other in others]
        table.put(claim, place)
        if _settled(table, staying, below):
            return True
        table.take(claim)
        for other, back in zip(others, olds, strict=True):
            table.put(other, back)
    return False


def _settled(table: Timetable, claims: Sequence[Claim], below: int) -> bool:
    """Places them if that leaves the total below a bound; else none of them."""
    if not claims:
        return table.total < below
    first, *rest = claims
    place = table.best(first, below - table.total)
    if place is None:
        return False
    table.put(first, place)
    if _settled(table, rest, below):
        return True
    table.take(first)
    return False


def _least_trouble(
    table: Timetable, claim: Claim, trouble: Sequence[int], most: int
) -> tuple[Place, list[Claim]] | None:
    """The place whose taking sends away whom it is least trouble to place again, and at most so many."""
    found: tuple[tuple[int, int, int], Place, list[Claim]] | None = None
    for place in table.places(claim):
        others = table.evicted(claim, place, trouble)
        if others is not None and len(others) <= most:
            rank = (sum(trouble[other.number] for other in others), table.price(claim, place), place.start)
            if found is None or rank < found[0]:
                found = rank, place, others
    return found and found[1:]


def _possible(table: Timetable, claim: Claim, trouble: Sequence[int]) -> bool:
    """Whether it has a place when all others give way."""
    return any(table.evicted(claim, place, trouble) is not None for place in table.places(claim))


def snapshot(claims: Sequence[Claim]) -> list[Place | None]:
    """Where each is."""
    return [claim.place for claim in claims]


def restore(table: Timetable, claims: Sequence[Claim], places: Sequence[Place | None]) -> None:
    """Puts each where it was."""
    for claim in claims:
        if claim.place is not None:
            table.take(claim)
    for claim, place in zip(claims, places, strict=True):
        if place is not None:
            table.put(claim, place)
