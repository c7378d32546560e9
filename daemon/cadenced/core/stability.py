"""Which standing meetings stay where they are, and which give way (DESIGN §5).

Owns how often a meeting may be changed by ourselves. Must never know where a meeting that gives way goes instead.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.cadence import on_grid
from cadenced.core.model import Cadence, Kind, Meeting, Pair, State, Tries
from cadenced.core.slots import Window, allowed
from cadenced.core.windows import crowded

CHANGES = 3  # of a meeting's time by ourselves, in all: then a human is asked
PROPOSALS = 2  # of these, after somebody couldn't
NEIGHBOUR = "its neighbour was moved"
REST = timedelta(hours=24)  # between two of them


@dataclass(frozen=True, slots=True)
class Yielding:
    """A meeting that should have another time, and why. `spent`: it was changed so often that its people must say."""

    meeting: Meeting
    why: str
    spent: bool

    @property
    def dispensable(self) -> bool:
        """A call that nobody refused: where there is no other time for it, it falls out."""
        return self.meeting.identity.kind is Kind.CALL and self.meeting.state is State.STANDING and not self.spent

    @property
    def refused(self) -> tuple[datetime, ...]:
        """The starts at which somebody couldn't."""
        before = self.meeting.tries.refused
        return (*before, self.meeting.start) if self.meeting.state is State.DECLINED else before


@dataclass
class Stability:
    """Judges the meetings of one pair. `others`: what they must not overlap; `closed`: days off, by the file. `again`:
    when one may be changed that was changed a short time ago.
    """

    pair: Pair
    hours: SharedHours
    now: datetime
    freeze: timedelta
    others: Busy = field(default_factory=Busy)
    closed: Busy = field(default_factory=Busy)
    again: datetime | None = None

    def __post_init__(self) -> None:
        self.rules = rules_of(self.pair)

    def judge(
        self, meeting: Meeting, wall: datetime, place: Window, neighbours: Sequence[datetime]
    ) -> Meeting | Yielding | None:
        """The meeting as it stays in its place, its length brought up to date; or that it gives way; or None when the
        file has no place for it any more. `wall` is its start in the pair's zone.
        """
        if meeting.state is State.CANCELLED:
            return meeting
        if meeting.state is State.DECLINED:
            given_up = self._given_up(meeting)
            return None if given_up else self._yields(meeting, "somebody can't at the time before")
        if meeting.pinned or self.soon(meeting):
            return meeting
        cadence = self.pair.cadence(meeting.identity.kind)
        if cadence is None or self.doomed(meeting):
            return None
        end = _end(meeting, cadence)
        current = replace(meeting, end=end, placed=(meeting.start, end), rules=self.rules)
        if meeting.touched:  # its texts are a human's, its time is not
            return self._unless_busy(current)
        return self._unedited(meeting, current, (wall, place, neighbours))

    def fixed(self, meeting: Meeting) -> bool:
        """What the planner keeps off: a human placed or edited it, or it is past or about to begin."""
        return meeting.pinned or meeting.touched or self.soon(meeting)

    def keeps(self, fixed: Meeting) -> bool:
        """Whether its time is certain: what is only edited gives way to the file, and to what is new over it."""
        if fixed.pinned or self.soon(fixed):
            return True
        gives_way = self.others.overlaps(fixed.start, fixed.end) and not self.rests(fixed)
        return not gives_way and not self.leaves(fixed)

    def leaves(self, meeting: Meeting) -> bool:
        """Whether the file takes its time, and has a place where it looks for another one."""
        has_place = self.pair.cadence(meeting.identity.kind) is not None and on_grid(self.pair, meeting.identity)
        return has_place and self.doomed(meeting)

    def outlives(self, meeting: Meeting) -> bool:
        """Whether it stays where the policy has no place for it. What nobody touched, and only its neighbours leave no
        room, does as long as it may not be changed; what somebody refused does not.
        """
        if meeting.start <= self.now or meeting.state is State.CANCELLED:
            return True
        if meeting.state is State.DECLINED:
            return False
        return self.fixed(meeting) or (not self._by_file(meeting) and self.barred(meeting))

    def edited(self, meeting: Meeting) -> bool:
        """Whether the file says otherwise than when it was placed."""
        cadence = self.pair.cadence(meeting.identity.kind)
        return cadence is None or meeting.rules != self.rules or meeting.end != _end(meeting, cadence)

    def doomed(self, meeting: Meeting) -> bool:
        """Whether the file does not let it take place when it stands, whatever stands beside it or is noted in it."""
        if meeting.pinned or self.soon(meeting) or meeting.state is not State.STANDING:
            return False
        cadence = self.pair.cadence(meeting.identity.kind)
        if cadence is None or self._off(meeting.start, end := _end(meeting, cadence)):
            return True
        return self.edited(meeting) and not allowed(self.hours, cadence, meeting.start, end)

    def soon(self, meeting: Meeting) -> bool:
        """Too soon to be moved by ourselves. A pause is the word of the two, and takes away what is yet to begin."""
        begins = meeting.start
        return begins <= self.now + self.freeze and not (begins > self.now and self._paused(begins))

    def rests(self, meeting: Meeting) -> bool:
        """Whether it may not be changed by ourselves, now or ever: whatever else is placed keeps off it."""
        return self._rest(meeting.tries)

    def fell(self, meeting: Meeting) -> Meeting | None:
        """What is remembered of a call that falls out: that counts as a change, and so does its coming back. None where
        the file has no place for it any more.
        """
        if meeting.state is not State.STANDING or self._by_file(meeting):
            return None
        return replace(meeting, state=State.FALLEN, tries=self.tried(meeting.tries))

    def tried(self, tries: Tries) -> Tries:
        """With one change more, which is now."""
        return Tries(tries.changes + 1, self.now.replace(microsecond=0), tries.refused)

    def barred(self, call: Meeting) -> bool:
        """Whether it may not fall out or come back, or not yet."""
        tries = call.tries
        if not self._rest(tries):
            return False
        if tries.changes < CHANGES and tries.last is not None:
            self._wait(tries.last)
        return True

    def _given_up(self, meeting: Meeting) -> bool:
        """What somebody refused and the pair then pauses for."""
        return meeting.start > self.now and self._paused(meeting.start)

    def _by_file(self, meeting: Meeting) -> bool:
        """Whether the file has no place for it, whatever stands beside it."""
        if self.edited(meeting) or not on_grid(self.pair, meeting.identity):
            return True
        return self._off(meeting.start, meeting.end)

    def _unedited(
        self, meeting: Meeting, current: Meeting, around: tuple[datetime, Window, Sequence[datetime]]
    ) -> Meeting | Yielding | None:
        """`current` is the meeting as the file has it today."""
        wall, place, neighbours = around
        outside = not place[0] <= wall < place[1]
        if outside and self.edited(meeting):
            return None
        if outside or (meeting.identity.kind is Kind.FACE_TO_FACE and crowded(wall, place, neighbours)):
            verdict = self._yields(current, NEIGHBOUR)
            if not (isinstance(verdict, Yielding) and verdict.spent):  # nobody is asked for that alone
                return verdict
        return self._unless_busy(current)

    def _unless_busy(self, meeting: Meeting) -> Meeting | Yielding:
        if not self.others.overlaps(meeting.start, meeting.end):
            return meeting
        return self._yields(meeting, "somebody is busy at the time before")

    def _yields(self, meeting: Meeting, why: str) -> Meeting | Yielding:
        """The meeting itself when it was changed a short time ago: it may be again a day later."""
        tries = meeting.tries
        proposed = meeting.state is State.DECLINED and len(tries.refused) >= PROPOSALS
        spent = tries.changes >= CHANGES or proposed
        if not spent and tries.last is not None and self.rests(meeting):
            self._wait(tries.last)
            return meeting
        return Yielding(meeting, why, spent)

    def _rest(self, tries: Tries) -> bool:
        return tries.changes >= CHANGES or (tries.last is not None and tries.last + REST > self.now)

    def _wait(self, last: datetime) -> None:
        self.again = min(self.again or last + REST, last + REST)

    def _off(self, start: datetime, end: datetime) -> bool:
        return self._paused(start) or self.closed.overlaps(start, end)

    def _paused(self, moment: datetime) -> bool:
        return self.hours.paused(self.hours.wall(moment).date())


def _end(meeting: Meeting, cadence: Cadence) -> datetime:
    """By the length that the file gives it."""
    return meeting.start + timedelta(minutes=cadence.minutes)


def rules_of(pair: Pair) -> str:
    """Fingerprint of what placing a meeting depends on; minutes are not among it: they change a length, not a place."""
    people = [(p.timezone, [(h.weekday, h.start, h.end) for h in p.available]) for p in pair.people]
    cadences = [c and (c.every, [(t.weekday, t.at.isoformat()) for t in c.at]) for c in (pair.face_to_face, pair.calls)]
    return hashlib.sha256(repr((pair.timezone, people, cadences)).encode()).hexdigest()[:12]
