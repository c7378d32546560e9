"""The cadence grid: where periods, roadmap months, targets and windows lie.

Owns all arithmetic on intervals. Everything is wall time in the pair's zone, as naive dates and datetimes; UTC is
derived later, by slots.py. Months are added to the start itself with end-of-month clamping and never chained, so that
31 January, 28 February, 31 March follow one another. Periods follow the calendar; roadmap months count the days that
are in no pause. Must never know who is free when, nor what stands in a calendar.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from cadenced.core.model import DateRange, Every, Identity, Kind, Pair

WINDOW = 40  # % of a period: where its face-to-face meeting may be, while something is free there
TARGET = 20  # % of a period: the middle of that window, "early in the period"
CALL_WINDOW = 30  # % of the spacing, to either side
CALL_REACH = 50  # % of the spacing: further than this, and a call would stand in its neighbour's place
CALL_CLOSEST = 20  # % of their interval: calls that a moved meeting leaves less room than this fall out
CLOSEST = 50  # % of an interval: face-to-face meetings are never closer
FURTHEST = 150  # % of an interval: nor further apart
FURTHEST_EVER = Every(months=3)  # DOMAIN: more rarely the relationship grows stale
SLACK = timedelta(weeks=2)  # without it a quarterly policy could only ever meet on one weekday
PERIODS = 1 << 14  # remembered: a year of a thousand starts and policies; every turn of a pair asks for its own again
MONTHS = 12  # of a roadmap, then it repeats
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """One face-to-face period `[first, end)`; `number` counts from 0 at the pair's start. `whole` and `window` are wall
    time, from midnight of `first`: all of it, and where its meeting should be; `target` is where, ideally.
    """

    number: int
    first: date
    end: date
    length: timedelta
    whole: tuple[datetime, datetime]
    window: tuple[datetime, datetime]
    target: datetime


@dataclass(frozen=True, slots=True)
class CallSlot:
    """Where one call would ideally be, and how far from there its neighbours are: all wall time."""

    identity: Identity
    target: datetime
    spacing: timedelta

    @property
    def window(self) -> tuple[datetime, datetime]:
        return self._around(CALL_WINDOW)

    @property
    def reach(self) -> tuple[datetime, datetime]:
        return self._around(CALL_REACH)

    def _around(self, percent: int) -> tuple[datetime, datetime]:
        reach = self.spacing * percent // 100
        return self.target - reach, self.target + reach


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def step(start: date, every: Every, times: int) -> date:
    """`start` plus `times` intervals, counted from `start` itself. A day the month lacks becomes its last one."""
    if every.days:
        return start + timedelta(days=every.days * times)
    months = start.year * 12 + start.month - 1 + every.months * times
    year, month = divmod(months, 12)
    if start.day <= 28:
        return date(year, month + 1, start.day)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def index_of(start: date, every: Every, day: date) -> int:
    """The number of the interval that holds `day`, counted from 0 at `start`; negative before it."""
    if every.days:
        return (day - start).days // every.days
    guess = ((day.year - start.year) * 12 + day.month - start.month) // every.months
    while step(start, every, guess) > day:
        guess -= 1
    while step(start, every, guess + 1) <= day:
        guess += 1
    return guess


def period(pair: Pair, number: int) -> Period:
    return _period(pair.start, pair.face_to_face.every, number)


@lru_cache(maxsize=PERIODS)
def _period(start: date, every: Every, number: int) -> Period:
    first, end = step(start, every, number), step(start, every, number + 1)
    begins, length = midnight(first), end - first
    window = begins, begins + length * WINDOW // 100
    return Period(number, first, end, length, (begins, midnight(end)), window, begins + length * TARGET // 100)


def period_of(pair: Pair, day: date) -> int:
    """The number of the face-to-face period that holds `day`; 0 before the pair starts."""
    return max(0, index_of(pair.start, pair.face_to_face.every, day))


@lru_cache(maxsize=1024)  # a programme has a few pauses
def merged(ranges: tuple[DateRange, ...]) -> tuple[DateRange, ...]:
    """The same days, in order: no two ranges overlap or touch."""
    found: list[DateRange] = []
    for each in sorted((r for r in ranges if r.first <= r.last), key=lambda r: r.first):
        if found and (each.first - found[-1].last).days <= 1:
            found[-1] = DateRange(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return tuple(found)


def unpaused(pair: Pair, day: date, days: int) -> date:
    """The day on which so many days have passed since `day` on which the pair did not pause; date.max for never."""
    passed = day + timedelta(days)
    for each in merged(pair.pause):
        first = max(each.first, day)
        if first >= passed:
            break
        lasts = each.last - first + DAY
        if lasts > date.max - passed:
            return date.max
        passed += max(lasts, timedelta())
    return passed


def roadmap_month(pair: Pair, day: date) -> int:
    """The roadmap month that holds `day`, counted from 1 through all cycles (13 is month 1 of the second).

    Month m begins when m - 1 months have passed since the start, without the days of pauses: what begins on a day
    changes the month of none before the next. A pair that joined half-way (`roadmap_month`) counts from there. A day
    before the start, where a human may have put the first meeting, belongs to the first month.
    """
    if pair.pause:
        spans = ((max(each.first, pair.start), min(each.last, day - DAY)) for each in merged(pair.pause))
        day -= sum((last - first + DAY for first, last in spans if first <= last), timedelta())
    return max(0, index_of(pair.start, Every(months=1), day)) + (pair.roadmap_month or 1)


def month_begins(pair: Pair, month: int) -> date:
    """The first day of a roadmap month, the inverse of roadmap_month: it may lie in a pause. date.max where a pause
    without an end keeps it from beginning.
    """
    begins = step(pair.start, Every(months=1), month - (pair.roadmap_month or 1))
    return unpaused(pair, pair.start, (begins - pair.start).days) if pair.pause else begins


def month_of_cycle(month: int) -> int:
    """1 to 12: which of the roadmap's months a month counted through all cycles is."""
    return (month - 1) % MONTHS + 1


def furthest(place: Period, previous: datetime) -> datetime:
    """The latest that the meeting of `place` may follow the previous one (DESIGN §5)."""
    stale = midnight(step(previous.date(), FURTHEST_EVER, 1)) + SLACK
    return min(previous + place.length * FURTHEST // 100, stale)


def furthest_before(place: Period, following: datetime) -> datetime:
    """The earliest that the meeting of `place` may precede the one of the next period: furthest() looking back."""
    stale = midnight(step(following.date(), FURTHEST_EVER, -1)) - SLACK
    return max(following - place.length * FURTHEST // 100, stale)


def call_count(pair: Pair, place: Period) -> int:
    """How many calls follow the face-to-face meeting of a period, at most: settled by the period's own length, so that
    moving a meeting changes no call's identity.
    """
    return _fitting(place.length, pair.calls.every) if pair.calls else 0


@lru_cache(maxsize=1024)  # a programme has a few policies, and their periods a few lengths
def _fitting(length: timedelta, every: Every) -> int:
    """How often an interval fits a length, rounded half up."""
    return int(length / every.nominal + 0.5)


@lru_cache(maxsize=1024)
def _least(every: Every) -> timedelta:
    """The least distance of a call from what is before and after it."""
    return every.nominal * CALL_CLOSEST // 100


def on_grid(pair: Pair, identity: Identity) -> bool:
    """Whether today's policy has this place; an identity of an older policy or start has none."""
    number = index_of(pair.start, pair.face_to_face.every, identity.period)
    place = period(pair, number)
    return number >= 0 and place.first == identity.period and identity.index <= call_count(pair, place)


def call_slots(pair: Pair, place: Period, before: datetime, after: datetime) -> list[CallSlot]:
    """The calls between the face-to-face meeting of `place` and the next, spread evenly between their actual times: as
    many as there is room for.
    """
    if pair.calls is None:
        return []
    count = min(call_count(pair, place), (after - before) // _least(pair.calls.every) - 1)
    if count < 1:
        return []
    spacing = (after - before) // (count + 1)
    return [
        CallSlot(Identity(pair.id, Kind.CALL, place.first, i), before + spacing * i, spacing)
        for i in range(1, count + 1)
    ]
