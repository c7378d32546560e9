"""Carries out the actions of one decision on the calendars, and records what became of each.

Owns the write protocol (RFC 4791 §5.3, RFC 9110 §13.1): an intent before a creation, a cancellation and a new time, a
precondition on every write, and on a conflict read and decide again. Must never know why an action was decided.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource
from cadenced.core.actions import CancelEvent, CreateEvent, EventAction, UpdateEvent, is_note
from cadenced.core.errors import AccessError, ConfigError, ConflictError, MissingError, PermanentError, TemporaryError
from cadenced.core.records import AccountRow, CopyRow, CopyState
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.organizer import Organizer
from cadenced.reconciler.ours import Known, writable
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.wire.attendees import with_guests
from cadenced.wire.baseline import baseline_text, taken_off
from cadenced.wire.ical import compose, observe, revise


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
    doubts: Callable[[str], None]  # told the account, when nobody knows whether a creation there has happened
    organizer: Organizer

    async def apply(self, decision: Decision, rows: Mapping[str, AccountRow]) -> Applied:
        """Runs the actions in order. Raises only StoreError; what a server does to one account stops that account's."""
        ready = replace(decision, actions=tuple(a for a in decision.actions if writable(rows.get(a.account))))
        await self._intend(ready, rows)
        run = _Run(self, ready, rows, failed=_waiting(decision, rows))
        for action in ready.actions:
            await run.act(action)
        await self.store.save_copies(run.written, _etags(decision))
        await self.store.drop_copies(run.dropped)
        for account in {row.account for row in (*run.written, *run.dropped)}:
            self.wrote(account)
        return Applied(run.done, run.again, run.failed, run.problems)

    async def _intend(self, decision: Decision, rows: Mapping[str, AccountRow]) -> None:
        """What may be cut off half-way is written down first: a creation, so that its absence is looked into, a
        cancellation, so that its absence is not taken for a human's, and a new time, so that it is known what a human
        said no to who deletes the event then.
        """
        intents = {(row.uid, row.account): row for row in _reprieved(decision, rows)}
        for action in decision.actions:
            key = (action.meeting.uid, action.account)
            if isinstance(action, CreateEvent):
                intents[key] = _row(decision.pair, action, _href(action, rows), CopyState.INTENDED)
            elif isinstance(action, CancelEvent):
                intents[key] = replace(decision.rows[key], state=CopyState.CANCELLING)
            elif "time" in action.changed and observe(decision.rows[key].body).baseline is not None:
                intents[key] = replace(intents.get(key, decision.rows[key]), written=baseline_text(action.baseline))
        if intents:
            await self.store.save_copies(list(intents.values()), _etags(decision))
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
    undone: set[str] = field(default_factory=set)  # meetings of which not every copy is as it should be
    again: bool = False
    done: int = 0

    async def act(self, action: EventAction) -> None:
        if action.account in self.failed:
            self.undone.add(action.meeting.uid)
        elif not (is_note(action) and action.meeting.uid in self.undone):
            await self._try(action)

    async def _try(self, action: EventAction) -> None:
        before = self.done
        try:
            await self._attempt(action)
        except (TemporaryError, AccessError, MissingError, ConfigError) as error:
            self.failed[action.account] = str(error)  # the next look at the account judges it
            if isinstance(action, CreateEvent):
                self.applier.doubts(action.account)
        except PermanentError as error:
            self._refused(action, str(error))
            self._as_it_was(action)
        if self.done == before:
            self.undone.add(action.meeting.uid)

    async def _attempt(self, action: EventAction) -> None:
        try:
            await self._carry_out(action)
            self.done += 1
        except ConflictError:
            await self._learn(action)

    async def _carry_out(self, action: EventAction) -> None:
        calendars, now = self.applier.calendars, self.applier.clock.now()
        account, collection = self._where(action.account)
        if isinstance(action, CreateEvent):
            body = await self._inviting(action, compose(action, now))
            resource = await calendars.create(account, collection, f"{action.meeting.uid}.ics", body)
            self._wrote(action, await self._with_word(action, resource))
        elif isinstance(action, UpdateEvent):
            body = await self._inviting(action, revise(self._known(action).body, action, now))
            resource = await calendars.update(account, collection, action.href, body, action.etag)
            self._wrote(action, await self._with_word(action, resource))
        else:
            await calendars.delete(account, collection, action.href, action.etag)
            self._took_off(self._known(action), now)

    async def _with_word(self, action: CreateEvent | UpdateEvent, written: Resource) -> Resource:
        """What was written, with the server's word on whom it reached: Xandikos puts it there unasked."""
        if action.invitation is None or (isinstance(action, UpdateEvent) and "guests" not in action.changed):
            return written
        return await self.applier.calendars.get(*self._where(action.account), written.href) or written

    async def _inviting(self, action: CreateEvent | UpdateEvent, body: str) -> str:
        if action.invitation is None:
            return body
        organizer = await self.applier.organizer.guest(self.rows[action.account].url)
        return with_guests(body, organizer, action.invitation)

    async def _learn(self, action: EventAction) -> None:
        """Somebody wrote first. What stands there now is recorded; where that is news, the pair is decided again."""
        account, collection = self._where(action.account)
        resource = await self.applier.calendars.get(account, collection, _href(action, self.rows))
        if (found := self._found(action, resource)) is None:
            self._as_it_was(action)
            return
        if resource is None:
            self._taken(action)
        self.written.append(found)
        before = self.decision.rows.get((found.uid, found.account))
        self.again |= before is None or (before.etag, before.state) != (found.etag, found.state)

    def _found(self, action: EventAction, resource: Resource | None) -> CopyRow | None:
        """What a write met: our own event, changed by a human or from before a crash; or a foreign one. None where our
        own is gone: the next look at the calendar says by whose hand.
        """
        if not isinstance(action, CreateEvent):
            there = self._known(action)
        else:
            there = _row(self.decision.pair, action, _href(action, self.rows), CopyState.INTENDED)
            if resource is None:  # nothing stands in its place, so another event has its UID
                return replace(there, state=CopyState.FOREIGN)
        return Known([there]).recognised(action.account, resource) if resource else None

    def _taken(self, action: EventAction) -> None:
        text = f"The calendar {action.account!r} takes no event for a meeting of {self.decision.pair}, for another has "
        advice = (
            f"its UID ({action.meeting.uid}), there or in another calendar of the login. Remove that one, or leave "
        )
        self.problems[f"taken/{action.meeting.uid}/{action.account}"] = f"{text}{advice}it: cadenced will not touch it."

    def _refused(self, action: EventAction, words: str) -> None:
        name = f"refused/{action.meeting.uid}/{action.account}"
        self.problems[name] = f"The calendar {action.account!r} refuses an event of {self.decision.pair}: {words}"

    def _wrote(self, action: CreateEvent | UpdateEvent, resource: Resource) -> None:
        """A creation stays an intent, now with an ETag, until a look has listed it."""
        new = isinstance(action, CreateEvent) or self._known(action).state is CopyState.INTENDED
        row = _row(self.decision.pair, action, resource.href, CopyState.INTENDED if new else CopyState.LIVE)
        self.written.append(replace(row, etag=resource.etag, body=resource.body))

    def _took_off(self, row: CopyRow, now: datetime) -> None:
        if refused := taken_off(row.written, now):
            self.written.append(replace(row, state=CopyState.DELETED, etag="", body="", written=refused))
        else:
            self.dropped.append(row)

    def _as_it_was(self, action: EventAction) -> None:
        """The new time that was intended was never there."""
        if isinstance(action, UpdateEvent):
            row = self._known(action)
            kept = CopyState.LIVE if row.state is CopyState.CANCELLING else row.state
            self.written.append(replace(row, state=kept))

    def _known(self, action: UpdateEvent | CancelEvent) -> CopyRow:
        return self.decision.rows[action.meeting.uid, action.account]

    def _where(self, account: str) -> tuple[CalendarAccount, Collection]:
        return self.applier.accounts[account], Collection(account, self.rows[account].url)


def _etags(decision: Decision) -> dict[tuple[str, str], str]:
    return {key: row.etag for key, row in decision.rows.items()}


def _waiting(decision: Decision, rows: Mapping[str, AccountRow]) -> dict[str, str]:
    """The accounts that the decision would write to and that are not as they should be, with the reason."""
    bad = {action.account for action in decision.actions if not writable(rows.get(action.account))}
    return {name: rows[name].problem if name in rows else "it was not read so far" for name in sorted(bad)}


def _reprieved(decision: Decision, rows: Mapping[str, AccountRow]) -> list[CopyRow]:
    """Copies that an earlier turn was about to cancel and that now shall stay."""
    stay = {meeting.uid for meeting in decision.meetings}
    return [
        replace(row, state=CopyState.LIVE)
        for row in decision.rows.values()
        if row.state is CopyState.CANCELLING and row.uid in stay and writable(rows.get(row.account))
    ]


def _href(action: EventAction, rows: Mapping[str, AccountRow]) -> str:
    """Where the event is, or will be: named after its UID, in the account's calendar."""
    if isinstance(action, CreateEvent):
        return f"{urlsplit(rows[action.account].url).path}{action.meeting.uid}.ics"
    return action.href


def _row(pair: str, action: CreateEvent | UpdateEvent, href: str, state: CopyState) -> CopyRow:
    written = baseline_text(action.baseline)
    return CopyRow(action.meeting.uid, action.account, pair, href, etag="", body="", written=written, state=state)
