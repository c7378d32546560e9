"""The outbox: what the ledger holds is claimed, sent and settled, each message once (DESIGN §9).

Owns when a message is tried again and when it is given up, and how many a person gets a day. Must never know what a
message says, nor a calendar.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cadenced.core.accounts import MailAccount, Outcome
from cadenced.core.actions import Mail
from cadenced.core.errors import AccessError, ConfigError, StoreError, TemporaryError
from cadenced.core.messages import morning
from cadenced.core.model import Person
from cadenced.core.records import MailState, OutboxRow, Settlement

BATCH = 50  # messages claimed at once: so many are of unknown outcome after a crash, and are sent once more
CONNECTIONS = 4  # with Postfix four carry a quarter more than one, and sixteen less than one
IN_HAND = 16  # messages: on their way, or being recorded, as the disk takes several records as fast as one
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)  # greylisting wants minutes; a mail that waits longer comes too late to help
PLAUSIBLE_PAUSE = timedelta()  # one daemon per store: what was claimed before we started is nobody's any more
COPY_COMES_WITHIN = timedelta(minutes=2)  # for the copy in our own mailbox to be delivered, and read
# answers to what somebody just did, what takes an appointment's place in their calendar, and the coordinator's
UNCAPPED = frozenset(map(str, (Mail.MOVED, Mail.TIMES, Mail.ALERT, Mail.UPDATE, Mail.CANCEL, Mail.ANSWER)))
SERVER_ALERT = "smtp"
Failure = TemporaryError | AccessError | ConfigError


class Clock(Protocol):
    def now(self) -> datetime: ...


class Mailer(Protocol):
    """shell/mailer.py, as the outbox needs it."""

    async def open(self, account: MailAccount) -> None:
        """TemporaryError, AccessError or ConfigError when no message can be handed over."""
        ...

    async def send(self, account: MailAccount, recipient: str, body: bytes) -> Outcome:
        """Raises as open(). For several tasks at once, each over a connection of its own."""
        ...

    async def close(self) -> None: ...


class Store(Protocol):
    """The ledger. Each call is one transaction; StoreError when the store cannot be used."""

    async def claim(self, now: datetime, limit: int) -> list[OutboxRow]: ...

    async def settle(self, key: str, result: Settlement, now: datetime) -> None: ...

    async def release(self, rows: Sequence[OutboxRow], next_try: datetime) -> None: ...

    async def recover(self, now: datetime, stale: timedelta) -> int: ...

    async def count_sent(self, person: str, day: date) -> int: ...

    async def stop_address(self, address: str, reply: str, now: datetime) -> None: ...

    async def stopped_addresses(self) -> dict[str, str]: ...

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool: ...

    async def clear_alert(self, key: str, now: datetime) -> bool: ...


@dataclass
class Batch:
    """Claimed messages. What goes to one person or address is a group, and its messages go one after the other: so
    they keep their order, and each is counted before the next is judged by the day's cap.
    """

    groups: deque[deque[OutboxRow]]
    left: dict[str, OutboxRow]  # that nothing was done with so far
    stopped: dict[str, str]
    connections: int = CONNECTIONS
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))  # that nobody uses
    sent: int = 0
    opened: bool = False  # a connection, so that the server is there and lets us in
    works: bool = False  # the server: it has said something about a message
    failure: Failure | None = None
    over: bool = False

    def lose(self, error: Failure) -> None:
        """A connection that is not to be had: a server that is there may only want fewer."""
        self.failure = error
        self.connections -= 1
        if not (self.opened and self.connections) or not isinstance(error, TemporaryError):
            self.over = True


@dataclass
class Outbox:
    """`people` by id: a day's cap is counted in the reader's own zone. Not for two tasks at once."""

    store: Store
    mailer: Mailer
    clock: Clock
    account: MailAccount
    daily_cap: int
    people: Mapping[str, Person] = field(default_factory=dict)
    failures: int = 0  # of the server, one after the other
    failure: str = ""  # the last one, in words
    in_hand: int = IN_HAND
    recovered: datetime | None = None
    _door: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def recover(self) -> int:
        """At start, and between rounds: what a crash or an error cut off has an unknown outcome, and its identical
        bytes are sent again. How many messages that are.
        """
        now = self.clock.now()
        if (found := await self.store.recover(now, PLAUSIBLE_PAUSE)) or self.recovered is None:
            self.recovered = now
        return found

    async def run_once(self) -> int:
        """Sends what is due; returns how many messages the server took. Raises only StoreError."""
        sent, left = 0, dict[str, OutboxRow]()
        try:
            while not left and (rows := await self.store.claim(self.clock.now(), BATCH)):
                left = {row.key: row for row in rows}
                sent += await self._batch(rows, left)
        except Exception:
            with suppress(StoreError):  # then recover() finds them, too
                await self.store.release(list(left.values()), self.clock.now())
            raise
        finally:
            await self.mailer.close()
        return sent

    async def _batch(self, rows: list[OutboxRow], left: dict[str, OutboxRow]) -> int:
        """How many were sent. Any are `left` only where the server is none to go on with."""
        batch = Batch(grouped(rows), left, dict(await self.store.stopped_addresses()))
        hands = [self._carry(batch) for _ in range(min(self.in_hand, len(batch.groups)))]
        if len(hands) == 1:
            await hands[0]
        else:
            for end in await asyncio.gather(*hands, return_exceptions=True):  # each ends its message first
                if isinstance(end, BaseException):
                    raise end
        if batch.failure is not None and left:
            await self._server_fails(batch.failure, left)
        return batch.sent

    async def _carry(self, batch: Batch) -> None:
        """Message by message, as long as there are any and the server works."""
        try:
            while batch.groups and not batch.over:
                group = batch.groups.popleft()
                while group and not batch.over:
                    if await self._done(batch, group[0]):
                        group.popleft()
        except StoreError:
            batch.over = True
            raise

    async def _done(self, batch: Batch, row: OutboxRow) -> bool:
        """Whether something was done with it; else a connection is lost, and another may carry it."""
        if await self._unsendable(row, batch.stopped):
            del batch.left[row.key]
            return True
        lost = False
        await batch.free.acquire()
        try:
            outcome = await self._handed_over(batch, row)
            lost = outcome is None and not batch.over
        finally:
            if not lost:
                batch.free.release()
        if outcome is None:
            return False
        if not batch.works:
            batch.works, self.failures = True, 0
            await self.store.clear_alert(SERVER_ALERT, self.clock.now())
        await self._settle(row, outcome)
        if outcome.verdict == "refused":
            batch.stopped[row.recipient.lower()] = outcome.reply
        batch.sent += outcome.verdict == "sent"
        return True

    async def _handed_over(self, batch: Batch, row: OutboxRow) -> Outcome | None:
        try:
            async with self._door:  # one after the other, so that a wrong password is said once
                if batch.over:
                    return None
                await self.mailer.open(self.account)
                batch.opened = True
            del batch.left[row.key]  # whatever happens now, it may be out
            return await self.mailer.send(self.account, row.recipient, row.body)
        except (TemporaryError, AccessError, ConfigError) as error:
            batch.left[row.key] = row
            batch.lose(error)
            return None

    async def _unsendable(self, row: OutboxRow, stopped: Mapping[str, str]) -> bool:
        """Settles what is not to be sent, or not today. What may have been sent already is only ever sent again."""
        now = self.clock.now()
        if row.expires <= now:
            await self._close(row, MailState.EXPIRED, row.reply or "its moment passed")
        elif (reply := stopped.get(row.recipient.lower())) is not None:
            await self._close(row, MailState.FAILED, f"the address was refused before: {reply}")
        elif row.state is MailState.QUEUED and await self._had_enough(row):
            reader = self.people.get(row.person)
            tomorrow = self._day(row) + timedelta(days=1)
            await self.store.release([row], morning(reader, tomorrow) if reader else now + timedelta(days=1))
        elif row.state is MailState.UNKNOWN and now < (copy_by := self._copy_by(self.recovered)):
            await self.store.release([row], copy_by)
        else:
            return False
        return True

    async def _had_enough(self, row: OutboxRow) -> bool:
        return row.kind not in UNCAPPED and await self.store.count_sent(row.person, self._day(row)) >= self.daily_cap

    async def _settle(self, row: OutboxRow, outcome: Outcome) -> None:
        now = self.clock.now()
        match outcome.verdict:
            case "sent":
                await self._close(row, MailState.SENT, outcome.reply)
            case "refused":
                await self._close(row, MailState.FAILED, outcome.reply)
                await self.store.stop_address(row.recipient, outcome.reply, now)
                words = f"Mail to {row.recipient} is refused: {outcome.reply}. Nothing more is sent there. Correct the "
                advice = f"address in the pairs file, or run `cadenced thaw {row.recipient}` once it works again."
                await self.store.raise_alert(f"address/{row.recipient.lower()}", words + advice, now)
            case "rejected":
                await self._close(row, MailState.FAILED, outcome.reply)
                words = f"The mail server rejects the {row.kind} of {row.pair} to {row.recipient}: {outcome.reply}"
                await self.store.raise_alert(f"mail/{row.key}", words, now)
            case "later" | "unknown":
                await self._try_again(row, outcome)

    async def _try_again(self, row: OutboxRow, outcome: Outcome) -> None:
        maybe_sent = outcome.verdict == "unknown" or row.state is MailState.UNKNOWN
        state = MailState.UNKNOWN if maybe_sent else MailState.QUEUED
        now = self.clock.now()
        again = now + backoff(row.attempts)
        if outcome.verdict == "unknown":
            again = max(again, self._copy_by(now))
        await self._close(row, state, outcome.reply, again)

    def _copy_by(self, since: datetime | None) -> datetime:
        """Until when the copy of what was sent before `since` may tell that it went out."""
        return since + COPY_COMES_WITHIN if since and self.account.copy_to else datetime.min.replace(tzinfo=UTC)

    async def _close(self, row: OutboxRow, state: MailState, reply: str, next_try: datetime | None = None) -> None:
        settled = Settlement(state, reply, row.attempts + 1, self._day(row), next_try)
        await self.store.settle(row.key, settled, self.clock.now())

    async def _server_fails(self, error: Failure, left: Mapping[str, OutboxRow]) -> None:
        """No message's fault: all of them wait, and a human hears of it when only a human can mend it."""
        now = self.clock.now()
        again = now + backoff(self.failures)
        self.failures, self.failure = self.failures + 1, str(error)
        await self.store.release(list(left.values()), again)
        if not isinstance(error, TemporaryError) or self.failures > 3:
            await self.store.raise_alert(SERVER_ALERT, f"No mail can be sent: {error}", now)

    def _day(self, row: OutboxRow) -> date:
        """Today, where the reader is."""
        reader = self.people.get(row.person)
        return self.clock.now().astimezone(ZoneInfo(reader.timezone) if reader else UTC).date()


def grouped(rows: Sequence[OutboxRow]) -> deque[deque[OutboxRow]]:
    """By person and address, whatever joins them; in the order of the rows, as each group is."""
    groups: list[tuple[set[tuple[str, str]], list[OutboxRow]]] = []
    for row in rows:
        names = {("person", row.person), ("address", row.recipient.lower())}
        joined = [group for group in groups if group[0] & names]
        if not joined:
            groups.append((names, [row]))
            continue
        first, *others = joined
        first[0].update(names, *(group[0] for group in others))
        for group in others:
            first[1].extend(group[1])
            groups.remove(group)
        first[1].append(row)
    order = {row.key: place for place, row in enumerate(rows)}
    return deque(deque(sorted(group, key=lambda row: order[row.key])) for _, group in groups)


def backoff(attempts: int) -> timedelta:
    """The pause before the next attempt: doubling, up to LONGEST_RETRY."""
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_RETRY)
