"""What a calendar holds, as values: the fields of an event that we write, and what we find there again.

Owns the shape of both sides of the merge. Must never know iCalendar's syntax (wire/ical.py) nor a server.
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from cadenced.core.model import UNTRIED, Identity, Tries


@dataclass(frozen=True, slots=True)
class EventFields:
    """The event we want in one person's calendar. Times are aware, in UTC; `timezone` is the zone to write them in."""

    start: datetime
    end: datetime
    timezone: str
    summary: str
    location: str
    description: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What we last wrote into an event; it travels inside the event itself.

    So it can never disagree with the copy it describes: not after a crash between PUT and commit, not after the store
    was lost or restored from an old backup. Texts are kept as fingerprints, for only equality matters.
    """

    start: datetime
    end: datetime
    placed: tuple[datetime, datetime]  # the planner's choice; differs from start and end in a meeting a human placed
    rules: str
    summary: str
    location: str
    description: str
    decided: datetime  # when we wrote it: of copies that no human moved, the latest decision holds
    tries: Tries = UNTRIED
    cancelled: bool = False  # STATUS:CANCELLED, as the human has it who called the meeting off


@dataclass(frozen=True, slots=True)
class ObservedEvent:
    """One event as a calendar holds it.

    `identity` is None when our mark is missing; `baseline` is None when nobody can say what we last wrote;
    `problem` says why the event cannot be read (then nothing but `uid` holds, and the event is left alone).
    Times are aware, in UTC.
    """

    uid: str
    identity: Identity | None = None
    baseline: Baseline | None = None
    start: datetime | None = None
    end: datetime | None = None
    timezone: str = "UTC"
    summary: str = ""
    location: str = ""
    description: str = ""
    cancelled: bool = False  # STATUS:CANCELLED
    sequence: int = 0
    last_modified: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """The event of a meeting in one account's calendar, with where it is and which version it is (RFC 4791 §5.3.4)."""

    account: str
    href: str
    etag: str
    event: ObservedEvent


def fingerprint(text: str) -> str:
    """Equal for texts that a server may rewrite into one another: line ends, outer space, Unicode normal form."""
    plain = unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in text.splitlines())).strip()
    return hashlib.sha256(plain.encode()).hexdigest()[:12]
