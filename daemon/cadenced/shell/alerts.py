"""The store's alerts: what a human should know, whether a mail has told them, and what is over by itself.

Owns their queries. Must never know what an alert says.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from cadenced.core.actions import Mail
from cadenced.core.records import AlertRow, MailState, OutboxRow
from cadenced.shell import schema
from cadenced.shell.ledger import Ledger
from cadenced.shell.rows import alert_of, flat, stamp
from cadenced.shell.upsert import insert_new, upsert

ADDRESS, MAIL = "address/", "mail/"  # begin the keys of alerts about a refused address, and about a message
KEPT = timedelta(days=90)  # what was cleared, for whoever looks into the file
BOX, ALERTS, STOPPED = schema.outbox.c, schema.alerts.c, schema.stopped.c


class Alerts(Ledger):
    """A part of the store, beside the mails that tell of them."""

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool:
        def work(connection: Connection) -> bool:
            a = schema.alerts.c
            open_one = connection.execute(select(a.text).where(a.key == key, a.cleared_at.is_(None))).scalar()
            if open_one is None:
                row = AlertRow(key, text, now)
                upsert(connection, schema.alerts, [flat(row)])
            elif open_one != text:
                connection.execute(update(schema.alerts).where(a.key == key).values(text=text))
            return open_one is None

        return await self._database.run(work)

    async def clear_alert(self, key: str, now: datetime) -> bool:
        a = schema.alerts.c
        change = update(schema.alerts).where(a.key == key, a.cleared_at.is_(None)).values(cleared_at=stamp(now))
        return await self._database.run(lambda c: c.execute(change).rowcount > 0)

    async def alerts(self) -> list[AlertRow]:
        """Those that are open, the oldest first."""
        a = schema.alerts.c
        return [
            alert_of(row)
            for row in await self._all(select(schema.alerts).where(a.cleared_at.is_(None)).order_by(a.raised_at))
        ]

    async def untold_alerts(self) -> list[AlertRow]:
        """The open ones that no mail has told of."""
        return [alert for alert in await self.alerts() if alert.told_at is None]

    async def tell(self, mail: OutboxRow, alerts: Sequence[AlertRow], now: datetime) -> None:
        """Queues the mail that tells of these alerts, once."""

        def work(connection: Connection) -> None:
            insert_new(connection, schema.outbox, [flat(mail) | {"next_try": stamp(mail.due)}])
            keys = schema.alerts.c.key.in_([alert.key for alert in alerts])
            connection.execute(update(schema.alerts).where(keys).values(told_at=stamp(now)))

        await self._database.run(work)

    async def over(self, addresses: Collection[str], now: datetime, *, untold: bool) -> None:
        """Clears what is over: the refusal of an address that is none of `addresses` any more, which may be tried again
        if it comes back; and what was said of a message that went out or has expired, unless its coordinator is still
        to hear of it, which is not waited for where `untold`.
        """

        def work(connection: Connection) -> None:
            known = {address.lower() for address in addresses}
            a = select(ALERTS.key, ALERTS.told_at).where(ALERTS.cleared_at.is_(None))
            told = {row.key: untold or row.told_at is not None for row in connection.execute(a)}
            gone = {key for key in told if key.startswith(ADDRESS) and key.removeprefix(ADDRESS) not in known}
            about = {key.removeprefix(MAIL): key for key in told if key.startswith(MAIL)}
            mails = select(BOX.key, BOX.state, BOX.expires).where(BOX.key.in_(about))
            found = {row.key: row for row in connection.execute(mails)} if about else {}
            for name, key in about.items():
                mail = found.get(name)
                past = mail is None or mail.state == MailState.EXPIRED or mail.expires <= stamp(now)
                if (past and told[key]) or (mail is not None and mail.state == MailState.SENT):
                    gone.add(key)
            if gone:
                stopped = [key.removeprefix(ADDRESS) for key in gone if key.startswith(ADDRESS)]
                connection.execute(delete(schema.stopped).where(STOPPED.address.in_(stopped)))
                change = update(schema.alerts).where(ALERTS.key.in_(gone)).values(cleared_at=stamp(now))
                connection.execute(change)
            connection.execute(delete(schema.alerts).where(ALERTS.cleared_at <= stamp(now - KEPT)))

        await self._database.run(work)

    async def tell_again(self, address: str, now: datetime) -> None:
        """The alerts of mails that failed at another address than this one, where they are still open."""

        def work(connection: Connection) -> None:
            failed = (BOX.kind == str(Mail.ALERT), BOX.state == str(MailState.FAILED), BOX.expires > stamp(now))
            where = (*failed, func.lower(BOX.recipient) != address.lower())
            lost = connection.execute(select(BOX.key, BOX.due).where(*where)).all()
            if lost:
                connection.execute(delete(schema.outbox).where(BOX.key.in_([key for key, _ in lost])))
                anew = update(schema.alerts).where(ALERTS.told_at.in_([due for _, due in lost]))
                connection.execute(anew.values(told_at=None))

        await self._database.run(work)
