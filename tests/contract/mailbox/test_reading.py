"""What the reader of a mailbox promises, held against every server alike."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from cadenced.core.accounts import Arrivals, MailboxAccount
from cadenced.core.errors import AccessError, ConfigError, TemporaryError
from cadenced.shell.imap import BEGINNING, LARGEST
from cadenced.shell.mailbox import Mailbox

FOR_EVER = 600.0  # seconds: longer than any test may take
SOON = 30.0  # seconds within which a test that hangs fails


def mail(subject: str, text: str = "Tuesday is fine.\r\n.\r\n") -> bytes:
    head = f"From: maya@example.org\r\nMessage-ID: <{subject}@example.org>\r\nSubject: {subject}\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()


def subjects(arrivals: Arrivals) -> list[str]:
    return [each.body.partition(b"Subject: ")[2].partition(b"\r\n")[0].decode() for each in arrivals.messages]


async def next_mail(mailbox: Mailbox, account: MailboxAccount, validity: int, after: int) -> list[str]:
    """As a reader waits: each waking is looked into, for it may have been nothing."""
    async with asyncio.timeout(SOON):
        while not (found := subjects(await mailbox.fetch(account, validity, after, 10))):
            await mailbox.wait(account, FOR_EVER)
        return found


async def test_a_new_reader_begins_after_what_is_there(room, mailbox):
    await room.put(mail("old"), mail("older"))
    validity, last = await mailbox.latest(room.account)
    assert subjects(await mailbox.fetch(room.account, validity, last, 10)) == []
    await room.put(mail("new"))
    assert subjects(await mailbox.fetch(room.account, validity, last, 10)) == ["new"]


async def test_an_empty_folder_has_a_beginning_too(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    assert last == 0
    assert await mailbox.fetch(room.account, validity, last, 10) == Arrivals(validity)


async def test_the_oldest_come_first_and_never_more_than_asked_for(room, mailbox):
    await room.put(*(mail(str(n)) for n in range(5)))
    validity, _ = await mailbox.latest(room.account)
    first = await mailbox.fetch(room.account, validity, 0, 3)
    assert (subjects(first), first.more) == (["0", "1", "2"], True)
    rest = await mailbox.fetch(room.account, validity, first.messages[-1].uid, 3)
    assert (subjects(rest), rest.more) == (["3", "4"], False)


async def test_a_message_comes_with_the_bytes_that_it_has(room, mailbox):
    body = mail("über", "Größe: 5 €\r\n* 3 EXISTS\r\n)\r\n{12}\r\n")
    await room.put(body)
    validity, _ = await mailbox.latest(room.account)
    (found,) = (await mailbox.fetch(room.account, validity, 0, 10)).messages
    assert (found.body, found.validity, found.cut) == (body, validity, False)


async def test_reading_changes_no_flag_and_asks_for_none(room, mailbox):
    await room.put(mail("one"), mail("two"))
    validity, _ = await mailbox.latest(room.account)
    first, second = (await mailbox.fetch(room.account, validity, 0, 10)).messages
    await room.mark(second.uid, "\\Seen")
    assert subjects(await mailbox.fetch(room.account, validity, 0, 10)) == ["one", "two"]
    assert await room.flags() == {first.uid: set(), second.uid: {"\\Seen"}}


async def test_after_a_renumbering_everything_counts_as_new_and_is_said_to(room, mailbox):
    await room.put(mail("one"), mail("two"))
    validity, last = await mailbox.latest(room.account)
    await room.renumber()
    found = await mailbox.fetch(room.account, validity, last, 10)
    assert (subjects(found), found.renumbered) == (["one", "two"], True)
    assert found.validity != validity
    again = await mailbox.fetch(room.account, found.validity, found.messages[-1].uid, 10)
    assert (subjects(again), again.renumbered) == ([], False)


async def test_what_somebody_removed_is_passed_over(room, mailbox):
    await room.put(mail("one"), mail("two"), mail("three"))
    validity, _ = await mailbox.latest(room.account)
    found = await mailbox.fetch(room.account, validity, 0, 10)
    await room.remove(found.messages[1].uid)
    assert subjects(await mailbox.fetch(room.account, validity, 0, 10)) == ["one", "three"]


async def test_of_a_message_that_is_too_large_comes_the_beginning(room, mailbox):
    body = mail("large", ("x" * 76 + "\r\n") * (LARGEST // 78 + 1))
    await room.put(body, mail("small"))
    validity, _ = await mailbox.latest(room.account)
    large, small = (await mailbox.fetch(room.account, validity, 0, 10)).messages
    assert large.body == body[:BEGINNING]
    assert (large.cut, small.cut) == (True, False)


async def test_a_wait_ends_when_something_comes(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    waiting = asyncio.create_task(next_mail(mailbox, room.account, validity, last))
    await asyncio.sleep(0.2)  # so that it mostly waits by then; the test holds either way
    await room.put(mail("new"))
    assert await waiting == ["new"]


async def test_what_comes_between_a_look_and_the_wait_ends_the_wait(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    await mailbox.fetch(room.account, validity, last, 10)
    await room.put(mail("new"))
    assert await next_mail(mailbox, room.account, validity, last) == ["new"]


async def test_a_wait_has_an_end(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    await mailbox.fetch(room.account, validity, last, 10)
    assert await mailbox.wait(room.account, 0.1) is False


async def test_our_own_copies_are_removed_and_nothing_else(room, mailbox):
    await room.put(mail("ours"), mail("theirs"), mail("marked"))
    validity, _ = await mailbox.latest(room.account)
    ours, theirs, marked = (each.uid for each in (await mailbox.fetch(room.account, validity, 0, 10)).messages)
    await room.mark(marked, "\\Deleted")
    assert await mailbox.delete(room.account, validity, [ours])
    assert await room.flags() == {theirs: set(), marked: {"\\Deleted"}}


async def test_a_uid_of_before_a_renumbering_removes_nothing(room, mailbox):
    await room.put(mail("one"))
    validity, last = await mailbox.latest(room.account)
    await room.renumber()
    assert await mailbox.delete(room.account, validity, [last]) is False
    assert len(await room.flags()) == 1


async def test_a_server_that_restarts_is_read_on_from_where_we_were(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    await room.stop()
    with pytest.raises(TemporaryError):
        await mailbox.fetch(room.account, validity, last, 10)
    await room.start()
    await room.put(mail("new"))
    assert await next_mail(mailbox, room.account, validity, last) == ["new"]


async def test_a_server_that_goes_down_ends_the_wait(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    waiting = asyncio.create_task(next_mail(mailbox, room.account, validity, last))
    await asyncio.sleep(0.2)
    await room.stop()
    with pytest.raises(TemporaryError):
        await waiting
    await room.start()
    assert await mailbox.latest(room.account) == (validity, last)


async def test_a_server_that_freezes_is_for_a_retry(room):
    mailbox = Mailbox(patience=0.5)
    validity, last = await mailbox.latest(room.account)
    with room.frozen():
        with pytest.raises(TemporaryError):  # in the middle of a conversation
            await mailbox.fetch(room.account, validity, last, 10)
        with pytest.raises(TemporaryError):  # before it says a word
            await mailbox.fetch(room.account, validity, last, 10)
    mailbox.patience = SOON
    assert await mailbox.latest(room.account) == (validity, last)
    await mailbox.close()


async def test_closing_ends_a_wait_at_once(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    waiting = asyncio.create_task(next_mail(mailbox, room.account, validity, last))
    await asyncio.sleep(0.2)
    await mailbox.close()
    with pytest.raises(TemporaryError):
        await waiting


async def test_closing_ends_a_talk_with_a_frozen_server_at_once(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    with room.frozen():
        asking = asyncio.create_task(mailbox.fetch(room.account, validity, last, 10))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(SOON / 2):
            await mailbox.close()
            with pytest.raises(TemporaryError):
                await asking


async def test_after_a_wait_that_was_cancelled_the_next_call_is_answered(room, mailbox):
    validity, last = await mailbox.latest(room.account)
    waiting = asyncio.create_task(mailbox.wait(room.account, FOR_EVER))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    await room.put(mail("new"))
    async with asyncio.timeout(SOON):
        assert subjects(await mailbox.fetch(room.account, validity, last, 10)) == ["new"]


async def test_starttls_reads_the_same_folder(room, mailbox):
    await room.put(mail("one"))
    validity, _ = await mailbox.latest(room.starttls)
    assert subjects(await mailbox.fetch(room.starttls, validity, 0, 10)) == ["one"]
    assert await next_mail(mailbox, room.starttls, validity, 0) == ["one"]


async def test_a_wrong_password_is_for_a_human(room, mailbox):
    with pytest.raises(AccessError, match=r"refuses the login .* Check username and password of \[mailbox\]"):
        await mailbox.latest(replace(room.account, password="wrong"))


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_certificate_of_nobody_we_trust_gets_no_password(room, mailbox, tls):
    account = room.account if tls == "tls" else room.starttls
    with pytest.raises(AccessError, match=r"certificate cannot be trusted.*name it with ca_file in \[mailbox\]"):
        await mailbox.latest(replace(account, ca_file=None))


async def test_a_folder_that_is_not_there_is_for_the_user_with_those_that_are(room, mailbox):
    with pytest.raises(ConfigError, match=r"no folder 'Answers' .*there are: INBOX, .*Antworten & Rückfragen"):
        await mailbox.latest(replace(room.account, folder="Answers"))


async def test_nobody_at_the_port_is_for_a_retry(room, mailbox):
    with pytest.raises(TemporaryError, match=r"^127.0.0.1:9 cannot be read: Connection refused$"):
        await mailbox.latest(replace(room.account, port=9))
