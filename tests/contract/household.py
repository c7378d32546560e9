"""Two people and the service on a real calendar server: its parts as the daemon has them, with a store on disk and a
mail server, under a clock that a test moves.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError
from uuid import uuid4

from cadenced.core.accounts import ORGANIZER, CalendarAccount, MailAccount
from cadenced.core.model import Channel, Horizon, Meeting, Pair
from cadenced.core.records import AccountStatus
from cadenced.service.parts import Loaded, Parts
from cadenced.service.standing import PairStatus, pairs_stand
from cadenced.shell.calendars import CalDav
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from cadenced.wire.message import Composer
from tests.contract.apps import App
from tests.contract.servers import Server
from tests.interop.cyrus import address
from tests.support.house import POLL, HandClock, turned
from tests.support.programme import hours, pair, person, programme
from tests.support.smtpd import Postbox, smtp_server

HORIZON = Horizon(timedelta(weeks=8))  # of two meetings, at first: each costs a second of a slow server
SENDER = "Mentoring <agenda@example.org>"
USERS = {"maya": "alice", "jonas": "bob"}  # who is who on the server


@cache
def words() -> Composer:
    """Made once for all tests: to make it costs more than all else that one does."""
    return Composer(SENDER, plus_addressing=True, templates={})


class Ready(Loaded):
    def composer(self, secret: str = "") -> Composer:
        return words()


@dataclass
class Household:
    """Maya mentors Jonas. Their pair has a name of its own in each test, for some servers allow a UID once in all
    calendars of a login.
    """

    folder: Path
    server: Server
    postbox: Postbox
    clock: HandClock = field(default_factory=HandClock)
    apps: dict[str, App] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"pair-{uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.parts = Parts(Store.open(self.folder / "store.db"), CalDav(deadline=30), Mailer(), self.clock)
        self.moves_in()

    def moves_in(self) -> None:
        """Everybody has a calendar of their own."""
        for who, user in USERS.items():
            url = self.server.make_calendar(user, str(uuid4()), f"Meetings of {who}")
            self.apps[who] = App(self.server, user, url, self.clock)

    @property
    def maya(self) -> App:
        return self.apps["maya"]

    @property
    def jonas(self) -> App:
        return self.apps["jonas"]

    # what the daemon does

    async def runs(self, **more) -> None:
        """The programme is this pair from now on, by default of a meeting a month; then everything comes to rest."""
        await self.loads(pair(name=self.name, **{"calls": None} | more))

    async def moves_to(self, where: str) -> None:
        """The file says another place for all meetings."""
        [before] = self.parts.loaded.programme.pairs.values()
        await self.loads(replace(before, face_to_face=replace(before.face_to_face, where=where)))

    async def loads(self, *pairs: Pair) -> None:
        mail = MailAccount("127.0.0.1", self.postbox.port, "none", SENDER)
        loaded = Ready(programme(*pairs), self.accounts, mail, HORIZON, {}, POLL, "petra@example.org")
        await self.parts.install(loaded)
        await self.rests()

    @property
    def accounts(self) -> dict[str, CalendarAccount]:
        found = {}
        for who, app in self.apps.items():
            last = app.url.rstrip("/").rpartition("/")[2]
            found[who] = self.server.account(app.user, name=who, calendar=last, read=(last,))
        return found

    async def rests(self) -> None:
        """Looks at the calendars, turns what is due, and sends."""
        await self.parts.wheel.look()
        await turned(self.parts.wheel)
        await self.parts.tell_coordinator()
        await self.parts.outbox.run_once()

    async def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by) if by else POLL
        await self.rests()

    # what a test asks

    async def meetings(self) -> list[Meeting]:
        return sorted((await self.parts.store.load_pair(self.name)).meetings, key=lambda m: m.start)

    async def meeting(self, uid: str) -> Meeting:
        return next(m for m in await self.meetings() if m.uid == uid)

    async def first(self) -> Meeting:
        return (await self.meetings())[0]

    def seen(self, uid: str) -> list[datetime | None]:
        """When the meeting is, as each calendar has it."""
        return [app.times().get(uid) for app in self.apps.values()]

    def etags(self) -> list[dict[str, str]]:
        return [app.etags() for app in self.apps.values()]

    def usual(self, user: str) -> str:
        """The calendar of a user that invitations come into."""
        return f"{self.server.at(self.server.home, user)}{self.server.usual}/"

    async def is_quiet(self) -> bool:
        """Whether two more looks, a day apart, write to nothing that stands."""
        before = self.etags()
        await self.later()
        await self.later(days=1)
        return all(old.items() <= new.items() for old, new in zip(before, self.etags(), strict=True))

    def mails(self, who: str, *words: str) -> list[EmailMessage]:
        """What somebody got, in order; only what has all these words in its subject."""
        found = [message_from_bytes(body, policy=default) for body in self.postbox.to(f"{who}@example.org")]
        return [mail for mail in found if all(word in mail["Subject"] for word in words)]

    async def alerts(self) -> dict[str, str]:
        return {alert.key: alert.text for alert in await self.parts.store.alerts()}

    async def status(self, who: str) -> AccountStatus:
        return (await self.parts.store.accounts())[who].status

    async def standing(self) -> PairStatus:
        """As `cadenced status` has it."""
        loaded = self.parts.loaded
        [found] = await pairs_stand(self.parts.store, loaded.programme, [self.name], loaded.horizon, self.clock.now())
        return found

    async def moves_out(self) -> None:
        for app in self.apps.values():
            with suppress(HTTPError):  # Cyrus may be busy with it; each test makes calendars of its own
                app.deletes_calendar()


@dataclass
class Invited(Household):
    """The same on a server that sends invitations: the organizer's event is brought to both, Jonas gave an account that
    may be read, and each answers in their app.
    """

    def moves_in(self) -> None:
        for who, user in {ORGANIZER: "alice", "maya": "bob", "jonas": "carol"}.items():
            self.apps[who] = App(self.server, user, self.usual(user), self.clock, stamps=who == ORGANIZER)

    @property
    def organizer(self) -> App:
        return self.apps[ORGANIZER]

    async def runs(self, **more) -> None:
        always = {"available": hours("Mon-Sun 08:00-20:00"), "channel": Channel.SCHEDULING}
        maya = replace(person("maya", **always), email=address("bob"))
        jonas = replace(person("jonas", calendar="jonas", **always), email=address("carol"))
        await super().runs(mentor=maya, protege=jonas, **more)
        await self.later()  # guests' copies are seen

    @property
    def accounts(self) -> dict[str, CalendarAccount]:
        host = replace(self.server.account("alice"), name=ORGANIZER, shown="Mentoring")
        return {ORGANIZER: host, "jonas": self.server.account("carol", name="jonas")}

    async def moves_out(self) -> None:
        await self.loads()


T = TypeVar("T", bound=Household)


@asynccontextmanager
async def household(folder: Path, server: Server, of: type[T]) -> AsyncGenerator[T]:
    async with smtp_server() as postbox:
        home = of(folder, server, postbox)
        try:
            yield home
            await home.moves_out()
        finally:
            await home.parts.close()
