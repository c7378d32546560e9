"""What of a programme needs somebody, the worst first, and how many pairs stand how.

Must never know a terminal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cadenced.core.model import State
from cadenced.core.records import AlertRow
from cadenced.service.standing import PairStatus, Status, pair_of

WEEK = timedelta(days=7)
ASKED = "asked"  # of alerts about a meeting of which the pair's own lines tell
EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Need:
    """What needs somebody, in words; `pair` is empty where it is about more than one."""

    pair: str
    lines: tuple[str, ...]


def needs(status: Status) -> list[Need]:
    """What is about the whole programme first, then pairs that have no meeting to come, those that met longest ago
    first, then the others, those that meet soonest first.
    """
    pairs = {each.name: each for each in status.pairs}
    alerts: dict[str, list[AlertRow]] = {}
    for alert in status.alerts:
        alerts.setdefault(name if (name := pair_of(alert)) in pairs else "", []).append(alert)
    found = [Need("", tuple(alert.text for alert in alerts.pop("", [])))]
    lines = {name: tuple(_lines(each, alerts.get(name, []))) for name, each in pairs.items()}
    waiting = sorted((each for each in status.pairs if lines[each.name]), key=_order)
    return [each for each in (*found, *(Need(pair.name, lines[pair.name]) for pair in waiting)) if each.lines]


def totals(status: Status, found: Iterable[Need]) -> dict[str, int]:
    """How many pairs stand how, each counted once, what is `found` to need somebody being known; and how many meetings
    stand in the next seven days.
    """
    waiting = {need.pair for need in found}
    counts = dict.fromkeys(("on track", "waiting for a human", "paused", "without a coming meeting", "ended"), 0)
    for each in status.pairs:
        counts[_how(each, waiting=each.name in waiting)] += 1
    soon = [m for each in status.pairs for m in each.coming if m.state is State.STANDING]
    return counts | {"meetings in the next 7 days": sum(m.start < status.now + WEEK for m in soon)}


def _how(pair: PairStatus, *, waiting: bool) -> str:
    if waiting:
        return "waiting for a human"
    if pair.ended:
        return "ended"
    if pair.paused:
        return "paused"
    return "on track" if pair.next_start else "without a coming meeting"


def _lines(pair: PairStatus, alerts: list[AlertRow]) -> Iterator[str]:
    told = pair.waiting
    yield from (f"{pair.name}, {words}" for words in told)
    for alert in alerts:
        if not (told and alert.key.startswith(f"pair/{pair.name}/{ASKED}/")):
            yield alert.text


def _order(pair: PairStatus) -> tuple[bool, datetime]:
    soonest = pair.next_start
    return soonest is not None, soonest or pair.last_contact or EVER
