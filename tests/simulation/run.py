"""One history: a year of the town from one seed, judged every day, and a quiet week at its end.

Must never know how many seeds are run, nor in which processes.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cadenced.service import daemon
from cadenced.shell import calendars
from tests.simulation.chronicle import Chronicle
from tests.simulation.mail_promises import MailPromises
from tests.simulation.promises import CalendarPromises
from tests.simulation.remembered import remembered_busy_times
from tests.simulation.script import QUIET, YEAR, Script
from tests.simulation.world import START, World

DAY = timedelta(days=1)
TURN = timedelta(minutes=6)  # in which a forced turn is over


@dataclass(frozen=True)
class History:
    """What a run came to. `hash` is of the trace: the same seed, the same hash."""

    hash: str
    writes: int
    mails: int
    judged: int  # pairs that were calm when a day was judged


def simulate(
    seed: int, folder: Path, days: int | None = None, *, year: timedelta = YEAR, aloud: bool = False
) -> History:
    """`year` is how long the history is; `days` stops it before its end. One call in a process: what is global does not
    forget. Raises BrokenPromiseError, with the end of the trace.
    """
    daemon.LONGEST_WAIT = DAY.total_seconds()  # nothing may rely on coming round by itself
    calendars.busy_times = remembered_busy_times
    world = World(seed, folder, aloud=aloud)
    asyncio.set_event_loop(world.loop)
    run = _Run(world, year)
    try:
        world.loop.run_until_complete(run.year(days))
    except Exception as error:
        raise BrokenPromiseError(seed, world, error) from error
    return History(world.trace.hash, world.writes, len(world.post.deliveries), run.judged)


class BrokenPromiseError(Exception):
    """Something that cadenced promises did not hold: which, when, and what had happened before."""

    def __init__(self, seed: int, world: World, error: BaseException) -> None:
        lines = [*world.trace.recent, f"seed {seed}, {world.now:%Y-%m-%d %H:%M}: {type(error).__name__}: {error}"]
        super().__init__("\n".join(lines))


class _Run:
    def __init__(self, world: World, year: timedelta) -> None:
        self._world, self._chronicle, self._year = world, Chronicle(), year
        self._script = Script(world, self._chronicle, year)
        self._calendars = CalendarPromises(world, self._chronicle)
        self._mail = MailPromises(world, self._chronicle)
        self.judged = 0

    async def year(self, days: int | None) -> None:
        end = START + (timedelta(days=days) if days else self._year + QUIET)
        await self._world.open()
        self._script.furnish()
        self._world.start()
        acts = asyncio.create_task(self._script.run())
        while self._world.now < end:
            await asyncio.sleep(DAY.total_seconds())
            self._judge()
            if (self._world.now - START).days % 7 == 0 and self._all_calm():
                await self._quiet_turn()
        if days is None:
            await acts
            await self._last_day()
        acts.cancel()
        await self._world.stop()

    async def _last_day(self) -> None:
        assert self._all_calm(), "a quiet week, and there is no calm"
        self._calendars.every_period_had_its_meeting()
        self._mail.check_months()
        await self._world.stop()
        self._world.start()
        await self._quiet_turn()
        self._judge()

    def _judge(self) -> None:
        assert not self._world.faults, "; ".join(self._world.faults)
        self.judged += self._calendars.check()
        self._mail.check()

    def _all_calm(self) -> bool:
        now = self._world.now
        return self._world.life is not None and self._chronicle.all_calm(self._world.everyone, now)

    async def _quiet_turn(self) -> None:
        """Two turns of all pairs, one right after the other: the second finds nothing to write.

        Not on a quarter of an hour, for there another meeting may come within the horizon.
        """
        minutes = (61 - self._world.now.minute) % 60
        await asyncio.sleep(minutes * 60)
        await self._turn_everything()
        before = self._world.writes
        await self._turn_everything()
        assert self._world.writes == before, f"a quiet turn wrote {self._world.writes - before} times"

    async def _turn_everything(self) -> None:
        life = self._world.life
        if life is not None:
            await life.parts.store.wake(self._world.everyone)
            life.daemon.reload()
            await asyncio.sleep(TURN.total_seconds())
