"""How much time a policy asks of whom (DOMAIN: expectations are explicit).

Owns the arithmetic of hours and meetings on average: what policies ask for, as if there were no pauses and no leave.
Must never know which meetings stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import cycle, islice

from cadenced.core.model import Cadence, Pair

MONTH = timedelta(days=365.2425) / 12
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Load:
    """What pairs that run side by side from a day on ask, on average, of somebody who is in all of them.

    `busiest` are the minutes of a month that begins with a face-to-face meeting of one of them, the others asking what
    they do on average: no choice of times avoids such months.
    """

    since: date
    pairs: tuple[Pair, ...]
    meetings_a_week: float
    minutes_a_month: float
    busiest: float


def hours_a_year(pair: Pair) -> float:
    """The hours that a pair's meetings take each of the two in a year; mails and homework come on top."""
    return _asked(pair.face_to_face, pair.calls).minutes_a_month * 12 / 60


def hours_of_people(pairs: Iterable[Pair]) -> dict[str, float]:
    """Hours a year by person, over all their pairs."""
    found: dict[str, float] = {}
    for pair in pairs:
        for person in pair.people:
            found[person.id] = found.get(person.id, 0.0) + hours_a_year(pair)
    return found


def loads(pairs: Sequence[Pair]) -> Iterator[Load]:
    """The load at each start of one of a person's pairs: between two of them it only gets less."""
    for day in sorted({pair.start for pair in pairs}):
        yield _load(day, tuple(pair for pair in pairs if pair.start <= day <= (pair.end or date.max)))


def _load(day: date, pairs: tuple[Pair, ...]) -> Load:
    asked = [_asked(pair.face_to_face, pair.calls) for pair in pairs]
    average = sum(each.minutes_a_month for each in asked)
    above = max(each.fullest_month - each.minutes_a_month for each in asked)
    return Load(day, pairs, sum(each.meetings_a_week for each in asked), average, average + max(0, above))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a policy asks of each of the two; `fullest_month` are the minutes of one that begins face to face."""

    meetings_a_week: float
    minutes_a_month: float
    fullest_month: int


@lru_cache(maxsize=1024)  # a programme of thousands has a few policies
def _asked(face_to_face: Cadence, calls: Cadence | None) -> _Asked:
    interval = face_to_face.every.nominal
    between = 0 if calls is None else int(interval / calls.every.nominal + 0.5)
    minutes = [face_to_face.minutes, *[calls.minutes if calls else 0] * between]
    spacing = interval / len(minutes)  # from one meeting to the next, of whichever kind
    fullest = islice(cycle(minutes), max(1, round(MONTH / spacing)))
    return _Asked(WEEK / spacing, MONTH / interval * sum(minutes), sum(fullest))
