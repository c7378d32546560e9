"""How a pass looks in a terminal."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from cadenced.cli.many import counted, few
from cadenced.service.report import MAILBOX, SMTP, Applied


def show_applied(applied: Applied, out: Console) -> None:
    """What one pass did."""
    if not (applied.written or applied.sent or applied.waiting):
        held = "Nothing was changed." if applied.blocked else "Nothing to do: calendars and mail are as they should be."
        out.print(held)
    else:
        parts = [(applied.written, "event", "brought up to date"), (applied.sent, "mail", "sent")]
        out.print(", ".join(f"{counted(n, what)} {where}" for n, what, where in parts if n) or "Nothing was changed.")
        if applied.waiting:
            waits = f"{counted(applied.waiting, 'mail')} wait{'s' * (applied.waiting == 1)}"
            why = "the mail server" if SMTP in applied.blocked else "another day (daily_cap), or another try"
            when = f": the first is tried on {applied.again.astimezone():%a %-d %b at %H:%M}" if applied.again else ""
            out.print(f"{waits} for {why}{when}.")
    show_blocked(applied.blocked, out)
    if applied.alerts:
        needs = f"{counted(applied.alerts, 'thing')} need{'s' * (applied.alerts == 1)}"
        out.print(Text(f"{needs} a human: `cadenced status` tells what.", style="yellow"))


def show_blocked(blocked: Mapping[str, str], out: Console) -> None:
    names = {MAILBOX: "mailbox", SMTP: "mail server"}
    lines = []
    for account, why in blocked.items():
        said = why.removeprefix(f"calendars.{account}: ").removeprefix(f"{account}: ")  # errors name their section
        lines.append(f"{names.get(account, f'calendar {account}')}: {said}")
    for line in few(lines, "`cadenced status --problems` shows all of them."):
        out.print(Text(line, style="red"))
