"""The doors that the inbox needs, as Protocols. The shells fit them; the service joins the two."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from cadenced.core.accounts import Arrivals, MailboxAccount
from cadenced.core.answers import Answer
from cadenced.core.fitting import Fit
from cadenced.core.model import Meeting, Pair, Person
from cadenced.core.records import OutboxRow, PairState, Settlement
from cadenced.core.slots import Window
from cadenced.core.verdict import Verdict
from cadenced.wire.received import Received


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...


class Mailbox(Protocol):
    """shell/mailbox.py. Every call raises AccessError, ConfigError or TemporaryError."""

    async def latest(self, account: MailboxAccount) -> tuple[int, int]: ...

    async def fetch(self, account: MailboxAccount, validity: int, after: int, limit: int) -> Arrivals: ...

    async def wait(self, account: MailboxAccount, seconds: float) -> bool: ...

    async def delete(self, account: MailboxAccount, validity: int, uids: Collection[int]) -> bool: ...

    async def close(self) -> None: ...


class Store(Protocol):
    """Each call is one transaction; StoreError when the store cannot be used."""

    async def was_read(self, message_id: str) -> bool: ...

    async def record_mail(
        self, message_id: str, outcome: str, answers: Sequence[Answer], replies: Sequence[OutboxRow], now: datetime
    ) -> bool:
        """False, and nothing is done, where the mail was read before."""
        ...

    async def mails_known_by(self, tokens: Collection[str], message_ids: Collection[str]) -> list[OutboxRow]: ...

    async def invited_to(self, uid: str) -> str:
        """The pair that has a copy of that meeting with somebody who is invited; or nothing."""
        ...

    async def load_pair(self, pair: str) -> PairState: ...

    async def count_replies(self, person: str, since: datetime) -> int:
        """How many acknowledgements somebody got since then."""
        ...

    async def hold(self, key: str, answers: Sequence[Answer]) -> None:
        """Keeps what is only done once the mail of that key is answered with yes; none: no longer."""
        ...

    async def held(self, key: str) -> tuple[Answer, ...]: ...

    async def count_alerts(self, beginning: str, since: datetime) -> int:
        """How many alerts whose keys begin so were raised since then."""
        ...

    async def settle(self, key: str, result: Settlement, now: datetime) -> None: ...

    async def stop_address(self, address: str, reply: str, now: datetime) -> None: ...

    async def raise_alert(self, key: str, text: str, now: datetime) -> bool: ...

    async def clear_alert(self, key: str, now: datetime) -> bool: ...

    async def get_meta(self, key: str) -> str: ...

    async def set_meta(self, key: str, value: str) -> None: ...


class Desk(Protocol):
    """What the service lends: the planner's word on a time, and the composer's words."""

    async def fits(self, pair: str, uid: str, span: Window) -> tuple[Meeting | None, Fit]: ...

    def seal(self, key: str) -> str:
        """What nobody knows but who has the mail of that key of the ledger."""
        ...

    def acknowledge(self, verdict: Verdict, pair: Pair, person: Person, received: Received, now: datetime) -> OutboxRow:
        """The finished row of a short mail that says what was taken, or why not."""
        ...
