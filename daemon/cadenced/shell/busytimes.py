"""The store's busy times: by account and calendar, what was last read there. Times alone, never a title.

Owns their queries. Must never know what keeps somebody busy.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, select

from cadenced.core.busytime import BusySeen, BusyTime, merged
from cadenced.shell import schema
from cadenced.shell.database import Database
from cadenced.shell.rows import moment, stamp
from cadenced.shell.upsert import upsert

TIMES, SEEN = schema.busy, schema.busy_calendars


class BusyTimes:
    """A part of the store."""

    _database: Database

    async def busy_seen(self, account: str) -> dict[str, BusySeen]:
        """The account's calendars as last read, by URL."""
        found = select(SEEN).where(SEEN.c.account == account)
        rows = await self._database.run(lambda c: c.execute(found).mappings().all())
        return {row["calendar"]: BusySeen(row["calendar"], row["mark"], moment(row["at"])) for row in rows}

    async def save_busy(self, account: str, seen: BusySeen, times: Sequence[BusyTime]) -> bool:
        """Replaces what the calendar said. Whether any of it that is not over differs."""

        def work(connection: Connection) -> bool:
            theirs = and_(TIMES.c.account == account, TIMES.c.calendar == seen.url)
            before = {_time(row) for row in connection.execute(select(TIMES).where(theirs)).mappings()}
            if before != set(times):
                connection.execute(delete(TIMES).where(theirs))
                upsert(connection, TIMES, [_row(account, seen.url, each) for each in times])
            row = {"account": account, "calendar": seen.url, "mark": seen.mark, "at": stamp(seen.at)}
            upsert(connection, SEEN, [row])
            return any(each.end > seen.at for each in before ^ set(times))

        return await self._database.run(work)

    async def keep_busy(self, account: str, urls: Collection[str]) -> bool:
        """Forgets the account's other calendars. Whether any of them kept somebody busy."""

        def work(connection: Connection) -> bool:
            known = connection.execute(select(SEEN.c.calendar).where(SEEN.c.account == account)).scalars()
            return sum(_forget(connection, account, url) for url in set(known) - set(urls)) > 0

        return await self._database.run(work)

    async def keep_busy_accounts(self, accounts: Collection[str]) -> None:
        """Forgets the busy time of all other accounts."""

        def work(connection: Connection) -> None:
            for account, url in connection.execute(select(SEEN.c.account, SEEN.c.calendar)).all():
                if account not in accounts:
                    _forget(connection, account, url)

        await self._database.run(work)

    async def busy_of(self, accounts: Iterable[str]) -> dict[str, tuple[BusyTime, ...]]:
        """By account, all its calendars' times, merged."""
        return await self._merged(select(TIMES).where(TIMES.c.account.in_(sorted(set(accounts)))))

    async def busy_of_all(self) -> dict[str, tuple[BusyTime, ...]]:
        """Likewise, of every account that is busy at all."""
        return await self._merged(select(TIMES))

    async def _merged(self, found: Select[Any]) -> dict[str, tuple[BusyTime, ...]]:
        rows = await self._database.run(lambda c: c.execute(found).mappings().all())
        times: dict[str, list[BusyTime]] = {}
        for row in rows:
            times.setdefault(row["account"], []).append(_time(row))
        return {account: merged(several) for account, several in times.items()}


def _forget(connection: Connection, account: str, url: str) -> int:
    """How many times went with it."""
    connection.execute(delete(SEEN).where(SEEN.c.account == account, SEEN.c.calendar == url))
    gone = connection.execute(delete(TIMES).where(TIMES.c.account == account, TIMES.c.calendar == url))
    return gone.rowcount


def _time(row: Any) -> BusyTime:
    return BusyTime(moment(row["start"]), moment(row["end"]), row["tentative"])


def _row(account: str, url: str, each: BusyTime) -> dict[str, Any]:
    times = {"start": stamp(each.start), "end": stamp(each.end), "tentative": each.tentative}
    return {"account": account, "calendar": url, **times}
