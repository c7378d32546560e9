"""What somebody says to an invitation of ours, as their calendar app writes it: REPLY, COUNTER, REFRESH (RFC 5546).

Owns which of these texts can be taken at their word. Must never know who is invited, nor what an answer means. Never
raises, whatever the text is: what can't be taken is Unusable, with a reason for a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from icalendar.parser import Contentline

from cadenced.core.participation import PartStat
from cadenced.wire.attendees import participations
from cadenced.wire.bare import bare_components
from cadenced.wire.contentlines import components, name_of, own, split, text_of, unfold, value_of
from cadenced.wire.ical import YEARS
from cadenced.wire.received import Attached

LARGEST = 1 << 18  # characters: an invitation with a long agenda has 10,000
LINES = 5000  # content lines: a VTIMEZONE of a century has 1,000
WORDS = 2000  # characters of a comment that are kept
HIGHEST = (1 << 31) - 1  # of a SEQUENCE (RFC 5545 §3.3.8)
ELSEWHERE = ("UTC", "Pacific/Kiritimati")  # a time that is not the same in both names no zone
_SAID = {each.value: each for each in (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE)}


@dataclass(frozen=True, slots=True)
class Reply:
    """`attendee` is a bare address in small letters. `partstat` is None where they would send somebody else instead
    (DELEGATED), which a mentorship has no place for.
    """

    uid: str
    attendee: str
    sequence: int
    partstat: PartStat | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Counter:
    """They propose another time. `start` and `end` are aware, in UTC. `attendee` is empty where the text names several
    (§3.2.7 lets it): then it is whoever sent the mail.
    """

    uid: str
    attendee: str
    sequence: int
    start: datetime
    end: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Refresh:
    """They ask for the invitation once more."""

    uid: str
    attendee: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """`uid` is the event's, where that can be told."""

    reason: str
    uid: str = ""


Said: TypeAlias = Reply | Counter | Refresh | Unusable


def said_by(calendars: Sequence[Attached]) -> Said | None:
    """What the calendars of one mail say; None when it has none. Two that differ leave open which one is meant."""
    if not calendars:
        return None
    first, *others = (said(each.text, each.method) for each in calendars)
    return first if all(each == first for each in others) else Unusable("it has two calendars that differ", first.uid)


def said(text: str, method: str = "") -> Said:
    """What one calendar's text says. `method` is the MIME type's, which counts only where the text names none: Proton
    Bridge drops the one, and no app both.
    """
    if len(text) > LARGEST:
        return Unusable("its calendar is larger than any answer should be")
    lines = split(text)
    if len(lines) > LINES:
        return Unusable("its calendar has more lines than any answer should have")
    events = list(components(lines, "VEVENT"))
    if len(events) != 1:
        return Unusable("its calendar holds no event" if not events else "its calendar holds more than one event")
    return _Event(text, lines, events[0]).said(_method(lines) or method.strip().upper())


def _method(lines: list[str]) -> str:
    """METHOD is a property of the calendar (RFC 5545 §3.7.2)."""
    spans = components(lines, "VCALENDAR")
    found = (value_of(lines[n]) for span in spans for n in own(lines, span) if name_of(lines[n]) == "METHOD")
    return next(found, "").strip().upper()


class _Event:
    """The event of an answer, with its own lines by name. Of several of one name the first counts."""

    def __init__(self, text: str, lines: list[str], span: range) -> None:
        self._text = text
        self._lines = {name_of(lines[number]): lines[number] for number in reversed([*own(lines, span)])}
        self._uid = self._value("UID")

    def said(self, method: str) -> Said:
        readers = {"REPLY": self._reply, "COUNTER": self._counter, "REFRESH": self._refresh}
        read: Callable[[list[str]], Said] | None = readers.get(method)
        if read is None:
            return self._unusable(f"its calendar is no answer to an invitation ({method[:40] or 'it has no METHOD'})")
        if not self._uid:
            return self._unusable("its calendar names no event (UID)")
        if {"RECURRENCE-ID", "RRULE"} & self._lines.keys():
            return self._unusable("it speaks of a recurring event, and ours do not recur")
        who = [address for address in participations(self._text) if address]
        if not who or (len(who) > 1 and method != "COUNTER"):
            return self._unusable("its calendar names several people" if who else "its calendar names nobody")
        return read(who)

    def _reply(self, who: list[str]) -> Said:
        said = _parameters(self._lines["ATTENDEE"])
        partstat = _SAID.get(said.get("PARTSTAT", "").upper())
        if partstat is None and said.get("PARTSTAT", "").upper() != "DELEGATED":
            return self._unusable("its calendar says neither yes nor no (PARTSTAT)")
        return Reply(self._uid, who[0], self._sequence(), partstat, self._value("COMMENT"))

    def _counter(self, who: list[str]) -> Said:
        try:
            (start, end), elsewhere = (_times(self._text, zone) for zone in ELSEWHERE)
        except Exception as error:  # noqa: BLE001 — any text may stand there, and the library raises many things
            words = str(error) if isinstance(error, _NoTimeError) else "it can't be read"
            return self._unusable(f"the time that it proposes can't be taken: {words}")
        if (start, end) != elsewhere:
            return self._unusable("the time that it proposes can't be taken: its time zone can't be told")
        attendee = who[0] if len(who) == 1 else ""
        return Counter(self._uid, attendee, self._sequence(), start, end, self._value("COMMENT"))

    def _refresh(self, who: list[str]) -> Said:
        return Refresh(self._uid, who[0])

    def _unusable(self, reason: str) -> Unusable:
        return Unusable(reason, self._uid)

    def _sequence(self) -> int:
        """0 where it says none (RFC 5545 §3.8.7.4), or no number."""
        value = self._value("SEQUENCE")
        return min(int(value), HIGHEST) if value.isascii() and value.isdigit() and len(value) < 20 else 0

    def _value(self, name: str) -> str:
        return text_of(self._lines.get(name, "")).strip()[:WORDS]


class _NoTimeError(ValueError):
    """No time, though it was read: its text says why, for a person."""


def _times(text: str, zone: str) -> tuple[datetime, datetime]:
    """Start and end in UTC, as they are to who lives in `zone`. _NoTimeError, and what the library raises."""
    event = bare_components(text, zone)[0]
    if "DTSTART" not in event:
        raise _NoTimeError("the start is missing")
    start = event["DTSTART"].dt
    if not isinstance(start, datetime):
        raise _NoTimeError("only the day is named")
    if "DTEND" in event:
        end = event["DTEND"].dt
    elif "DURATION" in event:
        end = start.astimezone(UTC) + event["DURATION"].dt
    else:
        raise _NoTimeError("the end is missing")
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if not start < end:
        raise _NoTimeError("the end lies before the start")
    if start.year not in YEARS or end.year not in YEARS:
        raise _NoTimeError("the year can't be meant")
    return start, end


def _parameters(line: str) -> dict[str, str]:
    """Without those of a line that is none; a parameter with several values counts as none."""
    try:
        _, found, _ = Contentline(unfold(line)).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return {}
    return {name.upper(): value for name, value in found.items() if isinstance(value, str)}
