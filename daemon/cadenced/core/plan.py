"""Plans one pair: from its cadence and what stands already to the meetings that should stand.

Owns which meetings there are and which standing ones stay (DESIGN §5). Values in, values out: planning twice gives the
same plan. Must never know whose calendar is where, nor what was written: diff.py turns the plan into actions.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cadenced.core.availability import Busy, SharedHours
from cadenced.core.cadence import CLOSEST, CallSlot, Period, call_slots, furthest, midnight, on_grid, period, period_of
from cadenced.core.model import Cadence, Horizon, Identity, Kind, Meeting, Pair, State
from cadenced.core.slots import Search, Slot, allowed, choose

Window = tuple[datetime, datetime]


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
    """The state of planning one pair, once: meetings found a place for, and standing ones not yet matched to one."""

    pair: Pair
    standing: Sequence[Meeting]
    now: datetime
    horizon: Horizon
    busy: Busy
    left: dict[Identity, Meeting] = field(default_factory=dict)
    taken: list[Meeting] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    habit: dict[Kind, datetime] = field(default_factory=dict)  # the wall time of the meeting before
    walls: dict[datetime, datetime] = field(default_factory=dict)

    def run(self) -> Plan:
        self.hours = SharedHours(self.pair)
        self.rules = rules_of(self.pair)
        self.search = Search(self.hours, self.busy, self.now + self.horizon.notice)
        self.earliest = self.hours.wall(self.search.earliest)
        self.today = self.hours.wall(self.now).date()
        self.left = {m.identity: m for m in sorted(self.standing, key=lambda m: m.start)}
        # history: what lies behind the previous period is neither matched nor touched
        first = max(0, period_of(self.pair, self.today) - 1)
        places = [period(self.pair, n) for n in range(first, self._last() + 1)]
        anchors = self._face_to_face(places)
        for place, before, after in zip(places, anchors, anchors[1:], strict=False):
            self._calls(place, before, after)
        return self._plan()

    def _last(self) -> int:
        """The last period to plan: the one after the horizon's, for its meeting bounds the calls before it, and the
        last in which something stands.
        """
        horizon = self.hours.wall(self.now + self.horizon.ahead).date()
        standing = (self._wall(meeting).date() for meeting in self.standing)
        return period_of(self.pair, max((horizon, *standing))) + 1

    def _face_to_face(self, places: Sequence[Period]) -> list[datetime]:
        """Places the face-to-face meetings; returns where each period's is, or would be: the anchors of the calls."""
        anchors: list[datetime] = []
        for place in places:
            wall = self._standing_in(place) or self._new_in(place, anchors[-1] if anchors else None)
            anchors.append(wall or place.target)
        return anchors

    def _standing_in(self, place: Period) -> datetime | None:
        return self._standing(Identity(self.pair.id, Kind.FACE_TO_FACE, place.first), place.whole)

    def _standing(self, identity: Identity, place: Window) -> datetime | None:
        """Takes the meeting that fills a place already: the place's own, or one of an older grid that fits the new."""
        if not self.left:
            return None
        own = self.left.get(identity)
        kept = self._kept(own, place) if own is not None else self._adopted(identity.kind, place)
        return self._take(kept, self._wall(kept)) if kept is not None else None

    def _adopted(self, kind: Kind, place: Window) -> Meeting | None:
        """A standing meeting of an older grid that fits a place of today's: it keeps its identity and its event."""
        for other in self.left.values():
            fits = other.identity.kind is kind and place[0] <= self._wall(other) < place[1]
            if fits and not on_grid(self.pair, other.identity):
                return self._kept(other, place)
        return None

    def _new_in(self, place: Period, previous: datetime | None) -> datetime | None:
        if midnight(place.end) <= self.earliest:
            return None  # before us: history, not arrears
        cadence, following = self.pair.face_to_face, self._following(place)
        for window, why in _face_to_face_windows(place, previous, following):
            slot = choose(self.search, cadence, window, place.target, self.habit.get(Kind.FACE_TO_FACE))
            if slot is not None:
                identity = Identity(self.pair.id, Kind.FACE_TO_FACE, place.first)
                return self._place(identity, slot, f"{why}; {slot.reason}")
        self.gaps.append(f"no time for a face-to-face meeting between {place.first} and {place.end - timedelta(1)}")
        return None

    def _following(self, place: Period) -> datetime | None:
        """The next face-to-face meeting that stands and won't move: a new one keeps its distance to it, too."""
        later = (
            self._wall(m)
            for m in self.left.values()
            if m.identity.kind is Kind.FACE_TO_FACE and m.identity.period > place.first and self._fixed(m)
        )
        return min(later, default=None)

    def _calls(self, place: Period, before: datetime, after: datetime) -> None:
        for slot in call_slots(self.pair, place, before, after):
            low, high = slot.reach
            if self._standing(slot.identity, (max(low, before), min(high, after))) is None and high > self.earliest:
                self._new_call(slot, (low, high))

    def _new_call(self, slot: CallSlot, reach: Window) -> None:
        calls = self.pair.calls
        if calls is None:
            return
        for window in (slot.window, reach):
            found = choose(self.search, calls, window, slot.target, self.habit.get(Kind.CALL))
            if found is not None:
                self._place(slot.identity, found, f"between meetings; {found.reason}")
                return
        self.gaps.append(f"no time for a call around {slot.target.date()}")

    def _kept(self, meeting: Meeting, place: Window) -> Meeting | None:
        """The standing meeting, its length brought up to date; None when it must be placed anew."""
        if self._fixed(meeting) or meeting.state is not State.STANDING:
            return meeting
        cadence = self.pair.cadence(meeting.identity.kind)
        if cadence is None:
            return None
        end = meeting.start + timedelta(minutes=cadence.minutes)
        stays = place[0] <= self._wall(meeting) < place[1] and self._still_allowed(meeting, cadence, end)
        if not stays:
            return None
        return replace(meeting, end=end, placed=(meeting.start, end), rules=self.rules)

    def _still_allowed(self, meeting: Meeting, cadence: Cadence, end: datetime) -> bool:
        if self.hours.paused(self._wall(meeting).date()):
            return False
        if meeting.identity.kind is Kind.FACE_TO_FACE and self._too_close(meeting):
            return False
        return meeting.rules == self.rules or allowed(self.hours, cadence, meeting.start, end)

    def _too_close(self, meeting: Meeting) -> bool:
        """Whether a neighbour has come nearer than half an interval: then this one gives way."""
        place = period(self.pair, period_of(self.pair, self._wall(meeting).date()))
        settled = (*self.taken, *(m for m in self.left.values() if m.pinned))
        return any(
            other.identity.kind is Kind.FACE_TO_FACE
            and other.identity != meeting.identity
            and abs(other.start - meeting.start) < place.length * CLOSEST // 100
            for other in settled
        )

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
        self.taken.append(meeting)
        self.habit[meeting.identity.kind] = wall
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
        face_to_face = (m for m in self.taken if m.identity.kind is Kind.FACE_TO_FACE and m.start > self.now)
        next_one = min(face_to_face, key=lambda m: m.start, default=None)
        return [m for m in self.taken if m.start <= until or m is next_one or m.identity in known]

    def _why_dropped(self, meeting: Meeting) -> str:
        if self.hours.paused(self._wall(meeting).date()):
            return "the pair pauses then"
        if self.pair.cadence(meeting.identity.kind) is None:
            return "the policy has no calls any more"
        return "the policy's grid has no place for it any more"


def _face_to_face_windows(
    place: Period, previous: datetime | None, following: datetime | None
) -> Iterator[tuple[Window, str]]:
    """Where a period's meeting may be, best first: each step gives up one wish, the last all but the period itself."""
    nearest = place.length * CLOSEST // 100
    low = previous + nearest if previous else midnight(place.first)
    high = furthest(place, previous) if previous else midnight(place.end)
    if following is not None:
        high = min(high, following - nearest)
    yield _clip(place.window, low, high), "early in its period"
    yield _clip(place.whole, low, high), "later in its period, for nothing earlier was free"
    yield _clip(place.whole, low, place.whole[1]), "wider than usual, for nothing nearer was free"
    yield place.whole, "wherever its period had a free time"


def _clip(window: Window, low: datetime, high: datetime) -> Window:
    return max(window[0], low), min(window[1], high)
