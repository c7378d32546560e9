"""Holds back what would upset too much at once, until a human confirms (core/guard.py says how much that is).

Owns what is held, across restarts, and what is confirmed. Must never know how a plan is made or carried out.
"""

import hashlib
import json
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from cadenced.core.guard import objection, too_much, upset
from cadenced.core.model import Programme
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.ports import Clock

HELD = "held"  # the store's key for the pairs that wait, as JSON
CONFIRMED = "confirmed"  # and for the programme that a human confirmed
ALERT = "guard"
WHILE = timedelta(hours=1)  # that upsets add up: a whole plan is turned in much less
WAITS = timedelta(days=1)  # until a pair that is held is looked at again by itself


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
    held: set[str] = field(default_factory=set)
    _mark: str = ""  # of the programme in force
    _passed: set[str] = field(default_factory=set)  # pairs of which the whole plan was looked at, and is fine
    _recent: deque[tuple[datetime, int]] = field(default_factory=deque)

    async def begin(self, programme: Programme) -> set[str]:
        """A programme comes into force. The pairs that were held before, to be looked at again."""
        self._mark = mark(programme)
        self.held = set(json.loads(await self.store.get_meta(HELD) or "[]"))
        return set(self.held)

    async def confirm(self, programme: Programme) -> None:
        """A human says that this programme's plan is meant."""
        await self.store.set_meta(CONFIRMED, mark(programme))

    async def may_upset(self, names: Collection[str]) -> bool:
        """Whether a plan for these pairs is worth looking at as a whole: few events can't be too many."""
        now = self.clock.now()
        return too_much(await self.store.count_coming(now, names), await self.store.count_coming(now))

    async def rehearsed(self, names: Collection[str], decisions: Sequence[Decision]) -> None:
        """The whole plan of these pairs, before any of it is carried out."""
        upsets = sum(upset(each.actions, each.now) for each in decisions)
        if await self._fine(upsets):
            self._passed |= set(names)
            await self._hold(self.held - set(names), "")
        else:
            upsetting = {each.pair for each in decisions if upset(each.actions, each.now)}
            await self._hold(self.held | upsetting, await self._why(upsets))

    async def review(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Those that may be carried out. The others wait."""
        await self.release_confirmed()
        counts = {each.pair: upset(each.actions, each.now) for each in decisions if each.pair not in self._passed}
        self._passed -= {each.pair for each in decisions}
        upsets = sum(counts.values())
        if upsets and not await self._fine(upsets + self._lately()):
            await self._hold(self.held | {pair for pair, count in counts.items() if count}, await self._why(upsets))
        elif upsets:
            self._recent.append((self.clock.now(), upsets))
        for each in decisions:
            if each.pair in self.held:
                await self.store.postpone(each.pair, self.clock.now() + WAITS)
        return [each for each in decisions if each.pair not in self.held]

    async def release_confirmed(self) -> bool:
        """Lets go of what is held when a human has confirmed it. Whether there was something."""
        if not self.held or not await self._is_confirmed():
            return False
        names = set(self.held)
        self._passed |= names
        await self._hold(set(), "")
        await self.store.wake(names)
        return True

    async def _fine(self, upsets: int) -> bool:
        return not too_much(upsets, await self.store.count_coming(self.clock.now())) or await self._is_confirmed()

    async def _is_confirmed(self) -> bool:
        return await self.store.get_meta(CONFIRMED) == self._mark

    def _lately(self) -> int:
        while self._recent and self._recent[0][0] + WHILE < self.clock.now():
            self._recent.popleft()
        return sum(count for _, count in self._recent)

    async def _why(self, upsets: int) -> str:
        return objection(upsets, await self.store.count_coming(self.clock.now()))

    async def _hold(self, names: set[str], why: str) -> None:
        now = self.clock.now()
        if names != self.held:
            await self.store.set_meta(HELD, json.dumps(sorted(names)))
            self.held = names
        if why:
            await self.store.raise_alert(ALERT, f"Nothing was changed for {_some(names)}: {why}.", now)
        elif not names:
            await self.store.clear_alert(ALERT, now)


def mark(programme: Programme) -> str:
    """Changes with the programme: what a human confirms is this one, and no later one."""
    return hashlib.sha256(repr(sorted(programme.stanzas.items())).encode()).hexdigest()[:16]


def _some(names: Collection[str]) -> str:
    first, *others = sorted(names)
    return f"{first} and {len(others)} more pairs" if others else first
