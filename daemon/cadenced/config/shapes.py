"""The shape of pairs.toml, as pydantic models: which keys there are, and what each may hold.

Owns the keys and their little languages. Must never know another file, nor whether a name that is used exists.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from cadenced.config import grammar
from cadenced.config.problems import nearest
from cadenced.config.reading import spelt
from cadenced.core.model import Channel, DateRange, Every, WeeklyHours, WeeklyTime

FOCUS = (
    "strategic-thinking",
    "executive-relationships",
    "career-planning",
    "negotiation",
    "management-skills",
    "executive-presence",
)  # DOMAIN: the six standard focus areas


def _focus(text: str) -> str:
    if text not in FOCUS:
        raise ValueError(f'"{text}" is no focus area{nearest(text, FOCUS)}')
    return text


def _no_travel(_: str) -> timedelta:
    raise ValueError("nobody travels to a call; it belongs into face_to_face")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


EveryText = Annotated[Every, spelt(grammar.every)]
At = Annotated[WeeklyTime, spelt(grammar.weekly_time)]
Hours = Annotated[tuple[WeeklyHours, ...], spelt(grammar.weekly_hours)]
Day = Annotated[date, spelt(grammar.day)]
Days = Annotated[DateRange, spelt(grammar.date_range)]
Zone = Annotated[str, spelt(grammar.zone)]
Address = Annotated[str, spelt(grammar.address)]
AddressOrId = Annotated[str, spelt(lambda text: grammar.address(text) if "@" in text else text)]
Line = Annotated[str, spelt(grammar.one_line)]
Minutes = Annotated[int, Field(ge=5, le=480, strict=True)]
MeetingsAWeek = Annotated[int, Field(ge=1, le=100, strict=True)]
HoursAMonth = Annotated[float, Field(gt=0, le=744, strict=True)]  # the longest month
OR_OFF = Discriminator(lambda value: "<off>" if value is False else "<on>")
Off = Annotated[Literal[False], Tag("<off>")]
Region = Annotated[Annotated[str, spelt(grammar.region), Tag("<on>")] | Off, OR_OFF]


class CadenceShape(Shape):
    every: EveryText | None = None
    minutes: Minutes | None = None
    at: tuple[At, ...] = ()
    where: Line | None = None
    travel: Annotated[timedelta, spelt(grammar.travel)] | None = None


class CallsShape(CadenceShape):
    travel: Annotated[timedelta, spelt(_no_travel)] | None = None


Calls = Annotated[Annotated[CallsShape, Tag("<on>")] | Off, OR_OFF]


class PolicyShape(Shape):
    face_to_face: CadenceShape
    calls: Calls | None = None
    outside_guidance: bool = False


def _some(hours: tuple[tuple[WeeklyHours, ...], ...]) -> tuple[tuple[WeeklyHours, ...], ...]:
    if not hours:
        raise ValueError("holds no hours; leave it out for Mon-Fri 09:00-17:00, or let time_off say who is away")
    return hours


class PersonShape(Shape):
    name: Line
    email: Address
    timezone: Zone | None = None
    available: Annotated[tuple[Hours, ...], AfterValidator(_some)] = ()
    calendar: str | None = None
    manager: AddressOrId | None = None
    language: str = "en"
    holidays: Region | None = None
    time_off: tuple[Days, ...] = ()
    max_per_week: MeetingsAWeek | None = None
    hours_per_month: HoursAMonth | None = None
    channel: Channel | None = None


class MonthShape(Shape):
    title: Line | None = None
    task: str | None = None
    kind: str | None = None
    questions: tuple[str, ...] | None = None
    prepare: tuple[str, ...] | None = None
    homework: tuple[str, ...] | None = None
    outcome: str | None = None


class PairShape(Shape):
    mentor: str
    protege: str
    start: Day
    end: Day | None = None
    policy: str
    roadmap: str = "early-career-product-manager"
    roadmap_month: Annotated[int, Field(ge=1, le=12)] | None = None
    focus: tuple[Annotated[str, spelt(_focus)], ...] = ()
    timezone: Zone | None = None
    where: Line | None = None
    face_to_face: CadenceShape | None = None
    calls: Calls | None = None
    pause: tuple[Days, ...] = ()
    months: dict[Annotated[int, Field(ge=1, le=12)], MonthShape] = Field(default_factory=dict)
    outside_guidance: bool = False


class FileShape(Shape):
    policies: dict[str, PolicyShape] = Field(default_factory=dict)
    people: dict[str, PersonShape] = Field(default_factory=dict)
    pairs: dict[str, PairShape] = Field(default_factory=dict)


class RoadmapMonthShape(Shape):
    number: Annotated[int, Field(ge=1, le=12)]
    title: Line
    kind: str = ""
    task: str
    questions: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    homework: tuple[str, ...] = ()
    outcome: str = ""


class RoadmapShape(Shape):
    title: Line
    months: tuple[RoadmapMonthShape, ...]
