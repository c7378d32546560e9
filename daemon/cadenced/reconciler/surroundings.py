"""What surrounds the plan of one pair: when its people can't, and what they have on in other pairs.

Owns where that is known from: calendars, leave and holidays, other pairs' meetings. Must never know what the plan makes
of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cadenced.core.bookings import Bookings
from cadenced.core.busytime import BusyTime
from cadenced.core.hindrances import Cause, Hindrance
from cadenced.core.leave import LEAVE, days_off
from cadenced.core.model import Horizon, Meeting, Pair, Person, Programme, State
from cadenced.reconciler.busywatch import BEYOND
from cadenced.reconciler.ports import Store
from cadenced.wire.holidays import holidays_in

PEOPLE = 4096  # whose days off are remembered


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of one pair. `bookings` is None where neither has another pair, or a limit."""

    hindrances: tuple[Hindrance, ...]
    bookings: Bookings | None


@dataclass
class Neighbourhood:
    """The programme around its pairs. It remembers what was decided, so that no person is booked twice. `busy` by
    `Person.busy_key`, for a look at the whole programme; without it the store is asked for each pair.
    """

    store: Store
    horizon: Horizon
    programme: Programme
    busy: Mapping[str, tuple[BusyTime, ...]] | None = None
    _meetings: dict[str, tuple[Meeting, ...]] = field(default_factory=dict)
    _pairs_of: dict[str, list[str]] = field(default_factory=dict)
    _away: dict[tuple[str, date], tuple[Hindrance, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pair in self.programme.pairs.values():
            for person in pair.people:
                self._pairs_of.setdefault(person.id, []).append(pair.id)

    def decided(self, pair: str, meetings: tuple[Meeting, ...]) -> None:
        self._meetings[pair] = meetings

    def forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._meetings.pop(name, None)

    def groups(self, names: Iterable[str]) -> Iterator[list[str]]:
        """The names in groups that share people, directly or along a chain within these names; each in order."""
        left = dict.fromkeys(sorted(names))
        while left:
            group, todo = set[str](), [next(iter(left))]
            while todo:
                name = todo.pop()
                if left.pop(name, name) is None:
                    group.add(name)
                    todo += [other for other in self.sharing(name) if other in left]
            yield sorted(group)

    async def around(self, pair: Pair, now: datetime) -> Surroundings:
        """Everything but the meetings of the pair itself."""
        elsewhere = [(other, m) for other in self.sharing(pair.id) for m in await self._standing(other)]
        accounts = {name: person for person in pair.people if (name := person.busy_key)}
        busy = await self.store.busy_of(accounts) if self.busy is None else self.busy
        found = [
            *(each for person in pair.people for each in self._days_off(person, now)),
            *(_busy(person.id, time) for name, person in accounts.items() for time in busy.get(name, ())),
            *(each for other, m in elsewhere for each in _elsewhere(pair, self.programme.pairs[other], m)),
        ]
        return Surroundings(tuple(found), self._bookings(pair, elsewhere))

    def sharing(self, name: str) -> list[str]:
        """The other pairs of a pair's people, in order."""
        pair = self.programme.pairs.get(name)
        people = pair.people if pair else ()
        return sorted({other for person in people for other in self._pairs_of[person.id]} - {name})

    async def _standing(self, name: str) -> list[Meeting]:
        if name not in self._meetings:
            self._meetings[name] = (await self.store.load_pair(name)).meetings
        return [m for m in self._meetings[name] if m.state is State.STANDING]

    def _bookings(self, pair: Pair, elsewhere: Iterable[tuple[str, Meeting]]) -> Bookings | None:
        limited = any((p.limits.per_week, p.limits.minutes_per_month) != (None, None) for p in pair.people)
        if len(self._pairs_of[pair.mentor.id]) == 1 and not limited:
            return None
        booked = [
            (person.id, meeting.start, meeting.end)
            for other, meeting in elsewhere
            for person in _shared(pair, self.programme.pairs[other])
        ]
        return Bookings(pair.people, booked)

    def _days_off(self, person: Person, now: datetime) -> tuple[Hindrance, ...]:
        """From today on; reckoned once a day."""
        if not (person.time_off or person.holidays):
            return ()
        key = (person.id, now.date())
        if key not in self._away:
            if len(self._away) >= PEOPLE:
                self._away.clear()
            within = (now - timedelta(days=1), now + self.horizon.ahead + BEYOND)
            known = _holidays(person, range(within[0].year, within[1].year + 1))
            self._away[key] = tuple(_away(person, *each) for each in days_off(person, known, within))
        return self._away[key]


def _holidays(person: Person, years: range) -> Mapping[date, str]:
    if not person.holidays:
        return {}
    return {day: name for year in years for day, name in holidays_in(person.holidays, year).items()}


def _away(person: Person, start: datetime, end: datetime, why: str) -> Hindrance:
    cause = Cause.LEAVE if why == LEAVE else Cause.HOLIDAY
    return Hindrance(start, end, person.id, cause, "" if cause is Cause.LEAVE else why)


def _busy(person: str, time: BusyTime) -> Hindrance:
    return Hindrance(time.start, time.end, person, Cause.TENTATIVE if time.tentative else Cause.BUSY)


def _elsewhere(pair: Pair, other: Pair, meeting: Meeting) -> Iterator[Hindrance]:
    cadence = other.cadence(meeting.identity.kind)
    travel = cadence.travel if cadence else timedelta()
    for person in _shared(pair, other):
        yield Hindrance(meeting.start, meeting.end, person.id, Cause.MEETING, other.id)
        if travel:
            yield Hindrance(meeting.start - travel, meeting.end + travel, person.id, Cause.TRAVEL, other.id)


def _shared(pair: Pair, other: Pair) -> list[Person]:
    theirs = {person.id for person in other.people}
    return [person for person in pair.people if person.id in theirs]
