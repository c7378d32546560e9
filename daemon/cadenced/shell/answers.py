"""The store's answers: what people told us by mail, and which mails were read.

Owns their queries. Must never know what an answer means.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select

from cadenced.core.accounts import INVITED
from cadenced.core.actions import Mail
from cadenced.core.answers import Answer
from cadenced.core.records import TAKEN_BACK, CopyRow, MailState, OutboxRow
from cadenced.shell import schema
from cadenced.shell.ledger import Ledger
from cadenced.shell.looks import drop, save
from cadenced.shell.rows import answer_of, flat, outbox_of, stamp
from cadenced.shell.upsert import insert_new, upsert
from cadenced.shell.waking import wake

BOX, INBOX = schema.outbox, schema.inbox
OVERTAKEN = (Mail.INVITE, Mail.UPDATE)  # by a later word about the same meeting
HELD = "held/"  # keys of `meta`: what waits for a yes, by the mail that asks
NEVER_SENT = (MailState.QUEUED, MailState.EXPIRED, MailState.FAILED)


class Answers(Ledger):
    """A part of the store, beside the mails that are answered."""

    async def was_read(self, message_id: str) -> bool:
        found = select(INBOX.c.message_id).where(INBOX.c.message_id == message_id)
        return await self._database.run(lambda c: c.execute(found).scalar()) is not None

    async def record_mail(
        self, message_id: str, outcome: str, answers: Sequence[Answer], replies: Sequence[OutboxRow], now: datetime
    ) -> bool:
        """That a mail was read, what it told (the journal knows that first), and what is replied; the pairs are due
        then. False, and nothing is done, where it was read before.
        """

        def work(connection: Connection) -> bool:
            read = {"message_id": message_id, "at": stamp(now), "outcome": outcome}
            if not insert_new(connection, INBOX, [read]):
                return False
            rows = [flat(answer) for answer in answers]
            self._note(connection, [("answered", row["id"], json.dumps(row)) for row in rows])
            insert_new(connection, schema.answers, rows)
            insert_new(connection, BOX, [flat(each) | {"next_try": stamp(each.due)} for each in replies])
            wake(connection, {answer.pair for answer in answers})
            return True

        return await self._database.run(work)

    async def mails_known_by(self, tokens: Collection[str], message_ids: Collection[str]) -> list[OutboxRow]:
        """Our mails that a reply names, by the token of its address or by Message-ID, each once: those by token first,
        the others in the order of their names.
        """
        names = {name: place for place, name in enumerate(message_ids)}

        def work(connection: Connection) -> list[Any]:
            found: dict[str, Any] = {}
            for column, values in ((BOX.c.token, set(tokens) - {""}), (BOX.c.message_id, names.keys())):
                rows = connection.execute(select(BOX).where(column.in_(values))).mappings().all() if values else []
                found |= {row["key"]: row for row in sorted(rows, key=lambda row: names.get(row["message_id"], -1))}
            return list(found.values())

        return [outbox_of(row) for row in await self._database.run(work)]

    async def save_invitations(
        self, kept: Sequence[CopyRow], gone: Sequence[CopyRow], mails: Sequence[OutboxRow], stale: Collection[str] = ()
    ) -> int:
        """What stands with those who are invited by mail, and the mails that tell them; how many of these are new. What
        is `stale` by then, or was to tell somebody of a meeting before that, is not sent any more.
        """
        news = {(mail.pair, mail.uid, mail.recipient.lower()) for mail in mails}
        news |= {(row.pair, row.uid, row.account.removeprefix(INVITED)) for row in gone}

        def work(connection: Connection) -> int:
            queued = delete(BOX).where(BOX.c.state.in_(TAKEN_BACK))
            connection.execute(queued.where(BOX.c.key.in_(stale)))
            for pair, uid, address in news:
                same = (BOX.c.pair == pair, BOX.c.uid == uid, func.lower(BOX.c.recipient) == address)
                connection.execute(queued.where(*same, BOX.c.kind.in_(OVERTAKEN)))
            save(connection, kept, None)
            drop(connection, [flat(row) for row in gone])
            return insert_new(connection, BOX, [flat(each) | {"next_try": stamp(each.due)} for each in mails])

        return await self._database.run(work)

    async def was_invited(self, pair: str, uid: str, address: str) -> bool:
        """Whether a mail about a meeting may have reached an address. Of what the journal gave back nobody knows to
        whom it went; what it was about stands in its Message-ID.
        """
        about = or_(BOX.c.uid == uid, BOX.c.message_id.startswith(f"<{uid}."))
        there = func.lower(BOX.c.recipient).in_((address.lower(), ""))
        sent = BOX.c.state.not_in(NEVER_SENT)
        found = select(BOX.c.key).where(BOX.c.pair == pair, about, there, sent).limit(1)
        return await self._database.run(lambda c: c.execute(found).scalar()) is not None

    async def invited_to(self, uid: str) -> str:
        """The pair that has a copy of that meeting with somebody who is invited by mail; or nothing."""
        c = schema.copies.c
        found = select(c.pair).where(c.uid == uid, c.account.startswith(INVITED)).limit(1)
        return await self._database.run(lambda connection: connection.execute(found).scalar()) or ""

    async def count_replies(self, person: str, since: datetime) -> int:
        """How many acknowledgements somebody got since then, or is about to."""
        mine = (BOX.c.person == person, BOX.c.kind == str(Mail.ANSWER), BOX.c.due > stamp(since))
        found = select(func.count()).select_from(BOX).where(*mine)
        return await self._database.run(lambda c: c.execute(found).scalar()) or 0

    async def hold(self, key: str, answers: Sequence[Answer]) -> None:
        """Keeps what is only done once the mail of that key is answered with yes; none: no longer."""
        row = {"key": f"{HELD}{key}", "value": json.dumps([flat(answer) for answer in answers])}
        await self._database.run(lambda c: upsert(c, schema.meta, [row]))

    async def held(self, key: str) -> tuple[Answer, ...]:
        found = select(schema.meta.c.value).where(schema.meta.c.key == f"{HELD}{key}")
        text = await self._scalar(found)
        return tuple(map(answer_of, json.loads(text or "[]")))

    async def count_alerts(self, beginning: str, since: datetime) -> int:
        """How many alerts whose keys begin so were raised since then, be they cleared or not."""
        a = schema.alerts.c
        raised = (a.key.startswith(beginning, autoescape=True), a.raised_at > stamp(since))
        found = select(func.count()).select_from(schema.alerts).where(*raised)
        return await self._database.run(lambda c: c.execute(found).scalar()) or 0

    async def mails_read(self) -> dict[str, int]:
        """How many, by what became of them."""
        found = select(INBOX.c.outcome, func.count()).group_by(INBOX.c.outcome)
        rows = await self._database.run(lambda c: c.execute(found).all())
        return {str(outcome): int(count) for outcome, count in rows}
