"""The town clerk, who keeps pairs.toml: couples join, change their cadence, pause, leave and come back.

Must never know what stands in a calendar.
"""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

from cadenced.service.holding import Holding
from tests.simulation import town
from tests.simulation.chronicle import Chronicle
from tests.simulation.readings import meetings
from tests.simulation.world import World

HOUR = timedelta(hours=1)


class Clerk:
    def __init__(self, world: World, chronicle: Chronicle, rng: random.Random) -> None:
        self._world, self._chronicle, self._rng = world, chronicle, rng

    async def the_file_is_broken_and_mended(self) -> None:
        self._world.trace.note("somebody saves half a file")
        self._world.save("[people.maya]\nname = ")
        await asyncio.sleep(self._rng.randint(1, 20) * HOUR.total_seconds())
        self._world.trace.note("and mends it")
        self._world.save()

    async def the_place_changes(self) -> None:
        self._edit(replace(self._world.couples["maya-jonas"], where="The Crown", minutes=90))

    async def a_pair_joins(self) -> None:
        self._edit(replace(town.JOINING, start=self._world.now.date().replace(day=1)))

    async def the_cadence_changes(self) -> None:
        name = self._rng.choice(("ruth-chen", "asha-tom"))
        every, calls = self._rng.choice((("6 weeks", "1 month"), ("1 month", ""), ("2 months", "2 weeks")))
        self._edit(replace(self._world.couples[name], every=every, calls=calls))

    async def a_pair_pauses(self) -> None:
        first = self._world.now.date() + timedelta(days=self._rng.randint(0, 30))
        pause = (*self._world.couples["oliver-aroha"].pause, f"{first}/{first + timedelta(days=24)}")
        self._edit(replace(self._world.couples["oliver-aroha"], pause=pause))

    async def a_pair_leaves(self) -> None:
        found = meetings(self._world, "maya-siobhan")
        over = {u for u, copies in found.items() if all(s.end <= self._world.now for s in copies.values())}
        self._chronicle.leave("maya-siobhan", over, self._world.now)
        self._edit(self._world.couples.pop("maya-siobhan"), leaves=True)

    async def a_pair_comes_back(self) -> None:
        self._edit(self._world.everyone["maya-siobhan"])

    async def confirms(self) -> None:
        """For ever: whatever the service holds back is meant, and confirmed some hours later (`apply --confirm`)."""
        while True:
            await asyncio.sleep(self._rng.randint(1, 12) * HOUR.total_seconds())
            if self._world.life is not None and self._world.held():
                self._world.trace.note("the clerk confirms")
                parts = self._world.life.parts
                await Holding(parts.store, self._world.clock).confirm(parts.loaded.programme)
                self._chronicle.disturbed |= dict.fromkeys(self._world.everyone, self._world.now)

    def _edit(self, couple: town.Couple, *, leaves: bool = False) -> None:
        self._world.trace.note(f"the file is edited: {couple.name} {'leaves' if leaves else couple}")
        self._world.everyone[couple.name] = couple
        if not leaves:
            self._world.couples[couple.name] = couple
        self._chronicle.policies[couple.name].append((self._world.now, None if leaves else couple))
        self._chronicle.disturbed |= dict.fromkeys(self._world.everyone, self._world.now)
        self._world.save()
