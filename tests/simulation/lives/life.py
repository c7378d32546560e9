"""One year of a village from one seed, judged after every round, twice a day.

Must never know how many seeds are run, nor in which processes.
"""

import hashlib
import random
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cadenced.core import slots
from cadenced.reconciler import busywatch, decision
from tests.simulation.lives.acts import Acts
from tests.simulation.lives.annals import Annals, Eyes
from tests.simulation.lives.household import Household
from tests.simulation.lives.shelves import Shelves
from tests.simulation.lives.village import village
from tests.simulation.lives.vows import Vows
from tests.support.clock import HandClock

START = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
YEAR = 365  # days
SELDOM = timedelta(days=4)  # nothing may rely on coming round by itself, and a year of that takes its time
QUIET = 20  # days between looks at whether all comes to rest
RESTS_WITHIN = 4  # turns of everything, the last of which writes nothing
RECENT = 80  # lines of the trace that a failure shows
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Lived:
    """What a year came to. `hash` is of all that happened: the same seed, the same hash."""

    hash: str
    writes: int
    judged: Counter[str]


class BrokenVowError(Exception):
    """Something that cadenced promises did not hold: which, when, and what had happened before."""


async def live(seed: int, store: Any, days: int = YEAR, *, aloud: bool = False) -> Lived:
    """`store` is empty: shell/store.Store, or what fits it. BrokenVowError, with the end of the trace."""
    decision.DAILY = busywatch.ANEW = SELDOM
    slots.GRID = 60  # minutes: twice as many times would take nearly twice as long
    life = _Life(seed, store, aloud=aloud)
    try:
        await life.days(days)
    except Exception as error:
        last = f"seed {seed}, {life.clock.now():%Y-%m-%d %H:%M}: {type(error).__name__}: {error}"
        raise BrokenVowError("\n".join([*life.recent, last])) from error
    return Lived(life.digest.hexdigest()[:16], life.shelves.writes, life.vows.judged)


class _Life:
    def __init__(self, seed: int, store: Any, *, aloud: bool) -> None:
        self.clock, self.store, self._aloud = HandClock(START), store, aloud
        self.recent, self.digest = deque[str](maxlen=RECENT), hashlib.sha256()
        self.rng = random.Random(f"{seed}/life")
        self.village = village(seed, START)
        self.shelves = Shelves(list(self.village.diaries), self.clock)
        self.annals, self.eyes = Annals(), Eyes(self.shelves)
        self.acts = Acts(self.village, self.shelves, self.annals, self.eyes, self.rng, self.note)
        self.vows = Vows(self.village, self.annals, self.eyes)
        self.house = Household(self.village, self.shelves, store, self.clock)

    async def days(self, days: int) -> None:
        for name, diary in self.village.diaries.items():
            for resource, body in diary.bodies.items():
                self.shelves.calendars[name].put(resource, body)
        self.acts.plan_year(START, START + YEAR * DAY)
        self.house.watch(self.acts.hear)
        await self.house.loads()
        for day in range(days):
            for hour in (0, 9):
                await self._until(START + day * DAY + hour * HOUR + timedelta(minutes=self.rng.randint(0, 120)))
                await self._round()
            if day % QUIET == QUIET - 1:
                await self._quiet_turn()

    async def _until(self, moment: datetime) -> None:
        """What people do meanwhile; the eyes follow each of them, for one may act on what another did."""
        for at, act in self.acts.due(moment):
            self.clock.at = max(self.clock.at, at)
            act(self.clock.at)
            self.eyes.look()
        self.clock.at = moment
        for name, (leave, told) in self.village.leaves.items():
            if told <= moment.date() and leave not in self.village.people[name].time_off:
                await self._goes_away(name, leave)

    async def _goes_away(self, name: str, leave: Any) -> None:
        self.note(f"{name} is away {leave.first} to {leave.last}")
        self.village.goes_away(name, leave)
        self.annals.leaves[name].append((self.clock.now(), leave))
        theirs = [pair.id for pair in self.village.pairs if name in {person.id for person in pair.people}]
        self.annals.edited |= dict.fromkeys(theirs, self.clock.now())
        self.annals.disturbed |= dict.fromkeys(theirs, self.clock.now())
        await self.house.loads()

    async def _round(self) -> None:
        now = self.clock.now()
        held = set(self.house.parts.holding.held)
        await self.house.round()
        waits = held | self.house.parts.holding.held
        self.annals.disturbed |= dict.fromkeys(waits, now)
        self.annals.edited |= dict.fromkeys(waits, now)
        touched = self.eyes.look()
        for uid in sorted(touched):
            self.note(f"written: {self._told(uid)}")
        self.vows.judge_writes(touched, now)
        alerts = {alert.key for alert in await self.store.alerts()}
        self.vows.judge_day(now, alerts)
        self._foreign_events_are_untouched()
        self.acts.consider(touched, now)

    async def _quiet_turn(self) -> None:
        """What is written at the horizon may bring a neighbour's next meeting before it: soon there is nothing left."""
        for turn in range(RESTS_WITHIN):
            stood, before = set(self.annals.stood), self.shelves.writes
            await self.house.turns_everything()
            touched = self.eyes.look()
            self.vows.judge_writes(touched, self.clock.now())
            self.acts.consider(touched, self.clock.now())
            if self.shelves.writes == before:
                return
            moved = touched & stood if turn else set()
            assert not moved, f"a quiet turn changed {[self._told(uid) for uid in moved]}"
        raise AssertionError("quiet turns come to no rest")

    def _foreign_events_are_untouched(self) -> None:
        for name, diary in self.village.diaries.items():
            there = self.shelves.calendars[name].bodies
            for resource, body in diary.bodies.items():
                assert there.get(resource) == body, f"{name}'s own event {resource} was touched"

    def _told(self, uid: str) -> str:
        copies = self.eyes.events.get(uid) or {}
        seen = next(iter(copies.values()), None)
        times = {citizen: f"{each.start:%m-%d %H:%M}" for citizen, each in sorted(copies.items())}
        return f"{seen.identity if seen else uid} {times}"

    def note(self, text: str) -> None:
        line = f"{self.clock.now():%Y-%m-%d %H:%M} {text}"
        self.digest.update(line.encode())
        self.recent.append(line)
        if self._aloud:
            print(line)
