"""How the state of things looks in a terminal: of a few pairs each, of many in numbers, and what needs somebody."""

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cadenced.cli.many import MANY, SHOWN, counted, few, told
from cadenced.config.problems import grouped
from cadenced.core.model import State
from cadenced.core.records import AccountRow, AccountStatus
from cadenced.service.needs import Need, needs, totals
from cadenced.service.standing import PairStatus, Status

ALL = "`cadenced status --problems` shows all of them, and `cadenced status PAIR` all of a pair."


def show_status(status: Status, out: Console, *, problems: bool = False) -> None:
    """How the programme stands: what needs a human first. With `problems`, that alone, and all of it."""
    if problems or len(status.pairs) > MANY:
        _show_numbers(status, out, whole=problems)
    else:
        _show_each(status, out)
    if problems:
        return
    if status.answers:
        read = ", ".join(f"{count} {_read(count, outcome)}" for outcome, count in sorted(status.answers.items()))
        out.print(f"read: {read}", markup=False)
    _show_warnings(status, out)


def show_pair(status: Status, out: Console) -> None:
    """One pair: its coming meetings, and what needs somebody."""
    [pair] = status.pairs
    for need in needs(status):
        _show_need(need.lines, out)
    _show_config_error(status, out)
    names = f": {pair.pair.mentor.name} and {pair.pair.protege.name}" if pair.pair else ""
    left = "" if pair.pair or status.config_error else ", no longer in the programme"  # which can't be read otherwise
    out.print(Text(f"{pair.name}{names}{left}", style="bold"))
    table = Table(box=None, pad_edge=False, show_header=False)
    for meeting in pair.coming:
        kind = str(meeting.identity.kind).replace("_", " ")
        state = "" if meeting.state is State.STANDING else str(meeting.state)
        more = (state, "placed by a person" if meeting.pinned else "")
        table.add_row(_when(meeting.start, pair.timezone), ", ".join(filter(None, (kind, *more))))
    out.print(table if pair.coming else "no meeting to come")
    if pair.last_contact:
        out.print(f"last contact: {_day(pair.last_contact, pair.timezone)}")
    _show_off(pair, pair.waiting, out)
    _show_warnings(status, out)


def _show_warnings(status: Status, out: Console) -> None:
    people = (person for each in status.pairs if each.pair for person in each.pair.people)
    told(grouped(status.warnings, {person.id: person.name for person in people}), out)


def _show_numbers(status: Status, out: Console, *, whole: bool) -> None:
    found = needs(status)
    counts = totals(status, found)
    soon = counts.pop("meetings in the next 7 days")
    how = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    out.print(f"{counted(len(status.pairs), 'pair')}: {how or 'none'}.", markup=False)
    out.print(f"{counted(soon, 'meeting')} in the next 7 days.", markup=False)
    _show_config_error(status, out)
    lines = [line for need in found for line in (need.lines if whole else _some(need))]
    _show_need(lines if whole else few(lines, ALL), out)
    if whole and not found:
        out.print("Nothing needs anybody.")
    out.print(_begun(status), end="", markup=False)
    works = sum(row.status is AccountStatus.OK for row in status.accounts)
    _show_accounts(status, out, whole=whole)
    if works:
        out.print(f"{counted(works, 'calendar')} {'works' if works == 1 else 'work'}.", markup=False)
    if not whole:
        _show_mails(status, out)


def _some(need: Need) -> Iterable[str]:
    """The first line of a pair, and how many more it has."""
    first, *more = need.lines
    if not need.pair or not more:
        return need.lines
    return [f"{first} (and {len(more)} more)"]


def _show_need(lines: Iterable[str], out: Console) -> None:
    for line in lines:
        out.print(Text(line if line.startswith("…") else f"! {line}", style="red"))


def _show_config_error(status: Status, out: Console) -> None:
    if status.config_error:
        force = "; the last good one is in force" if status.pairs else ", and there was none before it"
        out.print(Text(f"! The saved configuration has errors{force}.\n{status.config_error}", "red"))


def _show_each(status: Status, out: Console) -> None:
    _show_need((alert.text for alert in status.alerts), out)
    _show_config_error(status, out)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("pair", "next meeting", "how", "last contact"):
        table.add_column(column)
    for each in status.pairs:
        upcoming = f"{_when(each.next_start, each.timezone)}" if each.next_start else "none"
        last = _day(each.last_contact, each.timezone) if each.last_contact else "–"
        table.add_row(each.name, upcoming, each.how, last)
    if status.pairs or not status.config_error:
        out.print(table if status.pairs else "No pair is known yet: add one to pairs.toml.")
    out.print(_begun(status), end="", markup=False)
    for each in status.pairs:
        _show_off(each, (), out)
    for row in status.accounts:
        out.print(Text(_account(row, status), "" if row.status is AccountStatus.OK else "red"))
    _show_mails(status, out)


def _show_off(pair: PairStatus, said: Collection[str], out: Console) -> None:
    """In lines of their own: a column would be too narrow for them."""
    for words in (each for each in (*pair.off, *pair.in_the_way) if each not in said):
        out.print(Text(f"{pair.name}, {words}", style="yellow"))


def _show_accounts(status: Status, out: Console, *, whole: bool) -> None:
    """Those that don't work."""
    bad = [row for row in status.accounts if row.status is not AccountStatus.OK]
    lines = [_account(row, status) for row in bad]
    for line in few(lines, ALL, len(lines) if whole else SHOWN):
        out.print(Text(line, "red"))


def _account(row: AccountRow, status: Status) -> str:
    """With its problem, but where an alert has told that."""
    told = not row.problem or any(row.problem in alert.text for alert in status.alerts)
    return f"calendar {row.account}: {row.status}{'' if told else f': {row.problem}'}"


def _show_mails(status: Status, out: Console) -> None:
    mails = ", ".join(f"{count} {state}" for state, count in sorted(status.mails.items())) or "none yet"
    out.print(f"mail: {mails}", markup=False)


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


def _when(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b %Y %H:%M} {zone.rpartition('/')[2].replace('_', ' ')}"


def _day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y}"
