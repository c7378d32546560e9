"""From what a person knows of their calendar (a server, an address, a link) to the calendar to write to, and to what
the login can do in the way of invitations.

Owns the steps of RFC 6764, RFC 4791 §6.2 and RFC 6638 §2. Must never know an event.
"""

import asyncio
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from yarl import URL

from cadenced.core.accounts import CalendarAccount, Collection, Scheduling
from cadenced.core.errors import AccessError, ConfigError, PermanentError, TemporaryError
from cadenced.shell.dav import Ask, Dav, Reply, led_to, path_of, url_of
from cadenced.shell.multistatus import CAL, CALENDARS, DAV, DISCOVER, GONE, INVITING, PRINCIPAL, Member, parse

WELL_KNOWN = "/.well-known/caldav"  # RFC 6764 §5
HOPS = 4  # redirects from there: to the right path, to its slash, and two to spare
LOOKUP = 10  # seconds for DNS and .well-known
MAILTO = "mailto:"
AUTOMATIC = "calendar-auto-schedule"  # in the DAV header (RFC 6638 §2)
CALENDAR = f"{CAL}calendar"
DEFAULT = f"{CAL}schedule-default-calendar-URL"
ADDRESSES = f"{CAL}calendar-user-address-set"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource, with what it says of itself."""

    url: str
    says: Member

    def urls(self, name: str) -> list[str]:
        """Those in a property. They may lie on another host of the provider, as with iCloud."""
        return [led_to(href, self.url) for href in self.says.hrefs(name)]

    @property
    def name(self) -> str:
        return self.says.text(f"{DAV}displayname") or self.last

    @property
    def last(self) -> str:
        """The last part of its path, as a person reads it."""
        return unquote(urlsplit(self.url).path.rstrip("/").rpartition("/")[2])

    @property
    def leads_on(self) -> bool:
        props = (f"{CAL}calendar-home-set", f"{DAV}current-user-principal")
        return self.says.is_a(CALENDAR) or any(self.says.hrefs(prop) for prop in props)


class Discovery:
    """What one login leads to. Each step is gone once: several questions, one after the other, cost little more than
    the first. Raises ConfigError where the settings lead nowhere, with the names that there are where one is wrong.
    """

    def __init__(self, dav: Dav, account: CalendarAccount) -> None:
        self._dav, self._account = dav, account
        self._gate: _Place | None = None
        self._who: _Place | None = None
        self._found: tuple[list[_Place], str] | None = None

    async def to_write(self) -> Collection:
        """The account's calendar."""
        here, account = await self._entrance(), self._account
        if here.says.is_a(CALENDAR) and not account.calendar:
            return _checked(account, here)
        calendars, default = await self._calendars()
        found = _named(account, calendars) if account.calendar else _usual(account, calendars, default)
        return _checked(account, found)

    async def names(self) -> list[str]:
        """The calendars for events that the login sees, by name."""
        here = await self._entrance()
        if here.says.is_a(CALENDAR) and not self._account.calendar:
            return [here.name]
        calendars, _ = await self._calendars()
        return sorted(each.name for each in calendars)

    async def to_read(self) -> tuple[Collection, ...]:
        """The calendars whose events keep the person busy: those that `read` names, else all that hold events and that
        nobody marked as keeping nobody busy (RFC 6638 §9.1).
        """
        account = self._account
        if account.read == ():
            return ()
        here = await self._entrance()
        alone = here.says.is_a(CALENDAR) and not here.urls(f"{DAV}current-user-principal")
        calendars, _ = ([], "") if alone else await self._calendars()
        found = {_slashed(each.url): each for each in calendars}
        if here.says.is_a(CALENDAR):
            found.setdefault(_slashed(here.url), here)
        calendars = [found[url] for url in sorted(found)]
        if account.read is not None:
            named = {each.url for name in account.read for each in _called(account, calendars, name)}
            calendars = [each for each in calendars if each.url in named]
        else:
            calendars = [each for each in calendars if not each.says.is_transparent()]
        return tuple(Collection(account.name, _slashed(each.url), each.name) for each in calendars)

    async def addresses(self) -> frozenset[str]:
        """By what addresses the server knows the login (RFC 6638 §2.4.1), in small letters and without mailto: where it
        says so by the way.
        """
        principal = await self._principal(await self._entrance())
        known = principal.says.hrefs(ADDRESSES) if principal is not None else ()
        return frozenset(unquote(href).strip().lower().removeprefix(MAILTO) for href in known)

    async def scheduling(self, collection: Collection) -> Scheduling:
        """What the login can do for invitations that stand in this calendar."""
        options = await self._dav.request(self._account, Ask("OPTIONS", collection.url))
        words = {word.strip() for word in options.headers.get("DAV", "").lower().split(",")}
        here = await self._place(collection.url)
        principal = await self._principal(here) if here is not None else None
        if principal is None:
            return Scheduling(AUTOMATIC in words)
        asked = Ask("PROPFIND", principal.url, body=INVITING, headers={"Depth": "0", "Content-Type": XML})
        reply = await self._dav.request(self._account, asked)
        members = parse(reply.body, reply.url).members if reply.status == 207 else ()
        principal = _at(reply, members[0]) if members else principal
        known = principal.says.hrefs(ADDRESSES)
        mail = [unquote(href[len(MAILTO) :]) for href in known if href.lower().startswith(MAILTO)]
        outboxes = principal.urls(f"{CAL}schedule-outbox-URL")
        return Scheduling(AUTOMATIC in words, *(found[0] if found else "" for found in (mail, outboxes)))

    async def _entrance(self) -> _Place:
        """What the url is; where that leads nowhere, what .well-known leads to (RFC 6764 §5, §6)."""
        if self._gate is None:
            account = self._account
            url = _canonical(account, account.url or await _looked_up(account))
            here = await self._place(url)
            if here is None or not here.leads_on:
                there = await self._place(url_of(WELL_KNOWN, url))
                here = there if there is not None and there.leads_on else here
            if here is None:
                raise ConfigError(_no_server(account, url))
            self._gate = here
        return self._gate

    async def _calendars(self) -> tuple[list[_Place], str]:
        """Those for events in the homes of the login, and the path of its default one where the server names one."""
        if self._found is None:
            homes, default = await self._homes(await self._entrance())
            self._found = [each for home in homes for each in await self._within(home)], default
        return self._found

    async def _homes(self, here: _Place) -> tuple[list[str], str]:
        principal = await self._principal(here)
        if principal is not None and (homes := principal.urls(f"{CAL}calendar-home-set")):
            return homes, await self._default(principal)
        if here.says.is_a(f"{DAV}collection"):
            return [here.url], ""  # a calendar home by its own address
        raise ConfigError(_no_server(self._account, here.url))

    async def _principal(self, here: _Place) -> _Place | None:
        """The login's own resource, as far as the server names one; else where we are."""
        if not here.urls(f"{CAL}calendar-home-set") and (urls := here.urls(f"{DAV}current-user-principal")):
            if self._who is None:
                self._who = await self._place(urls[0], PRINCIPAL)
            return self._who
        return here

    async def _default(self, principal: _Place) -> str:
        """The path of the default calendar, or "". The inbox says it (RFC 6638 §9.2), in sabre/dav the principal."""
        found = principal.urls(DEFAULT)
        boxes = principal.urls(f"{CAL}schedule-inbox-URL")
        if not found and boxes and not self._account.calendar:
            with suppress(AccessError, ConfigError):  # then there is none
                inbox = await self._place(boxes[0])
                found = inbox.urls(DEFAULT) if inbox is not None else []
        return path_of(found[0]) if found else ""

    async def _within(self, home: str) -> list[_Place]:
        reply = await self._asked(home, "1", CALENDARS)
        if reply.status != 207:
            raise PermanentError(f"{home} answers {reply.status} to a calendar client")
        members = parse(reply.body, home).members
        return [_at(reply, each) for each in members if each.is_a(CALENDAR) and each.holds_events()]

    async def _place(self, url: str, body: str = DISCOVER) -> _Place | None:
        """What is at `url`, or None where WebDAV is not spoken. What was asked for by its path and is not there, or not
        for this login, is an error: a typing mistake must not lead to another calendar.
        """
        account, by_path = self._account, urlsplit(url).path not in ("", "/", WELL_KNOWN)
        reply = await self._asked(url, "0", body)
        members = parse(reply.body, reply.url).members if reply.status == 207 else ()
        status = members[0].status if members else reply.status  # Xandikos says 404 within a 207
        if members and status == 200:
            return _at(reply, members[0])
        if status == 403 and by_path:
            raise AccessError(f"{account.section}: {account.username!r} may not look at {url} (403); check the url")
        if status in GONE and by_path:
            raise ConfigError(f"{account.section}: there is nothing at {url} ({status}); check the url")
        return None

    async def _asked(self, url: str, depth: str, body: str) -> Reply:
        """The reply to a PROPFIND. Redirects are followed from .well-known alone (RFC 6764 §5), on the same host."""
        headers = {"Depth": depth, "Content-Type": XML}
        well_known = urlsplit(url).path == WELL_KNOWN
        bare = urlsplit(url).path in ("", "/")
        ask = Ask("PROPFIND", url, body=body, headers=headers, onward=well_known or bare)
        reply = await self._dav.request(self._account, ask)
        for _ in range(HOPS if well_known else 0):
            if not 300 <= reply.status < 400:
                break
            target = led_to(reply.headers.get("Location", ""), url)
            if urlsplit(target)[:2] != urlsplit(url)[:2]:
                break
            url = target
            reply = await self._dav.request(self._account, replace(ask, url=url, onward=True))
        if well_known and 300 <= reply.status < 400:
            where = reply.headers.get("Location", "nowhere")
            section = self._account.section
            raise ConfigError(f"{section}: the server says that calendars are at {where}; put that as url")
        return reply


def _canonical(account: CalendarAccount, url: str) -> str:
    try:
        return str(URL(url))
    except ValueError as error:
        raise ConfigError(f"{account.section}: {url!r} is no address of a server ({error})") from None


async def _looked_up(account: CalendarAccount) -> str:
    """The server of a mail address, by DNS and .well-known (RFC 6764); done by the caldav library, in a thread."""
    from caldav.discovery import discover_caldav  # noqa: PLC0415 — it costs half a second, and few accounts need it

    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(None, lambda: discover_caldav(account.address, timeout=LOOKUP))
    except Exception as error:  # the library lets its HTTP client's exceptions through
        raise TemporaryError(f"the calendar server of {account.address} cannot be looked up: {error}") from error
    if found is None:
        raise ConfigError(f"{account.section}: no calendar server is known for {account.address}; say its url")
    return str(found.url)


def _named(account: CalendarAccount, calendars: Sequence[_Place]) -> _Place:
    """The one to write to."""
    found = _called(account, calendars, account.calendar)
    if len(found) == 1:
        return found[0]
    urls = " and ".join(sorted(each.url for each in found))
    raise ConfigError(f'{account.section}: several are called "{account.calendar}"; put one as url: {urls}')


def _called(account: CalendarAccount, calendars: Sequence[_Place], name: str) -> list[_Place]:
    """By display name or last part of the path."""
    wanted = _normal(name)
    found = [each for each in calendars if wanted in (_normal(each.name), _normal(each.last))]
    if found:
        return found
    names = ", ".join(sorted(each.name for each in calendars))
    there = f"there are: {names}" if names else "there is none at all; make one in a calendar app"
    raise ConfigError(f'{account.section}: no calendar is called "{name}"; {there}')


def _usual(account: CalendarAccount, calendars: Sequence[_Place], default: str) -> _Place:
    """The default calendar, else the first by its path of those that may be written: birthdays come before personal."""
    if not calendars:
        raise ConfigError(f"{account.section}: the login has no calendar yet; make one in a calendar app")
    usual = [each for each in calendars if _slashed(path_of(each.url)) == _slashed(default)]
    writable = [each for each in calendars if each.says.may_be_written()]
    return min(usual or writable or calendars, key=lambda each: each.url)


def _checked(account: CalendarAccount, found: _Place) -> Collection:
    """The calendar, if events can be written to it."""
    if not found.says.holds_events():
        raise ConfigError(f'{account.section}: "{found.name}" takes no events; name another calendar')
    if not found.says.may_be_written():
        raise ConfigError(f'{account.section}: "{found.name}" may only be read; name another calendar')
    return Collection(account.name, _slashed(found.url), found.says.text(f"{DAV}displayname"))


def _at(reply: Reply, member: Member) -> _Place:
    return _Place(url_of(member.href, reply.url), member)


def _no_server(account: CalendarAccount, url: str) -> str:
    return f"{account.section}: {url} is no calendar server, as far as can be told; check the url"


def _slashed(url: str) -> str:
    return url if url.endswith("/") else url + "/"


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
