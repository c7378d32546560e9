"""Calendar text bared to what says when: no title, place, alarm or attachment goes any further than here.

Owns which properties tell whether and when somebody is busy, and which time zone a TZID means. Must never know what
blocks whom. Baring makes the rest harmless: a property of a megabyte is never parsed, nor one that is garbled.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Calendar, Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from cadenced.wire.contentlines import unfold
from cadenced.wire.steps import Steps

Bared: TypeAlias = Any  # a component: of what a property of it holds, icalendar's own types tell nothing
MARK = "X-CADENCED-MEETING"
OUTLOOK = "X-MICROSOFT-CDO-BUSYSTATUS"
TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
KEPT = frozenset(
    {*TIMES, "UID", "DURATION", "RRULE", "SEQUENCE", "STATUS", "TRANSP", "ATTENDEE", "FREEBUSY", MARK, OUTLOOK}
)
COMPONENTS = frozenset({"VEVENT", "VFREEBUSY"})
LONGEST_LINE = 1 << 16  # characters: an EXDATE of twenty years of weeks has 16,000, and no other line half of that
LARGEST_ZONE = 1000  # lines: some servers write every change of a century
ZONES = 256  # of VTIMEZONEs read: calendars of many people have the same few
PASSED = 40  # characters that are looked through in a step
LINE = 25  # steps for a line that is parsed, and half a step for each of its characters
LONG = 200  # characters; two steps and a half for each one beyond: sixteen of an EXDATE are a date
ZONE = 50_000  # steps for a VTIMEZONE whose TZID nobody else knows: its changes are worked out from its first year on
RULES = 12  # that a VTIMEZONE may have: summer time and winter time, as they were in some decades
_NAME = re.compile(r"[A-Za-z0-9-]+(?=[:;])")
_TZID = re.compile(r';TZID=("[^"]*"|[^":;,]*)', re.IGNORECASE)
_DAY = re.compile(r"^[^:]*;VALUE=DATE[:;]", re.IGNORECASE)
_YEARLY = re.compile(  # the rules of clocks: each comes every year, or nearly so
    r"RRULE(;(FREQ=YEARLY|INTERVAL=1|WKST=[A-Z]{2}|UNTIL=[0-9TZ]+|BYMONTH=\d+|BYDAY=[+-]?[1-4]?(MO|TU|WE|TH|FR|SA|SU)|"
    r"BYMONTHDAY=-?([1-9]|1\d|2[0-8])(,([1-9]|1\d|2[0-8])){0,6}))+"
)
_SINCE = re.compile(r":(1[6-9]|[2-9]\d)\d\d")  # Outlook's clocks change since 1601
_IANA = {name.lower(): name for name in available_timezones()}


@dataclass
class _Parts:
    """The lines that are kept, and each VTIMEZONE's own text by its TZID."""

    lines: list[str] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)


def bare_components(body: str, timezone: str, steps: Steps | None = None) -> list[Bared]:
    """The VEVENTs (and VFREEBUSYs) of a calendar's text, with the properties in KEPT alone. Each time has a zone:
    where the text names none, or one that nobody knows, `timezone`. ValueError and others when it is no calendar text;
    UnboundedError when reading it takes more than `steps`.
    """
    if steps is not None:
        steps.take(len(body) // PASSED)
    parts = _parts(unfold(body))
    if steps is not None:
        steps.take(sum(LINE + len(line) // 2 + 2 * max(0, len(line) - LONG) for line in parts.lines))
    text = "\r\n".join(["BEGIN:VCALENDAR", *parts.lines, "END:VCALENDAR", ""])
    zones = _Zones(parts.zones, ZoneInfo(timezone), steps)
    found: list[Bared] = [each for each in Calendar.from_ical(text).subcomponents if each.name in COMPONENTS]
    for each in found:
        _locate(each, zones)
    return found


@lru_cache(maxsize=ZONES)
def zone_name(tzid: str) -> str:
    """The IANA zone that a TZID names: by itself, after a vendor's path (RFC 5545 §3.2.19), or in the words of Windows.
    "" when it names none.
    """
    bare = tzid.strip('"').strip("/")
    words = bare.split("/")
    for name in (bare, WINDOWS_TO_OLSON.get(bare, ""), *("/".join(words[n:]) for n in range(1, len(words)))):
        if (found := _IANA.get(name.lower())) is not None:
            return found
    return ""


def _parts(text: str) -> _Parts:
    parts, within = _Parts(), list[str]()
    zone: list[str] = []
    for line in re.split(r"\r?\n", text):
        name = found[0].upper() if (found := _NAME.match(line)) else ""
        if name == "BEGIN":
            within.append(line[6:].strip().upper())
        if "VTIMEZONE" in within:
            zone.append(line)
        elif within and within[-1] in COMPONENTS and (name in KEPT or name in ("BEGIN", "END")):
            parts.lines += _kept(name, line)
        if name == "END" and within and within.pop() == "VTIMEZONE":
            tzid = next((each[5:].strip() for each in zone if each.upper().startswith("TZID:")), "")
            parts.zones[tzid], zone = "\r\n".join(zone), []
    return parts


def _kept(name: str, line: str) -> list[str]:
    if len(line) > LONGEST_LINE and name != "FREEBUSY":  # that one may be all that a server says, on one line
        return []
    return [_with_known_zone(line) if name in TIMES else line]


def _with_known_zone(line: str) -> str:
    """The line with its TZID spelt as IANA does, where that is what it names: whatever a VTIMEZONE beside it says."""
    if (found := _TZID.search(line)) is None:
        return line
    if _DAY.search(line):  # RFC 5545 §3.2.19: a day has no zone
        return f"{line[: found.start()]}{line[found.end() :]}"
    if (name := zone_name(found[1])) == "":
        return line
    return f"{line[: found.start(1)]}{name}{line[found.end(1) :]}"


@dataclass
class _Zones:
    """The zones that a calendar's own VTIMEZONEs describe, each made out when a time first names it."""

    texts: Mapping[str, str]
    own: ZoneInfo
    steps: Steps | None
    _known: dict[str, tzinfo] = field(default_factory=dict)

    def of(self, tzid: str) -> tzinfo:
        """`own` where nothing else is known."""
        if tzid not in self._known:
            text = self.texts.get(tzid, "")
            if text and self.steps is not None:
                self.steps.take_once(text, ZONE)
            self._known[tzid] = (_custom(text) if text else None) or self.own
        return self._known[tzid]


@lru_cache(maxsize=ZONES)
def _custom(text: str) -> tzinfo | None:
    """The zone that a VTIMEZONE describes; None where it cannot be made out, or changes otherwise than clocks do:
    each change would be worked out, and looked for until the year 9999. Under one name for all, for the library
    remembers by name what one calendar said.
    """
    lines = [line for line in text.split("\r\n") if not line.upper().startswith("TZID:")]
    if len(lines) > LARGEST_ZONE or len(text) > LONGEST_LINE or not _is_a_clock([line.upper() for line in lines]):
        return None
    try:
        component: Any = Timezone.from_ical("\r\n".join([lines[0], "TZID:described", *lines[1:], ""]))
        zone: tzinfo = component.to_tz(lookup_tzid=False)
    except Exception:  # noqa: BLE001 — any text may stand there, and the library raises many things
        return None
    return zone


def _is_a_clock(lines: Sequence[str]) -> bool:
    """Whether the rules among the lines of a VTIMEZONE are such as clocks have, and since no earlier than any had."""
    rules = [line.replace(":", ";", 1) for line in lines if line.startswith("RRULE")]
    since = [line for line in lines if line.startswith("DTSTART")]
    return (
        len(rules) <= RULES
        and all(_YEARLY.fullmatch(rule) and ("BY" not in rule or "BYMONTH=" in rule) for rule in rules)
        and all(_SINCE.search(line) for line in since)
    )


def _locate(component: Bared, zones: _Zones) -> None:
    """Gives each time its zone. A day has none: whose day it is, the reader knows."""
    for name in TIMES:
        given = component.get(name)
        for each in given if isinstance(given, list) else [given] if given is not None else []:
            values = list(_values(each))
            if any(_is_floating(value.dt) for value in values):
                zone = zones.of(str(each.params.get("TZID", "")))
                for value in values:
                    value.dt = _placed(value.dt, zone)


def _is_floating(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return any(isinstance(part, datetime) and part.tzinfo is None for part in parts)


def _values(given: Any) -> Iterator[Any]:
    """The times within a property: one, or those of a list."""
    yield from given.dts if hasattr(given, "dts") else [given]


def _placed(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, tuple):  # a period: its second half may be a length
        return tuple(_placed(each, zone) for each in value)
    return value.replace(tzinfo=zone) if isinstance(value, datetime) and value.tzinfo is None else value
