"""What holds in every state, and what holds once everything has come to rest."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from cadenced.core.events import ObservedEvent
from cadenced.core.messages import DAYS_BEFORE, Mail, morning
from cadenced.core.model import State
from cadenced.core.records import CopyRow, CopyState, MailState
from cadenced.wire.baseline import baseline_text, parse_baseline
from cadenced.wire.ical import observe
from tests.explore.acts import answer_of
from tests.explore.book import LONG_AGO, Tables
from tests.explore.ghost import Ghost
from tests.explore.scene import FOREIGN, MEETING, NAME, TAKEN, WHO, At, their_event
from tests.explore.shelf import Shelf
from tests.explore.world import World

ROUNDS = 4  # of looking and turning, after the last disturbance, until all is at rest
DAY = timedelta(days=1)


@dataclass
class Promises:
    world: World
    _always: dict[tuple[int, int, int], str] = field(default_factory=dict)
    _rests: dict[At, tuple[At, int]] = field(default_factory=dict)
    _judged: dict[At, str] = field(default_factory=dict)
    longest: int = 0  # rounds that it took to come to rest

    def broken(self, here: At) -> str:
        """Which promise does not hold here, or nothing."""
        key = (here.maya, here.jonas, here.ghost)
        if key not in self._always:
            self._always[key] = self._broken(here)
        return self._always[key]

    def _broken(self, here: At) -> str:
        ghost: Ghost = self.world.values["ghost"][here.ghost]
        for who in WHO:
            shelf: Shelf = self.world.values["maya"][getattr(here, who)]
            ours = [observe(body) for name, body in shelf.bodies if name not in (FOREIGN, TAKEN)]
            ours = [event for event in ours if event.uid == MEETING.uid]
            if len(ours) > 1:
                return f"{len(ours)} events of one meeting stand in the calendar of {who}"
            if shelf.get(FOREIGN) != their_event() or shelf.get(TAKEN) not in (None, their_event(MEETING.uid)):
                return f"an event of {who} was touched that is not ours"
            if told := _person(ghost, who, ours[0] if ours else None):
                return told
            answer = ghost.of(who).answer
            if answer and ours and ours[0].start == answer[1] and answer_of(dict(shelf.bodies)[NAME], who) != answer[0]:
                return f"{who} answered {answer[0]} to {answer[1]:%-d %b %H:%M}, and is asked for that time again"
        return ""

    # at rest

    def restless(self, here: At) -> str:
        """Which promise does not hold once nothing disturbs any more, or nothing."""
        rest, rounds = self._rest(here)
        if rounds > ROUNDS:
            return f"it does not come to rest in {ROUNDS} rounds"
        self.longest = max(self.longest, rounds)
        if rest not in self._judged:
            told = (self._agreed(rest, tables) or self._mailed(rest, tables) for tables in self.world.all_tables(rest))
            self._judged[rest] = self.broken(rest) or self._quiet(rest) or next(filter(None, told), "")
        return self._judged[rest]

    def _rest(self, here: At) -> tuple[At, int]:
        """Where it comes to rest from here, and after how many rounds. What is under way ends first."""
        way, rounds = [], 0
        while here not in self._rests:
            way.append(here)
            move = self.world.onward(here)
            there = move.to if move is not None else self.world.round(here)
            if there == here:
                self._rests[here] = (here, 0)
                break
            here = there
            if len(way) > 200:
                return here, ROUNDS + 1
        rest, rounds = self._rests[here]
        for each in reversed(way):
            if each not in self._rests:
                idle = self.world.onward(each) is None
                rounds += idle
                self._rests[each] = (rest, rounds)
        return rest, self._rests[way[0]][1] if way else rounds

    def _quiet(self, rest: At) -> str:
        """A turn that nothing called for writes nothing."""
        after = self.world.round(self.world.woken(rest))
        outside = [(each.maya, each.jonas, each.post, each.journal, each.journal2) for each in (rest, after)]
        inside = [list(map(_of_weight, self.world.all_tables(each))) for each in (rest, after)]
        if outside[0] == outside[1] and inside[0] == inside[1]:
            return ""
        return "a turn that nothing called for writes something"

    def _agreed(self, rest: At, tables: Tables) -> str:
        ghost: Ghost = self.world.values["ghost"][rest.ghost]
        meeting = next((m for m in tables.meetings if m.identity == MEETING), None)
        if meeting is None:
            return "nobody knows of the meeting any more"
        if meeting.end <= self.world.now(rest):
            return ""
        times = (meeting.start, meeting.end)
        if ghost.moved is not None and times != ghost.moved[1]:
            wanted, found = (f"{each:%-d %b %H:%M}" for each in (ghost.moved[1][0], times[0]))
            return f"{ghost.moved[0]} moved it to {wanted}, and it stands at {found}"
        if ghost.off and meeting.state is not State.CANCELLED:
            return f"{ghost.off} called it off, and it is {meeting.state}"
        if meeting.state is State.DECLINED:
            tried = {meeting.start, *meeting.tries.refused}
            refused = any(tried & ghost.of(who).against for who in WHO)
            return "" if refused else "it is taken for refused, and nobody refused it"
        against = [who for who in WHO if meeting.start in ghost.of(who).against]
        if against and meeting.state is State.STANDING:  # what is called off takes nobody's time
            return f"it stands at {meeting.start:%-d %b %H:%M}, when {against[0]} can't"
        return self._shown(rest, meeting.state, times)

    def _shown(self, rest: At, state: State, times: tuple) -> str:
        """Each calendar shows it as it is, but for one where an event of theirs has our UID, or nothing tells ours."""
        ghost: Ghost = self.world.values["ghost"][rest.ghost]
        for who in WHO:
            shelf: Shelf = self.world.values["maya"][getattr(rest, who)]
            event = next((observe(body) for name, body in shelf.bodies if name not in (FOREIGN, TAKEN)), None)
            if shelf.get(TAKEN) is not None or (ghost.of(who).stripped and ghost.lost):
                continue
            if event is None:
                if state is State.STANDING:
                    return f"it stands, but not in the calendar of {who}"
            elif (event.start, event.end) != times or event.cancelled is not (state is State.CANCELLED):
                return f"the calendar of {who} shows it otherwise than it is"
        return ""

    def _mailed(self, rest: At, tables: Tables) -> str:
        now = self.world.now(rest)
        posted = {body.decode().partition(" ")[0] for body in self.world.values["post"][rest.post]}
        for row in tables.outbox:
            if row.due <= now < row.expires and row.state in (
                MailState.QUEUED,
                MailState.UNKNOWN,
                MailState.ATTEMPTING,
            ):
                return f"the mail {row.key} waits for ever"
            if row.state is MailState.SENT and row.key not in posted:
                return f"the mail {row.key} is taken for sent"
        return self._owed(rest, tables, posted)

    def _owed(self, rest: At, tables: Tables, posted: set[str]) -> str:
        """The agenda of a meeting that stands."""
        now, pair = self.world.now(rest), self.world.scene.wishes[rest.wish].pairs[MEETING.pair]
        meeting = next((m for m in tables.meetings if m.identity == MEETING and m.state is State.STANDING), None)
        if meeting is None:
            return ""
        for person in pair.people:
            due = morning(person, meeting.start.date()) - DAYS_BEFORE[Mail.AGENDA] * DAY
            key = f"{pair.id}/{Mail.AGENDA}/{str(MEETING).removeprefix(pair.id + '/')}/{person.id}"
            if due <= now < meeting.start and key not in posted:
                return f"{person.id} gets no agenda"
        return ""


def _of_weight(tables: Tables) -> Tables:
    """Without when a pair is due, and what the store notes of texts, which the calendars tell anew each time; and
    without when it was decided on a copy for which another event has the UID, which each turn decides anew.
    """
    meetings = tuple(replace(each, touched=False) for each in tables.meetings)
    return tables._replace(pairs=(), meetings=meetings, copies=tuple(map(_undated, tables.copies)))


def _undated(row: CopyRow) -> CopyRow:
    said = parse_baseline(row.written)
    if row.state is not CopyState.FOREIGN or row.etag or said is None:
        return row
    return replace(row, written=baseline_text(replace(said, decided=LONG_AGO)))


def _person(ghost: Ghost, who: str, event: ObservedEvent | None) -> str:
    """What became of what one of the two did in their own calendar."""
    person = ghost.of(who)
    if event is None:
        if person.title or (ghost.moved and ghost.moved[0] == who):
            return f"an event is gone from the calendar of {who}, who had edited it"
        return ""
    if event.start in person.refused:
        return f"{who} deleted the event of {event.start:%-d %b %H:%M}, and it is there again"
    if person.title and event.summary != person.title:
        return f"{who} called it {person.title!r}, and now it is called {event.summary!r}"
    if ghost.moved and ghost.moved[0] == who and ghost.moved[1] != (event.start, event.end):
        return f"{who} moved it to {ghost.moved[1][0]:%-d %b %H:%M}, and it is at {event.start:%-d %b %H:%M}"
    if ghost.off == who and not event.cancelled:
        return f"{who} called it off, and it is on again"
    return ""
