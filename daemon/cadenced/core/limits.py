"""Proves from people's limits alone that some meetings cannot be placed, so that nobody looks for a place in vain.

Owns the counting: a person's meetings, whenever they are, against what the person gives in each week and month. Must
never know who is where: only limits count here.
"""

from collections.abc import Iterator, Sequence
from operator import add

from cadenced.core.timetable import Claim, Quota, Timetable

STATES = 2000  # of what is left of one person's limits: a dozen meetings in five weeks have a few hundred

Use = tuple[tuple[Quota, int], ...]  # of one person's limits by one place


def left_out(table: Timetable, claims: Sequence[Claim]) -> int:
    """How many of the claims, at least, find no place, whatever is chosen."""
    total, counted = 0, set[int]()
    for person in sorted({person for claim in claims if claim.place is None for person in claim.wish.people}):
        mine = [claim for claim in claims if person in claim.wish.people]
        if counted.isdisjoint(claim.number for claim in mine) and (out := _left_out(table, person, mine)):
            counted.update(claim.number for claim in mine)
            total += out
    return total


def _left_out(table: Timetable, person: str, claims: Sequence[Claim]) -> int:
    """How many are missing in the best way to spend a person's limits; 0 where there are too many ways.

    From the first claim in time to the last. Of what is left only what those to come could spend is told apart.
    """
    ways = [_ways(table, person, claim) for claim in sorted(claims, key=lambda claim: _first(table, claim))]
    quotas = {id(quota): quota for uses in ways for use in uses for quota, _ in use}
    missing = sum(claim.place is None for claim in claims)
    states = {tuple(quota.left + sum(map(quota.used_by, quota.users)) for quota in quotas.values()): 0}
    index = {key: n for n, key in enumerate(quotas)}
    for number, uses in enumerate(ways):
        wanted = _wanted(ways[number + 1 :], index)
        following: dict[tuple[int, ...], int] = {}
        for left, out in states.items():
            for then in _spent(left, uses, index):
                state = tuple(map(min, then, wanted))
                following[state] = min(out, following.get(state, missing))
            if out + 1 < missing:  # else no way from here is better than what stands
                state = tuple(map(min, left, wanted))
                following[state] = min(out + 1, following.get(state, missing))
        states = following
        if len(states) > STATES:
            return 0
    return min(states.values(), default=missing)


def _first(table: Timetable, claim: Claim) -> int:
    return min(place.start for place in table.places(claim))


def _ways(table: Timetable, person: str, claim: Claim) -> list[Use]:
    """The different ways in which a claim's places use a person's limits."""
    found: dict[tuple[tuple[int, int], ...], Use] = {}
    for place in table.places(claim):
        use = tuple((quota, amount) for quota, amount in place.uses if quota.person == person)
        found[tuple((id(quota), amount) for quota, amount in use)] = use
    return list(found.values())


def _wanted(ways: Sequence[Sequence[Use]], index: dict[int, int]) -> list[int]:
    """The most that these claims could spend of each quota."""
    total = [0] * len(index)
    for uses in ways:
        most = [0] * len(index)
        for use in uses:
            for quota, amount in use:
                most[index[id(quota)]] = max(amount, most[index[id(quota)]])
        total = list(map(add, total, most))
    return total


def _spent(left: tuple[int, ...], uses: Sequence[Use], index: dict[int, int]) -> Iterator[tuple[int, ...]]:
    for use in uses:
        then = list(left)
        for quota, amount in use:
            then[index[id(quota)]] -= amount
        if min(then, default=0) >= 0:
            yield tuple(then)
