"""The store in memory, for lives by the hundred: the methods of shell/store.Store that the wheel needs.

test_lives.py holds it against the real one: the same seed is the same history with either.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from cadenced.core.busytime import BusySeen, BusyTime, merged
from cadenced.core.model import Meeting
from cadenced.core.records import (
    AccountRow,
    AlertRow,
    Changed,
    CopyRow,
    CopyState,
    MailEntry,
    MailState,
    OutboxRow,
    PairState,
)
from cadenced.wire.baseline import taken_off
from cadenced.wire.ical import last_words

NO_TOMBSTONE = (CopyState.CANCELLING, CopyState.FOREIGN)
THERE = (CopyState.LIVE, CopyState.INTENDED)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[str, str]  # uid and account


class Memory:
    def __init__(self) -> None:
        self._accounts: dict[str, AccountRow] = {}
        self._copies: dict[Place, CopyRow] = {}
        self._hashes: dict[str, str] = {}
        self._due: dict[str, datetime] = {}
        self._woken = 0
        self._meetings: dict[str, tuple[Meeting, ...]] = {}
        self._outbox: dict[str, dict[str, OutboxRow]] = defaultdict(dict)  # by pair and key
        self._alerts: dict[str, AlertRow] = {}
        self._meta: dict[str, str] = {}
        self._seen: dict[str, dict[str, BusySeen]] = defaultdict(dict)
        self._busy: dict[Place, frozenset[BusyTime]] = {}  # by account and calendar
        self._merged: dict[str, tuple[BusyTime, ...]] = {}

    # accounts and copies

    async def accounts(self) -> dict[str, AccountRow]:
        return dict(self._accounts)

    async def save_account(self, row: AccountRow) -> None:
        self._accounts[row.account] = row

    async def copies(self, account: str) -> list[CopyRow]:
        return [row for (_, name), row in self._copies.items() if name == account]

    async def record_look(
        self, account: AccountRow, seen: Sequence[CopyRow], gone: Sequence[str], known: Mapping[str, str], now: datetime
    ) -> set[str]:
        name, before = account.account, self._accounts.get(account.account)
        etags = {uid: self._etag((uid, name)) for uid in (*gone, *(copy.uid for copy in seen))}
        as_known = {uid for uid, etag in etags.items() if etag == known.get(uid, "")}
        pairs = {copy.pair for copy in seen if copy.uid in as_known and etags[copy.uid] != copy.etag}
        for uid in gone:
            row = self._copies.get((uid, name))
            if row is not None and uid in as_known and row.state is not CopyState.DELETED:
                pairs.add(row.pair)
                del self._copies[uid, name]
                ours = row.state in NO_TOMBSTONE
                words = last_words(row.written, row.body, now) if not ours else taken_off(row.written, now)
                if words and row.state is not CopyState.FOREIGN:
                    tomb = replace(row, written=words, state=CopyState.DELETED, body="", etag="")
                    self._copies[uid, name] = tomb
        self._copies.update({(copy.uid, name): copy for copy in seen if copy.uid in as_known})
        token = account.token if len(as_known) == len(etags) else before.token if before else ""
        self._accounts[name] = replace(account, token=token)
        await self.wake(pairs)
        return pairs

    async def save_copies(self, rows: Sequence[CopyRow], known: Mapping[Place, str] | None = None) -> None:
        places = [((row.uid, row.account), row) for row in rows]
        fits = [known is None or self._etag(place) == known.get(place, "") for place, _ in places]
        self._copies.update({place: row for (place, row), fit in zip(places, fits, strict=True) if fit})

    async def drop_copies(self, rows: Sequence[CopyRow]) -> None:
        for row in rows:
            if self._etag((row.uid, row.account)) == row.etag:
                self._copies.pop((row.uid, row.account), None)

    def _etag(self, place: Place) -> str:
        return self._copies[place].etag if place in self._copies else ""

    # pairs

    async def load_pair(self, pair: str) -> PairState:
        box = self._outbox[pair].items()
        mails = {key: MailEntry(row.state, row.uid, row.start, row.recipient, row.expires) for key, row in box}
        copies = tuple(row for row in self._copies.values() if row.pair == pair)
        return PairState(self._meetings.get(pair, ()), copies, mails, next_due=self._due.get(pair))

    async def save_turn(
        self, pair: str, meetings: Sequence[Meeting] | None, next_due: datetime, seen_due: datetime | None
    ) -> None:
        if meetings is not None:
            self._meetings[pair] = tuple(meetings)
        if seen_due is None or self._due.get(pair) == seen_due:
            await self.postpone(pair, next_due)

    async def postpone(self, pair: str, next_due: datetime) -> None:
        if pair in self._due:
            self._due[pair] = next_due

    async def set_stanzas(self, stanzas: Mapping[str, str]) -> Changed:
        changed = [pair for pair, digest in stanzas.items() if self._hashes.get(pair) != digest]
        removed = [pair for pair, digest in self._hashes.items() if digest and pair not in stanzas]
        self._due |= {pair: LONG_AGO for pair in changed if pair not in self._due}
        self._hashes |= {pair: stanzas.get(pair, "") for pair in (*changed, *removed)}
        await self.wake([*changed, *removed])
        return Changed(frozenset(changed), frozenset(removed))

    async def due_pairs(self, now: datetime, limit: int, _shards: range | None = None) -> list[tuple[str, datetime]]:
        due = ((max(at, LONG_AGO), pair, at) for pair, at in self._due.items() if at <= now)
        return [(pair, at) for _, pair, at in sorted(due)[:limit]]

    async def pair_names(self) -> list[str]:
        return sorted(self._due)

    async def wake(self, pairs: Iterable[str]) -> None:
        for pair in set(pairs) & self._due.keys():
            self._due[pair] = min(self._due[pair], LONG_AGO) - LONG_AGO.resolution

    async def forget_pair(self, pair: str) -> None:
        for table in (self._due, self._hashes, self._meetings):
            table.pop(pair, None)

    async def count_coming(self, now: datetime, pairs: Collection[str] | None = None) -> int:
        names = self._meetings.keys() if pairs is None else pairs
        coming = {m.uid for name in names for m in self._meetings.get(name, ()) if m.end > now}
        return sum(row.uid in coming and row.state in THERE for row in self._copies.values())

    # busy times

    async def busy_seen(self, account: str) -> dict[str, BusySeen]:
        return dict(self._seen[account])

    async def save_busy(self, account: str, seen: BusySeen, times: Sequence[BusyTime]) -> bool:
        before, after = self._busy.get((account, seen.url), frozenset()), frozenset(times)
        self._seen[account][seen.url] = seen
        self._busy[account, seen.url] = after
        self._merged.pop(account, None)
        return any(each.end > seen.at for each in before ^ after)

    async def keep_busy(self, account: str, urls: Collection[str]) -> bool:
        gone = self._seen[account].keys() - set(urls)
        self._merged.pop(account, None)
        for url in gone:
            del self._seen[account][url]
        return sum(len(self._busy.pop((account, url), ())) for url in gone) > 0

    async def keep_busy_accounts(self, accounts: Collection[str]) -> None:
        for account in self._seen.keys() - set(accounts):
            await self.keep_busy(account, ())

    async def busy_of(self, accounts: Iterable[str]) -> dict[str, tuple[BusyTime, ...]]:
        for name in set(accounts) - self._merged.keys():
            self._merged[name] = merged(t for (who, _), times in self._busy.items() if who == name for t in times)
        return {name: self._merged[name] for name in accounts if self._merged[name]}

    # mail, and what a human should know

    async def enqueue(self, rows: Sequence[OutboxRow]) -> int:
        new = [row for row in rows if row.key not in self._outbox[row.pair]]
        for row in new:
            self._outbox[row.pair][row.key] = row
        return len(new)

    async def withdraw(self, keys: Collection[str]) -> list[str]:
        found = []
        for box in self._outbox.values():
            queued = [key for key in keys if key in box and box[key].state is MailState.QUEUED]
            found += [key for key in queued if box.pop(key)]
        return found

    async def save_invitations(
        self, kept: Sequence[CopyRow], gone: Sequence[CopyRow], mails: Sequence[OutboxRow], stale: Collection[str] = ()
    ) -> int:
        """Everybody in a village has a calendar: nothing comes here but what is withdrawn."""
        assert not [*kept, *gone, *mails]
        await self.withdraw(stale)
        return 0

    async def claim(self, now: datetime, limit: int) -> list[OutboxRow]:
        """Whatever waits is sent as soon as somebody asks."""
        del limit
        rows = [row for box in self._outbox.values() for row in box.values() if row.state is MailState.QUEUED]
        for row in rows:
            self._outbox[row.pair][row.key] = replace(row, state=MailState.SENT, settled_at=now)
        return sorted(rows, key=lambda row: (row.due, row.key))

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool:
        new = key not in self._alerts
        self._alerts[key] = AlertRow(key, text, now if new else self._alerts[key].raised_at)
        return new

    async def clear_alert(self, key: str, now: datetime) -> bool:
        del now
        return self._alerts.pop(key, None) is not None

    async def alerts(self) -> list[AlertRow]:
        return sorted(self._alerts.values(), key=lambda alert: alert.raised_at)

    async def get_meta(self, key: str) -> str:
        return self._meta.get(key, "")

    async def set_meta(self, key: str, value: str) -> None:
        self._meta[key] = value

    async def secret(self) -> str:
        return ""

    def close(self) -> None:
        """Nothing is open."""
