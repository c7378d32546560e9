"""What keeps the two of a pair from meeting at a time, each with its cause: for planning, and for telling why.

Must never know where it was read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cadenced.core.availability import Busy
from cadenced.core.bookings import Bookings
from cadenced.core.slots import Taken


class Cause(StrEnum):
    BUSY = "busy"  # by a calendar
    TENTATIVE = "tentative"  # likewise, but not for certain
    HOLIDAY = "holiday"
    LEAVE = "leave"
    MEETING = "meeting"  # of another pair
    TRAVEL = "travel"  # to or from one


SOFT = frozenset({Cause.TENTATIVE, Cause.TRAVEL})  # avoided, and not forbidden
CLOSED = frozenset({Cause.HOLIDAY, Cause.LEAVE})  # by the file, as a pause is


@dataclass(frozen=True, slots=True, order=True)
class Hindrance:
    """One of the two, by id, can't in `[start, end)`, aware, in UTC. `words` name the holiday, or the other pair."""

    start: datetime
    end: datetime
    person: str
    cause: Cause
    words: str = ""


def taken(hindrances: Iterable[Hindrance], bookings: Bookings | None) -> Taken:
    """The same, as the planner asks for it."""
    known = list(hindrances)
    hard, soft, closed = (
        Busy((each.start, each.end) for each in known if fits(each.cause))
        for fits in (lambda cause: cause not in SOFT, SOFT.__contains__, CLOSED.__contains__)
    )
    return Taken(hard, soft, closed, bookings)
