"""Chooses times for several meetings at once, where people share them: one option for each, at the least cost in all.

Owns what meetings cost each other: no person is in two places, a limit holds over all pairs, and a mentor's meetings do
not pile up on a day or in a week. Must never know where an option comes from, nor what makes one cheap in itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cadenced.core.model import Identity

SAME_DAY = 10  # points for each two meetings of a mentor on one day: as much as a day further from the target
SAME_WEEK = 3  # and for each two in one week (Monday to Sunday)

Month = tuple[int, int]  # year and month


@dataclass(frozen=True, slots=True)
class Option:
    """A time that a meeting could take: aware, in UTC. `cost` in points counts all but its fellow wishes.

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


def choose_together(wishes: Sequence[Wish], room: Room) -> dict[Identity, Option]:
    """An option for as many wishes as possible, and of those choices one that costs least, or nearly so.

    Deterministic, whatever the order of `wishes`. A wish that is missing in the result could not be met.
    """
    raise NotImplementedError
