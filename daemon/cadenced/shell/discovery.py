"""From what a person knows of their calendar (a server, an address, a link) to the calendar to write to, and to what
the login can do in the way of invitations.

Owns the steps of RFC 6764, RFC 4791 §6.2 and RFC 6638 §2. Must never know an event.
"""

import asyncio
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from yarl import URL

from cadenced.core.accounts import CalendarAccount, Collection, Scheduling
from cadenced.core.errors import AccessError, ConfigError, PermanentError, TemporaryError
from cadenced.shell.dav import Ask, Dav, Reply, path_of, url_of
from cadenced.shell.multistatus import CAL, CALENDARS, DAV, DISCOVER, GONE, INVITING, Member, parse

WELL_KNOWN = "/.well-known/caldav"  # RFC 6764 §5
HOPS = 4  # redirects from there: to the right path, to its slash, and two to spare
LOOKUP = 10  # seconds for DNS and .well-known
MAILTO = "mailto:"
AUTOMATIC = "calendar-auto-schedule"  # in the DAV header (RFC 6638 §2)
CALENDAR = f"{CAL}calendar"
DEFAULT = f"{CAL}schedule-default-calendar-URL"
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource, with what it says of itself."""

    url: str
    says: Member

    def urls(self, name: str) -> list[str]:
        """Those in a property. They may lie on another host of the provider, as with iCloud."""
        return [urljoin(self.url, href) for href in self.says.hrefs(name)]

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


async def discover(dav: Dav, account: CalendarAccount) -> Collection:
    """The account's calendar. ConfigError, with the names that there are, when there is none of the asked name."""
    url = _canonical(account, account.url or await _looked_up(account))
    here = await _entrance(dav, account, url)
    if here.says.is_a(CALENDAR) and not account.calendar:
        return _checked(account, here)
    homes, default = await _homes(dav, account, here)
    calendars = [each for home in homes for each in await _calendars(dav, account, home)]
    return _checked(account, _named(account, calendars) if account.calendar else _usual(account, calendars, default))


async def calendar_names(dav: Dav, account: CalendarAccount) -> list[str]:
    """The calendars for events that the login sees, by name."""
    url = _canonical(account, account.url or await _looked_up(account))
    here = await _entrance(dav, account, url)
    if here.says.is_a(CALENDAR) and not account.calendar:
        return [here.name]
    homes, _ = await _homes(dav, account, here)
    return sorted([each.name for home in homes for each in await _calendars(dav, account, home)])


async def to_read(dav: Dav, account: CalendarAccount) -> tuple[Collection, ...]:
    """The calendars whose events keep the person busy: those that `read` names, else all that hold events and that
    nobody marked as keeping nobody busy (RFC 6638 §9.1).

    ConfigError, with the names that there are, when there is none of a name.
    """
    if account.read == ():
        return ()
    url = _canonical(account, account.url or await _looked_up(account))
    here = await _entrance(dav, account, url)
    alone = here.says.is_a(CALENDAR) and not here.urls(f"{DAV}current-user-principal")
    homes, _ = ([], "") if alone else await _homes(dav, account, here)
    found = {_slashed(each.url): each for home in homes for each in await _calendars(dav, account, home)}
    if here.says.is_a(CALENDAR):
        found.setdefault(_slashed(here.url), here)
    calendars = [found[url] for url in sorted(found)]
    if account.read is not None:
        named = {each.url for name in account.read for each in _called(account, calendars, name)}
        calendars = [each for each in calendars if each.url in named]
    else:
        calendars = [each for each in calendars if not each.says.is_transparent()]
    return tuple(Collection(account.name, _slashed(each.url), each.name) for each in calendars)


async def scheduling(dav: Dav, account: CalendarAccount, collection: Collection) -> Scheduling:
    """What the login can do for invitations that stand in this calendar."""
    options = await dav.request(account, Ask("OPTIONS", collection.url))
    words = {word.strip() for word in options.headers.get("DAV", "").lower().split(",")}
    here = await _place(dav, account, collection.url)
    principal = await _principal(dav, account, here) if here is not None else None
    if principal is None:
        return Scheduling(AUTOMATIC in words)
    asked = Ask("PROPFIND", principal.url, body=INVITING, headers={"Depth": "0", "Content-Type": XML})
    reply = await dav.request(account, asked)
    members = parse(reply.body, reply.url).members if reply.status == 207 else ()
    principal = _at(reply, members[0]) if members else principal
    known = principal.says.hrefs(f"{CAL}calendar-user-address-set")
    mail = [unquote(href[len(MAILTO) :]) for href in known if href.lower().startswith(MAILTO)]
    outboxes = principal.urls(f"{CAL}schedule-outbox-URL")
    return Scheduling(AUTOMATIC in words, *(found[0] if found else "" for found in (mail, outboxes)))


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


async def _entrance(dav: Dav, account: CalendarAccount, url: str) -> _Place:
    """What the url is; where that leads nowhere, what .well-known leads to (RFC 6764 §5, §6)."""
    here = await _place(dav, account, url)
    if here is not None and here.leads_on:
        return here
    there = await _place(dav, account, url_of(WELL_KNOWN, url))
    found = there if there is not None and there.leads_on else here
    if found is None:
        raise ConfigError(_no_server(account, url))
    return found


async def _place(dav: Dav, account: CalendarAccount, url: str) -> _Place | None:
    """What is at `url`, or None where WebDAV is not spoken. What was asked for by its path and is not there, or not for
    this login, is an error: a typing mistake must not lead to another calendar.
    """
    by_path = urlsplit(url).path not in ("", "/", WELL_KNOWN)
    reply = await _asked(dav, account, url, "0")
    members = parse(reply.body, reply.url).members if reply.status == 207 else ()
    status = members[0].status if members else reply.status  # Xandikos says 404 within a 207
    if members and status == 200:
        return _at(reply, members[0])
    if status == 403 and by_path:
        raise AccessError(f"{account.section}: {account.username!r} may not look at {url} (403); check the url")
    if status in GONE and by_path:
        raise ConfigError(f"{account.section}: there is nothing at {url} ({status}); check the url")
    return None


async def _asked(dav: Dav, account: CalendarAccount, url: str, depth: str) -> Reply:
    """The reply to a PROPFIND. Redirects are followed from .well-known alone (RFC 6764 §5), and on the same host."""
    headers = {"Depth": depth, "Content-Type": XML}
    well_known = urlsplit(url).path == WELL_KNOWN
    bare = urlsplit(url).path in ("", "/")
    body = CALENDARS if depth == "1" else DISCOVER
    reply = await dav.request(account, Ask("PROPFIND", url, body=body, headers=headers, onward=well_known or bare))
    for _ in range(HOPS if well_known else 0):
        target = urljoin(url, reply.headers.get("Location", ""))
        if not 300 <= reply.status < 400 or urlsplit(target)[:2] != urlsplit(url)[:2]:
            break
        url = target
        reply = await dav.request(account, Ask("PROPFIND", url, body=body, headers=headers, onward=True))
    if well_known and 300 <= reply.status < 400:
        where = reply.headers.get("Location", "nowhere")
        raise ConfigError(f"{account.section}: the server says that calendars are at {where}; put that as url")
    return reply


async def _homes(dav: Dav, account: CalendarAccount, here: _Place) -> tuple[list[str], str]:
    """The calendar homes of the login, and the path of its default calendar where the server names one."""
    principal = await _principal(dav, account, here)
    if principal is not None and (homes := principal.urls(f"{CAL}calendar-home-set")):
        return homes, await _default(dav, account, principal)
    if here.says.is_a(f"{DAV}collection"):
        return [here.url], ""  # a calendar home by its own address
    raise ConfigError(_no_server(account, here.url))


async def _principal(dav: Dav, account: CalendarAccount, here: _Place) -> _Place | None:
    """The login's own resource, as far as the server names one; else where we are."""
    if not here.urls(f"{CAL}calendar-home-set") and (urls := here.urls(f"{DAV}current-user-principal")):
        return await _place(dav, account, urls[0])
    return here


async def _default(dav: Dav, account: CalendarAccount, principal: _Place) -> str:
    """The path of the default calendar, or "". It is said by the inbox (RFC 6638 §9.2), by sabre/dav's principal."""
    found = principal.urls(DEFAULT)
    boxes = principal.urls(f"{CAL}schedule-inbox-URL")
    if not found and boxes and not account.calendar:
        with suppress(AccessError, ConfigError):  # then there is none
            inbox = await _place(dav, account, boxes[0])
            found = inbox.urls(DEFAULT) if inbox is not None else []
    return path_of(found[0]) if found else ""


async def _calendars(dav: Dav, account: CalendarAccount, home: str) -> list[_Place]:
    reply = await _asked(dav, account, home, "1")
    if reply.status != 207:
        raise PermanentError(f"{home} answers {reply.status} to a calendar client")
    return [_at(reply, each) for each in parse(reply.body, home).members if each.is_a(CALENDAR) and each.holds_events()]


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
