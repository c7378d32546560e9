"""How a calendar server tells when somebody is busy: by its events, as free/busy, or through the scheduling outbox.

Owns the three questions (RFC 4791 §7.8 and §7.10, RFC 6638 §5), and which answer means that the next is to be asked.
Must never know what blocks whom, nor how often to ask.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from lxml import etree

from cadenced.core.accounts import Scheduling
from cadenced.core.busytime import Span
from cadenced.core.errors import AccessError, PermanentError, TemporaryError
from cadenced.shell.changes import everything
from cadenced.shell.dav import Ask, Reply, TooLargeError
from cadenced.shell.multistatus import CAL, CUT, DAV, GONE
from cadenced.shell.opened import OpenCalendar, TooManyError
from cadenced.wire.busy import free_busy_request

MARGIN = timedelta(days=1)  # around what is asked: of a day, and of a time without a zone, a server knows no hour
REFUSED = frozenset({400, 403, 405, 409, 412, 415, 422, 501, 507})  # to list events; free/busy may be given still
CTAG = "{http://calendarserver.org/ns/}getctag"
SMALL = 1 << 18  # bytes of a list that is read where we are: some 1000 events, 50 ms; of more, in a thread
SUCCESS = "2."  # of a request status (RFC 5546 §3.6)
ICAL = 'text/calendar; charset=utf-8; component=VFREEBUSY; method="REQUEST"'
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/"'
MARKS = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:sync-token/><cs:getctag/></d:prop></d:propfind>"


async def mark(calendar: OpenCalendar) -> str:
    """What stays while nothing changes there: sync-token (RFC 6578 §4), or getctag; "" where it gives neither."""
    reply = calendar.members(await calendar.ask_xml("PROPFIND", MARKS, "0"))
    told = [each.text(name) for each in reply.members for name in (f"{DAV}sync-token", CTAG)]
    return next((each for each in told if each), "")


async def events(calendar: OpenCalendar, within: Span) -> list[str] | None:
    """The texts of the events that may touch a span; None where the server does not hand them out, or too many.

    First their places, then themselves by the hundred: so one that the server garbles costs no other.
    """
    try:
        hrefs = await _candidates(calendar, within)
        return None if hrefs is None else [each.body for each in (await calendar.read(hrefs)).found]
    except (TooLargeError, TooManyError):
        return None


async def _candidates(calendar: OpenCalendar, within: Span) -> list[str] | None:
    """Where the server can't tell, all that there are: of one event with a garbled time Xandikos dies (500)."""
    try:
        return await listed(calendar, within)
    except TemporaryError:
        return sorted((await everything(calendar, token="")).etags)


async def listed(calendar: OpenCalendar, within: Span) -> list[str] | None:
    """Where the events are that may touch a span (RFC 4791 §7.8, §9.9); None where the server won't say."""
    span = (within[0] - MARGIN, within[1] + MARGIN)
    reply = await calendar.ask_xml("REPORT", _query(span), "1")
    if reply.status in REFUSED:
        return None
    if len(reply.body) <= SMALL:
        found = calendar.members(reply).members
    else:
        found = (await asyncio.get_running_loop().run_in_executor(None, calendar.members, reply)).members
    if any(each.status == CUT for each in found):
        return None
    return [each.href for each in found if each.status == 200 and each.href.rstrip("/") != calendar.path.rstrip("/")]


async def free_busy(calendar: OpenCalendar, within: Span) -> str:
    """The VFREEBUSY of a calendar (RFC 4791 §7.10), as text. AccessError where the login may not even have that."""
    reply = await calendar.ask_xml("REPORT", _free_busy_query(within), "1")
    if reply.status == 200:
        return reply.body.decode("utf-8", "replace")
    calendar.members(reply)
    raise PermanentError(f"{calendar.host} lists properties when asked for free/busy time")


async def ask_outbox(
    calendar: OpenCalendar, mine: Scheduling, addresses: Sequence[str], within: Span
) -> dict[str, str]:
    """The VFREEBUSY of each address that the server has one for (RFC 6638 §5), as text. `mine` is the asking login's.

    PermanentError where the login has no outbox, or no address of its own.
    """
    if not mine.outbox or not mine.address:
        raise PermanentError(f"{calendar.host} does not tell {calendar.account.username!r} when others are free")
    headers = {"Content-Type": ICAL, "Originator": f"mailto:{mine.address}"}
    ask = Ask("POST", mine.outbox, free_busy_request(mine.address, addresses, within), headers)
    reply = await calendar.dav.request(calendar.account, ask)
    if reply.status in (403, *GONE):
        raise AccessError(f"{calendar.host} keeps others' free time from the login {calendar.account.username!r}")
    if reply.status != 200:
        raise PermanentError(f"{calendar.host} answers {reply.status} when asked when others are free")
    return _answers(reply)


def _answers(reply: Reply) -> dict[str, str]:
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(reply.body, parser)
    except etree.XMLSyntaxError as error:
        raise TemporaryError(f"the server's reply is no XML: {error}") from None
    found = {}
    for each in root.iterfind(f"{CAL}response"):
        who = (each.findtext(f"{CAL}recipient/{DAV}href") or "").strip()
        data = each.findtext(f"{CAL}calendar-data")
        if data and (each.findtext(f"{CAL}request-status") or "").strip().startswith(SUCCESS):
            found[who.lower().removeprefix("mailto:")] = data
    return found


def _query(within: Span) -> str:
    return (
        f"{_HEAD}<c:calendar-query {_SPACES}><d:prop><d:getetag/></d:prop><c:filter>"
        f'<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">{_range(within)}</c:comp-filter></c:comp-filter>'
        "</c:filter></c:calendar-query>"
    )


def _free_busy_query(within: Span) -> str:
    return f"{_HEAD}<c:free-busy-query {_SPACES}>{_range(within)}</c:free-busy-query>"


def _range(within: Span) -> str:
    return f'<c:time-range start="{_utc(within[0])}" end="{_utc(within[1])}"/>'


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
