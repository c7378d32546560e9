"""The words of the domain as values (DESIGN: words): what a programme holds, and what a meeting is.

Owns no rule beyond what makes a value well-formed. Must never know TOML, iCalendar or a server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID, uuid5

from cadenced.core.accounts import INVITED, ORGANIZER

IDENTITY_NAMESPACE = UUID("0d5a1f0e-6c1b-5b7e-9d0f-3c2f6a7d4e11")  # fixed for ever: every UID derives from it


class Kind(StrEnum):
    """The formats that get a place in a calendar (DOMAIN: the three formats)."""

    FACE_TO_FACE = "face_to_face"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Every:
    """An interval of the cadence: months or days, never both."""

    months: int = 0
    days: int = 0

    @property
    def nominal(self) -> timedelta:
        """Its length on an average calendar (365.2425 days a year), for comparing and dividing."""
        return timedelta(days=self.days + self.months * 30.436875)


@dataclass(frozen=True, slots=True, order=True)
class WeeklyTime:
    """A wall time that comes back every week. `weekday` counts from Monday = 0."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True, order=True)
class WeeklyHours:
    """Wall hours `[start, end)` of one weekday, in minutes after midnight; `end` may be 1440."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateRange:
    """Whole days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a format takes place, how long it lasts, and the times that the two agreed on.

    `travel` is kept free before and after it, for both people.
    """

    every: Every
    minutes: int
    at: tuple[WeeklyTime, ...] = ()
    where: str = ""
    travel: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person gives at most, over all their pairs; None where they said nothing. Weeks (Monday to Sunday) and
    months are those of the person's own zone.
    """

    per_week: int | None = None  # meetings
    minutes_per_month: int | None = None


class Channel(StrEnum):
    """How a person's copies come into their calendar (DESIGN §8)."""

    CALDAV = "caldav"  # we write into the calendar of their account
    SCHEDULING = "scheduling"  # the organizer's server puts the event there, and brings their answer back (RFC 6638)
    INVITE = "invite"  # an invitation by mail, which their own program puts there (RFC 6047)
    NONE = "none"  # not at all: they get mails


@dataclass(frozen=True, slots=True)
class Person:
    """`available`, `time_off` and the holidays are in the person's own `timezone`; `available` empty means Monday to
    Friday, 9 to 17. The account `calendar` is written to by the channel CALDAV alone; by the others it is only read.
    """

    id: str
    name: str
    email: str
    timezone: str
    available: tuple[WeeklyHours, ...]
    calendar: str | None = None  # name of an account
    manager: str | None = None  # an address
    language: str = "en"
    holidays: str = ""  # a country, or a part of one, as in "GB-ENG" (ISO 3166-1 and -2)
    time_off: tuple[DateRange, ...] = ()
    limits: Limits = Limits()
    channel: Channel = Channel.CALDAV

    @property
    def account(self) -> str | None:
        """The account whose calendar holds the event that is written for this person; of who is invited by mail, a name
        of its own.
        """
        if self.channel is Channel.SCHEDULING:
            return ORGANIZER
        if self.channel is Channel.INVITE:
            return f"{INVITED}{self.email.lower()}"
        return self.calendar if self.channel is Channel.CALDAV else None

    @property
    def busy_key(self) -> str | None:
        """What their busy time is kept under: the account that it is read from, or a name of its own where the
        organizer's server tells it.
        """
        if self.calendar is None and self.channel is Channel.SCHEDULING:
            return f"{ORGANIZER}/{self.id}"
        return self.calendar


@dataclass(frozen=True, slots=True)
class RoadmapMonth:
    """One month's task with what surrounds it. All texts are for people, in plain text."""

    number: int  # 1 to 12
    title: str
    kind: str  # DOMAIN's word: vision, plan, assess, …
    task: str
    questions: tuple[str, ...] = ()  # the mentor asks
    prepare: tuple[str, ...] = ()  # the protege prepares
    homework: tuple[str, ...] = ()
    outcome: str = ""  # what to write down


@dataclass(frozen=True, slots=True)
class Roadmap:
    """`translations` holds the months in other languages than that of `months`."""

    id: str
    title: str
    months: tuple[RoadmapMonth, ...]  # twelve, in order
    translations: Mapping[str, tuple[RoadmapMonth, ...]] = field(default_factory=dict, hash=False)

    def in_language(self, language: str) -> tuple[RoadmapMonth, ...]:
        """The twelve months for a reader of `language`: as they are written where nobody translated them."""
        return self.translations.get(language, self.months)


@dataclass(frozen=True, slots=True)
class Pair:
    """One mentorship. `start` and everything periodic is wall time in `timezone`."""

    id: str
    mentor: Person
    protege: Person
    start: date
    timezone: str
    face_to_face: Cadence
    calls: Cadence | None
    roadmap: Roadmap
    focus: tuple[str, ...] = ()
    pause: tuple[DateRange, ...] = ()
    roadmap_month: int | None = None  # the roadmap month of the pair's first month, when it joins half-way
    end: date | None = None  # its last day

    @property
    def people(self) -> tuple[Person, Person]:
        return (self.mentor, self.protege)  # the mentor breaks ties

    @property
    def closed(self) -> tuple[DateRange, ...]:
        """The days on which nothing takes place: the pauses, and all that come after the end."""
        if self.end is None:
            return self.pause
        return (*self.pause, DateRange(self.end + timedelta(days=1), date.max))

    def cadence(self, kind: Kind) -> Cadence | None:
        return self.face_to_face if kind is Kind.FACE_TO_FACE else self.calls

    def other(self, person: Person) -> Person:
        return self.protege if person.id == self.mentor.id else self.mentor


@dataclass(frozen=True, slots=True)
class Programme:
    """What the pairs files hold, whole and valid. `stanzas` maps a pair's id to a hash of all its plan depends on."""

    pairs: Mapping[str, Pair]
    stanzas: Mapping[str, str]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Horizon:
    """The limits of planning, from the defaults in cadenced.toml."""

    ahead: timedelta = timedelta(weeks=10)  # events are written so far ahead
    freeze: timedelta = timedelta(days=3)  # the planner moves nothing that begins sooner
    notice: timedelta = timedelta(hours=24)  # nor places a new meeting sooner


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """A meeting's place on the cadence grid. The place, not the date, is who it is: moving changes nothing here."""

    pair: str
    kind: Kind
    period: date  # first day of the face-to-face period
    index: int = 0  # calls: 1, 2, … within the period

    def __str__(self) -> str:
        place = f"{self.pair}/{self.kind}/{self.period.isoformat()}"
        return f"{place}/{self.index}" if self.index else place

    @classmethod
    def parse(cls, text: str) -> "Identity | None":
        """The inverse of str(); None for anything else."""
        pair, _, place = text.partition("/")
        kind, _, period = place.partition("/")
        day, _, index = period.partition("/")
        try:
            found = cls(pair, Kind(kind), date.fromisoformat(day), int(index or 0))
        except ValueError:
            return None
        return found if str(found) == text else None

    @property
    def uid(self) -> str:
        """The iCalendar UID (RFC 5545 §3.8.4.7), the name of the resource, and the root of every Message-ID."""
        return _uid(str(self))


@lru_cache(maxsize=1 << 16)  # a pair's turn asks for those of all its meetings, again and again
def _uid(identity: str) -> str:
    return str(uuid5(IDENTITY_NAMESPACE, identity))


class State(StrEnum):
    """What became of a meeting that stands."""

    STANDING = "standing"
    DECLINED = "declined"  # somebody can't at this time: they deleted their copy of it, or declined
    CANCELLED = "cancelled"  # STATUS:CANCELLED in a copy: this period's meeting is off
    FALLEN = "fallen"  # it stands nowhere: nothing was free for it any more, and that is remembered


@dataclass(frozen=True, slots=True)
class Tries:
    """What has been done about a meeting's time by ourselves: how often it was changed and when last, and the starts
    (UTC) at which somebody couldn't.
    """

    changes: int = 0
    last: datetime | None = None
    refused: tuple[datetime, ...] = ()


UNTRIED = Tries()


@dataclass(frozen=True, slots=True)
class Meeting:
    """What we want to take place, or what stands. `start` and `end` are aware and in UTC.

    `placed` is the start and end that the planner chose; a meeting whose times differ from them was placed by a human.
    `rules` fingerprints what the placing depended on (hours, agreed times, zone): while it stays, so does the meeting.
    """

    identity: Identity
    start: datetime
    end: datetime
    placed: tuple[datetime, datetime]
    rules: str
    state: State = State.STANDING
    touched: bool = False  # a human edited something beside the time
    tries: Tries = UNTRIED
    reason: str = field(default="", compare=False)

    @property
    def pinned(self) -> bool:
        return (self.start, self.end) != self.placed

    @property
    def uid(self) -> str:
        return self.identity.uid
