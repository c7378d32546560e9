"""Invitations by mail as text (RFC 5546, RFC 6047): an event of ours as REQUEST, CANCEL or DECLINECOUNTER.

Owns which of an event's lines travel. Must never know how a mail carries them, nor whom to invite.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from icalendar.parser import Contentline

from cadenced.core.participation import Guest
from cadenced.wire.attendees import invite
from cadenced.wire.baseline import STAMP
from cadenced.wire.contentlines import components, escaped, main_event, name_of, own, split
from cadenced.wire.ical import PRODID

_ESSENTIAL = frozenset(
    {"UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "DESCRIPTION"}
)
_OURS = "X-CADENCED-"


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    DECLINE_COUNTER = "DECLINECOUNTER"


def invitation(  # noqa: PLR0913 — each says something else
    event_body: str, organizer: Guest, attendee: Guest, method: Method, sequence: int, *, now: datetime | None = None
) -> bytes:
    """The event of `event_body` (wire/ical.compose) for this one guest, in UTF-8. `sequence` is what the organizer has
    come to (RFC 5546 §2.1.4); with `now`, which is aware, it is stamped anew (§2.1.5). ValueError without an event.
    """
    status = "CANCELLED" if method is Method.CANCEL else "CONFIRMED"
    return _message(event_body, organizer, attendee, method, [f"SEQUENCE:{sequence}", f"STATUS:{status}"], now)


def declined_counter(  # noqa: PLR0913 — as above
    event_body: str, organizer: Guest, attendee: Guest, sequence: int, comment: str, *, now: datetime | None = None
) -> bytes:
    """That the time which the guest proposed is not taken, and why (§3.2.8); the event's own time stays. As above."""
    said = [f"SEQUENCE:{sequence}", *([f"COMMENT:{escaped(comment)}"] if comment else [])]
    return _message(event_body, organizer, attendee, Method.DECLINE_COUNTER, said, now)


def _message(  # noqa: PLR0913, PLR0917 — as above
    body: str, organizer: Guest, attendee: Guest, method: Method, said: Iterable[str], now: datetime | None
) -> bytes:
    lines = split(body)
    span = main_event(lines)
    kept = [
        lines[n] for n in own(lines, span) if name_of(lines[n]) in _ESSENTIAL or name_of(lines[n]).startswith(_OURS)
    ]
    if now is not None:
        stamp = f"DTSTAMP:{now.astimezone(UTC).strftime(STAMP)}"
        kept = [stamp, *(line for line in kept if name_of(line) != "DTSTAMP")]
    zones = [line for zone in components(lines, "VTIMEZONE") for line in lines[zone.start : zone.stop]]
    head = [f"PRODID:{PRODID}", "VERSION:2.0", "CALSCALE:GREGORIAN", f"METHOD:{method}"]
    event = ["BEGIN:VEVENT", *kept, *map(_folded, said), "END:VEVENT"]
    whole = ["BEGIN:VCALENDAR", *head, *zones, *event, "END:VCALENDAR"]
    return invite("".join(f"{line}\r\n" for line in whole), organizer, [attendee]).encode()


def _folded(line: str) -> str:
    """At 75 octets (RFC 5545 §3.1)."""
    return str(Contentline(line).to_ical(), "utf-8")  # type: ignore[no-untyped-call]
