"""Where things go and come from, as values that the rooms hand to each other: accounts, collections, resources.

Must never know a protocol. Secrets are never shown: their fields are left out of repr.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Verdict = Literal["sent", "later", "refused", "rejected", "unknown"]
INVITED = "invite/"  # and an address: what was sent there, as if it were an account; no account's name has a slash
ORGANIZER = "organizer"  # the account of [organizer]; no other may be called so


@dataclass(frozen=True, slots=True)
class CalendarAccount:
    """One CalDAV login. `url` may be a server, a principal, a home, one calendar, or empty when `address` is given.

    `calendar` is the display name (or last path segment) of the calendar to write to; empty means the default one.
    `read` are those whose events keep the person busy, named alike; None means all that hold events.
    """

    name: str
    url: str = ""
    address: str = ""  # a mail address, for discovery by RFC 6764
    username: str = ""
    password: str = field(default="", repr=False)
    calendar: str = ""
    ca_file: Path | None = None
    read: tuple[str, ...] | None = None
    shown: str = ""  # of the organizer: the name that guests see

    @property
    def section(self) -> str:
        """Where cadenced.toml speaks of it."""
        return ORGANIZER if self.name == ORGANIZER else f"calendars.{self.name}"


@dataclass(frozen=True, slots=True)
class MailAccount:
    """One submission service. `tls` is "starttls", "tls", or "none" (towards loopback only).

    `copy_to` is an address of our own mailbox that gets a copy of each message, so that a lost reply can be settled by
    what arrives there; empty: none does.
    """

    host: str
    port: int
    tls: str
    sender: str  # "Name <address>" or an address
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    copy_to: str = ""


@dataclass(frozen=True, slots=True)
class MailboxAccount:
    """One IMAP login: the mailbox that answers come back to. `tls` as MailAccount."""

    host: str
    port: int
    tls: str
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    folder: str = "INBOX"
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message of a mailbox, as it stands there: `uid` within the folder's `validity` (RFC 9051 §2.3.1.1).

    `cut`: it is larger than we read, and `body` is its beginning.
    """

    validity: int
    uid: int
    body: bytes = field(repr=False)
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What stands in a folder after a UID, oldest first, and the `validity` that its UIDs have now.

    `renumbered`: it is not the validity that was asked about, so that everything in the folder counts as new, and the
    next question has to begin with this one. `more`: there is more than was asked for at once.
    """

    validity: int
    messages: tuple[Arrived, ...] = ()
    renumbered: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    """The calendar an account writes to: its absolute URL, ending in a slash."""

    account: str
    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Scheduling:
    """What a login can do in the way of invitations (RFC 6638). `automatic`: the server sends them by itself, and puts
    answers into the organizer's event. `address` is the one by which the server knows the login as an organizer, and
    `outbox` the absolute URL where it asks for others' free time; each is empty where the server names none.
    """

    automatic: bool
    address: str = ""
    outbox: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A calendar object resource (RFC 4791 §4.1). `href` is an absolute path; `etag` is strong and keeps its quotes."""

    href: str
    etag: str
    body: str


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What changed in a collection since `token` (RFC 6578). With `full`, `changed` is the whole collection.

    With `full`, whatever is not listed is gone; otherwise only `removed` is. A result is complete or it is an error:
    absence is never guessed from a truncated reply. `unchanged` are listed resources whose ETag the caller knew.
    """

    token: str
    changed: tuple[Resource, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    full: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt to send a message, judged by the reply code alone (RFC 5321 §4.2.1).

    `verdict` is "sent" (2xx), "later" (4xx, or nothing was handed over), "refused" (5xx for this address), "rejected"
    (5xx for this message), or "unknown" (the message was handed over and the reply was lost). `reply` is the server's
    code and words, or what went wrong, on one line.
    """

    verdict: Verdict
    reply: str
