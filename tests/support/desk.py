"""What the wheel does with one meeting, without a server: settle, give another time to what somebody can't, write.

Slow and plain, so that it owes nothing to the planner, which is left out.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from cadenced.core.answers import Answer, Told
from cadenced.core.events import Baseline, Copy, ObservedEvent, fingerprint
from cadenced.core.heard import heard
from cadenced.core.merge import Settled, settle
from cadenced.core.model import Identity, Kind, Meeting, State
from tests.support.programme import utc

IDENTITY = Identity("maya-jonas", Kind.FACE_TO_FACE, date(2026, 12, 1))
NOW, START = utc("2026-11-24T09:00"), utc("2026-12-08T17:30")
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
PLACED = Meeting(IDENTITY, START, START + HOUR, placed=(START, START + HOUR), rules="r1")
NO_TEXTS = [fingerprint("")] * 3
HOUSES = [("maya", "jonas"), ("maya",), ("jonas",), ()]


def at(days, hours=0):
    return START + days * DAY + hours * HOUR


@dataclass
class Desk:
    """One meeting, in the calendars of those who have one, and in the store."""

    accounts: tuple[str, ...]
    now: datetime = NOW
    copies: dict[str, Copy] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    remembered: Meeting | None = PLACED
    reachable: bool = True

    def __post_init__(self) -> None:
        self.write(PLACED)

    def says(self, who: str, told: Told, days: int | None = None) -> None:
        """Of the time that the meeting has, or of one so many days from where it was at first."""
        self.now += MINUTE
        start = self.remembered.start if days is None else START + days * DAY
        name = f"<{len(self.answers):03}>"
        about = (IDENTITY.uid, start, start + HOUR)
        self.answers.append(Answer(name, IDENTITY.pair, who, told, self.now, *about))

    def moves(self, who: str, days: int) -> None:
        """In the calendar."""
        self.now += MINUTE
        start = START + days * DAY
        event = replace(self.copies[who].event, start=start, end=start + HOUR, last_modified=self.now)
        self.copies[who] = replace(self.copies[who], event=event)

    def look(self) -> Settled:
        copies = [self.copies[name] for name in self.accounts]
        said = heard(self.answers, copies, self.remembered)
        found = settle(IDENTITY, [*copies, *said.copies], said.declines, self.remembered)
        assert found is not None
        return found

    def turn(self) -> Meeting:
        self.now += MINUTE
        meeting = self.look().meeting
        if meeting.state is State.DECLINED:
            meeting = self.elsewhere(meeting)
        self.write(meeting)
        return meeting

    def turns(self) -> Meeting:
        """Until nothing changes: that takes two."""
        self.turn()
        found = self.turn()
        assert self.turn() == found
        return found

    def elsewhere(self, meeting: Meeting) -> Meeting:
        refused = (*meeting.tries.refused, meeting.start)
        start = next(s for n in range(1, 100) if (s := START + n * DAY + HOUR) not in refused)
        tries = replace(meeting.tries, changes=meeting.tries.changes + 1, refused=refused)
        times = (start, start + HOUR)
        return replace(meeting, start=start, end=times[1], placed=times, state=State.STANDING, tries=tries)

    def write(self, meeting: Meeting) -> None:
        """Where that makes a difference."""
        self.remembered = meeting
        times, off = (meeting.start, meeting.end), meeting.state is State.CANCELLED
        for name in self.accounts if self.reachable else ():
            before = self.copies.get(name)
            decided = Baseline(*times, meeting.placed, "r1", *NO_TEXTS, self.now, meeting.tries, cancelled=off)
            event = ObservedEvent(IDENTITY.uid, IDENTITY, decided, *times, cancelled=off, last_modified=self.now)
            if before is None or replace(before.event, last_modified=None) != replace(
                event, last_modified=None, baseline=replace(decided, decided=before.event.baseline.decided)
            ):
                self.copies[name] = Copy(name, f"/{name}/x.ics", '"1"', event)
