"""The contract's parties: each server started once, and for each test an account with a fresh calendar."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cadenced.core.accounts import CalendarAccount, Collection, Resource, SyncResult
from cadenced.shell.calendars import CalDav
from tests.contract import servers
from tests.contract.household import Household, Invited, household
from tests.interop.cyrus import why_not
from tests.support.fakecalendar import FakeCalendar
from tests.support.fakedav import FakeDav

SERVERS = [
    "fake",
    "radicale",
    "xandikos",
    pytest.param(
        "cyrus", marks=[pytest.mark.interop, pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can run")]
    ),
]
BODY = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//test//EN\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20261124T090000Z\r
DTSTART:20261208T173000Z\r
DTEND:20261208T183000Z\r
SUMMARY:{summary}\r
{more}END:VEVENT\r
END:VCALENDAR\r
"""
_users = itertools.cycle(servers.USERS)


def event_of(uid: str, summary: str = "Call with Jonas", more: str = "") -> str:
    return BODY.format(uid=uid, summary=summary, more=more)


@dataclass
class Desk:
    """A client with one account and one calendar."""

    client: CalDav
    account: CalendarAccount
    collection: Collection
    stranger: CalDav

    async def create(self, uid: str = "", **texts: str) -> Resource:
        uid = uid or str(uuid4())
        return await self.client.create(self.account, self.collection, f"{uid}.ics", event_of(uid, **texts))

    async def update(self, event: Resource, **texts: str) -> Resource:
        body = event_of(self.uid(event), **texts)
        return await self.client.update(self.account, self.collection, event.href, body, event.etag)

    async def delete(self, event: Resource) -> None:
        await self.client.delete(self.account, self.collection, event.href, event.etag)

    async def get(self, href: str) -> Resource | None:
        return await self.client.get(self.account, self.collection, href)

    async def sync(self, token: str = "", *known: Resource) -> SyncResult:
        etags = {event.href: event.etag for event in known}
        return await self.client.sync(self.account, self.collection, token, etags)

    async def token(self) -> str:
        return (await self.sync()).token

    def nowhere(self) -> "Desk":
        """The same, at a calendar that is not there."""
        return replace(self, collection=replace(self.collection, url=f"{self.collection.url.rstrip('/')}-gone/"))

    def other(self) -> "Desk":
        """Somebody else at the same calendar, whose writes this client does not know of."""
        return Desk(self.stranger, self.account, self.collection, self.stranger)

    @staticmethod
    def uid(event: Resource) -> str:
        return event.href.rpartition("/")[2].removesuffix(".ics")


@pytest.fixture(scope="session", params=SERVERS)
def server(request, tmp_path_factory):
    start = getattr(servers, request.param)
    with start(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def account(server):
    return server.account(next(_users))


@pytest.fixture
async def dav():
    client = CalDav(deadline=30)
    yield client
    await client.close()


@pytest.fixture
async def stranger():
    client = CalDav(deadline=30)
    yield client
    await client.close()


@pytest.fixture
def calendar(server, account):
    """The URL of a fresh calendar of the account."""
    last = str(uuid4())
    url = server.make_calendar(account.username, last, f"Meetings {last}")
    yield url
    server.ask(account.username, "DELETE", url)


@pytest.fixture
def desk(dav, stranger, account, calendar):
    return Desk(dav, account, Collection(account.name, calendar), stranger)


@pytest.fixture
async def event(desk):
    return await desk.create()


@dataclass
class Site:
    """The fake, in the test's own loop, so that the test can set its faults, and a desk at one of its calendars."""

    dav: FakeDav
    server: TestServer
    desk: Desk
    calendar: FakeCalendar

    def at(self, user: str) -> Desk:
        """Another user's desk."""
        url = str(self.server.make_url(f"/{user}/default/"))
        account = CalendarAccount(user, url=url, username=user, password=self.dav.users[user])
        return replace(self.desk, account=account, collection=Collection(user, url))

    def answers(self, method: str, answer: Callable[[web.Request], web.StreamResponse | None]) -> None:
        """What requests of this method get from now on; None: what they always got."""
        self.dav.faults.instead = lambda request: answer(request) if request.method == method else None


@pytest.fixture
async def site(dav, stranger):
    fake = FakeDav({"alice": "pä$$wörd ✓", "sogo": "pw"}, lambda: datetime.now(UTC))
    server = TestServer(fake.app)
    await server.start_server()
    nowhere = Desk(dav, CalendarAccount(""), Collection("", ""), stranger)
    site = Site(fake, server, nowhere, fake.calendar("alice"))
    site.desk = site.at("alice")
    yield site
    await server.close()


@pytest.fixture
async def home(server, tmp_path):
    async with household(tmp_path, server, Household) as home:
        yield home


@pytest.fixture
async def invited(server, tmp_path):
    async with household(tmp_path, server, Invited) as home:
        yield home
