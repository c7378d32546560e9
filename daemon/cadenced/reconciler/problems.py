"""What a human should know of a pair: what stands in the way, who must choose a time, whom nothing reaches.

Owns the texts of these alerts, and the keys by which each is raised once. Must never know what is done about them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cadenced.core.events import Copy
from cadenced.core.model import Meeting, Pair, Person, State
from cadenced.core.records import CopyState, PairState
from cadenced.core.scene import Ask, Plan
from cadenced.reconciler.guests import Guests
from cadenced.reconciler.ours import closed


@dataclass(frozen=True, slots=True)
class Problems:
    """Of one turn; the fields are the turn's."""

    pair: Pair
    state: PairState
    desks: Mapping[str, Sequence[Person]]
    copies: Mapping[str, Mapping[str, Copy]]
    guests: Guests
    now: datetime

    def of(self, meetings: Sequence[Meeting], plan: Plan) -> Iterator[tuple[str, str]]:
        wanted = {m.uid for m in meetings if m.state is State.STANDING and m.end > self.now}
        for row in self.state.copies:
            foreign = row.state is CopyState.FOREIGN and closed(row, None)
            if foreign and row.uid in wanted and row.account in self.desks:
                text = f"In the calendar {row.account!r} a foreign event stands where a meeting of {row.pair} belongs"
                text = f"{text} ({row.href}). Remove it, or leave it: cadenced will not touch it."
                yield f"foreign/{row.uid}/{row.account}", text
        for ask in plan.asks:
            yield f"asked/{ask.meeting.uid}", _ask_text(self.pair, ask)
        for gap in plan.gaps:
            if "face-to-face" in gap:
                yield f"gap/{gap}", f"{self.pair.id}: {gap}. Ask the two, or give them more hours or a longer interval."
        for uid, copies in self.copies.items():
            for account, copy in copies.items():
                if copy.event.problem and account in self.desks:
                    text = f"An event of {self.pair.id} in the calendar {account!r} cannot be read"
                    yield f"garbled/{uid}/{account}", f"{text}: {copy.event.problem}. It is left alone."
        yield from self._unreached()

    def _unreached(self) -> Iterator[tuple[str, str]]:
        """Guests whom the organizer's server can't reach."""
        for person in self.guests.people:
            address = f"{person.name} ({person.email})"
            if self.guests.is_host(person):
                text = f"[organizer] is the login of {address}, who can't be invited by themselves."
                yield f"organizer/{person.id}", f"{text} Give [organizer] a login of its own."
            elif said := self.guests.undelivered(person, self.now):
                text = (
                    f"The organizer's server can't bring the meetings of {self.pair.id} to {address}: it says {said}."
                )
                advice = 'Write the address by which it knows them, or give them a calendar, or channel = "none".'
                yield f"undelivered/{person.id}", f"{text} {advice}"


def _ask_text(pair: Pair, ask: Ask) -> str:
    when = f"{ask.meeting.start.astimezone(ZoneInfo(pair.timezone)):%-d %b %Y %H:%M}"
    offered = "with times to choose from" if ask.times else "for no other time is free"
    return f"{pair.id}: the meeting of {when} needs its people's word: {ask.why}. Both were asked by mail, {offered}."
