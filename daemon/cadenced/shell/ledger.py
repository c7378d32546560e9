"""The ledger's queries: mail queued, claimed, settled. The rows decide what is sent, not the clock.

Must never know SMTP, nor what a message says.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, or_, select, update

from cadenced.core.records import TAKEN_BACK, MailState, OutboxRow, Settlement
from cadenced.shell import schema
from cadenced.shell.clock import fresh_secret
from cadenced.shell.database import Database
from cadenced.shell.journal import Journal
from cadenced.shell.rows import flat, moment, outbox_of, stamp
from cadenced.shell.upsert import insert_new, upsert

OPEN = (str(MailState.QUEUED), str(MailState.UNKNOWN))
COUNTED = (str(MailState.SENT), str(MailState.UNKNOWN))
COMES_BACK_WITHIN = timedelta(days=7)  # servers give up after five (RFC 5321 §4.5.4.1); then it is to be sent again
JOURNAL = "journal"  # in `meta`: how far in the journal the database is, in bytes
SEAL = "secret"  # in `meta` and in the journal


class Ledger:
    def __init__(self, database: Database, journal: Journal) -> None:
        self._database = database
        self.journal = journal

    async def secret(self) -> str:
        """What the tokens of our mails are made with, so that nobody can guess one: of this installation, made at first
        use. Not to be shown. The journal has it, too, for the tokens must be known without the database.
        """

        def work(connection: Connection) -> str:
            m = schema.meta.c
            if not (found := connection.execute(select(m.value).where(m.key == SEAL)).scalar()):
                found = fresh_secret()
                self._note(connection, [(SEAL, found)])
                upsert(connection, schema.meta, [{"key": SEAL, "value": found}])
            return str(found)

        return await self._database.run(work)

    async def enqueue(self, rows: Sequence[OutboxRow]) -> int:
        """Rows whose key is new; the others are passed over: never twice. Returns how many were new."""
        if not rows:
            return 0
        first = [flat(row) | {"next_try": stamp(row.next_try or row.due)} for row in rows]
        return await self._database.run(lambda c: insert_new(c, schema.outbox, first))

    async def claim(self, now: datetime, limit: int) -> list[OutboxRow]:
        """Takes what is to be tried now; first what is of use the shortest, for whoever gets two mails a day. Committed
        before it returns: a crash after this leaves rows of unknown outcome, not rows that seem untouched.
        """

        def work(connection: Connection) -> list[OutboxRow]:
            o = schema.outbox.c
            ready, order = and_(o.state.in_(OPEN), o.next_try <= stamp(now)), (o.expires, o.due, o.key)
            first = select(o.key).where(ready).order_by(*order).limit(limit)  # by the index alone: bodies are long
            rows = connection.execute(select(schema.outbox).where(o.key.in_(first)).order_by(*order)).mappings()
            claimed = []
            for row in rows.all():
                mine = and_(o.key == row["key"], o.state == row["state"])
                taken = update(schema.outbox).where(mine).values(state=str(MailState.ATTEMPTING), claimed_at=stamp(now))
                if connection.execute(taken).rowcount == 1:
                    claimed.append(outbox_of(row))
            return claimed

        return await self._database.run(work)

    async def settle(self, key: str, result: Settlement, now: datetime) -> None:
        """What became of an attempt. What was sent stands in the journal first; and it stays sent, whatever an attempt
        that ends later knows no better than that it may have been: a copy or a report can come before the reply.
        """

        def work(connection: Connection) -> None:
            o = schema.outbox.c
            if result.state is MailState.SENT:
                sent_as = connection.execute(select(o.message_id).where(o.key == key)).scalar() or "-"
                self._note(connection, [("sent", key, sent_as, now.isoformat(), result.day.isoformat())])
            values = {
                "state": str(result.state),
                "reply": result.reply,
                "next_try": stamp(result.next_try) if result.next_try else None,
                "attempts": result.attempts,
                "day": result.day.isoformat(),
                "settled_at": stamp(now),
            }
            mine = o.key == key
            if result.state is MailState.UNKNOWN:
                mine = and_(mine, o.state != str(MailState.SENT))
            connection.execute(update(schema.outbox).where(mine).values(values))

        await self._database.run(work)

    async def release(self, rows: Sequence[OutboxRow], next_try: datetime) -> None:
        """Gives claimed messages back, as they were, that nothing was done with, but those settled meanwhile."""

        def work(connection: Connection) -> None:
            o = schema.outbox.c
            for row in rows:
                as_it_was = {"state": str(row.state), "next_try": stamp(next_try)}
                mine = and_(o.key == row.key, o.state == str(MailState.ATTEMPTING))
                connection.execute(update(schema.outbox).where(mine).values(as_it_was))

        await self._database.run(work)

    async def recover(self, now: datetime, stale: timedelta) -> int:
        """Attempts that a crash cut off: their outcome is unknown, and they are tried again."""
        o = schema.outbox.c
        cut_off = and_(o.state == str(MailState.ATTEMPTING), o.claimed_at <= stamp(now - stale))
        change = update(schema.outbox).where(cut_off).values(state=str(MailState.UNKNOWN), next_try=stamp(now))
        return await self._database.run(lambda c: c.execute(change).rowcount)

    async def withdraw(self, keys: Collection[str]) -> list[str]:
        """Takes back what no server has accepted so far, or what came back; returns what it took back."""
        if not keys:
            return []

        def work(connection: Connection) -> list[str]:
            o = schema.outbox.c
            free = and_(o.key.in_(keys), o.state.in_(TAKEN_BACK))
            found = list(connection.execute(select(o.key).where(free)).scalars())
            connection.execute(delete(schema.outbox).where(free))
            return found

        return await self._database.run(work)

    async def count_sent(self, person: str, day: date) -> int:
        """The mails that count towards a person's day."""
        o = schema.outbox.c
        where = and_(o.person == person, o.day == day.isoformat(), o.state.in_(COUNTED))
        return await self._scalar(select(func.count()).select_from(schema.outbox).where(where)) or 0

    async def next_try(self) -> datetime | None:
        o = schema.outbox.c
        found = await self._scalar(select(func.min(o.next_try)).where(o.state.in_(OPEN)))
        return moment(found) if found is not None else None

    async def count_due(self, now: datetime) -> int:
        """The mails that were due by `now` and that no server has taken."""
        o = schema.outbox.c
        where = and_(o.state.in_(OPEN), o.due <= stamp(now))
        return await self._scalar(select(func.count()).select_from(schema.outbox).where(where)) or 0

    async def due_again(self, now: datetime) -> datetime | None:
        """When the first of these is tried, where they wait: after a failure, or for another day."""
        o = schema.outbox.c
        where = and_(o.state.in_(OPEN), o.due <= stamp(now), o.next_try > stamp(now))
        found = await self._scalar(select(func.min(o.next_try)).where(where))
        return moment(found) if found else None

    async def mail_totals(self) -> dict[str, int]:
        o = schema.outbox.c
        rows = await self._all(select(o.state, func.count().label("count")).group_by(o.state))
        return {row["state"]: row["count"] for row in rows}

    async def shed(self, now: datetime) -> int:
        """Drops the bodies of mails that are never sent again; how many. The keys stay: they keep a mail from going
        twice.
        """
        o = schema.outbox.c
        back = and_(o.state == str(MailState.SENT), o.settled_at <= stamp(now - COMES_BACK_WITHIN))
        over = and_(o.state.in_((MailState.SENT, MailState.EXPIRED, MailState.FAILED)), o.expires <= stamp(now))
        change = update(schema.outbox).where(or_(back, over), o.body != b"").values(body=b"")
        return await self._database.run(lambda c: c.execute(change).rowcount)

    async def stop_address(self, address: str, reply: str, now: datetime) -> None:
        """A server refused this address for good (5xx): nothing more is sent there."""
        row = {"address": address.lower(), "reply": reply, "at": stamp(now)}
        await self._database.run(lambda c: upsert(c, schema.stopped, [row]))

    async def resume_address(self, address: str) -> bool:
        """A human says that the address works again. Whether it was stopped."""
        gone = delete(schema.stopped).where(schema.stopped.c.address == address.lower())
        return await self._database.run(lambda c: c.execute(gone).rowcount > 0)

    async def try_again(self, address: str, now: datetime) -> int:
        """What could not be sent to an address that works again, and is of use still; how many that are."""
        o = schema.outbox.c
        failed = and_(o.state == str(MailState.FAILED), func.lower(o.recipient) == address.lower())
        here = and_(failed, o.expires > stamp(now), o.body != b"")
        change = update(schema.outbox).where(here).values(state=str(MailState.QUEUED), next_try=stamp(now))
        return await self._database.run(lambda c: c.execute(change).rowcount)

    async def stopped_addresses(self) -> dict[str, str]:
        return {row["address"]: row["reply"] for row in await self._all(select(schema.stopped))}

    def _note(self, connection: Connection, entries: Sequence[tuple[str, ...]]) -> None:
        """Into the journal, and how far this database is in it."""
        if entries:
            upsert(connection, schema.meta, [{"key": JOURNAL, "value": str(self.journal.append(entries))}])

    async def _all(self, query: Select[Any]) -> Sequence[Any]:
        return await self._database.run(lambda c: c.execute(query).mappings().all())

    async def _scalar(self, query: Select[Any]) -> Any:
        return await self._database.run(lambda c: c.execute(query).scalar())
