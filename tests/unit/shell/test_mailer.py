"""What each answer of a submission service means, against a real SMTP server."""

import asyncio
import dataclasses

import aiosmtplib
import pytest

from cadenced.core.accounts import MailAccount
from cadenced.core.errors import AccessError, TemporaryError
from cadenced.shell.mailer import Mailer
from tests.support.smtpd import PASSWORD, certificate, smtp_server

BODY = b"Message-ID: <one@example.org>\r\nSubject: Tue 8 Dec\r\n\r\n.a line that begins with a dot\r\n"
QUICK = (2.0, 2.0)


def account(box, tls: str = "none", **more) -> MailAccount:
    return MailAccount("127.0.0.1", box.port, tls, "Mentoring <agenda@example.org>", **more)


@pytest.fixture
async def box():
    async with smtp_server() as box:
        yield box


@pytest.fixture
async def mailer():
    mailer = Mailer(patience=QUICK)
    yield mailer
    await mailer.close()


async def send(mailer: Mailer, to: MailAccount, recipient: str):
    await mailer.open(to)
    return await mailer.send(to, recipient, BODY)


async def test_the_bytes_arrive_as_they_are(box, mailer):
    outcome = await send(mailer, account(box), "maya@example.org")
    assert outcome.verdict == "sent"
    assert outcome.reply.startswith("250")
    assert box.delivered == [("maya@example.org", BODY)]


async def test_several_messages_share_a_connection(box, mailer):
    for name in ("maya", "jonas", "refuse", "reject-data", "asha"):
        await send(mailer, account(box), f"{name}@example.org")
    assert box.connections == 1
    assert [to for to, _ in box.delivered] == ["maya@example.org", "jonas@example.org", "asha@example.org"]


async def test_messages_that_are_sent_at_once_have_a_connection_each_and_leave_it_to_the_next(box, mailer):
    for _ in range(3):
        sent = await asyncio.gather(*(send(mailer, account(box), f"{name}@example.org") for name in "abcd"))
        assert {outcome.verdict for outcome in sent} == {"sent"}
    assert box.connections == 4


async def test_a_copy_of_each_message_goes_to_our_own_mailbox(box, mailer):
    outcome = await send(mailer, account(box, copy_to="agenda+copies@example.org"), "maya@example.org")
    assert outcome.verdict == "sent"
    assert box.delivered == [("maya@example.org", BODY), ("agenda+copies@example.org", BODY)]


async def test_a_copy_that_is_refused_costs_the_message_nothing(box, mailer):
    assert (await send(mailer, account(box, copy_to="refuse@example.org"), "maya@example.org")).verdict == "sent"
    assert [to for to, _ in box.delivered] == ["maya@example.org"]


async def test_a_server_that_ends_the_conversation_at_the_copy_has_taken_nothing(box, mailer):
    box.faults["agenda@example.org"] = "421 4.3.2 shutting down"
    outcome = await send(mailer, account(box, copy_to="agenda@example.org"), "maya@example.org")
    assert (outcome.verdict, box.delivered) == ("later", [])


async def test_a_recipient_that_is_refused_gets_no_copy_made(box, mailer):
    outcome = await send(mailer, account(box, copy_to="agenda@example.org"), "refuse@example.org")
    assert (outcome.verdict, box.delivered) == ("refused", [])


async def test_a_message_to_our_own_mailbox_is_its_copy(box, mailer):
    await send(mailer, account(box, copy_to="Agenda@example.org"), "agenda@example.org")
    assert len(box.delivered) == 1


@pytest.mark.parametrize(
    ("name", "verdict", "code"),
    [
        ("refuse", "refused", "550"),
        ("greylist", "later", "450"),
        ("reject-data", "rejected", "554"),
        ("defer-data", "later", "451"),
        ("closing", "later", "421"),
    ],
)
async def test_the_reply_code_decides(box, mailer, name, verdict, code):
    outcome = await send(mailer, account(box), f"{name}@example.org")
    assert outcome.verdict == verdict
    assert outcome.reply.startswith(code)


async def test_a_line_cut_after_the_message_leaves_the_outcome_unknown(box, mailer):
    outcome = await send(mailer, account(box), "drop@example.org")
    assert outcome.verdict == "unknown"
    assert len(box.to("drop@example.org")) == 1


async def test_after_a_cut_line_the_next_message_gets_a_new_connection(box, mailer):
    await send(mailer, account(box), "drop@example.org")
    assert (await send(mailer, account(box), "maya@example.org")).verdict == "sent"
    assert box.connections == 2


async def test_a_server_that_hangs_leaves_the_outcome_unknown(box):
    mailer = Mailer(patience=(2.0, 0.1))
    assert (await send(mailer, account(box), "hang@example.org")).verdict == "unknown"


async def test_a_bug_in_the_middle_of_a_message_costs_the_next_one_nothing(box, mailer, monkeypatch):
    async def fails(client, body, **_):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(aiosmtplib.SMTP, "data", fails)
    with pytest.raises(ZeroDivisionError):
        await send(mailer, account(box), "maya@example.org")
    monkeypatch.undo()
    assert (await send(mailer, account(box), "jonas@example.org")).verdict == "sent"
    assert [to for to, _ in box.delivered] == ["jonas@example.org"]


async def test_a_send_that_is_cancelled_closes_the_connection(box, mailer):
    task = asyncio.create_task(send(mailer, account(box), "hang@example.org"))
    await box.handed_over.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await send(mailer, account(box), "maya@example.org")).verdict == "sent"
    assert box.connections == 2


async def test_nobody_at_the_port_is_for_a_retry(box, mailer):
    nobody = dataclasses.replace(account(box), port=9)
    with pytest.raises(TemporaryError, match=r"^127.0.0.1:9 cannot be reached: Connection refused$"):
        await mailer.open(nobody)


async def test_a_host_that_nobody_knows_is_told_without_the_number_of_the_error(box, mailer):
    with pytest.raises(TemporaryError, match=r"^mail\.nowhere\.invalid:25 cannot be reached: [A-Z]"):
        await mailer.open(dataclasses.replace(account(box), host="mail.nowhere.invalid", port=25, tls="starttls"))


async def test_a_sender_that_the_server_won_t_have_is_for_a_human(box, mailer):
    box.refused_senders.add("agenda@example.org")
    with pytest.raises(AccessError, match=r"refuses agenda@example.org as sender: 553"):
        await send(mailer, account(box), "maya@example.org")


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_login_and_message_travel_encrypted(tmp_path, mailer, tls):
    context, ca = certificate(tmp_path)
    async with smtp_server(tls=tls, context=context, auth=True) as box:
        login = account(box, tls, username="agenda@example.org", password=PASSWORD, ca_file=ca)
        assert (await send(mailer, login, "maya@example.org")).verdict == "sent"
        await mailer.close()


async def test_a_wrong_password_is_for_a_human(tmp_path, mailer):
    context, ca = certificate(tmp_path)
    async with smtp_server(tls="starttls", context=context, auth=True) as box:
        login = account(box, "starttls", username="agenda@example.org", password="wrong", ca_file=ca)
        with pytest.raises(AccessError, match=r"refuses the login 'agenda@example.org'"):
            await mailer.open(login)
        await mailer.close()


@pytest.mark.parametrize(
    ("spoken", "said", "patience", "advice"),
    [
        ("starttls", "tls", 60.0, r'does not begin with TLS: port 587 wants tls = "starttls" in \[smtp\]$'),
        ("tls", "starttls", 1.0, r'says nothing before TLS begins: port 465 wants tls = "tls" in \[smtp\]$'),
    ],
)
async def test_a_port_that_wants_tls_otherwise_is_told_with_what_it_wants(tmp_path, spoken, said, patience, advice):
    context, ca_file = certificate(tmp_path)
    async with smtp_server(tls=spoken, context=context) as box:
        with pytest.raises(TemporaryError, match=advice):
            await Mailer(patience=(patience, patience)).open(account(box, said, ca_file=ca_file))


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_of_nobody_we_trust_gets_no_password(tmp_path, mailer, tls):
    context, _ = certificate(tmp_path)
    async with smtp_server(tls=tls, context=context, auth=True) as box:
        login = account(box, tls, username="agenda@example.org", password=PASSWORD)
        with pytest.raises(AccessError, match=r"certificate cannot be trusted.*name it with ca_file"):
            await mailer.open(login)
        await mailer.close()


async def test_a_server_without_starttls_gets_no_password(box, mailer):
    with pytest.raises(AccessError, match=r"offers no STARTTLS, so the password would travel in clear"):
        await mailer.open(account(box, "starttls", username="agenda@example.org", password=PASSWORD))


async def test_a_ca_file_that_is_none_is_for_the_user(box, mailer, tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(Exception, match=r"smtp.ca_file: .* cannot be used"):
        await mailer.open(account(box, "starttls", ca_file=tmp_path / "ca.pem"))
