"""The store as a value: a book of tables that a call turns into another book, beside a journal that outlives it.

A model, for SQL is too slow for a million states: test_book.py holds it equal to shell/store.Store, call by call.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cadenced.core.answers import Answer
from cadenced.core.due import reader_of
from cadenced.core.model import Meeting
from cadenced.core.records import (
    TAKEN_BACK,
    AccountRow,
    Changed,
    CopyRow,
    CopyState,
    MailEntry,
    MailState,
    OutboxRow,
    PairState,
    Settlement,
)
from cadenced.shell.looks import refused
from cadenced.shell.replay import learns
from cadenced.shell.rows import moment, stamp
from cadenced.wire.baseline import taken_off

NO_TOMBSTONE = (CopyState.CANCELLING, CopyState.FOREIGN)
OPEN = (MailState.QUEUED, MailState.UNKNOWN)
LONG_AGO = moment(0)

Entry = tuple[Any, ...]


class PairRow(NamedTuple):
    pair: str
    digest: str
    next_due: int  # as in shell/schema.py


class Tables(NamedTuple):
    """What a database file holds, each table in the order of its keys; `position` is how far in the journal it is."""

    pairs: tuple[PairRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    copies: tuple[CopyRow, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    outbox: tuple[OutboxRow, ...] = ()
    answers: tuple[Answer, ...] = ()
    read: tuple[str, ...] = ()  # the Message-IDs of mails
    position: int = 0


@dataclass
class Book:
    """The methods are those of shell/store.Store, without its waiting."""

    tables: Tables = field(default_factory=Tables)
    journal: tuple[Entry, ...] = ()

    def reopen(self) -> None:
        """As Store.open() does: what the journal has since."""
        entries = self.journal[self.tables.position :]
        if entries:
            self._replay_mail({entry[1]: (entry[2], entry[4]) for entry in entries if entry[0] == "sent"})
            self._replay_tombstones([entry for entry in entries if entry[0] == "deleted"])
            self._keep([entry[2] for entry in entries if entry[0] == "answered"])
            self.tables = self.tables._replace(position=len(self.journal))

    def _replay_mail(self, sent: Mapping[str, tuple[str, str]]) -> None:
        rows = self._outbox()
        for key, (message_id, day) in sent.items():
            blank = OutboxRow(
                key, key.partition("/")[0], "", reader_of(key), "", "", message_id, b"", LONG_AGO, LONG_AGO,
                date.fromisoformat(day), attempts=1,
            )  # fmt: skip
            row = rows.get(key, blank)
            if row.state is not MailState.SENT:
                rows[key] = replace(row, state=MailState.SENT, reply="from the journal")
        self._put(outbox=rows)

    def _replay_tombstones(self, entries: Sequence[Entry]) -> None:
        copies = self._copies()
        last = {(uid, account): (pair, "".join(written)) for _, uid, account, pair, _, *written in entries}
        for (uid, account), (pair, written) in last.items():
            row = copies.setdefault((uid, account), CopyRow(uid, account, pair, "", "", "", written, CopyState.DELETED))
            if learns(row.state, row.written, row.body, written):
                copies[uid, account] = replace(row, written=written)
        self._put(copies=copies)

    # accounts and copies

    def accounts(self) -> dict[str, AccountRow]:
        return {row.account: row for row in self.tables.accounts}

    def save_account(self, row: AccountRow) -> None:
        self._put(accounts=self.accounts() | {row.account: row})

    def record_look(
        self, account: AccountRow, seen: Sequence[CopyRow], gone: Sequence[str], known: Mapping[str, str], now: datetime
    ) -> set[str]:
        here = {row.uid: row for row in self.tables.copies if row.account == account.account}

        def as_known(uid: str) -> bool:
            return (here[uid].etag if uid in here else "") == known.get(uid, "")

        went = [here[uid] for uid in gone if uid in here and as_known(uid) and here[uid].state is not CopyState.DELETED]
        lost = [replace(r, written=refused(r.written, r.body, now)) for r in went if r.state not in NO_TOMBSTONE]
        since = str(account.since or "-")
        self._note([("deleted", r.uid, r.account, r.pair or "-", since, r.written or "-") for r in lost])
        ours = [replace(r, written=taken_off(r.written, now)) for r in went if r.state is CopyState.CANCELLING]
        ours = [row for row in ours if row.written]
        same = {row.uid: row.written for row in here.values() if row.etag}
        unchanged = {copy.uid for copy in seen if copy.uid in same and here[copy.uid].etag == copy.etag}
        current = [replace(c, written=same[c.uid]) if c.uid in unchanged else c for c in seen if as_known(c.uid)]
        copies = {key: row for key, row in self._copies().items() if row not in went}
        tombs = [replace(row, state=CopyState.DELETED, body="", etag="") for row in (*lost, *ours)]
        self._put(copies=copies | {(row.uid, row.account): row for row in (*current, *tombs)})
        if not all(map(as_known, (*(copy.uid for copy in seen), *gone))):
            before = self.accounts().get(account.account)
            account = replace(account, token=before.token if before else "")
        self.save_account(account)
        pairs = {c.pair for c in current if (here[c.uid].etag if c.uid in here else "") != c.etag}
        pairs |= {row.pair for row in went}
        self.wake(pairs)
        return pairs

    def copies(self, account: str) -> list[CopyRow]:
        return [row for row in self.tables.copies if row.account == account]

    def save_copies(self, rows: Sequence[CopyRow], known: Mapping[tuple[str, str], str]) -> None:
        copies, before = self._copies(), self._copies()
        for row in rows:
            there = before.get((row.uid, row.account))
            if (there.etag if there else "") == known.get((row.uid, row.account), ""):
                copies[row.uid, row.account] = row
        self._put(copies=copies)

    def drop_copies(self, rows: Sequence[CopyRow]) -> None:
        etags = {(row.uid, row.account): row.etag for row in rows}
        self._put(copies={key: row for key, row in self._copies().items() if etags.get(key) != row.etag})

    # pairs

    def load_pair(self, pair: str) -> PairState:
        due = next((row.next_due for row in self.tables.pairs if row.pair == pair), None)
        return PairState(
            tuple(m for m in self.tables.meetings if m.identity.pair == pair),
            tuple(row for row in self.tables.copies if row.pair == pair),
            {
                r.key: MailEntry(r.state, r.uid, r.start, r.recipient, r.expires)
                for r in self.tables.outbox
                if r.pair == pair
            },
            answers=tuple(answer for answer in self.tables.answers if answer.pair == pair),
            next_due=moment(due) if due is not None else None,
        )

    def save_turn(
        self, pair: str, meetings: Sequence[Meeting] | None, next_due: datetime, seen_due: datetime | None
    ) -> None:
        if meetings is not None:
            others = {m.uid: m for m in self.tables.meetings if m.identity.pair != pair}
            self._put(meetings=others | {m.uid: m for m in meetings})
        seen = stamp(seen_due) if seen_due is not None else None
        self._set_due({r.pair: stamp(next_due) for r in self._named(pair) if seen is None or r.next_due == seen})

    def set_stanzas(self, stanzas: Mapping[str, str]) -> Changed:
        before = {row.pair: row for row in self.tables.pairs}
        changed = [p for p, digest in stanzas.items() if p not in before or before[p].digest != digest]
        removed = [pair for pair, row in before.items() if row.digest and pair not in stanzas]
        rows = {
            p: PairRow(p, stanzas.get(p, ""), before[p].next_due if p in before else 0) for p in (*changed, *removed)
        }
        self._put(pairs=before | rows)
        self.wake(rows.keys() & before.keys())
        return Changed(frozenset(changed), frozenset(removed))

    def due_pairs(self, now: datetime, limit: int, shards: range | None = None) -> list[tuple[str, datetime]]:
        due = sorted((max(r.next_due, 0), r.pair, r.next_due) for r in self.tables.pairs if r.next_due <= stamp(now))
        return [(pair, moment(value)) for _, pair, value in due[:limit]]

    def pair_names(self) -> list[str]:
        return [row.pair for row in self.tables.pairs]

    def wake(self, pairs: Iterable[str]) -> None:
        named = [row for pair in set(pairs) for row in self._named(pair)]
        self._set_due({row.pair: min(row.next_due, 0) - 1 for row in named})

    def postpone(self, pair: str, next_due: datetime) -> None:
        self._set_due({row.pair: stamp(next_due) for row in self._named(pair)})

    def forget_pair(self, pair: str) -> None:
        self._put(
            pairs={row.pair: row for row in self.tables.pairs if row.pair != pair},
            meetings={m.uid: m for m in self.tables.meetings if m.identity.pair != pair},
        )

    def _named(self, pair: str) -> list[PairRow]:
        return [row for row in self.tables.pairs if row.pair == pair]

    def _set_due(self, due: Mapping[str, int]) -> None:
        if due:
            self._put(pairs={r.pair: r._replace(next_due=due.get(r.pair, r.next_due)) for r in self.tables.pairs})

    # the ledger of mail

    def enqueue(self, rows: Sequence[OutboxRow]) -> int:
        outbox, before = self._outbox(), len(self.tables.outbox)
        for row in rows:
            outbox.setdefault(row.key, replace(row, next_try=row.next_try or row.due))
        self._put(outbox=outbox)
        return len(outbox) - before

    def claim(self, now: datetime, limit: int) -> list[OutboxRow]:
        ready = [r for r in self.tables.outbox if r.state in OPEN and r.next_try is not None and r.next_try <= now]
        taken = sorted(ready, key=lambda row: (row.due, row.key))[:limit]
        claimed = {row.key: replace(row, state=MailState.ATTEMPTING, claimed_at=now) for row in taken}
        self._put(outbox=self._outbox() | claimed)
        return taken

    def settle(self, key: str, result: Settlement, now: datetime) -> None:
        outbox = self._outbox()
        if result.state is MailState.SENT:
            self._note(
                [
                    (
                        "sent",
                        key,
                        outbox[key].message_id if key in outbox else "-",
                        now.isoformat(),
                        result.day.isoformat(),
                    )
                ]
            )
        maybe = result.state is MailState.UNKNOWN
        if key in outbox and not (maybe and outbox[key].state is MailState.SENT):
            outbox[key] = replace(
                outbox[key], state=result.state, reply=result.reply, next_try=result.next_try,
                attempts=result.attempts, day=result.day, settled_at=now,
            )  # fmt: skip
        self._put(outbox=outbox)

    def release(self, rows: Sequence[OutboxRow], next_try: datetime) -> None:
        outbox = self._outbox()
        for row in rows:
            if row.key in outbox and outbox[row.key].state is MailState.ATTEMPTING:
                outbox[row.key] = replace(outbox[row.key], state=row.state, next_try=next_try)
        self._put(outbox=outbox)

    def recover(self, now: datetime, stale: timedelta) -> int:
        cut_off = {
            row.key: replace(row, state=MailState.UNKNOWN, next_try=now)
            for row in self.tables.outbox
            if row.state is MailState.ATTEMPTING and row.claimed_at is not None and row.claimed_at <= now - stale
        }
        self._put(outbox=self._outbox() | cut_off)
        return len(cut_off)

    def withdraw(self, keys: Collection[str]) -> list[str]:
        gone = [r.key for r in self.tables.outbox if r.key in keys and r.state in TAKEN_BACK]
        self._put(outbox={key: row for key, row in self._outbox().items() if key not in gone})
        return gone

    # what people told us by mail

    def record_mail(
        self, message_id: str, _outcome: str, answers: Sequence[Answer], replies: Sequence[OutboxRow], _now: datetime
    ) -> bool:
        if message_id in self.tables.read:
            return False
        self.tables = self.tables._replace(read=tuple(sorted({*self.tables.read, message_id})))
        self._note([("answered", answer.id, answer) for answer in answers])
        self._keep(answers)
        self.enqueue(replies)
        self.wake({answer.pair for answer in answers})
        return True

    def _keep(self, answers: Iterable[Answer]) -> None:
        new = {answer.id: answer for answer in reversed([*answers])}
        self._put(answers=new | {answer.id: answer for answer in self.tables.answers})

    # how it is kept

    def _copies(self) -> dict[tuple[str, str], CopyRow]:
        return {(row.uid, row.account): row for row in self.tables.copies}

    def _outbox(self) -> dict[str, OutboxRow]:
        return {row.key: row for row in self.tables.outbox}

    def _put(self, **tables: Mapping) -> None:
        ordered = {name: tuple(rows[key] for key in sorted(rows)) for name, rows in tables.items()}
        self.tables = self.tables._replace(**ordered)

    def _note(self, entries: Sequence[Entry]) -> None:
        """Into the journal, and how far these tables are in it."""
        if entries:
            self.journal = (*self.journal, *entries)
            self.tables = self.tables._replace(position=len(self.journal))
