"""What people did, and what befell the servers: the record by which the promises are judged.

Must never know how it was done, nor what the service made of it.
"""

from collections import defaultdict
from collections.abc import Iterable
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


@dataclass
class Chronicle:
    moved: dict[str, list[tuple[datetime, Times]]] = field(default_factory=lambda: defaultdict(list))  # by uid
    edits: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))  # citizen, uid
    deleted: dict[tuple[str, str], datetime] = field(default_factory=dict)
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

    def off(self, uid: str) -> datetime | None:
        """When a person deleted or cancelled a meeting, first."""
        when = [at for (_, other), at in self.deleted.items() if other == uid]
        when += [self.cancelled[uid]] if uid in self.cancelled else []
        return min(when, default=None)

    def leave(self, pair: str, over: set[str], now: datetime) -> None:
        """A pair leaves the programme, and all its meetings that are not `over` go, whoever had touched them. Deletions
        are for ever.
        """
        self.left[pair] = now
        for uid in [uid for uid, name in self.pair_of.items() if name == pair and uid not in over]:
            self.moved.pop(uid, None)
            self.cancelled.pop(uid, None)
            for key in [key for key in self.edits if key[1] == uid]:
                del self.edits[key]

    def in_human_hands(self, uid: str) -> bool:
        return uid in self.moved or any(other == uid for _, other in self.edits) or self.off(uid) is not None

    def all_calm(self, pairs: Iterable[str], now: datetime) -> bool:
        return all(self.calm(pair, now) for pair in pairs)

    def calm(self, pair: str, now: datetime) -> bool:
        """Whether the service has had all the time it needs to follow what happened to a pair."""
        since = now - CALM
        quiet = pair not in self.disturbed or self.disturbed[pair] < since
        return quiet and not any(span.overlaps(since, now) for span in self.troubles)
