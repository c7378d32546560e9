"""What only a real Dovecot shows of reading a mailbox. The contract (tests/contract/mailbox) is held to it as well."""

import asyncio
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from cadenced.core.errors import TemporaryError
from tests.interop.dovecot import KEEPS, Dovecot, address
from tests.interop.test_delivery import SOON, _write

OLD = 10_000
FEW = 5_000  # bytes: a mail, and what surrounds it
MAIL = "Message-ID: <{}@example.org>\r\nSubject: old\r\n\r\nMay 2026\r\n"


@pytest.fixture
def archive(dovecot) -> str:
    """A folder of old mails, as a mail program left them there."""
    name = "Archive"
    folder = dovecot.folder / "mail" / "bjorn" / f".{name}"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    for n in range(OLD):
        (folder / "cur" / f"{n}.old:2,").write_text(MAIL.format(n))
    for path in (folder.parent, folder, *folder.iterdir()):
        shutil.chown(path, KEEPS, KEEPS)
    for path in (folder / "cur").iterdir():
        shutil.chown(path, KEEPS, KEEPS)
    return name


async def test_ten_thousand_old_mails_are_neither_fetched_nor_marked(dovecot, mailbox, archive):
    account, before = dovecot.account("bjorn", folder=archive), len(told(dovecot))
    validity, last = await mailbox.latest(account)
    assert last == OLD
    assert (await mailbox.fetch(account, validity, last, 50)).messages == ()
    assert len((await mailbox.fetch(account, validity, last - 3, 50)).messages) == 3
    await mailbox.close()
    await asyncio.sleep(1)  # Dovecot writes it when the conversation is over
    assert 0 < max(told(dovecot)[before:]) < FEW


async def test_a_waking_finds_what_postfix_brought(postfix, dovecot, mailbox):
    account = dovecot.account()
    validity, last = await mailbox.latest(account)
    await mailbox.fetch(account, validity, last, 10)
    waiting = asyncio.create_task(_until_it_comes(mailbox, account, validity, last))
    await asyncio.sleep(0.3)
    _write(postfix, address("ana"), address("agenda"), MAIL.format("waking"))
    assert b"<waking@example.org>" in await waiting


async def test_a_conversation_that_is_cut_in_a_wait_goes_on_where_it_was(postfix, dovecot, mailbox):
    account = dovecot.account()
    validity, last = await mailbox.latest(account)
    await mailbox.fetch(account, validity, last, 10)
    waiting = asyncio.create_task(mailbox.wait(account, 600))
    await asyncio.sleep(0.3)
    cut(dovecot)
    with pytest.raises(TemporaryError):
        await waiting
    _write(postfix, address("ana"), address("agenda"), MAIL.format("cut"))
    assert b"<cut@example.org>" in await _until_it_comes(mailbox, account, validity, last)


def cut(dovecot: Dovecot) -> None:
    """Ends every conversation, as a machine that loses its processes."""
    for pid in dovecot.processes()[:-1]:
        if Path(f"/proc/{pid}/comm").read_text().strip() in ("imap", "imap-login"):
            os.kill(pid, signal.SIGKILL)


def told(dovecot: Dovecot) -> list[int]:
    """How many bytes Dovecot said in each conversation that is over."""
    log = (dovecot.folder / "dovecot.log").read_text()
    return [int(out) for out in re.findall(r"imap\(bjorn.*\bout=(\d+)", log)]


async def _until_it_comes(mailbox, account, validity: int, last: int) -> bytes:
    async with asyncio.timeout(SOON):
        while not (found := (await mailbox.fetch(account, validity, last, 10)).messages):
            await mailbox.wait(account, 600)
    return found[0].body
