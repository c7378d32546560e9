"""The store: what must survive a restart. A cache of what the calendars say, and the ledger of what was sent.

Owns every query about pairs, copies and accounts (mail's are in ledger.py, alerts' in alerts.py). Each method is one
transaction; StoreError when the store can't be used. Must never know what a meeting is for.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, case, delete, func, select, update

from cadenced.core.model import Meeting
from cadenced.core.records import (
    AccountRow,
    Changed,
    CopyRow,
    CopyState,
    PairState,
)
from cadenced.shell import schema
from cadenced.shell.alerts import Alerts
from cadenced.shell.answers import Answers
from cadenced.shell.busytimes import BusyTimes
from cadenced.shell.database import Database, explained
from cadenced.shell.journal import Journal
from cadenced.shell.lock import Lock
from cadenced.shell.looks import Look, drop, save
from cadenced.shell.overview import Overviews
from cadenced.shell.replay import replay
from cadenced.shell.rows import (
    account_of,
    answer_of,
    copy_of,
    entry_of,
    flat,
    meeting_of,
    meeting_row,
    moment,
    stamp,
)
from cadenced.shell.upsert import insert_new, upsert
from cadenced.shell.waking import wake

SHARDS = 256


class Store(Alerts, Answers, BusyTimes, Overviews):
    """Open it with open(), which takes the lock, or with snapshot(), which changes nothing on disk."""

    def __init__(self, database: Database, journal: Journal, lock: Lock | None = None) -> None:
        super().__init__(database, journal)
        self._lock = lock
        self.damaged = 0  # lines of the journal that it lacked, and nobody can read

    @classmethod
    def open(cls, path: Path) -> "Store":
        """The store at `path`. StoreError when another process keeps it, or it is damaged, newer or unwritable."""
        with explained(path), ExitStack() as undo:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = Lock(path.with_name(path.name + ".lock"))
            undo.callback(lock.release)
            store = cls(Database.open(path), Journal(path.with_name(path.name + ".journal")), lock)
            undo.callback(store.close)
            store.damaged = store._database.run_now(lambda c: replay(c, store.journal))
            store._database.shrink()
            undo.pop_all()
        return store

    @classmethod
    def beside(cls, path: Path) -> "Store":
        """The store at `path`, without its lock: for one short change beside the daemon that keeps it."""
        return cls(Database.open(path), Journal(path.with_name(path.name + ".journal")))

    @classmethod
    def snapshot(cls, path: Path) -> "Store":
        """A copy in memory, for looking and trying: it may be taken beside a running daemon."""
        store = cls(Database.copy(path), Journal(path.with_name(path.name + ".journal")))
        store._database.run_now(lambda c: replay(c, store.journal))
        store.journal = Journal(None)
        return store

    def close(self) -> None:
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    async def accounts(self) -> dict[str, AccountRow]:
        rows = await self._all(select(schema.accounts))
        return {row["account"]: account_of(row) for row in rows}

    async def save_account(self, row: AccountRow) -> None:
        await self._database.run(lambda c: upsert(c, schema.accounts, [flat(row)]))

    async def record_look(
        self, account: AccountRow, seen: Sequence[CopyRow], gone: Sequence[str], known: Mapping[str, str], now: datetime
    ) -> set[str]:
        """One look at an account, by compare-and-set (shell/looks.py). The ids of the pairs that it made due."""

        def work(connection: Connection) -> set[str]:
            look = Look(connection, account, known, now)
            self._note(connection, look.deletions(gone))
            pairs = look.record(seen, gone)
            wake(connection, pairs)
            return pairs

        return await self._database.run(work)

    async def copies(self, account: str) -> list[CopyRow]:
        return [
            copy_of(row) for row in await self._all(select(schema.copies).where(schema.copies.c.account == account))
        ]

    async def save_copies(self, rows: Sequence[CopyRow], known: Mapping[tuple[str, str], str] | None = None) -> None:
        """Those whose ETag is still the one known by uid and account; without `known`, whatever stands there."""
        if rows:
            await self._database.run(lambda c: save(c, rows, known))

    async def drop_copies(self, rows: Sequence[CopyRow]) -> None:
        """Those whose ETag is still the row's."""
        if rows:
            await self._database.run(lambda c: drop(c, [flat(row) for row in rows]))

    async def load_pair(self, pair: str) -> PairState:
        """All that is known of one pair, of one moment."""

        def work(connection: Connection) -> PairState:
            def rows(table: Table) -> list[Any]:
                return list(connection.execute(select(table).where(table.c.pair == pair)).mappings())

            box = schema.outbox.c
            said = (box.key, box.state, box.uid, box.start, box.recipient, box.expires)
            mails = connection.execute(select(*said).where(box.pair == pair)).all()
            due = connection.execute(select(schema.pairs.c.next_due).where(schema.pairs.c.pair == pair)).scalar()
            return PairState(
                tuple(m for row in rows(schema.meetings) if (m := meeting_of(row)) is not None),
                tuple(copy_of(row) for row in rows(schema.copies)),
                {key: entry_of(*rest) for key, *rest in mails},
                tuple(map(answer_of, rows(schema.answers))),
                moment(due) if due is not None else None,
            )

        return await self._database.run(work)

    async def save_turn(
        self, pair: str, meetings: Sequence[Meeting] | None, next_due: datetime, seen_due: datetime | None
    ) -> None:
        """The pair's meetings, or None to keep those that are known, and when it is next due, unless somebody has woken
        it since `seen_due` was read.
        """

        def work(connection: Connection) -> None:
            theirs = schema.meetings.c.pair == pair
            rows = {meeting.uid: meeting_row(meeting) for meeting in meetings or ()}
            before = connection.execute(select(schema.meetings).where(theirs)).mappings()
            if meetings is not None and {row["uid"]: dict(row) for row in before} != rows:
                connection.execute(delete(schema.meetings).where(theirs))
                upsert(connection, schema.meetings, list(rows.values()))
            mine = schema.pairs.c.pair == pair
            if seen_due is not None:
                mine = and_(mine, schema.pairs.c.next_due == stamp(seen_due))
            connection.execute(update(schema.pairs).where(mine).values(next_due=stamp(next_due)))

        await self._database.run(work)

    async def postpone(self, pair: str, next_due: datetime) -> None:
        """Leaves all that is known of the pair as it is, until then or until somebody wakes it."""
        change = update(schema.pairs).where(schema.pairs.c.pair == pair).values(next_due=stamp(next_due))
        await self._database.run(lambda c: c.execute(change))

    async def set_stanzas(self, stanzas: Mapping[str, str]) -> Changed:
        """Makes due the pairs that are new, changed or gone since the programme before."""

        def work(connection: Connection) -> Changed:
            before = {r.pair: r.hash for r in connection.execute(select(schema.pairs.c.pair, schema.pairs.c.hash))}
            changed = [pair for pair, digest in stanzas.items() if before.get(pair) != digest]
            removed = [pair for pair, digest in before.items() if digest and pair not in stanzas]
            rows = [
                {
                    "pair": pair,
                    "shard": zlib.crc32(pair.encode()) % SHARDS,
                    "hash": stanzas.get(pair, ""),
                    "next_due": 0,
                }
                for pair in (*changed, *removed)
            ]
            known = {row["pair"] for row in rows} & before.keys()
            insert_new(connection, schema.pairs, [row for row in rows if row["pair"] not in known])
            for row in rows:
                if row["pair"] in known:
                    where = schema.pairs.c.pair == row["pair"]
                    connection.execute(update(schema.pairs).where(where).values(hash=row["hash"]))
            wake(connection, known)
            return Changed(frozenset(changed), frozenset(removed))

        return await self._database.run(work)

    async def due_pairs(self, now: datetime, limit: int, shards: range | None = None) -> list[tuple[str, datetime]]:
        """The pairs whose time has come, longest due first; those due at once in order of their names."""
        p = schema.pairs.c
        where = p.next_due <= stamp(now)
        if shards is not None:
            where = and_(where, p.shard >= shards.start, p.shard < shards.stop)
        order = (case((p.next_due > 0, p.next_due), else_=0), p.pair)
        rows = await self._all(select(p.pair, p.next_due).where(where).order_by(*order).limit(limit))
        return [(row["pair"], moment(row["next_due"])) for row in rows]

    async def pair_names(self) -> list[str]:
        """Every pair that is known, those that left the programme and still have events among them."""
        return [row["pair"] for row in await self._all(select(schema.pairs.c.pair).order_by(schema.pairs.c.pair))]

    async def count_coming(self, now: datetime, pairs: Collection[str] | None = None) -> int:
        """How many events of ours end after `now`: those of these pairs, or all."""
        m, both = schema.meetings.c, schema.copies.join(schema.meetings, schema.copies.c.uid == schema.meetings.c.uid)
        there = schema.copies.c.state.in_([CopyState.LIVE, CopyState.INTENDED])
        query = select(func.count()).select_from(both).where(m.end > stamp(now), there)
        found = await self._scalar(query if pairs is None else query.where(m.pair.in_(pairs)))
        return int(found or 0)

    async def next_due(self) -> datetime | None:
        found = await self._scalar(select(func.min(schema.pairs.c.next_due)))
        return moment(found) if found is not None else None

    async def wake(self, pairs: Iterable[str]) -> None:
        names = list(pairs)
        await self._database.run(lambda c: wake(c, names))

    async def forget_pair(self, pair: str) -> None:
        """A pair that left, and whose events are gone. Its ledger stays: nothing is sent twice if it comes back."""

        def work(connection: Connection) -> None:
            for table in (schema.pairs, schema.meetings):
                connection.execute(delete(table).where(table.c.pair == pair))

        await self._database.run(work)

    async def thaw(self, account: str) -> int:
        """Forgets what is known of an account, so that it is read anew and what is missing is written again."""

        def work(connection: Connection) -> int:
            c = schema.copies.c
            pairs = set(connection.execute(select(c.pair).where(c.account == account)).scalars())
            lost = connection.execute(delete(schema.copies).where(c.account == account, c.state != CopyState.DELETED))
            connection.execute(delete(schema.accounts).where(schema.accounts.c.account == account))
            wake(connection, pairs)
            return lost.rowcount

        return await self._database.run(work)

    async def get_meta(self, key: str) -> str:
        return await self._scalar(select(schema.meta.c.value).where(schema.meta.c.key == key)) or ""

    async def set_meta(self, key: str, value: str) -> None:
        await self._database.run(lambda c: upsert(c, schema.meta, [{"key": key, "value": value}]))
