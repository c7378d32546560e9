"""What people of a village do: refuse, move and call off meetings, make appointments, and say when they are away.

Must never know what the service ought to make of it. What is chosen at random comes from the generator.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from icalendar import Event

from cadenced.core.actions import Mail, SendMail
from tests.simulation.lives.annals import Annals, Eyes, Refusal
from tests.simulation.lives.shelves import Shelves
from tests.simulation.lives.village import Village
from tests.simulation.readings import Seen

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DECLINES = 0.3  # of the times that meetings get
SOON = timedelta(hours=30)  # whoever refuses later is seen to when it is over: that is no refusal any more


@dataclass
class Acts:
    village: Village
    shelves: Shelves
    annals: Annals
    eyes: Eyes
    rng: random.Random
    note: Callable[[str], None]
    _considered: set[tuple[str, datetime]] = field(default_factory=set)  # uid and start
    _plans: list[tuple[datetime, Callable[[datetime], None]]] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _count: int = 0

    # what is to come

    def due(self, until: datetime) -> list[tuple[datetime, Callable[[datetime], None]]]:
        found = sorted((each for each in self._plans if each[0] <= until), key=lambda each: each[0])
        self._plans = [each for each in self._plans if each[0] > until]
        return found

    def plan_year(self, begin: datetime, end: datetime) -> None:
        for act, times in ((self._moves, 10), (self._cancels, 5), (self._is_busy, 40), (self._is_busy_then, 8)):
            for _ in range(times):
                self._plans.append((self._between(begin, end), act))
        for name, (days, told) in self.village.leaves.items():
            at = datetime.combine(told, datetime.min.time(), begin.tzinfo) + self.rng.randint(1, 20) * HOUR
            if at <= begin:
                self.annals.leaves[name].append((begin - 9 * DAY, days))

    def consider(self, touched: set[str], now: datetime) -> None:
        """Whoever finds a new time in the calendar may not be able to make it, and says so some time before it."""
        for uid in sorted(touched):
            copies = self.eyes.events.get(uid)
            seen = next(iter(copies.values()), None) if copies else None
            if seen is None or seen.start < now + SOON or (uid, seen.start) in self._considered:
                continue
            self._considered.add((uid, seen.start))
            if self.rng.random() < DECLINES and not self.annals.by_human(uid, seen.times):
                who = self.rng.sample(sorted(copies), min(len(copies), 1 + (self.rng.random() < 0.1)))
                at = self._between(now, min(seen.start - SOON, now + 40 * DAY))
                self._plans += [(at, self._refusal(citizen, seen)) for citizen in who]

    def hear(self, mail: SendMail) -> None:
        """Of those who are asked for a time, most choose one of the three within days."""
        if mail.kind is not Mail.TIMES or mail.meeting is None:
            return
        self.annals.asked[mail.pair].append(mail.due)
        about = f"{mail.meeting.uid}@{mail.meeting.start}"
        if about not in self._asked and mail.times and self.rng.random() < 0.6:
            uid, times = mail.meeting.uid, self.rng.choice(mail.times)
            at = mail.due + self.rng.randint(3, 90) * HOUR
            self._plans.append((at, lambda now: self._choose(uid, times[0], now)))
        self._asked.add(about)

    # what is done

    def _refusal(self, citizen: str, planned: Seen) -> Callable[[datetime], None]:
        def refuse(now: datetime) -> None:
            seen = self.eyes.events[planned.uid].get(citizen)
            if seen is not None and seen.start == planned.start and not seen.cancelled and seen.start > now + SOON / 2:
                self._disturb(seen, now)
                self.shelves.calendars[citizen].delete(seen.uid)
                self.annals.refusals[seen.uid].append(Refusal(citizen, now, seen.start))
                if self.annals.by_human(seen.uid, seen.times):  # else the move, which they haven't seen, holds
                    del self.annals.moves[seen.uid]
                self.note(f"{citizen} deletes {seen.identity} of {seen.start}")

        return refuse

    def _choose(self, uid: str, start: datetime, now: datetime) -> None:
        for citizen, seen in sorted(self.eyes.events[uid].items())[:1]:
            if start > now + HOUR and seen.start > now:
                self._move(citizen, seen, start - seen.start, now)

    def _moves(self, now: datetime) -> None:
        if target := self._coming(now):
            days = self.rng.choice((-2, -1, 1, 1, 2, 3, 7, 20))
            self._move(*target, days * DAY + self.rng.choice((-2, -1, 1, 2)) * HOUR / 2, now)

    def _move(self, citizen: str, seen: Seen, by: timedelta, now: datetime) -> None:
        if seen.start + by > now + HOUR:
            self._disturb(seen, now)
            self.shelves.calendars[citizen].move(seen.uid, by)
            self.eyes.look()
            there = self.eyes.events[seen.uid][citizen]  # by its clock: over a change of the clocks, an hour off
            self.annals.moves[seen.uid].append((now, there.times))
            self.note(f"{citizen} moves {seen.identity} of {seen.start} to {there.start}")

    def _cancels(self, now: datetime) -> None:
        if target := self._coming(now):
            citizen, seen = target
            self._status(citizen, seen, "CANCELLED", now)
            self.annals.cancelled[seen.uid] = now
            if self.rng.random() < 0.4:
                self._plans.append((now + self.rng.randint(1, 200) * HOUR, lambda at: self._puts_on(citizen, seen, at)))

    def _puts_on(self, citizen: str, before: Seen, now: datetime) -> None:
        seen = self.eyes.events[before.uid].get(citizen)
        if seen is not None and seen.cancelled and seen.start > now + HOUR:
            self._status(citizen, seen, "CONFIRMED", now)
            self.annals.cancelled.pop(seen.uid, None)

    def _status(self, citizen: str, seen: Seen, status: str, now: datetime) -> None:
        def change(event: Event) -> None:
            event.pop("STATUS", None)
            event.add("STATUS", status)

        self._disturb(seen, now)
        self.shelves.calendars[citizen].edit(seen.uid, change)
        self.note(f"{citizen} sets {seen.identity} of {seen.start} to {status}")

    def _is_busy(self, now: datetime) -> None:
        name = self.rng.choice(sorted(self.village.diaries))
        start = (now + self.rng.randint(1, 40) * DAY).replace(hour=self.rng.randint(7, 16), minute=0, second=0)
        self._appoint(name, start, now)

    def _is_busy_then(self, now: datetime) -> None:
        """Something else comes, right over a meeting."""
        if target := self._coming(now):
            citizen, seen = target
            self._appoint(citizen, seen.start.replace(second=0), now)

    def _appoint(self, name: str, start: datetime, now: datetime) -> None:
        self._count += 1
        diary, resource = self.village.diaries[name], f"single-{self._count}.ics"
        diary.appoint(resource, start, self.rng.choice((1, 1, 2)) * HOUR, now)
        self.shelves.calendars[name].put(resource, diary.bodies[resource])
        self.note(f"{name} has something at {start}")

    def _coming(self, now: datetime) -> tuple[str, Seen] | None:
        found = [
            (citizen, seen)
            for copies in self.eyes.events.values()
            if copies and self.annals.on(copies)
            for citizen, seen in sorted(copies.items())
            if now + 2 * HOUR < seen.start < now + 60 * DAY
        ]
        return self.rng.choice(found) if found else None

    def _disturb(self, seen: Seen, now: datetime) -> None:
        self.annals.disturbed[seen.pair] = now

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self.rng.randint(0, max(0, int((last - first).total_seconds()))))
