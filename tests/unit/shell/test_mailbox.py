"""What the reader of a mailbox does with a server that is old, busy, odd or ill, against a small real one."""

import asyncio
import socket
from contextlib import suppress
from functools import partial

import pytest

from cadenced.core.accounts import MailboxAccount
from cadenced.core.errors import AccessError, CadencedError, ConfigError, TemporaryError
from cadenced.shell import mailbox as door
from cadenced.shell.imap import AT_ONCE, BEGINNING
from cadenced.shell.mailbox import Mailbox
from tests.support.imapd import PASSWORD, USER, Imapd, imap_server

ODD = [
    "* SEARCH 1 x",
    "* SEARCH 99999999999999999999",
    "* OK [UIDVALIDITY abc]",
    "* CAPABILITY",
    "* 1 FETCH (UID 1 BODY[] {5}\r\nabcde)",
    "* 1 FETCH (UID 1 BODY[] NIL)",
    "* 3 FETCH {2}\r\nab{2}\r\ncd",
    "* BYE",
    "* LIST nothing",
    "* 1 EXPUNGE",
    "* OK [READ-ONLY]",
    "+ ",
    "",
    "\0\ufffd",
]
BODY = b"Message-ID: <one@example.org>\r\n\r\nyes\r\n"
SOON = 20.0  # seconds within which a test that hangs fails
FOR_EVER = 600.0


@pytest.fixture
async def server():
    async with imap_server() as server:
        yield server


@pytest.fixture
async def mailbox():
    mailbox = Mailbox(patience=SOON)
    yield mailbox
    await mailbox.close()


def account(server: Imapd, **more) -> MailboxAccount:
    return MailboxAccount(
        **{"host": "127.0.0.1", "port": server.port, "tls": "none", "username": USER, "password": PASSWORD} | more
    )


async def waits(mailbox: Mailbox, server: Imapd, seconds: float = FOR_EVER) -> bool:
    """After a look, so that nothing is new."""
    validity, last = await mailbox.latest(account(server))
    await mailbox.fetch(account(server), validity, last, 10)
    async with asyncio.timeout(SOON):
        return await mailbox.wait(account(server), seconds)


async def test_one_connection_serves_every_call_and_each_old_message_stays_unread(server, mailbox):
    server.folders["INBOX"].put(*[BODY] * 10_000)
    validity, last = await mailbox.latest(account(server))
    server.folders["INBOX"].put(BODY)
    server.said.clear()
    assert len((await mailbox.fetch(account(server), validity, last, 50)).messages) == 1
    assert server.said == ["EXAMINE", "UID SEARCH", "UID FETCH", "UID FETCH"]  # its size, then itself
    assert server.connections == 1


async def test_where_nothing_is_new_nothing_is_fetched(server, mailbox):
    server.folders["INBOX"].put(BODY)
    validity, last = await mailbox.latest(account(server))
    server.said.clear()
    await mailbox.fetch(account(server), validity, last, 50)
    assert "UID FETCH" not in server.said


async def test_messages_of_one_call_fit_into_memory_and_the_rest_comes_with_the_next(server, mailbox):
    server.folders["INBOX"].put(*[BODY + b"x" * (AT_ONCE // 5)] * 7)
    first = await mailbox.fetch(account(server), 1000, 0, 50)
    assert (len(first.messages), first.more) == (4, True)
    rest = await mailbox.fetch(account(server), 1000, first.messages[-1].uid, 50)
    assert (len(rest.messages), rest.more) == (3, False)


async def test_headers_without_end_are_cut(server, mailbox):
    server.folders["INBOX"].put(b"X-Long: " + b"x" * 9_000_000)
    (found,) = (await mailbox.fetch(account(server), 1000, 0, 50)).messages
    assert found.cut
    assert len(found.body) == BEGINNING


async def test_a_message_that_goes_while_it_is_read_is_left_out(server, mailbox):
    server.folders["INBOX"].put(BODY, BODY)
    fetches = []

    def before(name: str) -> None:
        if name == "UID FETCH" and not fetches:
            fetches.append(name)
            server.folders["INBOX"].remove(1)

    server.before = before
    found = await mailbox.fetch(account(server), 1000, 0, 50)
    assert [each.uid for each in found.messages] == [2]


async def test_a_server_without_idle_is_looked_at_now_and_then(server, mailbox):
    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    mailbox.look_every = 0.01
    assert await waits(mailbox, server)
    assert "IDLE" not in server.said


async def test_closing_ends_the_pause_between_two_looks(server, mailbox):
    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    searched = asyncio.Event()
    server.before = lambda name: searched.set() if name == "UID SEARCH" else None
    waiting = asyncio.create_task(waits(mailbox, server))
    await searched.wait()
    await asyncio.sleep(0.1)  # so that it mostly pauses by then
    await mailbox.close()
    async with asyncio.timeout(SOON):
        await asyncio.wait([waiting])


async def test_no_wait_is_longer_than_servers_bear(server, mailbox, monkeypatch):
    monkeypatch.setattr(door, "LONGEST_WAIT", 0.1)
    assert await waits(mailbox, server, FOR_EVER) is False


async def test_news_in_the_same_packet_as_the_go_ahead_ends_the_wait(server, mailbox):
    server.go_ahead = "+ idling\r\n* 7 EXISTS"
    assert await waits(mailbox, server)


async def test_news_before_the_go_ahead_ends_nothing_badly(server, mailbox):
    server.go_ahead = "* OK Still here\r\n+ idling"
    assert await waits(mailbox, server, 0.1) is False


async def test_a_sign_of_life_ends_the_wait_and_brings_nothing(server, mailbox):
    waiting = asyncio.create_task(waits(mailbox, server))
    await server.idling.wait()
    server.say("* OK Still here")
    assert await waiting
    assert (await mailbox.fetch(account(server), 1000, 0, 10)).messages == ()


async def test_news_at_the_end_of_a_search_ends_the_wait_that_follows(server, mailbox):
    validity, last = await mailbox.latest(account(server))
    server.before = lambda name: server.say("* 9 EXISTS") if name == "UID SEARCH" else None
    await mailbox.fetch(account(server), validity, last, 10)
    async with asyncio.timeout(SOON):
        assert await mailbox.wait(account(server), FOR_EVER)


async def test_a_line_that_is_cut_in_a_wait_is_for_a_retry(server, mailbox):
    waiting = asyncio.create_task(waits(mailbox, server))
    await server.idling.wait()
    await server.cut()
    with pytest.raises(TemporaryError):
        await waiting
    assert await mailbox.latest(account(server)) == (1000, 0)


async def test_a_server_that_says_goodbye_in_a_wait_is_for_a_retry(server, mailbox):
    waiting = asyncio.create_task(waits(mailbox, server))
    await server.idling.wait()
    server.say("* BYE too long")
    with pytest.raises(TemporaryError, match="ended the conversation"):
        await waiting


async def test_a_call_that_takes_too_long_as_a_whole_is_for_a_retry(server):
    mailbox = Mailbox(patience=SOON, whole=0.3)
    server.before = lambda name: server.running.clear() if name == "UID SEARCH" else None
    with pytest.raises(TemporaryError, match="did not end within"):
        await mailbox.fetch(account(server), 1000, 0, 10)


async def test_where_single_messages_cannot_be_removed_none_is(server, mailbox):
    server.capabilities = "IMAP4rev1 AUTH=PLAIN IDLE"
    server.folders["INBOX"].put(BODY)
    assert await mailbox.delete(account(server), 1000, [1]) is False
    assert server.folders["INBOX"].flags == {1: set()}


async def test_to_remove_nothing_asks_nobody(server, mailbox):
    assert await mailbox.delete(account(server), 1000, [])
    assert server.connections == 0


async def test_a_login_that_cannot_be_checked_just_now_is_for_a_retry(server, mailbox):
    server.refuses["AUTHENTICATE"] = "NO [UNAVAILABLE] the directory is down"
    with pytest.raises(TemporaryError, match=r"can't check the login just now: .*the directory is down"):
        await mailbox.latest(account(server))


async def test_a_server_of_plain_logins_gets_the_password_as_it_is(server, mailbox):
    server.capabilities = "IMAP4rev1 IDLE UIDPLUS"
    server.passwords[USER] = 'a "b" \\ c'
    assert await mailbox.latest(account(server, password='a "b" \\ c')) == (1000, 0)
    assert "LOGIN" in server.said


async def test_a_password_that_such_a_server_cannot_take_is_for_a_human(server, mailbox):
    server.capabilities = "IMAP4rev1 IDLE UIDPLUS"
    with pytest.raises(AccessError, match=r"letters beyond ASCII.*\[mailbox\]"):
        await mailbox.latest(account(server))


async def test_a_server_without_starttls_gets_no_password(server, mailbox):
    with pytest.raises(AccessError, match=r'offers no STARTTLS.*tls = "tls" in \[mailbox\]'):
        await mailbox.latest(account(server, tls="starttls"))
    assert not {"LOGIN", "AUTHENTICATE"} & set(server.said)


async def test_a_folder_that_cannot_be_opened_just_now_is_for_a_retry(server, mailbox):
    server.refuses["EXAMINE"] = "NO [INUSE] locked"
    with pytest.raises(TemporaryError, match="locked"):
        await mailbox.latest(account(server))


async def test_what_the_server_refuses_is_for_a_retry_and_costs_nothing(server, mailbox):
    server.folders["INBOX"].put(BODY)
    server.refuses["UID FETCH"] = "NO [SERVERBUG] index is broken"
    with pytest.raises(TemporaryError, match="index is broken"):
        await mailbox.fetch(account(server), 1000, 0, 10)
    server.refuses.clear()
    assert len((await mailbox.fetch(account(server), 1000, 0, 10)).messages) == 1


@pytest.mark.parametrize("line", ODD)
async def test_whatever_a_server_says_only_our_own_errors_come_of_it_and_it_is_read_on(server, line):
    server.folders["INBOX"].put(BODY)
    mailbox, whose = Mailbox(patience=0.5), account(server)
    server.before = lambda _: server.say(line)
    for call in (
        mailbox.latest,
        partial(mailbox.fetch, validity=1000, after=0, limit=9),
        partial(mailbox.wait, seconds=0.1),
    ):
        with suppress(CadencedError):
            await call(whose)
    server.before = lambda _: None
    await mailbox.close()
    mailbox.patience = SOON
    assert [each.body for each in (await mailbox.fetch(whose, 1000, 0, 9)).messages] == [BODY]
    await mailbox.close()


async def test_a_ca_file_that_is_none_is_for_the_user(server, mailbox, tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigError, match=r"mailbox.ca_file: .* cannot be used"):
        await mailbox.latest(account(server, tls="tls", ca_file=tmp_path / "ca.pem"))


async def test_another_folder_gets_another_conversation(server, mailbox):
    server.folders["Answers"] = type(server.folders["INBOX"])(validity=7)
    assert await mailbox.latest(account(server)) == (1000, 0)
    assert await mailbox.latest(account(server, folder="Answers")) == (7, 0)


async def test_a_port_that_waits_for_another_first_word_is_told_as_what_it_may_be(server):
    impatient, words = (
        Mailbox(patience=0.1),
        r"it does not answer; do host, port and tls of \[mailbox\] belong together",
    )
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(TemporaryError, match=words):
        await impatient.latest(account(server, port=mute.getsockname()[1]))
    await impatient.close()


async def test_a_port_without_tls_from_the_start_is_told_with_what_it_wants(server, mailbox):
    with pytest.raises(
        TemporaryError, match=r'does not begin with TLS; port 143 wants tls = "starttls" in \[mailbox\]$'
    ):
        await mailbox.latest(account(server, tls="tls"))
