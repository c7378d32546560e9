"""When both people of a pair can meet, week by week.

Owns the translation of two people's weekly hours, each in their own zone, into the pair's wall time. Must never know
the cadence, nor why somebody is busy: it takes busy time as plain intervals in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cadenced.core.model import DateRange, Pair, Person, WeeklyHours

DAY = 1440  # minutes
NOON = time(12)
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
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)


class SharedHours:
    """The hours both people of one pair are available, in the pair's wall time."""

    def __init__(self, pair: Pair) -> None:
        self.zone = ZoneInfo(pair.timezone)
        self._people = [_PersonHours(person, self.zone) for person in pair.people]
        self._pause = pair.closed
        self._week: dict[tuple[int, ...], Hours] = {}

    def on(self, day: date) -> Hours:
        """The hours of one day, as the offsets at its noon have it: on a day that changes the clock, ask fits() too."""
        noon = datetime.combine(day, NOON)
        shifts = [person.shift(noon) for person in self._people]
        key = (day.weekday(), *shifts)
        if (hours := self._week.get(key)) is None:
            mine, theirs = (p.on(day.weekday(), s) for p, s in zip(self._people, shifts, strict=True))
            hours = self._week[key] = _intersect(mine, theirs)
        return hours

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        """Whether that long from `start` (UTC; `wall` is the same in the pair's zone) lies within both people's hours,
        exactly.
        """
        return all(person.fits(start, wall, minutes) for person in self._people)

    def paused(self, day: date) -> bool:
        return bool(self._pause) and in_ranges(day, self._pause)

    def utc(self, wall: datetime) -> datetime | None:
        """The instant of a wall time of the pair; None when the clocks skip it. Of two such instants the first."""
        instant = wall.replace(tzinfo=self.zone).astimezone(UTC)
        return instant if self.wall(instant) == wall else None

    def wall(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone).replace(tzinfo=None)


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

    def shift(self, wall: datetime) -> int:
        """How many minutes the person's clock is ahead of the pair's at that wall time of the pair."""
        if self._zone is None:
            return 0
        ours = self._pair_zone.utcoffset(wall)
        theirs = wall.replace(tzinfo=self._pair_zone).astimezone(self._zone).utcoffset()
        return 0 if ours is None or theirs is None else int((theirs - ours).total_seconds()) // 60

    def on(self, weekday: int, shift: int) -> Hours:
        """The hours that fall on one weekday of the pair, neighbouring days' spill included."""
        found = [
            (max(0, start + offset * DAY - shift), min(DAY, end + offset * DAY - shift))
            for offset in (-1, 0, 1)
            for start, end in self._days[(weekday + offset) % 7]
        ]
        return _merge(sorted((a, b) for a, b in found if a < b))

    def fits(self, start: datetime, wall: datetime, minutes: int) -> bool:
        local = wall if self._zone is None else start.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        return any(a <= minute and minute + minutes <= b for a, b in self._from_day[local.weekday()])


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
