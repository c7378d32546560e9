"""Where a pair would go without noticing: places for which nothing was free, meetings further apart than any should be,
and such as fall out, in words.

Must never know who is told.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
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
    pair: Pair,
    meetings: Sequence[Meeting],
    wall_of: Callable[[Meeting], datetime],
    now: datetime,
    earliest: datetime,
) -> Iterator[str]:
    """Where a face-to-face meeting is further from the one before than any should be (DESIGN §5), by our choice or a
    human's: what they moved or called off leaves the gap counting (DESIGN §7). Of what was refused they are asked, of a
    period without a meeting they are told as long as one can be placed in it, and a pause is meant. `meetings` are in
    order of time; from `earliest` on, by the pair's clock, new ones are placed.
    """
    known = [meeting for meeting in meetings if meeting.identity.kind is Kind.FACE_TO_FACE]
    standing = [meeting for meeting in known if meeting.state is State.STANDING]
    for before, after in pairwise(standing):
        if after.start <= now or after.start - before.start < min(pair.face_to_face.every.nominal * 13 // 10, NEAR):
            continue  # as nearly all are: even of the shortest month, one and a half are longer
        wall, previous = wall_of(after), wall_of(before)
        place = period(pair, period_of(pair, wall.date()))
        limit = furthest(place, previous)
        between = [meeting for meeting in known if before.start < meeting.start < after.start]
        asked = any(meeting.state is State.DECLINED and meeting.start > now for meeting in between)
        if wall <= limit or asked or _pauses(pair, previous.date(), wall.date()):
            continue
        theirs = before.pinned or after.pinned or any(meeting.state is State.CANCELLED for meeting in between)
        if theirs or any(m.pinned and previous.date() < m.identity.period <= wall.date() for m in standing):
            yield f"no face-to-face meeting from {previous.date()} to {wall.date()}, as they placed or called them off"
        elif place.whole[0] < limit or place.whole[0] <= earliest:
            yield f"no time for a face-to-face meeting nearer to that of {previous.date()} than {wall.date()}"


def _pauses(pair: Pair, since: date, until: date) -> bool:
    return any(each.first <= until and since <= each.last for each in pair.pause)


def why_dropped(pair: Pair, hours: SharedHours, meeting: Meeting) -> str:
    """Why a meeting no longer should stand."""
    if hours.paused(day := hours.wall(meeting.start).date()):
        return "the pair has ended by then" if hours.ended(day) else "the pair pauses then"
    if pair.cadence(meeting.identity.kind) is None:
        return "the policy has no calls any more"
    if meeting.state is State.DECLINED:
        return "somebody can't at that time, and there is no place for another one"
    if on_grid(pair, meeting.identity):
        return "its period has no room for it any more"
    return "the policy's grid has no place for it any more"
