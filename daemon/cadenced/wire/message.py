"""Mails as bytes: from what is due to a finished message (RFC 5322), the same bytes on every machine.

Owns headers, identities and the shape of a message; its words are in templates/. Must never know when a mail is due,
nor how it travels.
"""

import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, MessageIDHeader
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from uuid import uuid5

from cadenced.core.actions import Mail, SendMail
from cadenced.core.errors import ConfigError
from cadenced.core.model import IDENTITY_NAMESPACE, Meeting, Pair, Person
from cadenced.wire.example import examples
from cadenced.wire.letter import alert_names, letter
from cadenced.wire.plain import one_line, subject_and_body
from cadenced.wire.templates import HTML, TEXT, Templates

BOUNDARY = "=_part"  # quoted-printable never has "=_" (RFC 2045 §6.7), so no text can end a part
TOKEN = 20  # characters of a Reply-To token: 80 bits, and with most local parts below 64 octets (RFC 5321 §4.5.3.1.1)


def _headers() -> HeaderRegistry:
    """References and In-Reply-To hold message identifiers: as free text, a long one would be folded into =?utf-8?q?…"""
    registry = HeaderRegistry()
    for name in ("references", "in-reply-to"):
        registry.map_to_type(name, MessageIDHeader)  # type: ignore[arg-type]  # a mixin: it becomes a BaseHeader here
    return registry


POLICY = SMTP.clone(header_factory=_headers(), cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Composed:
    """`recipient` is a bare address, `message_id` has its angle brackets, `body` has CRLF line ends and is pure ASCII.

    `problem` says in words why a user's template was not used, or is empty.
    """

    recipient: str
    message_id: str
    subject: str
    body: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Envelope:
    key: str
    to: Address
    root: str  # what the Message-ID begins with: a meeting's UID, or nothing
    thread: str  # the identifier that holds a conversation together, or nothing
    reply_to: Address | None


class Composer:
    """Writes mails. One per configuration: it keeps the compiled templates."""

    def __init__(self, sender: str, *, plus_addressing: bool, templates: Mapping[str, str]) -> None:
        """`sender` is "Name <address>" or an address. `templates` are a user's own sources by file name.

        Raises ConfigError when the sender is no address, or when a template has wrong syntax, a name that no mail has,
        uses a template that isn't there, or fails with an example: with file and line, all of them at once.
        """
        self._sender = _sender(sender)
        self._plus = plus_addressing
        self._templates = Templates(templates)
        self._templates.check(
            (kind + part, {**names, "subject": ""}) for kind, names in examples() for part in (TEXT, HTML)
        )

    def compose(self, mail: SendMail, pair: Pair, meetings: Sequence[Meeting], now: datetime) -> Composed:
        """A mail to one of the pair. `meetings` is the pair's plan, to say what comes next; `now` is aware.

        ValueError for an ALERT, which is not about a pair: see compose_alert().
        """
        if mail.kind is Mail.ALERT:
            raise ValueError("an alert is written by compose_alert()")
        reader = pair.mentor if mail.person == pair.mentor.id else pair.protege
        names = letter(mail, pair, meetings, now, programme_mailbox=self._plus).names()
        envelope = _Envelope(
            mail.key,
            _mailbox(reader),
            mail.meeting.uid if mail.meeting else "",
            self._identifier(str(uuid5(IDENTITY_NAMESPACE, f"thread/{pair.id}/{mail.month}"))),
            self._reply_to(mail.key) or _mailbox(pair.other(reader)),
        )
        return self._compose(mail.kind, names, envelope, now)

    def compose_alert(self, key: str, address: str, alerts: Sequence[str], now: datetime) -> Composed:
        """To the coordinator: what needs a human, several at once in one mail. `key` is its ledger key."""
        envelope = _Envelope(key, Address(addr_spec=address), "", "", self._reply_to(key))
        return self._compose(Mail.ALERT, alert_names(alerts, now), envelope, now)

    def _compose(self, kind: Mail, names: Mapping[str, object], envelope: _Envelope, now: datetime) -> Composed:
        text, problem = self._templates.render(kind + TEXT, names)
        subject, body = subject_and_body(text)
        if not subject:  # a user's text without a first line "Subject: …"
            subject, _ = subject_and_body(self._templates.built_in(kind + TEXT, names))
        html, html_problem = self._templates.render(kind + HTML, {**names, "subject": subject})
        message_id = self._message_id(envelope)
        head = self._head(envelope, message_id, subject, now)
        return Composed(
            envelope.to.addr_spec,
            message_id,
            subject,
            head.as_bytes().removesuffix(b"\r\n") + _alternatives(body, html),
            "\n".join(filter(None, dict.fromkeys((problem, html_problem)))),
        )

    def _head(self, envelope: _Envelope, message_id: str, subject: str, now: datetime) -> EmailMessage:
        """All headers and no body. EmailMessage refuses a line break in any of them."""
        head = EmailMessage(POLICY)
        head["From"] = self._sender
        head["To"] = envelope.to
        if envelope.reply_to:
            head["Reply-To"] = envelope.reply_to
        head["Date"] = now.astimezone(UTC)
        head["Subject"] = subject
        head["Message-ID"] = message_id
        if envelope.thread:
            head["In-Reply-To"] = head["References"] = envelope.thread  # RFC 5322 §3.6.4
        head["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
        head["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # [MS-OXCMAIL]: what Exchange heeds instead
        head["MIME-Version"] = "1.0"
        return head

    def _message_id(self, envelope: _Envelope) -> str:
        """Derived from the ledger's key, and rooted in the meeting's UID where there is one."""
        token = uuid5(IDENTITY_NAMESPACE, f"mail/{envelope.key}").hex
        return self._identifier(f"{envelope.root}.{token[:12]}" if envelope.root else token)

    def _identifier(self, left: str) -> str:
        return f"<{left}@{self._sender.domain}>"

    def _reply_to(self, key: str) -> Address | None:
        """A subaddress (RFC 5233) of the sender that tells the message, where the server takes them."""
        if not self._plus:
            return None
        token = uuid5(IDENTITY_NAMESPACE, f"reply/{key}").hex[:TOKEN]
        return Address(self._sender.display_name, f"{self._sender.username}+{token}", self._sender.domain)


def _alternatives(text: str, html: str) -> bytes:
    """The rest of a message, from its Content-Type on: the text first, the richer part last (RFC 2046 §5.1.4).

    By hand, and in quoted-printable, which no server has a reason to touch: email's own way takes 20 times longer.
    """
    parts = [f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n'.encode()]
    for subtype, content in (("plain", text), ("html", html)):
        lines = "".join(f"{line}\r\n" for line in content.splitlines())
        kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
        parts.append(f"{kind}\r\n\r\n".encode() + binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True))
    return f"\r\n--{BOUNDARY}\r\n".encode().join(parts) + f"\r\n--{BOUNDARY}--\r\n".encode()


def _mailbox(person: Person) -> Address:
    return Address(one_line(person.name), addr_spec=person.email)


def _sender(text: str) -> Address:
    name, address = parseaddr(text)
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigError(f'smtp.sender: "{text}" is no address: {error}') from None
