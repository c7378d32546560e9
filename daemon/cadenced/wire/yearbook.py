"""A pair's year as one page: the names that templates/preview.html.j2 uses, and the page itself.

Owns those names. The mails on it are finished ones, read as a mail program reads them. Must never know how a year is
planned, nor where the page is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from importlib import resources
from zoneinfo import ZoneInfo

from jinja2 import FunctionLoader, TemplateError, TemplateSyntaxError

from cadenced.core.actions import Mail, SendMail
from cadenced.core.cadence import midnight, month_begins, month_of_cycle, roadmap_month
from cadenced.core.due import local_day
from cadenced.core.effort import hours_a_year
from cadenced.core.errors import ConfigError
from cadenced.core.model import Channel, Meeting, Pair, Person
from cadenced.wire.languages import ENGLISH, Languages, Words
from cadenced.wire.letter import Letter, Someone, Talk, letter
from cadenced.wire.message import Composed
from cadenced.wire.sandbox import Sandbox
from cadenced.wire.timeline import Moment, Timeline, timeline
from cadenced.wire.times import When, when
from cadenced.wire.titles import fields_for, invitation_for

PAGE = "preview.html.j2"
DAY = timedelta(days=1)
LINKS_STAY = '<head><base target="_blank">'  # a mail's frame opens no windows, so what is clicked in it does nothing


@dataclass(frozen=True, slots=True)
class Year:
    """`mails` with the moment at which each goes out and what it is then; `meetings` are those that take place.

    `first` is the roadmap month that it begins with. Times are aware.
    """

    pair: Pair
    now: datetime
    first: int
    months: int
    meetings: Sequence[Meeting]
    mails: Sequence[tuple[datetime, SendMail, Composed]]


@dataclass(frozen=True, slots=True)
class Copy:
    """An event as one of the two has it in a calendar; `times` in their own zone."""

    person: Someone
    language: str
    summary: str
    times: str
    location: str
    description: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    until: datetime
    talk: Talk  # with both zones, the mentor's first
    copies: tuple[Copy, ...]
    is_mail: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail; `html` is a whole document."""

    at: datetime
    when: When  # in its reader's zone
    to: Someone
    to_mentor: bool
    language: str
    subject: str
    html: str
    text: str
    problem: str
    is_mail: bool = True


@dataclass(frozen=True, slots=True)
class Month:
    """A roadmap month, and what happens in it, in order of time. What comes before the first is in the first."""

    number: int  # 1 to 12
    year: int
    title: str
    task: str
    span: str
    day: str  # its first: "1 Dec"
    items: tuple[Event | Sent, ...]


def page(year: Year, templates: Mapping[str, str], languages: Languages) -> str:
    """HTML, whole and by itself, in the language of the two, or in English where they have none in common. `templates`
    are a user's own sources by file name. ConfigError with file and line where one of them fails.
    """
    spoken = {person.language for person in year.pair.people}
    words = languages.words(spoken.pop() if len(spoken) == 1 else ENGLISH)
    built_in = (resources.files("cadenced") / "templates" / PAGE).read_text("utf-8")
    sources = {PAGE: built_in, **templates}
    sandbox = Sandbox(FunctionLoader(sources.get), words)
    try:
        return sandbox.get_template(PAGE).render(_Names(year, words, languages).names())
    except TemplateSyntaxError as error:
        raise ConfigError(f"templates/{error.name or PAGE}:{error.lineno}: {error.message}") from None
    except TemplateError as error:
        raise ConfigError(f"templates/{PAGE}: {error.message}") from None


class _Names:
    """The names, for a page in one language."""

    def __init__(self, year: Year, words: Words, languages: Languages) -> None:
        self.year, self.words, self.languages = year, words, languages
        mentor, protege = (replace(person, language=words.language) for person in year.pair.people)
        self.pair = replace(year.pair, mentor=mentor, protege=protege)  # as whoever reads the page has them
        self.opening = self._letter(year.first)
        self.events = tuple(self._event(meeting) for meeting in year.meetings)
        self.mails = tuple(self._sent(*each) for each in year.mails)
        self.items: list[Event | Sent] = [*self.events, *self.mails]

    def names(self) -> dict[str, object]:
        begins, ends = self._span()
        return {
            "language": self.words.language,
            "mentor": self.opening.reader,
            "protege": self.opening.other,
            "begins": self.words.written(begins, "d MMMM y"),
            "ends": self.words.written(ends, "d MMMM y"),
            "rhythm": self.opening.rhythm[:-1],
            "hours": round(hours_a_year(self.pair)),
            "focus": self.opening.focus,
            "faces": sum(not event.talk.call for event in self.events),
            "calls": sum(event.talk.call for event in self.events),
            "mails": len(self.mails),
            "months": tuple(self._months()),
            "timeline": self._timeline(),
        }

    def _letter(self, month: int, meeting: Meeting | None = None) -> Letter:
        """What there is to say to the mentor in a roadmap month, about a meeting."""
        now = self.year.now
        kind = Mail.BRIEF if meeting else Mail.TASK
        mail = SendMail("", self.pair.id, kind, self.pair.mentor.id, meeting, now, now, month, "")
        return letter(mail, self.pair, (), now, programme_mailbox=False, languages=self.languages)

    def _event(self, meeting: Meeting) -> Event:
        month = roadmap_month(self.pair, local_day(self.pair.timezone, meeting.start))
        talk = self._letter(month, meeting).meeting
        if talk is None:
            raise ValueError("a letter about a meeting has it")
        copies = (self._copy(person, meeting, month) for person in self.year.pair.people)
        return Event(meeting.start, meeting.end, talk, tuple(filter(None, copies)))

    def _copy(self, person: Person, meeting: Meeting, month: int) -> Copy | None:
        """None where a person gets mails alone."""
        if person.account is None:
            return None
        pair, words = self.year.pair, self.languages.words(person.language)
        said = meeting, pair.roadmap.months[month_of_cycle(month) - 1], self.languages
        guests = [each for each in pair.people if each.account == person.account]
        own = person.channel is Channel.CALDAV
        fields = fields_for(pair, person, *said) if own else invitation_for(pair, guests, *said)
        begin, end = (moment.astimezone(ZoneInfo(person.timezone)) for moment in (meeting.start, meeting.end))
        times = f"{words.written(begin, 'EEEE d MMMM')}, {begin:%H:%M}–{end:%H:%M}"
        return Copy(self._of(person), words.language, fields.summary, times, fields.location, fields.description)

    def _sent(self, at: datetime, mail: SendMail, composed: Composed) -> Sent:
        person = next(each for each in self.year.pair.people if each.id == mail.person)
        message = message_from_bytes(composed.body)  # of the old policy, which parses headers when they are asked for
        html, text = (_content(message, kind) for kind in ("text/html", "text/plain"))
        seen = when(at, person.timezone, person.timezone, self.year.now, self.words)
        mentor, language = person is self.year.pair.mentor, self.languages.words(person.language).language
        html = html.replace("<head>", LINKS_STAY, 1)
        return Sent(at, seen, self._of(person), mentor, language, composed.subject, html, text, composed.problem)

    def _of(self, person: Person) -> Someone:
        return self.opening.reader if person.id == self.pair.mentor.id else self.opening.other

    def _months(self) -> Iterator[Month]:
        items = sorted(self.items, key=_place)
        for number in range(self.year.first, self.year.first + self.year.months):
            ends = self._midnight(number + 1)
            here = tuple(item for item in items if item.at < ends)
            items = items[len(here) :]
            said, day = self._letter(number), self.words.written(month_begins(self.pair, number), "d MMM")
            yield Month(said.month.number, said.year, said.month.title, said.month.task, said.span, day, here)

    def _timeline(self) -> Timeline:
        numbers = range(self.year.first, self.year.first + self.year.months)
        begins = min([self._midnight(numbers.start), *(item.at for item in self.items)])
        first, last = self._span()
        pauses = (each for each in self.pair.pause if each.first <= last and each.last >= first)
        return timeline(
            (begins, self._midnight(numbers.stop)),
            [(self._midnight(n), self._midnight(n + 1), str(month_of_cycle(n))) for n in numbers],
            [(self._morning(each.first), self._morning(min(each.last, last) + DAY), "") for each in pauses],
            [
                ("", "face", [_mark(each) for each in self.events if not each.talk.call]),
                ("", "call", [_mark(each) for each in self.events if each.talk.call]),
                *(
                    (one.first, "mail", [_mark(each) for each in self.mails if each.to_mentor is mentor])
                    for one, mentor in ((self.opening.reader, True), (self.opening.other, False))
                ),
            ],
        )

    def _span(self) -> tuple[date, date]:
        """Its first and last day."""
        first, months = self.year.first, self.year.months
        return month_begins(self.pair, first), month_begins(self.pair, first + months) - DAY

    def _midnight(self, month: int) -> datetime:
        """When a roadmap month begins."""
        return self._morning(month_begins(self.pair, month))

    def _morning(self, day: date) -> datetime:
        return midnight(day).replace(tzinfo=ZoneInfo(self.pair.timezone))


def _place(item: Event | Sent) -> tuple[datetime, bool, bool]:
    """In order of time; of two mails at once the mentor's comes first."""
    return item.at, item.is_mail, isinstance(item, Sent) and not item.to_mentor


def _mark(item: Event | Sent) -> Moment:
    if isinstance(item, Event):
        return item.at, item.until, f"{item.talk.when.long}, {item.talk.when.times}"
    return item.at, item.at, f"{item.when.short}, {item.when.times}: {item.subject}"


def _content(message: Message, kind: str) -> str:
    """The text of a part."""
    part = next(part for part in message.walk() if part.get_content_type() == kind)
    content = part.get_payload(decode=True)
    return content.decode("utf-8").replace("\r\n", "\n") if isinstance(content, bytes) else ""
