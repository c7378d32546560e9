"""Real mails, through Postfix into Dovecot, and what the outbox and the inbox make of what comes back."""

import asyncio
import smtplib
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from cadenced.core.accounts import MailAccount
from cadenced.core.model import Horizon
from cadenced.core.records import MailState, OutboxRow
from cadenced.outbox import COPY_COMES_WITHIN
from cadenced.service.parts import Loaded, Parts
from cadenced.service.reading import read_once
from cadenced.shell import schema
from cadenced.shell.calendars import CalDav
from cadenced.shell.mailbox import Mailbox
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from cadenced.wire.tokens import reply_token
from tests.interop.dovecot import Dovecot, address
from tests.interop.postfix import GONE, LATE, Postfix
from tests.support.clock import HandClock
from tests.support.programme import pair, programme, utc

MORNING = utc("2026-12-05T08:00")
SOON = 40.0  # seconds within which what should come has come
BODY = """\
Message-ID: <{name}@cadence.test>\r
From: Mentoring <agenda@cadence.test>\r
Reply-To: agenda+{token}@cadence.test\r
To: {to}\r
Subject: Face to face, Tue 8 Dec 17:30\r
\r
See you.\r
.a line that begins with a dot, and one of the rest of the world: ü\r
"""


def row(name: str, to: str, secret: str = "") -> OutboxRow:
    body = BODY.format(name=name, to=to, token=reply_token(name, secret)).encode()
    fresh = MORNING + timedelta(days=3)
    return OutboxRow(
        name, "maya-jonas", "agenda", to, "", to, f"<{name}@cadence.test>", body, MORNING, fresh, MORNING.date()
    )


@dataclass
class Office:
    """The service's own parts, at work on the two servers."""

    parts: Parts
    postfix: Postfix
    dovecot: Dovecot
    clock: HandClock

    async def send(self, name: str, to: str) -> dict:
        """Its row, when the outbox has done with it for now."""
        await self.parts.store.enqueue([row(name, to, await self.parts.store.secret())])
        await self.parts.outbox.run_once()
        return await self.row(name)

    async def row(self, name: str) -> dict:
        query = select(schema.outbox).where(schema.outbox.c.key == name)
        return dict((await self.parts.store._all(query))[0])

    async def hears(self, name: str, state: MailState) -> dict:
        """Reads the mailbox until the row is in this state."""
        async with asyncio.timeout(SOON):
            while (found := await self.row(name))["state"] != state:
                assert not await read_once(self.parts)
                await self.parts.mailbox.wait(self.parts.inbox.account, 1)
        return found

    async def alerts(self) -> dict[str, str]:
        return {alert.key: alert.text for alert in await self.parts.store.alerts()}

    async def stopped(self) -> list[str]:
        return list(await self.parts.store.stopped_addresses())


@pytest.fixture
async def office(postfix, dovecot, tmp_path):
    clock = HandClock(MORNING)
    parts = Parts(Store.open(tmp_path / "cadenced.db"), CalDav(), Mailer(), clock)
    office = Office(parts, postfix, dovecot, clock)
    await opened(office, postfix.account("starttls"))
    yield office
    await parts.close()


async def opened(office: Office, mail: MailAccount) -> None:
    loaded = Loaded(
        programme(pair()), {}, mail, Horizon(), {}, timedelta(hours=1), daily_cap=50, mailbox=office.dovecot.account()
    )
    await office.parts.install(loaded)
    assert not await read_once(office.parts)  # from here on


async def arrived(mailbox: Mailbox, dovecot: Dovecot, user: str, name: str) -> list[bytes]:
    """The mails of that name in somebody's mailbox, once there is one."""
    account, wanted = dovecot.account(user), f"Message-ID: <{name}@cadence.test>".encode()
    async with asyncio.timeout(SOON):
        while True:
            everything = await mailbox.fetch(account, 0, 0, 1000)
            if found := [each.body for each in everything.messages if wanted in each.body]:
                return found
            await mailbox.wait(account, 10)


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
async def test_a_mail_arrives_once_and_as_it_was_written(office, postfix, dovecot, mailbox, tls):
    name = f"arrives-{tls}"
    await opened(office, postfix.account(tls))
    assert (await office.send(name, address("ana")))["state"] == MailState.SENT
    (found,) = await arrived(mailbox, dovecot, "ana", name)
    assert found.endswith(BODY.format(name=name, to=address("ana"), token="").encode().partition(b"\r\n\r\n")[2])


async def test_many_mails_arrive_once_each(office, dovecot, mailbox):
    names = [f"many-{n:02}" for n in range(24)]
    await office.parts.store.enqueue([row(name, address(("ana", "bjorn")[n % 2])) for n, name in enumerate(names)])
    assert await office.parts.outbox.run_once() == 24
    for name in names[::2]:
        assert len(await arrived(mailbox, dovecot, "ana", name)) == 1


async def test_an_answer_to_a_plus_address_comes_to_our_mailbox_and_shows_it(postfix, dovecot, mailbox):
    account = dovecot.account()
    validity, last = await mailbox.latest(account)
    ours = address("agenda+k7q2")
    _write(postfix, address("ana"), ours, BODY.format(name="plus", to=ours, token="k7q2"))
    async with asyncio.timeout(SOON):
        while not (found := (await mailbox.fetch(account, validity, last, 10)).messages):
            await mailbox.wait(account, 10)
    assert b"Delivered-To: agenda+k7q2@cadence.test" in found[0].body


async def test_an_address_that_is_refused_at_once_is_stopped(office):
    found = await office.send("refused", address("nobody"))
    assert found["state"] == MailState.FAILED
    assert found["reply"].startswith("550 5.1.1")
    assert await office.stopped() == [address("nobody")]


@pytest.mark.parametrize(("user", "code"), [("greylist", "450 4.2.0"), ("brimming", "452 4.2.2")])
async def test_a_greylisted_mail_and_a_full_mailbox_wait_and_stop_nobody(office, user, code):
    found = await office.send(user, address(user))
    assert (found["state"], found["attempts"]) == (MailState.QUEUED, 1)
    assert found["reply"].startswith(code)
    assert await office.stopped() == []


async def test_a_mail_that_comes_back_from_a_full_mailbox_failed_and_its_address_is_not_stopped(office):
    assert (await office.send("full", address("full")))["state"] == MailState.SENT
    assert "5.2.2" in (await office.hears("full", MailState.FAILED))["reply"]
    assert "mail/full" in await office.alerts()
    assert await office.stopped() == []


async def test_a_mail_that_comes_back_because_nobody_is_there_stops_its_address(office):
    assert (await office.send("gone", GONE))["state"] == MailState.SENT
    assert "5.1.1" in (await office.hears("gone", MailState.FAILED))["reply"]
    assert await office.stopped() == [GONE]
    assert f"address/{GONE}" in await office.alerts()


async def test_a_notice_of_delay_changes_nothing_and_the_end_of_trying_does(office, dovecot, mailbox):
    validity, last = await mailbox.latest(dovecot.account())
    await office.send("slow", LATE)
    async with asyncio.timeout(SOON):
        while not (await mailbox.fetch(dovecot.account(), validity, last, 10)).messages:
            await mailbox.wait(dovecot.account(), 10)
    assert not await read_once(office.parts)
    assert (await office.row("slow"))["state"] == MailState.SENT
    await office.hears("slow", MailState.FAILED)
    assert await office.stopped() == []


async def test_a_lost_reply_is_settled_by_the_copy_in_our_own_mailbox(office, postfix, dovecot, mailbox):
    async with cut_after_the_dot(postfix.smtp) as port:
        await opened(office, replace(postfix.account(copy_to=address("agenda")), port=port))
        assert (await office.send("copied", address("ana")))["state"] == MailState.UNKNOWN
    found = await office.hears("copied", MailState.SENT)
    assert "copy" in found["reply"]
    office.clock.at += COPY_COMES_WITHIN + timedelta(hours=1)
    assert await office.parts.outbox.run_once() == 0
    assert len(await arrived(mailbox, dovecot, "ana", "copied")) == 1
    ours = await mailbox.fetch(dovecot.account(), 0, 0, 1000)
    assert not any(b"Message-ID: <copied@" in each.body.partition(b"\r\n\r\n")[0] for each in ours.messages)


async def test_without_a_copy_the_identical_mail_is_sent_again(office, postfix, dovecot, mailbox):
    async with cut_after_the_dot(postfix.smtp) as port:
        await opened(office, replace(postfix.account(), port=port))
        assert (await office.send("twice", address("ana")))["state"] == MailState.UNKNOWN
    await opened(office, postfix.account())
    office.clock.go(minutes=1)
    assert await office.parts.outbox.run_once() == 1
    async with asyncio.timeout(SOON):
        while len(await arrived(mailbox, dovecot, "ana", "twice")) < 2:
            await mailbox.wait(dovecot.account("ana"), 10)
    assert (await office.row("twice"))["state"] == MailState.SENT


@asynccontextmanager
async def cut_after_the_dot(port: int):
    """A way to Postfix that breaks when the message is handed over, before the reply comes back."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        back = asyncio.create_task(_back(from_server, writer))
        while data := await reader.read(65536):
            if last := data.endswith(b"\r\n.\r\n"):
                back.cancel()
                await asyncio.wait([back])
            to_server.write(data)
            if last:
                await from_server.readline()  # so that Postfix has it
                break
        back.cancel()
        writer.transport.abort()
        to_server.transport.abort()

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def _back(from_server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await from_server.read(65536):
        writer.write(data)


def _write(postfix: Postfix, sender: str, to: str, text: str) -> None:
    """By another program than ours."""
    with smtplib.SMTP("127.0.0.1", postfix.smtp, timeout=20) as other:
        other.sendmail(sender, [to], text.encode())
