"""What looks and turns change in the store, by compare-and-set: while one waits for its server, the other writes.

Owns who gives way. What a turn wrote since a look began, the look leaves as it is, and then the sync-token, too: the
next look is told of it again. What a look recorded since a turn was decided, the turn leaves: it stood there later.
Must never know a server.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from cadenced.core.records import AccountRow, CopyRow, CopyState
from cadenced.shell import schema
from cadenced.shell.rows import Row, flat
from cadenced.shell.upsert import upsert
from cadenced.wire.baseline import baseline_text, parse_baseline, taken_off
from cadenced.wire.ical import last_words, observe

NO_TOMBSTONE = (CopyState.CANCELLING, CopyState.FOREIGN)  # that it is gone is no human's doing, or none of our business


class Look:
    """Within one transaction. `known` maps the uids that the look began with to their ETags."""

    def __init__(self, connection: Connection, account: AccountRow, known: Mapping[str, str], now: datetime) -> None:
        self._connection, self._account, self._known, self._now = connection, account, known, now
        here = select(schema.copies).where(schema.copies.c.account == account.account)
        self._stored = {row["uid"]: row for row in connection.execute(here).mappings()}

    def deletions(self, gone: Sequence[str]) -> list[tuple[str, ...]]:
        """What the journal must have before record()."""
        since = str(self._account.since or "-")
        named = ("uid", "account", "pair")
        return [("deleted", *(r[n] or "-" for n in named), since, r["written"] or "-") for r in self._lost(gone)]

    def record(self, seen: Sequence[CopyRow], gone: Sequence[str]) -> set[str]:
        """Writes it; returns the pairs to which something happened."""
        lost, current = self._lost(gone), [self._intended(copy) for copy in seen if self._as_known(copy.uid)]
        went = self._gone(gone)
        marked = (*lost, *self._taken_off(gone))
        tombs = [row | {"state": str(CopyState.DELETED), "body": "", "etag": ""} for row in marked]
        drop(self._connection, went)
        upsert(self._connection, schema.copies, [*map(flat, current), *tombs])
        upsert(self._connection, schema.accounts, [flat(self._with_token((*(c.uid for c in seen), *gone)))])
        new = {copy.pair for copy in current if self._etag(copy.uid) != copy.etag}
        return new | {row["pair"] for row in went}

    def _intended(self, copy: CopyRow) -> CopyRow:
        """Of an event that is as it was, what was meanwhile intended with it stays known."""
        row = self._stored.get(copy.uid)
        if row is None or not row["etag"] or row["etag"] != copy.etag:
            return copy
        return replace(copy, written=row["written"])

    def _gone(self, uids: Sequence[str]) -> list[Row]:
        there = (uid for uid in uids if uid in self._stored and self._as_known(uid))
        return [row for uid in there if (row := self._stored[uid])["state"] != CopyState.DELETED]

    def _lost(self, gone: Sequence[str]) -> list[dict[str, Any]]:
        """Those that a human deleted, each with the time that it had then: that time was refused, and no other."""
        lost = [dict(row) for row in self._gone(gone) if row["state"] not in NO_TOMBSTONE]
        return [row | {"written": refused(row["written"], row["body"], self._now)} for row in lost]

    def _taken_off(self, gone: Sequence[str]) -> list[dict[str, Any]]:
        """Those that we took away ourselves, of which some time was refused before."""
        ours = [dict(row) for row in self._gone(gone) if row["state"] == CopyState.CANCELLING]
        return [row | {"written": words} for row in ours if (words := taken_off(row["written"], self._now))]

    def _with_token(self, concerned: Iterable[str]) -> AccountRow:
        if all(map(self._as_known, concerned)):
            return self._account
        a = schema.accounts.c
        before = self._connection.execute(select(a.token).where(a.account == self._account.account)).scalar()
        return replace(self._account, token=before or "")

    def _as_known(self, uid: str) -> bool:
        """Whether nobody has written the copy since the look began."""
        return self._etag(uid) == self._known.get(uid, "")

    def _etag(self, uid: str) -> str:
        return str(self._stored[uid]["etag"]) if uid in self._stored else ""


def refused(written: str, body: str, now: datetime) -> str:
    """The baseline's text of what a human said no to, who deleted an event. Where it was about to get another time when
    we last heard of it, nobody knows which of the two they saw: neither must come back.
    """
    event, intended = observe(body), parse_baseline(written)
    if event.baseline is None or intended is None or intended.decided <= event.baseline.decided:
        return last_words(written, body, now)
    if event.start in (None, intended.start):
        return last_words(written, body, now)
    tries = replace(intended.tries, refused=(*intended.tries.refused, event.start))
    return baseline_text(replace(intended, decided=now, tries=tries))


def save(connection: Connection, rows: Sequence[CopyRow], known: Mapping[tuple[str, str], str] | None) -> None:
    """The rows whose ETag is still the one known by uid and account ("" where none is); without `known`, all."""
    c = schema.copies.c
    if known is not None:
        query = select(c.uid, c.account, c.etag).where(c.uid.in_({row.uid for row in rows}))
        stored = {(uid, account): etag for uid, account, etag in connection.execute(query)}
        keys = [(row.uid, row.account) for row in rows]
        rows = [r for r, key in zip(rows, keys, strict=True) if stored.get(key, "") == known.get(key, "")]
    upsert(connection, schema.copies, [flat(row) for row in rows])


def drop(connection: Connection, rows: Sequence[Row]) -> None:
    """Deletes the rows whose ETag is still the same."""
    c = schema.copies.c
    if rows:
        same = (c.uid == bindparam("u"), c.account == bindparam("a"), c.etag == bindparam("e"))
        values = [{"u": row["uid"], "a": row["account"], "e": row["etag"]} for row in rows]
        connection.execute(delete(schema.copies).where(*same), values)
