"""The year's timetable, drawn from a seed: which of all that may happen does, when, and how often.

Owns the dice. Must never know how any of it is done, nor what the service ought to make of it.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from math import ceil
from operator import itemgetter

from tests.simulation import town
from tests.simulation.chronicle import Chronicle
from tests.simulation.clerk import Clerk
from tests.simulation.hands import DAY, HOUR, Hands, private_event
from tests.simulation.people import People
from tests.simulation.troubles import Troubles
from tests.simulation.world import START, World

YEAR = timedelta(days=365)
QUIET = timedelta(days=7)  # at the end, when nobody does anything

Act = Callable[[], Coroutine[None, None, None]]


class Script:
    def __init__(self, world: World, chronicle: Chronicle, year: timedelta) -> None:
        self._world, self._chronicle, self._year = world, chronicle, year
        self._rng = random.Random(f"{world.seed}/script")
        self._hands = Hands(world, chronicle, self._rng)
        self._people = People(world, chronicle, self._rng)
        self._troubles = Troubles(world, chronicle, self._rng, self._spawn)
        self._clerk = Clerk(world, chronicle, self._rng)
        self._going_on: set[asyncio.Task[None]] = set()

    def furnish(self) -> None:
        """The events that everybody has anyway."""
        for citizen in (each.name for each in town.CITIZENS.values() if each.host):
            for number in range(4):
                start = START + timedelta(days=self._rng.randint(1, 300), minutes=30 * self._rng.randint(0, 16))
                rule = "FREQ=WEEKLY;COUNT=20" if number == 0 else ""
                self._hands.keep(citizen, f"own-{number}.ics", private_event(f"{citizen}-{number}", start, rule))

    def timetable(self) -> list[tuple[datetime, Act]]:
        begin, end = START + DAY, START + self._year
        times = {act: ceil(count * (self._year / YEAR)) for act, count in self._often().items()}
        found = [(self._between(begin, end), act) for act, count in times.items() for _ in range(count)]
        edits = self._edits()
        span = (end - begin) / len(edits)
        found += [(self._between(begin + span * i, begin + span * (i + 1)), act) for i, act in enumerate(edits)]
        return sorted(found, key=itemgetter(0))

    def _often(self) -> dict[Act, int]:
        """How many times a year."""
        return {
            self._people.somebody_moves: 40,
            self._people.somebody_moves_far: 8,
            self._people.somebody_lengthens: 8,
            self._people.somebody_moves_at_the_last_moment: 8,
            self._people.somebody_had_it_earlier: 2,
            self._people.somebody_writes: 40,
            self._people.somebody_deletes: 8,
            self._people.somebody_cancels: 5,
            self._people.somebody_changes_their_mind: 6,
            self._people.somebody_duplicates: 3,
            self._people.both_move: 8,
            self._people.much_at_once: 6,
            self._people.somebody_acts_while_it_is_written: 10,
            self._troubles.a_calendar_is_emptied_and_restored: 1,
            self._troubles.a_host_is_down_for_a_night: 3,
            self._troubles.a_host_is_silent: 1,
            self._troubles.a_host_is_overloaded: 2,
            self._troubles.a_host_loses_replies: 4,
            self._troubles.a_host_forgets_its_tokens: 1,
            self._troubles.the_post_is_greylisting: 3,
            self._troubles.the_post_is_down: 2,
            self._troubles.the_post_loses_replies: 3,
            self._troubles.the_service_rests: 4,
            self._troubles.the_service_is_killed: 1,
            self._troubles.the_service_is_killed_while_writing: 4,
            self._troubles.the_service_is_killed_while_sending: 3,
            self._troubles.the_store_is_lost: 1,
            self._clerk.the_file_is_broken_and_mended: 1,
        }

    def _edits(self) -> tuple[Act, ...]:
        """Of the programme, in this order."""
        return (
            self._clerk.the_place_changes,
            self._clerk.a_pair_joins,
            self._clerk.the_cadence_changes,
            self._clerk.a_pair_pauses,
            self._clerk.a_pair_leaves,
            self._clerk.a_pair_comes_back,
        )

    async def run(self) -> None:
        """The year; what still goes on at its end is waited for."""
        confirming = asyncio.create_task(self._clerk.confirms())
        for moment, act in self.timetable():
            await asyncio.sleep(max(0.0, (moment - self._world.now).total_seconds()))
            self._spawn(act())
        while self._going_on:  # noqa: ASYNC110 — what goes on may begin something else
            await asyncio.sleep(HOUR.total_seconds())
        confirming.cancel()

    def _spawn(self, act: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(act)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        task.add_done_callback(self._failed)

    def _failed(self, task: asyncio.Task[None]) -> None:
        if error := task.exception():
            self._world.faults.append(f"the script failed: {error!r}")
            raise error

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self._rng.randint(0, int((last - first).total_seconds())))
