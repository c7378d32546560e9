"""What Postfix writes when a mail comes back or is late, kept for tests that have no Postfix.

`python -m tests.interop.reports` writes them anew into tests/support/reports.
"""

import asyncio
import sys
from pathlib import Path

from cadenced.core.accounts import MailAccount, MailboxAccount
from cadenced.shell.mailbox import Mailbox
from cadenced.shell.mailer import Mailer
from tests.interop.dovecot import address
from tests.interop.mail import mail_servers, why_not
from tests.interop.postfix import GONE, LATE

FOLDER = Path(__file__).parents[1] / "support" / "reports"
CAUSES = {"unknown": GONE, "full": address("full"), "late": LATE}  # by the name of what was sent
NAMES = {
    (b"unknown", b"failed"): "unknown.eml",
    (b"full", b"failed"): "full.eml",
    (b"late", b"delayed"): "delayed.eml",
    (b"late", b"failed"): "expired.eml",
}
MAIL = """\
Message-ID: <{name}@cadence.test>\r
From: Mentoring <agenda@cadence.test>\r
Reply-To: agenda+token-{name}@cadence.test\r
To: {to}\r
Subject: Face to face, Tue 8 Dec 17:30\r
\r
See you on Tuesday.\r
"""


async def written(post: MailAccount, account: MailboxAccount) -> dict[str, bytes]:
    """By file name."""
    mailbox, mailer, found = Mailbox(), Mailer(), {}
    for name, to in CAUSES.items():
        await mailer.send(post, to, MAIL.format(name=name, to=to).encode())
    await mailer.close()
    validity, last = 0, 0
    while len(found) < len(NAMES):
        arrivals = await mailbox.fetch(account, validity, last, 10)
        for each in arrivals.messages:
            validity, last = each.validity, each.uid
            ((name),) = (file for (cause, act), file in NAMES.items() if _tells(each.body, cause, act))
            found[name] = each.body
        await mailbox.wait(account, 10)
    await mailbox.close()
    return found


def _tells(report: bytes, cause: bytes, action: bytes) -> bool:
    return b"Message-ID: <%s@" % cause in report and b"Action: %s" % action in report


def main() -> str:
    if reason := why_not():
        return reason
    with mail_servers() as (post, mailboxes):
        found = asyncio.run(written(post.account(), mailboxes.account()))
    FOLDER.mkdir(exist_ok=True)
    for name, body in found.items():
        (FOLDER / name).write_bytes(body)
    return ""


if __name__ == "__main__":
    sys.exit(main() or 0)
