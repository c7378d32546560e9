"""Carries out the actions of one decision on the calendars, and records what became of each.

Owns the write protocol (RFC 4791 §5.3, RFC 9110 §13.1): an intent before a creation and a cancellation, a precondition
on every write, and on a conflict read and decide again. Must never know why an action was decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource
from cadenced.core.actions import CancelEvent, CreateEvent, EventAction, UpdateEvent
from cadenced.core.errors import AccessError, ConflictError, MissingError, PermanentError, TemporaryError
from cadenced.core.records import AccountRow, AccountStatus, CopyRow, CopyState
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.reconciler.turn import Decision
from cadenced.wire.ical import baseline_text, compose, observe, revise


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a decision. `again`: somebody wrote first, so decide anew. `failed`: by account, why its actions
    wait. `problems`: by alert key, what a human should know.
    """

    done: int = 0
    again: bool = False
    failed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Applier:
    calendars: Calendars
    store: Store
    clock: Clock
    accounts: Mapping[str, CalendarAccount]
    wrote: Callable[[str], None]  # told the account, after what stands there has changed

    async def apply(self, decision: Decision, rows: Mapping[str, AccountRow]) -> Applied:
        """Runs the actions in order. Raises only StoreError; what a server does to one account stops that account's."""
        await self._intend(decision, rows)
        run = _Run(self, decision, rows)
        for action in decision.actions:
            await run.act(action)
        await self.store.save_copies(run.written)
        await self.store.drop_copies(run.dropped)
        for account in {row.account for row in (*run.written, *run.dropped)}:
            self.wrote(account)
        return Applied(run.done, run.again, run.failed, run.problems)

    async def _intend(self, decision: Decision, rows: Mapping[str, AccountRow]) -> None:
        """What may be cut off half-way is written down first: a creation, so that its absence is looked into, and a
        cancellation, so that its absence is not taken for a human's.
        """
        intents = {(row.uid, row.account): row for row in _reprieved(decision, rows)}
        for action in decision.actions:
            key = (action.meeting.uid, action.account)
            if isinstance(action, CreateEvent):
                intents[key] = _row(decision.pair, action, _href(action, rows), CopyState.INTENDED)
            elif isinstance(action, CancelEvent):
                intents[key] = replace(decision.rows[key], state=CopyState.CANCELLING)
        if intents:
            await self.store.save_copies(list(intents.values()))
            for account in {row.account for row in intents.values()}:
                self.wrote(account)


@dataclass
class _Run:
    """Applying one decision: what was written so far, and which accounts have failed."""

    applier: Applier
    decision: Decision
    rows: Mapping[str, AccountRow]
    written: list[CopyRow] = field(default_factory=list)
    dropped: list[CopyRow] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    again: bool = False
    done: int = 0

    async def act(self, action: EventAction) -> None:
        if action.account in self.failed:
            return
        try:
            await self._carry_out(action)
            self.done += 1
        except ConflictError:
            await self._conflict(action)
        except (TemporaryError, AccessError, MissingError) as error:
            self.failed[action.account] = str(error)  # the next look at the account judges it
        except PermanentError as error:
            self._refused(action, str(error))

    async def _carry_out(self, action: EventAction) -> None:
        calendars, now = self.applier.calendars, self.applier.clock.now()
        account, collection = self._where(action.account)
        if isinstance(action, CreateEvent):
            body = compose(action, now)
            resource = await calendars.create(account, collection, f"{action.meeting.uid}.ics", body)
            self._wrote(action, resource)
        elif isinstance(action, UpdateEvent):
            body = revise(self._known(action).body, action, now)
            self._wrote(action, await calendars.update(account, collection, action.href, body, action.etag))
        else:
            await calendars.delete(account, collection, action.href, action.etag)
            self.dropped.append(self._known(action))

    async def _conflict(self, action: EventAction) -> None:
        """Somebody wrote first. What stands there now is recorded; the pair is decided again."""
        account, collection = self._where(action.account)
        try:
            resource = await self.applier.calendars.get(account, collection, _href(action, self.rows))
        except (TemporaryError, AccessError, PermanentError) as error:
            self.failed[action.account] = str(error)
            return
        self.again = True
        if isinstance(action, CreateEvent):
            self._in_the_way(action, resource)
        elif resource is not None:
            self.written.append(
                replace(self._known(action), etag=resource.etag, body=resource.body, state=CopyState.LIVE)
            )
        # gone altogether: the next look at the calendar tells a human's deletion from ours

    def _in_the_way(self, action: CreateEvent, resource: Resource | None) -> None:
        """What a creation met: our own event, from before a crash or a lost store, or a foreign one."""
        row = _row(self.decision.pair, action, _href(action, self.rows), CopyState.FOREIGN)
        if resource is not None:
            ours = observe(resource.body).identity == action.meeting.identity
            row = replace(row, href=resource.href, etag=resource.etag)
            if ours:
                row = replace(row, body=resource.body, state=CopyState.LIVE)
        self.written.append(row)

    def _refused(self, action: EventAction, words: str) -> None:
        name = f"refused/{action.meeting.uid}/{action.account}"
        self.problems[name] = f"The calendar {action.account!r} refuses an event of {self.decision.pair}: {words}"

    def _wrote(self, action: CreateEvent | UpdateEvent, resource: Resource) -> None:
        row = _row(self.decision.pair, action, resource.href, CopyState.LIVE)
        self.written.append(replace(row, etag=resource.etag, body=resource.body))

    def _known(self, action: UpdateEvent | CancelEvent) -> CopyRow:
        return self.decision.rows[action.meeting.uid, action.account]

    def _where(self, account: str) -> tuple[CalendarAccount, Collection]:
        return self.applier.accounts[account], Collection(account, self.rows[account].url)


def _reprieved(decision: Decision, rows: Mapping[str, AccountRow]) -> list[CopyRow]:
    """Copies that an earlier turn was about to cancel and that now shall stay."""
    stay = {meeting.uid for meeting in decision.meetings}
    return [
        replace(row, state=CopyState.LIVE)
        for row in decision.rows.values()
        if row.state is CopyState.CANCELLING and row.uid in stay and rows[row.account].status is AccountStatus.OK
    ]


def _href(action: EventAction, rows: Mapping[str, AccountRow]) -> str:
    """Where the event is, or will be: named after its UID, in the account's calendar."""
    if isinstance(action, CreateEvent):
        return f"{urlsplit(rows[action.account].url).path}{action.meeting.uid}.ics"
    return action.href


def _row(pair: str, action: CreateEvent | UpdateEvent, href: str, state: CopyState) -> CopyRow:
    written = baseline_text(action.baseline)
    return CopyRow(action.meeting.uid, action.account, pair, href, etag="", body="", written=written, state=state)
