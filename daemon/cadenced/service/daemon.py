"""The daemon: turns the wheel whenever a file is saved, a calendar changes, or a pair falls due.

Owns the loops, their waits, and how they end. Must never know how a pair is decided or a mail written.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import structlog

from cadenced.core.errors import ConfigError, StoreError
from cadenced.core.records import AccountRow, AccountStatus, Changed
from cadenced.reconciler.bugs import in_words
from cadenced.reconciler.observe import Observation
from cadenced.service.parts import Loaded, Parts
from cadenced.service.reading import Reading
from cadenced.shell import systemd

log = structlog.get_logger("cadenced")

FULL_STOP = 1.5  # seconds that what is under way may take to end, of the two that SIGTERM promises
LONGEST_BACKOFF = 900.0  # seconds between looks at a calendar that cannot be reached
REST = 30.0  # seconds until a loop goes on after the store failed: a full disk is not emptied faster
LONGEST_WAIT = 3600.0  # seconds: every loop comes round at least so often, whatever the store says
RELOAD_ERROR = "config_error"  # the store's key for what `status` shows


class Daemon:
    """`load` reads the configuration anew (blocking; ConfigError). `changes` yields once after each save of a file.
    `watchdog` is the seconds within which systemd wants a sign of life.
    """

    def __init__(
        self,
        parts: Parts,
        load: Callable[[], Loaded],
        changes: Callable[[], AsyncGenerator[None]] | None = None,
        watchdog: float | None = None,
    ) -> None:
        self._parts, self._load, self._changes, self._watchdog_interval = parts, load, changes, watchdog
        self._stop, self._reload = asyncio.Event(), asyncio.Event()
        self._turn, self._look, self._mail, self._inbox = (asyncio.Event() for _ in range(4))
        self._reading = Reading(parts, self._turn.set, self._mail.set)
        self._loop = asyncio.get_running_loop()
        self._rehearsed = asyncio.Event()
        self._rehearsed.set()
        self._next_look: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._well: set[str] = set()  # keys of the alerts of rounds that end without a bug
        self._heartbeat = watchdog / 4 if watchdog else LONGEST_WAIT  # so often the wheel shows that it is not stuck
        self._beats = dict.fromkeys(("look", "turn"), self._loop.time())

    def stop(self) -> None:
        """Ends the daemon; what is under way has FULL_STOP seconds. Safe in a signal handler of the loop."""
        for event in (self._stop, self._reload, self._turn, self._look, self._mail, self._inbox):
            event.set()

    def reload(self) -> None:
        """Reads the files again and looks at every account at once."""
        self._next_look.clear()
        self._reload.set()

    def beat(self, what: str) -> None:
        """There was progress with looking at calendars, or with turning pairs: neither may be stuck."""
        self._beats[what] = self._loop.time()

    async def run(self) -> None:
        """Until stop(). Raises ConfigError when the first configuration cannot be loaded."""
        saves = self._changes() if self._changes else None  # called before loading, so that no save is missed
        self._parts.guarded = True
        changed = await self._configure(await self._loop.run_in_executor(None, self._load))
        await self._parts.recover()
        await self._round(self._look_round)
        await self._rehearse(changed)
        systemd.ready()
        try:
            async with asyncio.TaskGroup() as group:
                loops = [
                    group.create_task(self._rounds(self._look_round, self._look)),
                    group.create_task(self._rounds(self._turn_round, self._turn)),
                    group.create_task(self._rounds(self._mail_round, self._mail)),
                    group.create_task(self._rounds(self._reading.round, self._inbox)),
                ]
                others = [group.create_task(self._reloads()), group.create_task(self._watchdog())]
                if saves is not None:
                    others.append(group.create_task(self._saves(saves)))
                group.create_task(self._end(loops, others))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None

    async def _end(self, loops: list[asyncio.Task[None]], others: list[asyncio.Task[None]]) -> None:
        await self._stop.wait()
        systemd.stopping()
        await self._reading.end()
        for task in others:
            task.cancel()
        _, late = await asyncio.wait(loops, timeout=FULL_STOP)
        for task in late:  # safe at any point: what was cut off is an intent, or an attempt of unknown outcome
            task.cancel()

    async def _rounds(self, work: Callable[[], Awaitable[float]], wake: asyncio.Event) -> None:
        """Does `work` again and again; it returns how many seconds there is nothing more to do, unless woken."""
        while not self._stop.is_set():
            wake.clear()
            pause = await self._round(work)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), pause)

    async def _round(self, work: Callable[[], Awaitable[float]]) -> float:
        try:
            return await self._unless_bug(work)
        except StoreError as error:
            log.error("the store failed; nothing is lost, and it is tried again", problem=str(error))
            systemd.status(f"the store failed: {error}")
            return REST

    async def _rehearse(self, changed: Changed) -> None:
        """Looks at what a configuration changes as a whole. A bug in it keeps nothing from going on, for all that is
        turned is reviewed, and a daemon that ended here would begin with it again. StoreError.
        """

        async def rehearsal() -> float:
            await self._parts.rehearse(changed)
            return 0.0

        await self._unless_bug(rehearsal)

    async def _unless_bug(self, work: Callable[[], Awaitable[float]]) -> float:
        """What `work` returns; of a bug in it a human hears until it ends without one. StoreError."""
        alert = f"bug/{work.__name__.strip('_')}"
        try:
            pause = await work()
            if alert not in self._well:  # a bug may have been told before a restart
                await self._parts.store.clear_alert(alert, self._parts.clock.now())
                self._well.add(alert)
        except StoreError:
            raise
        except Exception as bug:
            log.exception("a bug ended a round; everything else goes on, and it is tried again")
            self._well.discard(alert)
            words = f"A bug of cadenced ({in_words(bug)}) keeps it from part of its work, which it tries again."
            with suppress(StoreError):
                now = self._parts.clock.now()
                await self._parts.store.raise_alert(alert, f"{words} Please report it with the lines of the log.", now)
            return REST
        return pause

    async def _look_round(self) -> float:
        self.beat("look")
        accounts = self._parts.wheel.accounts
        due = [name for name in accounts if self._next_look.get(name, 0.0) <= self._loop.time()]
        for each in await self._parts.wheel.look(due) if due else ():
            self._schedule(each)
            if each.pairs or each.recovered:
                self._turn.set()
        if await self._parts.holding.release_confirmed():
            self._turn.set()
        if self._until(await self._parts.store.next_try()) == 0.0:  # `thaw` beside us
            self._mail.set()
        await self._tell()
        looks = (self._next_look.get(name, 0.0) for name in accounts)  # reload() may have come meanwhile
        next_look = min(looks, default=self._loop.time() + LONGEST_WAIT)
        return min(self._heartbeat, max(0.0, next_look - self._loop.time()))

    def _schedule(self, seen: Observation) -> None:
        """When the account is looked at next: after the poll interval, longer and longer while it can't be reached."""
        name, poll = seen.row.account, self._parts.loaded.poll.total_seconds()
        down = seen.row.status is AccountStatus.UNREACHABLE
        self._failures[name] = self._failures.get(name, 0) + 1 if down else 0
        if self._failures[name] == 1 or seen.recovered:
            _log_account(seen.row)
        pause = min(poll * 2 ** min(self._failures[name], 10), max(poll, LONGEST_BACKOFF))
        self._next_look[name] = self._loop.time() + max(pause, seen.retry_after or 0.0)

    async def _turn_round(self) -> float:
        self.beat("turn")
        await self._rehearsed.wait()  # what a saved file changes is looked at as a whole first
        names = await self._parts.wheel.due()
        if not names:
            return min(self._heartbeat, self._until(await self._parts.store.next_due()))
        result = await self._parts.wheel.turn(names)
        if result.done or result.mails or result.failed:
            log.info("turned", pairs=len(names), written=result.done, mails=result.mails, waiting=list(result.failed))
        if result.mails:
            self._mail.set()
        if result.failed:  # looked at now, an account that is down is no longer written to again and again
            self._next_look.update(dict.fromkeys(result.failed, 0.0))
            self._look.set()
        await self._tell()
        return 0.0

    async def _tell(self) -> None:
        if await self._parts.tell_coordinator():
            self._mail.set()

    async def _mail_round(self) -> float:
        outbox = self._parts.outbox
        await outbox.recover()  # what a round before left that the store, or a bug, broke off
        sent = await outbox.run_once()
        if sent:
            log.info("mail sent", messages=sent)
        await self._tell()
        return self._until(await self._parts.store.next_try())

    def _until(self, moment: datetime | None) -> float:
        if moment is None:
            return LONGEST_WAIT
        return min(LONGEST_WAIT, max(0.0, (moment - self._parts.clock.now()).total_seconds()))

    async def _saves(self, saves: AsyncGenerator[None]) -> None:
        async for _ in saves:
            self._reload.set()

    async def _reloads(self) -> None:
        while True:
            await self._reload.wait()
            self._reload.clear()
            if self._stop.is_set():
                return
            systemd.reloading()
            try:
                loaded = await self._loop.run_in_executor(None, self._load)
                self._rehearsed.clear()
                await self._rehearse(await self._configure(loaded))
            except ConfigError as error:
                for problem in str(error).splitlines():
                    log.error("the configuration has errors; the last good one goes on", problem=problem)
                await self._remember(str(error))
            except StoreError as error:
                log.error("the store failed while loading; save the file again or send SIGHUP", problem=str(error))
            except Exception as bug:
                log.exception("a bug kept the configuration from being loaded; the last good one goes on")
                await self._remember(f"a bug of cadenced ({in_words(bug)}); please report it with the lines of the log")
            self._rehearsed.set()
            for event in (self._look, self._turn, self._mail, self._inbox):
                event.set()
            await self._reading.end()
            systemd.ready()

    async def _configure(self, loaded: Loaded) -> Changed:
        """Makes a configuration the one in force, and the pairs due whose stanza changed."""
        stanzas = await self._parts.install(loaded, self.beat)
        await self._remember("")
        pairs = len(loaded.programme.pairs)
        log.info("loaded", pairs=pairs, changed=len(stanzas.changed), removed=len(stanzas.removed))
        systemd.status(f"{pairs} pairs, {len(loaded.accounts)} calendars")
        return stanzas

    async def _remember(self, problem: str) -> None:
        with suppress(StoreError):  # it stands in the log, too
            await self._parts.store.set_meta(RELOAD_ERROR, problem)

    async def _watchdog(self) -> None:
        """Tells systemd that all is well, but only while the wheel turns."""
        if self._watchdog_interval is None:
            return
        while True:
            if self._loop.time() - min(self._beats.values()) < self._watchdog_interval:
                systemd.watchdog()
            await asyncio.sleep(self._watchdog_interval / 3)


def _log_account(row: AccountRow) -> None:
    if row.status is AccountStatus.OK:
        log.info("the calendar works", account=row.account)
    else:
        log.warning("the calendar does not work", account=row.account, status=str(row.status), problem=row.problem)
