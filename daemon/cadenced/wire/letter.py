"""What a mail may speak of: the names that templates use, computed from a pair, a meeting and a month.

Owns those names; their texts are in the reader's language. README and users' own templates rely on them, so they stay.
Must never know a template, a header, or how a mail travels.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from textwrap import shorten

from cadenced.core.actions import Mail, SendMail
from cadenced.core.answers import Answer, Told, paused
from cadenced.core.cadence import MONTHS, month_begins, month_of_cycle, period, period_of
from cadenced.core.effort import hours_a_year
from cadenced.core.model import (
    UNTRIED,
    Cadence,
    Channel,
    Every,
    Kind,
    Meeting,
    Pair,
    Person,
    RoadmapMonth,
    State,
    Tries,
)
from cadenced.core.stability import NEIGHBOUR
from cadenced.wire.languages import BUILT_IN, ENGLISH, Languages, Words
from cadenced.wire.plain import one_line
from cadenced.wire.reasons import why
from cadenced.wire.times import When, short, span, when
from cadenced.wire.titles import called

ALERTS = 20  # in one mail; `status` shows them all
HEADLINE = 70  # characters of the subject of an alert
ALERT_LONG = 600  # characters of one: whoever needs more looks at the log


@dataclass(frozen=True, slots=True)
class Someone:
    name: str
    first: str  # what they are called
    email: str
    has_calendar: bool  # an account of their own: they move a meeting by moving the event
    language: str
    invited: bool  # by the organizer or by mail: they say no by declining
    answers: bool = False  # what they reply is read, and settles what the mail asks


@dataclass(frozen=True, slots=True)
class Talk:
    """A meeting. `where` may be empty, or a URL."""

    when: When
    call: bool
    length: str  # "60 minutes"
    where: str

    @property
    def link(self) -> bool:
        return self.where.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Letter:
    """The names. `month`, `last` and `carried` have a roadmap month's fields: title, kind, task, questions, …"""

    language: str  # that the mail is written in
    reader: Someone
    other: Someone
    to_mentor: bool
    month: RoadmapMonth
    year: int  # 1 in the first twelve months
    span: str  # the month's days: "1 to 31 Mar"
    until: str  # its last day: "Wed 31 Mar"
    strip: tuple[str, ...]  # twelve of "past", "now", "next"
    first: bool  # the pair's first month
    last: RoadmapMonth | None  # whose homework is asked about
    carried: RoadmapMonth | None  # had no meeting: its task is carried over
    meeting: Talk | None
    following: Talk | None  # the one that comes after
    question: str  # one of the month's, another one in each meeting; may be empty
    focus: tuple[str, ...]
    rhythm: tuple[str, ...]  # what the two agreed on, in words, and the hours a year that it takes each of them
    programme_mailbox: bool  # a reply goes to the programme's mailbox; else it goes to `other`
    cause: str  # why another time is needed: "reader", "other", "both" or "somebody" can't; "busy"; "neighbour"; ""
    why: str  # the cause, in a sentence
    offers: tuple[Talk, ...]  # the times to choose from instead, in order
    tried: int  # how many times before the meeting's did not suit either
    moves: int  # how often it was given another time, none of them by a person
    free_until: str  # the last day that another time was looked for on: "Wed 31 Mar"; "" for a call
    todos: tuple[str, ...] = ()  # what they added to the homework
    done: bool = False  # one of them said that the last month's task is done

    def names(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def letter(  # noqa: PLR0913 — what a mail depends on
    mail: SendMail,
    pair: Pair,
    meetings: Sequence[Meeting],
    now: datetime,
    *,
    programme_mailbox: bool,
    languages: Languages = BUILT_IN,
    answers: bool = False,  # are read
    told: Sequence[Answer] = (),  # by the two so far, pauses among it
) -> Letter:
    """Everything that a mail may say. `meetings` is the plan, `now` aware."""
    pair = paused(pair, told)
    reader, other = pair.people if mail.person == pair.mentor.id else reversed(pair.people)
    words = languages.words(reader.language)
    months = tuple(replace(month, title=one_line(month.title)) for month in pair.roadmap.in_language(reader.language))
    opening = pair.roadmap_month or 1
    number = max(mail.month, opening)  # a meeting moved to before the start speaks of the first month
    begins, ends = month_begins(pair, number), month_begins(pair, number + 1) - timedelta(days=1)
    homework = number - (2 if mail.carried_over else 1)  # the task that is carried over had no meeting to give any
    meeting = _talk(pair, mail.meeting, reader, now, words) if mail.meeting else None
    cause, following = _cause(mail, reader), _following(mail.meeting, meetings, now)
    return Letter(
        language=words.language,
        reader=_someone(reader, answers=answers),
        other=_someone(other),
        to_mentor=reader is pair.mentor,
        month=_of_cycle(months, number),
        year=(number - 1) // MONTHS + 1,
        span=span(begins, ends, words),
        until=short(ends, words),
        strip=_strip(month_of_cycle(number)),
        first=number == opening,
        last=_of_cycle(months, homework) if homework >= opening else None,
        carried=_of_cycle(months, number - 1) if mail.carried_over and number > opening else None,
        meeting=meeting,
        following=_talk(pair, following, reader, now, words) if following else None,
        question=_question(_of_cycle(months, number), mail.meeting),
        focus=tuple(_focus(area, words) for area in pair.focus),
        rhythm=_rhythm(pair, words),
        programme_mailbox=programme_mailbox,
        cause=cause,
        why=_why(cause, other, meeting, words),
        offers=tuple(_talk(pair, each, reader, now, words) for each in _offered(mail)),
        tried=len(_tries(mail).refused),
        moves=_tries(mail).changes,
        free_until=_period_ends(pair, mail.meeting, words) if mail.meeting else "",
        todos=_added(told, range(homework, number + 1)),
        done=homework in _done(told),
    )


def _tries(mail: SendMail) -> Tries:
    return mail.meeting.tries if mail.meeting else UNTRIED


def _strip(now: int) -> tuple[str, ...]:
    return tuple("past" if n < now else "now" if n == now else "next" for n in range(1, MONTHS + 1))


def _why(cause: str, other: Person, meeting: Talk | None, words: Words) -> str:
    if not cause or meeting is None:
        return ""
    return why(cause, called(one_line(other.name)), meeting.when, words, call=meeting.call)


def _done(told: Sequence[Answer]) -> set[int]:
    """The roadmap months whose task one of them said is done."""
    return {each.month for each in told if each.told is Told.DONE}


def _added(told: Sequence[Answer], months: range) -> tuple[str, ...]:
    """The homework that the two added in these roadmap months."""
    return tuple(one_line(each.text) for each in told if each.told is Told.TODO and each.month in months)


def alert_names(alerts: Sequence[str], now: datetime) -> dict[str, object]:
    """The names in an alert: a human's to-do list. Times are in UTC, the words English, as problems are told in:
    a coordinator's zone and language are not known.
    """
    shown = tuple(text if len(text) <= ALERT_LONG else f"{text[:ALERT_LONG]} …" for text in alerts[:ALERTS])
    return {
        "language": ENGLISH,
        "alerts": shown,
        "count": len(alerts),
        "headline": shorten(one_line(alerts[0]), HEADLINE, placeholder=" …") if alerts else "",
        "when": when(now, "UTC", "UTC", now, BUILT_IN.words(ENGLISH)),
    }


def _someone(person: Person, *, answers: bool = False) -> Someone:
    name = one_line(person.name)
    invited = person.channel in (Channel.SCHEDULING, Channel.INVITE)
    own = person.calendar is not None and person.channel is Channel.CALDAV
    return Someone(name, called(name), person.email, own, person.language, invited, answers)


def _of_cycle(months: Sequence[RoadmapMonth], number: int) -> RoadmapMonth:
    return months[month_of_cycle(number) - 1]


def _talk(pair: Pair, meeting: Meeting, reader: Person, now: datetime, words: Words) -> Talk:
    cadence = pair.cadence(meeting.identity.kind)
    minutes = round((meeting.end - meeting.start).total_seconds() / 60)
    return Talk(
        when(meeting.start, reader.timezone, pair.other(reader).timezone, now, words),
        meeting.identity.kind is Kind.CALL,
        _minutes(minutes, words),
        cadence.where if cadence else "",
    )


def _cause(mail: SendMail, reader: Person) -> str:
    if mail.kind is not Mail.TIMES:
        return ""
    if mail.who:
        return "both" if len(mail.who) > 1 else "reader" if mail.who == (reader.id,) else "other"
    if mail.meeting and mail.meeting.state is State.DECLINED:
        return "somebody"
    return "neighbour" if mail.reason == NEIGHBOUR else "busy"


def _offered(mail: SendMail) -> Iterator[Meeting]:
    """The meeting as it would be at each of the times to choose from."""
    if mail.meeting is not None:
        for start, end in sorted(mail.times):
            yield replace(mail.meeting, start=start, end=end)


def _period_ends(pair: Pair, meeting: Meeting, words: Words) -> str:
    if meeting.identity.kind is Kind.CALL:
        return ""
    return short(period(pair, period_of(pair, meeting.identity.period)).end - timedelta(days=1), words)


def _following(meeting: Meeting | None, meetings: Sequence[Meeting], now: datetime) -> Meeting | None:
    after = max(meeting.start, now) if meeting else now
    coming = (m for m in meetings if m.state is State.STANDING and m.start > after)
    return min(coming, key=lambda m: m.start, default=None)


def _question(month: RoadmapMonth, meeting: Meeting | None) -> str:
    index = meeting.identity.index if meeting else 0
    return month.questions[index % len(month.questions)] if month.questions else ""


def _focus(area: str, words: Words) -> str:
    _ = words.gettext
    names = {
        "strategic-thinking": _("strategic thinking"),
        "executive-relationships": _("executive relationships"),
        "career-planning": _("career planning"),
        "negotiation": _("negotiation"),
        "management-skills": _("management skills"),
        "executive-presence": _("executive presence"),
    }
    return names[area]


def _rhythm(pair: Pair, words: Words) -> tuple[str, ...]:
    def how(cadence: Cadence) -> dict[str, str]:
        return {"every": _every(cadence.every, words), "length": _minutes(cadence.minutes, words)}

    meetings = words.gettext("Face to face %(every)s, %(length)s", **how(pair.face_to_face))
    calls = (words.gettext("A call %(every)s, %(length)s", **how(pair.calls)),) if pair.calls else ()
    effort = words.ngettext(
        "About %(num)s hour a year for each of you",
        "About %(num)s hours a year for each of you",
        round(hours_a_year(pair)),
    )
    return (meetings, *calls, effort)


def _minutes(minutes: int, words: Words) -> str:
    return words.ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _every(every: Every, words: Words) -> str:
    """As in "every month", "every 2 weeks", "every 10 days"."""
    if every.months:
        return words.ngettext("every month", "every %(num)s months", every.months)
    if every.days % 7:
        return words.ngettext("every day", "every %(num)s days", every.days)
    return words.ngettext("every week", "every %(num)s weeks", every.days // 7)
