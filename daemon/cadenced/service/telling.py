"""Tells the coordinator by mail what needs a human, and takes back what does not any more.

Must never know what went wrong, nor how a mail is sent.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cadenced.core.actions import Mail, SendMail
from cadenced.core.records import AlertRow, OutboxRow
from cadenced.outbox import SERVER_ALERT
from cadenced.wire.message import Composed, Composer

COORDINATOR = "coordinator"  # of the ledger: no pair and no person has that name with a colon before it
BETWEEN_ALERTS = timedelta(hours=1)  # a night of trouble is a handful of mails, not a hundred
ALERT_KEEPS = timedelta(days=7)
DAY = timedelta(days=1)
JOURNAL = "journal"  # of the alert that
DAMAGED = (
    "{lost} damaged lines of the store's journal were passed over. If the database was lost, too, a mail may go out a "
    "second time, or a deleted event come back; otherwise nothing is lost."
)
ONCE = ("answer/", JOURNAL)  # of alerts that are over when they are told: what somebody wrote, what a start met
SHOWN = timedelta(days=14)  # and where there is no coordinator to tell, as long in `status`
TOLD = "coordinator_told"  # the store's key for when it was


class Clock(Protocol):
    def now(self) -> datetime: ...


class Store(Protocol):
    damaged: int  # lines of its journal that nobody can read

    async def over(self, addresses: Collection[str], now: datetime, *, untold: bool) -> None: ...

    async def tell_again(self, address: str, now: datetime) -> None: ...

    async def shed(self, now: datetime) -> int: ...

    async def untold_alerts(self) -> list[AlertRow]: ...

    async def tell(self, mail: OutboxRow, alerts: Sequence[AlertRow], now: datetime) -> None: ...

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool: ...

    async def clear_alert(self, key: str, now: datetime) -> bool: ...

    async def get_meta(self, key: str) -> str: ...

    async def set_meta(self, key: str, value: str) -> None: ...


@dataclass
class Telling:
    """`row` makes the finished row of a mail."""

    store: Store
    clock: Clock
    row: Callable[[SendMail, Composed, datetime], OutboxRow]
    _shed: datetime | None = None  # when the store was last made small

    async def begin(self) -> None:
        """Once, at start."""
        now, lost = self.clock.now(), self.store.damaged
        if lost:
            await self.store.raise_alert(JOURNAL, DAMAGED.format(lost=lost), now)
        elif all(alert.key != JOURNAL for alert in await self.store.untold_alerts()):  # once it stood until a start
            await self.store.clear_alert(JOURNAL, now)

    async def tell(self, coordinator: str, addresses: Collection[str], words: Composer) -> bool:
        """Queues one mail about everything that was not told yet. Whether there was one. `addresses` are those of the
        programme's people; without a coordinator what is over when it is told is shown for a while.
        """
        now = self.clock.now()
        await self._tidy(coordinator, addresses, now)
        alerts = [alert for alert in await self.store.untold_alerts() if alert.key != SERVER_ALERT]
        if not coordinator:
            await self._over([alert for alert in alerts if alert.raised_at <= now - SHOWN])
            return False
        if not alerts or not await self._may_tell(now):
            return False
        mail = _alert_mail(alerts, now)
        texts = [alert.text for alert in alerts]
        composed = words.compose_alert(mail.key, coordinator, texts, now)
        await self.store.tell(self.row(mail, composed, now), alerts, now)
        await self.store.set_meta(TOLD, now.isoformat())
        await self._over(alerts)
        return True

    async def _tidy(self, coordinator: str, addresses: Collection[str], now: datetime) -> None:
        """What nobody has to do anything about any more, and what nobody can need."""
        await self.store.over({*addresses, coordinator}, now, untold=not coordinator)
        await self.store.tell_again(coordinator, now)
        if self._shed is None or now - self._shed >= DAY:
            self._shed = now
            await self.store.shed(now)

    async def _over(self, alerts: Sequence[AlertRow]) -> None:
        for alert in alerts:
            if alert.key.startswith(ONCE):
                await self.store.clear_alert(alert.key, self.clock.now())

    async def _may_tell(self, now: datetime) -> bool:
        before = await self.store.get_meta(TOLD)
        return not before or not timedelta() <= now - datetime.fromisoformat(before) < BETWEEN_ALERTS


def _alert_mail(alerts: Sequence[AlertRow], now: datetime) -> SendMail:
    """One mail about these alerts; told again when one of them is raised again."""
    digest = hashlib.sha256("\n".join(f"{a.key} {a.raised_at}" for a in alerts).encode()).hexdigest()[:16]
    key = f":{COORDINATOR}/{Mail.ALERT}/{digest}/{COORDINATOR}"
    reason = "something needs a human"
    return SendMail(key, "", Mail.ALERT, COORDINATOR, None, now, now + ALERT_KEEPS, 0, reason)
