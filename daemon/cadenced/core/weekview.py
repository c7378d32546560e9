"""A meeting's week, half hour by half hour: where it could be, and what keeps it from anywhere else.

Must never know how it is drawn.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

from cadenced.core.model import Meeting, State
from cadenced.core.slots import Search

HALF = timedelta(minutes=30)


class Half(Enum):
    """What a half hour is to a meeting. What comes first here counts, where it is several."""

    CHOSEN = auto()  # the meeting is there
    OTHER = auto()  # another one of the two's
    CLOSED = auto()  # outside the hours of one of them, in a pause, or too soon
    TAKEN = auto()  # somebody can't, or said no to it
    FULL = auto()  # somebody's limit is reached
    PERHAPS = auto()
    FREE = auto()


Week = tuple[tuple[date, tuple[Half, ...]], ...]  # from Monday on, the 48 of each day from midnight on


def week_around(meeting: Meeting, others: Sequence[Meeting], search: Search) -> Week:
    """In the pair's zone. `others` are the pair's other meetings; `search` is how things were when it looked for a
    time, or would be.
    """
    local = search.hours.wall(meeting.start).date()
    monday = local - timedelta(days=local.weekday())
    standing = [(each.start, each.end) for each in others if each.state is State.STANDING]

    def half(wall: datetime) -> Half:
        start = search.hours.utc(wall)
        if start is None:
            return Half.CLOSED
        if start < meeting.end and meeting.start < start + HALF:
            return Half.CHOSEN
        if any(start < last and first < start + HALF for first, last in standing):
            return Half.OTHER
        return _half(meeting, search, start, wall)

    days = [monday + timedelta(days=number) for number in range(7)]
    return tuple((day, tuple(half(datetime.combine(day, time()) + n * HALF) for n in range(48))) for day in days)


def _half(meeting: Meeting, search: Search, start: datetime, wall: datetime) -> Half:
    hours, taken, length = search.hours, search.taken, meeting.end - meeting.start
    minutes = HALF // timedelta(minutes=1)
    if start < search.earliest or hours.paused(wall.date()) or not hours.fits(start, wall, minutes):
        return Half.CLOSED
    refused = any(start < each + length and each < start + HALF for each in meeting.tries.refused)
    if refused or taken.hard.overlaps(start, start + HALF):
        return Half.TAKEN
    if taken.bookings is not None and taken.bookings.over(start, start + length) is not None:
        return Half.FULL
    return Half.PERHAPS if taken.soft.overlaps(start, start + HALF) else Half.FREE
