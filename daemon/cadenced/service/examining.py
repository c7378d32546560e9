"""What `doctor` does: asks every server of an installation, one after the other, whether it does what is needed of it.

Must never know a protocol, nor a terminal.
"""

from collections.abc import Awaitable, Callable

import structlog

from cadenced.config import Installation
from cadenced.core.findings import Finding, Verdict
from cadenced.reconciler.bugs import in_words
from cadenced.service.parts import Loaded
from cadenced.shell.clock import SystemClock
from cadenced.shell.dav import Dav
from cadenced.shell.examination import examine_calendar, examine_mail, examine_mailbox
from cadenced.shell.mailbox import Mailbox
from cadenced.shell.mailer import Mailer

log = structlog.get_logger("cadenced")

Step = Callable[[str, int, int], None]  # what, done, of how many


async def examine_once(installation: Installation, step: Step) -> list[Finding]:
    """What the servers say to what cadenced needs of them: mail first, then each calendar."""
    loaded, clock = Loaded.of(installation), SystemClock()
    accounts = [account for _, account in sorted(loaded.accounts.items())]
    dav = Dav()
    try:
        step("Asking the servers", 0, len(accounts) + 1)
        found = await _examined("smtp", examine_mail(Mailer(), loaded.mail))
        if loaded.mailbox is not None:
            found += await _examined("mailbox", examine_mailbox(Mailbox(), loaded.mailbox))
        for done, account in enumerate(accounts, 1):
            step("Asking the servers", done, len(accounts) + 1)
            found += await _examined(account.section, examine_calendar(dav, account, clock.now()))
        return found
    finally:
        await dav.close()


async def _examined(subject: str, examination: Awaitable[list[Finding]]) -> list[Finding]:
    """What one server says. A bug of ours that it brings to light keeps nobody from hearing of the others."""
    try:
        return await examination
    except Exception as bug:
        log.exception("a bug kept a server from being examined; the others are", server=subject)
        words = f"a bug of cadenced shows with what this server answers ({in_words(bug)})"
        return [Finding(subject, "bug", Verdict.FAULT, words, "please report it, with the lines that were logged")]
