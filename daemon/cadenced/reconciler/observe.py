"""Looks at one account's calendar and records what changed there.

Owns how an account is judged (reachable, stopped, frozen). An error is never read as absence. Must never know what a
change means for a meeting: merge.py and the planner say that.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Collection, SyncResult
from cadenced.core.errors import AccessError, BugError, ConfigError, MissingError, PermanentError, TemporaryError
from cadenced.core.records import AccountRow, AccountStatus, CopyRow, CopyState
from cadenced.reconciler.bugs import told_as_bug
from cadenced.reconciler.organizer import address_of
from cadenced.reconciler.ours import Known, confirmed
from cadenced.reconciler.ports import Calendars, Clock, Store

NOWHERE = (CopyState.DELETED, CopyState.FOREIGN)  # without an ETag: gone, or an event whose place nobody told
PATIENCE = timedelta(days=1)  # with a server that can't be reached: most are back in an hour
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
    _known: dict[str, dict[str, CopyRow]] = field(default_factory=dict)  # by account and href, without bodies

    def forget(self, account: str) -> None:
        """The copies of the account were written to: what is known of them must be read again."""
        self._known.pop(account, None)

    async def look(self, name: str, stored: AccountRow | None) -> Observation:
        """One look at one account. Raises only StoreError; what the server does becomes the account's status."""
        account = self.accounts[name]
        settings = fingerprint(account)
        row = replace(stored or AccountRow(name), fingerprint=settings)
        so_far = stored or row  # its url is of the settings before, and no new login goes there
        if row == stored and row.status is AccountStatus.STOPPED:
            return Observation(row)
        try:
            with told_as_bug(name):
                if row != stored or not row.url:
                    row = await self._discovered(account, row)
                so_far = row
                known = await self._known_of(name)
                result = await self._synced(account, row, known)
                well = row == stored and row.status is AccountStatus.OK and row.token == result.token
                idle = well and _quiet(result, known)
                observation = Observation(row) if idle else await self._record(row, result, known, stored)
        except TemporaryError as error:
            observation = await self._fail(so_far, AccountStatus.UNREACHABLE, str(error), stored)
            return replace(observation, retry_after=error.retry_after)
        except MissingError as error:
            return await self._fail(so_far, AccountStatus.FROZEN, f"{error} {_thaw(name)}", stored)
        except BugError as error:
            return await self._fail(so_far, AccountStatus.UNREACHABLE, str(error), stored, at_once=True)
        except (AccessError, ConfigError, PermanentError) as error:
            return await self._fail(row, AccountStatus.STOPPED, str(error), stored)
        fine = observation.row.status is AccountStatus.OK
        new = stored is None or stored.fingerprint != settings or stored.status is not AccountStatus.OK
        return replace(observation, recovered=fine and new)

    async def _discovered(self, account: CalendarAccount, row: AccountRow) -> AccountRow:
        """The row with the calendar its settings mean. A different calendar starts afresh, and so does one that was
        thawed beside us; tombstones keep.
        """
        collection = await self.calendars.discover(account)
        if account.name == ORGANIZER:
            await address_of(self.calendars, account, collection)
        if (url := collection.url) == row.url:
            return row
        copies = await self.store.copies(account.name)
        await self.store.drop_copies([copy for copy in copies if copy.state is not CopyState.DELETED])
        self.forget(account.name)
        return replace(row, url=url, token="")

    async def _known_of(self, name: str) -> dict[str, CopyRow]:
        """What is known to stand, or meant to, or in the way."""
        if name not in self._known:
            copies = [replace(copy, body="") for copy in await self.store.copies(name)]
            self._known[name] = {c.href: c for c in copies if c.etag or c.state not in NOWHERE}
        return self._known[name]

    async def _synced(self, account: CalendarAccount, row: AccountRow, known: Mapping[str, CopyRow]) -> SyncResult:
        """What changed. A creation that no look has listed so far is asked for singly where the reply is silent about
        it: servers tell nothing of what was added and deleted between two syncs, or count changes in whole seconds.
        """
        collection = Collection(row.account, row.url)
        fresh = {href for href, copy in known.items() if copy.state is CopyState.INTENDED}
        etags = {href: "" if href in fresh else copy.etag for href, copy in known.items()}
        result = await self.calendars.sync(account, collection, row.token, etags)
        if result.full:
            return result
        told = {*result.removed, *result.unchanged, *(each.href for each in result.changed)}
        silent = [href for href in fresh if confirmed(known[href]) and href not in told]
        found = {href: await self.calendars.get(account, collection, href) for href in sorted(silent)}
        changed = (*result.changed, *(each for each in found.values() if each is not None))
        return replace(result, changed=changed, removed=(*result.removed, *(h for h in found if found[h] is None)))

    async def _record(
        self, row: AccountRow, result: SyncResult, known: Mapping[str, CopyRow], stored: AccountRow | None
    ) -> Observation:
        now, rows = self.clock.now(), Known(await self.store.copies(row.account))
        seen = {copy.uid: copy for each in result.changed if (copy := rows.recognised(row.account, each))}
        gone = [copy for copy in _gone(result, known, rows) if copy.uid not in seen]
        stood = [
            c for href in known if (c := rows.at.get(href)) and confirmed(c) and c.state is not CopyState.CANCELLING
        ]
        few = 1 if row.status is AccountStatus.FROZEN else EMPTIED_FROM
        if len(stood) >= few and not seen and all(copy in gone for copy in stood):
            problem = f"All {len(stood)} events of cadenced are gone from the calendar at once. {_thaw(row.account)}"
            return await self._fail(row, AccountStatus.FROZEN, problem, stored)
        well = row.status is AccountStatus.OK
        fine = replace(row, token=result.token, status=AccountStatus.OK, problem="", since=row.since if well else now)
        as_known = {copy.uid: copy.etag for copy in known.values()}
        pairs = await self.store.record_look(fine, list(seen.values()), [copy.uid for copy in gone], as_known, now)
        self.forget(row.account)
        await self.store.clear_alert(_alert(row.account), now)
        return Observation(fine, frozenset(pairs))

    async def _fail(
        self,
        row: AccountRow,
        status: AccountStatus,
        problem: str,
        stored: AccountRow | None,
        *,
        at_once: bool = False,
    ) -> Observation:
        """Keeps the token, so that nothing is missed. A human hears of it once."""
        now = self.clock.now()
        row = replace(row, status=status, problem=problem, since=now if row.status is not status else row.since)
        if row != stored:
            await self.store.save_account(row)
        if at_once or _worth_telling(row, now):
            await self.store.raise_alert(_alert(row.account), f"The calendar account {row.account!r}: {problem}", now)
        return Observation(row)


def fingerprint(account: CalendarAccount) -> str:
    """Changes with every setting of the account, the password included; tells none of them."""
    login = (account.url, account.address, account.username, account.password, account.calendar, account.ca_file)
    parts = login if account.read is None else (*login, account.read)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _quiet(result: SyncResult, known: Mapping[str, CopyRow]) -> bool:
    """Whether nothing happened to anything."""
    return not result.changed and not result.removed and not (result.full and known.keys() - result.unchanged)


def _gone(result: SyncResult, known: Mapping[str, CopyRow], rows: Known) -> list[CopyRow]:
    """The copies that are no longer there. One whose creation was never confirmed is gone only if the server says so:
    a listing that lacks it may mean that it never was. It says so once, be it of a creation that began while it was
    asked.
    """
    removed = set(result.removed)
    if result.full:
        listed = {*result.unchanged, *(each.href for each in result.changed)}
        removed |= {href for href, copy in known.items() if href not in listed and (copy.etag or confirmed(copy))}
    return [row for href in sorted(removed) if (row := rows.at.get(href)) is not None]


def _worth_telling(row: AccountRow, now: datetime) -> bool:
    """At once what only a human can mend; a server that can't be reached when it stays away."""
    if row.status is not AccountStatus.UNREACHABLE:
        return True
    return row.since is not None and row.since + PATIENCE <= now


def _alert(account: str) -> str:
    return f"account/{account}"


def _thaw(account: str) -> str:
    return (
        "Nothing is written there or taken for cancelled until you say so: bring the events back, "
        f"or run `cadenced thaw {account}` to have them written again."
    )
