"""CalDAV as the reconciler needs it: discover, sync, get, create, update, delete (RFC 4791, RFC 6578).

Owns the servers' quirks. Fits reconciler/ports.Calendars, whose promises tests/contract holds against every server we
can start. Must never know whose event it writes, nor why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource, SyncResult
from cadenced.core.errors import ConflictError, MissingError, PermanentError, TemporaryError
from cadenced.shell import discovery
from cadenced.shell.dav import Ask, Dav, Reply, SessionFactory, TooLargeError, path_of, url_of
from cadenced.shell.multistatus import (
    CAL,
    DAV,
    LIST,
    Member,
    Multistatus,
    conditions,
    multiget_report,
    parse,
    sync_report,
)

BATCH = 100  # hrefs in one multiget: reading by hundreds is fastest on every server measured
EVENT = 1 << 20  # bytes of one event; what is larger is none of ours
PAGES = 1000  # parts of a truncated sync (RFC 6578 §3.6); the smallest part seen holds 100 members
XML = "application/xml; charset=utf-8"
ICAL = "text/calendar; charset=utf-8"
TAKEN = frozenset({"no-uid-conflict", "unique-scheduling-object-resource"})  # of a 403 (Cyrus), RFC 4791 §5.3.2.1
BAD_TOKEN = frozenset({400, 403, 409, 412})  # what servers answer to a token they forgot


class CalDav:
    """`make_session` takes a TLS context or None; a simulation passes one over its own transport."""

    def __init__(self, make_session: SessionFactory | None = None, *, deadline: float | None = None) -> None:
        self._dav = Dav(make_session) if deadline is None else Dav(make_session, deadline)
        self._careless: set[str] = set()

    async def close(self) -> None:
        await self._dav.close()

    async def discover(self, account: CalendarAccount) -> Collection:
        return await discovery.discover(self._dav, account)

    async def sync(
        self, account: CalendarAccount, collection: Collection, token: str, known: Mapping[str, str]
    ) -> SyncResult:
        listing = await self._changes(account, collection, token) if token else None
        if listing is None or _unasked(listing, known):
            listing = await self._everything(account, collection, token="" if listing is None else listing.token)
        changed = [href for href, etag in listing.etags.items() if not etag or known.get(href) != etag]
        found, vanished = await self._read(account, collection, changed)
        listed = listing.etags.keys() - set(vanished)
        return SyncResult(
            listing.token,
            tuple(found),
            tuple(sorted({*listing.removed, *vanished} - listed)),
            tuple(sorted(listed - {each.href for each in found} - set(changed))),
            listing.full,
        )

    async def get(self, account: CalendarAccount, collection: Collection, href: str) -> Resource | None:
        reply = await self._dav.request(account, Ask("GET", url_of(href, collection.url), cap=EVENT))
        if reply.status in (404, 410):
            return None
        if reply.status != 200:
            raise PermanentError(f"{_host(reply)} answers {reply.status} when asked for an event")
        return Resource(path_of(href, collection.url), reply.etag, reply.body.decode("utf-8", "replace"))

    async def create(self, account: CalendarAccount, collection: Collection, name: str, body: str) -> Resource:
        href = path_of(quote(name), collection.url)
        if _host_of(collection.url) in self._careless and await self.get(account, collection, href) is not None:
            raise ConflictError(f"{href} exists already")
        return await self._put(account, collection, href, body, {"If-None-Match": "*"})

    async def update(
        self, account: CalendarAccount, collection: Collection, href: str, body: str, etag: str
    ) -> Resource:
        if not etag:
            raise PermanentError(f"the server gives {href} no strong ETag, so writing it could lose somebody's edit")
        return await self._put(account, collection, href, body, {"If-Match": etag})

    async def delete(self, account: CalendarAccount, collection: Collection, href: str, etag: str) -> None:
        if not etag:
            raise PermanentError(f"the server gives {href} no strong ETag, so deleting it could lose somebody's edit")
        if _host_of(collection.url) in self._careless:
            there = await self.get(account, collection, href)
            if there is not None and there.etag != etag:
                raise ConflictError(f"{href} was changed meanwhile")
        url = url_of(href, collection.url)
        reply = await self._dav.request(account, Ask("DELETE", url, headers={"If-Match": etag}))
        if reply.status == 412 and await self.get(account, collection, href) is None:
            return  # gone already: to four of five servers a precondition on what is gone fails
        if reply.status not in (404, 410):
            _written(reply, href)

    async def _put(
        self, account: CalendarAccount, collection: Collection, href: str, body: str, condition: Mapping[str, str]
    ) -> Resource:
        headers = {"Content-Type": ICAL, **condition}
        reply = await self._dav.request(account, Ask("PUT", url_of(href, collection.url), body=body, headers=headers))
        if "sogo" in reply.headers.get("Server", "").lower():
            self._careless.add(_host_of(collection.url))  # it overlooks If-None-Match on PUT and If-Match on DELETE
        _written(reply, href)
        if reply.etag:
            return Resource(href, reply.etag, body)
        stored = await self.get(account, collection, href)  # RFC 4791 §5.3.4: no ETag, so it stored something else
        if stored is None:
            raise ConflictError(f"{href} was removed right after it was written")
        return stored

    async def _changes(self, account: CalendarAccount, collection: Collection, token: str) -> "_Listing | None":
        """What changed since the token, or None when the server doesn't know it (any more)."""
        listing = _Listing(token)
        for _ in range(PAGES):
            reply = await self._report(account, collection, sync_report(listing.token))
            if reply.status in BAD_TOKEN:
                return None
            part = _multistatus(reply, collection)
            listing.take(part, collection)
            if not any(member.status == 507 for member in part.members):
                return listing
        raise TemporaryError(f"{_host(reply)} never came to the end of its changes")

    async def _everything(self, account: CalendarAccount, collection: Collection, token: str) -> "_Listing":
        """The whole collection, with a token to go on from where the server has any."""
        listing = _Listing("", full=True)
        if not token:
            for _ in range(PAGES):
                reply = await self._report(account, collection, sync_report(listing.token))
                if reply.status != 207:
                    break
                part = _multistatus(reply, collection)
                listing.take(part, collection)
                if not any(member.status == 507 for member in part.members):
                    return listing
            listing = _Listing("", full=True)
        headers = {"Depth": "1", "Content-Type": XML}
        reply = await self._dav.request(account, Ask("PROPFIND", collection.url, body=LIST, headers=headers))
        listing.take(_multistatus(reply, collection), collection)
        listing.token = token
        return listing

    async def _report(self, account: CalendarAccount, collection: Collection, body: str, depth: str = "0") -> Reply:
        headers = {"Depth": depth, "Content-Type": XML}
        return await self._dav.request(account, Ask("REPORT", collection.url, body=body, headers=headers))

    async def _read(
        self, account: CalendarAccount, collection: Collection, hrefs: Sequence[str]
    ) -> tuple[list[Resource], list[str]]:
        """The events at `hrefs`, and those of them that are gone by now."""
        found: list[Resource] = []
        gone: list[str] = []
        for batch in (hrefs[i : i + BATCH] for i in range(0, len(hrefs), BATCH)):
            read = await self._multiget(account, collection, batch)
            found += read.values()
            for href in (href for href in batch if href not in read):  # a 404, an omission, or a weak ETag: ask singly
                try:
                    single = await self.get(account, collection, href)
                except TooLargeError:
                    continue
                if single is None:
                    gone.append(href)
                else:
                    found.append(single)
        return found, gone

    async def _multiget(
        self, account: CalendarAccount, collection: Collection, hrefs: Sequence[str]
    ) -> dict[str, Resource]:
        try:
            reply = await self._report(account, collection, multiget_report(hrefs), "1")
        except TooLargeError:
            return {}
        found = {}
        for member in _multistatus(reply, collection).members:
            etag, data = member.text(f"{DAV}getetag"), member.raw(f"{CAL}calendar-data")
            if data is not None and etag and not etag.startswith("W/"):
                found[member.href] = Resource(member.href, etag, data)
        return found


@dataclass
class _Listing:
    """Members with their ETags ("" where it is weak), and those that are gone."""

    token: str
    full: bool = False
    etags: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def take(self, part: Multistatus, collection: Collection) -> None:
        own = path_of(collection.url).rstrip("/")
        for member in part.members:
            if member.href.rstrip("/") == own or member.href.endswith("/"):
                continue
            if member.status == 404:
                self.etags.pop(member.href, None)
                self.removed.add(member.href)
            elif member.status == 200:
                self.removed.discard(member.href)
                self.etags[member.href] = _strong(member)
        self.token = part.token or self.token


def _strong(member: Member) -> str:
    etag = member.text(f"{DAV}getetag")
    return "" if etag.startswith("W/") else etag


def _unasked(listing: _Listing, known: Mapping[str, str]) -> bool:
    """Whether a server may have answered a token with its whole listing (DAViCal and SOGo do): it lists what has not
    changed. Then what it doesn't list may be gone, so the listing is taken in full.
    """
    return any(etag and known.get(href) == etag for href, etag in listing.etags.items())


def _multistatus(reply: Reply, collection: Collection) -> Multistatus:
    if reply.status in (404, 410):
        raise MissingError(f"the calendar {collection.name or collection.url} is not there any more ({reply.status}).")
    if reply.status != 207:
        raise PermanentError(f"{_host(reply)} answers {reply.status} when asked for a calendar's events")
    return parse(reply.body, collection.url)


def _written(reply: Reply, href: str) -> None:
    """RFC 4791 §5.3.2: which refusal means that somebody else was first."""
    if 200 <= reply.status < 300:
        return
    named = conditions(reply.body)
    if reply.status in (404, 409, 410, 412) or (reply.status == 403 and TAKEN & set(named)):
        raise ConflictError(f"{href}: somebody wrote first ({reply.status})")
    if reply.status == 507:
        raise PermanentError(f"{_host(reply)} has no space left for this login (507)")
    why = f": {', '.join(named)}" if named else ""
    raise PermanentError(f"{_host(reply)} refuses to write the event ({reply.status}{why})")


def _host(reply: Reply) -> str:
    return _host_of(reply.url)


def _host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
