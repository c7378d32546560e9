"""Calendar text as busy times: which events keep somebody busy, and when (DESIGN §6).

Owns what blocks and what does not, by RFC 5545 and what calendar apps make of it. Must never know where the text comes
from. Only times leave this module. Whatever stands in an event that cannot be read, it loses that event alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, FreeBusy

from cadenced.core.busytime import BusyQuery, BusyReading, BusyTime, Span, apart_from, clipped
from cadenced.core.model import Identity
from cadenced.wire.bare import MARK, OUTLOOK, Bared, bare_components
from cadenced.wire.occurrences import EVENT, each_by_itself, occurrences, recurs
from cadenced.wire.steps import Steps, UnboundedError

PRODID = "-//cadenced//cadenced//EN"
FREE = frozenset({"FREE", "WORKINGELSEWHERE"})  # of OUTLOOK
NOT_COMING = frozenset({"DECLINED", "DELEGATED"})  # of PARTSTAT (RFC 5545 §3.2.12)
MOST = 20_000  # events of one calendar that are read: a busy decade; more would be read at the cost of the others
CALENDAR = 3_000_000  # steps for what recurs in a calendar: five thousand weekly events, or a thousand daily ones
EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def busy_times(bodies: Iterable[str], query: BusyQuery, most: int = CALENDAR) -> BusyReading:
    """When the events in these calendar texts keep their person busy. Never raises: what cannot be read blocks nothing,
    and of what recurs in ways that are not followed, or at a price beyond `most` steps for all, the first time alone
    is told. Twice as many steps are for the texts.

    Blocking, for a microsecond a step: seconds, for thousands of events.
    """
    found: list[BusyTime] = []
    left, missed, steps, reading = MOST, 0, Steps(most), Steps(2 * most)
    for body in bodies:
        try:
            events = _events(body, query.timezone, reading if left > 0 else Steps(0))
        except UnboundedError:
            missed += 1
            continue
        missed += max(0, len(events) - left)
        for series in _by_uid(events[:left]):
            times, whole = _of_series(series, query, steps)
            found += times
            missed += not whole
        left -= len(events)
    return BusyReading(clipped(found, query.within), events=True, missed=missed)


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


def _events(body: str, timezone: str, steps: Steps) -> list[Bared]:
    try:
        return [each for each in bare_components(body, timezone, steps) if each.name == "VEVENT"]
    except UnboundedError:
        raise
    except Exception:  # noqa: BLE001 — any text may stand in a calendar, and the library raises many things
        return []


def _by_uid(events: Iterable[Bared]) -> Iterator[list[Bared]]:
    """Each event with its exceptions (RFC 4791 §4.1 lets only one UID into a resource; not everybody keeps to it)."""
    found = defaultdict[str, list[Bared]](list)
    for each in events:
        found[str(each.get("UID", ""))].append(each)
    yield from found.values()


def _of_series(series: Sequence[Bared], query: BusyQuery, steps: Steps) -> tuple[list[BusyTime], bool]:
    """Its busy times, and whether they are all."""
    if any(_ours(each, query) for each in series):
        return [], True
    share, whole, recurring = steps.share(EVENT), True, recurs(series)
    try:
        told = list(occurrences(series, query.within, share))
    except Exception:  # noqa: BLE001 — as above
        told, whole = list(each_by_itself(series)), not recurring
    steps.back(share)
    found, zone = list[BusyTime](), ZoneInfo(query.timezone)
    with suppress(Exception):  # as above; what was read before it stays
        blocking = {id(each): _blocks(each, query) for each in series}
        for each in told:
            if (tentative := blocking[id(each.event)]) is not None:
                found.append(BusyTime(_instant(each.start, zone), _instant(each.end, zone), tentative))
    return found, whole


def _ours(event: Bared, query: BusyQuery) -> bool:
    uid = str(event.get("UID", ""))
    identity = Identity.parse(str(event.get(MARK, "")))
    return uid in query.ours or (identity is not None and identity.uid == uid)


def _blocks(event: Bared, query: BusyQuery) -> bool | None:
    """Whether it keeps the person busy only tentatively; None when not at all."""
    status, outlook = str(event.get("STATUS", "")).upper(), str(event.get(OUTLOOK, "")).upper()
    answers = _answers(event, query.addresses)
    if status == "CANCELLED" or outlook in FREE or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    if answers & NOT_COMING:
        return None
    return "TENTATIVE" in {status, outlook} or "TENTATIVE" in answers


def _answers(event: Bared, addresses: frozenset[str]) -> set[str]:
    """What the person themselves has answered to the invitation, if it is one. An attendee may go by a server's own
    address, with a mail address beside it (RFC 7986 §6.2).
    """
    given = event.get("ATTENDEE", [])
    found = set()
    for each in given if isinstance(given, list) else [given]:
        called = {_address(str(each)), _address(str(each.params.get("EMAIL", "")))}
        if called & addresses:
            found.add(str(each.params.get("PARTSTAT", "NEEDS-ACTION")).upper())
    return found


def _address(text: str) -> str:
    return text.strip().lower().removeprefix("mailto:")


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
