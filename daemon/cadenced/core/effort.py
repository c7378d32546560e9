"""How much time a policy asks of whom (DOMAIN: expectations are explicit).

Owns the arithmetic of hours and meetings on average: what policies ask for, as if there were no pauses and no leave.
Must never know which meetings stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cadenced.core.model import Pair

YEAR = timedelta(days=365.2425)
MONTH = YEAR / 12
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
    face_to_face = pair.face_to_face
    minutes = face_to_face.minutes + (_calls_between(pair) * pair.calls.minutes if pair.calls else 0)
    return YEAR / face_to_face.every.nominal * minutes / 60


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
    average = [hours_a_year(pair) * 60 / 12 for pair in pairs]
    above = (_busiest_month(pair) - minutes for pair, minutes in zip(pairs, average, strict=True))
    week = sum(WEEK / _spacing(pair) for pair in pairs)
    return Load(day, pairs, week, sum(average), sum(average) + max(0, *above))


def _busiest_month(pair: Pair) -> int:
    """The minutes of a month of a pair that begins with its face-to-face meeting."""
    kinds = [pair.face_to_face.minutes, *[pair.calls.minutes if pair.calls else 0] * _calls_between(pair)]
    meetings = max(1, round(MONTH / _spacing(pair)))
    return sum(kinds[place % len(kinds)] for place in range(meetings))


def _spacing(pair: Pair) -> timedelta:
    """From one meeting of a pair to the next, of whichever kind."""
    return pair.face_to_face.every.nominal / (_calls_between(pair) + 1)


def _calls_between(pair: Pair) -> int:
    """How many calls there are between two face-to-face meetings."""
    return 0 if pair.calls is None else int(pair.face_to_face.every.nominal / pair.calls.every.nominal + 0.5)
