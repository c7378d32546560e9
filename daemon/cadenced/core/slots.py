"""Chooses a time in a window: agreed times first, then the hours of both, nearest to the target.

Owns the order of candidates (DESIGN §6). Deterministic: ties go to the earliest. Must never know the cadence grid, nor
where busy time comes from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.model import Cadence, WeeklyTime

GRID = 30  # minutes: meetings begin on the hour or half past, as people expect
ORDERS = 4096  # remembered: 49 pairs of weekdays, and the few dozen windows that policies make
HABIT = 2  # days nearer to the target that another time must be, to win over the weekday and time of last time


Window = tuple[datetime, datetime]  # `[low, high)`; holds nothing unless low is before high


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
    search: Search, cadence: Cadence, windows: Sequence[Window], target: datetime, habit: datetime | None
) -> Slot | None:
    """The best slot whose start lies in one of `windows`, or None.

    A window is searched when those before it have nothing; but a time that the two agreed on is looked for in all of
    them before any other. Windows, `target` and `habit`, the start of the meeting before, are naive wall time in the
    pair's zone.
    """
    length = timedelta(minutes=cadence.minutes)
    for wall in _agreed(cadence, windows, target.date()) if cadence.at else ():
        if (start := _free(search, wall, length)) is not None:
            return Slot(start, start + length, wall, "a time the two agreed on")
    for wall in _available(search.hours, cadence, windows, target.date(), habit):
        start = _free(search, wall, length)
        if start is not None and search.hours.fits(start, wall, cadence.minutes):
            return Slot(start, start + length, wall, _reason(wall, habit))
    return None


def _free(search: Search, wall: datetime, length: timedelta) -> datetime | None:
    """The instant of a wall time, unless it is too soon, busy, in a pause, or skipped by the clocks."""
    start = None if search.hours.paused(wall.date()) else search.hours.utc(wall)
    if start is None or start < search.earliest or search.busy.overlaps(start, start + length):
        return None
    return start


def allowed(hours: SharedHours, cadence: Cadence, start: datetime, end: datetime) -> bool:
    """Whether a meeting at that time (UTC) is one that choose() could have placed under today's rules."""
    wall = hours.wall(start)
    if hours.paused(wall.date()):
        return False
    minutes = int((end - start).total_seconds()) // 60
    return WeeklyTime(wall.weekday(), wall.time()) in cadence.at or (
        not cadence.at and hours.fits(start, wall, minutes)
    )


def _agreed(cadence: Cadence, windows: Sequence[Window], center: date) -> Iterator[datetime]:
    """The times that the two agreed on, best first."""
    for low, high in windows:
        for offset, at in _agreed_order(cadence.at, *_days(low, high, center)) if low < high else ():
            wall = datetime.combine(center + timedelta(offset), at)
            if low <= wall < high:
                yield wall


def _available(
    hours: SharedHours, cadence: Cadence, windows: Sequence[Window], center: date, habit: datetime | None
) -> Iterator[datetime]:
    """The times that may lie within the hours of both, best first."""
    weekday = None if habit is None else habit.weekday()
    for low, high in windows:
        for offset, as_before in _day_order(weekday, *_days(low, high, center)) if low < high else ():
            day = center + timedelta(offset)
            if habit is not None and as_before:
                wall = datetime.combine(day, habit.time())
                if low <= wall < high:
                    yield wall
                continue
            for wall in _on(day, hours, cadence.minutes):
                if low <= wall < high:
                    yield wall


def _on(day: date, hours: SharedHours, minutes: int) -> Iterator[datetime]:
    for first, last in hours.on(day):
        for minute in range(-(-first // GRID) * GRID, last - minutes + 1, GRID):
            yield datetime.combine(day, time(minute // 60, minute % 60))


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
def _day_order(habit: int | None, weekday: int, first: int, last: int) -> tuple[tuple[int, bool], ...]:
    """The days by cost: their distance from the target's, and HABIT more where it is not the time of last time.

    A day of the habit's weekday comes twice: for the habit's time, and for its other times.
    """
    costs = [(abs(offset) + HABIT, True, offset) for offset in range(first, last + 1)]
    if habit is not None:
        costs += [(abs(o), False, o) for o in range(first + (habit - weekday - first) % 7, last + 1, 7)]
    return tuple((offset, not other) for _, other, offset in sorted(costs))


def _reason(wall: datetime, habit: datetime | None) -> str:
    if habit is not None and (wall.weekday(), wall.time()) == (habit.weekday(), habit.time()):
        return "both available, as last time"
    return "both available, near the target"
