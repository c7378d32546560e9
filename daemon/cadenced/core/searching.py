"""Searches all the choices of a group for one in which more have a place: the last resort.

Owns the search (forward checking, the most often stuck first) and its limits. Must never know cost: places come in its
order, and are tried in that order.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

from cadenced.core.timetable import Claim, Place, Timetable

NODES = 5000  # choices tried for a group: a tenth of a second; a thousand left just feasible programmes unsolved
DEEPEST = 400  # claims searched at once: each is a frame of the stack, of Python's thousand

Trail = list[tuple[int, int]]  # claims and their open places as they were


def search(table: Timetable, claims: Sequence[Claim], fewest: int) -> bool:
    """Places more of them than are placed, if that is found within NODES; else leaves them as they are.

    Whether no choice places more: all but `fewest` are placed, or all was searched.
    """
    before = [claim.place for claim in claims]
    if before.count(None) <= fewest:
        return True
    if len(claims) > DEEPEST:
        return False
    for claim in claims:
        if claim.place is not None:
            table.take(claim)
    found, most = _Search(table, claims).beating(before, fewest)
    for claim, place in zip(claims, found, strict=True):
        if place is not None:
            table.put(claim, place)
    return most


class _Search:
    """Claims are numbers here, and places bits: `open[n]` has bit k set while claim n can still take its place k."""

    def __init__(self, table: Timetable, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._places = [list(table.places(claim)) for claim in claims]
        self._starts = [sorted((place.start, k) for k, place in enumerate(places)) for places in self._places]
        self._longest = [max(place.end - place.start for place in places) for places in self._places]
        self._sharing = [
            [m for m, other in enumerate(claims) if other is not one and _share(one, other)] for one in claims
        ]
        self._open = [(1 << len(places)) - 1 for places in self._places]
        self._left: dict[int, int] = {}  # by the id of a quota
        self._users: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        for n, places in enumerate(self._places):
            for k, place in enumerate(places):
                for quota, amount in place.uses:
                    self._left[id(quota)] = quota.left
                    self._users[id(quota)][n][amount] |= 1 << k
        self._clashes: dict[tuple[int, int, int], int] = {}
        self._stuck = [1] * len(claims)  # how often each was left without a place, and once more
        self._chosen: dict[int, Place] = {}
        self._found: list[Place | None] = []
        self._nodes = NODES

    def beating(self, before: Sequence[Place | None], fewest: int) -> tuple[Sequence[Place | None], bool]:
        """Places for more claims than have one in `before`: the most that are found, and whether there are no more."""
        self._found = list(before)
        for quota in self._left:
            self._close_full(quota, [])
        everybody = set(range(len(self._claims)))
        while (missing := self._found.count(None)) > fewest and self._extend(everybody, missing - 1):
            pass
        return self._found, self._nodes > 0 or missing <= fewest

    def _extend(self, waiting: set[int], skips: int) -> bool:
        """Whether all that wait, but as many as may be skipped, found a place. `chosen` is left as it was."""
        if not waiting:
            self._found = [self._chosen.get(n) for n in range(len(self._claims))]
            return True
        n = min(waiting, key=lambda n: (self._open[n].bit_count() / self._stuck[n], n))
        rest = waiting - {n}
        bits = self._open[n]
        while bits and self._nodes:
            self._nodes -= 1
            k = (bits & -bits).bit_length() - 1
            bits &= bits - 1
            if self._tried(n, k, rest, skips):
                return True
        return bool(skips and self._nodes) and self._extend(rest, skips - 1)

    def _tried(self, n: int, k: int, rest: set[int], skips: int) -> bool:
        place = self._places[n][k]
        trail: Trail = []
        for m in self._sharing[n]:
            if m in rest:
                self._close(m, self._clash(n, k, m), trail)
        for quota, amount in place.uses:
            self._left[id(quota)] -= amount
            self._close_full(id(quota), trail)
        self._chosen[n] = place
        stuck = [m for m in rest if not self._open[m]]
        for m in stuck:
            self._stuck[m] += 1
        done = len(stuck) <= skips and self._extend(rest, skips)
        del self._chosen[n]
        for quota, amount in place.uses:
            self._left[id(quota)] += amount
        for m, bits in reversed(trail):
            self._open[m] = bits
        return done

    def _close(self, n: int, closed: int, trail: Trail) -> None:
        if self._open[n] & closed:
            trail.append((n, self._open[n]))
            self._open[n] &= ~closed

    def _close_full(self, quota: int, trail: Trail) -> None:
        """Closes the places that need more of a quota than is left."""
        left = self._left[quota]
        for n, by_amount in self._users[quota].items():
            for amount, bits in by_amount.items():
                if amount > left:
                    self._close(n, bits, trail)

    def _clash(self, n: int, k: int, m: int) -> int:
        """The places of claim m that claim n rules out at its place k."""
        if (found := self._clashes.get((n, k, m))) is None:
            mine, found = self._places[n][k], 0
            apart = max(self._claims[n].travel, self._claims[m].travel)
            starts, places = self._starts[m], self._places[m]
            first = bisect_left(starts, (mine.start - apart - self._longest[m], 0))
            for start, other in starts[first : bisect_left(starts, (mine.end + apart, 0))]:
                if start < mine.end + apart and mine.start < places[other].end + apart:
                    found |= 1 << other
            self._clashes[n, k, m] = found
        return found


def _share(one: Claim, other: Claim) -> bool:
    return any(mine is theirs for mine in one.calendars for theirs in other.calendars)
