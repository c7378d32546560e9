"""CalDAV as the reconciler needs it: discover, sync, get, create, update, delete, and when somebody is busy.

Owns the servers' quirks in writing, and what a refusal means. Fits reconciler/ports.Calendars, whose promises
tests/contract holds against every server we can start. Must never know whose event it writes, nor why.
"""

import asyncio
from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote, urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource, Scheduling, SyncResult
from cadenced.core.busytime import BusyQuery, BusyReading, BusyTime, Span
from cadenced.core.errors import AccessError, ConfigError, ConflictError, PermanentError, TemporaryError
from cadenced.shell import changes, freebusy
from cadenced.shell.dav import Dav, Reply, SessionFactory, path_of
from cadenced.shell.discovery import Discovery
from cadenced.shell.multistatus import GONE, conditions
from cadenced.shell.opened import OpenCalendar
from cadenced.wire.busy import busy_times, free_busy_times

READING = 30.0  # seconds for all events of one calendar: of a slower one free/busy is asked, lest others wait
FRESH = 60.0  # seconds for which what the login leads to need not be asked again
SMALL = 1 << 15  # characters of events that are read where we are: of more, in a thread
HERE = 20_000  # steps that recurring there may take: some 20 ms. What takes more is left to the thread, as a whole
ICAL = "text/calendar; charset=utf-8"
TAKEN = frozenset({"no-uid-conflict", "unique-scheduling-object-resource"})  # of a 403 (Cyrus), RFC 4791 §5.3.2.1


class CalDav:
    """`make_session` takes a TLS context or None; a simulation passes one over its own transport.

    `deadline` is the seconds that one reply may take.
    """

    def __init__(self, make_session: SessionFactory | None = None, *, deadline: float | None = None) -> None:
        self._dav = Dav(make_session) if deadline is None else Dav(make_session, deadline)
        self._written: dict[str, dict[str, str]] = {}  # by calendar: hrefs and ETags of our own, since its last sync
        self._discovered: dict[CalendarAccount, tuple[float, Discovery]] = {}  # when, until it is read by
        self._addresses: dict[CalendarAccount, frozenset[str]] = {}
        self._thread = ThreadPoolExecutor(1, "busy")  # one calendar at a time: each takes from the loop what it costs
        self._closed = False

    async def close(self) -> None:
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self._dav.close()

    async def discover(self, account: CalendarAccount) -> Collection:
        found = Discovery(self._dav, account)
        collection = await found.to_write()
        self._discovered[account] = asyncio.get_running_loop().time(), found
        return collection

    async def scheduling(self, account: CalendarAccount, collection: Collection) -> Scheduling:
        return await Discovery(self._dav, account).scheduling(collection)

    async def sync(
        self, account: CalendarAccount, collection: Collection, token: str, known: Mapping[str, str]
    ) -> SyncResult:
        calendar, written = self._open(account, collection), dict(self._written.get(collection.url, {}))
        listing = await changes.since(calendar, token) if token else None
        if listing is None or listing.repeats(known, written):
            listing = await changes.everything(calendar, token="" if listing is None else listing.token)
        asked = [href for href, etag in listing.etags.items() if not etag or known.get(href) != etag]
        if not listing.full:  # Xandikos never lists what came and went since the token: what we made, we look for
            asked += [h for h in written if h in known and h not in listing.etags and h not in listing.removed]
        reading = await calendar.read(asked)
        changed = [each for each in reading.found if not each.etag or known.get(each.href) != each.etag]
        there = {*listing.etags, *asked, *listing.unreadable} - reading.gone
        self._forget(collection, written)
        return SyncResult(
            listing.token,
            tuple(changed),
            tuple(sorted({*listing.removed, *reading.gone} - there)),
            tuple(sorted((there & known.keys()) - {each.href for each in changed})),
            listing.full,
        )

    async def get(self, account: CalendarAccount, collection: Collection, href: str) -> Resource | None:
        return await self._open(account, collection).get(href)

    async def create(self, account: CalendarAccount, collection: Collection, name: str, body: str) -> Resource:
        calendar, href = self._open(account, collection), path_of(quote(name), collection.url)
        if _overlooks(collection) and await calendar.get(href) is not None:
            raise ConflictError(f"{href} exists already")
        return await self._put(calendar, href, body, {"If-None-Match": "*"})

    async def update(
        self, account: CalendarAccount, collection: Collection, href: str, body: str, etag: str
    ) -> Resource:
        _require_strong(etag, href)
        calendar = self._open(account, collection)
        if _overlooks(collection):
            await _require_unchanged(calendar, href, etag)
        return await self._put(calendar, href, body, {"If-Match": etag})

    async def delete(self, account: CalendarAccount, collection: Collection, href: str, etag: str) -> None:
        _require_strong(etag, href)
        calendar = self._open(account, collection)
        if _overlooks(collection) and await calendar.get(href) is not None:
            await _require_unchanged(calendar, href, etag)
        reply = await calendar.ask("DELETE", href, headers={"If-Match": etag})
        if reply.status in GONE:
            await calendar.require()
        elif reply.status != 412 or await calendar.get(href) is not None:
            await _require_written(calendar, reply, href)  # to most servers, a precondition on what is gone fails

    async def _put(self, calendar: OpenCalendar, href: str, body: str, condition: Mapping[str, str]) -> Resource:
        reply = await calendar.ask("PUT", href, body, {"Content-Type": ICAL, **condition})
        await _require_written(calendar, reply, href)
        stored: Resource | None = Resource(href, reply.etag, body)
        if not reply.etag:  # RFC 4791 §5.3.4: it stored something else
            stored = await calendar.get(href)
        if stored is None:
            raise ConflictError(f"{href} was removed right after it was written")
        self._written.setdefault(calendar.collection.url, {})[href] = stored.etag
        return stored

    async def to_read(self, account: CalendarAccount) -> tuple[Collection, ...]:
        since, found = self._discovered.pop(account, (0.0, None))
        if found is None or asyncio.get_running_loop().time() > since + FRESH:
            found = Discovery(self._dav, account)
        calendars = await found.to_read()
        if calendars:
            self._addresses[account] = await found.addresses()
        return calendars

    async def mark(self, account: CalendarAccount, collection: Collection) -> str:
        return await freebusy.mark(self._open(account, collection))

    async def busy(self, account: CalendarAccount, collection: Collection, query: BusyQuery) -> BusyReading:
        calendar = self._open(account, collection)
        bodies = None
        with suppress(TimeoutError):
            async with asyncio.timeout(READING):
                bodies = await freebusy.events(calendar, query.within)
        if bodies is not None:
            known = replace(query, addresses=query.addresses | await self._addresses_of(account))
            return await self._times(bodies, known)
        text = await freebusy.free_busy(calendar, query.within)
        return BusyReading(_told(text, query, calendar.host), events=False)

    async def free_busy_of(
        self, organizer: CalendarAccount, collection: Collection, addresses: Several[str], within: Span
    ) -> dict[str, tuple[BusyTime, ...]]:
        mine, calendar = await self.scheduling(organizer, collection), self._open(organizer, collection)
        told = await freebusy.ask_outbox(calendar, mine, sorted(addresses), within)
        query = BusyQuery(within, "UTC")
        return {
            each.lower(): _told(told[each.lower()], query, calendar.host) for each in addresses if each.lower() in told
        }

    async def _times(self, bodies: Sequence[str], query: BusyQuery) -> BusyReading:
        if sum(map(len, bodies)) <= SMALL and not (reading := busy_times(bodies, query, HERE)).missed:
            return reading
        left = (body for body in bodies if not self._closed)  # nobody waits for the rest when we end
        return await asyncio.get_running_loop().run_in_executor(self._thread, busy_times, left, query)

    async def _addresses_of(self, account: CalendarAccount) -> frozenset[str]:
        """What else the server knows the login by."""
        if account not in self._addresses:
            with suppress(AccessError, ConfigError, PermanentError):
                self._addresses[account] = await Discovery(self._dav, account).addresses()
        return self._addresses.setdefault(account, frozenset())

    def _open(self, account: CalendarAccount, collection: Collection) -> OpenCalendar:
        return OpenCalendar(self._dav, account, collection)

    def _forget(self, collection: Collection, told: Mapping[str, str]) -> None:
        """What a sync has told of is not looked for again, unless it was written anew in the meantime."""
        still = self._written.get(collection.url, {})
        self._written[collection.url] = {href: etag for href, etag in still.items() if told.get(href) != etag}


def _told(text: str, query: BusyQuery, host: str) -> tuple[BusyTime, ...]:
    try:
        return free_busy_times(text, query)
    except Exception as error:  # the library raises many things, and none of them means that there is no busy time
        raise TemporaryError(f"{host} answers with what is no free/busy time: {type(error).__name__}") from error


def _overlooks(collection: Collection) -> bool:
    """Whether the server is SOGo, which overlooks If-None-Match on PUT, If-Match on DELETE, and If-Match on PUT where
    nothing is. It is known by its path, because a proxy before it rewrites its name.
    """
    return "/sogo/" in urlsplit(collection.url).path.lower()


def _require_strong(etag: str, href: str) -> None:
    if not etag or etag.startswith("W/"):
        raise PermanentError(f"the server gives {href} no strong ETag, so a change could undo somebody else's")


async def _require_unchanged(calendar: OpenCalendar, href: str, etag: str) -> None:
    there = await calendar.get(href)
    if there is None or there.etag != etag:
        raise ConflictError(f"{href} was changed meanwhile")


async def _require_written(calendar: OpenCalendar, reply: Reply, href: str) -> None:
    """RFC 4791 §5.3.2: which refusal means that somebody else was first, and which that the calendar is gone."""
    if 200 <= reply.status < 300:
        return
    named = conditions(reply.body)
    if reply.status in (403, 404, 409, 410):  # Cyrus says 403 where there is no calendar
        await calendar.require()
    if reply.status in (404, 409, 410, 412) or (reply.status == 403 and TAKEN & set(named)):
        raise ConflictError(f"{href}: somebody wrote first ({reply.status})")
    if reply.status == 507:
        raise PermanentError(f"{calendar.host} has no space left for this login (507)")
    why = f": {', '.join(named)}" if named else ""
    raise PermanentError(f"{calendar.host} refuses to write the event ({reply.status}{why})")
