"""Handing mails to Postfix: our mailer against its own load generator, and against a connection for each mail.

Postfix swallows what it takes, so that what is measured ends with its reply.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cadenced.core.accounts import MailAccount
from cadenced.core.records import OutboxRow
from cadenced.outbox import CONNECTIONS, Outbox
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from tests.bench.stopwatch import stopwatch
from tests.interop.dovecot import address
from tests.interop.mail import mail_servers, why_not
from tests.interop.postfix import SWALLOWED, Postfix
from tests.support.clock import HandClock
from tests.support.programme import utc

ROUNDS = 5  # one after the other in turns, so that what else the machine does meets both
MAILS = 400  # of a round
ALONE = 40  # of a round, with a connection for each
SIZE = 6000  # bytes: an agenda in text and HTML
NOW = utc("2026-12-05T08:00")
BODY = (
    b"Message-ID: <agenda@cadence.test>\r\nFrom: agenda@cadence.test\r\nSubject: Tue 8 Dec\r\n\r\n"
    + (b"x" * 70 + b"\r\n") * 82
)


class MissingError(Exception):
    """What this row needs is not here; the text says why."""


def plain() -> tuple[float, float, str]:
    """Without TLS, against smtp-source with as many connections, which it keeps as we do."""
    ours = theirs = 0.0
    with _postfix() as post:
        generator = ["/usr/sbin/smtp-source", "-d", "-s", str(CONNECTIONS), "-m", str(MAILS), "-l", str(SIZE)]
        whom = ["-f", address("agenda"), "-t", f"ana@{SWALLOWED}", f"127.0.0.1:{post.smtp}"]
        for _ in range(ROUNDS):
            with stopwatch() as generated:
                subprocess.run(post.view.inside(*generator, *whom), check=True)
            with stopwatch() as handed_over:
                asyncio.run(_lanes(post.account(), MAILS))
            ours, theirs = ours + handed_over(), theirs + generated()
        with stopwatch() as with_ledger:
            asyncio.run(_outbox(post.account()))
    count = ROUNDS * MAILS
    told = f"{count / ours:.0f} mails a second, smtp-source {count / theirs:.0f}, the outbox with its ledger on disk"
    return ours, theirs, f"{told} {MAILS / with_ledger():.0f}"


def encrypted() -> tuple[float, float, str]:
    """With TLS, against a new connection for each mail; seconds for as many mails."""
    ours = theirs = 0.0
    with _postfix() as post:
        account = post.account("starttls")
        for _ in range(ROUNDS):
            with stopwatch() as one_each:
                asyncio.run(_one_each(account))
            with stopwatch() as handed_over:
                asyncio.run(_lanes(account, MAILS))
            ours, theirs = ours + handed_over(), theirs + one_each() * MAILS / ALONE
    count = ROUNDS * MAILS
    return ours, theirs, f"{count / ours:.0f} mails a second, with a new connection for each {count / theirs:.0f}"


@contextmanager
def _postfix() -> Iterator[Postfix]:
    if reason := why_not():
        raise MissingError(reason)
    with mail_servers() as (post, _mailboxes):
        yield post


async def _lanes(account: MailAccount, count: int) -> None:
    """As the outbox hands them over, without its ledger."""
    mailer, numbers = Mailer(), iter(range(count))

    async def lane() -> None:
        for n in numbers:
            await _send(mailer, account, n)

    await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))
    await mailer.close()


async def _one_each(account: MailAccount) -> None:
    mailer = Mailer()
    for n in range(ALONE):
        await _send(mailer, account, n)
        await mailer.close()


async def _send(mailer: Mailer, account: MailAccount, n: int) -> None:
    outcome = await mailer.send(account, f"ana-{n}@{SWALLOWED}", BODY)
    if outcome.verdict != "sent":
        raise RuntimeError(outcome.reply)


async def _outbox(account: MailAccount) -> None:
    with tempfile.TemporaryDirectory(prefix="cadenced-bench-") as folder:
        store = Store.open(Path(folder) / "cadenced.db")
        await store.enqueue([_row(n) for n in range(MAILS)])
        sent = await Outbox(store, Mailer(), HandClock(NOW), account, daily_cap=2).run_once()
        store.close()
        if sent != MAILS:
            raise RuntimeError(f"{sent} of {MAILS} were sent")


def _row(n: int) -> OutboxRow:
    key, who = f"pair-{n}/agenda/1/ana-{n}", f"ana-{n}"
    whom, last = f"{who}@{SWALLOWED}", NOW + timedelta(days=1)
    return OutboxRow(key, f"pair-{n}", "agenda", who, "", whom, f"<{n}@{SWALLOWED}>", BODY, NOW, last, NOW.date())
