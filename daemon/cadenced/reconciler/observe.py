"""Looks at one account's calendar and records what changed there.

Owns how an account is judged (reachable, stopped, frozen), and what counts as ours. An error is never read as absence.
Must never know what a change means for a meeting: merge.py and the planner say that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cadenced.core.accounts import CalendarAccount, Collection, Resource, SyncResult
from cadenced.core.errors import AccessError, ConfigError, MissingError, PermanentError, TemporaryError
from cadenced.core.records import AccountRow, AccountStatus, CopyRow, CopyState
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.wire.ical import names_meeting, observe

EMPTIED_FROM = 2  # copies gone at once, and none left: a calendar emptied or restored, not one meeting declined


@dataclass(frozen=True, slots=True)
class Observation:
    """What one look brought: pairs to turn, and whether the account works now and did not before."""

    row: AccountRow
    pairs: frozenset[str] = frozenset()
    recovered: bool = False
    retry_after: float | None = None  # seconds; what the server asked for


@dataclass
class Observer:
    calendars: Calendars
    store: Store
    clock: Clock
    accounts: Mapping[str, CalendarAccount]
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def forget(self, account: str) -> None:
        """The copies of the account were written to: what is known of them must be read again."""
        self._known.pop(account, None)

    async def look(self, name: str, row: AccountRow | None) -> Observation:
        """One look at one account. Raises only StoreError; what the server does becomes the account's status."""
        account = self.accounts[name]
        settings, before = fingerprint(account), row
        if row is None:  # new, or thawed beside us
            self.forget(name)
            row = AccountRow(name)
        if row.status is AccountStatus.STOPPED and row.fingerprint == settings:
            return Observation(row)
        try:
            if row.fingerprint != settings or not row.url:
                row = await self._discovered(account, replace(row, fingerprint=settings))
            known = await self._known_of(name)
            result = await self.calendars.sync(account, Collection(name, row.url), row.token, known)
        except TemporaryError as error:
            observation = await self._fail(row, AccountStatus.UNREACHABLE, str(error))
            return replace(observation, retry_after=error.retry_after)
        except MissingError as error:
            return await self._fail(row, AccountStatus.FROZEN, f"{error} {_thaw(name)}")
        except (AccessError, ConfigError, PermanentError) as error:
            return await self._fail(row, AccountStatus.STOPPED, str(error))
        observation = await self._record(row, result, known)
        fine = observation.row.status is AccountStatus.OK
        new = before is None or before.fingerprint != settings or before.status is not AccountStatus.OK
        return replace(observation, recovered=fine and new)

    async def _discovered(self, account: CalendarAccount, row: AccountRow) -> AccountRow:
        """The row with the calendar its settings mean. A different calendar starts afresh; tombstones keep."""
        url = (await self.calendars.discover(account)).url
        if url == row.url:
            return row
        copies = await self.store.copies(account.name)
        await self.store.drop_copies([copy for copy in copies if copy.state is not CopyState.DELETED])
        self.forget(account.name)
        return replace(row, url=url, token="")

    async def _known_of(self, name: str) -> dict[str, str]:
        if name not in self._known:
            copies = await self.store.copies(name)
            standing = (c for c in copies if c.state in (CopyState.LIVE, CopyState.INTENDED, CopyState.CANCELLING))
            self._known[name] = {c.href: c.etag for c in standing}
        return self._known[name]

    async def _record(self, row: AccountRow, result: SyncResult, known: Mapping[str, str]) -> Observation:
        well = row.status is AccountStatus.OK
        if well and result.token and result.token == row.token and not result.changed and not result.removed:
            return Observation(row)
        rows = {copy.href: copy for copy in await self.store.copies(row.account)}
        seen = [copy for each in result.changed if (copy := _owned(row.account, each, rows.get(each.href)))]
        gone = _gone(result, known, rows, {copy.uid for copy in seen})
        live = [href for href in known if rows[href].state is CopyState.LIVE]
        if len(live) >= EMPTIED_FROM and not seen and all(rows[href] in gone for href in live):
            problem = f"All {len(live)} events of cadenced are gone from the calendar at once. {_thaw(row.account)}"
            return await self._fail(row, AccountStatus.FROZEN, problem)
        now = self.clock.now()
        fine = replace(row, token=result.token, status=AccountStatus.OK, problem="", since=row.since if well else now)
        ours = [copy for copy in gone if copy.state is CopyState.CANCELLING]
        pairs = await self.store.record_sync(fine, seen, [copy.uid for copy in gone if copy not in ours])
        await self.store.drop_copies(ours)
        self.forget(row.account)
        await self.store.clear_alert(_alert(row.account), now)
        return Observation(fine, frozenset(pairs))

    async def _fail(self, row: AccountRow, status: AccountStatus, problem: str) -> Observation:
        """Keeps the token, so that nothing is missed. A human hears of what only a human can mend, once."""
        now = self.clock.now()
        if (row.status, row.problem) != (status, problem):
            row = replace(row, status=status, problem=problem, since=now if row.status is not status else row.since)
            await self.store.save_account(row)
        if status is not AccountStatus.UNREACHABLE:
            await self.store.raise_alert(_alert(row.account), f"The calendar account {row.account!r}: {problem}", now)
        return Observation(row)


def fingerprint(account: CalendarAccount) -> str:
    """Changes with every setting of the account, the password included; tells none of them."""
    parts = (account.url, account.address, account.username, account.password, account.calendar, account.ca_file)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _owned(account: str, resource: Resource, row: CopyRow | None) -> CopyRow | None:
    """The copy that a resource is, or None: foreign. Ours has our mark, or stands where we know our own to be."""
    if row is None and not names_meeting(resource.body):
        return None
    event = observe(resource.body)
    if event.identity is None and (row is None or (event.uid and event.uid != row.uid)):
        return None
    uid, pair = (row.uid, row.pair) if row else (event.uid, event.identity.pair if event.identity else "")
    return CopyRow(
        uid=uid,
        account=account,
        pair=pair,
        href=resource.href,
        etag=resource.etag,
        body=resource.body,
        written=row.written if row else "",
        state=CopyState.CANCELLING if row and row.state is CopyState.CANCELLING else CopyState.LIVE,
    )


def _gone(result: SyncResult, known: Mapping[str, str], rows: Mapping[str, CopyRow], seen: set[str]) -> list[CopyRow]:
    """The copies that are no longer there. One whose creation was never confirmed is gone only if the server says so:
    a listing that lacks it may mean that it never was.
    """
    listed = {*result.unchanged, *(each.href for each in result.changed)}
    removed = set(result.removed)
    if result.full:
        removed |= {href for href in known if href not in listed and rows[href].state is not CopyState.INTENDED}
    return [rows[href] for href in known if href in removed and rows[href].uid not in seen]


def _alert(account: str) -> str:
    return f"account/{account}"


def _thaw(account: str) -> str:
    return (
        "Nothing is written there or taken for cancelled until you say so: bring the events back, "
        f"or run `cadenced thaw {account}` to have them written again."
    )
