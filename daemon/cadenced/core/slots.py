"""Chooses a time for a meeting: agreed times first, then the hours of both, at the least cost.

Owns what a time costs, and the order of candidates (DESIGN §6). Deterministic: ties go to the earliest. Must never know
the cadence grid, nor where busy time comes from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from cadenced.core.availability import ALL_DAY, Busy, SharedHours
from cadenced.core.bookings import Bookings
from cadenced.core.model import Cadence, Identity, WeeklyTime

GRID = 30  # minutes: meetings begin on the hour or half past, as people expect
ORDERS = 4096  # remembered: 49 pairs of weekdays, and the few dozen windows that policies make
OFFERED = 3  # times, when a human is asked
HABIT = 2  # days nearer to the target that another time must be, to win over the weekday and time of last time

# what a time costs, in points, beside its window
DISTANT = 10  # each day from the target
UNUSUAL = HABIT * DISTANT + 1  # not the weekday and time of last time, which wins where both are as good
DOUBTFUL = 70  # somebody has something tentative then (busy by half), or can't on that day: a week further is as good
HURRIED = 70  # less than the way there and back is free around it
TIER = 1000  # a window after the first: all that its times cost stays below

Window = tuple[datetime, datetime]  # `[low, high)`; holds nothing unless low is before high


# Tiers, quests and slots are made by the ten thousand: as named tuples they cost a third of what dataclasses do.


class Tier(NamedTuple):
    """Where a meeting may be, in naive wall time of the pair: at one of the times that the two `agreed` on, or at any.
    In words, `why` says what makes it the place to look, and `lost` what a time there gives up, beside the best tier.
    """

    window: Window
    agreed: bool
    why: str = ""
    lost: str = ""


class Tiers:
    """Tiers that are worked out when they are asked for, and kept: most quests end in the first."""

    def __init__(self, source: Iterable[Tier]) -> None:
        self._source, self._known = iter(source), list[Tier]()

    def __iter__(self) -> Iterator[Tier]:
        yield from self._known
        for tier in self._source:
            self._known.append(tier)
            yield tier


# its tier, its wall time in the pair's zone, what it costs at least, and whether it fits (see obstacle())
Candidate = tuple[Tier, datetime, int, bool]


class Quest(NamedTuple):
    """A meeting that looks for a time: in its tiers, best first, a later one only when those before it have nothing.

    `target`, and `habit`, the start of the meeting before, are naive wall time in the pair's zone. `refused` are starts
    (UTC) at which somebody couldn't.
    """

    identity: Identity
    cadence: Cadence
    tiers: Iterable[Tier]  # again and again
    target: datetime
    habit: datetime | None = None
    refused: tuple[datetime, ...] = ()

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.cadence.minutes)

    def reaches(self, wall: datetime) -> bool:
        return any(low <= wall < high for (low, high), *_ in self.tiers)


class Slot(NamedTuple):
    """A time that a meeting can take: aware, in UTC; `wall` is its start in the pair's zone. `cost` is in points."""

    start: datetime
    end: datetime
    wall: datetime
    reason: str
    cost: int = 0


class Obstacle(StrEnum):
    """What rules a time out, in words."""

    SOON = "too soon"
    PAUSE = "the pair pauses"
    ENDED = "the pair has ended by then"
    TAKEN = "somebody can't"
    HOURS = "outside somebody's hours"
    REFUSED = "somebody said no to it"
    LIMIT = "somebody's limit is reached"


@dataclass(frozen=True, slots=True)
class Taken:
    """When the two can't: `hard` for certain, `soft` perhaps, and `closed`, a part of hard, by the file: holidays and
    leave. `bookings` are their meetings elsewhere, for loads and limits; None where there is nothing to count.
    """

    hard: Busy = field(default_factory=Busy)
    soft: Busy = field(default_factory=Busy)
    closed: Busy = field(default_factory=Busy)
    bookings: Bookings | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What stays the same while the meetings of one pair are placed."""

    hours: SharedHours
    taken: Taken
    earliest: datetime  # aware; nothing is placed before


def choose(search: Search, quest: Quest) -> Slot | None:
    """The best slot, or None. It looks no further than it must: what is left can only cost more."""
    best: Slot | None = None
    for candidate in candidates(search.hours, quest):
        cost = candidate[2]
        if best is not None and cost > best.cost:
            break
        slot = _slot(search, quest, candidate)
        if slot is not None and (best is None or (slot.cost, slot.start) < (best.cost, best.start)):
            best = slot
            if slot.cost == cost:
                break
    return best


def options(search: Search, quest: Quest) -> list[Slot]:
    """Every slot, cheapest first, the earlier of two equals."""
    found: dict[datetime, Slot] = {}
    tried = set[tuple[datetime, bool]]()  # a later tier rules out what an earlier one did, for most of a quest's times
    for candidate in candidates(search.hours, quest):
        tier, wall = candidate[:2]
        if wall in found or (wall, tier.agreed) in tried:
            continue
        tried.add((wall, tier.agreed))
        if (slot := _slot(search, quest, candidate)) is not None:
            found[wall] = slot
    return sorted(found.values(), key=lambda slot: (slot.cost, slot.start))


def offers(search: Search, quest: Quest) -> tuple[Window, ...]:
    """The best times, each on another day, for a human to choose from."""
    best: dict[date, Slot] = {}
    for slot in options(search, quest):
        best.setdefault(slot.wall.date(), slot)
    return tuple((slot.start, slot.end) for slot in list(best.values())[:OFFERED])


def _slot(search: Search, quest: Quest, candidate: Candidate) -> Slot | None:
    tier, wall, cost, fits = candidate
    start = search.hours.utc(wall)
    if start is None:
        return None
    span = (start, start + quest.length)
    if obstacle(search, quest, wall, span, fits=fits) is not None:
        return None
    return Slot(*span, wall, _reason(tier, wall, quest), cost + _extra(search, quest, wall, span))


def obstacle(search: Search, quest: Quest, wall: datetime, span: Window, *, fits: bool) -> Obstacle | None:
    """What rules a time out: `span` (UTC) begins at `wall` in the pair's zone. `fits`: the two need not be available
    then, or are for certain.
    """
    hours, taken, (start, end) = search.hours, search.taken, span
    if start < search.earliest:
        return Obstacle.SOON
    if hours.paused(wall.date()):
        return Obstacle.ENDED if hours.ended(wall.date()) else Obstacle.PAUSE
    if taken.hard.overlaps(start, end):
        return Obstacle.TAKEN
    if not (fits or hours.fits(start, wall, quest.cadence.minutes)):
        return Obstacle.HOURS
    if quest.refused and any(abs(start - each) < quest.length for each in quest.refused):
        return Obstacle.REFUSED
    over = taken.bookings is not None and taken.bookings.over(start, end) is not None
    return Obstacle.LIMIT if over else None


def _extra(search: Search, quest: Quest, wall: datetime, span: Window) -> int:
    """What a time costs beyond its place in the order."""
    taken, travel, cost = search.taken, quest.cadence.travel, 0
    if not (taken.soft or travel or quest.refused or taken.bookings):
        return 0
    start, end = span
    if taken.soft.overlaps(start, end) or any(search.hours.wall(each).date() == wall.date() for each in quest.refused):
        cost += DOUBTFUL
    if travel and taken.hard.overlaps(start - travel, end + travel):
        cost += HURRIED
    return cost + (taken.bookings.points(start) if taken.bookings is not None else 0)


def allowed(hours: SharedHours, cadence: Cadence, start: datetime, end: datetime) -> bool:
    """Whether a meeting at that time (UTC) is one that choose() could have placed under today's rules."""
    wall = hours.wall(start)
    if hours.paused(wall.date()):
        return False
    minutes = int((end - start).total_seconds()) // 60
    return WeeklyTime(wall.weekday(), wall.time()) in cadence.at or (
        not cadence.at and hours.fits(start, wall, minutes)
    )


def candidates(hours: SharedHours, quest: Quest) -> Iterator[Candidate]:
    """The times that may do, cheapest first. A time may come again in a later tier."""
    for number, tier in enumerate(quest.tiers):
        if tier.window[0] < tier.window[1]:
            least = number * TIER
            for wall, points, fits in _agreed(quest, tier) if tier.agreed else _available(hours, quest, tier):
                yield tier, wall, least + points if points < TIER else least + TIER - 1, fits


def _agreed(quest: Quest, tier: Tier) -> Iterator[tuple[datetime, int, bool]]:
    """The times that the two agreed on."""
    (low, high), center = tier.window, quest.target.date()
    for offset, at in _agreed_order(quest.cadence.at, *_days(low, high, center)):
        wall = datetime.combine(center + timedelta(offset), at)
        if low <= wall < high:
            yield wall, abs(offset) * DISTANT, True


def _available(hours: SharedHours, quest: Quest, tier: Tier) -> Iterator[tuple[datetime, int, bool]]:
    """The times that may lie within the hours of both."""
    (low, high), center, habit = tier.window, quest.target.date(), quest.habit
    weekday = None if habit is None else habit.weekday()
    for points, offset, as_before in _day_order(weekday, *_days(low, high, center)):
        day = center + timedelta(offset)
        if habit is not None and as_before:
            wall = datetime.combine(day, habit.time())
            if low <= wall < high:
                yield wall, points, False
            continue
        spans = hours.on(day)
        for first, last in spans:
            for minute in range(-(-first // GRID) * GRID, last - quest.cadence.minutes + 1, GRID):
                wall = datetime.combine(day, time(minute // 60, minute % 60))
                if low <= wall < high:
                    yield wall, points, spans is not ALL_DAY


def _days(low: datetime, high: datetime, center: date) -> tuple[int, int, int]:
    """The weekday of `center`, and how many days from there a window begins and ends."""
    return center.weekday(), (low.date() - center).days, (high.date() - center).days


# The two orders depend on weekdays and distances alone, so a programme of thousands asks for the same few again.


@lru_cache(maxsize=ORDERS)
def _agreed_order(agreed: tuple[WeeklyTime, ...], weekday: int, first: int, last: int) -> tuple[tuple[int, time], ...]:
    """The agreed times by the distance of their day from the target's, the earlier of two first."""
    found = [
        (offset, each.at)
        for each in agreed
        for offset in range(first + (each.weekday - weekday - first) % 7, last + 1, 7)
    ]
    return tuple(sorted(found, key=lambda each: (abs(each[0]), *each)))


@lru_cache(maxsize=ORDERS)
def _day_order(habit: int | None, weekday: int, first: int, last: int) -> tuple[tuple[int, int, bool], ...]:
    """The days by points: their distance from the target's, and UNUSUAL more where it is not the time of last time.

    A day of the habit's weekday comes twice: for the habit's time, and for its other times.
    """
    usual = 0 if habit is None else UNUSUAL
    costs = [(abs(offset) * DISTANT + usual, offset, False) for offset in range(first, last + 1)]
    if habit is not None:
        costs += [(abs(o) * DISTANT, o, True) for o in range(first + (habit - weekday - first) % 7, last + 1, 7)]
    return tuple(sorted(costs))


def _reason(tier: Tier, wall: datetime, quest: Quest) -> str:
    why = f"{tier.why}; " if tier.why else ""
    if tier.agreed:
        return f"{why}a time the two agreed on"
    if quest.habit is not None and (wall.weekday(), wall.time()) == (quest.habit.weekday(), quest.habit.time()):
        return f"{why}both available, as last time"
    return f"{why}both available, near the target"
