"""How the demo looks: quiet, and right at 80 columns.

Must never know where the facts come from.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cadenced.cli.demo_look import Delivered, Event

ROWS = 12  # of a table: enough to see the rhythm
LINES = 40  # of a mail


def heading(out: Console, title: str, remark: str) -> None:
    out.print()
    out.print(Rule(Text(title, style="bold"), align="left", style="dim"))
    out.print(Text(remark, style="dim"))
    out.print()


def show_events(out: Console, events: Sequence[Event], names: Mapping[str, str]) -> None:
    """One row for a meeting, with everybody who has a copy of it."""
    holders: dict[str, list[Event]] = {}
    for event in events:
        holders.setdefault(event.uid, []).append(event)
    table = _table("when", "in whose calendar", "what")
    for copies in list(holders.values())[:ROWS]:
        who = ", ".join(names[copy.user].split()[0] for copy in copies)
        table.add_row(_when(copies[0].start), who, copies[0].summary)
    out.print(table)
    _more(out, len(holders) - ROWS, "meetings")


def show_mails(out: Console, mails: Sequence[Delivered]) -> None:
    table = _table("date", "to", "subject")
    for mail in mails[:ROWS]:
        table.add_row(_when(mail.date), mail.recipient, mail.subject)
    out.print(table)
    _more(out, len(mails) - ROWS, "mails")


def show_text(out: Console, mail: Delivered) -> None:
    lines = mail.text.strip().splitlines()
    out.print()
    out.print(Text(f"The last one, as {mail.recipient} reads it:", style="dim"))
    out.print()
    out.print(Padding(Text("\n".join(lines[:LINES])), (0, 2)))
    _more(out, len(lines) - LINES, "lines")


def show_where(out: Console, url: str, users: Iterable[str], password: str, folder: Path) -> None:
    """Where to point a calendar app, and which file to edit: to be copied, so only the terminal may break a line."""
    rows = {
        "calendar app": f"CalDAV, {url}",
        "users": ", ".join(users),
        "password": password,
        "edit": str(folder / "pairs.toml"),
    }
    for label, value in rows.items():
        out.print(Text.assemble((f"{label:<14}", "dim"), value), soft_wrap=True)


def changes(before: Iterable[Event], after: Iterable[Event], names: Mapping[str, str]) -> list[str]:
    """What happened to the events in between, one line each, for people."""
    old, new = ({(event.uid, event.user): event for event in events} for events in (before, after))
    lines = []
    for key in sorted(old.keys() | new.keys(), key=lambda key: (new.get(key) or old[key]).start):
        was, now = old.get(key), new.get(key)
        if was != now:
            lines.append(_change(was, now, names))
    return lines


def _change(was: Event | None, now: Event | None, names: Mapping[str, str]) -> str:
    event = now or was
    assert event is not None  # noqa: S101 - one of the two is there, or there was no change
    who = names[event.user].split()[0]
    if was is None:
        return f"+ {who}: {event.summary}, {_when(event.start)}"
    if now is None:
        return f"- {who}: {event.summary}, {_when(event.start)}"
    if (was.start, was.end) != (now.start, now.end):
        return f"~ {who}: {event.summary}, {_when(was.start)} → {_when(now.start)}"
    return f"~ {who}: {event.summary}, {_when(event.start)} (was: {was.summary})"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], overflow="fold")
    return table


def _more(out: Console, count: int, what: str) -> None:
    if count > 0:
        out.print(Text(f"… and {count} more {what}", style="dim"))


def _when(moment: datetime) -> str:
    return f"{moment:%a} {moment.day:>2} {moment:%b %H:%M}"
