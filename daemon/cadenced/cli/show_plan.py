"""How a plan looks in a terminal: a line for each meeting and each mail, whoever of the two it concerns.

`plan --json` lists every action by itself. Must never know how a plan is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cadenced.cli.many import MANY, SHOWN, counted, few, show_warnings
from cadenced.cli.show import show_blocked
from cadenced.cli.wrapping import wrapped
from cadenced.core.accounts import INVITED
from cadenced.core.actions import Action, CancelEvent, CreateEvent, SendMail, UpdateEvent, is_note
from cadenced.core.model import Kind, Pair
from cadenced.reconciler.decision import Decision
from cadenced.service.report import Planned, zone_of

SIGNS = {CreateEvent: ("+", "green"), UpdateEvent: ("~", "yellow"), CancelEvent: ("-", "red"), SendMail: ("@", "cyan")}
KINDS = {Kind.FACE_TO_FACE: "face to face", Kind.CALL: "call"}
NARROW = 72  # columns: a table of less cuts what it says
LINES = 200  # of one plan; thousands are for --json
MORE = "`cadenced plan PAIR` tells all of a pair, `cadenced plan --json` of everybody."
THIS_YEAR = timedelta(days=300)  # within it a date needs no year


@dataclass(frozen=True, slots=True)
class _Line:
    """What is shown of an action, equal for the two of a pair: a meeting in the pair's zone, a mail in its reader's."""

    pair: str
    kind: type[Action]
    when: str
    what: str
    reason: str


def show_plan(planned: Planned, out: Console) -> None:
    """The plan, pair by pair, each line with its reason; of many pairs in numbers, with what is out of the ordinary."""
    if len(planned.decisions) > MANY:
        _show_numbers(planned, out)
        return
    actions = planned.actions
    there = "calendars that can be reached" if planned.blocked else "calendars"
    if not actions:
        out.print(f"Nothing to do: {there} and mail are as they should be.")
    elif not planned.changes:
        out.print(f"Nothing to do now: the {there} are as they should be. These mails will fall due:")
    lines = _lines(actions, planned)
    shown = dict(list(lines.items())[:LINES])
    for name in dict.fromkeys(line.pair for line in shown):
        out.print(Text(f"\n{_title(name, planned.programme.pairs.get(name))}", style="bold"))
        _show_lines([(line, who) for line, who in shown.items() if line.pair == name], out)
    if len(lines) > len(shown):
        out.print(f"\n… and {len(lines) - len(shown):,} more; --json lists them all.")
    gaps = [f"{each.pair}: {gap}" for each in planned.decisions for gap in each.gaps]
    for gap in ["", *few(gaps, "`cadenced explain PAIR` tells why.")] if gaps else []:
        out.print(gap, style="yellow", markup=False)
    show_blocked(planned.blocked, out)
    show_warnings(planned.programme, out)
    if planned.unsafe:
        _show_unsafe(planned, out)
    if planned.changes:
        out.print(f"\n{_summary(actions, planned.now)}")


def _show_numbers(planned: Planned, out: Console) -> None:
    """How much there is to do, and then what is not as it should be, or upsets what people have in their calendars."""
    busy = sum(bool(each.actions or each.due_mails) for each in planned.decisions)
    out.print(f"{counted(len(planned.decisions), 'pair')}, {busy:,} of them with something to do.", markup=False)
    nothing = "Nothing to do: calendars and mail are as they should be."
    out.print(_summary(planned.actions, planned.now) if planned.changes else nothing, markup=False)
    if planned.unsafe:
        _show_unsafe(planned, out)
    show_blocked(planned.blocked, out)
    gaps = sorted((each for each in planned.decisions if each.gaps), key=lambda each: (-len(each.gaps), each.pair))
    if gaps:
        places = counted(sum(len(each.gaps) for each in gaps), "place")
        out.print(f"\nNo time for {places} of {counted(len(gaps), 'pair')}:", style="yellow", markup=False)
    for line in few([_gaps(each) for each in gaps]):
        out.print(line, style="yellow", markup=False)
    upset = _lines(sorted(filter(_upsets, planned.actions), key=_mildness), planned)
    if upset:
        out.print(f"\nWhat is cancelled or changed of {counted(len(upset), 'meeting')} that people have:", markup=False)
        _show_lines(list(upset.items())[:SHOWN], out, names=True)
    if len(upset) > SHOWN:
        out.print(f"… and {len(upset) - SHOWN:,} more", markup=False)
    show_warnings(planned.programme, out)
    out.print(f"\n{MORE[0].upper()}{MORE[1:]}", markup=False)


def _show_unsafe(planned: Planned, out: Console) -> None:
    out.print(Text(f"\nA human must confirm this: {planned.unsafe}.", style="red"))


def _upsets(action: Action) -> bool:
    return isinstance(action, CancelEvent) or (isinstance(action, UpdateEvent) and not is_note(action))


def _mildness(action: Action) -> int:
    """What is cancelled comes first, then what is moved, then new texts."""
    return 0 if isinstance(action, CancelEvent) else 2 - (isinstance(action, UpdateEvent) and "time" in action.changed)


def _gaps(decision: Decision) -> str:
    first, *more = decision.gaps
    return f"{decision.pair}: {first}{f' (and {len(more)} more)' if more else ''}"


def _lines(actions: Iterable[Action], planned: Planned) -> Mapping[_Line, list[str]]:
    """The lines in order of time, each with the people it concerns."""
    found: dict[_Line, list[str]] = {}
    for action in actions:
        pair = planned.programme.pairs.get(_pair_of(action))
        found.setdefault(_line(action, pair, planned.now), []).append(action.person)
    return found


def _line(action: Action, pair: Pair | None, now: datetime) -> _Line:
    if isinstance(action, SendMail):
        when = _when(action.due, zone_of(action.person, pair), now) if action.due > now else "now"
        return _Line(action.pair, SendMail, when, f"mail: {action.kind.replace('_', '-')}", action.reason)
    when = _when(action.meeting.start, pair.timezone if pair else "UTC", now)
    return _Line(_pair_of(action), type(action), when, KINDS[action.meeting.identity.kind], action.reason)


def _show_lines(lines: Sequence[tuple[_Line, list[str]]], out: Console, *, names: bool = False) -> None:
    """With the pairs' `names`, or without; as a table where there is room for one."""
    if out.width >= NARROW:
        out.print(_table(lines, names=names))
        return
    for line, people in lines:
        sign, style = SIGNS[line.kind]
        who = [line.pair] * names + [line.what, "both" if len(people) > 1 else people[0]]
        for text in wrapped(f"{sign} ", f"{line.when.strip()}  {', '.join(who)}: {line.reason}", out.width):
            out.print(Text(text, style=style))


def _table(lines: Iterable[tuple[_Line, list[str]]], *, names: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
    for _ in range(5 if names else 4):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line, people in lines:
        sign, style = SIGNS[line.kind]
        who = "both" if len(people) > 1 else people[0]
        pair = [line.pair] if names else []
        table.add_row(Text(sign, style), *pair, line.when, line.what, who, Text(line.reason, style="dim"))
    return table


def _summary(actions: list[Action], now: datetime) -> str:
    counts = {
        "events to create": sum(isinstance(a, CreateEvent) and not _invites(a) for a in actions),
        "invitations to send": sum(isinstance(a, CreateEvent) and _invites(a) for a in actions),
        "to change": sum(isinstance(a, UpdateEvent) and not is_note(a) for a in actions),
        "notes to renew": sum(map(is_note, actions)),
        "to cancel": sum(isinstance(a, CancelEvent) for a in actions),
        "mails due now": sum(isinstance(a, SendMail) and a.due <= now for a in actions),
    }
    return ", ".join(f"{count:,} {_one(what) if count == 1 else what}" for what, count in counts.items() if count) + "."


def _one(what: str) -> str:
    """The words of `what`, the first of them a noun, for one of it."""
    noun, space, rest = what.partition(" ")
    return f"{noun.removesuffix('s')}{space}{rest}"


def _invites(action: CreateEvent) -> bool:
    return action.account.startswith(INVITED)


def _title(name: str, pair: Pair | None) -> str:
    if pair is None:
        return f"{name}, no longer in the programme"
    zone = pair.timezone.rpartition("/")[2].replace("_", " ")
    return f"{name}: {pair.mentor.name} and {pair.protege.name}, meetings in {zone} time"


def _when(moment: datetime, zone: str, now: datetime) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    year = "" if abs(moment - now) < THIS_YEAR else f" {local.year}"
    return f"{local:%a} {local.day:>2} {local:%b}{year} {local:%H:%M}"


def _pair_of(action: Action) -> str:
    return action.pair if isinstance(action, SendMail) else action.meeting.identity.pair
