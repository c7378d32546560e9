"""A house that writes and reads mail: the service's parts on a store on disk, with a calendar server, a mail server and
a mailbox on loopback, under a clock that a test moves.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from aiohttp.test_utils import TestServer
from icalendar import Calendar, vCalAddress
from sqlalchemy import select

from cadenced.core.accounts import CalendarAccount, MailAccount, MailboxAccount
from cadenced.core.model import Horizon, Meeting, Pair
from cadenced.core.records import MailState
from cadenced.service.parts import Loaded, Parts
from cadenced.service.reading import read_once
from cadenced.shell import schema
from cadenced.shell.calendars import CalDav
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from cadenced.wire.ical import observe
from tests.support.fakedav import FakeDav
from tests.support.house import NOW, POLL, HandClock, turned
from tests.support.imapd import PASSWORD, USER, Imapd, imap_server
from tests.support.programme import programme
from tests.support.smtpd import Postbox, smtp_server

SENDER = "agenda@example.org"
SERVER = "mx.example.org"  # which says of each author whether they are true
TRUE = f"{SERVER}; dmarc=pass header.from=example.org"


@dataclass
class PostHouse:
    """`postbox` holds what was sent, `imap` the mailbox that is answered to."""

    folder: Path
    dav: FakeDav
    server: TestServer
    postbox: Postbox
    imap: Imapd
    clock: HandClock
    cap: int = 50  # mails that a person gets a day
    coordinator: str = "petra@example.org"
    plus: bool = True  # whether the mail server takes subaddresses

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        store = Store.open(self.folder / "store.db")
        self.parts = Parts(store, CalDav(deadline=10), Mailer(), self.clock)

    @property
    def store(self) -> Store:
        return self.parts.store

    async def runs(self, *pairs: Pair) -> None:
        """The programme is these pairs from now on; then everything comes to rest."""
        url = str(self.server.make_url("/"))
        accounts = {u: CalendarAccount(u, url, username=u, password=f"{u}pw") for u in self.dav.users}
        mail = MailAccount("127.0.0.1", self.postbox.port, "none", f"Mentoring <{SENDER}>")
        mailbox = MailboxAccount("127.0.0.1", self.imap.port, "none", USER, PASSWORD, authserv_id=SERVER)
        loaded = Loaded(
            programme(*pairs),
            accounts,
            mail,
            Horizon(),
            {},
            POLL,
            self.coordinator,
            plus_addressing=self.plus,
            daily_cap=self.cap,
            mailbox=mailbox,
        )
        await self.parts.install(loaded)
        await self.rests()

    async def rests(self) -> None:
        """Reads the mailbox, looks at the calendars, turns what is due, and sends."""
        problem = await read_once(self.parts)
        assert not problem, problem
        await self.parts.wheel.look()
        await turned(self.parts.wheel)
        await self.parts.tell_coordinator()
        await self.parts.outbox.run_once()

    async def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by) if by else POLL
        await self.rests()

    async def restarts(self) -> None:
        pairs = self.parts.loaded.programme.pairs.values()
        await self.parts.close()
        self.open()
        await self.runs(*pairs)

    async def forgets(self) -> None:
        """Restarts with an empty database beside the journal."""
        pairs = self.parts.loaded.programme.pairs.values()
        await self.parts.close()
        (self.folder / "store.db").unlink()
        self.open()
        await self.runs(*pairs)

    async def close(self) -> None:
        await self.parts.close()

    # what people do

    def write(self, message: EmailMessage, address: str) -> None:
        """Puts a mail of somebody into the mailbox."""
        message["From"] = address
        if message["Message-ID"] is None:
            message["Message-ID"] = f"<{len(self.inbox)}.{address}>"
        message["Date"] = self.clock.at
        self.imap.folders["INBOX"].put(message.as_bytes(policy=SMTP))

    @property
    def inbox(self) -> dict[int, bytes]:
        return self.imap.folders["INBOX"].bodies

    def answer(self, mail: EmailMessage, text: str, **headers: str) -> None:
        """Whoever got a mail replies to it, as mail programs do."""
        reply = EmailMessage()
        reply["To"] = mail["Reply-To"]
        reply["Subject"] = f"Re: {mail['Subject']}"
        reply["In-Reply-To"] = reply["References"] = mail["Message-ID"]
        for name, value in headers.items():
            reply[name.replace("_", "-")] = value
        quoted = "\n".join(f"> {line}" for line in text_of(mail).splitlines())
        reply.set_content(f"{text}\n\nOn Tue, Dec 1, 2026 at 9:00 Mentoring <{SENDER}> wrote:\n{quoted}\n")
        self.write(reply, mail["To"].addresses[0].addr_spec)

    def reply(self, mail: EmailMessage, partstat: str, **changes: object) -> None:
        """Their calendar program answers an invitation: METHOD:REPLY."""
        self.program(mail, "REPLY", partstat, **changes)

    def counter(self, mail: EmailMessage, by: timedelta, **changes: object) -> None:
        """Likewise, and proposes another time."""
        event = invitation_in(mail)[1]
        times = {name: event[name].dt + by for name in ("DTSTART", "DTEND")}
        self.program(mail, "COUNTER", "TENTATIVE", **times, **changes)

    def program(
        self,
        mail: EmailMessage,
        method: str,
        partstat: str,
        *,
        sender: str = "",
        attendee: str = "",
        checked: str = TRUE,
        **changes: object,
    ) -> None:
        """What a calendar program makes of an invitation, with these properties of the event changed. It writes to the
        organizer, and names no mail. `checked`: what our server says of its author.
        """
        calendar, event = invitation_in(mail)
        calendar["METHOD"] = method
        guest = mail["To"].addresses[0].addr_spec
        event["ATTENDEE"] = vCalAddress(f"mailto:{attendee or guest}")
        event["ATTENDEE"].params["PARTSTAT"] = partstat
        for name, value in changes.items():
            key = name.replace("_", "-").upper()
            event.pop(key, None)
            event.add(key, value)
        message = EmailMessage()
        message["To"], message["Subject"] = SENDER, f"{partstat.title()}: {event['SUMMARY']}"
        if checked:
            message["Authentication-Results"] = checked
        message.set_content("")
        message.add_alternative(calendar.to_ical().decode(), subtype="calendar", params={"method": method})
        self.write(message, sender or guest)

    # what a test asks

    def mails(self, person: str, *words: str) -> list[EmailMessage]:
        """What somebody got, in order; only what has all these words in its subject."""
        found = [message_from_bytes(body, policy=default) for body in self.postbox.to(f"{person}@example.org")]
        return [mail for mail in found if all(word in mail["Subject"] for word in words)]

    def invitations(self, person: str, method: str = "REQUEST") -> list[EmailMessage]:
        return [mail for mail in self.mails(person) if method_of(mail) == method]

    async def rows(self, kind: str, state: MailState | None = None) -> list[dict]:
        rows = await self.store._all(select(schema.outbox).where(schema.outbox.c.kind == kind))
        return [row for row in rows if state in (None, row["state"])]

    async def meetings(self, pair: str = "maya-jonas") -> dict[str, Meeting]:
        found = (await self.store.load_pair(pair)).meetings
        return {m.uid: m for m in sorted(found, key=lambda m: m.start)}

    def times(self, user: str) -> dict[str, datetime]:
        """The start of every event in a calendar, by UID, in UTC."""
        seen = (observe(body) for body in self.dav.calendar(user, "default").bodies.values())
        return {event.uid: event.start for event in seen if not event.cancelled}

    async def alerts(self) -> dict[str, str]:
        return {alert.key: alert.text for alert in await self.store.alerts()}


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()


def calendars_of(mail: EmailMessage) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_type() in ("text/calendar", "application/ics")]


def method_of(mail: EmailMessage) -> str:
    """Of the invitation that a mail brings; "" where it brings none."""
    parts = calendars_of(mail)
    return str(Calendar.from_ical(_content(parts[0]))["METHOD"]) if parts else ""


def invitation_in(mail: EmailMessage):
    """The calendar that a mail brings, and the event in it."""
    calendar = Calendar.from_ical(_content(calendars_of(mail)[0]))
    [event] = calendar.walk("VEVENT")
    return calendar, event


def _content(part: EmailMessage) -> bytes:
    return part.get_payload(decode=True)


@asynccontextmanager
async def correspondence(folder: Path, *users: str) -> AsyncGenerator[PostHouse]:
    """`users` have calendars."""
    clock = HandClock(NOW)
    fake = FakeDav({user: f"{user}pw" for user in users}, clock.now)
    server = TestServer(fake.app)
    await server.start_server()
    async with smtp_server() as postbox, imap_server() as imap:
        house = PostHouse(folder, fake, server, postbox, imap, clock)
        try:
            yield house
        finally:
            await house.close()
            await server.close()
