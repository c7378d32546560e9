"""How much time a policy asks of whom (DOMAIN: expectations are explicit).

Owns the arithmetic of hours a year. Must never know which meetings stand.
"""

from collections.abc import Iterable
from datetime import timedelta

from cadenced.core.model import Pair

YEAR = timedelta(days=365.2425)


def hours_a_year(pair: Pair) -> float:
    """The hours that a pair's meetings take each of the two in a year; mails and homework come on top."""
    face_to_face = pair.face_to_face
    meetings = YEAR / face_to_face.every.nominal
    minutes = meetings * face_to_face.minutes
    if pair.calls is not None:
        between = int(face_to_face.every.nominal / pair.calls.every.nominal + 0.5)
        minutes += meetings * between * pair.calls.minutes
    return minutes / 60


def hours_of_people(pairs: Iterable[Pair]) -> dict[str, float]:
    """Hours a year by person, over all their pairs."""
    found: dict[str, float] = {}
    for pair in pairs:
        for person in pair.people:
            found[person.id] = found.get(person.id, 0.0) + hours_a_year(pair)
    return found
