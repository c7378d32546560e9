"""Examines the servers of an installation, side by side with what cadenced needs of them. Changes nothing there.

Owns what is asked, and which answer is a fault. Must never know how a finding is shown.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Collection, MailAccount, MailboxAccount, Scheduling
from cadenced.core.errors import CadencedError, TemporaryError
from cadenced.core.findings import Finding, Verdict
from cadenced.shell import changes, freebusy
from cadenced.shell.dav import Ask, Dav, Reply
from cadenced.shell.diagnosis import fault
from cadenced.shell.discovery import XML, Discovery
from cadenced.shell.mailbox import Mailbox
from cadenced.shell.mailer import Mailer
from cadenced.shell.multistatus import DISCOVER, parse
from cadenced.shell.opened import OpenCalendar

APART = timedelta(minutes=1)  # of two clocks: further, and it is unclear which of two moves was the later one
_WAYS = {"events": "by the events of", "free/busy": "as free/busy alone by", "nothing": "not a word from"}


async def examine_calendar(dav: Dav, account: CalendarAccount, now: datetime) -> list[Finding]:
    """From the address to the clock, as far as it goes: the first fault ends it. `now` is aware."""
    return [each async for each in _Examination(dav, account, now).run()]


async def examine_mail(mailer: Mailer, account: MailAccount) -> list[Finding]:
    """Whether messages could be handed over; none is."""
    where = f"{account.host}:{account.port}"
    try:
        await mailer.open(account)
    except CadencedError as error:
        return [await fault("smtp", account, error, "certificate")]
    finally:
        await mailer.close()
    safe = "in clear, on this machine" if account.tls == "none" else f"encrypted, {account.tls}"
    login = Finding("smtp", "login", Verdict.FINE, account.username or "none asked for")
    return [Finding("smtp", "reached", Verdict.FINE, f"{where}, {safe}"), login]


async def examine_mailbox(mailbox: Mailbox, account: MailboxAccount) -> list[Finding]:
    """Whether what people answer could be read; nothing is."""
    where = f"{account.host}:{account.port}"
    try:
        _, last = await mailbox.latest(account)
    except CadencedError as error:
        return [await fault("mailbox", account, error, "folder")]
    finally:
        await mailbox.close()
    safe = "in clear, on this machine" if account.tls == "none" else f"encrypted, {account.tls}"
    folder = f'"{account.folder}", whose last message has the UID {last}' if last else f'"{account.folder}", empty'
    return [
        Finding("mailbox", "reached", Verdict.FINE, f"{where}, {safe}"),
        Finding("mailbox", "login", Verdict.FINE, account.username or "none asked for"),
        Finding("mailbox", "folder", Verdict.FINE, folder),
    ]


class _Examination:
    def __init__(self, dav: Dav, account: CalendarAccount, now: datetime) -> None:
        self._dav, self._account, self._now = dav, account, now
        self._subject, self._discovery = account.section, Discovery(dav, account)

    async def run(self) -> AsyncIterator[Finding]:
        try:
            collection = await self._discovery.to_write()
            names = await self._discovery.names()
            rights = await self._rights(collection)
        except CadencedError as error:
            yield await self._failed(error)
            return
        yield self._says("reached", _host(collection.url))
        yield self._says("login", self._account.username or "none asked for")
        yield self._writes(collection, names, told=rights)
        async for finding in self._of(collection):
            yield finding

    async def _rights(self, collection: Collection) -> bool:
        """Whether the server names what the login may do there: discovery has refused what it says may only be read."""
        headers = {"Depth": "0", "Content-Type": XML}
        reply = await self._dav.request(self._account, Ask("PROPFIND", collection.url, DISCOVER, headers))
        members = parse(reply.body, reply.url).members if reply.status == 207 else ()
        return any(member.rights() is not None for member in members)

    def _writes(self, collection: Collection, names: Sequence[str], *, told: bool) -> Finding:
        others = [name for name in names if name != collection.name]
        beside = f"; beside it: {', '.join(others)}" if others else ""
        name = f'"{collection.name or collection.url}"'
        if told:
            return self._says("calendar", f"{name}, which may be written{beside}")
        words = f"{name}; whether it may be written the server doesn't tell{beside}"
        advice = "nothing, unless `cadenced status` says that it refuses an event: then let the login write there"
        return self._notes("calendar", words, advice)

    async def _of(self, collection: Collection) -> AsyncIterator[Finding]:
        try:
            listing = await changes.since(OpenCalendar(self._dav, self._account, collection), "")
            options = await self._dav.request(self._account, Ask("OPTIONS", collection.url))
            invitations = await self._discovery.scheduling(collection)
        except CadencedError as error:
            yield await self._failed(error)
            return
        if listing is not None:
            yield self._says("sync", "by token")
        else:
            words = "without token: each look lists the whole calendar"
            yield self._notes("sync", words, "nothing, unless the server is slow")
        yield self._invites(invitations) if self._account.name == ORGANIZER else self._schedules(invitations)
        yield self._clock(options)
        if self._account.name != ORGANIZER:
            yield await self._busy()

    async def _busy(self) -> Finding:
        """Which calendars tell when the login's person is busy: by their events, or as free/busy alone."""
        ways: dict[str, list[str]] = {"events": [], "free/busy": [], "nothing": []}
        try:
            for each in await self._discovery.to_read():
                ways[await self._way(each)].append(f'"{each.name or each.url}"')
        except CadencedError as error:
            return await self._failed(error, "busy")
        words = [f"{_WAYS[way]} {', '.join(names)}" for way, names in ways.items() if names]
        if ways["nothing"]:
            advice = "let the login read it, or name the others: read = […]"
            return Finding(self._subject, "busy", Verdict.FAULT, "; ".join(words), advice)
        return self._says("busy", "; ".join(words) or "no calendar is read: the person is free in all their hours")

    async def _way(self, collection: Collection) -> str:
        """Asked about a day, which is enough to see whether there is an answer."""
        calendar, day = OpenCalendar(self._dav, self._account, collection), (self._now, self._now + timedelta(days=1))
        try:
            if await freebusy.listed(calendar, day) is not None:
                return "events"
            await freebusy.free_busy(calendar, day)
        except TemporaryError:
            raise
        except CadencedError:
            return "nothing"
        return "free/busy"

    def _schedules(self, found: Scheduling) -> Finding:
        return self._says("scheduling", "the server sends invitations by itself" if found.automatic else "none")

    def _invites(self, found: Scheduling) -> Finding:
        """Of the organizer's login, that is what it is for."""
        if not found.automatic:
            words = "the server sends no invitations by itself (RFC 6638), so nobody would get any"
            advice = "name a login on a server that does, or leave [organizer] out: people without a calendar get mails"
        elif not found.address:
            words = "the server knows no mail address of the login, so it can invite nobody"
            advice = "give the login a mail address on the server"
        else:
            return self._says("scheduling", f"invites as {found.address}")
        return Finding(self._subject, "scheduling", Verdict.FAULT, words, advice)

    def _clock(self, reply: Reply) -> Finding:
        try:
            theirs = parsedate_to_datetime(reply.headers.get("Date", "")).astimezone(UTC)
        except (ValueError, TypeError):
            return self._notes("clock", "the server doesn't tell the time", "nothing")
        apart = round((theirs - self._now).total_seconds())
        if abs(apart) <= APART.total_seconds():
            return self._says("clock", f"{abs(apart)} s apart")
        way = "ahead" if apart > 0 else "behind"
        advice = "set the clocks of both by NTP: of two moves the later one holds"
        return self._notes("clock", f"the server is {abs(apart)} s {way}", advice)

    async def _failed(self, error: CadencedError, step: str = "calendar") -> Finding:
        return await fault(self._subject, self._account, error, step)

    def _says(self, what: str, words: str) -> Finding:
        return Finding(self._subject, what, Verdict.FINE, words)

    def _notes(self, what: str, words: str, advice: str) -> Finding:
        return Finding(self._subject, what, Verdict.NOTE, words, advice)


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}, {'encrypted' if parts.scheme == 'https' else 'in clear, on this machine'}"
