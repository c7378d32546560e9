"""The conversation with a calendar server against bare aiohttp, towards the same Radicale in the same run."""

import asyncio
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from cadenced.cli.demo_servers import calendar_server
from cadenced.core.accounts import CalendarAccount, MailAccount
from cadenced.core.model import Horizon
from cadenced.service.parts import Loaded, Parts
from cadenced.service.wheel import BATCH
from cadenced.shell.calendars import CalDav
from cadenced.shell.dav import PER_HOST
from cadenced.shell.mailer import Mailer
from cadenced.shell.multistatus import sync_report
from cadenced.shell.store import Store
from tests.bench.stopwatch import stopwatch
from tests.support.clock import HandClock
from tests.support.programme import pair, person, programme, utc

PAIRS = 200
CALENDARS = 200
ROUNDS = 3  # one after the other in turns, so that what else the machine does meets both
NOW = utc("2026-11-24T09:00")
PASSWORD = "pw"


def quiet() -> tuple[float, float]:
    return asyncio.run(_quiet())


def first_apply() -> tuple[float, float]:
    return asyncio.run(_first_apply())


async def _quiet() -> tuple[float, float]:
    """Passes when nothing has changed, in turns with the same reports as fast as aiohttp sends them."""
    users = [f"m{n}" for n in range(CALENDARS)]
    pairs = _pairs(CALENDARS, protege_has_calendar=False)
    ours = theirs = 0.0
    with _server(users) as (url, folder):
        async with _parts(url, users, pairs, folder) as parts, _session() as session:
            await _apply(parts)
            await parts.wheel.look()
            rows = await parts.store.accounts()
            reports = [(user, rows[user].url, sync_report(rows[user].token)) for user in users]
            for _ in range(ROUNDS):
                with stopwatch() as bare:
                    await asyncio.gather(*(_report(session, *each) for each in reports))
                with stopwatch() as passed:
                    await parts.wheel.look()
                    await _apply(parts)
                ours, theirs = ours + passed(), theirs + bare()
    return ours, theirs


async def _first_apply() -> tuple[float, float]:
    """The first pass over new pairs, discovery left out; then the same bodies into fresh calendars of that server."""
    users = [f"{role}{n}" for n in range(PAIRS) for role in "mp"]
    bare = [f"bare-{user}" for user in users]
    with _server([*users, *bare]) as (url, folder):
        await _make(url, bare)
        async with _parts(url, users, _pairs(PAIRS, protege_has_calendar=True), folder) as parts:
            await parts.wheel.look()
            with stopwatch() as ours:
                written = await _apply(parts)
            copies = [copy for user in users for copy in await parts.store.copies(user)]
        assert written == len(copies)
        host = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        bodies = [(f"bare-{copy.account}", copy.href.rpartition("/")[2], copy.body) for copy in copies]
        async with _session() as session:
            with stopwatch() as theirs:
                await asyncio.gather(*(_put(session, host, *each) for each in bodies))
    return ours(), theirs()


async def _apply(parts: Parts) -> int:
    written = 0
    while names := await parts.wheel.due(BATCH):
        written += (await parts.wheel.turn(names)).done
    return written


def _pairs(count: int, *, protege_has_calendar: bool) -> list:
    made = []
    for n in range(count):
        mentor = person(f"m{n}", "Europe/London", calendar=f"m{n}")
        protege = person(f"p{n}", "Europe/Berlin", calendar=f"p{n}" if protege_has_calendar else None)
        start = date(2026, 12, 1) + timedelta(days=n % 28)
        made.append(replace(pair(start=start, mentor=mentor, protege=protege), id=f"pair-{n}"))
    return made


@contextmanager
def _server(users: list[str]) -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="cadenced-bench-") as name:
        folder = Path(name)
        with calendar_server(folder / "radicale", dict.fromkeys(users, PASSWORD)) as url:
            yield url, folder


@asynccontextmanager
async def _parts(url: str, users: list[str], pairs: list, folder: Path) -> AsyncGenerator[Parts]:
    await _make(url, users)
    accounts = {user: CalendarAccount(user, url, username=user, password=PASSWORD) for user in users}
    mail = MailAccount("127.0.0.1", 9, "none", "agenda@example.org")
    loaded = Loaded(programme(*pairs), accounts, mail, Horizon(), {}, timedelta(seconds=60))
    parts = Parts(Store.open(folder / "cadenced.db"), CalDav(), Mailer(), HandClock(NOW))
    try:
        await parts.install(loaded)
        await parts.wheel.look()
        yield parts
    finally:
        await parts.close()


def _session() -> aiohttp.ClientSession:
    """Bare, but for what makes the server's work the same: as many connections, and nothing compressed."""
    connector = aiohttp.TCPConnector(limit_per_host=PER_HOST)
    return aiohttp.ClientSession(connector=connector, headers={"Accept-Encoding": "identity"})


def _login(user: str) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(user, PASSWORD, "utf-8")}


async def _make(url: str, users: list[str]) -> None:
    async with _session() as session:
        for user in users:
            async with session.request("MKCALENDAR", f"{url}{user}/mentoring/", headers=_login(user)) as answer:
                assert answer.status == 201, answer.status


async def _report(session: aiohttp.ClientSession, user: str, url: str, body: str) -> None:
    headers = {**_login(user), "Depth": "0", "Content-Type": "application/xml; charset=utf-8"}
    async with session.request("REPORT", url, data=body.encode(), headers=headers) as answer:
        assert answer.status == 207, answer.status
        await answer.read()


async def _put(session: aiohttp.ClientSession, host: str, user: str, name: str, body: str) -> None:
    headers = {**_login(user), "If-None-Match": "*", "Content-Type": "text/calendar; charset=utf-8"}
    async with session.put(f"{host}/{user}/mentoring/{name}", data=body.encode(), headers=headers) as answer:
        assert answer.status == 201, answer.status
        await answer.read()
