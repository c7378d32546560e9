"""How a plan, a pass and the state of things look in a terminal."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cadenced.core.actions import Action, CancelEvent, CreateEvent, SendMail, UpdateEvent
from cadenced.core.model import Kind, Pair, Programme
from cadenced.service.report import Applied, Planned, Status, zone_of

SIGNS = {CreateEvent: ("+", "green"), UpdateEvent: ("~", "yellow"), CancelEvent: ("-", "red"), SendMail: ("@", "cyan")}
KINDS = {Kind.FACE_TO_FACE: "face to face", Kind.CALL: "call"}
SHOWN = 200  # actions; a plan of thousands is for --json


def show_plan(planned: Planned, out: Console) -> None:
    """The plan, pair by pair, each action with its reason."""
    actions = planned.actions
    if not actions:
        out.print("Nothing to do: calendars and mail are as they should be.")
    elif not planned.changes:
        out.print("Nothing to do now: the calendars are as they should be. These mails will fall due:")
    shown = actions[:SHOWN]
    for name in dict.fromkeys(_pair_of(action) for action in shown):
        pair = planned.programme.pairs.get(name)
        out.print(Text(f"\n{_title(name, pair)}", style="bold"))
        out.print(_table((a for a in shown if _pair_of(a) == name), planned.programme))
    if len(actions) > SHOWN:
        out.print(f"\n… and {len(actions) - SHOWN} more; --json lists them all.")
    for decision in planned.decisions:
        for gap in decision.gaps:
            out.print(f"{decision.pair}: {gap}", style="yellow", markup=False)
    _show_blocked(planned.blocked, out)
    for warning in planned.programme.warnings:
        out.print(f"warning: {warning}", style="yellow", markup=False)
    if planned.changes:
        out.print(f"\n{_summary(actions, planned.now)}")


def show_applied(applied: Applied, out: Console) -> None:
    """What one pass did."""
    if not (applied.written or applied.sent or applied.waiting):
        out.print("Nothing to do: calendars and mail are as they should be.")
    else:
        parts = [(applied.written, "change", "in calendars"), (applied.sent, "mail", "sent")]
        out.print(", ".join(f"{_count(n, what)} {where}" for n, what, where in parts if n) or "Nothing was changed.")
        if applied.waiting:
            out.print(f"{_count(applied.waiting, 'mail')} could not be delivered yet; `cadenced status` says why.")
    _show_blocked(applied.blocked, out)


def show_status(status: Status, out: Console) -> None:
    """How the programme stands: what needs a human first."""
    for alert in status.alerts:
        out.print(Text(f"! {alert.text}", style="red"))
    if status.config_error:
        out.print(
            Text(f"! The saved configuration has errors; the last good one is in force.\n{status.config_error}", "red")
        )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("pair", "next meeting", "how", "last contact", "off"):
        table.add_column(column)
    for each in status.pairs:
        upcoming = f"{_when(each.next_start, each.timezone)}" if each.next_start else "none"
        last = _day(each.last_contact, each.timezone) if each.last_contact else "–"
        table.add_row(each.name, upcoming, each.how, last, each.off)
    out.print(table if status.pairs else "No pair is known yet: run `cadenced apply`, or the daemon.")
    for row in status.accounts:
        style = None if str(row.status) == "ok" else "red"
        out.print(Text(f"calendar {row.account}: {row.status}{': ' + row.problem if row.problem else ''}", style or ""))
    mails = ", ".join(f"{count} {state}" for state, count in sorted(status.mails.items())) or "none yet"
    out.print(f"mail: {mails}", markup=False)
    for warning in status.warnings:
        out.print(f"warning: {warning}", style="yellow", markup=False)


def _table(actions: Iterable[Action], programme: Programme) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
    for _ in range(4):
        table.add_column(overflow="fold")
    for action in actions:
        sign, style = SIGNS[type(action)]
        zone = zone_of(action.person, programme.pairs.get(_pair_of(action)))
        moment = action.due if isinstance(action, SendMail) else action.meeting.start
        what = f"mail: {action.kind}" if isinstance(action, SendMail) else KINDS[action.meeting.identity.kind]
        reason = f"{action.person}: {action.reason}" if action.person else action.reason
        table.add_row(Text(sign, style), _when(moment, zone), what, Text(reason, style="dim"))
    return table


def _show_blocked(blocked: Any, out: Console) -> None:
    for account, why in blocked.items():
        out.print(Text(f"calendar {account}: {why}", style="red"))


def _summary(actions: list[Action], now: datetime) -> str:
    counts = {
        "to create": sum(isinstance(a, CreateEvent) for a in actions),
        "to change": sum(isinstance(a, UpdateEvent) for a in actions),
        "to cancel": sum(isinstance(a, CancelEvent) for a in actions),
        "to send now": sum(isinstance(a, SendMail) and a.due <= now for a in actions),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) + "."


def _title(name: str, pair: Pair | None) -> str:
    return f"{name}: {pair.mentor.name} and {pair.protege.name}" if pair else f"{name} (no longer in the programme)"


def _when(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M} {zone.rpartition('/')[2].replace('_', ' ')}"


def _day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _pair_of(action: Action) -> str:
    return action.pair if isinstance(action, SendMail) else action.meeting.identity.pair
