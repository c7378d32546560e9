"""Calendar text as busy times: which events keep somebody busy, and when (DESIGN §6).

Owns what blocks and what does not, by RFC 5545 and what calendar apps make of it. Must never know where the text comes
from. Only times leave this module. Whatever stands in an event that cannot be read, it loses that event alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, FreeBusy

from cadenced.core.busytime import BusyQuery, BusyTime, Span, apart_from, clipped
from cadenced.core.model import Identity
from cadenced.wire.bare import MARK, OUTLOOK, Bared, bare_components
from cadenced.wire.occurrences import occurrences

PRODID = "-//cadenced//cadenced//EN"
FREE = frozenset({"FREE", "WORKINGELSEWHERE"})  # of OUTLOOK
NOT_COMING = frozenset({"DECLINED", "DELEGATED"})  # of PARTSTAT (RFC 5545 §3.2.12)
MOST = 20_000  # events of one calendar that are read: a busy decade; more would be read at the cost of the others
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def busy_times(bodies: Iterable[str], query: BusyQuery) -> tuple[BusyTime, ...]:
    """When the events in these calendar texts keep their person busy. Never raises: what cannot be read blocks nothing.

    Blocking: seconds, for thousands of events.
    """
    found: list[BusyTime] = []
    left = MOST
    for body in bodies:
        events = _events(body, query.timezone)[:left]
        left -= len(events)
        for series in _by_uid(events):
            found += _of_series(series, query)
    return clipped(found, query.within)


def free_busy_times(text: str, query: BusyQuery) -> tuple[BusyTime, ...]:
    """What a server's VFREEBUSY says (RFC 5545 §3.6.4), without the times of our own events: it names none, so nobody
    can tell them from others.

    ValueError when it is none.
    """
    told = [each for each in bare_components(text, query.timezone) if each.name == "VFREEBUSY"]
    if not told:
        raise ValueError("it holds no free/busy time")
    periods = [busy for each in told for busy in _periods(each)]
    return clipped(apart_from(periods, query.ours.values()), query.within)


def free_busy_request(organizer: str, addresses: Iterable[str], within: Span) -> str:
    """The question to a scheduling outbox: when are these addresses free (RFC 5546 §3.3.2)? The same question has the
    same UID, and no moment of its own.
    """
    who = sorted(addresses)
    question = FreeBusy()
    question.add("uid", str(uuid5(NAMESPACE_URL, f"{organizer} {who} {within}")))
    for name, moment in (("dtstamp", within[0]), ("dtstart", within[0]), ("dtend", within[1])):
        question.add(name, moment.astimezone(UTC))
    question.add("organizer", f"mailto:{organizer}")
    for each in who:
        question.add("attendee", f"mailto:{each}")
    calendar = Calendar()
    for name, text in (("prodid", PRODID), ("version", "2.0"), ("method", "REQUEST")):
        calendar.add(name, text)
    calendar.add_component(question)
    return str(calendar.to_ical(sorted=False), "utf-8")


def _events(body: str, timezone: str) -> list[Bared]:
    try:
        return [each for each in bare_components(body, timezone) if each.name == "VEVENT"]
    except Exception:  # noqa: BLE001 — any text may stand in a calendar, and the library raises many things
        return []


def _by_uid(events: Iterable[Bared]) -> Iterator[list[Bared]]:
    """Each event with its exceptions (RFC 4791 §4.1 lets only one UID into a resource; not everybody keeps to it)."""
    found = defaultdict[str, list[Bared]](list)
    for each in events:
        found[str(each.get("UID", ""))].append(each)
    yield from found.values()


def _of_series(series: Sequence[Bared], query: BusyQuery) -> list[BusyTime]:
    if any(_ours(each, query) for each in series):
        return []
    found = list[BusyTime]()
    with suppress(Exception):  # as above; what was read before it stays
        found.extend(busy for each in occurrences(series, query.within) if (busy := _busy(each, query)) is not None)
    return found


def _ours(event: Bared, query: BusyQuery) -> bool:
    uid = str(event.get("UID", ""))
    identity = Identity.parse(str(event.get(MARK, "")))
    return uid in query.ours or (identity is not None and identity.uid == uid)


def _busy(event: Bared, query: BusyQuery) -> BusyTime | None:
    """The time that an occurrence blocks; None when it blocks none."""
    status, outlook = str(event.get("STATUS", "")).upper(), str(event.get(OUTLOOK, "")).upper()
    answers = _answers(event, query.addresses)
    if status == "CANCELLED" or outlook in FREE or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    if answers & NOT_COMING:
        return None
    zone = ZoneInfo(query.timezone)
    start = event["DTSTART"].dt
    span = (_instant(start, zone), _instant(_end(event, start), zone))
    tentative = "TENTATIVE" in {status, outlook} or "TENTATIVE" in answers
    return BusyTime(*span, tentative)


def _answers(event: Bared, addresses: frozenset[str]) -> set[str]:
    """What the person themselves has answered to the invitation, if it is one."""
    given = event.get("ATTENDEE", [])
    found = set()
    for each in given if isinstance(given, list) else [given]:
        if str(each).strip().lower().removeprefix("mailto:") in addresses:
            found.add(str(each.params.get("PARTSTAT", "NEEDS-ACTION")).upper())
    return found


def _end(event: Bared, start: Any) -> Any:
    """DTEND, or DTSTART and DURATION; a day alone lasts a day, a moment alone no time (RFC 5545 §3.6.1)."""
    if "DTEND" in event:
        return event["DTEND"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _instant(value: date | datetime, zone: ZoneInfo) -> datetime:
    """In UTC; a day begins with the person's own midnight. At both ends of the calendar its end."""
    local = value if isinstance(value, datetime) else datetime.combine(value, time(), zone)
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return EARLIEST if local.year == EARLIEST.year else LATEST


def _periods(component: Bared) -> Iterator[BusyTime]:
    """Those of FREEBUSY, each a start with an end or a length (RFC 5545 §3.3.9), in UTC (§3.8.2.6)."""
    given = component.get("FREEBUSY", [])
    for each in given if isinstance(given, list) else [given]:
        kind = str(each.params.get("FBTYPE", "BUSY")).upper()
        if kind != "FREE":
            yield BusyTime(each.start.astimezone(UTC), each.end.astimezone(UTC), kind == "BUSY-TENTATIVE")
