"""The town at work: virtual time, the servers, and the real service between them, which may be stopped, killed, robbed.

Owns one run's life and its trace. Must never know what anybody will do in it (script.py), nor what is right
(promises.py).
"""

import asyncio
import hashlib
import os
import random
import sqlite3
import sys
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp.connector
import structlog

from cadenced.config import load
from cadenced.service.daemon import Daemon
from cadenced.service.parts import Loaded, Parts
from cadenced.shell.calendars import CalDav
from cadenced.shell.mailer import Mailer
from cadenced.shell.rows import moment
from cadenced.shell.store import Store
from tests.simulation import town
from tests.simulation.loop import VirtualClock, VirtualLoop
from tests.simulation.net import Network
from tests.simulation.servers import CalendarHost, PostOffice

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLL = timedelta(hours=12)
RECENT = 60  # lines of the trace that a failure shows


class Trace:
    """What happened, in order: its hash is the history's, its end is what a failure shows."""

    def __init__(self, clock: VirtualClock, *, aloud: bool = False) -> None:
        self.recent: deque[str] = deque(maxlen=RECENT)
        self._clock, self._aloud, self._hash = clock, aloud, hashlib.sha256()

    def note(self, text: str) -> None:
        line = f"{self._clock.now():%Y-%m-%d %H:%M:%S.%f} {text}"
        self._hash.update(line.encode())
        self.recent.append(line)
        if self._aloud:
            print(line)

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()[:16]


class World:
    """`folder` holds the configuration and the store. Everything random comes from `seed`."""

    def __init__(self, seed: int, folder: Path, *, aloud: bool = False) -> None:
        self.seed, self.folder = seed, folder
        self.network = Network(f"{seed}/network")
        self.loop = VirtualLoop(self.network)
        self.clock = VirtualClock(self.loop, START)
        self.trace = Trace(self.clock, aloud=aloud)
        self.couples = dict(town.COUPLES)  # the programme in force
        self.everyone = dict(town.COUPLES)  # all pairs that there ever were, as they are or were last
        self.hosts = {
            name: CalendarHost(name, port, self._users(name), self.clock, self.trace.note)
            for name, port in town.HOSTS.items()
        }
        self.post = PostOffice(self.clock, self.trace.note, self._ledger_row)
        self.store_path = folder / "store" / "cadenced.db"
        self.faults: list[str] = []  # what the service should never have done to itself
        self.life: Life | None = None
        self._saved = asyncio.Event()
        self.half_saved = False  # with such a file the service goes on, and does not start
        self._isolate()

    async def open(self) -> None:
        for host in self.hosts.values():
            await host.open(self.network)
        self.post.open(self.network, town.MAIL_PORT)
        (self.folder / "secrets").mkdir()
        for name in town.CITIZENS:
            secret = self.folder / "secrets" / name
            secret.write_text("secret\n")
            secret.chmod(0o600)
        poll = f"{POLL // timedelta(minutes=1)} min"
        (self.folder / "cadenced.toml").write_text(town.settings(self.store_path, poll))
        self.save()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def calendar(self, name: str):
        """The one calendar of a citizen who has one."""
        return self.host_of(name).dav.calendar(name)

    def host_of(self, name: str) -> CalendarHost:
        return self.hosts[town.CITIZENS[name].host]

    def keeps_calendar(self, name: str) -> bool:
        return bool(town.CITIZENS[name].host)

    @property
    def writes(self) -> int:
        return sum(host.dav.writes for host in self.hosts.values())

    def save(self, text: str | None = None) -> None:
        """Writes pairs.toml, as an editor does, and whoever watches the folder hears of it."""
        (self.folder / "pairs.toml").write_text(town.programme(self.couples) if text is None else text)
        self.half_saved = text is not None
        self._saved.set()

    async def saves(self) -> AsyncGenerator[None]:
        while True:
            await self._saved.wait()
            self._saved.clear()
            yield

    def start(self) -> None:
        self._saved.clear()
        self.life = Life(self)

    async def stop(self) -> None:
        life, self.life = self.life, None
        if life is not None:
            await life.end()

    def kill(self) -> None:
        """As kill -9 does: at this very moment, whatever was going on."""
        life, self.life = self.life, None
        if life is not None:
            life.kill()

    def lose_store(self) -> None:
        """The database is lost, while nobody uses it; the journal beside it is not."""
        self.store_path.unlink()

    def _users(self, host: str) -> list[str]:
        return [each.name for each in town.CITIZENS.values() if each.host == host]

    def asked(self, uid: str) -> list[str]:
        """The people who were asked for a time for a meeting, while it stays an open question."""
        open_one = self._query("SELECT key FROM alerts WHERE key LIKE ? AND cleared_at IS NULL", f"pair/%/asked/{uid}")
        asked = self._query("SELECT person FROM outbox WHERE kind = 'times' AND uid = ?", uid)
        return [row["person"] for row in asked] if open_one else []

    def held(self) -> bool:
        """Whether the service waits for a human to confirm something."""
        return any(row["value"] != "[]" for row in self._query("SELECT value FROM meta WHERE key = 'held'"))

    def _ledger_row(self, message_id: str) -> dict[str, object]:
        found = self._query("SELECT * FROM outbox WHERE message_id = ?", message_id)
        row = dict(found[0]) if found else {}
        row.pop("body", None)
        return row | {k: moment(row[k]) for k in ("due", "expires", "start") if row.get(k) is not None}

    def _query(self, query: str, *values: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(f"file:{self.store_path}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, values).fetchall()

    def _isolate(self) -> None:
        """Nothing of this process but what the seed says."""
        random.seed(self.seed)
        aiohttp.connector.monotonic = self.loop.time  # by which pooled connections age
        for name in [name for name in os.environ if name.startswith("CADENCED_") or name == "NOTIFY_SOCKET"]:
            del os.environ[name]
        self.loop.set_exception_handler(self._unhandled)
        structlog.configure(processors=[self._logged])

    def _unhandled(self, _loop, context) -> None:
        error = context.get("exception")
        what = f"{context['message']}: {error!r} {context.get('task', '')}"
        self.faults.append(what)
        self.trace.note(f"unhandled: {what}")

    def _logged(self, _logger, method, event):
        self.trace.note(f"log {method}: {dict(event)}")
        if method in ("exception", "critical"):  # the service says of itself that it has a bug
            error = sys.exc_info()[1]
            self.faults.append(f"{event['event']}: {error!r}")
        raise structlog.DropEvent


class Life:
    """One process's worth of the service, as service/commands.run_forever joins it, on our loop and clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        store = Store.open(world.store_path)
        self.parts = Parts(store, CalDav(), Mailer(), world.clock)
        self.daemon = Daemon(self.parts, self._load, world.saves)
        self._task = asyncio.create_task(self.daemon.run())
        self._task.add_done_callback(self._ended)
        self._expected = False
        world.trace.note("the service starts")

    def _load(self) -> Loaded:
        return Loaded.of(load(self._world.folder))

    async def end(self) -> None:
        """SIGTERM."""
        self._world.trace.note("the service is told to stop")
        self._expected = True
        self.daemon.stop()
        await asyncio.wait_for(asyncio.shield(self._task), 2.0)  # seconds: what SIGTERM promises
        await self.parts.close()

    def kill(self) -> None:
        """What was sent still arrives; nothing is received, stored or sent any more."""
        self._world.trace.note("the service is killed")
        self._expected = True
        self.parts.store.close()
        self._lines = self._world.network.desert()
        self._burial = asyncio.create_task(self._bury())

    async def _bury(self) -> None:
        """The coroutines of a process that is no more; whatever they still try, they have no store and no line."""
        while not self._task.done():
            self._task.cancel()
            await asyncio.sleep(1.0)
        for line in self._lines:
            line.break_off()
        await self.parts.calendars.close()

    def _ended(self, task: asyncio.Task) -> None:
        error = None if task.cancelled() else task.exception()
        if not self._expected:
            self._world.faults.append(f"the service ended by itself: {error!r}")
            self._world.trace.note(f"the service ended by itself: {error!r}")
