"""What was taken of somebody's answer, and what was not and why, in sentences of their language.

Owns these sentences. Must never know a template, nor how an answer is understood.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from cadenced.core.answers import FOR_EVER, Answer, Told, paused, stopped
from cadenced.core.availability import in_ranges
from cadenced.core.cadence import merged
from cadenced.core.due import local_day
from cadenced.core.fitting import Against, Misfit
from cadenced.core.hindrances import Cause
from cadenced.core.model import Pair, Person
from cadenced.core.slots import Obstacle
from cadenced.core.verdict import Verdict, Why
from cadenced.wire.languages import Words
from cadenced.wire.plain import one_line
from cadenced.wire.times import when
from cadenced.wire.titles import called

LONGEST = 80  # characters of somebody's words that are said back


def taken(verdict: Verdict, pair: Pair, reader: Person, words: Words, now: datetime) -> tuple[str, ...]:
    """A few words for each answer. `pair` is as the file has it, `now` aware."""
    answers, before = verdict.answers, verdict.before
    return tuple(
        _Sentence(pair, reader, words, now, (*before, *answers[:n])).of(answer) for n, answer in enumerate(answers)
    )


def invited_again(words: Words) -> str:
    return words.gettext("Here is the invitation once more.")


def refused(verdict: Verdict, pair: Pair, reader: Person, words: Words) -> tuple[tuple[str, str, str], ...]:
    """Their words, the reason, and what would work; the last may be empty."""
    found = list[tuple[str, str, str]]()
    for each in verdict.refused:
        why, instead = _reason(each.why, words)
        against = (_against(what, pair, reader, words) for what in each.against)
        found.append((one_line(each.said)[:LONGEST], " ".join((why, *against)), instead))
    return tuple(found)


def asked(
    verdict: Verdict, pair: Pair, reader: Person, words: Words, now: datetime
) -> tuple[tuple[str, str, str], ...]:
    """Likewise, of what waits for a yes. `pair` and `now` as above."""
    sentence, _ = _Sentence(pair, reader, words, now, verdict.before), words.gettext
    why = _("Nothing shows that this mail was yours.")
    return tuple(
        (
            one_line(each.said)[:LONGEST],
            why,
            _("Answer this one with “yes”, and it is done: %(what)s", what=sentence.of(each.answer)),
        )
        for each in verdict.asks
    )


def commands(words: Words) -> tuple[tuple[str, str], ...]:
    """What can be answered, and what it does."""
    _ = words.gettext
    return (
        (_("yes, no"), _("you can come, or can't: then another time is looked for")),
        (_("1, 2, 3"), _("the first, second or third of the times that a mail offers")),
        (_("move to Tue 3 March 14:00"), _("another time, if it suits both")),
        (_("skip"), _("this meeting is off")),
        (_("met, didn't meet"), _("whether it took place")),
        (_("done"), _("the month's task is done")),
        (_("todo: …"), _("one more piece of homework, for the next agenda")),
        (_("pause until 1 September, resume"), _("no meetings and no agendas in between")),
        (_("stop"), _("no more mail to you")),
    )


@dataclass(frozen=True, slots=True)
class _Sentence:
    """`before` is what the two had told us."""

    pair: Pair
    reader: Person
    words: Words
    now: datetime
    before: Sequence[Answer]

    def of(self, answer: Answer) -> str:
        return self._sentences()[answer.told](answer)

    def _sentences(self) -> dict[Told, Callable[[Answer], str]]:
        _, other = self.words.gettext, called(self.pair.other(self.reader).name)
        return {
            Told.ACCEPTED: lambda a: _("You come on %(when)s.", when=self._time(a)),
            Told.TENTATIVE: lambda a: _("You may come on %(when)s.", when=self._time(a)),
            Told.DECLINED: lambda a: _(
                "You can’t on %(when)s. Another time is looked for, and %(other)s hears of it.",
                when=self._time(a),
                other=other,
            ),
            Told.MOVED: lambda a: _("It is moved to %(when)s, for %(other)s, too.", when=self._time(a), other=other),
            Told.SKIPPED: lambda a: _("The meeting on %(when)s is off, for both of you.", when=self._time(a)),
            Told.MET: lambda _a: _("You met. Good."),
            Told.NOT_MET: lambda _a: _("It did not take place. Its task comes along to the next meeting."),
            Told.DONE: lambda _a: _("The task is done."),
            Told.TODO: lambda a: _("Noted as homework: %(what)s", what=one_line(a.text)[:LONGEST]),
            Told.RATED: lambda a: _("You gave it %(number)s of 5. Thank you.", number=a.text),
            Told.GOES_ON: lambda _a: _("Another year it is."),
            Told.ENDS: lambda _a: _(
                "You want to end it, without fault. The coordinator hears of it, and helps you both."
            ),
            Told.PAUSED: self._paused,
            Told.RESUMED: self._resumed,
            Told.STOPPED: lambda _a: _("You get no more mail of this pair. “resume” brings it back."),
        }

    def _paused(self, answer: Answer) -> str:
        if answer.until is None or answer.until == FOR_EVER:
            return self.words.gettext("You two pause, until one of you says “resume”.")
        return self.words.gettext("You two pause until %(day)s.", day=self._day(answer.until))

    def _resumed(self, answer: Answer) -> str:
        """What they take back; a pause of the file is not theirs."""
        _, today = self.words.gettext, local_day(self.pair.timezone, self.now)
        filed = next((each.last for each in merged(self.pair.pause) if each.first <= today <= each.last), None)
        said = list[str]()
        if answer.person in stopped(self.before):
            said.append(_("You get the mails of this pair again."))
        if filed is not None:
            text = _(
                "The programme’s file has you two pause until %(day)s; whoever keeps it can change that.",
                day=self._day(filed),
            )
            said.append(text)
        elif in_ranges(today, paused(self.pair, self.before).pause):
            said.append(_("The pause is over."))
        return " ".join(said) or _("You two don’t pause.")

    def _time(self, answer: Answer) -> str:
        if answer.start is None:
            return ""
        there = self.pair.other(self.reader).timezone
        found = when(answer.start, self.reader.timezone, there, self.now, self.words)
        return f"{found.short}, {found.brief}"

    def _day(self, day: date) -> str:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(self.reader.timezone))
        return when(noon, self.reader.timezone, self.reader.timezone, self.now, self.words).long


def _reason(why: Why, words: Words) -> tuple[str, str]:
    """Why, and what would work."""
    _ = words.gettext
    reasons = {
        Why.UNCLEAR: (
            _("It is not clear what is meant."),
            _("The coordinator reads it. See below what can be answered."),
        ),
        Why.OVER: (_("That meeting is over."), _("“met” or “didn’t meet” says whether it took place.")),
        Why.OFF: (_("There is no such meeting any more."), ""),
        Why.NOT_YET: (_("It has not taken place yet."), ""),
        Why.NO_QUESTION: (_("There is nothing to say yes or no to."), _("Reply to the mail that asks.")),
        Why.NO_TIMES: (_("There are no such times to choose from."), _("“move to” and a day and time proposes one.")),
        Why.PAST: (_("That is in the past."), ""),
        Why.NO_TIME: (
            _("No day and time can be told from it."),
            _("Write it as in “move to Tue 3 March 14:00”."),
        ),
        Why.TWO_DAYS: (_("That could be two different days."), _("Write the month as a word: “3 April”.")),
        Why.OTHER_WEEKDAY: (_("That date is another weekday."), ""),
        Why.NO_CLOCK: (_("The time of day is missing."), _("Write it as in “move to Tue 3 March 14:00”.")),
        Why.NIGHT: (_("That could be at night or in the afternoon."), _("Write it as in 15:00 or 3 pm.")),
        Why.NO_SUCH_HOUR: (_("The clocks change then, and there is no such hour."), ""),
        Why.BUSY: (_("It does not suit both of you."), ""),
        Why.DELEGATED: (_("Nobody else can come instead."), _("“no” looks for another time.")),
        Why.LONG: (_("That is longer than a year."), _("Name a day within a year, or say “stop”.")),
        Why.OTHER_TIME: (_("It has another time by now."), _("Answer the later mail.")),
        Why.NONE_SUITS: (
            _("None of these times suits you, then."),
            _("“move to” and a day and time proposes another. The coordinator hears of it, too."),
        ),
        Why.LARGE: (
            _("The mail is too large, and its text could not be found."),
            _("Write it once more, without what is attached."),
        ),
        Why.OLD: (_("A newer invitation has gone out since."), _("Answer that one.")),
    }
    return reasons[why]


def _against(each: Against, pair: Pair, reader: Person, words: Words) -> str:
    """What rules a time out, in a sentence."""
    _, other = words.gettext, called(pair.other(reader).name)
    theirs: dict[StrEnum, tuple[str, str]] = {
        Cause.BUSY: (_("You have something else then."), _("%(other)s has something else then.", other=other)),
        Cause.HOLIDAY: (_("You have a public holiday then."), _("%(other)s has a public holiday then.", other=other)),
        Cause.LEAVE: (_("You are on leave then."), _("%(other)s is on leave then.", other=other)),
        Cause.MEETING: (_("You are in another meeting then."), _("%(other)s is in another meeting then.", other=other)),
    }
    of_both: dict[StrEnum, str] = {
        Obstacle.SOON: _("That is too soon."),
        Obstacle.PAUSE: _("You two pause then."),
        Obstacle.ENDED: _("Your mentoring has ended by then."),
        Obstacle.TAKEN: _("You two meet then already."),
        Obstacle.HOURS: _("It is outside the hours that suit both of you."),
        Obstacle.REFUSED: _("One of you said no to that time."),
        Obstacle.LIMIT: _("One of you has as many meetings then as they want."),
        Misfit.NO_CALLS: _("You two have no calls any more."),
        Misfit.LENGTH: _("It ends before it begins, or lasts longer than a day."),
    }
    if each.person:
        return theirs[each.cause][each.person != reader.id]
    return of_both[each.cause]
