"""Everything that a configuration brings to life, joined: the wheel, the outbox, and the words of their mails.

Owns how the rooms that don't know each other meet. Must never know a loop or a wait.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Protocol

import structlog

from cadenced.config import Installation
from cadenced.core.accounts import CalendarAccount, MailAccount, MailboxAccount
from cadenced.core.actions import SendMail
from cadenced.core.model import Horizon, Person, Programme
from cadenced.core.participation import Guest
from cadenced.core.records import AccountRow, Changed, OutboxRow
from cadenced.inbox import Inbox
from cadenced.inbox.ports import Mailbox
from cadenced.outbox import Mailer, Outbox
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.observe import fingerprint
from cadenced.reconciler.ports import Calendars
from cadenced.service.desk import Desk
from cadenced.service.holding import Holding
from cadenced.service.inviting import Inviter, stand_in
from cadenced.service.telling import Telling
from cadenced.service.wheel import Wheel
from cadenced.shell.mailbox import Mailbox as Imap
from cadenced.shell.store import Store
from cadenced.wire.languages import BUILT_IN, Languages
from cadenced.wire.message import Composed, Composer

log = structlog.get_logger("cadenced")


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """One configuration, whole and valid, its secrets read."""

    programme: Programme
    accounts: Mapping[str, CalendarAccount]
    mail: MailAccount
    horizon: Horizon
    templates: Mapping[str, str]
    poll: timedelta
    coordinator: str = ""
    plus_addressing: bool = True
    daily_cap: int = 2
    mailbox: MailboxAccount | None = None
    languages: Languages = BUILT_IN

    @classmethod
    def of(cls, installation: Installation, *, secrets: bool = True) -> "Loaded":
        """Blocking: reads the programme and, unless no server is to be asked, every secret.

        ConfigError, with all that is wrong.
        """
        settings, whole = installation.settings, installation.whole(secrets=secrets)
        return cls(
            whole.programme,
            whole.calendars,
            whole.mail,
            settings.horizon(),
            installation.templates,
            settings.service.poll,
            settings.service.coordinator,
            settings.smtp.plus_addressing,
            settings.smtp.daily_cap,
            whole.mailbox,
            installation.languages,
        )

    @property
    def people(self) -> dict[str, Person]:
        return {person.id: person for pair in self.programme.pairs.values() for person in pair.people}

    def composer(self, secret: str = "") -> Composer:
        """What writes its mails, with the installation's `secret` where they go out. ConfigError when a template is
        wrong.
        """
        return Composer(
            self.mail.sender,
            plus_addressing=self.plus_addressing,
            templates=self.templates,
            languages=self.languages,
            answers=self.mailbox is not None,
            secret=secret,
        )

    @property
    def organizer(self) -> Guest:
        """Of all invitations by mail: the sender."""
        name, address = parseaddr(self.mail.sender)
        return Guest(address.lower(), name or "cadenced")


class Parts:
    """What stays while configurations come and go: store, servers, clock. `loaded`, `wheel` and `outbox` are of the one
    in force, after install().
    """

    loaded: Loaded
    wheel: Wheel
    outbox: Outbox
    inbox: Inbox | None = None  # where there is a mailbox
    guarded = False  # whether the wheel turns by itself, so that what upsets too much is held back

    def __init__(self, store: Store, calendars: Calendars, mailer: Mailer, clock: Clock) -> None:
        self.store, self.calendars, self.mailer, self.clock = store, calendars, mailer, clock
        self.mailbox: Mailbox = Imap()
        self.holding = Holding(store, clock)
        self._composer: Composer | None = None
        self._telling = Telling(store, clock, _row)

    async def install(self, loaded: Loaded, beat: Callable[[str], None] = lambda _what: None) -> Changed:
        """Makes a configuration the one in force; the pairs whose stanza changed are due then. ConfigError when a
        template is wrong: then the one before stays.
        """
        composer = await self._composer_for(loaded)
        changed = await self.store.set_stanzas(loaded.programme.stanzas)
        rows = self._rows_still_true(loaded)
        self.loaded, self._composer = loaded, composer
        self.wheel = Wheel(
            loaded.programme,
            loaded.horizon,
            loaded.accounts,
            self.store,
            self.calendars,
            self.clock,
            write=self._write,
            beat=beat,
            rows=rows,
            review=self._review,
            inviter=Inviter(self.store, self.clock, loaded.programme, loaded.organizer, self._invite),
            languages=loaded.languages,
        )
        self.outbox = Outbox(self.store, self.mailer, self.clock, loaded.mail, loaded.daily_cap, people=loaded.people)
        self.inbox = self._inbox_of(loaded, composer)
        return changed

    def _inbox_of(self, loaded: Loaded, composer: Composer) -> Inbox | None:
        if loaded.mailbox is None:
            return None
        desk = Desk(self.wheel.decider, self.wheel.rows, composer, loaded.languages, loaded.organizer)
        known = self.clock, loaded.mailbox, loaded.programme, loaded.organizer.address
        return Inbox(self.store, self.mailbox, *known, desk)

    async def rehearse(self, changed: Changed) -> None:
        """Looks at the whole plan of the pairs that a new configuration changed, and of those that were held before, so
        that nothing of it is done where it would upset too much. The calendars must have been looked at.
        """
        names = {*changed.changed, *changed.removed, *await self.holding.begin(self.loaded.programme)}
        if not await self.holding.may_upset(names):
            await self.holding.rehearsed(names, [])
            return
        await self.holding.rehearsed(names, await self.wheel.decisions(sorted(names)))
        self.wheel.decider.forget(self.holding.held)

    async def _review(self, decisions: Sequence[Decision]) -> Sequence[Decision]:
        if not self.guarded:
            return decisions
        allowed = await self.holding.review(decisions)
        waiting = {each.pair for each in decisions} - {each.pair for each in allowed}
        return [*allowed, *await self.wheel.meanwhile(waiting)]

    async def recover(self) -> None:
        """Once, at start: takes up what a crash cut off."""
        await self.outbox.recover()
        await self._telling.begin()

    async def tell_coordinator(self) -> bool:
        """Queues one mail about everything that needs a human and was not told yet. Whether there was one."""
        addresses = {person.email for person in self.loaded.people.values()}
        return await self._telling.tell(self.loaded.coordinator, addresses, self._words)

    async def close(self) -> None:
        await self.calendars.close()
        await self.mailer.close()
        await self.mailbox.close()
        self.store.close()

    @property
    def _words(self) -> Composer:
        if self._composer is None:
            raise RuntimeError("no configuration is in force yet")
        return self._composer

    async def _composer_for(self, loaded: Loaded) -> Composer:
        """The one in force where nothing of it changed: making one compiles all templates."""
        before = getattr(self, "loaded", None)
        if self._composer is not None and before is not None and _alike(before, loaded):
            return self._composer
        return loaded.composer(await self.store.secret())

    def _rows_still_true(self, loaded: Loaded) -> dict[str, AccountRow]:
        """What is known of the accounts, where their settings stayed: pairs can be turned before the next look."""
        wheel = getattr(self, "wheel", None)
        if wheel is None:
            return {}
        same = (name for name, account in loaded.accounts.items() if name in wheel.rows)
        return {n: r for n in same if (r := wheel.rows[n]).fingerprint == fingerprint(loaded.accounts[n])}

    def _write(self, mail: SendMail, decision: Decision) -> OutboxRow:
        """The finished row of a mail that is due."""
        pair = self.loaded.programme.pairs[mail.pair]
        now = self.clock.now()
        return self._row_of(mail, self._words.compose(mail, pair, decision.meetings, now, told=decision.answers), now)

    def _invite(self, mail: SendMail, decision: Decision, calendar: tuple[str, bytes], person: Person) -> OutboxRow:
        """Likewise, of one that brings an event; the pair may have left the programme, or the address the pair."""
        now = self.clock.now()
        pair = self.loaded.programme.pairs.get(mail.pair)
        if pair is None or person not in pair.people:
            pair = stand_in(mail, person, self.loaded.languages.words(person.language))
        return self._row_of(
            mail, self._words.compose(mail, pair, decision.meetings, now, calendar, decision.answers), now
        )

    @staticmethod
    def _row_of(mail: SendMail, composed: Composed, now: datetime) -> OutboxRow:
        if composed.problem:
            log.warning("a template failed; the built-in one was used", problem=composed.problem)
        return _row(mail, composed, now)


def _alike(one: Loaded, other: Loaded) -> bool:
    """Whether the same composer writes for both."""
    return (one.mail.sender, one.plus_addressing, one.templates, one.languages, one.mailbox is None) == (
        other.mail.sender,
        other.plus_addressing,
        other.templates,
        other.languages,
        other.mailbox is None,
    )


def _row(mail: SendMail, composed: Composed, now: datetime) -> OutboxRow:
    return OutboxRow(
        key=mail.key,
        pair=mail.pair,
        kind=str(mail.kind),
        person=mail.person,
        uid=mail.meeting.uid if mail.meeting else "",
        recipient=composed.recipient,
        message_id=composed.message_id,
        body=composed.body,
        due=mail.due,
        expires=mail.expires,
        day=now.date(),
        start=mail.meeting.start if mail.meeting else None,
        token=composed.token,
        offers=tuple(sorted(mail.times)),
    )
