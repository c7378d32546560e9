"""What people have on already, by the days, weeks and months of their own zones: for limits, and so that a mentor's
meetings do not pile up.

Must never know when somebody is free.
"""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cadenced.core.model import Person
from cadenced.core.together import SAME_DAY, SAME_WEEK, Month, Room

Booked = tuple[str, datetime, datetime]  # a person's id, and a meeting's start and end, aware


class Over(NamedTuple):
    """Whose limit would be broken, by id, and which: its name in the file."""

    person: str
    limit: str


class Bookings:
    """Of the two people of a pair, the mentor first. `elsewhere` are their meetings in other pairs."""

    def __init__(self, people: tuple[Person, Person], elsewhere: Iterable[Booked] = ()) -> None:
        self._people = {person.id: person for person in people}
        self._zones = {person.id: ZoneInfo(person.timezone) for person in people}
        self._mentor = people[0].id
        self._days: Counter[date] = Counter()  # the mentor's, elsewhere
        self._mondays: Counter[date] = Counter()
        self._weeks: Counter[tuple[str, date]] = Counter()
        self._months: Counter[tuple[str, Month]] = Counter()
        self._limited = [p for p in people if (p.limits.per_week, p.limits.minutes_per_month) != (None, None)]
        for who, start, end in elsewhere:
            self.add_elsewhere(who, start, end)

    def add_elsewhere(self, who: str, start: datetime, end: datetime) -> None:
        """Counts a meeting of another pair; of the mentor's, that they have it on that day, too."""
        self.add(who, start, end)
        if who == self._mentor:
            day = self._day(who, start)
            self._days[day] += 1
            self._mondays[monday(day)] += 1

    def meet(self, start: datetime, end: datetime, times: int = 1) -> None:
        """Counts a meeting of the two themselves."""
        for who in self._people:
            self.add(who, start, end, times)

    def add(self, who: str, start: datetime, end: datetime, times: int = 1) -> None:
        """Counts a meeting towards the limits of one of the two; `times` -1 takes it out again."""
        if any(person.id == who for person in self._limited):
            day = self._day(who, start)
            self._weeks[who, monday(day)] += times
            self._months[who, (day.year, day.month)] += times * _minutes(start, end)

    def copy(self) -> "Bookings":
        return deepcopy(self)

    @property
    def limited(self) -> frozenset[str]:
        """The ids of those of the two who have a limit."""
        return frozenset(person.id for person in self._limited)

    def points(self, start: datetime) -> int:
        """What it costs that the mentor has other meetings on that day and in that week."""
        if not self._days:
            return 0
        day = self._day(self._mentor, start)
        return SAME_DAY * self._days[day] + SAME_WEEK * self._mondays[monday(day)]

    def over(self, start: datetime, end: datetime) -> Over | None:
        """The first limit of one of the two that a meeting at that time would break, or None."""
        for person in self._limited:
            day, limits = self._day(person.id, start), person.limits
            if limits.per_week is not None and self._weeks[person.id, monday(day)] >= limits.per_week:
                return Over(person.id, "max_per_week")
            minutes = self._months[person.id, (day.year, day.month)] + _minutes(start, end)
            if limits.minutes_per_month is not None and minutes > limits.minutes_per_month:
                return Over(person.id, "hours_per_month")
        return None

    def days(self, start: datetime) -> tuple[date, ...]:
        """The date of a moment for each of the two."""
        return tuple(self._day(who, start) for who in self._people)

    def room(self) -> Room:
        """What is left of the limits of the two."""
        per_week = {p.id: n for p in self._limited if (n := p.limits.per_week) is not None}
        per_month = {p.id: n for p in self._limited if (n := p.limits.minutes_per_month) is not None}
        weeks = {key: per_week[key[0]] - n for key, n in self._weeks.items() if key[0] in per_week}
        months = {key: per_month[key[0]] - n for key, n in self._months.items() if key[0] in per_month}
        return Room(per_week, per_month, weeks, months)

    def _day(self, who: str, moment: datetime) -> date:
        return moment.astimezone(self._zones[who]).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _minutes(start: datetime, end: datetime) -> int:
    return round((end - start) / timedelta(minutes=1))
