"""What people did, and what befell the servers: the record by which the promises are judged.

Must never know how it was done, nor what the service made of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.world import POLL

CALM = 2 * POLL + timedelta(hours=1)  # after this long undisturbed, everything should be as promised

Times = tuple[datetime, datetime]


@dataclass
class Span:
    """A time of trouble; `end` is None while it lasts."""

    begin: datetime
    end: datetime | None = None

    def overlaps(self, first: datetime, last: datetime) -> bool:
        return self.begin <= last and (self.end is None or self.end >= first)


@dataclass(frozen=True)
class Refusal:
    """Somebody deleted their copy of a meeting. `starts` are those of all its copies at that moment: which of them the
    service had seen is not known here.
    """

    citizen: str
    uid: str
    at: datetime
    start: datetime
    starts: frozenset[datetime]


@dataclass
class Chronicle:
    moved: dict[str, list[tuple[datetime, Times]]] = field(default_factory=lambda: defaultdict(list))  # by uid
    edits: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # citizen, uid
    refusals: list[Refusal] = field(default_factory=list)
    cancelled: dict[str, datetime] = field(default_factory=dict)
    overruled: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, uid, whose time was not taken
    pair_of: dict[str, str] = field(default_factory=dict)  # of every meeting that somebody touched, by uid
    disturbed: dict[str, datetime] = field(default_factory=dict)  # by pair
    left: dict[str, datetime] = field(default_factory=dict)  # pairs that left the programme
    policies: dict[str, list[tuple[datetime, object]]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[Span] = field(default_factory=list)  # of the service or a calendar server
    mail_troubles: list[Span] = field(default_factory=list)
    foreign: dict[tuple[str, str], str] = field(default_factory=dict)  # citizen and resource, to what it holds
    kills: list[datetime] = field(default_factory=list)

    def off(self, uid: str, starts: Mapping[str, datetime]) -> bool:
        """Whether it was cancelled, or somebody refused it and it has no other time. `starts` is how it stands, by
        citizen.
        """
        there = set(starts.values())
        waits = (r.uid == uid and r.citizen not in starts and (r.starts & there or not there) for r in self.refusals)
        return uid in self.cancelled or any(waits)

    def refuse(self, citizen: str, uid: str, now: datetime, times: Times, starts: Iterable[datetime]) -> Refusal:
        """What was said of it before holds no more, but for a move that came after the time now refused."""
        refusal = Refusal(citizen, uid, now, times[0], frozenset(starts))
        self.refusals.append(refusal)
        self.edits.pop((citizen, uid), None)
        moves = self.moved.pop(uid, [])
        refused = [number for number, (_, moved) in enumerate(moves) if moved == times]
        if refused:
            moves = moves[refused[-1] + 1 :]
        if moves:
            self.moved[uid] = moves
        return refusal

    def leave(self, pair: str, over: set[str], now: datetime) -> None:
        """A pair leaves the programme, and all its meetings that are not `over` go, whoever had touched them. Refusals
        are for ever.
        """
        self.left[pair] = now
        for uid in [uid for uid, name in self.pair_of.items() if name == pair and uid not in over]:
            self.moved.pop(uid, None)
            self.cancelled.pop(uid, None)
            for key in [key for key in self.edits if key[1] == uid]:
                del self.edits[key]

    def in_human_hands(self, uid: str) -> bool:
        refused = any(each.uid == uid for each in self.refusals)
        return uid in self.moved or any(other == uid for _, other in self.edits) or uid in self.cancelled or refused

    def all_calm(self, pairs: Iterable[str], now: datetime) -> bool:
        return all(self.calm(pair, now) for pair in pairs)

    def calm(self, pair: str, now: datetime) -> bool:
        """Whether the service has had all the time it needs to follow what happened to a pair."""
        since = now - CALM
        quiet = pair not in self.disturbed or self.disturbed[pair] < since
        return quiet and not any(span.overlaps(since, now) for span in self.troubles)
