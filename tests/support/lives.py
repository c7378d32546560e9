"""Months in the life of a random pair: time passes, people move, decline and annotate meetings, and edit the file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from cadenced.core.availability import Busy, in_ranges
from cadenced.core.jointly import plan_scene
from cadenced.core.model import Cadence, Horizon, Meeting, Pair, State, WeeklyTime
from cadenced.core.plan import Plan
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.pairs import (
    AGREED,
    FORTNIGHTLY_TO_MONTHLY,
    MONTHLY_TO_QUARTERLY,
    busy_times,
    moved,
    pairs,
    pauses,
    people,
    suits,
    wall,
)

HORIZON = Horizon()
Draw = st.DrawFn
Times = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Turn:
    """One turn of planning. `standing` went in, `plan` came out; `happened` says what did just before."""

    happened: str
    pair: Pair
    standing: tuple[Meeting, ...]
    now: datetime
    busy: Times
    plan: Plan

    @property
    def quiet(self) -> bool:
        return self.happened in ("nothing", "where")

    def fixed(self, meeting: Meeting) -> bool:
        return meeting.pinned or meeting.touched or self.near(meeting)

    def near(self, meeting: Meeting) -> bool:
        """Too near to be moved; but a pause takes away what is yet to begin."""
        off = meeting.start > self.now and in_ranges(wall(self.pair, meeting.start).date(), self.pair.closed)
        return meeting.start <= self.now + HORIZON.freeze and not off

    def forbidden(self, meeting: Meeting) -> bool:
        """Only its texts are a human's, and by the file its time is none any more."""
        if meeting.pinned or self.near(meeting):
            return False
        kind, cadence = meeting.identity.kind, self.pair.cadence(meeting.identity.kind)
        length = timedelta(minutes=cadence.minutes) if cadence else timedelta()
        if cadence is None:
            return False
        here = wall(self.pair, meeting.start)
        agreed = not cadence.at or WeeklyTime(here.weekday(), here.time()) in cadence.at
        return not agreed or not suits(self.pair, kind, meeting.start, meeting.start + length)

    def overtaken(self, meeting: Meeting) -> bool:
        """Only its texts are a human's, and something else takes its time now."""
        stays = [(m.start, m.end) for m in self.standing if m.pinned and m.identity != meeting.identity]
        return not meeting.pinned and any(a < meeting.end and meeting.start < b for a, b in (*self.busy, *stays))

    @property
    def fresh(self) -> list[Meeting]:
        """What this turn placed."""
        before = {m.identity: m.start for m in self.standing}
        return [m for m in self.plan.meetings if before.get(m.identity) != m.start]


def turn(
    happened: str,
    pair: Pair,
    standing: tuple[Meeting, ...],
    now: datetime,
    busy: Times,
    *,
    fallen: tuple[Meeting, ...] = (),
) -> Turn:
    scene = Scene(pair, standing, now, HORIZON, Taken(Busy(busy)), fallen=fallen)
    return Turn(happened, pair, standing, now, busy, plan_scene(scene))


@st.composite
def lives(draw: Draw) -> list[Turn]:
    pair = draw(pairs())
    now = datetime.combine(pair.start, time(), UTC) + timedelta(hours=draw(st.integers(-24 * 60, 24 * 400)))
    turns = [turn("beginning", pair, (), now, [])]
    for _ in range(draw(st.integers(1, 5))):
        turns.append(_next(draw, turns[-1]))
    return turns


def _next(draw: Draw, last: Turn) -> Turn:
    now = last.now + timedelta(hours=draw(st.sampled_from([0, 0, 0, 5, 24 * 3, 24 * 10, 24 * 40, 24 * 100])))
    happened = draw(st.sampled_from(["nothing", "busy", *HANDS, *HANDS, *EDITS]))
    pair, standing, busy = last.pair, last.plan.meetings, last.busy
    if happened in EDITS:
        pair = EDITS[happened](draw, pair, now)
    elif happened == "busy":
        busy = draw(busy_times(now))
    elif happened in HANDS:
        coming = [n for n, m in enumerate(standing) if m.end > now and m.state is State.STANDING]
        if not coming:
            return turn("nothing", pair, standing, now, busy, fallen=last.plan.fallen)
        number = draw(st.sampled_from(coming))
        standing = (*standing[:number], HANDS[happened](draw, standing[number]), *standing[number + 1 :])
    return turn(happened, pair, standing, now, busy, fallen=last.plan.fallen)


HANDS: dict[str, Callable[[Draw, Meeting], Meeting]] = {
    "move": lambda draw, m: moved(m, timedelta(hours=draw(st.integers(-24 * 20, 24 * 40)))),
    "longer": lambda draw, m: replace(m, end=m.end + timedelta(minutes=draw(st.sampled_from([15, 60])))),
    "touch": lambda draw, m: replace(m, touched=True),
    "decline": lambda draw, m: replace(m, state=State.DECLINED),
    "cancel": lambda draw, m: replace(m, state=State.CANCELLED),
}

EDITS: dict[str, Callable[[Draw, Pair, datetime], Pair]] = {
    "pause": lambda draw, p, now: replace(p, pause=draw(pauses(now.date()))),
    "hours": lambda draw, p, now: replace(p, mentor=draw(people("maya"))),
    "agreed": lambda draw, p, now: replace(p, face_to_face=replace(p.face_to_face, at=tuple(draw(AGREED))[:2])),
    "every": lambda draw, p, now: replace(p, face_to_face=replace(p.face_to_face, every=draw(MONTHLY_TO_QUARTERLY))),
    "minutes": lambda draw, p, now: replace(
        p, face_to_face=replace(p.face_to_face, minutes=draw(st.sampled_from([30, 60, 120])))
    ),
    "where": lambda draw, p, now: replace(p, face_to_face=replace(p.face_to_face, where="Elsewhere")),
    "calls": lambda draw, p, now: replace(p, calls=None if p.calls else Cadence(draw(FORTNIGHTLY_TO_MONTHLY), 30)),
    "start": lambda draw, p, now: replace(p, start=p.start + timedelta(draw(st.integers(-20, 20)))),
    "end": lambda draw, p, now: replace(p, end=now.date() + timedelta(draw(st.integers(-10, 90)))),
}
