"""What the store keeps, as values: the ledger of mail, the copies as last seen, the state of each account.

Owns the shape of what must survive a restart. Must never know SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from cadenced.core.answers import Answer
from cadenced.core.model import Meeting, State


class CopyState(StrEnum):
    INTENDED = "intended"  # about to be created: whether it was, only the server knows
    LIVE = "live"
    CANCELLING = "cancelling"  # about to be deleted by us: its absence is no human's doing
    DELETED = "deleted"  # a human deleted it: a tombstone, never undone
    FOREIGN = "foreign"  # something that is not ours stands at its place


@dataclass(frozen=True, slots=True)
class CopyRow:
    """The copy of one meeting in one account. `body` is the iCalendar text as the server last gave it.

    `written` is the baseline as text, kept for clients that drop X-properties. One row for each (uid, account).
    """

    uid: str
    account: str
    pair: str
    href: str
    etag: str
    body: str
    written: str
    state: CopyState


class AccountStatus(StrEnum):
    OK = "ok"
    UNREACHABLE = "unreachable"  # retried, with backoff
    STOPPED = "stopped"  # refused our credentials, or the calendar is missing: a human must act
    FROZEN = "frozen"  # emptied: neither read as deletions nor written to, until a human says


@dataclass(frozen=True, slots=True)
class AccountRow:
    account: str
    url: str = ""  # of the collection, found by discovery
    token: str = ""  # sync-token
    status: AccountStatus = AccountStatus.OK
    problem: str = ""  # for a person: what is wrong and what to do
    since: datetime | None = None  # of the status
    fingerprint: str = ""  # of the account's settings: when they change, a stopped account is tried again


class MailState(StrEnum):
    QUEUED = "queued"  # not accepted by the server so far
    ATTEMPTING = "attempting"  # claimed; after a crash its outcome is unknown
    UNKNOWN = "unknown"  # the reply was lost: the identical bytes are sent again
    SENT = "sent"
    EXPIRED = "expired"  # its moment passed
    FAILED = "failed"  # 5xx: it reached nobody


TAKEN_BACK = (MailState.QUEUED, MailState.FAILED)  # nobody has it, so that it may be written anew


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message in the ledger. `key` is unique for ever. `day` is the reader's, of the last try (daily cap)."""

    key: str
    pair: str
    kind: str
    person: str
    uid: str  # of its meeting, or empty
    recipient: str
    message_id: str
    body: bytes
    due: datetime
    expires: datetime
    day: date
    state: MailState = MailState.QUEUED
    attempts: int = 0
    next_try: datetime | None = None
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    reply: str = ""  # the server's last words
    start: datetime | None = None  # the meeting's start that the body names: a moved meeting makes it stale
    token: str = ""  # of its Reply-To
    offers: tuple[tuple[datetime, datetime], ...] = ()  # start and end of each time that it lets its reader choose


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one attempt to send. `next_try` is None when there will be none; `day` the reader's date of it."""

    state: MailState
    reply: str
    attempts: int
    day: date
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertRow:
    """Something a human should know once. `key` names the fault; it is raised once and cleared when the fault is.

    `told_at` is when a mail about it was put into the outbox.
    """

    key: str
    text: str
    raised_at: datetime
    cleared_at: datetime | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailEntry:
    """What the ledger says of one message, without its body. `start` is the meeting's start that the body names."""

    state: MailState
    uid: str
    start: datetime | None
    recipient: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class PairState:
    """All that the store knows of one pair, of one moment. `mails` is its part of the ledger, by key."""

    saved: tuple[Meeting, ...] = ()  # by the turn before
    copies: tuple[CopyRow, ...] = ()
    mails: Mapping[str, MailEntry] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    next_due: datetime | None = None

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        return tuple(meeting for meeting in self.saved if meeting.state is not State.FALLEN)

    @property
    def fallen(self) -> tuple[Meeting, ...]:
        return tuple(meeting for meeting in self.saved if meeting.state is State.FALLEN)


@dataclass(frozen=True, slots=True)
class Changed:
    """What a new programme changed: pairs that are new or whose stanza differs, and pairs that left."""

    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
