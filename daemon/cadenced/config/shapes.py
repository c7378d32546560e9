"""The shape of pairs.toml, as pydantic models: which keys there are, and what each may hold.

Owns the keys and their little languages. Must never know another file, nor whether a name that is used exists.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from cadenced.config import grammar
from cadenced.core.model import DateRange, Every, WeeklyHours, WeeklyTime

ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
FOCUS = (
    "strategic-thinking",
    "executive-relationships",
    "career-planning",
    "negotiation",
    "management-skills",
    "executive-presence",
)  # DOMAIN: the six standard focus areas


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _text(parse: Callable[[str], object]) -> BeforeValidator:
    """What is no text at all gets the same words as a text that doesn't parse."""
    return BeforeValidator(lambda value: parse(value if isinstance(value, str) else str(value)[:60]))


EveryText = Annotated[Every, _text(grammar.every)]
At = Annotated[WeeklyTime, _text(grammar.weekly_time)]
Hours = Annotated[tuple[WeeklyHours, ...], _text(grammar.weekly_hours)]
Days = Annotated[DateRange, _text(grammar.date_range)]
Zone = Annotated[str, _text(grammar.zone)]
Address = Annotated[str, _text(grammar.address)]
Line = Annotated[str, _text(grammar.one_line)]
Minutes = Annotated[int, Field(ge=5, le=480, strict=True)]


class CadenceShape(Shape):
    every: EveryText | None = None
    minutes: Minutes | None = None
    at: tuple[At, ...] = ()
    where: Line | None = None


Calls = Annotated[
    Annotated[CadenceShape, Tag("<on>")] | Annotated[Literal[False], Tag("<off>")],
    Discriminator(lambda value: "<off>" if value is False else "<on>"),
]


class PolicyShape(Shape):
    face_to_face: CadenceShape
    calls: Calls | None = None
    outside_guidance: bool = False


class PersonShape(Shape):
    name: Line
    email: Address
    timezone: Zone
    available: tuple[Hours, ...] = ()
    calendar: str | None = None
    manager: str | None = None
    language: str = "en"


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
    start: date
    end: date | None = None
    policy: str
    roadmap: str = "early-career-product-manager"
    roadmap_month: Annotated[int, Field(ge=1, le=12)] | None = None
    focus: tuple[str, ...] = ()
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
