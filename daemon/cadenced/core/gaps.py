"""Where a pair would go without noticing: places for which nothing was free, meetings further apart than any should be,
and such as fall out, in words.

Must never know who is told.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cadenced.core.availability import SharedHours
from cadenced.core.cadence import furthest, on_grid, period, period_of
from cadenced.core.model import Kind, Meeting, Pair, State
from cadenced.core.slots import Quest, Window

NEAR = timedelta(days=90)  # no policy allows less than this between two quarterly meetings


def without_time(quest: Quest, place: Window) -> str:
    """A place of the grid that stays empty."""
    if quest.identity.kind is Kind.CALL:
        return f"no time for a call around {quest.target.date()}"
    first, last = place[0].date(), place[1].date() - timedelta(days=1)
    return f"no time for a face-to-face meeting between {first} and {last}"


def far_apart(
    pair: Pair, meetings: Sequence[Meeting], wall_of: Callable[[Meeting], datetime], now: datetime
) -> Iterator[str]:
    """Where a face-to-face meeting had to be further from the one before than any should be (DESIGN §5). What a human
    placed, refused or called off they know, and a pause is meant. `meetings` are in order of time.
    """
    for before, after in pairwise(m for m in meetings if m.identity.kind is Kind.FACE_TO_FACE):
        if after.start - before.start < min(pair.face_to_face.every.nominal * 13 // 10, NEAR):
            continue  # as nearly all are: even of the shortest month, one and a half are longer
        wall, previous = wall_of(after), wall_of(before)
        place = period(pair, period_of(pair, wall.date()))
        ours = before.state is after.state is State.STANDING and not (before.pinned or after.pinned)
        if ours and after.start > now and place.whole[0] < furthest(place, previous) < wall:
            yield f"no time for a face-to-face meeting nearer to that of {previous.date()} than {wall.date()}"


def why_dropped(pair: Pair, hours: SharedHours, meeting: Meeting) -> str:
    """Why a meeting that stands no longer should."""
    if hours.paused(hours.wall(meeting.start).date()):
        return "the pair pauses then"
    if pair.cadence(meeting.identity.kind) is None:
        return "the policy has no calls any more"
    if on_grid(pair, meeting.identity):
        return "its period has no room for it any more"
    return "the policy's grid has no place for it any more"
