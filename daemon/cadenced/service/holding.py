"""Holds back what would upset too much at once, until a human confirms (core/guard.py says how much that is).

Owns what is held, across restarts, and what is confirmed. Must never know how a plan is made or carried out, nor what
of it goes on meanwhile.
"""

import hashlib
import json
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from cadenced.core.guard import objection, too_much
from cadenced.core.model import Programme
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.ports import Clock

log = structlog.get_logger("cadenced")

HELD = "held"  # the store's key for the pairs that wait, as JSON
CONFIRMED = "confirmed"  # and for the programme that a human confirmed, and when
MEANT = timedelta(days=1)  # that a human's word counts: for what they saw, and not for what calendars hold later
ALERT = "guard"
WHILE = timedelta(hours=1)  # that upsets add up: a whole plan is turned in much less
WAITS = timedelta(days=1)  # until a pair that is held is looked at again by itself, when nothing of it falls due


class HoldingStore(Protocol):
    async def count_coming(self, now: datetime, pairs: Collection[str] | None = None) -> int:
        """How many events of ours end after `now`, of these pairs, or of all."""
        ...

    async def get_meta(self, key: str) -> str: ...

    async def set_meta(self, key: str, value: str) -> None: ...

    async def postpone(self, pair: str, next_due: datetime) -> None: ...

    async def wake(self, pairs: Iterable[str]) -> None: ...

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool: ...

    async def clear_alert(self, key: str, now: datetime) -> bool: ...


@dataclass
class Holding:
    """What the daemon holds. begin() first; then each plan goes through review()."""

    store: HoldingStore
    clock: Clock
    _held: dict[str, int] = field(default_factory=dict)  # pairs, with how many events each would upset
    _mark: str = ""  # of the programme in force
    _passed: set[str] = field(default_factory=set)  # pairs of which the whole plan was looked at, and is fine
    _recent: deque[tuple[datetime, int]] = field(default_factory=deque)

    @property
    def held(self) -> set[str]:
        """The pairs of which nothing is cancelled or moved."""
        return set(self._held)

    async def begin(self, programme: Programme) -> set[str]:
        """A programme comes into force. The pairs that were held before, to be looked at again."""
        self._mark = mark(programme)
        found = json.loads(await self.store.get_meta(HELD) or "{}")
        self._held = found if isinstance(found, dict) else dict.fromkeys(found, 0)  # once it was names alone
        return self.held

    async def confirm(self, programme: Programme) -> None:
        """A human says that this programme's plan is meant, as it is today."""
        await self.store.set_meta(CONFIRMED, f"{mark(programme)} {self.clock.now().isoformat()}")

    async def may_upset(self, names: Collection[str]) -> bool:
        """Whether a plan for these pairs is worth looking at as a whole: few events can't be too many."""
        now = self.clock.now()
        return too_much(await self.store.count_coming(now, names), await self.store.count_coming(now))

    async def rehearsed(self, names: Collection[str], decisions: Sequence[Decision]) -> None:
        """The whole plan of these pairs, before any of it is carried out."""
        counts = _counts(decisions)
        others = {pair: count for pair, count in self._held.items() if pair not in names}
        if await self._fine(sum(counts.values())):
            self._passed |= set(names)
            await self._hold(others)
            await self.passes()
        else:
            await self._hold(others | counts)

    async def refuse(self, why: str) -> None:
        """A single pass did nothing, and a human should know, though nothing waits."""
        text = f"Nothing was changed: {why}; `cadenced plan` shows them."
        await self.store.raise_alert(ALERT, text, self.clock.now())

    async def passes(self) -> None:
        """A whole plan is fine: what was said of one before is over, unless something waits."""
        if not self._held:
            await self.store.clear_alert(ALERT, self.clock.now())

    async def review(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Those that may be carried out. The others wait: each set of pairs until what they would upset together is
        little again, for an appointment may be gone as it came; and a pair that would upset nothing any more at once.
        """
        await self.release_confirmed()
        counts = _counts(each for each in decisions if each.pair not in self._passed)
        names = {each.pair for each in decisions}
        self._passed -= names
        held = {pair: count for pair, count in self._held.items() if pair not in names}
        held |= {pair: count for pair, count in counts.items() if pair in self._held}
        fresh = {pair: count for pair, count in counts.items() if pair not in self._held}
        if held and await self._fine(sum(held.values()) + self._lately()):
            await self.store.wake(held.keys() - names)
            self._count(sum(count for pair, count in held.items() if pair in names))
            held = {}
        if fresh and not await self._fine(sum(fresh.values()) + self._lately()):
            held |= fresh
        else:
            self._count(sum(fresh.values()))
        await self._hold(held)
        for pair in names & held.keys():
            await self.store.postpone(pair, self.clock.now() + WAITS)
        return [each for each in decisions if each.pair not in held]

    async def release_confirmed(self) -> bool:
        """Lets go of what is held when a human has confirmed it. Whether there was something."""
        if not self._held or not await self._is_confirmed():
            return False
        names = self.held
        self._passed |= names
        await self._hold({})
        await self.store.wake(names)
        return True

    async def _fine(self, upsets: int) -> bool:
        return not too_much(upsets, await self.store.count_coming(self.clock.now())) or await self._is_confirmed()

    async def _is_confirmed(self) -> bool:
        said, _, at = (await self.store.get_meta(CONFIRMED)).partition(" ")
        if said != self._mark or not at:  # once it had no moment, and then nobody knows whether it counts still
            return False
        return timedelta() <= self.clock.now() - datetime.fromisoformat(at) <= MEANT

    def _count(self, upsets: int) -> None:
        if upsets:
            self._recent.append((self.clock.now(), upsets))

    def _lately(self) -> int:
        while self._recent and self._recent[0][0] + WHILE < self.clock.now():
            self._recent.popleft()
        return sum(count for _, count in self._recent)

    async def _hold(self, held: dict[str, int]) -> None:
        if held == self._held:
            return
        now = self.clock.now()
        await self.store.set_meta(HELD, json.dumps(held, sort_keys=True))
        more, self._held = held.keys() - self._held.keys(), held
        if held:
            why = objection(sum(held.values()), await self.store.count_coming(now))
            text = f"Nothing of {_some(held)} is cancelled or moved so far: {why}; `cadenced plan` shows them."
            await self.store.raise_alert(ALERT, text, now)
            if more:
                log.warning("too much would be upset at once; it waits for a human", problem=text)
        else:
            await self.store.clear_alert(ALERT, now)


def _counts(decisions: Iterable[Decision]) -> dict[str, int]:
    """How many events each of the pairs would upset that upset any."""
    return {each.pair: count for each in decisions if (count := each.upsets)}


def mark(programme: Programme) -> str:
    """Changes with the programme: what a human confirms is this one, and no later one."""
    return hashlib.sha256(repr(sorted(programme.stanzas.items())).encode()).hexdigest()[:16]


def _some(names: Collection[str]) -> str:
    first, *others = sorted(names)
    return f"{first} and {len(others):,} more pair{'s' * (len(others) > 1)}" if others else first
