"""What the daemon does, cut at each door: a tree of all that its coroutines ever went through.

A node is a coroutine that waits at a door. What it does next depends on what it is answered, on the daemon's memory and
on the clock, and on nothing else; so each way on is gone once, and looked up from then on.

Within a coroutine nothing overlaps, and with one meeting nothing could: the writes of one decision, so those of the two
copies of a meeting, go out one after the other (reconciler/apply.py), for each depends on the one before.
What the wheel does at once are different accounts and different pairs. Here each account is looked at by a coroutine of
its own, so that looks do overlap, with one another and with turns, in scenes with `at_once`; and of pairs there is one.
Mails that are on their way at once (outbox.py) are rows of the ledger of which none depends on another: here one
hand carries them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from cadenced.core.accounts import ORGANIZER, CalendarAccount, MailAccount
from cadenced.core.actions import SendMail
from cadenced.core.errors import CadencedError, ConflictError, TemporaryError
from cadenced.core.model import Horizon, Programme
from cadenced.core.records import AccountRow, CopyRow, OutboxRow
from cadenced.outbox import Outbox
from cadenced.reconciler import apply as writing
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.organizer import Host
from cadenced.service import wheel as service
from cadenced.service.wheel import Wheel
from cadenced.shell.rows import EPOCH
from tests.explore.effects import HOST, PAIR, Door, Request, folder_of

SENDER = MailAccount("localhost", 25, "none", "cadenced@example.org")
AWAKE = 4096  # coroutines that are kept waiting; others are run again from their beginning


class Memory(NamedTuple):
    """What a daemon knows that a crash takes: by account, the copies that it knows to stand, and the account's row; and
    the accounts where it does not know what became of a creation.
    """

    known: tuple[tuple[str, tuple[tuple[str, CopyRow], ...]], ...] = ()
    rows: tuple[tuple[str, AccountRow], ...] = ()
    doubtful: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What a door answers."""

    reply: Any = None
    error: str = ""  # CONFLICT, or why the server can't be had


CONFLICT = "something else stands there"
_ERRORS: dict[str, type[CadencedError]] = {CONFLICT: ConflictError}


class BugError(BaseException):
    """The product says that it has one: no counterexample, but worse."""


@dataclass
class Clock:
    at: datetime

    def now(self) -> datetime:
        return self.at


_bounded = service._bounded


async def alone(limit: int, work: Iterable[Any]) -> list[Any]:
    """Instead of the wheel's own, which needs a loop; where one runs, nothing is explored. ValueError where there are
    several things to do at once.
    """
    if asyncio._get_running_loop() is not None:
        return await _bounded(limit, work)
    [only] = work
    return [await only]


service._bounded = alone
for name in ("compose", "revise"):  # pure, and asked the same again and again
    setattr(writing, name, lru_cache(maxsize=1 << 16)(getattr(writing, name)))
_DECIDED: dict[tuple[str, ...], list[Decision]] = {}


class Running:
    """One coroutine of a daemon, from its beginning."""

    def __init__(self, kind: str, programme: Programme, horizon: Horizon) -> None:
        self.clock = Clock(EPOCH)
        store, calendars, mailer = Door("store"), Door("calendar"), Door("mail")
        self._wish = repr(programme)
        self._desks = {person.id: person.account for person in programme.pairs[PAIR].people}
        accounts = {name: CalendarAccount(name, url=folder_of(name)) for name in self._desks.values()}
        self.wheel = Wheel(programme, horizon, accounts, store, calendars, self.clock, write=self._row)
        if ORGANIZER in accounts:
            self.wheel.organizer.host = Host(HOST)  # as since the first look
        self.outbox = Outbox(store, mailer, self.clock, SENDER, daily_cap=9, in_hand=1)
        self.wheel.decider.decide = self._remembered(self.wheel.decider.decide)
        self.request: Request | None = None
        self._work = self._begin(kind)

    def _begin(self, kind: str) -> Coroutine[Request, Any, None]:
        match kind.split():
            case ["look", name]:
                return self.wheel.look([self._desks[name]])
            case ["turn"]:
                return self._turn()
            case ["mail"]:
                return self.outbox.run_once()
        raise ValueError(kind)

    async def _turn(self) -> None:
        """The daemon's round of turning."""
        if names := await self.wheel.due():
            await self.wheel.turn(names)

    def _remembered(self, decide: Callable[..., Coroutine[Request, Any, list[Decision]]]) -> Callable[..., Any]:
        """A decision is the same for the same state of the pair, the same accounts, programme and moment."""

        async def decided(group: Sequence[str], rows: Mapping[str, AccountRow], **how: bool) -> list[Decision]:
            deciding = decide(group, rows, **how)
            state = await deciding.send(None)
            key = (repr(state), repr(sorted(rows.items())), repr(how), str(self.clock.at), self._wish)
            if key in _DECIDED:
                deciding.close()
            else:
                try:
                    raise BugError(f"it decides by more than it was told: {deciding.send(state)}")
                except StopIteration as end:
                    _DECIDED[key] = end.value
            return _DECIDED[key]

        return decided

    def go(self, outcome: Outcome, memory: Memory, now: datetime) -> Memory:
        """To the next door, or the end: then `request` is None. Returns the memory as it is then."""
        self.clock.at = now
        self.wheel.rows.clear()
        self.wheel.rows.update(memory.rows)
        known = self.wheel.observer._known
        known.clear()
        known.update({name: dict(copies) for name, copies in memory.known})
        self.wheel._doubtful.clear()
        self.wheel._doubtful.update(memory.doubtful)
        try:
            if outcome.error:
                self.request = self._work.throw(_ERRORS.get(outcome.error, TemporaryError)(outcome.error))
            else:
                self.request = self._work.send(outcome.reply)
        except StopIteration:
            self.request = None
        return Memory(
            tuple(sorted((name, tuple(sorted(copies.items()))) for name, copies in known.items())),
            tuple(sorted(self.wheel.rows.items())),
            tuple(sorted(self.wheel._doubtful)),
        )

    def _row(self, mail: SendMail, decision: Decision) -> OutboxRow:
        """A mail whose words say what they depend on."""
        start = mail.meeting.start if mail.meeting else None
        return OutboxRow(
            key=mail.key,
            pair=mail.pair,
            kind=str(mail.kind),
            person=mail.person,
            uid=mail.meeting.uid if mail.meeting else "",
            recipient=f"{mail.person}@example.org",
            message_id=f"<{mail.key}>",
            body=f"{mail.key} {start} {self.clock.now()}".encode(),
            due=mail.due,
            expires=mail.expires,
            day=mail.due.date(),
            start=start,
        )


class Ids:
    """Equal values have one number, and a number one value. 0 is nothing."""

    def __init__(self, key: Callable[[Any], Any] = lambda value: value) -> None:
        self._numbers: dict[Any, int] = {}
        self.values: list[Any] = [None]
        self._key = key

    def __call__(self, value: Any) -> int:
        key = self._key(value)
        if (number := self._numbers.get(key)) is None:
            number = self._numbers[key] = len(self.values)
            self.values.append(value)
        return number

    def __getitem__(self, number: int) -> Any:
        return self.values[number]


Step = tuple[int, int, datetime]  # the outcome, the memory and the clock with which a coroutine went on


@dataclass
class _Node:
    root: tuple[str, int]  # what was begun, in which programme
    steps: tuple[Step, ...]
    request: int  # 0 at the end
    door: Request | None


class Tree:
    """`programmes` are those that a task may run in."""

    def __init__(self, programmes: list[Programme], horizon: Horizon) -> None:
        self._programmes, self._horizon = programmes, horizon
        self.outcomes, self.memories, self.requests = Ids(repr), Ids(), Ids(repr)
        self.nodes: list[_Node] = [_Node(("", 0), (), 0, None)]
        self._ways: dict[tuple[Any, ...], tuple[int, int]] = {}
        self._awake: OrderedDict[int, Running] = OrderedDict()
        self._nothing = self.outcomes(Outcome())
        self.runs = 0

    def begin(self, kind: str, wish: int, memory: int, now: datetime) -> tuple[int, int]:
        """The node at its first door (0: it came to its end), and the memory then."""
        return self._way((kind, wish), 0, (self._nothing, memory, now))

    def go(self, node: int, outcome: int, memory: int, now: datetime) -> tuple[int, int]:
        return self._way(self.nodes[node].root, node, (outcome, memory, now))

    def _way(self, root: tuple[str, int], node: int, step: Step) -> tuple[int, int]:
        key = (root, step) if not node else (node, step)
        if (found := self._ways.get(key)) is None:
            found = self._ways[key] = self._explore(root, node, step)
        return found

    def _explore(self, root: tuple[str, int], node: int, step: Step) -> tuple[int, int]:
        running = self._awake.pop(node, None) if node else None
        steps = self.nodes[node].steps
        if running is None:
            running = Running(root[0], self._programmes[root[1]], self._horizon)
            self.runs += 1
            for each in steps:
                self._step(running, each)
        memory = self._step(running, step)
        if running.request is None:
            return 0, memory
        self.nodes.append(_Node(root, (*steps, step), self.requests(running.request), running.request))
        number = len(self.nodes) - 1
        self._awake[number] = running
        if len(self._awake) > AWAKE:
            self._awake.popitem(last=False)
        return number, memory

    def _step(self, running: Running, step: Step) -> int:
        outcome, memory, now = step
        return self.memories(running.go(self.outcomes[outcome], self.memories[memory], now))
