"""When people are busy, by their own calendars: times and nothing else.

Owns what a busy time is, what is asked about it, and how several become one list. Must never know a calendar's text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Span = tuple[datetime, datetime]  # aware, in UTC: [start, end)


@dataclass(frozen=True, slots=True, order=True)
class BusyTime:
    """`[start, end)`, aware, in UTC. A `tentative` time is one to avoid, not one that is taken."""

    start: datetime
    end: datetime
    tentative: bool = False


@dataclass(frozen=True, slots=True)
class BusyQuery:
    """Whose busy time is asked for, and which. `within` bounds it.

    `timezone` is the person's own, for days and for times without a zone. `addresses` are theirs, in small letters, for
    whether they declined. `ours` are our own events by UID, with their times: they keep nobody busy.
    """

    within: Span
    timezone: str
    addresses: frozenset[str] = frozenset()
    ours: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BusyReading:
    """What one calendar said. `events`: it was read event by event; else its server told free and busy alone. `missed`:
    how many events of it are not among the times, or not with all that they recur.
    """

    times: tuple[BusyTime, ...]
    events: bool
    missed: int = 0


@dataclass(frozen=True, slots=True)
class BusySeen:
    """When a calendar was last read, and the mark that it bore then: it stays while nothing changes there. "" where the
    server gives none.
    """

    url: str
    mark: str
    at: datetime


def merged(times: Iterable[BusyTime]) -> tuple[BusyTime, ...]:
    """The same times as few as possible and in order. None overlaps another: where a time is both, it is taken."""
    every = list(times)
    taken = _union((each.start, each.end) for each in every if not each.tentative)
    perhaps = _without(_union((each.start, each.end) for each in every if each.tentative), taken)
    return tuple(sorted([*(BusyTime(*each) for each in taken), *(BusyTime(*each, tentative=True) for each in perhaps)]))


def apart_from(times: Iterable[BusyTime], away: Iterable[Span]) -> tuple[BusyTime, ...]:
    """What is left of the times, merged, when these spans are taken away."""
    holes = _union(away)
    return merged(
        BusyTime(*left, each.tentative) for each in times for left in _without([(each.start, each.end)], holes)
    )


def clipped(times: Iterable[BusyTime], within: Span) -> tuple[BusyTime, ...]:
    """The parts of the times that lie within a span, merged."""
    first, last = within
    return merged(BusyTime(max(each.start, first), min(each.end, last), each.tentative) for each in times)


def _without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of spans without the holes; both are in order and apart."""
    left, first = list[Span](), 0
    for start, end in spans:
        while first < len(holes) and holes[first][1] <= start:
            first += 1
        begin, hole = start, first
        while hole < len(holes) and holes[hole][0] < end:
            if begin < holes[hole][0]:
                left.append((begin, holes[hole][0]))
            begin = max(begin, holes[hole][1])
            hole += 1
        if begin < end:
            left.append((begin, end))
    return left


def _union(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
