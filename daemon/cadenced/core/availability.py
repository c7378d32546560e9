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
OFFICE_HOURS = tuple(WeeklyHours(day, 9 * 60, 17 * 60) for day in range(5))  # of a person who names none

Hours = tuple[tuple[int, int], ...]  # minutes after midnight, ascending, apart from each other


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

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return bool(self._starts) and bisect_right(self._ends, start) < bisect_left(self._starts, end)


class SharedHours:
    """The hours both people of one pair are available, in the pair's wall time."""

    def __init__(self, pair: Pair) -> None:
        self.zone = ZoneInfo(pair.timezone)
        self._people = [_PersonHours(person, self.zone) for person in pair.people]
        self._pause = pair.closed
        self._week: dict[tuple[int, int, int], Hours] = {}

    def on(self, day: date) -> Hours:
        """The hours of one day, as the clocks at its noon have it: on a day that changes a clock, ask fits() too."""
        mentor, protege = self._people
        shifts = (mentor.shift(day), protege.shift(day))
        key = (day.weekday(), shifts[0].minutes, shifts[1].minutes)
        if (hours := self._week.get(key)) is None:
            hours = _intersect(mentor.on(*key[:2]), protege.on(key[0], key[2]))
            self._week[key] = hours
        return hours

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        """Whether that long from `start` (UTC; `wall` is the same in the pair's zone) lies within both people's hours,
        exactly.
        """
        mentor, protege = self._people
        return mentor.fits(start, wall, minutes) and protege.fits(start, wall, minutes)

    def paused(self, day: date) -> bool:
        return bool(self._pause) and in_ranges(day, self._pause)

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
    """How many minutes a person's clock is ahead of the pair's at noon, and whether it is so all day."""

    minutes: int
    steady: bool


@lru_cache(maxsize=DAYS)
def _offset_all_day(zone: ZoneInfo, day: date) -> timedelta | None:
    """The zone's UTC offset on a day that keeps it; None on one that changes it."""
    begins = datetime.combine(day, time(), zone)
    offset = begins.utcoffset()
    return offset if offset == (begins + timedelta(1)).utcoffset() else None


@lru_cache(maxsize=DAYS)
def _shift(ours: ZoneInfo, theirs: ZoneInfo, day: date) -> _Shift:
    midnight = datetime.combine(day, time(), ours)
    minutes = [_ahead(midnight + timedelta(hours=hours), theirs) for hours in (0, 12, 24)]
    return _Shift(minutes[1], steady=len(set(minutes)) == 1 and _offset_all_day(ours, day) is not None)


def _ahead(moment: datetime, zone: ZoneInfo) -> int:
    """The minutes that a zone's clock is ahead of that of an aware moment."""
    offset = moment.utcoffset() or timedelta()
    return int(((moment.astimezone(zone).utcoffset() or timedelta()) - offset).total_seconds()) // 60


SAME_CLOCK = _Shift(0, steady=True)


class _PersonHours:
    """One person's weekly hours, seen from the pair's zone."""

    def __init__(self, person: Person, zone: ZoneInfo) -> None:
        self._zone = None if person.timezone == zone.key else ZoneInfo(person.timezone)
        self._pair_zone = zone
        self._days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for hours in sorted(person.available or OFFICE_HOURS):
            self._days[hours.weekday].append((hours.start, hours.end))
        self._from_day = [  # the hours of a day and the night after it, for what reaches past midnight
            _merge([*self._days[day], *((a + DAY, b + DAY) for a, b in self._days[(day + 1) % 7])]) for day in range(7)
        ]

    def shift(self, day: date) -> _Shift:
        """How far the person's clock is ahead of the pair's on a day of the pair."""
        return SAME_CLOCK if self._zone is None else _shift(self._pair_zone, self._zone, day)

    def on(self, weekday: int, shift: int) -> Hours:
        """The hours that fall on one weekday of the pair, neighbouring days' spill included."""
        found = [
            (max(0, start + offset * DAY - shift), min(DAY, end + offset * DAY - shift))
            for offset in (-1, 0, 1)
            for start, end in self._days[(weekday + offset) % 7]
        ]
        return _merge(sorted((a, b) for a, b in found if a < b))

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        """Whether that long from `start`, which is `wall` in the pair's zone, lies within the hours, on any day."""
        local = wall if self._zone is None else self._local(start, wall)
        begins = local.hour * 60 + local.minute
        return any(first <= begins and begins + minutes <= last for first, last in self._from_day[local.weekday()])

    def _local(self, start: datetime, wall: datetime) -> datetime:
        shift = self.shift(wall.date())
        return wall + timedelta(minutes=shift.minutes) if shift.steady else start.astimezone(self._zone)


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
