"""What people do to their calendars, one act each: the ordinary, the thoughtless, and the badly timed.

Must never know what the service ought to make of it.
"""

import asyncio
import random
from datetime import timedelta

from tests.simulation.chronicle import Chronicle
from tests.simulation.hands import DAY, HOUR, MINUTE, Hands
from tests.simulation.servers import Trap
from tests.simulation.world import World


class People:
    def __init__(self, world: World, chronicle: Chronicle, rng: random.Random) -> None:
        self._world, self._chronicle, self._rng = world, chronicle, rng
        self._hands = Hands(world, chronicle, rng)

    async def somebody_moves(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, self._hands.some_time(target[1]))

    async def somebody_moves_far(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, self._rng.randint(15, 45) * DAY + self._rng.randint(-3, 3) * HOUR)

    async def somebody_lengthens(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, timedelta(), self._rng.choice((15, 30, 60, -15)) * MINUTE)

    async def somebody_moves_at_the_last_moment(self) -> None:
        if target := self._hands.coming(within=3 * DAY):
            self._hands.move(*target, self._rng.choice((1, 2, 3, 24, 48)) * HOUR)

    async def somebody_had_it_earlier(self) -> None:
        """They met already, and one of them puts that into the calendar."""
        if target := self._hands.coming(within=4 * DAY):
            self._hands.move(*target, -5 * DAY)

    async def somebody_writes(self) -> None:
        if target := self._hands.coming():
            self._hands.write(*target)

    async def somebody_deletes(self) -> None:
        if target := self._hands.coming():
            self._hands.delete(*target)

    async def somebody_cancels(self) -> None:
        if target := self._hands.coming():
            self._hands.cancel(*target)

    async def somebody_changes_their_mind(self) -> None:
        """What was deleted is brought back, what was called off is on again."""
        if target := self._hands.coming(within=30 * DAY):
            undo = self._rng.choice((self._hands.delete, self._hands.cancel))(*target)
            await asyncio.sleep(self._rng.choice((MINUTE, HOUR, DAY)).total_seconds())
            undo()

    async def somebody_duplicates(self) -> None:
        if target := self._hands.coming():
            self._hands.duplicate(*target)

    async def both_move(self) -> None:
        """The one, and a little later the other, who could not know yet."""
        if (first := self._hands.coming(both=True)) and (second := self._hands.other_copy(*first)):
            self._hands.move(*first, self._hands.some_time(first[1]))
            await asyncio.sleep(self._rng.randint(1, 300))
            citizen, seen = second
            if self._hands.copy_of(citizen, seen.uid) == seen:  # nobody has written to it meanwhile
                self._hands.move(citizen, seen, self._hands.some_time(seen) + 15 * MINUTE)
                self._chronicle.overruled.append((self._world.now, seen.uid, first[0]))

    async def much_at_once(self) -> None:
        """Several edits of one meeting by both, within minutes or hours."""
        if target := self._hands.coming(both=True):
            for _ in range(self._rng.randint(2, 5)):
                self._act(*target)
                await asyncio.sleep(self._rng.choice((1, 60, 3600, 7200)))
                target = self._rng.choice([target, self._hands.other_copy(*target) or target])

    def _act(self, citizen: str, seen) -> None:
        """One edit of a copy as it stands now, if it still does."""
        now = self._hands.copy_of(citizen, seen.uid)
        if now is not None and now.start > self._world.now + HOUR:
            if self._rng.random() < 0.5:
                self._hands.move(citizen, now, self._hands.some_time(now))
            else:
                self._hands.write(citizen, now)

    async def somebody_acts_while_it_is_written(self) -> None:
        """One moves it, and when the service comes to write that into the other copy, somebody is at it just then."""
        if (first := self._hands.coming(both=True)) and (second := self._hands.other_copy(*first)):
            deed = self._rng.choice((self._act, self._act, self._hands.delete, self._hands.cancel))
            citizen, seen = second

            def act() -> None:
                if self._hands.copy_of(citizen, seen.uid) is not None:
                    deed(citizen, seen)

            host = self._world.host_of(citizen)
            host.traps.append(Trap("PUT", act, path=f"/{citizen}/default/{seen.uid}"))
            self._hands.move(*first, self._hands.some_time(first[1]))
