"""What the service lends to the inbox: the planner's word on a time, and the composer's words for what was taken.

Must never know how a mail is read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cadenced.core.actions import Mail
from cadenced.core.due import ASK, key
from cadenced.core.fitting import Fit
from cadenced.core.model import Meeting, Pair, Person
from cadenced.core.participation import Guest
from cadenced.core.records import AccountRow, OutboxRow
from cadenced.core.slots import Window
from cadenced.core.verdict import Verdict
from cadenced.reconciler.decider import Decider
from cadenced.wire.acknowledging import asked, commands, invited_again, refused, taken
from cadenced.wire.invitations import Method, declined_counter, invitation
from cadenced.wire.languages import Languages
from cadenced.wire.message import Composer
from cadenced.wire.occasions import answer_names
from cadenced.wire.received import Received

KEEPS = timedelta(days=2)  # an acknowledgement that comes later only confuses


@dataclass(frozen=True, slots=True)
class Desk:
    """`sender` is the organizer of all invitations; `rows` are the accounts' as the wheel has them."""

    decider: Decider
    rows: Mapping[str, AccountRow]
    composer: Composer
    languages: Languages
    sender: Guest

    async def fits(self, pair: str, uid: str, span: Window) -> tuple[Meeting | None, Fit]:
        return await self.decider.fits(pair, uid, span, self.rows)

    def seal(self, key: str) -> str:
        """What nobody knows but who has the mail of that key of the ledger."""
        return self.composer.token(key)

    def acknowledge(self, verdict: Verdict, pair: Pair, person: Person, received: Received, now: datetime) -> OutboxRow:
        about = hashlib.sha256((received.message_id or received.text).encode()).hexdigest()[:16]
        name = key(pair.id, Mail.ANSWER, f"{ASK}{about}" if verdict.asks else about, person.id)
        composed = self.composer.compose_answer(
            name,
            pair,
            person,
            self._names(verdict, pair, person, now),
            now,
            in_reply_to=received.message_id,
            references=received.references,
            calendar=self._event(verdict, pair, person, now),
        )
        return OutboxRow(
            key=name,
            pair=pair.id,
            kind=str(Mail.ANSWER),
            person=person.id,
            uid=verdict.meeting.uid if verdict.meeting else "",
            recipient=composed.recipient,
            message_id=composed.message_id,
            body=composed.body,
            due=now,
            expires=now + KEEPS,
            day=now.date(),
            token=composed.token,
            offers=verdict.offers,
        )

    def _names(self, verdict: Verdict, pair: Pair, person: Person, now: datetime) -> dict[str, object]:
        words = self.languages.words(person.language)
        said = taken(verdict, pair, person, words, now)
        said += (invited_again(words),) if verdict.refreshed else ()
        return answer_names(
            pair,
            person,
            now,
            programme_mailbox=True,
            answers=True,
            taken=said,
            refused=(*asked(verdict, pair, person, words, now), *refused(verdict, pair, person, words)),
            meeting=verdict.meeting,
            times=verdict.offers,
            commands=commands(words) if verdict.help else (),
            languages=self.languages,
        )

    def _event(self, verdict: Verdict, pair: Pair, person: Person, now: datetime) -> tuple[str, bytes] | None:
        """What the program of who wrote must hear."""
        guest = Guest(person.email, person.name)
        if verdict.refreshed is not None:
            body, sequence = verdict.refreshed
            return Method.REQUEST, invitation(body, self.sender, guest, Method.REQUEST, sequence, now=now)
        if verdict.countered is None:
            return None
        body, sequence = verdict.countered
        words = self.languages.words(person.language)
        why = next((reason for _, reason, _ in refused(verdict, pair, person, words)), "")
        return Method.DECLINE_COUNTER, declined_counter(body, self.sender, guest, sequence, why, now=now)
