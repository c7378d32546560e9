"""What one mail of a person is taken for: each thing that they said becomes an answer, or a refusal with its reason.

Owns what a word means in answer to what was asked. Must never know how a mail is read, nor what an answer does.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count

from cadenced.core.actions import Mail
from cadenced.core.answers import Answer, Told, paused
from cadenced.core.cadence import roadmap_month
from cadenced.core.due import local_day
from cadenced.core.fitting import Against, Fit
from cadenced.core.model import Meeting, Pair, Person, State
from cadenced.core.records import OutboxRow, PairState
from cadenced.core.slots import Window
from cadenced.core.verdict import Asked, Refused, Verdict, Why
from cadenced.inbox.months import month_of
from cadenced.inbox.programs import Programs
from cadenced.wire import whens
from cadenced.wire.itip import Said as Itip
from cadenced.wire.received import Received
from cadenced.wire.replying import own_lines
from cadenced.wire.vocabulary import Meant
from cadenced.wire.words import Said, understood

Fits = Callable[[str, str, Window], Awaitable[tuple[Meeting | None, Fit]]]
LONGEST_PAUSE = timedelta(days=366)
RATES = range(1, 6)
SIMPLE = {Meant.DONE: Told.DONE, Meant.TODO: Told.TODO, Meant.RESUME: Told.RESUMED, Meant.STOP: Told.STOPPED}
LATE = timedelta(days=3)
REASONS = {
    whens.Why.PAST: Why.PAST,
    whens.Why.NOT_OFFERED: Why.NO_TIMES,
    whens.Why.TWO_DAYS: Why.TWO_DAYS,
    whens.Why.OTHER_WEEKDAY: Why.OTHER_WEEKDAY,
    whens.Why.NO_CLOCK: Why.NO_CLOCK,
    whens.Why.NIGHT: Why.NIGHT,
    whens.Why.NO_SUCH_HOUR: Why.NO_SUCH_HOUR,
}
QUESTIONS = (Mail.TIMES, Mail.FOLLOW_UP, Mail.PULSE, Mail.RENEWAL)  # to which "Great!" may be a yes, or not
PAST = {Meant.MET: Told.MET, Meant.NOT_MET: Told.NOT_MET}


@dataclass(frozen=True, slots=True)
class Context:
    """`name` is unique for the mail; `mail` is ours which it answers, where that is known. `proved`: nobody else can
    have written it. `asked`: what waits for a yes to `mail`; None where that is no such question.
    """

    name: str
    pair: Pair
    person: Person
    mail: OutboxRow | None
    now: datetime
    proved: bool = False
    asked: tuple[Answer, ...] | None = None


@dataclass
class Judge:
    """Of one mail."""

    context: Context
    state: PairState
    fits: Fits
    _found: list[Answer] = field(default_factory=list)
    _refused: list[Refused] = field(default_factory=list)
    _offers: tuple[Window, ...] = ()
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _line: str = ""  # that is being read
    _asks: list[Asked] = field(default_factory=list)

    async def judge(self, received: Received, itip: Itip | None) -> Verdict:
        if itip is not None:
            c = self.context
            verdict = await Programs(c.name, c.pair, c.person, c.now, self.state, self.fits).verdict(itip)
            self._line = received.subject
            for answer in verdict.answers:
                self._keep(answer)
            return replace(verdict, answers=tuple(self._found), asks=tuple(self._asks))
        said = self._understood(received)
        for each in said:
            await self._take(each)
        if not said and received.cut and not own_lines(received.text):
            self._refused.append(Refused(received.subject, Why.LARGE))
        unclear = any(each.why is Why.UNCLEAR for each in self._refused)
        hard = any(each.why in (Why.NONE_SUITS, Why.LARGE) for each in self._refused)
        silent = not said and not own_lines(received.text)  # else they only thank
        return Verdict(
            tuple(self._found),
            tuple(self._refused),
            self._meeting(),
            self._offers,
            help=any(each.meant is Meant.HELP for each in said) or unclear,
            to_coordinator=self._to_coordinator(received, quoted=unclear or hard or silent),
            asks=tuple(self._asks),
            before=self.state.answers,
        )

    def _understood(self, received: Received) -> tuple[Said, ...]:
        """Line by line; what is only friendly is passed over, unless it could be the answer."""
        pair, person, mail = self.context.pair, self.context.person, self.context.mail
        said = understood(
            received.text,
            person.language,
            person.timezone,
            self._written(received),
            offers=len(mail.offers) if mail else 0,
            name=f"{person.name} {pair.other(person).name}",
        )
        clear = tuple(each for each in said if each.meant is not Meant.FRIENDLY)
        asks = self._kind in QUESTIONS or self.context.asked is not None or (mail is not None and bool(mail.offers))
        return tuple(replace(each, meant=Meant.UNCLEAR) for each in said) if asks and not clear else clear

    async def _take(self, said: Said) -> None:
        self._line = said.line
        if said.meant is Meant.UNCLEAR:
            self._refuse(said, Why.UNCLEAR)
        elif said.reason is not None:
            self._refuse(said, REASONS.get(said.reason, Why.NO_TIME))
        elif said.meant is not Meant.HELP:
            await self._told(said)

    async def _told(self, said: Said) -> None:
        if said.meant in (Meant.YES, Meant.NO) and self.context.asked is not None:
            await self._confirm(said, self.context.asked if said.meant is Meant.YES else ())
        elif said.meant in SIMPLE:
            told, c = SIMPLE[said.meant], self.context
            self._note(told, text=said.text, month=month_of(told, c.mail, self._paused, self.state, c.now))
        elif said.meant in PAST:
            self._past(said)
        elif said.meant is Meant.PAUSE:
            self._pause(said)
        elif said.meant is Meant.CHOOSE:
            await self._number(said)
        elif said.meant in (Meant.YES, Meant.NO) and self._kind is Mail.RENEWAL:
            self._note(Told.GOES_ON if said.meant is Meant.YES else Told.ENDS)
        elif said.meant is Meant.NO and self._kind is Mail.TIMES:
            self._refuse(said, Why.NONE_SUITS)
        elif (meeting := self._coming(said)) is not None:
            await self._about(said, meeting)

    async def _confirm(self, said: Said, asked: tuple[Answer, ...]) -> None:
        """Does what was asked about, as far as it can still be done."""
        if said.meant is Meant.YES and not asked:
            self._refuse(said, Why.NO_QUESTION)
        for each in asked:
            meeting = next((m for m in self.state.meetings if m.uid == each.uid), None)
            if not each.uid:
                self._note(each.told, text=each.text, until=each.until, month=each.month)
            elif meeting is None or each.start is None:
                self._refuse(said, Why.OFF)
            elif each.told not in PAST.values() and meeting.end <= self.context.now:
                self._refuse(said, Why.OVER)
            elif each.told is Told.MOVED:
                await self._move(said, meeting, each.start)
            elif each.told is Told.DECLINED and each.start != meeting.start:
                self._refuse(said, Why.OTHER_TIME)
            else:
                self._note(each.told, meeting)

    def _written(self, received: Received) -> datetime:
        """When they wrote, by which "tomorrow" is reckoned; now, where their clock is wrong or the mail was long on its
        way.
        """
        now, written = self.context.now, received.date
        return written if written is not None and now - LATE < written <= now else now

    async def _about(self, said: Said, meeting: Meeting) -> None:
        """What is said of a meeting that is to come."""
        if said.meant is Meant.MOVE and said.start is not None:
            await self._move(said, meeting, said.start)
        elif said.meant is Meant.SKIP:
            self._note(Told.SKIPPED, meeting)
        elif self.context.mail and self.context.mail.start not in (None, meeting.start):
            self._refuse(said, Why.OTHER_TIME)
        else:
            self._note(Told.ACCEPTED if said.meant is Meant.YES else Told.DECLINED, meeting)

    async def _move(self, said: Said, meeting: Meeting, start: datetime) -> None:
        span = (start, start + (meeting.end - meeting.start))
        _, fit = await self.fits(self.context.pair.id, meeting.uid, span)
        if fit.against:
            self._refuse(said, Why.BUSY, fit.against)
            self._offers = fit.offers
        else:
            self._note(Told.MOVED, replace(meeting, start=span[0], end=span[1]))

    async def _number(self, said: Said) -> None:
        mail = self.context.mail
        if self._kind is Mail.PULSE and said.number in RATES:
            self._note(Told.RATED, text=str(said.number))
        elif mail is None or not 1 <= said.number <= len(mail.offers):
            self._refuse(said, Why.NO_TIMES)
        elif (meeting := self._coming(said)) is not None:
            await self._move(said, meeting, mail.offers[said.number - 1][0])

    def _past(self, said: Said) -> None:
        meeting = self._meeting() or self._last()
        if meeting is None:
            self._refuse(said, Why.OFF)
        elif meeting.start > self.context.now:
            self._refuse(said, Why.NOT_YET)
        else:
            self._note(PAST[said.meant], meeting)

    def _pause(self, said: Said) -> None:
        if said.until is not None and said.until - self.context.now.date() > LONGEST_PAUSE:
            self._refuse(said, Why.LONG)
        else:
            self._note(Told.PAUSED, until=said.until)

    def _coming(self, said: Said) -> Meeting | None:
        """The meeting that the mail is about, or else the next; refused where it is over, or there is none."""
        meeting = self._meeting()
        if meeting is None and (self.context.mail is None or not self.context.mail.uid):
            coming = [m for m in self.state.meetings if m.state is not State.CANCELLED and m.start > self.context.now]
            meeting = min(coming, key=lambda m: m.start, default=None)
        if meeting is None:
            question = said.meant in (Meant.YES, Meant.NO) and not (self.context.mail and self.context.mail.uid)
            self._refuse(said, Why.NO_QUESTION if question else Why.OFF)
        elif meeting.end <= self.context.now:
            self._refuse(said, Why.OVER)
        else:
            return meeting
        return None

    def _meeting(self) -> Meeting | None:
        uid = self.context.mail.uid if self.context.mail else ""
        return next((each for each in self.state.meetings if each.uid == uid), None)

    def _last(self) -> Meeting | None:
        over = [m for m in self.state.meetings if m.state is State.STANDING and m.start <= self.context.now]
        return max(over, key=lambda m: m.start, default=None)

    @property
    def _paused(self) -> Pair:
        """The pair with the pauses that it has by mail."""
        return paused(self.context.pair, self.state.answers)

    @property
    def _kind(self) -> str:
        return self.context.mail.kind if self.context.mail else ""

    def _note(
        self,
        told: Told,
        meeting: Meeting | None = None,
        *,
        text: str = "",
        until: date | None = None,
        month: int = 0,  # 0: the meeting's, or this one
    ) -> None:
        context = self.context
        day = local_day(context.pair.timezone, meeting.start if meeting else context.now)
        about = {"uid": meeting.uid, "start": meeting.start, "end": meeting.end} if meeting else {}
        self._keep(
            Answer(
                f"{context.name}#{next(self._numbers)}",
                context.pair.id,
                context.person.id,
                told,
                context.now,
                until=until,
                month=month or roadmap_month(self._paused, day),
                text=text,
                **about,  # type: ignore[arg-type]  # of a meeting, all three
            )
        )

    def _keep(self, answer: Answer) -> None:
        """What anybody could have written, and changes something, waits for a yes."""
        if self.context.proved or not self._changes(answer):
            self._found.append(answer)
        else:
            self._asks.append(Asked(self._line, answer))

    def _changes(self, answer: Answer) -> bool:
        """A program's word that somebody comes to what stands changes nothing, unless they said otherwise before."""
        said = {each.told for each in self.state.answers if each.uid == answer.uid and each.start == answer.start}
        stands = any(m.uid == answer.uid and m.state is State.STANDING for m in self.state.meetings)
        harmless = answer.told in (Told.ACCEPTED, Told.TENTATIVE) and stands
        return not harmless or bool(said & {Told.DECLINED, Told.SKIPPED})

    def _refuse(self, said: Said, why: Why, against: tuple[Against, ...] = ()) -> None:
        self._refused.append(Refused(said.line, why, against))

    def _to_coordinator(self, received: Received, *, quoted: bool) -> str:
        ends = any(each.told is Told.ENDS for each in self._found)
        said = [f"wrote: {_quote(received.text)}"] if quoted or ends else []
        stops = any(each.told is Told.STOPPED for each in self._found)
        return " and ".join([*said, *(["wants no more mail of this pair (“stop”)"] if stops else [])])


def _quote(text: str) -> str:
    """What they wrote themselves, without what they quoted of ours."""
    return f"“{' '.join(own_lines(text)) or text.strip()}”"
