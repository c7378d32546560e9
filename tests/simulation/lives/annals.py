"""What people did in a village, and what the service was seen to do: the record by which the vows are judged.

Calendars are read with eyes of our own (readings.py). Must never know what is right.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from cadenced.core.model import DateRange
from tests.simulation.lives.shelves import Shelves
from tests.simulation.readings import Seen, read

Times = tuple[datetime, datetime]


@dataclass
class Eyes:
    """All that stands in the calendars, kept up to date by what was written there since the last look."""

    shelves: Shelves
    events: dict[str, dict[str, Seen]] = field(default_factory=lambda: defaultdict(dict))  # uid, citizen
    _names: dict[tuple[str, str], str] = field(default_factory=dict)  # citizen and resource, to uid
    _read: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # how far in each calendar's history

    def look(self) -> set[str]:
        """The uids of which a copy was written or removed since the last look."""
        touched = set()
        for citizen, calendar in self.shelves.calendars.items():
            for name in dict.fromkeys(name for name, _ in calendar.log[self._read[citizen] :]):
                touched |= self._look(citizen, name, calendar.bodies.get(name, ""))
            self._read[citizen] = len(calendar.log)
        return touched

    def _look(self, citizen: str, name: str, body: str) -> set[str]:
        seen, before = read(body) if body else None, self._names.pop((citizen, name), None)
        if before is not None:
            self.events[before].pop(citizen, None)
        if seen is not None:
            assert citizen not in self.events[seen.uid], f"{citizen} has {seen.identity} twice"
            self.events[seen.uid][citizen] = seen
            self._names[citizen, name] = seen.uid
        return {uid for uid in (before, seen.uid if seen else None) if uid}


@dataclass(frozen=True)
class Refusal:
    citizen: str
    at: datetime
    start: datetime


@dataclass
class Annals:
    moves: dict[str, list[tuple[datetime, Times]]] = field(default_factory=lambda: defaultdict(list))  # by uid
    refusals: dict[str, list[Refusal]] = field(default_factory=lambda: defaultdict(list))
    cancelled: dict[str, datetime] = field(default_factory=dict)
    leaves: dict[str, list[tuple[datetime, DateRange]]] = field(default_factory=lambda: defaultdict(list))  # by person
    edited: dict[str, datetime] = field(default_factory=dict)  # by pair: when its file was saved last
    disturbed: dict[str, datetime] = field(default_factory=dict)  # by pair: when somebody did something to it
    changes: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))  # by uid, of the service
    stood: dict[str, Seen] = field(default_factory=dict)  # a meeting, when last seen
    fallen: set[str] = field(default_factory=set)  # uids that the service took off because nothing was free
    asked: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))  # by pair: mails of Mail.TIMES

    def moved_to(self, uid: str, times: Times) -> bool:
        return any(times == each for _, each in self.moves.get(uid, ()))

    def by_human(self, uid: str, times: Times) -> bool:
        """Whether a meeting is where a human put it."""
        moves = self.moves.get(uid)
        return bool(moves) and moves[-1][1] == times

    def refused(self, uid: str, start: datetime) -> bool:
        return any(each.start == start for each in self.refusals.get(uid, ()))

    def on(self, copies: dict[str, Seen]) -> bool:
        """Whether a meeting takes place, as it stands: not cancelled, and not left at a time that somebody refused."""
        seen = next(iter(copies.values()))
        waits = any(r.start == seen.start and r.citizen not in copies for r in self.refusals.get(seen.uid, ()))
        return not any(each.cancelled for each in copies.values()) and not waits

    def away(self, person: str, day: date) -> datetime | None:
        """When it was said that somebody is on leave on a day; None when it was not."""
        return next((at for at, days in self.leaves[person] if days.first <= day <= days.last), None)
