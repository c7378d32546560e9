"""Where a period's face-to-face meeting may be, with the neighbours that it has: tier after tier, best first.

Owns what is given up first when nothing is free (DESIGN §5). Must never know who is free when.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cadenced.core.cadence import CLOSEST, DAY, CallSlot, Period, furthest, furthest_before, midnight
from cadenced.core.model import Cadence, DateRange
from cadenced.core.slots import Tier, Tiers, Window

Words = tuple[str, str]  # for the time that is taken there, and for one that is not

AROUND = timedelta(weeks=2)  # what people are offered where the cadence offers nothing

EARLY = "early in its period", "not where it would like best to be"
LATER = "later in its period, for nothing earlier was free", "later in its period"
NEAR = "as near as its neighbours allow", "too far from the meeting before or after it"
ANYWHERE = "wherever its period had a free time", "too near the meeting before or after it"
BETWEEN = "between meetings", "unevenly spaced between its neighbours"


def face_to_face_tiers(place: Period, neighbours: Sequence[datetime], cadence: Cadence) -> Tiers:
    """Each step gives up one wish, the last all but the period itself; within each, agreed times come first.
    `neighbours` are the wall times, in order, of the meetings of other periods that stay where they are.
    """
    between = [_between(place, *each) for each in _around(place, neighbours)]  # now, for they change
    return Tiers(_face_to_face(_windows(place, between), cadence))


def early(place: Period, pauses: Iterable[DateRange], previous: datetime | None) -> datetime:
    """Where a period's meeting should be, in wall time: early in it, and the first after a pause as soon as can be."""
    resumed = [midnight(each.last) + DAY for each in pauses if each.last < place.target.date()]
    since = [each for each in resumed if previous is None or each > previous]
    return max(place.whole[0], *since) if since else place.target


def call_tiers(slot: CallSlot, reach: Window, cadence: Cadence) -> Tiers:
    """Around its target, else as near as its neighbours leave it; an agreed time in either comes before any other."""
    return Tiers(_calls(slot, reach, cadence))


def _face_to_face(windows: Iterable[tuple[Window, Words]], cadence: Cadence) -> Iterator[Tier]:
    for window, words in windows:
        for agreed in (True, False) if cadence.at else (False,):
            yield Tier(window, agreed, *words)


def _calls(slot: CallSlot, reach: Window, cadence: Cadence) -> Iterator[Tier]:
    for agreed in (True, False) if cadence.at else (False,):
        yield Tier(slot.window, agreed, *BETWEEN)
        yield Tier(reach, agreed, *BETWEEN)


def around(wall: datetime, earliest: datetime) -> Tiers:
    """For a meeting whose own place is over, and which somebody refused at `wall`."""
    begins = max(earliest, wall - AROUND / 2)
    return Tiers([Tier((begins, begins + AROUND), agreed=False)])


def crowded(wall: datetime, place: Window, neighbours: Sequence[datetime]) -> bool:
    """Whether a neighbour has come nearer than half an interval to a meeting of the period `place`."""
    nearest, at = (place[1] - place[0]) * CLOSEST // 100, bisect_left(neighbours, wall)
    return any(abs(each - wall) < nearest for each in neighbours[max(0, at - 1) : at + 1])


def _windows(place: Period, between: Sequence[tuple[Window, Window]]) -> Iterator[tuple[Window, Words]]:
    for fresh, _ in between:
        yield _both(place.window, fresh), EARLY
    for fresh, _ in between:
        yield _both(place.whole, fresh), LATER
    for _, apart in between:
        yield _both(place.whole, apart), NEAR
    yield place.whole, ANYWHERE


def _around(place: Period, neighbours: Sequence[datetime]) -> Iterator[tuple[datetime | None, datetime | None]]:
    """The neighbours to both sides of each stretch of a period: one stretch, but where a human put another meeting."""
    low, high = (bisect_left(neighbours, bound) for bound in place.whole)
    before = neighbours[low - 1] if low else None
    after = neighbours[high] if high < len(neighbours) else None
    return pairwise((before, *neighbours[low:high], after))


def _between(place: Period, before: datetime | None, after: datetime | None) -> tuple[Window, Window]:
    """Where a meeting is neither too close to its neighbours nor too far from them; and where it is not too close."""
    nearest = place.length * CLOSEST // 100
    begins, ends = place.whole
    low = before + nearest if before else begins
    high = after - nearest if after else ends
    earliest = furthest_before(place, after) if after and after < ends + place.length else low
    latest = furthest(place, before) if before else high
    if latest <= begins:  # too long ago already, after a pause perhaps: nothing to be kept any more
        latest = high
    return (max(low, earliest), min(high, latest)), (low, high)


def _both(one: Window, other: Window) -> Window:
    return max(one[0], other[0]), min(one[1], other[1])
