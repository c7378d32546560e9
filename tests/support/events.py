"""Events for tests, from short words: actions that write one, the text of one, and texts that are hard to write."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from cadenced.core.actions import CreateEvent, UpdateEvent
from cadenced.core.events import Baseline, EventFields, fingerprint
from cadenced.core.model import Identity, Meeting
from cadenced.wire.ical import compose
from tests.support.programme import utc
from tests.support.records import meeting

NOW = utc("2026-11-24T09:00")
START, END = utc("2026-12-08T17:30"), utc("2026-12-08T18:30")


def fields(start: datetime = START, **more) -> EventFields:
    words = {"timezone": "Europe/London", "summary": "Jonas: Where to?", "location": "The Lamb", "description": "1"}
    return EventFields(**{"start": start, "end": start + timedelta(hours=1), **words} | more)


def baseline(of: EventFields) -> Baseline:
    texts = [fingerprint(text) for text in (of.summary, of.location, of.description)]
    return Baseline(of.start, of.end, (of.start, of.end), "0123abcd", *texts, decided=NOW)


def standing(of: EventFields, identity: Identity | None = None) -> Meeting:
    times = (of.start, of.end)
    more = {"identity": identity} if identity else {}
    return meeting(start=of.start, end=of.end, placed=times, **more)


def creation(identity: Identity | None = None, **more) -> CreateEvent:
    of = fields(**more)
    return CreateEvent(standing(of, identity), "maya", "maya", of, baseline(of), "why")


def update(*changed: str, **more) -> UpdateEvent:
    of = fields(**more)
    return UpdateEvent(standing(of), "maya", "maya", "/x.ics", '"1"', of, frozenset(changed), baseline(of), "why")


BODY = compose(creation(), NOW)
FOREIGN = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//someone//else//EN\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20261124T090000Z\r
DTSTART:20261208T173000Z\r
DTEND:20261208T183000Z\r
SUMMARY:Dentist\r
END:VEVENT\r
END:VCALENDAR\r
"""
PIECES = [
    *(
        "\r\nATTENDEE:mailto:x@example.org",
        "\nEND:VEVENT",
        "\r",
        '"',
        ",",
        ";",
        ":",
        "\\",
        "\\n",
        "\\N",
        "\\,",
        "BEGIN:VALARM",
    ),
    *(" ", "\t", "é", "👩\u200d💻", "\u2028", "a" * 80, "=", "^n"),
]
PLAIN = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"
)  # titles.py leaves no other
AWKWARD = st.one_of(st.text(PLAIN, max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def lines(body):
    return body.replace("\r\n ", "").split("\r\n")


def others(body):
    """The lines that are not ours to renew."""
    ours = ("DTSTAMP", "LAST-MODIFIED", "X-CADENCED")
    return [line for line in lines(body) if not line.startswith(ours)]


def with_lines(*extra, body=BODY):
    return body.replace("END:VEVENT", "\r\n".join((*extra, "END:VEVENT")))


def without(*names, body=BODY):
    return "\r\n".join(line for line in lines(body) if not line.startswith(names))


def timed(start, end="", zone=""):
    """Our event with these lines for its times."""
    return without("DTSTART", "DTEND").replace(
        "BEGIN:VEVENT", "\r\n".join(line for line in (zone + "BEGIN:VEVENT", start, end) if line)
    )


def zone(name, offset, onset="16010101T000000"):
    """A VTIMEZONE with one offset for ever."""
    observance = f"BEGIN:STANDARD\r\nDTSTART:{onset}\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD"
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{observance}\r\nEND:VTIMEZONE\r\n"
