"""Invites by mail (RFC 5546, RFC 6047): what would be written into a calendar goes out as a message instead.

Owns what is remembered of an invitation: the event as it was sent last, as if it stood in a calendar. Must never know
what is due, nor what a mail says around the event.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from cadenced.core.accounts import INVITED
from cadenced.core.actions import CancelEvent, CreateEvent, EventAction, Mail, SendMail, UpdateEvent, is_note
from cadenced.core.answers import paused
from cadenced.core.cadence import MONTHS, roadmap_month
from cadenced.core.due import local_day
from cadenced.core.inviting import carrier, following, sent_last, telling
from cadenced.core.model import Cadence, Every, Pair, Person, Programme, Roadmap, RoadmapMonth, State
from cadenced.core.participation import Guest
from cadenced.core.records import CopyRow, CopyState, OutboxRow
from cadenced.reconciler.decision import Decision
from cadenced.wire.baseline import baseline_text
from cadenced.wire.ical import compose, revise
from cadenced.wire.invitations import Method, invitation
from cadenced.wire.languages import Words

Calendar = tuple[str, bytes]  # METHOD and iCalendar
UNKNOWN = '"0"'  # of what was sent last: any answer to it counts


class Clock(Protocol):
    def now(self) -> datetime: ...


class Store(Protocol):
    async def save_invitations(
        self, kept: Sequence[CopyRow], gone: Sequence[CopyRow], mails: Sequence[OutboxRow], stale: Collection[str] = ()
    ) -> int:
        """In one transaction; how many mails were new."""
        ...

    async def was_invited(self, pair: str, uid: str, address: str) -> bool:
        """Whether a mail about a meeting may have reached an address."""
        ...


@dataclass(frozen=True, slots=True)
class Inviter:
    """`sender` is the one organizer of all invitations: the service's address."""

    store: Store
    clock: Clock
    programme: Programme
    sender: Guest
    write: Callable[[SendMail, Decision, Calendar, Person], OutboxRow]

    async def carry_out(self, decision: Decision) -> tuple[int, int]:
        """How many events were sent, or noted as known; and how many mails that took. Stale mails are withdrawn with
        it: one of them may be the invitation that these overtake.
        """
        kept: list[CopyRow] = []
        gone: list[CopyRow] = []
        mails: list[OutboxRow] = []
        actions = [action for action in decision.actions if action.account.startswith(INVITED)]
        for number, action in enumerate(sorted(actions, key=lambda each: each.meeting.start)):
            row, mail = await self._sent(action, decision, number)
            (gone if isinstance(action, CancelEvent) else kept).append(row)
            mails += [mail] if mail else []
        if not (actions or decision.stale):
            return 0, 0
        return len(actions), await self.store.save_invitations(kept, gone, mails, decision.stale)

    async def _sent(self, action: EventAction, decision: Decision, number: int) -> tuple[CopyRow, OutboxRow | None]:
        """The event as it stands from now on, and the mail that brings it: none for a note to ourselves, where one is
        taken back that was never sent, nor where it went out before a database was lost.
        """
        now, uid = self.clock.now(), action.meeting.uid
        before = decision.rows.get((uid, action.account))
        if not isinstance(action, CancelEvent):
            row = self._row(action, decision.pair, before, now)
        elif before is not None:
            row = before
        else:
            raise ValueError("nothing is taken back that was not sent")
        if is_note(action) or (
            _off(action) and not await self.store.was_invited(decision.pair, uid, _address(action.account))
        ):
            return row, None
        brought = self._told(action, decision, following(before.etag if before else "", now))
        if isinstance(action, CreateEvent) and brought.key in decision.ledger:
            return replace(row, etag=UNKNOWN), None
        return row, self._mail(brought, action, row, decision, number)

    def _row(self, action: CreateEvent | UpdateEvent, pair: str, before: CopyRow | None, now: datetime) -> CopyRow:
        """Its ETag is the sequence that was sent last."""
        if isinstance(action, CreateEvent):
            body = compose(action, now)
        elif before is None:
            raise ValueError("nothing is changed that was not sent")
        else:
            body = revise(before.body, action, now)
        sent = before.etag if before else ""
        etag = sent if is_note(action) else f'"{following(sent, now)}"'
        words, uid = baseline_text(action.baseline), action.meeting.uid
        return CopyRow(uid, action.account, pair, f"mailto:{uid}", etag, body, words, CopyState.LIVE)

    def _told(self, action: EventAction, decision: Decision, sequence: int) -> SendMail:
        """The mail that brings it."""
        now, pair = self.clock.now(), self.programme.pairs.get(decision.pair)
        person, off = self._person(pair, action.account), _off(action)
        day = local_day(pair.timezone, action.meeting.start) if pair else None
        month = roadmap_month(paused(pair, decision.answers), day) if pair and day else 0
        mail = telling(action, person.id, month, now, off=off, sequence=sequence, ledger=decision.ledger)
        return mail if off else carrier(mail, decision.mails)

    def _mail(self, brought: SendMail, action: EventAction, row: CopyRow, decision: Decision, number: int) -> OutboxRow:
        now, person = self.clock.now(), self._person(self.programme.pairs.get(decision.pair), action.account)
        guest = Guest(person.email, person.name)
        method = Method.CANCEL if _off(action) else Method.REQUEST
        sequence = following(row.etag, now) if isinstance(action, CancelEvent) else sent_last(row.etag)
        text = invitation(row.body, self.sender, guest, method, sequence, now=now)
        written = replace(self.write(brought, decision, (method, text), person), due=_soon(now, number))
        if isinstance(action, UpdateEvent) and not _off(action):  # news of a meeting waits for no day's cap
            written = replace(written, kind=str(Mail.UPDATE))
        return written

    def _person(self, pair: Pair | None, account: str) -> Person:
        """Who is invited; of a pair that left the programme, or an address that left it, perhaps only that is known."""
        people = pair.people if pair else [p for each in self.programme.pairs.values() for p in each.people]
        named = next((person for person in people if person.email.lower() == _address(account)), None)
        if named is not None:
            return named
        address = _address(account)
        return Person(address, address, address, "UTC", ())


def stand_in(mail: SendMail, person: Person, words: Words) -> Pair:
    """For whom no pair of the programme has: enough of one to take back what they were invited to."""
    partner = Person("", words.gettext("your mentoring partner"), person.email, person.timezone, ())
    month = RoadmapMonth(1, "", "", "")
    start = mail.meeting.start.date() if mail.meeting else mail.due.date()
    cadence = Cadence(Every(months=1), 60)
    roadmap = Roadmap("", "", (month,) * MONTHS)
    return Pair(mail.pair, person, partner, start, person.timezone, cadence, cadence, roadmap)


def _off(action: EventAction) -> bool:
    return isinstance(action, CancelEvent) or action.meeting.state is State.CANCELLED


def _address(account: str) -> str:
    return account.removeprefix(INVITED)


def _soon(now: datetime, number: int) -> datetime:
    """Now, the soonest meeting first."""
    return now - timedelta(milliseconds=1) + timedelta(microseconds=min(number, 999))
