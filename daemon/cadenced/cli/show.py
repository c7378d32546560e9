"""How a pass and the state of things look in a terminal."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cadenced.service.report import MAILBOX, SMTP, Applied
from cadenced.service.standing import Status


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


def show_status(status: Status, out: Console) -> None:
    """How the programme stands: what needs a human first."""
    for alert in status.alerts:
        out.print(Text(f"! {alert.text}", style="red"))
    if status.config_error:
        out.print(
            Text(f"! The saved configuration has errors; the last good one is in force.\n{status.config_error}", "red")
        )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("pair", "next meeting", "how", "last contact"):
        table.add_column(column)
    for each in status.pairs:
        upcoming = f"{_when(each.next_start, each.timezone)}" if each.next_start else "none"
        last = _day(each.last_contact, each.timezone) if each.last_contact else "–"
        table.add_row(each.name, upcoming, each.how, last)
    out.print(table if status.pairs else "No pair is known yet: add one to pairs.toml.")
    out.print(_begun(status), end="", markup=False)
    for each in status.pairs:
        for words in (*each.off, *each.in_the_way):  # in lines of their own: a column would be too narrow for them
            out.print(Text(f"{each.name}, {words}", style="yellow"))
    for row in status.accounts:
        style = None if str(row.status) == "ok" else "red"
        out.print(Text(f"calendar {row.account}: {row.status}{': ' + row.problem if row.problem else ''}", style or ""))
    mails = ", ".join(f"{count} {state}" for state, count in sorted(status.mails.items())) or "none yet"
    out.print(f"mail: {mails}", markup=False)
    if status.answers:
        read = ", ".join(f"{count} {_read(count, outcome)}" for outcome, count in sorted(status.answers.items()))
        out.print(f"read: {read}", markup=False)
    for warning in status.warnings:
        out.print(f"warning: {warning}", style="yellow", markup=False)


def _begun(status: Status) -> str:
    """What to do first, in a line, where nothing was done yet."""
    if not status.pairs or status.accounts or status.mails:
        return ""
    return "Nothing was written or sent yet: `cadenced apply` does it once, `cadenced run` from now on.\n"


def _read(count: int, outcome: str) -> str:
    """What became of mails that came in, in words."""
    many = {"answer": "answers", "bounce": "came back", "delay": "late", "delivered": "delivered"}
    words = many | {"automatic": "by programs", "foreign": "of strangers", "forged": "forged", "refused": "not done"}
    return "answer" if (count, outcome) == (1, "answer") else words.get(outcome, outcome)


def show_blocked(blocked: Any, out: Console) -> None:
    for account, why in blocked.items():
        what = {MAILBOX: "mailbox", SMTP: "mail server"}.get(account, f"calendar {account}")
        out.print(Text(f"{what}: {why}", style="red"))


def _when(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M} {zone.rpartition('/')[2].replace('_', ' ')}"


def _day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
