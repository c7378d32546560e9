"""The times taken so far while several meetings look for theirs: who is where, what limits leave, what a place costs.

Owns the rules between meetings: nobody is in two places, travel is kept, limits hold, load costs. Must never know in
which order meetings are placed, nor which of them gives way.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import inf
from typing import NamedTuple

from cadenced.core.wishes import Month, Option, Room, Wish

SAME_DAY = 10  # points for each two meetings of a mentor on one day: as much as a day further from the target
SAME_WEEK = 3  # and for each two in one week (Monday to Sunday)

MINUTE = timedelta(minutes=1)


@dataclass(eq=False, slots=True)
class Quota:
    """What is left of one limit of a person in one week or month, and the claims that use it."""

    person: str
    left: int
    users: "list[Claim]" = field(default_factory=list)

    def used_by(self, claim: "Claim") -> int:
        return sum(amount for quota, amount in claim.place.uses if quota is self) if claim.place else 0

    def short(self, amount: int, going: "Sequence[Claim]") -> int:
        """How much is missing for so much more, when some go."""
        return amount - self.left - sum(map(self.used_by, going))


class Place(NamedTuple):
    """An option in numbers. Times are seconds since 1970; the day and week are the mentor's."""

    start: int
    end: int
    cost: int
    day: int
    week: int
    uses: tuple[tuple[Quota, int], ...]
    option: Option


class Taken(NamedTuple):
    start: int
    end: int
    number: int  # apart, so that a sort never compares claims
    claim: "Claim"


@dataclass(eq=False, slots=True)
class Claim:
    """A wish under way. `calendars` of its people, `days` and `weeks` of its mentor, are shared with other claims."""

    wish: Wish
    number: int  # among all, in the order of identities
    travel: int  # seconds
    calendars: tuple[list[Taken], ...]
    days: dict[int, int]
    weeks: dict[int, int]
    limited: tuple[int, ...]  # which of its people have a limit
    places: list[Place] = field(default_factory=list)  # those asked for so far
    place: Place | None = None

    @property
    def floor(self) -> int:
        """The least that it can cost."""
        return self.wish.options[0].cost


class Timetable:
    """`total` is the cost of all that is placed. A claim is placed once, where it is free."""

    def __init__(self, wishes: Sequence[Wish], room: Room) -> None:
        self.total = 0
        self._room = room
        self._quotas: dict[tuple[str, date | Month], Quota] = {}
        self._by_day: dict[tuple[str, date], tuple[Quota | None, Quota | None]] = {}
        limited = {*room.per_week, *room.per_month, *(who for who, _ in (*room.weeks, *room.months))}
        calendars: dict[str, list[Taken]] = {}
        loads: dict[str, tuple[dict[int, int], dict[int, int]]] = {}
        self.claims = [
            Claim(
                wish,
                number,
                int(wish.travel.total_seconds()),
                tuple(calendars.setdefault(person, []) for person in dict.fromkeys(wish.people)),
                *loads.setdefault(wish.people[0], ({}, {})),
                tuple(n for n, person in enumerate(wish.people) if person in limited),
            )
            for number, wish in enumerate(wishes)
        ]
        self._furthest = max((claim.travel for claim in self.claims), default=0)

    def places(self, claim: Claim) -> Iterator[Place]:
        """Its places, cheapest first. Each is worked out when first asked for: most claims take one of the first."""
        places = claim.places
        for number, option in enumerate(claim.wish.options):
            if number == len(places):
                places.append(self._place(claim, option))
            yield places[number]

    def price(self, claim: Claim, place: Place) -> int:
        """What a claim adds to the total, or has added, there. It must not be placed."""
        return place.cost + SAME_DAY * claim.days.get(place.day, 0) + SAME_WEEK * claim.weeks.get(place.week, 0)

    def paid(self, claim: Claim) -> int:
        """What a claim that is placed adds to the total where it is."""
        place = claim.place
        assert place is not None  # noqa: S101 - the caller's promise
        return self.price(claim, place) - SAME_DAY - SAME_WEEK  # itself is counted there

    def fellows(self, claim: Claim) -> Iterator[Claim]:
        """All that are placed and share a person with it."""
        return (taken.claim for calendar in claim.calendars for taken in calendar)

    def free(self, claim: Claim, place: Place) -> bool:
        """Whether the people are there neither in another meeting nor on the way, and have room for one more."""
        start, end, _, _, _, uses, _ = place
        for calendar in claim.calendars:
            at = bisect_left(calendar, (start,))
            if at < len(calendar) and calendar[at].start < end + max(claim.travel, calendar[at].claim.travel):
                return False
            if at and calendar[at - 1].end + max(claim.travel, calendar[at - 1].claim.travel) > start:
                return False
        return all(quota.left >= amount for quota, amount in uses)

    def best(self, claim: Claim, below: float = inf, start: float = inf) -> Place | None:
        """The cheapest free place, the earliest of equals, that costs less than `below`, or as much before `start`."""
        found = None
        for place in self.places(claim):
            if place.cost > below:
                break
            price = self.price(claim, place)
            if (price < below or (price == below and place.start < start)) and self.free(claim, place):
                found, below, start = place, price, place.start
        return found

    def in_the_way(self, claim: Claim, place: Place) -> list[Claim]:
        """The claims that meet it there, or are too near to travel."""
        found: dict[int, Claim] = {}
        reach = max(claim.travel, self._furthest)
        for calendar in claim.calendars:
            at = bisect_left(calendar, (place.start,))
            while at and calendar[at - 1].end + reach > place.start:
                at -= 1
            for taken in calendar[at:]:
                if taken.start >= place.end + reach:
                    break
                apart = max(claim.travel, taken.claim.travel)
                if taken.start < place.end + apart and place.start < taken.end + apart:
                    found[taken.number] = taken.claim
        return list(found.values())

    def evicted(self, claim: Claim, place: Place, trouble: Sequence[int]) -> list[Claim] | None:
        """Whom to take away so that it is free there: all in the way, and where a limit is used up those of the least
        trouble. None where a limit has no room even then.
        """
        found = self.in_the_way(claim, place)
        for quota, amount in place.uses:
            short = quota.short(amount, found)
            for other in sorted(quota.users, key=lambda user: (trouble[user.number], user.number)) if short > 0 else ():
                if short > 0 and other not in found:
                    found.append(other)
                    short -= quota.used_by(other)
            if short > 0:
                return None
        return found

    def exchanges(self, claim: Claim, place: Place) -> Iterator[list[Claim]]:
        """Whom to take away so that it is free there: where limits are used up, one way for each who is enough."""
        clashing = self.in_the_way(claim, place)
        short = [(quota, need) for quota, amount in place.uses if (need := quota.short(amount, clashing)) > 0]
        if not short:
            yield clashing
            return
        for user in short[0][0].users:
            if user not in clashing and all(quota.used_by(user) >= need for quota, need in short):
                yield [*clashing, user]

    def put(self, claim: Claim, place: Place) -> None:
        self.total += self.price(claim, place)
        claim.place = place
        claim.days[place.day] = claim.days.get(place.day, 0) + 1
        claim.weeks[place.week] = claim.weeks.get(place.week, 0) + 1
        for calendar in claim.calendars:
            insort(calendar, Taken(place.start, place.end, claim.number, claim))
        for quota, amount in place.uses:
            quota.left -= amount
            quota.users.append(claim)

    def take(self, claim: Claim) -> Place:
        """Takes it off the table; returns where it was."""
        place = claim.place
        assert place is not None  # noqa: S101 - the caller's promise
        claim.place = None
        claim.days[place.day] -= 1
        claim.weeks[place.week] -= 1
        for calendar in claim.calendars:
            del calendar[bisect_left(calendar, (place.start, place.end, claim.number))]
        for quota, amount in place.uses:
            quota.left += amount
            quota.users.remove(claim)
        self.total -= self.price(claim, place)
        return place

    def _place(self, claim: Claim, option: Option) -> Place:
        day = option.days[0].toordinal()
        start, end = int(option.start.timestamp()), int(option.end.timestamp())
        return Place(
            start, end, option.cost, day, (day - 1) // 7, self._uses(claim, option) if claim.limited else (), option
        )

    def _uses(self, claim: Claim, option: Option) -> tuple[tuple[Quota, int], ...]:
        minutes = (option.end - option.start) // MINUTE
        uses = []
        for number in claim.limited:
            week, month = self._quotas_of(claim.wish.people[number], option.days[number])
            if week is not None:
                uses.append((week, 1))
            if month is not None:
                uses.append((month, minutes))
        return tuple(uses)

    def _quotas_of(self, person: str, day: date) -> tuple[Quota | None, Quota | None]:
        """Those of the day's week and of its month."""
        if (found := self._by_day.get((person, day))) is None:
            room, monday, month = self._room, day - timedelta(days=day.weekday()), (day.year, day.month)
            found = (
                self._quota(person, monday, room.weeks.get((person, monday), room.per_week.get(person))),
                self._quota(person, month, room.months.get((person, month), room.per_month.get(person))),
            )
            self._by_day[person, day] = found
        return found

    def _quota(self, person: str, when: date | Month, left: int | None) -> Quota | None:
        return None if left is None else self._quotas.setdefault((person, when), Quota(person, left))
