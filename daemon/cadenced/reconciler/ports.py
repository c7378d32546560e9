"""The doors that the reconciler needs, as Protocols. The shells fit them; service.py joins the two.

Every promise here is held by one contract suite that runs against the fake and the real thing alike (tests/contract).
"""

from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cadenced.core.accounts import CalendarAccount, Collection, Resource, Scheduling, SyncResult
from cadenced.core.busytime import BusyQuery, BusyReading, BusySeen, BusyTime, Span
from cadenced.core.model import Meeting
from cadenced.core.records import AccountRow, CopyRow, PairState


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...


class Calendars(Protocol):
    """CalDAV (RFC 4791, RFC 6578). Every method raises TemporaryError (down, slow, 5xx, 429), AccessError (401, 403 on
    login), MissingError (the collection is gone) or PermanentError (anything else no retry will mend).
    """

    async def discover(self, account: CalendarAccount) -> Collection:
        """The calendar to write to, from whatever the account says. ConfigError when no calendar has the asked name:
        its text lists those that there are.
        """
        ...

    async def scheduling(self, account: CalendarAccount, collection: Collection) -> Scheduling:
        """What the login can do in the way of invitations (RFC 6638)."""
        ...

    async def sync(
        self, account: CalendarAccount, collection: Collection, token: str, known: Mapping[str, str]
    ) -> SyncResult:
        """What changed since `token` (empty: everything). `known` maps href to ETag of what need not be fetched again.

        A token the server no longer knows (403, 412, or a full listing it sends unasked) becomes a full result.
        """
        ...

    async def get(self, account: CalendarAccount, collection: Collection, href: str) -> Resource | None:
        """None when there is nothing (404, 410)."""
        ...

    async def create(self, account: CalendarAccount, collection: Collection, name: str, body: str) -> Resource:
        """PUT `name` with If-None-Match: * (RFC 4791 §5.3.2). Read back when the server gave no strong ETag.

        ConflictError when something is there already, or the UID stands elsewhere in the calendar.
        """
        ...

    async def update(
        self, account: CalendarAccount, collection: Collection, href: str, body: str, etag: str
    ) -> Resource:
        """PUT with If-Match. ConflictError when the ETag is not current, or the resource is gone."""
        ...

    async def delete(self, account: CalendarAccount, collection: Collection, href: str, etag: str) -> None:
        """DELETE with If-Match. Gone already (404, 410) is success; ConflictError when the ETag is not current."""
        ...

    async def to_read(self, account: CalendarAccount) -> tuple[Collection, ...]:
        """The calendars whose events keep the account's people busy. ConfigError when none has a name that the
        account's `read` gives: its text lists those that there are.
        """
        ...

    async def mark(self, account: CalendarAccount, collection: Collection) -> str:
        """What stays the same while nothing changes in the calendar; "" when its server can't tell. It compares with
        no sync-token.
        """
        ...

    async def busy(self, account: CalendarAccount, collection: Collection, query: BusyQuery) -> BusyReading:
        """When the calendar keeps somebody busy: by its events, else by what free/busy its server gives. AccessError
        when it gives neither.
        """
        ...

    async def free_busy_of(
        self, organizer: CalendarAccount, collection: Collection, addresses: Several[str], within: Span
    ) -> dict[str, tuple[BusyTime, ...]]:
        """When people of the organizer's server are busy, by address in small letters; of whom the server tells nothing
        is missing. `collection` is the organizer's own. Their own meetings with us are among the times. AccessError or
        PermanentError when the server tells this login nothing at all.
        """
        ...

    async def close(self) -> None: ...


class Store(Protocol):
    """What the reconciler remembers. Each call is one transaction; StoreError when the store cannot be used."""

    async def accounts(self) -> dict[str, AccountRow]: ...

    async def save_account(self, row: AccountRow) -> None: ...

    async def record_look(
        self, account: AccountRow, seen: Sequence[CopyRow], gone: Sequence[str], known: Mapping[str, str], now: datetime
    ) -> set[str]:
        """The account, the copies seen, and the uids that are gone (they become tombstones, but for what we were about
        to delete, and what was foreign): all or nothing. The pairs to which something happened are due at once; their
        ids are returned.

        `known` maps the uids that the look began with to their ETags. A copy that was written since is left as it is,
        and then so is the sync-token: the next look is told of it again.
        """
        ...

    async def copies(self, account: str) -> list[CopyRow]: ...

    async def save_copies(self, rows: Sequence[CopyRow], known: Mapping[tuple[str, str], str]) -> None:
        """Those whose ETag is still the one known by uid and account: what a look has recorded since stays."""
        ...

    async def drop_copies(self, rows: Sequence[CopyRow]) -> None:
        """Those whose ETag is still the row's."""
        ...

    async def load_pair(self, pair: str) -> PairState: ...

    async def save_turn(
        self, pair: str, meetings: Sequence[Meeting] | None, next_due: datetime, seen_due: datetime | None
    ) -> None:
        """Replaces the pair's meetings, but for None; `next_due` holds unless somebody made the pair due earlier."""
        ...

    async def busy_seen(self, account: str) -> dict[str, BusySeen]:
        """The account's calendars as last read for busy time, by URL."""
        ...

    async def save_busy(self, account: str, seen: BusySeen, times: Sequence[BusyTime]) -> bool:
        """What a calendar said. Whether any of it that is not over differs from what it said before."""
        ...

    async def keep_busy(self, account: str, urls: Several[str]) -> bool:
        """Forgets the account's other calendars. Whether any of them kept somebody busy."""
        ...

    async def keep_busy_accounts(self, accounts: Several[str]) -> None:
        """Forgets the busy time of all other accounts."""
        ...

    async def busy_of(self, accounts: Several[str]) -> dict[str, tuple[BusyTime, ...]]:
        """The busy times of all their calendars as last seen, merged, in order. An account without any is missing."""
        ...

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool:
        """True when it was not raised before."""
        ...

    async def clear_alert(self, key: str, now: datetime) -> bool: ...
