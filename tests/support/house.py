"""A house on loopback: the wheel, a store on disk and a calendar server over HTTP, under a clock that a test moves."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestServer
from icalendar import Event
from sqlalchemy import select

from cadenced.core.accounts import CalendarAccount
from cadenced.core.actions import SendMail
from cadenced.core.model import Horizon, Meeting, Pair, Programme, State
from cadenced.core.records import AccountStatus, AlertRow, CopyRow, OutboxRow
from cadenced.reconciler.turn import Decision
from cadenced.service.wheel import Pass, Wheel
from cadenced.shell import schema
from cadenced.shell.calendars import CalDav
from cadenced.shell.store import Store
from cadenced.wire.ical import observe
from tests.support.fakedav import FakeCalendar, FakeDav
from tests.support.programme import programme, utc

NOW = utc("2026-11-24T09:00")
POLL = timedelta(minutes=5)
ROUNDS = 20  # of turning until nothing is due: more means that the wheel does not come to rest


async def turned(wheel: Wheel) -> list[Pass]:
    """Turns until nothing is due."""
    passes = []
    for _ in range(ROUNDS):
        if not (names := await wheel.due()):
            return passes
        passes.append(await wheel.turn(names))
    raise AssertionError("the wheel does not come to rest")


@dataclass
class HandClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """`people` are the users of the server; each has an account of their own name."""

    folder: Path
    dav: FakeDav
    server: TestServer
    clock: HandClock
    client: CalDav = field(default_factory=lambda: CalDav(deadline=10))
    accounts: dict[str, CalendarAccount] = field(default_factory=dict)
    programme: Programme = field(default_factory=programme)

    def __post_init__(self) -> None:
        self.accounts = {user: self.account(user) for user in self.dav.users}
        self.store = Store.open(self.path)

    @property
    def path(self) -> Path:
        return self.folder / "store.db"

    def account(self, user: str, **more: str) -> CalendarAccount:
        url = str(self.server.make_url("/"))
        return CalendarAccount(**{"name": user, "url": url, "username": user, "password": f"{user}pw"} | more)

    def calendar(self, user: str, name: str = "default") -> FakeCalendar:
        return self.dav.calendar(user, name)

    # what the daemon does

    async def runs(self, *pairs: Pair) -> None:
        """The programme is these pairs from now on; then everything comes to rest."""
        await self.loads(*pairs)
        await self.rests()

    async def loads(self, *pairs: Pair) -> None:
        self.programme = programme(*pairs)
        await self.store.set_stanzas(self.programme.stanzas)
        self.wheel = Wheel(
            self.programme, Horizon(), self.accounts, self.store, self.client, self.clock, write=_row, rows={}
        )

    async def rests(self) -> list[Pass]:
        """One look at every calendar, then turns until nothing is due."""
        await self.wheel.look()
        return await self.turns()

    async def turns(self) -> list[Pass]:
        return await turned(self.wheel)

    async def later(self, **by: float) -> list[Pass]:
        self.clock.at += timedelta(**by) if by else POLL
        return await self.rests()

    async def restarts(self) -> None:
        """As after a crash: nothing but the disk remains."""
        await self.client.close()
        self.client = CalDav(deadline=10)
        self.store.close()
        self.store = Store.open(self.path)
        await self.loads(*self.programme.pairs.values())
        await self.rests()

    # the store as a file

    def backup(self) -> Path:
        return Path(shutil.copy(self.path, self.folder / "backup.db"))

    def restore(self, backup: Path) -> None:
        """The database of an earlier moment; the journal stays as it is now."""
        self.store.close()
        shutil.copy(backup, self.path)
        self.store = Store.open(self.path)

    def lose_database(self) -> None:
        self.store.close()
        self.path.unlink()
        self.store = Store.open(self.path)

    def empties(self, user: str = "jonas") -> None:
        """Somebody removes all that stands in a calendar."""
        for name in list(self.calendar(user).bodies):
            self.calendar(user).remove(name)

    # what a test asks

    async def meetings(self, pair: str = "maya-jonas") -> dict[str, Meeting]:
        """By UID, in order of time."""
        found = (await self.store.load_pair(pair)).meetings
        return {m.uid: m for m in sorted(found, key=lambda m: m.start)}

    async def standing(self, pair: str = "maya-jonas") -> list[Meeting]:
        return list((await self.meetings(pair)).values())

    async def first(self, pair: str = "maya-jonas") -> Meeting:
        return (await self.standing(pair))[0]

    async def gave_way(self, before: Meeting) -> bool:
        """Whether a meeting of the first pair stands in both calendars at one other time, and somebody refused the one
        before.
        """
        now = (await self.meetings())[before.uid]
        found = {self.times(user).get(before.uid) for user in ("maya", "jonas")}
        refused = before.start in now.tries.refused
        return now.state is State.STANDING and refused and found == {now.start} != {before.start}

    def event(self, user: str, uid: str) -> Event:
        """As the calendar has it."""
        return self.calendar(user).events()[uid]

    async def copy(self, user: str, uid: str) -> CopyRow | None:
        return next((row for row in await self.store.copies(user) if row.uid == uid), None)

    async def alerts(self) -> dict[str, AlertRow]:
        return {alert.key: alert for alert in await self.store.alerts()}

    async def status(self, user: str) -> AccountStatus:
        return (await self.store.accounts())[user].status

    async def mails(self, kind: str | None = None) -> list[OutboxRow]:
        rows = await self.store._all(select(schema.outbox).order_by(schema.outbox.c.key))
        return [row for row in rows if kind is None or row["kind"] == kind]

    def times(self, user: str, name: str = "default") -> dict[str, datetime]:
        """The start of every event in a calendar, by UID, in UTC."""
        seen = (observe(body) for body in self.calendar(user, name).bodies.values())
        return {event.uid: event.start for event in seen}

    async def close(self) -> None:
        self.store.close()
        await self.client.close()


@asynccontextmanager
async def living(folder: Path, *users: str, dav: type[FakeDav] = FakeDav) -> AsyncGenerator[House]:
    clock = HandClock()
    fake = dav({user: f"{user}pw" for user in users}, clock.now)
    server = TestServer(fake.app)
    await server.start_server()
    house = House(folder, fake, server, clock)
    try:
        yield house
    finally:
        await house.close()
        await server.close()


def with_password(account: CalendarAccount, password: str) -> CalendarAccount:
    return replace(account, password=password)


def _row(mail: SendMail, decision: Decision) -> OutboxRow:
    """A mail without words, but for the times that it offers."""
    return OutboxRow(
        key=mail.key,
        pair=mail.pair,
        kind=str(mail.kind),
        person=mail.person,
        uid=mail.meeting.uid if mail.meeting else "",
        recipient=f"{mail.person}@example.org",
        message_id=f"<{mail.key}>",
        body=" ".join(f"{start:%Y-%m-%dT%H:%M}" for start, _ in mail.times).encode() or b"words",
        due=mail.due,
        expires=mail.expires,
        day=mail.due.date(),
        start=mail.meeting.start if mail.meeting else None,
    )
