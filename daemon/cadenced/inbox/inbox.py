"""Reads the mailbox: every mail once, from where it was read last.

Owns the cursor, whose word counts, and what is only counted. Must never know IMAP, nor what an answer does.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from cadenced.core.accounts import Arrived, MailboxAccount
from cadenced.core.actions import Mail
from cadenced.core.due import is_question, kind_of, reader_of
from cadenced.core.errors import CadencedError
from cadenced.core.model import Pair, Person, Programme
from cadenced.core.records import OutboxRow
from cadenced.core.verdict import Verdict
from cadenced.inbox import deliveries
from cadenced.inbox.judging import Context, Judge
from cadenced.inbox.ports import Clock, Desk, Mailbox, Store
from cadenced.wire.itip import Said, Unusable, said_by
from cadenced.wire.received import Received, read, tokens
from cadenced.wire.replying import own_lines

log = structlog.get_logger("cadenced")

BATCH = 50  # mails at once: what a crash makes us read again
OLD = timedelta(days=14)  # a folder that was renumbered is read anew: what is older was read then, or is no answer now
REPLIES = 10  # acknowledgements that a person gets in a day: whoever writes more is a program that doesn't say so
NAMED = 5  # pairs of who writes of none
LONGEST_BUG = 200  # characters of what it said
QUOTED = 1500  # characters of a mail that the coordinator reads; the rest is in the mailbox
CURSOR = "mailbox"  # the store's key
ALERT = "mailbox"
A_DAY = timedelta(days=1)
# what becomes of a mail that tells nothing
FOREIGN, FORGED, AUTOMATIC, AGAIN, COPY, OWN, BUG = "foreign", "forged", "automatic", "again", "copy", "own", "bug"
POLITE, TO_ALERT = "polite", "to an alert"
TOLD_A_DAY = 5  # things that somebody wrote and nobody understood, of which the coordinator hears


@dataclass
class Took:
    """One round: how many mails were read, by outcome; whether a pair has news, and whether there is mail to send."""

    outcomes: dict[str, int] = field(default_factory=dict)
    news: bool = False
    replies: bool = False
    more: bool = False

    def count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


@dataclass(frozen=True, slots=True)
class _About:
    """Who writes to us, and in answer to what; `mail` is ours, where it is known. `proved`: nobody else can have."""

    pair: Pair
    person: Person
    mail: OutboxRow | None
    proved: bool


@dataclass
class Inbox:
    """`sender` is the bare address of all our mails. Not for two tasks at once."""

    store: Store
    mailbox: Mailbox
    clock: Clock
    account: MailboxAccount
    programme: Programme
    sender: str
    desk: Desk

    async def run_once(self) -> Took:
        """Reads what came since. Raises StoreError, and what the mailbox raises: then nothing is passed over."""
        took = Took()
        validity, after, known = await self._cursor()
        found = await self.mailbox.fetch(self.account, validity, after, BATCH)
        if found.renumbered:
            _, known = await self.mailbox.latest(self.account)
            await self._remember(found.validity, 0, known)
        own: list[int] = []
        for each in found.messages:
            outcome = await self._apart(each, took, anew=each.uid <= known)
            took.count(outcome)
            own += [each.uid] if outcome == COPY else []
            await self._remember(each.validity, each.uid, known)
        await self.mailbox.delete(self.account, found.validity, own)
        await self.store.clear_alert(ALERT, self.clock.now())
        took.more = found.more
        return took

    async def _cursor(self) -> tuple[int, int, int]:
        """The folder's validity, the UID that was read last, and up to which the folder was there before it was
        renumbered; of a mailbox that is new to us, its end.
        """
        whose, _, place = (await self.store.get_meta(CURSOR)).partition(" ")
        if whose == self._whose and place.count(":") == 2:
            validity, uid, known = map(int, place.split(":"))
            return validity, uid, known
        validity, uid = await self.mailbox.latest(self.account)
        await self._remember(validity, uid, 0)
        return validity, uid, 0

    async def _remember(self, validity: int, uid: int, known: int) -> None:
        await self.store.set_meta(CURSOR, f"{self._whose} {validity}:{uid}:{known}")

    @property
    def _whose(self) -> str:
        place = f"{self.account.host} {self.account.username} {self.account.folder}"
        return hashlib.sha256(place.encode()).hexdigest()[:16]

    async def _apart(self, arrived: Arrived, took: Took, *, anew: bool) -> str:
        """A bug with one mail is told, and keeps no other from being read."""
        try:
            return await self._take(arrived, took, anew=anew)
        except CadencedError:
            raise
        except Exception as bug:
            log.exception("a bug kept a mail from being understood; the others are read", uid=arrived.uid)
            said = f"{type(bug).__name__}: {bug}"[:LONGEST_BUG]
            text = f"A bug of cadenced keeps it from understanding the mail {arrived.uid} of its mailbox ({said})."
            text = f"{text} Please read it there, and report the bug with the lines of the log."
            await self.store.raise_alert(f"answer/{arrived.validity}.{arrived.uid}", text, self.clock.now())
            return BUG

    async def _take(self, arrived: Arrived, took: Took, *, anew: bool) -> str:
        received, now = read(arrived.body, self.account.authserv_id, cut=arrived.cut), self.clock.now()
        name = received.message_id or f"<{arrived.validity}.{arrived.uid}@mailbox>"
        if await self.store.was_read(name) or (anew and received.date is not None and received.date < now - OLD):
            return AGAIN
        if received.sender == self.sender and (ours := await self._copied(received)):
            return COPY if all(map(self._only_a_copy, ours)) else OWN
        if received.report is not None:
            outcome = await self._report(received)
        else:
            outcome, verdict, about = await self._read(received, name)
            if about is not None and verdict is not None:
                return await self._conclude(name, outcome, verdict, about, received, took)
        await self.store.record_mail(name, outcome, (), (), now)
        return outcome

    async def _copied(self, received: Received) -> list[OutboxRow]:
        names = (received.message_id,)
        rows = self._held_by(tokens(received.reply_to, self.sender), names, await self.store.mails_known_by((), names))
        await deliveries.arrived(self.store, rows, self.clock.now())
        return rows

    def _only_a_copy(self, row: OutboxRow) -> bool:
        """Whether nobody reads it here: a coordinator may, and whoever has this mailbox."""
        return row.kind != Mail.ALERT and row.recipient.lower() not in (self.sender, self.account.username.lower())

    async def _report(self, received: Received) -> str:
        report = received.report
        if report is None:
            return FOREIGN
        found = (*received.tokens(self.sender), *tokens(report.reply_to, self.sender))
        names = (report.message_id, *received.references)
        rows = self._held_by(found, names, await self.store.mails_known_by(found, names))
        return await deliveries.reported(self.store, report, rows, self.clock.now())

    def _held_by(self, found: Collection[str], names: Collection[str], rows: Sequence[OutboxRow]) -> list[OutboxRow]:
        """Those of our mails that somebody must have before their eyes who names such tokens and Message-IDs: not what
        could be guessed.
        """
        seals = [(row, self.desk.seal(row.key)) for row in rows]
        return [row for row, seal in seals if seal in found or any(seal in name for name in names)]

    async def _read(self, received: Received, name: str) -> tuple[str, Verdict | None, _About | None]:
        if received.automatic and not received.calendars:  # whose program answers for them, does so by itself (Google)
            return AUTOMATIC, None, None
        if received.authentic is False:
            return FORGED, None, None
        said = said_by(received.calendars)
        rows = await self.store.mails_known_by(received.tokens(self.sender), received.references)
        if rows and kind_of(rows[0].key) == Mail.ALERT:  # whoever answers that would be told of it by the next
            return TO_ALERT, None, None
        about = await self._about(received, said, rows)
        if about is None:
            await self._of_which_pair(received, name)
            return FOREIGN, None, None
        mail = about.mail
        asked = await self.store.held(mail.key) if mail is not None and is_question(mail.key) else None
        context = Context(name, about.pair, about.person, mail, self.clock.now(), about.proved, asked)
        state = await self.store.load_pair(about.pair.id)
        verdict = await Judge(context, state, self.desk.fits).judge(received, said)
        return _outcome(verdict), verdict, about

    async def _about(self, received: Received, said: Said | None, rows: Sequence[OutboxRow]) -> _About | None:
        """By our mail that it answers; by the event that it speaks of; and by who writes, where they have one pair."""
        mail = next((row for row in rows if row.pair in self.programme.pairs), None)
        uid = said.uid if said is not None else ""
        if uid and (mail is None or (mail.uid != uid and not isinstance(said, Unusable))):
            mail, name = None, await self.store.invited_to(uid)
        else:
            name = mail.pair if mail else ""
        names = [name] if name else [] if rows or uid else self._pairs_of(received.sender)
        if len(names) != 1 or (pair := self.programme.pairs.get(names[0])) is None:
            return None
        person = next((p for p in pair.people if p.email.lower() == received.sender), None)
        if person is None:
            return None
        held = self._held_by(received.tokens(self.sender), received.references, rows)
        proved = received.authentic is True or any(reader_of(row.key) == person.id for row in held)
        return _About(pair, person, mail, proved)

    async def _of_which_pair(self, received: Received, name: str) -> None:
        """Somebody of the programme writes, and nobody can say of which of their pairs: the coordinator reads it."""
        names = self._pairs_of(received.sender)
        if names and not received.automatic and not received.calendars:
            quoted = " ".join(own_lines(received.text))[:QUOTED]
            text = f"{received.sender} ({', '.join(names[:NAMED])}) wrote; of which pair is not clear: “{quoted}”"
            await self._tell(received.sender, name, text)

    async def _tell(self, sender: str, name: str, text: str, *, always: bool = False) -> None:
        """The coordinator, a few times a day of one sender: who writes more may be a program that doesn't say so."""
        now, beginning = self.clock.now(), f"answer/{sender}/"
        told = await self.store.count_alerts(beginning, now - A_DAY)
        if told < TOLD_A_DAY or always:
            last = " What else they write today is only in the mailbox." if told == TOLD_A_DAY - 1 else ""
            await self.store.raise_alert(f"{beginning}{name}", f"{text}{last}", now)

    def _pairs_of(self, address: str) -> list[str]:
        pairs = self.programme.pairs.values()
        return [pair.id for pair in pairs if any(p.email.lower() == address for p in pair.people)]

    async def _conclude(  # noqa: PLR0913, PLR0917 — one mail, and all that is known of it
        self, name: str, outcome: str, verdict: Verdict, about: _About, received: Received, took: Took
    ) -> str:
        now = self.clock.now()
        replies = []
        # RFC 3834 §2: no answer to what a program sent, but a question to its person, who alone can tell
        wants = verdict.needs_reply and (not received.automatic or bool(verdict.asks))
        if wants and await self.store.count_replies(about.person.id, now - A_DAY) < REPLIES:
            replies = [self.desk.acknowledge(verdict, about.pair, about.person, received, now)]
            if verdict.asks:
                await self.store.hold(replies[0].key, [each.answer for each in verdict.asks])
        if words := verdict.to_coordinator or (_unanswered(verdict) if received.automatic else ""):
            text = f"{about.person.name} ({about.pair.id}) {words[:QUOTED]}"
            await self._tell(received.sender, name, text, always=bool(verdict.answers))
        if await self.store.record_mail(name, outcome, verdict.answers, replies, now):
            if verdict.answers and about.mail is not None and is_question(about.mail.key):
                await self.store.hold(about.mail.key, ())  # a second yes is to nothing
            took.news |= bool(verdict.answers)
            took.replies |= bool(replies)
        return outcome


def _outcome(verdict: Verdict) -> str:
    if verdict.answers:
        return "answer"
    return "asked" if verdict.asks else POLITE if verdict == Verdict(meeting=verdict.meeting) else "refused"


def _unanswered(verdict: Verdict) -> str:
    """What a program said for its person and was not done, of which nobody tells them."""
    told = (
        f"{each.said}, which was not done: {each.why}" + "".join(f" ({what})" for what in each.against)
        for each in verdict.refused
    )
    return f"has a program that sent {'; '.join(told)}" if verdict.refused else ""
