"""Chooses a time in a window: agreed times first, then the hours of both, nearest to the target.

Owns the order of candidates (DESIGN §6). Deterministic: ties go to the earliest. Must never know the cadence grid, nor
where busy time comes from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.model import Cadence, WeeklyTime

GRID = 30  # minutes: meetings begin on the hour or half past, as people expect
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
    search: Search, cadence: Cadence, window: tuple[datetime, datetime], target: datetime, habit: WeeklyTime | None
) -> Slot | None:
    """The best slot whose start lies in `window`, or None.

    `window` and `target` are naive wall time in the pair's zone. `habit` is the weekday and time of the meeting before.
    """
    if window[1] <= window[0]:
        return None
    length = timedelta(minutes=cadence.minutes)
    hours, around = search.hours, _Around(window, target.date())
    for agreed, candidates in (
        (True, _agreed(cadence, around)),
        (False, _within_hours(hours, cadence, around, habit)),
    ):
        for wall in candidates:
            if not window[0] <= wall < window[1] or hours.paused(wall.date()):
                continue
            start = hours.utc(wall)
            if start is None or start < search.earliest or search.busy.overlaps(start, start + length):
                continue
            if agreed or hours.fits(start, wall, cadence.minutes):
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


class _Around:
    """The days of a window by their distance from the target's: the earlier of two first."""

    def __init__(self, window: tuple[datetime, datetime], center: date) -> None:
        self._first, self._last = window[0].date(), window[1].date()
        self._center = center
        self.reach = max(abs((self._last - center).days), abs((center - self._first).days))

    def at(self, distance: int) -> Iterator[date]:
        for offset in (-distance, distance) if distance else (0,):
            day = self._center + timedelta(days=offset)
            if self._first <= day <= self._last:
                yield day


def _agreed(cadence: Cadence, around: _Around) -> Iterator[datetime]:
    if not cadence.at:
        return
    times: dict[int, list[time]] = {}
    for each in sorted(cadence.at):
        times.setdefault(each.weekday, []).append(each.at)
    for distance in range(around.reach + 1):
        for day in around.at(distance):
            for at in times.get(day.weekday(), ()):
                yield datetime.combine(day, at)


def _within_hours(
    hours: SharedHours, cadence: Cadence, around: _Around, habit: WeeklyTime | None
) -> Iterator[datetime]:
    """By cost: the days to the target, and HABIT more where it is not the weekday and time of last time."""
    for cost in range(around.reach + HABIT + 1):
        if habit is not None:
            yield from (datetime.combine(d, habit.at) for d in around.at(cost) if d.weekday() == habit.weekday)
        if cost >= HABIT:
            for day in around.at(cost - HABIT):
                for first, last in hours.on(day):
                    for minute in range(-(-first // GRID) * GRID, last - cadence.minutes + 1, GRID):
                        yield datetime.combine(day, time(minute // 60, minute % 60))


def _reason(agreed: bool, wall: datetime, habit: WeeklyTime | None) -> str:
    if agreed:
        return "a time the two agreed on"
    if habit is not None and (wall.weekday(), wall.time()) == (habit.weekday, habit.at):
        return "both available, the same weekday and time as last time"
    return "both available, nearest to the target"
