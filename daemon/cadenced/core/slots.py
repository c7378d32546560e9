"""Chooses a time in a window: agreed times first, then the hours of both, nearest to the target.

Owns the order of candidates (DESIGN §6). Deterministic: ties go to the earliest. Must never know the cadence grid, nor
where busy time comes from.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cadenced.core.availability import Busy, SharedHours, days_between
from cadenced.core.model import Cadence, WeeklyTime

GRID = 30  # minutes: meetings begin on the hour or half past, as people expect
HABIT = 2.0  # days nearer to the target that another time must be, to win over the weekday and time of last time


@dataclass(frozen=True, slots=True)
class Slot:
    """A chosen time: aware, in UTC. `agreed` when it is one of the pair's own times."""

    start: datetime
    end: datetime
    agreed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Search:
    """What stays the same while the meetings of one pair are placed."""

    hours: SharedHours
    busy: Busy
    earliest: datetime  # aware; nothing is placed before


def choose(
    search: Search, cadence: Cadence, window: tuple[datetime, datetime], target: datetime, habit: WeeklyTime | None
) -> Slot | None:
    """The best slot whose start lies in `window`, or None.

    `window` and `target` are naive wall time in the pair's zone. `habit` is the weekday and time of the meeting before.
    """
    length = timedelta(minutes=cadence.minutes)
    days = [day for day in days_between(*window) if not search.hours.paused(day)]
    days.sort(key=lambda day: (_distance(day, target), day))
    for agreed, candidates in (
        (True, _agreed(cadence, days, target)),
        (False, _within_hours(search, cadence, days, target, habit)),
    ):
        for _, wall in candidates:
            if not window[0] <= wall < window[1]:
                continue
            start = search.hours.utc(wall)
            if start is None or start < search.earliest or search.busy.overlaps(start, start + length):
                continue
            if agreed or search.hours.fits(start, start + length):
                return Slot(start, start + length, agreed, _reason(agreed, wall, habit))
    return None


def allowed(hours: SharedHours, cadence: Cadence, start: datetime, end: datetime) -> bool:
    """Whether a meeting at that time (UTC) is one that choose() could have placed under today's rules."""
    wall = hours.wall(start)
    if hours.paused(wall.date()):
        return False
    return WeeklyTime(wall.weekday(), wall.time()) in cadence.at or (not cadence.at and hours.fits(start, end))


def _agreed(cadence: Cadence, days: list[date], target: datetime) -> Iterator[tuple[float, datetime]]:
    times: dict[int, list[time]] = {}
    for each in sorted(cadence.at):
        times.setdefault(each.weekday, []).append(each.at)
    if not times:
        return
    for day in days:
        for at in times.get(day.weekday(), ()):
            yield _distance(day, target), datetime.combine(day, at)


def _within_hours(
    search: Search, cadence: Cadence, days: list[date], target: datetime, habit: WeeklyTime | None
) -> Iterator[tuple[float, datetime]]:
    usual = (
        (_distance(day, target), datetime.combine(day, habit.at))
        for day in days
        if habit is not None and day.weekday() == habit.weekday
    )
    others = (
        (_distance(day, target) + HABIT, datetime.combine(day, time(minute // 60, minute % 60)))
        for day in days
        for first, last in search.hours.on(day)
        for minute in range(-(-first // GRID) * GRID, last - cadence.minutes + 1, GRID)
    )
    return heapq.merge(usual, others)


def _distance(day: date, target: datetime) -> float:
    return abs((day - target.date()).days)


def _reason(agreed: bool, wall: datetime, habit: WeeklyTime | None) -> str:
    if agreed:
        return "a time the two agreed on"
    if habit is not None and (wall.weekday(), wall.time()) == (habit.weekday, habit.at):
        return "both available, the same weekday and time as last time"
    return "both available, nearest to the target"
