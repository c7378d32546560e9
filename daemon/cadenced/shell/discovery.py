"""From what a person knows of their calendar (a server, an address, a link) to the calendar to write to.

Owns the steps of RFC 6764 and RFC 4791 §6.2. Must never know an event.
"""

import asyncio
from urllib.parse import urljoin

from cadenced.core.accounts import CalendarAccount, Collection
from cadenced.core.errors import ConfigError, PermanentError, TemporaryError
from cadenced.shell.dav import Ask, Dav, path_of, url_of
from cadenced.shell.multistatus import CAL, DAV, DISCOVER, Member, parse

WELL_KNOWN = "/.well-known/caldav"  # RFC 6764 §5
LOOKUP = 10  # seconds for DNS and .well-known
CALENDAR = f"{CAL}calendar"


async def discover(dav: Dav, account: CalendarAccount) -> Collection:
    """The account's calendar. ConfigError, with the names that there are, when there is none of the asked name."""
    url = account.url or await _looked_up(account)
    here = await _first(dav, account, url)
    if here is not None and here.is_a(CALENDAR) and not account.calendar:
        return Collection(account.name, url_of(_slashed(here.href), url), here.text(f"{DAV}displayname"))
    homes, default = await _homes(dav, account, url, here)
    calendars = [each for home in homes for each in await _calendars(dav, account, url_of(home, url))]
    chosen = _chosen(account, calendars, path_of(default, url) if default else "")
    return Collection(account.name, url_of(_slashed(chosen.href), url), chosen.text(f"{DAV}displayname"))


async def _looked_up(account: CalendarAccount) -> str:
    """The server of a mail address, by DNS and .well-known (RFC 6764); done by the caldav library, in a thread."""
    from caldav.discovery import discover_caldav  # noqa: PLC0415 — it costs half a second, and few accounts need it

    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(None, lambda: discover_caldav(account.address, timeout=LOOKUP))
    except Exception as error:  # the library lets its HTTP client's exceptions through
        raise TemporaryError(f"the calendar server of {account.address} cannot be looked up: {error}") from error
    if found is None:
        raise ConfigError(f"calendars.{account.name}: no calendar server is known for {account.address}; say its url")
    return str(found.url)


async def _first(dav: Dav, account: CalendarAccount, url: str) -> Member | None:
    """What the url itself is; where it is no WebDAV, what .well-known leads to."""
    reply = await dav.request(account, Ask("PROPFIND", url, body=DISCOVER, headers=_depth("0")))
    if reply.status == 207:
        members = parse(reply.body, url).members
        return members[0] if members else None
    if reply.status in (403, 404, 405, 501):
        return None
    raise PermanentError(f"{account.url} answers {reply.status} to a calendar client")


async def _homes(dav: Dav, account: CalendarAccount, url: str, here: Member | None) -> tuple[list[str], str]:
    """The calendar homes of the login, and the default calendar where the server names one (RFC 6638 §9.2)."""
    if here is None:
        here = await _first(dav, account, urljoin(url, WELL_KNOWN))
    if here is not None and (homes := here.hrefs(f"{CAL}calendar-home-set")):
        return homes, ""
    principals = here.hrefs(f"{DAV}current-user-principal") if here is not None else []
    if principals:
        principal = await _first(dav, account, url_of(principals[0], url))
        if principal is not None and (homes := principal.hrefs(f"{CAL}calendar-home-set")):
            defaults = principal.hrefs(f"{CAL}schedule-default-calendar-URL")
            return homes, defaults[0] if defaults else ""
    if here is not None and here.is_a(f"{DAV}collection"):
        return [here.href], ""  # a calendar home by its own address
    raise ConfigError(f"calendars.{account.name}: {url} is no calendar server, as far as can be told; check the url")


async def _calendars(dav: Dav, account: CalendarAccount, home: str) -> list[Member]:
    reply = await dav.request(account, Ask("PROPFIND", home, body=DISCOVER, headers=_depth("1")))
    if reply.status != 207:
        raise PermanentError(f"{home} answers {reply.status} to a calendar client")
    return [each for each in parse(reply.body, home).members if each.is_a(CALENDAR) and each.holds_events()]


def _chosen(account: CalendarAccount, calendars: list[Member], default: str) -> Member:
    """By display name or last part of the path; without a name the default one, else the first by its path."""
    names = sorted(each.text(f"{DAV}displayname") or _last(each.href) for each in calendars)
    if account.calendar:
        for each in calendars:
            if account.calendar in (each.text(f"{DAV}displayname"), _last(each.href)):
                return each
        there = f"there are: {', '.join(names)}" if names else "there is none at all; make one in a calendar app"
        raise ConfigError(f'calendars.{account.name}: no calendar is called "{account.calendar}"; {there}')
    if not calendars:
        raise ConfigError(f"calendars.{account.name}: the login has no calendar yet; make one in a calendar app")
    usual = (each for each in calendars if default and _slashed(each.href) == _slashed(default))
    return next(usual, min(calendars, key=lambda each: each.href))


def _depth(depth: str) -> dict[str, str]:
    return {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}


def _slashed(path: str) -> str:
    return path if path.endswith("/") else path + "/"


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]
