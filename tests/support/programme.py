"""People and pairs for tests, from short words: what a test does not name is ordinary."""

import re
from datetime import UTC, date, datetime, time, timedelta

from cadenced.core.model import (
    Cadence,
    DateRange,
    Every,
    Meeting,
    Pair,
    Person,
    Programme,
    Roadmap,
    RoadmapMonth,
    WeeklyHours,
    WeeklyTime,
)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROADMAP = Roadmap(
    "plain",
    "A plain year",
    tuple(
        RoadmapMonth(
            n,
            f"Title {n}",
            "vision",
            f"Task {n}.",
            (f"Question {n}?",),
            (f"Prepare {n}.",),
            (f"Homework {n}.",),
            f"Outcome {n}.",
        )
        for n in range(1, 13)
    ),
)


def every(text: str) -> Every:
    """ "1 month", "6 weeks", "10 days"."""
    number, unit = text.split()
    count = int(number)
    return (
        Every(months=count) if unit.startswith("month") else Every(days=count * (7 if unit.startswith("week") else 1))
    )


def at(*texts: str) -> tuple[WeeklyTime, ...]:
    """ "Tue 17:30"."""
    return tuple(WeeklyTime(DAYS.index(t[:3]), time.fromisoformat(t[4:])) for t in texts)


def hours(*texts: str) -> tuple[WeeklyHours, ...]:
    """ "Mon-Fri 09:00-17:00"; an end of 24:00 is allowed."""
    found = []
    for text in texts:
        first, last, *clock = re.fullmatch(r"(\w{3})(?:-(\w{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)", text).groups()
        a, b, c, d = map(int, clock)
        days = range(DAYS.index(first), DAYS.index(last or first) + 1)
        found += [WeeklyHours(day, a * 60 + b, c * 60 + d) for day in days]
    return tuple(found)


def person(name: str, timezone: str = "UTC", available: tuple = (), **more) -> Person:
    return Person(name, name.capitalize(), f"{name}@example.org", timezone, available, **more)


def pair(
    *,
    start: date = date(2026, 12, 1),
    face_to_face: str = "1 month",
    calls: str | None = "2 weeks",
    agreed: tuple[WeeklyTime, ...] = (),
    agreed_calls: tuple[WeeklyTime, ...] = (),
    mentor: Person | None = None,
    protege: Person | None = None,
    timezone: str | None = None,
    pause: tuple[DateRange, ...] = (),
    name: str = "maya-jonas",
    minutes: int = 60,
    travel: int = 0,  # minutes
    **more,
) -> Pair:
    mentor = mentor or person("maya", "Europe/London", hours("Mon-Fri 08:30-18:00"), calendar="maya")
    protege = protege or person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), calendar="jonas")
    return Pair(
        name,
        mentor,
        protege,
        start,
        timezone or mentor.timezone,
        Cadence(every(face_to_face), minutes, agreed, "The Lamb", timedelta(minutes=travel)),
        Cadence(every(calls), 30, agreed_calls) if calls else None,
        ROADMAP,
        pause=pause,
        **more,
    )


def programme(*pairs: Pair) -> Programme:
    return Programme({p.id: p for p in pairs}, {p.id: repr(p) for p in pairs})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(meetings: list[Meeting] | tuple[Meeting, ...], kind: str | None = None) -> list[str]:
    return [f"{m.start:%Y-%m-%d %H:%M}" for m in meetings if kind is None or m.identity.kind == kind]
