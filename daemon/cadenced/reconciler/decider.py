"""Decides for pairs: loads what is known of them, and plans those together that share people.

It reads the store and changes nothing. Must never know how a decision is carried out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cadenced.core.accounts import ORGANIZER, CalendarAccount
from cadenced.core.answers import paused
from cadenced.core.explaining import Explanation, Gap, explain, explain_gaps
from cadenced.core.fitting import Fit, fit
from cadenced.core.guard import kept
from cadenced.core.jointly import plan_jointly
from cadenced.core.model import Horizon, Meeting, Pair, Person, Programme
from cadenced.core.records import AccountRow, PairState
from cadenced.core.scene import Plan
from cadenced.core.slots import Window
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.leaving import farewell
from cadenced.reconciler.organizer import Organizer
from cadenced.reconciler.ports import Clock, Store
from cadenced.reconciler.surroundings import Neighbourhood
from cadenced.reconciler.turn import Turn
from cadenced.wire.languages import BUILT_IN, Languages


@dataclass
class Decider:
    """Decides for pairs; what one takes, those that share a person find taken."""

    store: Store
    clock: Clock
    horizon: Horizon
    programme: Programme
    accounts: Mapping[str, CalendarAccount]
    organizer: Organizer
    languages: Languages = BUILT_IN
    _in_use: set[str] = field(default_factory=set)  # accounts that somebody's events stand in

    def __post_init__(self) -> None:
        self.neighbourhood = Neighbourhood(self.store, self.horizon, self.programme)
        for pair in self.programme.pairs.values():
            self._in_use |= _accounts(pair.people)

    async def explain(self, name: str, rows: Mapping[str, AccountRow]) -> tuple[list[Explanation], list[Gap]]:
        """Why the coming meetings of a pair of the programme have their times, and why some have none."""
        [group] = (group for group in self.groups(self.programme.pairs) if name in group)
        [decision] = (each for each in await self.decide(group, rows) if each.pair == name)
        turn = self._turn(name, await self.store.load_pair(name), rows, decision.now)
        around = await self.neighbourhood.around(turn.pair, decision.now)
        scene, known = turn.scene(around), around.hindrances
        return explain(scene, known, decision.meetings), explain_gaps(scene, known, decision.gaps)

    async def fits(
        self, name: str, uid: str, span: Window, rows: Mapping[str, AccountRow]
    ) -> tuple[Meeting | None, Fit]:
        """A meeting of a pair of the programme, and whether it can be at that time; None where it has no such one."""
        now = self.clock.now()
        turn = self._turn(name, await self.store.load_pair(name), rows, now)
        meeting = next((each for each in turn.standing if each.uid == uid), None)
        if meeting is None:
            return None, Fit()
        around = await self.neighbourhood.around(turn.pair, now)
        return meeting, fit(turn.scene(around), around.hindrances, meeting, span)

    def forget(self, names: Iterable[str]) -> None:
        """What was decided for these pairs is not carried out."""
        self.neighbourhood.forget(names)

    def groups(self, names: Iterable[str]) -> Iterator[list[str]]:
        """The pairs in groups that share people: each is to be decided together."""
        return self.neighbourhood.groups(names)

    async def decide(
        self, group: Sequence[str], rows: Mapping[str, AccountRow], *, keep: bool = False
    ) -> list[Decision]:
        """The decisions for pairs that share people, planned together; a pair that left the programme has its future
        events cancelled. `keep`: their plans are held back, and only what upsets nothing is decided.
        """
        now = self.clock.now()
        states = {name: await self.store.load_pair(name) for name in group}
        gone = [name for name in group if name not in self.programme.pairs]
        turns = [self._turn(name, states[name], rows, now) for name in group if name not in gone]
        for turn in turns:  # what their people did meanwhile, before any of them looks for a time
            self.neighbourhood.decided(turn.pair.id, turn.standing)
        turns, plans = await self._planned(turns, now)
        if late := [number for number, turn in enumerate(turns) if turn.overlooks(plans[number])]:
            for number in late:  # nothing but the plan knows of the meetings that these answers are about
                state = replace(turns[number].state, saved=(*plans[number].meetings, *plans[number].fallen))
                turns[number] = replace(turns[number], state=state)
            turns, plans = await self._planned(turns, now)
        if keep:
            plans = [kept(plan, t.standing, t.state.fallen) for t, plan in zip(turns, plans, strict=True)]
        decisions = [replace(t.decide(plan), standing=t.standing) for t, plan in zip(turns, plans, strict=True)]
        decisions = [decision.calm() for decision in decisions] if keep else decisions
        for decision in decisions:
            self.neighbourhood.decided(decision.pair, decision.meetings)
        return [*decisions, *(self._farewell(name, states[name], now) for name in gone if not keep)]

    async def _planned(self, turns: list[Turn], now: datetime) -> tuple[list[Turn], list[Plan]]:
        scenes = [turn.scene(await self.neighbourhood.around(turn.pair, now)) for turn in turns]
        return turns, plan_jointly(scenes) if scenes else []

    def _turn(self, name: str, state: PairState, rows: Mapping[str, AccountRow], now: datetime) -> Turn:
        pair = paused(self.programme.pairs[name], state.answers)
        known = self.horizon, self.organizer.host, self.languages
        return Turn(pair, self._own(pair, state), rows, self.accounts, now, *known)

    def _farewell(self, name: str, state: PairState, now: datetime) -> Decision:
        """What the organizer's server brought to guests, it takes back itself."""
        mine = tuple(row for row in state.copies if not self.organizer.host.brought(row))
        return farewell(name, replace(state, copies=mine), self.accounts, now)

    def _own(self, pair: Pair, state: PairState) -> PairState:
        """Without what other people of the programme have in their calendars: an event that was forwarded is theirs."""
        others = self._in_use - _accounts(pair.people) - {ORGANIZER}
        return replace(state, copies=tuple(copy for copy in state.copies if copy.account not in others))


def _accounts(people: Iterable[Person]) -> set[str]:
    """Those that they use in any way."""
    return {name for person in people for name in (person.account, person.calendar) if name is not None}
