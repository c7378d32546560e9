"""Mails as bytes: from what is due to a finished message (RFC 5322), the same bytes on every machine.

Owns headers, identities and the shape of a message; its words are in templates/. Must never know when a mail is due,
nor how it travels.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from uuid import uuid5

from cadenced.core.actions import Mail, SendMail
from cadenced.core.answers import Answer
from cadenced.core.errors import ConfigError
from cadenced.core.model import IDENTITY_NAMESPACE, Meeting, Pair, Person
from cadenced.wire.body import body as body_of
from cadenced.wire.buttons import Button, buttons, mailto
from cadenced.wire.example import examples
from cadenced.wire.example_occasions import occasion_examples
from cadenced.wire.languages import BUILT_IN, Languages
from cadenced.wire.letter import alert_names, letter
from cadenced.wire.occasions import STATES, occasion_names
from cadenced.wire.plain import one_line, subject_and_body
from cadenced.wire.templates import HTML, TEXT, Templates
from cadenced.wire.tokens import reply_token

INVITATION = "invite"  # the template of all three kinds that carry one
REFERENCES = 10  # of a mail that is answered: enough for any program to find the conversation (RFC 5322 §3.6.4)
IDENTIFIER_LONG = 250  # characters of an identifier that somebody else made; a line has 998 (RFC 5322 §2.1.1)


_IDENTIFIER = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")  # a msg-id, without comments (RFC 5322 §3.6.4)


POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Composed:
    """`recipient` is a bare address, `message_id` has its angle brackets, `body` has CRLF line ends and is pure ASCII.

    `token` is what a reply to it is recognised by. `problem` says in words why a user's template was not used, or is
    empty.
    """

    recipient: str
    message_id: str
    subject: str
    body: bytes
    token: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Envelope:
    key: str
    to: Address
    reply_to: Address | None
    root: str = ""  # what the Message-ID begins with: a meeting's UID, or nothing
    thread: tuple[str, ...] = ()  # the identifiers that hold a conversation together, the one replied to last
    to_pair: bool = False
    automatic: str = "auto-generated"  # RFC 3834 §5
    calendar: tuple[str, bytes] | None = None


class Composer:
    """Writes mails. One per configuration: it keeps the compiled templates."""

    def __init__(  # noqa: PLR0913 — what a configuration says of mails
        self,
        sender: str,
        *,
        plus_addressing: bool,
        templates: Mapping[str, str],
        languages: Languages = BUILT_IN,
        answers: bool = False,
        secret: str = "",
    ) -> None:
        """`sender` is "Name <address>" or an address. `templates` are a user's own sources by file name. `answers`:
        whether what people reply is read; else it goes to the other of the two. `secret`: what the tokens of replies
        are made with; none where no mail goes out.

        Raises ConfigError when the sender is no address, or when a template has wrong syntax, a name that no mail has,
        uses a template that isn't there, or fails with an example: with file and line, all of them at once.
        """
        self._sender = _sender(sender)
        self._plus, self._answers, self._secret = plus_addressing and answers, answers, secret
        self._languages = languages
        self._templates = Templates(templates, languages)
        self._templates.check(
            (_template(kind) + part, {**names, **self._asked(kind, names), "subject": ""})
            for kind, names in (*examples(), *occasion_examples())
            for part in (TEXT, HTML)
        )

    def compose(  # noqa: PLR0913, PLR0917 — what a mail is made from
        self,
        mail: SendMail,
        pair: Pair,
        meetings: Sequence[Meeting],
        now: datetime,
        calendar: tuple[str, bytes] | None = None,
        told: Sequence[Answer] = (),
    ) -> Composed:
        """A mail to one of the pair. `meetings` is the pair's plan, to say what comes next, and `told` what they told
        us by mail; `now` is aware. `calendar`: METHOD and iCalendar of an invitation that it carries (RFC 6047).

        ValueError for an ALERT, which is not about a pair: see compose_alert(); and for an ANSWER: compose_answer().
        """
        if mail.kind in (Mail.ALERT, Mail.ANSWER):
            raise ValueError("an alert is written by compose_alert(), an answer by compose_answer()")
        reader = pair.mentor if mail.person == pair.mentor.id else pair.protege
        known = {"programme_mailbox": self._answers, "answers": self._answers}
        spoken = letter(mail, pair, meetings, now, **known, languages=self._languages, told=told)
        envelope = _Envelope(
            mail.key,
            _mailbox(reader),
            self._reply_to(mail.key) or _mailbox(pair.other(reader)),
            mail.meeting.uid if mail.meeting else "",
            (self._identifier(str(uuid5(IDENTITY_NAMESPACE, f"thread/{pair.id}/{mail.month}"))),),
            to_pair=True,
            calendar=calendar,
        )
        names = spoken.names() | occasion_names(mail, pair, now, self._languages)
        return self._compose(mail.kind, names, envelope, now)

    def compose_answer(  # noqa: PLR0913 — it takes two mails to answer one
        self,
        key: str,
        pair: Pair,
        person: Person,
        names: Mapping[str, object],
        now: datetime,
        *,
        in_reply_to: str,
        references: Iterable[str] = (),
        calendar: tuple[str, bytes] | None = None,
    ) -> Composed:
        """To what somebody told us by mail. `names` as answer_names() makes them, `key` the ledger's. `in_reply_to` is
        the Message-ID of their mail and `references` what it referred to: strangers wrote them, so what is none is left
        out.
        """
        thread = _identifiers((*references, in_reply_to))
        envelope = _Envelope(
            key,
            _mailbox(person),
            self._reply_to(key) or _mailbox(pair.other(person)),
            thread=thread,
            to_pair=True,
            automatic="auto-replied",
            calendar=calendar,
        )
        return self._compose(Mail.ANSWER, names, envelope, now)

    def compose_alert(self, key: str, address: str, alerts: Sequence[str], now: datetime) -> Composed:
        """To the coordinator: what needs a human, several at once in one mail. `key` is its ledger key."""
        envelope = _Envelope(key, Address(addr_spec=address), self._reply_to(key))
        return self._compose(Mail.ALERT, alert_names(alerts, now), envelope, now)

    def _compose(self, kind: Mail, names: Mapping[str, object], envelope: _Envelope, now: datetime) -> Composed:
        template = _template(kind)
        names = {**names, **self._asked(kind, names, envelope.key)}
        text, problem = self._templates.render(template + TEXT, names)
        subject, body = subject_and_body(text)
        if not subject:  # a user's text without a first line "Subject: …"
            subject, _ = subject_and_body(self._templates.built_in(template + TEXT, names))
        names = {**names, **self._asked(kind, names, envelope.key, subject), "subject": subject}
        html, html_problem = self._templates.render(template + HTML, names)
        message_id = self._message_id(envelope)
        head = self._head(envelope, message_id, subject, now).as_bytes().removesuffix(b"\r\n")
        return Composed(
            envelope.to.addr_spec,
            message_id,
            subject,
            head + self._links(envelope) + body_of(body, html, envelope.calendar),
            self.token(envelope.key),
            "\n".join(filter(None, dict.fromkeys((problem, html_problem)))),
        )

    def _asked(
        self, kind: Mail, names: Mapping[str, object], key: str = "", subject: str = ""
    ) -> dict[str, tuple[Button, ...]]:
        """The names `asks` and `small`: the buttons of a mail, none where answers go to the other person."""
        offers = names.get("offers")
        address = self._reply_to(key)
        return buttons(
            address.addr_spec if address and self._answers else "",
            subject,
            self._languages.words(str(names["language"])),
            kind,
            len(offers) if isinstance(offers, tuple) else 0,
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
        head["Auto-Submitted"] = envelope.automatic
        head["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # [MS-OXCMAIL]: what Exchange heeds instead
        head["MIME-Version"] = "1.0"
        return head

    def _message_id(self, envelope: _Envelope) -> str:
        """Derived from the ledger's key, and rooted in the meeting's UID where there is one. Where replies have no
        address of their own, it is what shows that somebody has the message, and holds its token.
        """
        name = uuid5(IDENTITY_NAMESPACE, f"mail/{envelope.key}").hex
        if self._answers and not self._plus:
            name = self.token(envelope.key)
        elif envelope.root:
            name = name[:12]
        return self._identifier(f"{envelope.root}.{name}" if envelope.root else name)

    def _links(self, envelope: _Envelope) -> bytes:
        """The headers that hold identifiers and addresses of mail: by hand, for email would fold a long one of them
        into encoded words, and knows of one identifier a header. All are ASCII without line breaks.
        """
        lines = []
        if envelope.thread:  # RFC 5322 §3.6.4
            references = "\r\n ".join(envelope.thread)
            lines += [f"In-Reply-To: {envelope.thread[-1]}", f"References: {references}"]
        address = self._reply_to(envelope.key)
        if (
            address and envelope.to_pair and self._answers
        ):  # RFC 2369 §3.2: where answers are read, a mail is the way out
            lines.append(f"List-Unsubscribe:\r\n <{mailto(address.addr_spec)}?subject=stop&body=stop>")
        return "".join(f"{line}\r\n" for line in lines).encode()

    def token(self, key: str) -> str:
        """What a reply to the message of that key of the ledger is recognised by."""
        return reply_token(key, self._secret)

    def _identifier(self, left: str) -> str:
        return f"<{left}@{self._sender.domain}>"

    def _reply_to(self, key: str) -> Address | None:
        """A subaddress (RFC 5233) of the sender that tells the message, where the server takes them."""
        if not self._plus:
            return self._sender if self._answers else None
        return Address(self._sender.display_name, f"{self._sender.username}+{self.token(key)}", self._sender.domain)


def _template(kind: Mail) -> str:
    return INVITATION if kind in STATES else kind


def _identifiers(texts: Iterable[str]) -> tuple[str, ...]:
    """The last few that are such, each once; the last one stays the last."""
    whole = (text for text in map(str.strip, texts) if len(text) <= IDENTIFIER_LONG and _IDENTIFIER.fullmatch(text))
    kept = dict.fromkeys(reversed(tuple(whole)))
    return tuple(reversed(tuple(kept)[:REFERENCES]))


def _mailbox(person: Person) -> Address:
    return Address(one_line(person.name), addr_spec=person.email)


def _sender(text: str) -> Address:
    name, address = parseaddr(text)
    try:
        return Address(name, addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigError(f'smtp.sender: "{text}" is no address: {error}') from None
