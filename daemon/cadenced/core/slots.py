"""Chooses a time in a window: agreed times first, then the hours of both, nearest to the target.

Owns the order of candidates (DESIGN §6). Deterministic: ties go to the earliest. Must never know the cadence grid, nor
where busy time comes from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.model import Cadence, WeeklyTime

GRID = 30  # minutes: meetings begin on the hour or half past, as people expect
ORDERS = 4096  # remembered: 49 pairs of weekdays, and the few dozen windows that policies make
HABIT = 2  # days nearer to the target that another time must be, to win over the weekday and time of last time


@dataclass(frozen=True, slots=True)
class Slot:
    """A chosen time: aware, in UTC; `wall` is its start in the pair's zone, naive."""

    start: datetime
    end: datetime
    wall: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Search:
    """What stays the same while the meetings of one pair are placed."""

    hours: SharedHours
    busy: Busy
    earliest: datetime  # aware; nothing is placed before


def choose(
    search: Search, cadence: Cadence, window: tuple[datetime, datetime], target: datetime, habit: datetime | None
) -> Slot | None:
    """The best slot whose start lies in `window`, or None.

    `window`, `target` and `habit`, the start of the meeting before, are naive wall time in the pair's zone.
    """
    low, high = window
    length = timedelta(minutes=cadence.minutes)
    for wall, agreed in _candidates(search.hours, cadence, window, target.date(), habit) if low < high else ():
        if not low <= wall < high or search.hours.paused(wall.date()):
            continue
        start = search.hours.utc(wall)
        if start is None or start < search.earliest or search.busy.overlaps(start, start + length):
            continue
        if agreed or search.hours.fits(start, wall, cadence.minutes):
            return Slot(start, start + length, wall, _reason(agreed, wall, habit))
    return None


def allowed(hours: SharedHours, cadence: Cadence, start: datetime, end: datetime) -> bool:
    """Whether a meeting at that time (UTC) is one that choose() could have placed under today's rules."""
    wall = hours.wall(start)
    if hours.paused(wall.date()):
        return False
    minutes = int((end - start).total_seconds()) // 60
    return WeeklyTime(wall.weekday(), wall.time()) in cadence.at or (
        not cadence.at and hours.fits(start, wall, minutes)
    )


def _candidates(
    hours: SharedHours, cadence: Cadence, window: tuple[datetime, datetime], center: date, habit: datetime | None
) -> Iterator[tuple[datetime, bool]]:
    """Wall times, best first, and whether the two agreed on it. The days are those of the window, and no others."""
    around = center.weekday(), (window[0].date() - center).days, (window[1].date() - center).days
    for offset, at in _agreed_order(cadence.at, *around) if cadence.at else ():
        yield datetime.combine(center + timedelta(offset), at), True
    for offset, as_before in _day_order(None if habit is None else habit.weekday(), *around):
        day = center + timedelta(offset)
        if habit is not None and as_before:
            yield datetime.combine(day, habit.time()), False
            continue
        for first, last in hours.on(day):
            for minute in range(-(-first // GRID) * GRID, last - cadence.minutes + 1, GRID):
                yield datetime.combine(day, time(minute // 60, minute % 60)), False


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
def _day_order(habit: int | None, weekday: int, first: int, last: int) -> tuple[tuple[int, bool], ...]:
    """The days by cost: their distance from the target's, and HABIT more where it is not the time of last time.

    A day of the habit's weekday comes twice: for the habit's time, and for its other times.
    """
    costs = [(abs(offset) + HABIT, True, offset) for offset in range(first, last + 1)]
    if habit is not None:
        costs += [(abs(o), False, o) for o in range(first + (habit - weekday - first) % 7, last + 1, 7)]
    return tuple((offset, not other) for _, other, offset in sorted(costs))


def _reason(agreed: bool, wall: datetime, habit: datetime | None) -> str:
    if agreed:
        return "a time the two agreed on"
    if habit is not None and (wall.weekday(), wall.time()) == (habit.weekday(), habit.time()):
        return "both available, as last time"
    return "both available, near the target"
