"""Everybody's calendars in memory, as the reconciler's port to them: no server, and no bytes between the two.

What a real server does with a calendar, tests/contract holds. Our own events are not read for busy times: that they are
left out, the unit tests hold. Must never know what stands in an event.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource, SyncResult
from cadenced.core.busytime import BusyQuery, BusyReading
from cadenced.core.errors import ConflictError
from tests.simulation.readings import MARK
from tests.simulation.remembered import remembered_busy_times
from tests.support.clock import HandClock
from tests.support.fakecalendar import FakeCalendar, uid_of


class Shelves:
    def __init__(self, names: list[str], clock: HandClock) -> None:
        self.calendars = {name: FakeCalendar("default", clock.now) for name in names}
        self.writes = 0

    async def discover(self, account: CalendarAccount) -> Collection:
        return Collection(account.name, f"shelf://town/{account.name}/")

    async def sync(
        self, account: CalendarAccount, collection: Collection, token: str, known: Mapping[str, str]
    ) -> SyncResult:
        calendar, path = self.calendars[account.name], urlsplit(collection.url).path
        touched = dict.fromkeys(name for name, _ in calendar.log[int(token) :]) if token else dict(calendar.bodies)
        there = [name for name in touched if name in calendar.bodies]
        same = [name for name in there if known.get(path + name) == calendar.etags[name]]
        changed = [self._resource(calendar, path + name) for name in there if name not in same]
        gone = tuple(path + name for name in touched if name not in calendar.bodies)
        unchanged = tuple(path + name for name in same)
        return SyncResult(str(len(calendar.log)), tuple(filter(None, changed)), gone, unchanged, full=not token)

    async def get(self, account: CalendarAccount, _collection: Collection, href: str) -> Resource | None:
        return self._resource(self.calendars[account.name], href)

    async def create(self, account: CalendarAccount, collection: Collection, name: str, body: str) -> Resource:
        calendar = self.calendars[account.name]
        uids = {uid_of(other) for other in calendar.bodies.values()}
        if name in calendar.bodies or uid_of(body) in uids:
            raise ConflictError(f"{name} is there already")
        return self._put(calendar, urlsplit(collection.url).path + name, body)

    async def update(
        self, account: CalendarAccount, _collection: Collection, href: str, body: str, etag: str
    ) -> Resource:
        calendar = self.calendars[account.name]
        self._require(calendar, href, etag)
        return self._put(calendar, href, body)

    async def delete(self, account: CalendarAccount, _collection: Collection, href: str, etag: str) -> None:
        calendar = self.calendars[account.name]
        if _name(href) in calendar.bodies:
            self._require(calendar, href, etag)
            self.writes += 1
            calendar.remove(_name(href))

    async def to_read(self, account: CalendarAccount) -> tuple[Collection, ...]:
        return (await self.discover(account),)

    async def mark(self, account: CalendarAccount, _collection: Collection) -> str:
        return str(len(self.calendars[account.name].log))

    async def busy(self, account: CalendarAccount, _collection: Collection, query: BusyQuery) -> BusyReading:
        bodies = self.calendars[account.name].bodies.values()
        return remembered_busy_times([b for b in bodies if MARK not in b], query)

    async def close(self) -> None:
        """Nothing is open."""

    def _put(self, calendar: FakeCalendar, href: str, body: str) -> Resource:
        self.writes += 1
        calendar.put(_name(href), body)
        return Resource(href, calendar.etags[_name(href)], body)

    @staticmethod
    def _resource(calendar: FakeCalendar, href: str) -> Resource | None:
        name = _name(href)
        return Resource(href, calendar.etags[name], calendar.bodies[name]) if name in calendar.bodies else None

    @staticmethod
    def _require(calendar: FakeCalendar, href: str, etag: str) -> None:
        if calendar.etags.get(_name(href)) != etag:
            raise ConflictError(f"{href} is not what it was")


def _name(href: str) -> str:
    return href.rpartition("/")[2]
