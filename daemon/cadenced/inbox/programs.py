"""What a calendar program says for its person (RFC 5546): an answer, another time, or that somebody else comes.

Owns which of these counts: of a meeting that is to come, to the invitation that went out last, by who is invited. Must
never know how it is written.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from cadenced.core.accounts import INVITED
from cadenced.core.answers import Answer, Told
from cadenced.core.fitting import Fit
from cadenced.core.inviting import sent_last, sequence_at
from cadenced.core.model import Meeting, Pair, Person, State
from cadenced.core.participation import PartStat
from cadenced.core.records import CopyRow, PairState
from cadenced.core.slots import Window
from cadenced.core.verdict import Refused, Verdict, Why
from cadenced.wire.itip import Counter, Refresh, Reply, Said, Unusable

TOLD = {PartStat.ACCEPTED: Told.ACCEPTED, PartStat.DECLINED: Told.DECLINED}
WORDS = {Reply: "REPLY", Counter: "COUNTER", Refresh: "REFRESH", Unusable: "an invitation's answer"}


@dataclass(frozen=True, slots=True)
class Programs:
    """Of one mail; `name`, `pair`, `person` and `now` as in judging.Context."""

    name: str
    pair: Pair
    person: Person
    now: datetime
    state: PairState
    fits: Callable[[str, str, Window], Awaitable[tuple[Meeting | None, Fit]]]

    async def verdict(self, said: Said) -> Verdict:
        if isinstance(said, Unusable):
            return Verdict(
                refused=(Refused(WORDS[Unusable], Why.UNCLEAR),),
                to_coordinator=f"sent {WORDS[Unusable]} that can't be read: {said.reason}",
            )
        meeting = next((each for each in self.state.meetings if each.uid == said.uid), None)
        row = next((r for r in self.state.copies if (r.uid, r.account) == (said.uid, self._account)), None)
        why = self._against(said, meeting, row)
        if why is not None or meeting is None or row is None:
            return self._no(said, why or Why.OFF, meeting)
        if isinstance(said, Refresh):
            return self._again(said, meeting, row)
        if isinstance(said, Counter):
            return await self._counter(said, meeting, row)
        if said.partstat is None:
            return self._no(said, Why.DELEGATED, meeting)
        answer = self._answer(TOLD.get(said.partstat, Told.TENTATIVE), meeting)
        return Verdict((answer,), meeting=meeting, by_program=True)

    def _against(self, said: Reply | Counter | Refresh, meeting: Meeting | None, row: CopyRow | None) -> Why | None:
        """An answer in the name of somebody else counts for nothing, be they the other one of the pair."""
        if meeting is None or row is None or said.attendee not in ("", self.person.email.lower()):
            return Why.OFF
        if meeting.end <= self.now:
            return Why.OVER
        if not isinstance(said, Refresh) and said.sequence < sent_last(row.etag):
            return Why.OLD
        return None

    async def _counter(self, said: Counter, meeting: Meeting, row: CopyRow) -> Verdict:
        sent = (row.body, sent_last(row.etag))
        if said.start <= self.now:
            return replace(self._no(said, Why.PAST, meeting), countered=sent)
        _, fit = await self.fits(self.pair.id, meeting.uid, (said.start, said.end))
        if fit.against:
            refused = (Refused(WORDS[Counter], Why.BUSY, fit.against),)
            return Verdict(refused=refused, meeting=meeting, offers=fit.offers, countered=sent)
        moved = self._answer(Told.MOVED, replace(meeting, start=said.start, end=said.end))
        return Verdict((moved,), meeting=meeting, by_program=True)

    def _again(self, said: Refresh, meeting: Meeting, row: CopyRow) -> Verdict:
        if meeting.state is State.CANCELLED:
            return self._no(said, Why.OFF, meeting)
        return Verdict(meeting=meeting, refreshed=(row.body, sent_last(row.etag) or sequence_at(self.now)))

    def _no(self, said: Said, why: Why, meeting: Meeting | None) -> Verdict:
        return Verdict(refused=(Refused(WORDS[type(said)], why),), meeting=meeting)

    def _answer(self, told: Told, meeting: Meeting) -> Answer:
        times = (meeting.start, meeting.end)
        return Answer(f"{self.name}#1", self.pair.id, self.person.id, told, self.now, meeting.uid, *times)

    @property
    def _account(self) -> str:
        return f"{INVITED}{self.person.email.lower()}"
