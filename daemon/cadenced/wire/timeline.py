"""A pair's year as a picture: where on it each month, meeting and mail stands, in units of the drawing.

Owns its measures. Colours and words are the template's. Must never know a mail or a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, LEFT, RIGHT = 1040, 136, 20  # of the drawing; left of the year stand the lanes' names
TOP, LANE, BOTTOM = 58, 38, 14  # above the first lane stand the months


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment, or from one to the next; `title` is what people read when they point at it."""

    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """`kind` is "face", "call" or "mail"."""

    name: str
    kind: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    width: int
    height: int
    left: int
    right: int  # where the year ends
    months: tuple[Mark, ...]
    pauses: tuple[Mark, ...]
    lanes: tuple[Lane, ...]


Moment = tuple[datetime, datetime, str]  # from, to, title


def timeline(
    span: tuple[datetime, datetime],
    months: Iterable[Moment],
    pauses: Iterable[Moment],
    lanes: Sequence[tuple[str, str, Sequence[Moment]]],
) -> Timeline:
    """`span` is the time that is drawn, aware as all times are; a lane is its name, its kind and what lies on it."""
    first, last = span
    length, right = last - first, WIDTH - RIGHT

    def x(moment: datetime) -> float:
        return round(LEFT + (right - LEFT) * ((min(max(moment, first), last) - first) / length), 1)

    def marks(moments: Iterable[Moment]) -> tuple[Mark, ...]:
        return tuple(Mark(x(start), round(x(end) - x(start), 1), title) for start, end, title in moments)

    drawn = [Lane(name, kind, TOP + LANE * n + LANE // 2, marks(on)) for n, (name, kind, on) in enumerate(lanes)]
    height = TOP + LANE * len(drawn) + BOTTOM
    return Timeline(WIDTH, height, LEFT, right, marks(months), marks(pauses), tuple(drawn))
