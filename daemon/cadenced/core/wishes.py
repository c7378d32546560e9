"""What choosing together takes: meetings that want a time, the times that each could take, and the limits of people.

Values only. Must never know where an option comes from, nor how one is chosen: together.py does that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cadenced.core.model import Identity

Month = tuple[int, int]  # year and month


@dataclass(frozen=True, slots=True)
class Option:
    """A time that a meeting could take: aware, in UTC. `cost` in points, 0 or more, counts all but its fellow wishes.

    `days` are its dates in the zones of the wish's people, in their order.
    """

    start: datetime
    end: datetime
    cost: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A meeting that wants one of its options, cheapest first and the earlier of two equals. `people` by id, the mentor
    first; `travel` is kept free before and after it.
    """

    identity: Identity
    people: tuple[str, ...]
    options: tuple[Option, ...]
    travel: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of the limits of people who have some: meetings by person and Monday, minutes by person and month.

    What a key leaves out is `per_week` and `per_month` of that person; a person in neither has no limit.
    """

    per_week: Mapping[str, int] = field(default_factory=dict)
    per_month: Mapping[str, int] = field(default_factory=dict)
    weeks: Mapping[tuple[str, date], int] = field(default_factory=dict)
    months: Mapping[tuple[str, Month], int] = field(default_factory=dict)
