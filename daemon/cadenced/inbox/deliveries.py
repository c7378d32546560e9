"""What mail servers say became of our mails, and which of them arrived in our own mailbox: that settles the outbox.

Must never know what a mail was about.
"""

from collections.abc import Sequence
from datetime import datetime

from cadenced.core.records import MailState, OutboxRow, Settlement
from cadenced.inbox.ports import Store
from cadenced.wire.deliveries import Delivery, Outcome, Report

UNSETTLED = (MailState.UNKNOWN, MailState.ATTEMPTING)
GONE = "5."  # RFC 3463 §2: a status that no retry will mend
THEIR_MAILBOX = ("5.1.", "5.7.")  # of these the address is at fault, or we are not wanted there; else it is the message


async def arrived(store: Store, rows: Sequence[OutboxRow], now: datetime) -> bool:
    """A copy of ours came in, so the mail went out. Whether that was not known."""
    unknown = [row for row in rows if row.state in UNSETTLED]
    for row in unknown:
        said = Settlement(MailState.SENT, "its copy arrived in our mailbox", row.attempts, row.day)
        await store.settle(row.key, said, now)
    return bool(unknown)


async def reported(store: Store, report: Report, rows: Sequence[OutboxRow], now: datetime) -> str:
    """What became of it, as one word. A delay changes nothing: the server goes on trying."""
    for each in report.deliveries:
        mine = [row for row in rows if row.recipient.lower() in (each.recipient, each.original)]
        if each.outcome is Outcome.FAILED and mine:
            await _failed(store, each, mine[0], now)
            return "bounce"
        if each.outcome in (Outcome.DELIVERED, Outcome.RELAYED) and mine:
            await arrived(store, mine, now)
            return "delivered"
    return "delay" if any(each.outcome is Outcome.DELAYED for each in report.deliveries) and rows else "foreign"


async def _failed(store: Store, said: Delivery, row: OutboxRow, now: datetime) -> None:
    words = " ".join(filter(None, (said.status, said.diagnostic))) or "without a reason"
    await store.settle(row.key, Settlement(MailState.FAILED, f"returned: {words}", row.attempts, row.day), now)
    if said.status.startswith(THEIR_MAILBOX):
        await store.stop_address(row.recipient, words, now)
        advice = "Nothing more is sent there. Correct the address in the pairs file, or run "
        text = f"Mail to {row.recipient} came back: {words}. {advice}`cadenced thaw {row.recipient}` once it works."
        await store.raise_alert(f"address/{row.recipient.lower()}", text, now)
    else:
        text = f"The {row.kind} of {row.pair} to {row.recipient} came back: {words}"
        await store.raise_alert(f"mail/{row.key}", text, now)
