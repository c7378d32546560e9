"""Plans one pair: from its cadence and what stands already to the meetings that should stand.

Owns which meetings there are and which standing ones stay (DESIGN §5). Values in, values out: planning twice gives the
same plan. Must never know whose calendar is where, nor what was written: diff.py turns the plan into actions.
"""

from bisect import bisect_left
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import datetime

from cadenced.core.availability import SharedHours
from cadenced.core.cadence import CLOSEST, TARGET, CallSlot, Period, call_count, call_slots, on_grid, period, period_of
from cadenced.core.gaps import far_apart, why_dropped, without_time
from cadenced.core.ground import Ground
from cadenced.core.merge import buried
from cadenced.core.model import UNTRIED, Identity, Kind, Meeting, State
from cadenced.core.scene import Ask, Plan, Scene
from cadenced.core.slots import Quest, Slot, Window, choose, offers
from cadenced.core.stability import Stability, Yielding
from cadenced.core.windows import around, call_tiers, early, face_to_face_tiers

Planning = Generator[Quest, Slot | None, Plan]


class Planner:
    """Plans one pair, once. run() yields what looks for a time and is sent what was found for it, so that pairs that
    share people can be planned together; `ground` says where to look.
    """

    def __init__(self, scene: Scene) -> None:
        self.pair, self.now, self.graves, self.standing = scene.pair, scene.now, scene.graves, scene.standing
        self.until = scene.now + scene.horizon.ahead
        self.known = {m.identity for m in scene.standing}
        self.hours = SharedHours(scene.pair)
        self.walls: dict[datetime, datetime] = {}
        self.stability = Stability(scene.pair, self.hours, scene.now, scene.horizon.freeze, closed=scene.taken.closed)
        self.left = {m.identity: m for m in sorted(scene.standing, key=lambda m: m.start)}  # not matched so far
        self.older: list[Meeting] = []  # of these, those of an older grid
        self.taken: list[Meeting] = []  # found a place for
        self.moving: dict[Identity, Yielding] = {}
        self.fallen = {m.identity: m for m in scene.fallen}
        self.asked: list[tuple[Yielding, Quest]] = []
        self.gaps: list[str] = []
        self.habit: dict[Kind, datetime] = {}  # the wall time of the meeting before
        stand = [m for m in self.left.values() if m.state is State.STANDING]
        stays = [m for m in stand if self.stability.fixed(m)]
        unedited = ((m.start, m.end) for m in stays if not m.touched and m.end > self.now)
        self.stability.others = scene.taken.hard.plus(unedited)
        kept = (m for m in stays if m.identity.kind is Kind.FACE_TO_FACE and self.stability.keeps(m))
        self.neighbours = sorted(map(self._wall, kept))
        stays += filter(self.stability.rests, stand)
        certain = (m for m in stays if m.end > self.now and not self.stability.leaves(m))
        hard = self.stability.others.plus((m.start, m.end) for m in certain)
        earliest = self.now + scene.horizon.notice
        self.ground = Ground(scene.pair, self.hours, replace(scene.taken, hard=hard), earliest)
        self.counted = {m.identity for m in self.left.values() if not self.stability.doomed(m)}
        self.ground.book((m for m in self.left.values() if m.identity in self.counted), 1)
        self.earliest, self.beyond = self.hours.wall(earliest), self.hours.wall(self.until)
        self.today = self.hours.wall(self.now).date()

    def run(self) -> Planning:
        # history: what lies behind the previous period is neither matched nor touched
        first = max(0, period_of(self.pair, self.today) - 1)
        places = [period(self.pair, n) for n in range(first, self._last() + 1)]
        self.fallen = {
            identity: meeting
            for identity, meeting in self.fallen.items()
            if identity.period >= places[0].first and not self.stability.edited(meeting)
        }
        self.older = self._off_grid(places) if self.left else []
        anchors = yield from self._face_to_face(places)
        crossed = anchors != sorted(anchors)  # people moved one past another: calls may lie where others are
        for place, before, after in zip(places, anchors, anchors[1:], strict=False):
            for each in (*self.taken, *self.left.values()) if crossed else ():
                self.ground.occupy((each.start, each.end))
            yield from self._calls(place, before, after)
        self._refused_elsewhere()
        return self._plan()

    def _off_grid(self, places: Sequence[Period]) -> list[Meeting]:
        calls = {place.first: call_count(self.pair, place) for place in places}
        others = (m for m in self.left.values() if m.identity.index > calls.get(m.identity.period, -1))
        return [m for m in others if not on_grid(self.pair, m.identity)]

    def _last(self) -> int:
        """The last period to plan: the one after the horizon's, for its meeting bounds the calls before it, and the
        last in which something stands of ours. Where a human put something, be it by a slip years ahead, it stays.
        """
        standing = (self._wall(meeting).date() for meeting in self.standing if not meeting.pinned)
        return period_of(self.pair, max((self.beyond.date(), *standing))) + 1

    def _face_to_face(self, places: Sequence[Period]) -> Generator[Quest, Slot | None, list[datetime]]:
        """Places the face-to-face meetings; returns where each period's is, or would be: the anchors of the calls."""
        anchors: list[datetime] = []
        for place in places:
            wall, identity = self._standing(Identity(self.pair.id, Kind.FACE_TO_FACE, place.first), place.whole)
            if wall is None:
                wall = yield from self._new_in(place, identity)
            if wall is not None:
                self.habit[Kind.FACE_TO_FACE] = wall
            anchors.append(wall or place.target)
        return anchors

    def _calls(self, place: Period, before: datetime, after: datetime) -> Generator[Quest, Slot | None, None]:
        for slot in call_slots(self.pair, place, before, after):
            wall, identity = self._standing(slot.identity, slot.reach)
            if wall is None:
                wall = yield from self._new_call(slot, identity)
            if wall is not None:
                self.habit[Kind.CALL] = wall

    def _standing(self, identity: Identity, place: Window) -> tuple[datetime | None, Identity]:
        """Takes the meeting that fills a place already: the place's own, or one of an older grid that fits the new and
        keeps its identity and its event. What a human placed comes first, and what is off last. Where there is none,
        the identity under which to place one.
        """
        if not (self.left or self.graves):
            return None, identity
        own = self._before(identity) or self._grave(identity)
        older = [m for m in self.older if m.identity.kind is identity.kind and place[0] <= self._wall(m) < place[1]]
        candidates = [own, *older] if own else older
        for meeting in sorted(candidates, key=lambda m: (m.state is not State.STANDING, not self.stability.fixed(m))):
            wall = self._wall(meeting)
            verdict = self.stability.judge(meeting, wall, place, self.neighbours)
            if isinstance(verdict, Meeting):
                return self._take(verdict, wall), identity
            if verdict is not None:
                self.moving[meeting.identity] = verdict
                return None, meeting.identity
            self._uncount(meeting)
        return None, identity

    def _uncount(self, meeting: Meeting) -> None:
        """It goes, and what it took of people's limits is there for another time of it."""
        if meeting.identity in self.counted:
            self.counted.discard(meeting.identity)
            self.ground.book([meeting], -1)

    def _grave(self, identity: Identity) -> Meeting | None:
        if not self.graves or identity in self.fallen:  # which knows what was refused of it, and when it fell out
            return None
        return buried(identity, [self.graves.get(identity.uid)])

    def _new_in(self, place: Period, identity: Identity) -> Generator[Quest, Slot | None, datetime | None]:
        cadence, habit = self.pair.face_to_face, self.habit.get(Kind.FACE_TO_FACE)
        tiers = face_to_face_tiers(place, self.neighbours, cadence)
        target = early(place, self.pair.pause, habit)
        quest = Quest(identity, cadence, tiers, target, habit, self._refused(identity))
        wall = yield from self._new(quest, place.whole)
        settled = self._stands(self.taken[-1]) if wall is not None else place.whole[0] <= self.beyond
        return wall if settled else self._expected(quest)

    def _expected(self, quest: Quest) -> datetime | None:
        """Where a meeting will be that is not written yet, by the file alone: what else is in people's calendars, or
        comes there before it, must move nothing that stands.
        """
        if (slot := choose(self.ground.by_file, quest)) is None:
            return None
        self._adjoin(slot.wall)
        return slot.wall

    def _new_call(self, slot: CallSlot, identity: Identity) -> Generator[Quest, Slot | None, datetime | None]:
        if (calls := self.pair.calls) is None:
            return None
        habit, refused, reach = self.habit.get(Kind.CALL), self._refused(identity), slot.reach
        quest = Quest(identity, calls, call_tiers(slot, reach, calls), slot.target, habit, refused)
        return (yield from self._new(quest, reach))

    def _new(self, quest: Quest, place: Window) -> Generator[Quest, Slot | None, datetime | None]:
        yielding = self._yielding(quest.identity)
        if place[1] <= self.earliest or not self.hours.open(place) or self._joins_late(quest.identity, place):
            # before us, which is history and not arrears; or the pair pauses all the time
            return self._late(yielding, quest) if yielding and not yielding.dispensable else None
        if yielding is not None:
            return (yield from self._other(yielding, quest, place))
        fallen = self.fallen.get(quest.identity) if self.fallen else None
        slot = None if fallen is not None and self.stability.barred(fallen) else (yield quest)
        if slot is not None:
            return self._place(quest.identity, slot)
        if (before := self._before(quest.identity)) is not None and self.stability.outlives(before):
            self.ground.occupy((before.start, before.end))  # for want of another time it stays
        if not self.hours.ended((place[0] + (place[1] - place[0]) * CLOSEST // 100).date()):
            self.gaps.append(without_time(quest, place))  # of less, before its end, nobody misses a meeting
        return None

    def _joins_late(self, identity: Identity, place: Window) -> bool:
        """Whether what is left of the period in which a pair joins us half-way is too near to its next meeting."""
        joins = identity.kind is Kind.FACE_TO_FACE and identity not in self.known
        left = (place[1] - place[0]) * (CLOSEST - TARGET) // 100
        return joins and self.earliest > place[1] - left and not any(each < place[1] for each in self.neighbours)

    def _other(self, yielding: Yielding, quest: Quest, place: Window) -> Generator[Quest, Slot | None, datetime | None]:
        """Another time for a meeting that gives way; where there is none, its people are asked."""
        self.ground.book([yielding.meeting], -1)
        slot = None if yielding.spent else (yield quest)
        if slot is not None and slot.start != yielding.meeting.start:
            return self._place(quest.identity, slot)
        if slot is None and yielding.dispensable:
            self.gaps.append(without_time(quest, place))
            return None
        self.ground.book([yielding.meeting], 1)
        if slot is None:
            self.asked.append((yielding, quest))
        return self._keep(yielding)

    def _late(self, yielding: Yielding, quest: Quest) -> datetime:
        """What people put where its own place is over: they are asked, with times around the one that it had."""
        if yielding.meeting.start > self.now:
            wall = self._wall(yielding.meeting)
            self.asked.append((yielding, quest._replace(tiers=around(wall, self.earliest), target=wall)))
        return self._keep(yielding)

    def _refused_elsewhere(self) -> None:
        """What people put where the cadence has no place at all, and refused there."""
        put = [m for m in self.left.values() if m.state is State.DECLINED and m.pinned and m.start > self.now]
        for meeting in put:
            wall, cadence = self._wall(meeting), self.pair.cadence(meeting.identity.kind)
            verdict = self.stability.judge(meeting, wall, (wall, wall), ()) if cadence else None
            if isinstance(verdict, Meeting):
                self._take(verdict, wall)
            elif verdict and cadence:
                self._late(verdict, Quest(meeting.identity, cadence, (), wall, refused=verdict.refused))

    def _keep(self, yielding: Yielding) -> datetime:
        return self._take(yielding.meeting, self._wall(yielding.meeting))

    def _before(self, identity: Identity) -> Meeting | None:
        return self.left.get(identity) if self.left else None  # a hash costs more than the question

    def _yielding(self, identity: Identity) -> Yielding | None:
        return self.moving.get(identity) if self.moving else None

    def _refused(self, identity: Identity) -> tuple[datetime, ...]:
        if (yielding := self._yielding(identity)) is not None:
            return yielding.refused
        before = self._before(identity) or self.fallen.get(identity)  # the file moves it: what was refused stays so
        return before.tries.refused if before else ()

    def _wall(self, meeting: Meeting) -> datetime:
        """A standing meeting's start in the pair's zone; asked for often, so remembered."""
        if (wall := self.walls.get(meeting.start)) is None:
            wall = self.walls[meeting.start] = self.hours.wall(meeting.start)
        return wall

    def _place(self, identity: Identity, slot: Slot) -> datetime:
        times, reason = (slot.start, slot.end), slot.reason
        before, yielding = self._before(identity), self._yielding(identity)
        tries = before.tries if before else UNTRIED
        if yielding is not None:
            tries = self.stability.tried(replace(yielding.meeting.tries, refused=yielding.refused))
            reason = f"{yielding.why}; {reason}"
        elif (fallen := self.fallen.get(identity)) is not None:
            tries = self.stability.tried(fallen.tries)
            reason = f"there is room for it again; {reason}"
        meeting = Meeting(identity, *times, placed=times, rules=self.stability.rules, tries=tries, reason=reason)
        self.ground.book([meeting], 1)
        return self._take(meeting, slot.wall)

    def _take(self, meeting: Meeting, wall: datetime) -> datetime:
        """Puts the meeting into the plan; returns its start in the pair's zone."""
        if self.left:
            self.left.pop(meeting.identity, None)
            self.older = [m for m in self.older if m.identity != meeting.identity]
        self.taken.append(meeting)
        if meeting.identity.kind is Kind.FACE_TO_FACE and meeting.state is State.STANDING and self._stands(meeting):
            self._adjoin(wall)
        return wall

    def _adjoin(self, wall: datetime) -> None:
        at = bisect_left(self.neighbours, wall)
        self.neighbours[at:at] = [wall] if wall not in self.neighbours[at : at + 1] else []

    def _plan(self) -> Plan:
        """What is taken, up to the horizon; of the rest, what is past or in human hands stays and the others go."""
        stays = [m for m in self.left.values() if self.stability.outlives(m)]
        gone = [m for m in self.left.values() if m not in stays]
        dropped = tuple(replace(m, reason=why_dropped(self.pair, self.hours, m)) for m in gone)
        meetings = sorted((*stays, *filter(self._stands, self.taken)), key=lambda m: (m.start, m.identity))
        back = {m.identity for m in meetings}  # one that will be back beyond the horizon is not yet
        still = (m for m in self.fallen.values() if m.identity not in back)
        fallen = (*still, *filter(None, map(self.stability.fell, gone)))
        asks = tuple(Ask(each.meeting, offers(self.ground.search, quest), each.why) for each, quest in self.asked)
        gaps = (*self.gaps, *far_apart(self.pair, meetings, self._wall, self.now, self.earliest))
        return Plan(tuple(meetings), dropped, fallen, gaps, asks, self.stability.again)

    def writes(self, quest: Quest, slot: Slot) -> bool:
        """Whether a meeting that took the slot now would be in the plan."""
        if slot.start <= self.until or quest.identity in self.known:
            return True
        return quest.identity.kind is Kind.FACE_TO_FACE and self._next_face_to_face() is None

    def _stands(self, meeting: Meeting) -> bool:
        """Whether it is in the plan: as all before the horizon, and always the next face to face, however far."""
        return meeting.start <= self.until or meeting.identity in self.known or meeting is self._next_face_to_face()

    def _next_face_to_face(self) -> Meeting | None:
        coming = (m for m in self.taken if m.state is State.STANDING and m.start > self.now)
        face_to_face = (m for m in coming if m.identity.kind is Kind.FACE_TO_FACE)
        return min(face_to_face, key=lambda m: m.start, default=None)
