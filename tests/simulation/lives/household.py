"""The service in a village: the real wheel over calendars on shelves and a store, turned as the daemon turns it.

Owns when it looks and turns, and the human who confirms what is held back. Must never know what anybody does.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cadenced.core.accounts import CalendarAccount, MailAccount
from cadenced.core.actions import SendMail
from cadenced.core.model import Horizon
from cadenced.core.records import OutboxRow
from cadenced.reconciler.decision import Decision
from cadenced.service.parts import Loaded, Parts
from tests.simulation.lives.shelves import Shelves
from tests.simulation.lives.village import Village
from tests.support.clock import HandClock
from tests.support.programme import programme

ROUNDS = 30  # of turning until nothing is due: more means that the wheel does not come to rest


class Household:
    """`told` is shown every mail that is due."""

    def __init__(self, village: Village, shelves: Shelves, store: Any, clock: HandClock) -> None:
        self._village, self.shelves, self.store, self._clock = village, shelves, store, clock
        self.parts = _Parts(store, shelves, None, clock)
        self.parts.guarded = True
        self._held_before = False

    async def loads(self) -> None:
        """As the daemon does when it starts, and when the file is saved."""
        changed = await self.parts.install(self._loaded())
        await self.parts.wheel.look()
        await self.parts.rehearse(changed)

    async def round(self) -> None:
        """Looks at everything, and turns until nothing is due. What was held a round ago is confirmed."""
        if self.parts.holding.held and self._held_before:
            await self.parts.holding.confirm(self.parts.loaded.programme)
        self._held_before = bool(self.parts.holding.held)
        await self.parts.wheel.look()
        await self.parts.holding.release_confirmed()
        await self.turns()

    async def turns(self) -> None:
        for _ in range(ROUNDS):
            names = await self.parts.wheel.due()
            if not names:
                await self.store.claim(self._clock.now(), 10_000)
                return
            await self.parts.wheel.turn(names)
        raise AssertionError("the wheel does not come to rest")

    async def turns_everything(self) -> None:
        await self.store.wake([pair.id for pair in self._village.pairs])
        await self.turns()

    def watch(self, told: Callable[[SendMail], None]) -> None:
        self.parts.told = told

    def _loaded(self) -> Loaded:
        names = self._village.diaries
        accounts = {name: CalendarAccount(name, f"shelf://town/{name}/") for name in names}
        mail = MailAccount("localhost", 25, "none", "agenda@example.org")
        return Loaded(programme(*self._village.pairs), accounts, mail, Horizon(), {}, timedelta(hours=12))


class _Parts(Parts):
    """Mails without words, which nobody reads here."""

    told: Callable[[SendMail], None] = staticmethod(lambda _mail: None)

    async def _composer_for(self, _loaded: Loaded) -> None:
        return None

    def _write(self, mail: SendMail, decision: Decision) -> OutboxRow:
        self.told(mail)
        people = self.loaded.programme.pairs[mail.pair].people
        email = next(person.email for person in people if person.id == mail.person)
        uid, start = (mail.meeting.uid, mail.meeting.start) if mail.meeting else ("", None)
        day = decision.now.date()
        return OutboxRow(
            mail.key, mail.pair, str(mail.kind), mail.person, uid, email, mail.key, b"", mail.due, mail.expires, day,
            start=start,
        )  # fmt: skip
