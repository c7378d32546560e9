"""Proves from people's limits alone that some meetings cannot be placed, so that nobody looks for a place in vain.

Owns the counting: a person's meetings, whenever they are, against what the person gives in each week and month. Must never
know who is where: only limits count here.
"""

from collections.abc import Iterator, Sequence
from math import inf

from cadenced.core.timetable import Claim, Place, Quota, Timetable

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
    """How many are missing in the best way to spend a person's limits; 0 where there are too many ways."""
    ways = sorted((_ways(table, person, claim) for claim in claims), key=len)
    quotas = list({id(quota): quota for uses in ways for use in uses for quota, _ in use}.values())
    index = {id(quota): n for n, quota in enumerate(quotas)}
    missing = sum(claim.place is None for claim in claims)
    states = {tuple(quota.left + sum(map(quota.used_by, quota.users)) for quota in quotas): 0}
    for uses in ways:
        following: dict[tuple[int, ...], int] = {}
        for left, out in states.items():
            for then in _spent(left, uses, index):
                following[then] = min(out, following.get(then, missing))
            if out + 1 < missing:  # else no way from here is better than what stands
                following[left] = min(out + 1, following.get(left, missing))
        states = following
        if len(states) > STATES:
            return 0
    return min(states.values(), default=missing)


def _ways(table: Timetable, person: str, claim: Claim) -> list[Use]:
    """The different ways in which a claim's places use a person's limits."""
    found: dict[tuple[tuple[int, int], ...], Use] = {}
    for place in table.places(claim):
        use = _use(person, place)
        found[tuple((id(quota), amount) for quota, amount in use)] = use
    return list(found.values())


def _use(person: str, place: Place) -> Use:
    return tuple((quota, amount) for quota, amount in place.uses if quota.person == person)


def _spent(left: tuple[int, ...], uses: Sequence[Use], index: dict[int, int]) -> Iterator[tuple[int, ...]]:
    for use in uses:
        then = list(left)
        for quota, amount in use:
            then[index[id(quota)]] -= amount
        if min(then, default=inf) >= 0:
            yield tuple(then)
