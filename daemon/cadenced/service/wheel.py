"""The wheel: look at calendars, decide pair after pair, carry out, remember. One pass is the same in all commands.

Owns the order of a pass, and how much of it happens at once. Must never know a protocol, SQL, or where the files are.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from cadenced.core.accounts import INVITED, ORGANIZER, CalendarAccount
from cadenced.core.actions import Mail, SendMail
from cadenced.core.errors import CadencedError, StoreError
from cadenced.core.model import Channel, Horizon, Programme
from cadenced.core.records import AccountRow, AccountStatus, AlertRow, CopyRow, OutboxRow
from cadenced.reconciler.apply import Applied, Applier
from cadenced.reconciler.bugs import in_words, told_as_bug
from cadenced.reconciler.busywatch import BusyWatch
from cadenced.reconciler.decider import Decider
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.observe import Observation, Observer
from cadenced.reconciler.organizer import Organizer
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.service.inviting import Inviter
from cadenced.wire.languages import BUILT_IN, Languages

log = structlog.get_logger("cadenced")

LOOKS_AT_ONCE = 16  # accounts; a server of two cores is busy with fewer
TURNS_AT_ONCE = 16  # pairs being written
BATCH = 64  # pairs decided before the first of them is written: bounds what a crash leaves undone
ROUNDS = 3  # times that a turn is decided anew because somebody wrote first; then it waits
BUG_RETRY = timedelta(hours=1)  # the calendars may look different by then; more often only fills the log
RETRY = timedelta(minutes=1)  # until a pair is turned again that a server kept from its turn
DOUBT = "the next look must tell what became of an event"


T = TypeVar("T")


class WheelStore(Store, Protocol):
    """What the wheel itself remembers, beside what the reconciler does."""

    async def due_pairs(self, now: datetime, limit: int, shards: range | None = None) -> list[tuple[str, datetime]]: ...

    async def wake(self, pairs: Iterable[str]) -> None: ...

    async def pair_names(self) -> list[str]: ...

    async def forget_pair(self, pair: str) -> None: ...

    async def postpone(self, pair: str, next_due: datetime) -> None: ...

    async def withdraw(self, keys: Collection[str]) -> list[str]: ...

    async def enqueue(self, rows: Sequence[OutboxRow]) -> int: ...

    async def save_invitations(
        self, kept: Sequence[CopyRow], gone: Sequence[CopyRow], mails: Sequence[OutboxRow], stale: Collection[str] = ()
    ) -> int: ...

    async def was_invited(self, pair: str, uid: str, address: str) -> bool: ...

    async def alerts(self) -> list[AlertRow]: ...


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass did: actions carried out, mails handed to the outbox, and accounts that kept it from more."""

    decisions: tuple[Decision, ...] = ()
    done: int = 0
    mails: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)


async def _all(decisions: Sequence[Decision]) -> Sequence[Decision]:
    return decisions


@dataclass
class Wheel:
    """`write` turns a due mail into the finished row for the outbox. `beat` is told "look" or "turn" whenever there
    is progress with either. `review` is shown what was decided, and says what of it may be carried out.
    """

    programme: Programme
    horizon: Horizon
    accounts: Mapping[str, CalendarAccount]
    store: WheelStore
    calendars: Calendars
    clock: Clock
    write: Callable[[SendMail, Decision], OutboxRow]
    beat: Callable[[str], None] = lambda _what: None
    review: Callable[[Sequence[Decision]], Awaitable[Sequence[Decision]]] = _all
    rows: dict[str, AccountRow] = field(default_factory=dict)
    inviter: Inviter | None = None  # of who is invited by mail
    languages: Languages = BUILT_IN
    _doubtful: set[str] = field(default_factory=set)  # accounts where nobody knows what became of a creation

    def __post_init__(self) -> None:
        for person in (person for pair in self.programme.pairs.values() for person in pair.people):
            if person.channel is Channel.INVITE and (name := person.account):
                self.rows[name] = AccountRow(name, f"mailto:{person.email.lower()}")
        self.observer = Observer(self.calendars, self.store, self.clock, self.accounts)
        self.busy = BusyWatch(self.calendars, self.store, self.clock, self.horizon, self.programme, self.accounts)
        self.organizer = Organizer(self.calendars, self.accounts.get(ORGANIZER))
        place = self.horizon, self.programme, self.accounts
        self.decider = Decider(self.store, self.clock, *place, self.organizer, self.languages)
        known = self.calendars, self.store, self.clock, self.accounts
        self.applier = Applier(*known, self.observer.forget, self._doubt, self.organizer)

    async def look(self, names: Iterable[str] | None = None) -> list[Observation]:
        """Looks at accounts (default: all), and makes the pairs due that something happened to."""
        await self.busy.begin()
        stored = await self.store.accounts()
        wanted = [name for name in (names if names is not None else self.accounts) if name in self.accounts]
        seen = await _bounded(LOOKS_AT_ONCE, (self._look(name, stored.get(name)) for name in wanted))
        for each in seen:
            if each.recovered:
                await self.store.wake(await self._pairs_with(each.row.account))
        return seen

    async def _look(self, name: str, row: AccountRow | None) -> Observation:
        self._doubtful.discard(name)
        observation = await self.observer.look(name, row)
        if name not in self._doubtful:
            before = self.rows.get(name)
            bad = before is not None and before.status is not AccountStatus.OK  # as turns have taken it, whoever looked
            cleared = bad and observation.row.status is AccountStatus.OK
            observation = replace(observation, recovered=observation.recovered or cleared)
            self.rows[name] = observation.row
        if name == ORGANIZER and observation.row.status is AccountStatus.OK:
            with suppress(CadencedError), told_as_bug(name):  # it is asked again before anybody is invited
                await self.organizer.guest(observation.row.url)
        if busy_otherwise := await self.busy.look(observation.row, row):
            await self.store.wake(busy_otherwise)
            observation = replace(observation, pairs=observation.pairs | busy_otherwise)
        self.beat("look")
        return observation

    def _doubt(self, account: str) -> None:
        """Nothing is written there until a look that begins from now on: had it been created and then deleted by a
        human, another creation would undo that.
        """
        self.rows[account] = replace(self.rows[account], status=AccountStatus.UNREACHABLE, problem=DOUBT)
        self._doubtful.add(account)

    async def _pairs_with(self, account: str) -> list[str]:
        """The pairs that an account may have kept from something: those that left may have events in any."""
        left = set(await self.store.pair_names()) - self.programme.pairs.keys()
        pairs = self.programme.pairs.values()
        using = (p.id for p in pairs if any(account in (x.account, x.calendar) for x in p.people))
        return [*using, *sorted(left)]

    async def due(self, limit: int = BATCH) -> list[str]:
        return [name for name, _ in await self.store.due_pairs(self.clock.now(), limit)]

    async def decide(self, names: Iterable[str]) -> list[Decision]:
        """In groups that share people: what one takes, the others find taken."""
        decisions = []
        for group in self.decider.groups(names):
            decisions += await self.decider.decide(group, self.rows)
            self.beat("turn")
        return decisions

    async def turn(self, names: Sequence[str]) -> Pass:
        """Decides these pairs and carries out what `review` lets through."""
        return await self.carry_out(await self.review(await self.decisions(names)))

    async def decisions(self, names: Iterable[str]) -> list[Decision]:
        """As decide(), but a bug with one pair keeps no other from its turn."""
        return [each for group in self.decider.groups(names) for each in await self._decided(group)]

    async def meanwhile(self, names: Collection[str]) -> list[Decision]:
        """What goes on for pairs whose plans are held back."""
        self.decider.forget(names)
        asked = [await self._apart(name, self.decider.decide([name], self.rows, keep=True)) for name in sorted(names)]
        return [decision for each in asked if each for decision in each]

    async def carry_out(self, decisions: Sequence[Decision]) -> Pass:
        """Carries decisions out; on conflicts decides again, a few times."""
        told = {alert.key for alert in await self.store.alerts()}
        work = (self._apart(decision.pair, self._carry_out(decision, told)) for decision in decisions)
        results = [result for result in await _bounded(TURNS_AT_ONCE, work) if result]
        failed = {account: why for applied, _ in results for account, why in applied.failed.items()}
        done, mails = sum(applied.done for applied, _ in results), sum(count for _, count in results)
        return Pass(tuple(decisions), done, mails, failed)

    async def _decided(self, group: Sequence[str]) -> list[Decision]:
        """Together, or where a bug keeps them from it each by itself."""
        if len(group) > 1:
            try:
                return await self.decide(group)
            except StoreError:
                raise
            except Exception:
                log.exception("a bug kept pairs from being planned together; each is by itself", pairs=group)
        asked = [await self._apart(name, self.decide([name])) for name in group]
        return [decision for each in asked if each for decision in each]

    async def _apart(self, pair: str, work: Awaitable[T]) -> T | None:
        """What comes of work for one pair. A bug in it is told, and keeps no other pair from its turn."""
        try:
            return await work
        except StoreError:
            raise
        except Exception as bug:
            log.exception("a bug kept a pair from its turn; the others go on", pair=pair)
            now, said = self.clock.now(), in_words(bug)
            words = (
                f"A bug of cadenced keeps {pair} from its turn ({said}). It is tried again every hour; please report"
            )
            await self.store.raise_alert(f"pair/{pair}/bug", f"{words} it with the lines of the log.", now)
            await self.store.postpone(pair, now + BUG_RETRY)
            return None

    async def _carry_out(self, decision: Decision, told: Collection[str]) -> tuple[Applied, int]:
        applied, mails = await self._apply(decision)
        seen_due = decision.seen_due  # a later waking may be for a file that this wheel does not know
        for _ in range(ROUNDS - 1):
            if not applied.again:
                break
            [anew] = await self.decider.decide([decision.pair], self.rows, keep=decision.kept)
            decision = replace(anew, seen_due=seen_due)
            applied, more = await self._apply(decision)
            mails += more
        if applied.again or self.inviter is None:
            await self.store.withdraw(decision.stale)
        mails += await self.store.enqueue([self.write(mail, decision) for mail in decision.due_mails])
        await self._report({**decision.problems, **applied.problems}, decision, told)
        await self._conclude(decision, wait=applied.again or any(map(self._works, applied.failed)))
        self.beat("turn")
        return applied, mails

    async def _apply(self, decision: Decision) -> tuple[Applied, int]:
        """Puts the mail to somebody overruled into the ledger first: the write that settles the time also takes away
        what says that there were two, and it may be the last thing that is heard of this turn.
        """
        settled = [mail for mail in decision.due_mails if mail.kind is Mail.MOVED]
        mails = await self.store.enqueue([self.write(mail, decision) for mail in settled])
        elsewhere = tuple(action for action in decision.actions if not action.account.startswith(INVITED))
        applied = await self.applier.apply(replace(decision, actions=elsewhere), self.rows)
        if self.inviter is None or applied.again:
            return applied, mails
        sent, more = await self.inviter.carry_out(decision)
        return replace(applied, done=applied.done + sent), mails + more

    def _works(self, account: str) -> bool:
        """As far as is known. Trying again soon is of use then only: when an account recovers, its pairs are woken."""
        row = self.rows.get(account)
        return row is None or row.status is AccountStatus.OK or row.problem == DOUBT

    async def _conclude(self, decision: Decision, *, wait: bool) -> None:
        left = decision.pair not in self.programme.pairs
        if left and not decision.actions:
            await self.store.forget_pair(decision.pair)
            return
        due = decision.now + RETRY if wait else decision.next_due
        saved = None if left else (*decision.meetings, *decision.fallen)  # by them its events are known until they go
        await self.store.save_turn(decision.pair, saved, due, decision.seen_due)
        if decision.by_hand:  # a person's move may lie over a meeting of theirs with somebody else
            await self.store.wake(self.decider.neighbourhood.sharing(decision.pair))

    async def _report(self, problems: Mapping[str, str], decision: Decision, told: Collection[str]) -> None:
        """Raises what a human should know of this pair, and clears what was `told` and has been mended."""
        prefix = f"pair/{decision.pair}/"
        raised = {prefix + key: text for key, text in problems.items()}
        for key in told:
            if key.startswith(prefix) and key not in raised:
                await self.store.clear_alert(key, decision.now)
        for key, text in raised.items():
            await self.store.raise_alert(key, text, decision.now)

    def blocked(self) -> dict[str, str]:
        """The accounts that do not work, or whose busy time is out of reach, with the reason."""
        bad = (row for row in self.rows.values() if row.status is not AccountStatus.OK)
        return dict(sorted((self.busy.unlisted | {row.account: row.problem for row in bad}).items()))


async def _bounded(limit: int, work: Iterable[Awaitable[T]]) -> list[T]:
    """The results in order; at most `limit` at once. The first error ends the rest."""
    gate = asyncio.Semaphore(limit)

    async def one(each: Awaitable[T]) -> T:
        async with gate:
            return await each

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each)) for each in work]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None  # they are alike: the store, or our end
    return [task.result() for task in tasks]
