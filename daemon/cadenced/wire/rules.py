"""The times that a rule names (RFC 5545 §3.3.10), within a span of days and at a price that is known.

Owns what each part of a rule means, which is what dateutil takes it for: the tests ask it. That library looks for the
next time until the year 9999 if need be; here the periods of a rule are looked at where they touch the span alone.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Any

from cadenced.wire.steps import Steps, UnboundedError

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})  # no calendar app offers more often
PARTS = frozenset({
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR",
    "BYMINUTE", "BYSECOND", "BYSETPOS",
})  # fmt: skip
NEVER = datetime.combine(date.max, time.max)
A_DAY = 24  # times a day: every hour
_BYDAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says, and what it leaves to its first time. An empty set allows all.

    `nth` are weekdays counted within the month or year, from either end; `last` is wall time, as `first` is.
    """

    first: datetime
    frequency: str
    interval: int
    count: int | None
    last: datetime
    week_start: int
    months: frozenset[int]
    weeks: frozenset[int]
    year_days: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[int]
    nth: frozenset[tuple[int, int]]
    positions: frozenset[int]
    times: tuple[time, ...]

    def starts(self, since: date, until: date, steps: Steps) -> Iterator[datetime]:
        """Its times from one day to another, both included, in order: wall time, without a zone. A rule that counts is
        walked through from its first time on. UnboundedError when that takes more steps than there are.
        """
        walked = 0 if self.count is not None else max(0, self._period(since))
        told = 0
        for number in range(walked, self._period(until) + 1):
            for start in self._of_period(number, steps):
                told += 1
                if start > self.last or (self.count is not None and told > self.count) or start.date() > until:
                    return
                if start.date() >= since:
                    yield start

    def _of_period(self, number: int, steps: Steps) -> list[datetime]:
        days = self._days(number)
        steps.take(2 + 2 * len(days))
        found = [datetime.combine(day, at) for day in days if self._names(day) for at in self.times]
        steps.take(len(found))
        if self.positions:
            size, chosen = len(found), self.positions
            found = [each for n, each in enumerate(found) if n + 1 in chosen or n - size in chosen]
        return [each for each in found if each >= self.first]

    def _period(self, day: date) -> int:
        """Which day, week, month or year of the rule a day lies in, or after."""
        first = self.first.date()
        match self.frequency:
            case "DAILY":
                since = (day - first).days
            case "WEEKLY":
                since = (day - self._week(first)).days // 7
            case "MONTHLY":
                since = (day.year - first.year) * 12 + day.month - first.month
            case _:
                since = day.year - first.year
        return since // self.interval

    def _days(self, number: int) -> list[date]:
        by, first = number * self.interval, self.first.date()
        if self.frequency == "DAILY":
            return [first + timedelta(by)]
        if self.frequency == "WEEKLY":
            week, named = self._week(first) + timedelta(7 * by), self.weekdays
            return [week + timedelta(n) for n in range(7) if not named or (self.week_start + n) % 7 in named]
        if self.frequency == "MONTHLY":
            year, month = divmod(first.year * 12 + first.month - 1 + by, 12)
            months = [month + 1]
        else:
            year, months = first.year + by, list(range(1, 13))
        kept = [month for month in months if not self.months or month in self.months]
        return [date(year, month, day) for month in kept for day in range(1, monthrange(year, month)[1] + 1)]

    def _week(self, day: date) -> date:
        """When its week begins."""
        return day - timedelta((day.weekday() - self.week_start) % 7)

    def _names(self, day: date) -> bool:
        """The cheapest question first: most days are not named."""
        if self.months and day.month not in self.months:
            return False
        if (self.weekdays or self.nth) and day.weekday() not in self.weekdays and not self._is_nth(day):
            return False
        return (
            (not self.month_days or not self.month_days.isdisjoint(_of_month(day)))
            and (not self.year_days or not self.year_days.isdisjoint(_of_year(day)))
            and (not self.weeks or not self.weeks.isdisjoint(self._weeks(day)))
        )

    def _is_nth(self, day: date) -> bool:
        if not any(weekday == day.weekday() for _, weekday in self.nth):
            return False
        places = _of_year(day) if self.frequency == "YEARLY" and not self.months else _of_month(day)
        return any((place, day.weekday()) in self.nth for place in _sevens(places))

    def _weeks(self, day: date) -> tuple[int, int]:
        """A week is of the year that has four of its days."""
        return _sevens(_of_year(self._week(day) + timedelta(3)))


def rule_of(given: Any, start: date | datetime) -> Rule:
    """The rule of an event that first takes place at `start`, from icalendar's words for it. UnboundedError for one
    that is not followed; ValueError for what cannot be read.
    """
    frequency, interval = str(_one(given, "FREQ", "")).upper(), int(_one(given, "INTERVAL", 1))
    if set(given) - PARTS or frequency not in FREQUENCIES or interval < 1:
        raise UnboundedError
    first = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    months, month_days = _numbers(given, "BYMONTH"), _numbers(given, "BYMONTHDAY")
    weekdays, nth = _weekdays(given, counted=frequency in {"MONTHLY", "YEARLY"})
    if not any(name in given for name in ("BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY")):
        if frequency == "YEARLY":
            months, month_days = months or frozenset({first.month}), frozenset({first.day})
        elif frequency == "MONTHLY":
            month_days = frozenset({first.day})
        elif frequency == "WEEKLY":
            weekdays = frozenset({first.weekday()})
    return Rule(
        first=first,
        frequency=frequency,
        interval=interval,
        count=int(_one(given, "COUNT", 0)) if "COUNT" in given else None,
        last=_last(_one(given, "UNTIL", None), start),
        week_start=WEEKDAYS.index(str(_one(given, "WKST", "MO")).upper()),
        months=months,
        weeks=_numbers(given, "BYWEEKNO"),
        year_days=_numbers(given, "BYYEARDAY"),
        month_days=month_days,
        weekdays=weekdays,
        nth=nth,
        positions=_numbers(given, "BYSETPOS"),
        times=_times(given, first),
    )


def _weekdays(given: Any, *, counted: bool) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    """Those that BYDAY names, and those that it names with their place; within a week or a day places say nothing."""
    weekdays, nth = set[int](), set[tuple[int, int]]()
    for each in _many(given, "BYDAY"):
        found = _BYDAY.fullmatch(str(each))
        if found is None:
            raise ValueError
        weekday = WEEKDAYS.index(found[2].upper())
        if found[1] and counted:
            nth.add((int(found[1]), weekday))
        else:
            weekdays.add(weekday)
    return frozenset(weekdays), frozenset(nth)


def _times(given: Any, first: datetime) -> tuple[time, ...]:
    hours, minutes, seconds = (
        sorted(_numbers(given, name)) or [otherwise]
        for name, otherwise in (("BYHOUR", first.hour), ("BYMINUTE", first.minute), ("BYSECOND", first.second))
    )
    if len(hours) * len(minutes) * len(seconds) > A_DAY:
        raise UnboundedError
    return tuple(time(*each) for each in product(hours, minutes, seconds))


def _last(until: Any, start: date | datetime) -> datetime:
    """UNTIL by the clock of the first time; of a day, its end."""
    if until is None:
        return NEVER
    if not isinstance(until, datetime) or not isinstance(start, datetime):
        return datetime.combine(until, time.max)
    try:
        return (until if until.tzinfo is None else until.astimezone(start.tzinfo)).replace(tzinfo=None)
    except OverflowError:
        return NEVER


def _of_month(day: date) -> tuple[int, int]:
    """Which day of its month it is, from the start and from the end: 1 and -31."""
    return day.day, day.day - monthrange(day.year, day.month)[1] - 1


def _of_year(day: date) -> tuple[int, int]:
    of_year = day.timetuple().tm_yday
    return of_year, of_year - 366 - isleap(day.year)


def _sevens(places: tuple[int, int]) -> tuple[int, int]:
    """In which seven days that is, from the start and from the end."""
    return (places[0] - 1) // 7 + 1, -((-places[1] - 1) // 7 + 1)


def _numbers(given: Any, name: str) -> frozenset[int]:
    return frozenset(int(each) for each in _many(given, name))


def _many(given: Any, name: str) -> list[Any]:
    found = given.get(name, [])
    return list(found) if isinstance(found, list | tuple) else [found]


def _one(given: Any, name: str, otherwise: Any) -> Any:
    return next(iter(_many(given, name)), otherwise)
