"""Plans one pair: from its cadence and what stands already to the meetings that should stand.

Owns which meetings there are and which standing ones stay (DESIGN §5). Values in, values out: planning twice gives the
same plan. Must never know whose calendar is where, nor what was written: diff.py turns the plan into actions.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.cadence import (
    CLOSEST,
    CallSlot,
    Period,
    call_count,
    call_slots,
    furthest,
    furthest_before,
    on_grid,
    period,
    period_of,
)
from cadenced.core.model import Cadence, Horizon, Identity, Kind, Meeting, Pair, State
from cadenced.core.slots import Search, Slot, Window, allowed, choose


@dataclass(frozen=True, slots=True)
class Plan:
    """`meetings`: all that should stand or stood, in order of time. `dropped`: what stands and no longer should."""

    meetings: tuple[Meeting, ...]
    dropped: tuple[Meeting, ...] = ()
    gaps: tuple[str, ...] = ()  # places without a meeting because nothing was free, in words


def plan_pair(pair: Pair, standing: Sequence[Meeting], now: datetime, horizon: Horizon, busy: Busy) -> Plan:
    """The plan of one pair. `now` is aware; `standing` is what merge.settle() made of calendars and store."""
    return _Planner(pair, standing, now, horizon, busy).run()


def rules_of(pair: Pair) -> str:
    """Fingerprint of what placing a meeting depends on; minutes are not among it: they change a length, not a place."""
    people = [(p.timezone, [(h.weekday, h.start, h.end) for h in p.available]) for p in pair.people]
    agreed = [[(t.weekday, t.at.isoformat()) for t in c.at] if c else [] for c in (pair.face_to_face, pair.calls)]
    return hashlib.sha256(repr((pair.timezone, people, agreed)).encode()).hexdigest()[:12]


@dataclass
class _Planner:
    """The state of planning one pair, once: meetings found a place for, and standing ones not yet matched to one.

    `neighbours` are the wall times, in order, of the face-to-face meetings that stay: others keep their distance.
    """

    pair: Pair
    standing: Sequence[Meeting]
    now: datetime
    horizon: Horizon
    busy: Busy
    left: dict[Identity, Meeting] = field(default_factory=dict)
    taken: list[Meeting] = field(default_factory=list)
    older: list[Meeting] = field(default_factory=list)  # of `left`, those of an older grid
    neighbours: list[datetime] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    habit: dict[Kind, datetime] = field(default_factory=dict)  # the wall time of the meeting before
    walls: dict[datetime, datetime] = field(default_factory=dict)

    def run(self) -> Plan:
        self.hours = SharedHours(self.pair)
        self.rules = rules_of(self.pair)
        self.left = {m.identity: m for m in sorted(self.standing, key=lambda m: m.start)}
        stays = [m for m in self.left.values() if m.state is State.STANDING and self._fixed(m)]
        busy = self.busy.plus((m.start, m.end) for m in stays if m.end > self.now)
        self.search = Search(self.hours, busy, self.now + self.horizon.notice)
        self.earliest = self.hours.wall(self.search.earliest)
        self.today = self.hours.wall(self.now).date()
        self.neighbours = sorted(self._wall(m) for m in stays if m.identity.kind is Kind.FACE_TO_FACE)
        # history: what lies behind the previous period is neither matched nor touched
        first = max(0, period_of(self.pair, self.today) - 1)
        places = [period(self.pair, n) for n in range(first, self._last() + 1)]
        self.older = self._off_grid(places) if self.left else []
        anchors = self._face_to_face(places)
        for place, before, after in zip(places, anchors, anchors[1:], strict=False):
            self._calls(place, before, after)
        return self._plan()

    def _off_grid(self, places: Sequence[Period]) -> list[Meeting]:
        calls = {place.first: call_count(self.pair, place) for place in places}
        others = (m for m in self.left.values() if m.identity.index > calls.get(m.identity.period, -1))
        return [m for m in others if not on_grid(self.pair, m.identity)]

    def _last(self) -> int:
        """The last period to plan: the one after the horizon's, for its meeting bounds the calls before it, and the
        last in which something stands of ours. Where a human put something, be it by a slip years ahead, it stays.
        """
        horizon = self.hours.wall(self.now + self.horizon.ahead).date()
        standing = (self._wall(meeting).date() for meeting in self.standing if not meeting.pinned)
        return period_of(self.pair, max((horizon, *standing))) + 1

    def _face_to_face(self, places: Sequence[Period]) -> list[datetime]:
        """Places the face-to-face meetings; returns where each period's is, or would be: the anchors of the calls."""
        anchors: list[datetime] = []
        for place in places:
            identity = Identity(self.pair.id, Kind.FACE_TO_FACE, place.first)
            wall = self._standing(identity, place.whole) or self._new_in(place, identity)
            if wall is not None:
                self.habit[Kind.FACE_TO_FACE] = wall
            anchors.append(wall or place.target)
        return anchors

    def _standing(self, identity: Identity, place: Window) -> datetime | None:
        """Takes the meeting that fills a place already: the place's own, or one of an older grid that fits the new and
        keeps its identity and its event. What a human placed comes first, and what is off last.
        """
        if not self.left:
            return None
        own = self.left.get(identity)
        older = [m for m in self.older if m.identity.kind is identity.kind and place[0] <= self._wall(m) < place[1]]
        candidates = [own, *older] if own else older
        for meeting in sorted(candidates, key=lambda m: (m.state is not State.STANDING, not self._fixed(m))):
            kept = self._kept(meeting, place)
            if kept is not None:
                return self._take(kept, self._wall(kept))
        return None

    def _new_in(self, place: Period, identity: Identity) -> datetime | None:
        if place.whole[1] <= self.earliest or not self.hours.open(place.whole):
            return None  # before us, which is history and not arrears; or the pair pauses all the time
        cadence, habit = self.pair.face_to_face, self.habit.get(Kind.FACE_TO_FACE)
        for window, why in _face_to_face_windows(place, self.neighbours):
            slot = choose(self.search, cadence, (window,), place.target, habit)
            if slot is not None:
                return self._place(identity, slot, f"{why}; {slot.reason}")
        self.gaps.append(f"no time for a face-to-face meeting between {place.first} and {place.end - timedelta(1)}")
        return None

    def _calls(self, place: Period, before: datetime, after: datetime) -> None:
        for slot in call_slots(self.pair, place, before, after):
            reach = slot.reach
            wall = self._standing(slot.identity, reach) or self._new_call(slot, reach)
            if wall is not None:
                self.habit[Kind.CALL] = wall

    def _new_call(self, slot: CallSlot, reach: Window) -> datetime | None:
        calls = self.pair.calls
        if calls is None or reach[1] <= self.earliest or not self.hours.open(reach):
            return None
        found = choose(self.search, calls, (slot.window, reach), slot.target, self.habit.get(Kind.CALL))
        if found is not None:
            return self._place(slot.identity, found, f"between meetings; {found.reason}")
        self.gaps.append(f"no time for a call around {slot.target.date()}")
        return None

    def _kept(self, meeting: Meeting, place: Window) -> Meeting | None:
        """The standing meeting, its length brought up to date; None when it must be placed anew."""
        if self._fixed(meeting) or meeting.state is not State.STANDING:
            return meeting
        cadence = self.pair.cadence(meeting.identity.kind)
        if cadence is None:
            return None
        end = meeting.start + timedelta(minutes=cadence.minutes)
        stays = place[0] <= self._wall(meeting) < place[1] and self._still_allowed(meeting, cadence, end)
        if not stays or (meeting.identity.kind is Kind.FACE_TO_FACE and self._crowded(meeting, place)):
            return None
        return replace(meeting, end=end, placed=(meeting.start, end), rules=self.rules)

    def _still_allowed(self, meeting: Meeting, cadence: Cadence, end: datetime) -> bool:
        if self.hours.paused(self._wall(meeting).date()) or self.search.busy.overlaps(meeting.start, end):
            return False
        same = meeting.rules == self.rules and meeting.end == end
        return same or allowed(self.hours, cadence, meeting.start, end)

    def _crowded(self, meeting: Meeting, place: Window) -> bool:
        """Whether a neighbour has come nearer than half an interval: then this one gives way."""
        wall, nearest = self._wall(meeting), (place[1] - place[0]) * CLOSEST // 100
        at = bisect_left(self.neighbours, wall)
        return any(abs(each - wall) < nearest for each in self.neighbours[max(0, at - 1) : at + 1])

    def _fixed(self, meeting: Meeting) -> bool:
        """What the planner keeps off: a human placed or edited it, or it is past or about to begin."""
        return meeting.pinned or meeting.touched or meeting.start <= self.now + self.horizon.freeze

    def _wall(self, meeting: Meeting) -> datetime:
        """A standing meeting's start in the pair's zone; asked for often, so remembered."""
        if (wall := self.walls.get(meeting.start)) is None:
            wall = self.walls[meeting.start] = self.hours.wall(meeting.start)
        return wall

    def _place(self, identity: Identity, slot: Slot, reason: str) -> datetime:
        times = (slot.start, slot.end)
        return self._take(Meeting(identity, *times, placed=times, rules=self.rules, reason=reason), slot.wall)

    def _take(self, meeting: Meeting, wall: datetime) -> datetime:
        """Puts the meeting into the plan; returns its start in the pair's zone."""
        if self.left:
            self.left.pop(meeting.identity, None)
            self.older = [m for m in self.older if m.identity != meeting.identity]
        self.taken.append(meeting)
        if meeting.identity.kind is Kind.FACE_TO_FACE and meeting.state is State.STANDING:
            at = bisect_left(self.neighbours, wall)
            self.neighbours[at:at] = [wall] if wall not in self.neighbours[at : at + 1] else []
        return wall

    def _plan(self) -> Plan:
        """What is taken, up to the horizon; of the rest, what is past or in human hands stays and the others go."""
        stays = [m for m in self.left.values() if self._fixed(m) or m.state is not State.STANDING]
        dropped = [replace(m, reason=self._why_dropped(m)) for m in self.left.values() if m not in stays]
        meetings = sorted((*stays, *self._written()), key=lambda m: (m.start, m.identity))
        return Plan(tuple(meetings), tuple(dropped), tuple(self.gaps))

    def _written(self) -> list[Meeting]:
        """What stands already, what begins before the horizon, and always the next face to face, however far."""
        known = {m.identity for m in self.standing}
        until = self.now + self.horizon.ahead
        coming = (m for m in self.taken if m.state is State.STANDING and m.start > self.now)
        face_to_face = (m for m in coming if m.identity.kind is Kind.FACE_TO_FACE)
        next_one = min(face_to_face, key=lambda m: m.start, default=None)
        return [m for m in self.taken if m.start <= until or m is next_one or m.identity in known]

    def _why_dropped(self, meeting: Meeting) -> str:
        if self.hours.paused(self._wall(meeting).date()):
            return "the pair pauses then"
        if self.pair.cadence(meeting.identity.kind) is None:
            return "the policy has no calls any more"
        if on_grid(self.pair, meeting.identity):
            return "its period has no room for it any more"
        return "the policy's grid has no place for it any more"


def _face_to_face_windows(place: Period, neighbours: Sequence[datetime]) -> Iterator[tuple[Window, str]]:
    """Where a period's meeting may be, best first: each step gives up one wish, the last all but the period itself."""
    between = [_between(place, *each) for each in _around(place, neighbours)]
    for fresh, _ in between:
        yield _both(place.window, fresh), "early in its period"
    for fresh, _ in between:
        yield _both(place.whole, fresh), "later in its period, for nothing earlier was free"
    for _, apart in between:
        yield _both(place.whole, apart), "as near as its neighbours allow"
    yield place.whole, "wherever its period had a free time"


def _around(place: Period, neighbours: Sequence[datetime]) -> Iterator[tuple[datetime | None, datetime | None]]:
    """The neighbours to both sides of each stretch of a period: one stretch, but where a human put another meeting."""
    low, high = (bisect_left(neighbours, bound) for bound in place.whole)
    before = neighbours[low - 1] if low else None
    after = neighbours[high] if high < len(neighbours) else None
    return pairwise((before, *neighbours[low:high], after))


def _between(place: Period, before: datetime | None, after: datetime | None) -> tuple[Window, Window]:
    """Where a meeting is neither too close to its neighbours nor too far from them; and where it is not too close."""
    nearest = place.length * CLOSEST // 100
    begins, ends = place.whole
    low = before + nearest if before else begins
    high = after - nearest if after else ends
    earliest = furthest_before(place, after) if after and after < ends + place.length else low
    latest = furthest(place, before) if before else high
    if latest <= begins:  # too long ago already, after a pause perhaps: nothing to be kept any more
        latest = high
    return (max(low, earliest), min(high, latest)), (low, high)


def _both(one: Window, other: Window) -> Window:
    return max(one[0], other[0]), min(one[1], other[1])
