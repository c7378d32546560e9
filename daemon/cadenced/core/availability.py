"""When both people of a pair can meet, week by week.

Owns the translation of two people's weekly hours, each in their own zone, into the pair's wall time. Must never know
the cadence, nor why somebody is busy: it takes busy time as plain intervals in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cadenced.core.model import DateRange, Pair, Person, WeeklyHours

DAY = 1440  # minutes
DAYS = 1 << 16  # remembered: a few years of the few dozen zones that a programme's people live in
END_OF_DAY = time.max.replace(fold=1)  # its second pass, where clocks go back over midnight
OFFICE_HOURS = tuple(WeeklyHours(day, 9 * 60, 17 * 60) for day in range(5))  # of a person who names none

Hours = tuple[tuple[int, int], ...]  # minutes after midnight, ascending, apart from each other

ALL_DAY: Hours = ((0, DAY),)  # where only fits() can tell


class Busy:
    """Times that are taken: intervals `[start, end)`, aware. Answers in logarithmic time."""

    def __init__(self, intervals: Iterable[tuple[datetime, datetime]] = ()) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(intervals):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def plus(self, intervals: Iterable[tuple[datetime, datetime]]) -> "Busy":
        more = tuple(intervals)
        return Busy((*zip(self._starts, self._ends, strict=True), *more)) if more else self

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return bool(self._starts) and bisect_right(self._ends, start) < bisect_left(self._starts, end)


class SharedHours:
    """The hours both people of one pair are available, in the pair's wall time."""

    def __init__(self, pair: Pair) -> None:
        self.zone = ZoneInfo(pair.timezone)
        self._people = [_PersonHours(person, self.zone) for person in pair.people]
        self._pause, self._end = pair.closed, pair.end
        self._week: dict[tuple[int, int, int], Hours] = {}

    def on(self, day: date) -> Hours:
        """The hours of one day; where a clock changes on it or the next, all of it, for then only fits() can tell."""
        mentor, protege = self._people
        shifts = (mentor.shift(day), protege.shift(day))
        if not (shifts[0].steady and shifts[1].steady):
            return ALL_DAY
        key = (day.weekday(), shifts[0].minutes, shifts[1].minutes)
        if (hours := self._week.get(key)) is None:
            hours = _intersect(mentor.on(*key[:2]), protege.on(key[0], key[2]))
            self._week[key] = hours
        return hours

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        """Whether that long from `start` (UTC; `wall` is the same in the pair's zone) lies within both people's hours,
        to the minute, whatever their clocks do meanwhile.
        """
        spans, begins = self.on(wall.date()), wall.hour * 60 + wall.minute
        if spans is not ALL_DAY:
            for first, last in spans:
                if first <= begins and begins + minutes <= last:
                    return True
            if begins + minutes <= DAY:
                return False
        mentor, protege = self._people
        return mentor.fits(start, wall, minutes) and protege.fits(start, wall, minutes)

    def paused(self, day: date) -> bool:
        """By a pause, or because it has ended."""
        return bool(self._pause) and in_ranges(day, self._pause)

    def ended(self, day: date) -> bool:
        return self._end is not None and day > self._end

    def open(self, window: tuple[datetime, datetime]) -> bool:
        """Whether the pair does not pause on every day of a window of its wall time, `[low, high)`."""
        if not self._pause:
            return True
        first, last = window[0].date(), (window[1] - timedelta.resolution).date()
        return not all(self.paused(first + timedelta(days)) for days in range((last - first).days + 1))

    def utc(self, wall: datetime) -> datetime | None:
        """The instant of a wall time of the pair; None when the clocks skip it. Of two such instants the first."""
        offset = _offset_all_day(self.zone, wall.date())
        if offset is not None:
            return (wall - offset).replace(tzinfo=UTC)
        instant = wall.replace(tzinfo=self.zone).astimezone(UTC)
        return instant if self.wall(instant) == wall else None

    def wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class _Shift:
    """How many minutes a person's clock is ahead of the pair's at noon, and whether it is so all that day and the next,
    for a meeting may reach past midnight.
    """

    minutes: int
    steady: bool


@lru_cache(maxsize=DAYS)
def _offset_all_day(zone: ZoneInfo, day: date) -> timedelta | None:
    """The zone's UTC offset on a day that keeps it; None on one that changes it."""
    offset = datetime.combine(day, time(), zone).utcoffset()
    return offset if offset == datetime.combine(day, END_OF_DAY, zone).utcoffset() else None


@lru_cache(maxsize=DAYS)
def _shift(ours: ZoneInfo, theirs: ZoneInfo, day: date) -> _Shift:
    midnight = datetime.combine(day, time(), ours)
    minutes = [_ahead(midnight + timedelta(hours=hours), theirs) for hours in (0, 12, 24, 36, 48)]
    offsets = [_offset_all_day(ours, day + timedelta(days)) for days in (0, 1)]
    return _Shift(minutes[1], steady=len(set(minutes)) == 1 and None not in offsets)


def _ahead(moment: datetime, zone: ZoneInfo) -> int:
    """The minutes that a zone's clock is ahead of that of an aware moment."""
    offset = moment.utcoffset() or timedelta()
    return int(((moment.astimezone(zone).utcoffset() or timedelta()) - offset).total_seconds()) // 60


class _PersonHours:
    """One person's weekly hours, seen from the pair's zone."""

    def __init__(self, person: Person, zone: ZoneInfo) -> None:
        self._zone = ZoneInfo(person.timezone)
        self._pair_zone = zone
        self._days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for hours in sorted(person.available or OFFICE_HOURS):
            self._days[hours.weekday].append((hours.start, hours.end))
        self._from_day = [  # the hours of a day and the night after it, for what reaches past midnight
            _merge([*self._days[day], *((a + DAY, b + DAY) for a, b in self._days[(day + 1) % 7])]) for day in range(7)
        ]

    def shift(self, day: date) -> _Shift:
        """How far the person's clock is ahead of the pair's on a day of the pair."""
        return _shift(self._pair_zone, self._zone, day)

    def on(self, weekday: int, shift: int) -> Hours:
        """The hours that fall on one weekday of the pair, neighbouring days' spill included."""
        found = [
            (max(0, start + offset * DAY - shift), min(DAY, end + offset * DAY - shift))
            for offset in range(shift // DAY, -(-shift // DAY) + 1)  # the days of theirs that one of ours touches
            for start, end in self._days[(weekday + offset) % 7]
        ]
        return _merge(sorted((a, b) for a, b in found if a < b))

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        """Whether that long from `start`, which is `wall` in the pair's zone, lies within the hours, on any day."""
        shift = self.shift(wall.date())
        if not shift.steady:
            each = ((start + timedelta(minutes=minute)).astimezone(self._zone) for minute in range(minutes))
            return all(self._hold(local.weekday(), local.hour * 60 + local.minute, 1) for local in each)
        return self._hold(wall.weekday(), wall.hour * 60 + wall.minute + shift.minutes, minutes)

    def _hold(self, weekday: int, begins: int, minutes: int) -> bool:
        """Whether the hours hold that long from so many minutes after a weekday's midnight."""
        days, begins = divmod(begins, DAY)
        ends = begins + minutes
        return any(first <= begins and ends <= last for first, last in self._from_day[(weekday + days) % 7])


def in_ranges(day: date, ranges: Iterable[DateRange]) -> bool:
    return any(each.first <= day <= each.last for each in ranges)


def _merge(intervals: Iterable[tuple[int, int]]) -> Hours:
    out: list[tuple[int, int]] = []
    for start, end in intervals:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def _intersect(mine: Hours, theirs: Hours) -> Hours:
    both = ((max(a, c), min(b, d)) for a, b in mine for c, d in theirs)
    return tuple((a, b) for a, b in both if a < b)
