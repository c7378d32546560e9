"""Events as text: between iCalendar (RFC 5545) and the values of core/events.py.

Owns what our events look like, and the mark that makes them ours. Must never know where an event is kept, nor decide
what is to be written.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar, Event, vText

from cadenced import __version__
from cadenced.core.actions import CreateEvent, UpdateEvent
from cadenced.core.events import Baseline, EventFields, ObservedEvent
from cadenced.core.model import Identity
from cadenced.wire.attendees import organizer_of
from cadenced.wire.baseline import baseline_text, parse_baseline, stamp
from cadenced.wire.contentlines import components, escaped, main_event, name_of, own, split, text_of, unfold, value_of
from cadenced.wire.timezones import vtimezone

MARK = "X-CADENCED-MEETING"
WRITTEN = "X-CADENCED-WRITTEN"
PLACED = "X-CADENCED-PLACED"
PRODID = f"-//cadenced//cadenced {__version__}//EN"
ORDINARY = 1 << 13  # characters: an event as we write it has about 1,500
REMEMBERED = 8192  # events: some 20 MB
LARGEST = 1 << 20  # characters of one event: far above any real one, far below what slows the others
TEXTS = {"summary": "SUMMARY", "location": "LOCATION", "description": "DESCRIPTION"}
YEARS = range(1970, 2400)  # of an event that is meant; further off, arithmetic on dates comes to its ends
_UID = re.compile(r"^UID[^:\r\n]*:([^\r\n]{1,512})", re.MULTILINE)
_VTIMEZONE = re.compile(r"^BEGIN:VTIMEZONE\r?\n.*?^END:VTIMEZONE\r?\n", re.MULTILINE | re.DOTALL)
_TZID = re.compile(r";TZID=([^:;\r\n]+)")
_ZONES = frozenset(available_timezones())


def compose(action: CreateEvent, now: datetime) -> str:
    """A new event: a VCALENDAR with one VEVENT and its VTIMEZONE. `now` is aware.

    Without ORGANIZER and ATTENDEE: a server that schedules would deliver invitations of its own (DESIGN §8).
    """
    fields = action.fields
    event = Event()
    event.add("uid", action.meeting.uid)
    event.add("created", now.astimezone(UTC))
    event.add("sequence", action.meeting.tries.changes)  # clients remember that of an event that was deleted
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    _set_time(event, fields)
    for name, key in TEXTS.items():
        _set_text(event, key, getattr(fields, name))
    _stamp(event, action, now)
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(event)
    zone = vtimezone(fields.timezone, fields.start.year)  # as text: serialising it anew would cost more than the event
    return _text(calendar).replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT", 1)


def revise(body: str, action: UpdateEvent, now: datetime) -> str:
    """The event as somebody left it, with only the action's `changed` fields and its baseline rewritten.

    Every other line stays as it was, to the byte. A new time or status raises SEQUENCE (RFC 5546 §2.1.4). ValueError
    when the body holds no event; observe() would have named a problem then.
    """
    lines, new = split(body), Event()
    texts = sorted(action.changed & TEXTS.keys())
    names = {"DTSTAMP", "LAST-MODIFIED", MARK, WRITTEN, PLACED, *(TEXTS[name] for name in texts)}
    if action.changed & {"time", "status"}:
        names.add("SEQUENCE")
        new.add("sequence", observe(body).sequence + 1)
    if "time" in action.changed:
        names |= {"DTSTART", "DTEND", "DURATION"}
        _set_time(new, action.fields)
        lines = _with_zone(lines, action.fields)
    if "status" in action.changed:
        names.add("STATUS")
        new.add("status", "CANCELLED" if action.baseline.cancelled else "CONFIRMED")
    for name in texts:
        _set_text(new, TEXTS[name], getattr(action.fields, name))
    _stamp(new, action, now)
    event = main_event(lines)
    gone = {number for number in own(lines, event) if name_of(lines[number]) in names}
    kept = [lines[number] for number in event[1:] if number not in gone]
    revised = [*lines[: event.start + 1], *split(_text(new))[1:-1], *kept, *lines[event.stop :]]
    return "".join(f"{line}\r\n" for line in revised)


def observe(body: str) -> ObservedEvent:
    """The event that a body holds. Never raises: what cannot be read becomes a `problem`, in words."""
    if len(body) > LARGEST:
        return ObservedEvent(uid=_scan_uid(body[:LARGEST]), problem="it is larger than any event should be")
    return _remembered(body) if len(body) <= ORDINARY else _parsed(body)


def _parsed(body: str) -> ObservedEvent:
    try:
        return _observe(_master_event(Calendar.from_ical(_without_known_zones(body))), split(body))
    except Exception as error:  # noqa: BLE001 — any text may stand in a calendar, and the library raises many things
        words = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        return ObservedEvent(uid=_scan_uid(body), problem=f"it is not valid iCalendar ({words})")


# a pair's turn looks at all its events, and hardly any has changed since the turn before
_remembered = lru_cache(maxsize=REMEMBERED)(_parsed)


def names_meeting(body: str) -> bool:
    """Whether the text can be an event of ours, without parsing it: for calendars full of others."""
    return MARK in body or MARK in unfold(body)


def last_words(written: str, body: str, now: datetime) -> str:
    """The baseline's text of an event that a human deleted, with the time that it had then: what they said no to. It
    was `decided` when that was seen. Who tidies away an invitation that was cancelled says no to nothing: that is
    `decided` when it is over.
    """
    baseline, event = parse_baseline(written), observe(body)
    if baseline is None:
        return written
    start, end = event.start or baseline.start, event.end or baseline.end
    withdrawn = event.cancelled and not baseline.cancelled and organizer_of(body) != ""
    return baseline_text(replace(baseline, start=start, end=end, decided=max(now, end) if withdrawn else now))


def _observe(event: Event, lines: list[str]) -> ObservedEvent:
    uid = str(event.get("UID", ""))
    identity = Identity.parse(str(event.get(MARK, "")))
    if identity is not None and identity.uid != uid:
        identity = None  # a copy under another UID, or a forged mark
    texts = _texts(lines)
    found = ObservedEvent(
        uid=uid,
        identity=identity,
        baseline=parse_baseline(str(event.get(WRITTEN, ""))),
        summary=texts.get("SUMMARY", ""),
        location=texts.get("LOCATION", ""),
        description=texts.get("DESCRIPTION", ""),
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
        sequence=int(event.get("SEQUENCE", 0)),
        last_modified=_instant(event, "LAST-MODIFIED") or _instant(event, "DTSTAMP"),
    )
    start: Any = event.get("DTSTART")
    if start is None:
        return replace(found, problem="it has no start")
    if not isinstance(start.dt, datetime):
        return replace(found, problem="it was made an all-day event, so its time is not known")
    begins = _instant(event, "DTSTART")
    if begins is None:
        return replace(found, problem="its start names no time zone that is known")
    ends = _end(event, begins, found.baseline)
    if ends is None or ends < begins:
        return replace(found, problem="its end cannot be read, or lies before its start")
    if begins.year not in YEARS or ends.year not in YEARS:
        return replace(found, problem=f"its time is not between the years {YEARS.start} and {YEARS.stop}")
    return replace(found, start=begins, end=ends, timezone=str(start.params.get("TZID", "UTC")))


def _end(event: Event, start: datetime, baseline: Baseline | None) -> datetime | None:
    """DTEND, or DTSTART and DURATION (RFC 5545 §3.6.1); where a client dropped both, the length that we wrote."""
    if "DTEND" in event:
        return _instant(event, "DTEND")
    if "DURATION" in event:
        length = getattr(event["DURATION"], "dt", None)
        return start + length if isinstance(length, timedelta) else None
    return start + (baseline.end - baseline.start) if baseline else start


def _instant(event: Event, key: str) -> datetime | None:
    """A property's time in UTC. To icalendar, too, the IANA zone of a TZID's name outranks a VTIMEZONE beside it."""
    value = getattr(event.get(key), "dt", None)
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else None


def _master_event(calendar: Calendar) -> Event:
    """The VEVENT that is no exception of a recurring one."""
    events = (each for each in calendar.walk("VEVENT") if "RECURRENCE-ID" not in each)
    found = next(events, None)
    if not isinstance(found, Event):
        raise ValueError("it holds no event")  # noqa: TRY004 — the text is wrong, not the type
    return found


def _texts(lines: list[str]) -> dict[str, str]:
    r"""The event's own lines as texts, read here: icalendar takes the "\N" of a path for a new line. Of several of one
    name the first counts.
    """
    return {name_of(lines[n]): text_of(lines[n]) for n in reversed([*own(lines, main_event(lines))])}


def _set_time(event: Event, fields: EventFields) -> None:
    """In the person's zone; in UTC where the clocks show a time twice and its second pass is meant, for a local time
    means the first (RFC 5545 §3.3.5).
    """
    zone = ZoneInfo(fields.timezone)
    local = [moment.astimezone(zone) for moment in (fields.start, fields.end)]
    start, end = [moment.astimezone(UTC) for moment in local] if any(each.fold for each in local) else local
    event.add("dtstart", start)
    event.add("dtend", end)


def _set_text(event: Event, key: str, text: str) -> None:
    if text:
        event.add(key, _Text(text))


class _Text(vText):
    r"""icalendar would turn the "\N" of a path into a new line."""

    def to_ical(self) -> bytes:
        return escaped(self).encode()


def _stamp(event: Event, action: CreateEvent | UpdateEvent, now: datetime) -> None:
    baseline = action.baseline
    for key in ("DTSTAMP", "LAST-MODIFIED"):
        event.pop(key, None)
        event.add(key, now.astimezone(UTC))
    first, last = map(stamp, baseline.placed)
    for key, text in (
        (MARK, str(action.meeting.identity)),
        (WRITTEN, baseline_text(baseline)),
        (PLACED, f"{first}/{last}"),
    ):
        event.pop(key, None)
        event.add(key, text)


def _with_zone(lines: list[str], fields: EventFields) -> list[str]:
    """With our VTIMEZONE, in the place of one of the same name: it must cover the new year."""
    old = set[int]()
    for span in components(lines, "VTIMEZONE"):
        if any((name_of(lines[n]), value_of(lines[n])) == ("TZID", fields.timezone) for n in own(lines, span)):
            old |= set(span)
    rest = [line for number, line in enumerate(lines) if number not in old]
    place = main_event(rest).start
    return [*rest[:place], *split(vtimezone(fields.timezone, fields.start.year)), *rest[place:]]


def _without_known_zones(body: str) -> str:
    """The text without its VTIMEZONEs when all zones that it names are IANA's, for those outrank them anyway (and
    parsing one costs more than the event).
    """
    rest = _VTIMEZONE.sub("", body)
    return rest if all(name in _ZONES for name in _TZID.findall(rest)) else body


def _scan_uid(body: str) -> str:
    found = _UID.search(unfold(body))
    return found[1].strip() if found else ""


def _text(component: Calendar | Event) -> str:
    return str(component.to_ical(sorted=False), "utf-8")
