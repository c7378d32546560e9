"""How a pass looks in a terminal."""

from typing import Any

from rich.console import Console
from rich.text import Text

from cadenced.service.report import MAILBOX, SMTP, Applied


def show_applied(applied: Applied, out: Console) -> None:
    """What one pass did."""
    if not (applied.written or applied.sent or applied.waiting):
        held = "Nothing was changed." if applied.blocked else "Nothing to do: calendars and mail are as they should be."
        out.print(held)
    else:
        parts = [(applied.written, "event", "brought up to date"), (applied.sent, "mail", "sent")]
        out.print(", ".join(f"{_count(n, what)} {where}" for n, what, where in parts if n) or "Nothing was changed.")
        if applied.waiting:
            waits = f"{_count(applied.waiting, 'mail')} wait{'s' * (applied.waiting == 1)}"
            why = "the mail server" if SMTP in applied.blocked else "another day (daily_cap), or another try"
            out.print(f"{waits} for {why}.")
    show_blocked(applied.blocked, out)


def show_blocked(blocked: Any, out: Console) -> None:
    for account, why in blocked.items():
        what = {MAILBOX: "mailbox", SMTP: "mail server"}.get(account, f"calendar {account}")
        out.print(Text(f"{what}: {why}", style="red"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
