"""A mail that came in, as a value: who wrote it, in answer to what, and what it holds that we can read.

Owns which of a mail's parts count. Must never know a meeting, nor what an answer means. Never raises, whatever the
bytes are: what was cut off or cannot be read is a `problem`, in words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cadenced.wire import headers
from cadenced.wire.deliveries import Report, report
from cadenced.wire.hypertext import LARGEST as LARGEST_HTML
from cadenced.wire.hypertext import plain
from cadenced.wire.mime import Part, Walk, decoded, parse

LARGEST = 8 << 20  # bytes of a mail: what is larger carries attachments, and those we don't read
LARGEST_CALENDAR = 1 << 18  # bytes: an invitation with a long agenda has 10 kB
CALENDARS = 10  # different ones: a reply has one, and a second copy of it
LARGEST_TEXT = 1 << 16  # bytes: an answer stands in its first lines
ENCODED = 2  # times as large as what it encodes a part may be: base64 with line breaks is 1.4
CALENDAR_TYPES = frozenset({"text/calendar", "application/ics"})
_SOFT_BREAK = re.compile(r"^(?!>|-- \n)(.*) \n(?!>|\n|-- $)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attached:
    """A calendar's text, and the method that the MIME type names (RFC 6047 §2.4), in capitals, or nothing."""

    text: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """`sender` and `recipients` are bare addresses in small letters; `sender` is empty where it can't be told. Message
    ids have their angle brackets; `references` are what it answers, the nearest first. `date` is aware, in UTC, and as
    the sender's clock was. `text` has LF line ends, and ">" before what is quoted. `automatic` forbids an answer,
    not to read it: Google's calendar says of each reply to an invitation that a machine sends it. `authentic`: whether
    the sender is true, by what servers found; None where nobody says. `cut`: what is left out of it may be what counts.
    """

    sender: str = ""
    sender_name: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    subject: str = ""
    recipients: tuple[str, ...] = ()
    date: datetime | None = None
    automatic: bool = False
    authentic: bool | None = None
    text: str = ""
    calendars: tuple[Attached, ...] = ()
    report: Report | None = None
    problem: str = ""
    reply_to: tuple[str, ...] = ()
    cut: bool = False

    def tokens(self, ours: str) -> tuple[str, ...]:
        """What stands after the "+" in the addresses of our mailbox `ours` (RFC 5233) that it was sent to."""
        return tokens(self.recipients, ours)


def tokens(addresses: Iterable[str], ours: str) -> tuple[str, ...]:
    """As of Received, in other addresses."""
    local, _, domain = ours.lower().rpartition("@")
    begin, end = f"{local}+", f"@{domain}"
    found = (each[len(begin) : -len(end)] for each in addresses if each.startswith(begin) and each.endswith(end))
    return tuple(filter(None, found))


def read(body: bytes, server: str = "", *, cut: bool = False) -> Received:
    """The mail that these bytes are, or begin with where it was `cut`. `server`: the authserv-id of our own."""
    mail, walk = parse(body[:LARGEST]), Walk()
    parts = list(walk.leaves(mail))
    sender, name, problem = headers.author(mail)
    calendars, passed_over = _calendars(parts)
    too_large = f"it is larger than {LARGEST >> 20} MB, and was read no further" if len(body) > LARGEST else ""
    return Received(
        sender=sender,
        sender_name=name,
        message_id=next(iter(headers.identifiers(mail.first("message-id"))), ""),
        references=headers.references(mail),
        subject=headers.words(mail.first("subject")),
        recipients=headers.addresses(mail),
        reply_to=headers.addresses(mail, headers.REPLIES),
        date=headers.moment(mail.first("date")),
        automatic=headers.automatic(mail),
        authentic=headers.authentic(mail, server),
        cut=cut or len(body) > LARGEST,
        text=_text(parts),
        calendars=calendars,
        report=report(parts) if mail.type == "multipart/report" else None,
        problem="; ".join(filter(None, (problem, too_large, walk.problem, passed_over))),
    )


def _text(parts: list[Part]) -> str:
    """The plain text; where there is none, that of the HTML."""
    shown = [part for part in parts if not part.attached]
    written = [_unflowed(part) for part in shown if part.type == "text/plain"]
    text = "\n".join(filter(str.strip, written))[:LARGEST_TEXT]
    if text:
        return text
    pages = (plain(part.text(LARGEST_HTML)) for part in shown if part.type == "text/html")
    return next(filter(None, pages), "")[:LARGEST_TEXT]


def _unflowed(part: Part) -> str:
    """Its paragraphs on one line each where the mail program broke them (RFC 3676 §4), save the signature's "-- "."""
    text = part.text(LARGEST_TEXT)
    if part.parameter("format").lower() != "flowed":
        return text
    text = re.sub(r"^ ", "", text, flags=re.MULTILINE)  # §4.4: a space that only guards what follows
    return _SOFT_BREAK.sub(r"\1" if part.parameter("delsp").lower() == "yes" else r"\1 ", text)


def _calendars(parts: list[Part]) -> tuple[tuple[Attached, ...], str]:
    """Each text once: senders put the same bytes beside the text and into an attachment."""
    found: dict[str, Attached] = {}
    problem = ""
    for part in (each for each in parts if each.type in CALENDAR_TYPES):
        content = part.content() if len(part.body) <= LARGEST_CALENDAR * ENCODED else part.body
        if len(content) > LARGEST_CALENDAR:
            problem = f"a calendar in it is larger than {LARGEST_CALENDAR >> 10} kB"
            continue
        text = _calendar_text(content, part.parameter("charset"))
        words = " ".join(text.split())
        if words not in found and len(found) == CALENDARS:
            return tuple(found.values()), f"it has more than {CALENDARS} calendars"
        found.setdefault(words, Attached(text, part.parameter("method").upper()))
    return tuple(found.values()), problem


def _calendar_text(raw: bytes, charset: str) -> str:
    """UTF-8 (RFC 5545 §3.1.4), whatever charset it claims, where it is that."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decoded(raw, charset or "latin-1")
