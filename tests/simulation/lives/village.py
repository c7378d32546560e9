"""Who lives in a village, by its seed: a mentor of six, a protege who is a mentor, a pair apart, and all their days.

Must never know what happens there.
"""

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.model import DateRange, Limits, Pair, Person
from tests.simulation.lives.diary import Diary, furnished
from tests.support.programme import at, hours, pair, person

FIRST = date(2026, 9, 28)  # the Monday with which all diaries begin
LEAVE = timedelta(days=20)  # three weeks, both ends included
HOMES = (
    ("Europe/London", "GB-ENG"), ("Europe/Berlin", "DE-BE"), ("Europe/Dublin", "IE"), ("Europe/Lisbon", "PT"),
    ("Europe/Oslo", "NO"), ("Africa/Accra", "GH"), ("Europe/Warsaw", "PL"), ("Europe/Amsterdam", "NL"),
)  # fmt: skip
WEEKS = (  # few hours, for of many there is always one that suits
    ("Mon-Thu 09:00-12:00", "Tue 13:00-16:00"), ("Tue-Fri 09:30-12:30", "Wed 14:00-17:00"),
    ("Mon-Wed 10:00-13:00", "Thu 09:00-15:00"), ("Mon-Fri 11:00-14:00",),
)  # fmt: skip
EVERY = ("1 month", "1 month", "1 month", "6 weeks", "6 weeks", "2 months", "2 months", "3 months")
CALLS = (None, "1 month", "1 month", "2 weeks")
PROTEGES = ("bela", "cleo", "dina", "egon", "fay", "gus")  # of ada; gus has no calendar, bela is hal's mentor
NAMES = ("ada", *PROTEGES, "hal", "ivo", "june")


@dataclass
class Village:
    """`leaves` are the weeks that somebody takes off, with the day on which they say so: the first, or later."""

    people: dict[str, Person]
    pairs: list[Pair]
    diaries: dict[str, Diary]
    leaves: dict[str, tuple[DateRange, date]]

    def goes_away(self, name: str, days: DateRange) -> None:
        """It stands in the file from now on."""
        someone = replace(self.people[name], time_off=(*self.people[name].time_off, days))
        self.people[name] = someone
        self.pairs = [
            replace(p, mentor=self.people[p.mentor.id], protege=self.people[p.protege.id]) for p in self.pairs
        ]


def village(seed: int, now: datetime) -> Village:
    rng = random.Random(f"{seed}/village")
    people = {name: _someone(name, rng) for name in NAMES}
    limits = Limits(rng.choice((None, 3, 4, 5)), rng.choice((None, None, 600, 900)))
    mornings = hours("Mon-Thu 09:00-13:00", "Wed 14:00-17:00")
    people["ada"] = replace(people["ada"], limits=limits, timezone="Europe/London", available=mornings)
    people["hal"] = replace(people["hal"], limits=Limits(rng.choice((None, 1, 2))))
    pairs = [_pair("ada", name, people, rng) for name in PROTEGES]
    pairs += [_pair("bela", "hal", people, rng), _pair("ivo", "june", people, rng)]
    diaries = {
        name: furnished(name, ZoneInfo(who.timezone), rng, FIRST, now) for name, who in people.items() if who.calendar
    }
    there = Village(people, pairs, diaries, {name: _leave(rng, now.date()) for name in NAMES})
    for name, (days, told) in there.leaves.items():
        if told <= now.date():
            there.goes_away(name, days)
    return there


def _someone(name: str, rng: random.Random) -> Person:
    zone, region = rng.choice(HOMES)
    available, calendar = hours(*rng.choice(WEEKS)), None if name == "gus" else name
    return person(name, zone, available, calendar=calendar, holidays=rng.choice((region, region, "")))


def _pair(mentor: str, protege: str, people: dict[str, Person], rng: random.Random) -> Pair:
    start = date(2026, rng.randint(9, 12), rng.randint(1, 31 if rng.random() < 0.1 else 28) % 30 + 1)
    return pair(
        name=f"{mentor}-{protege}",
        mentor=people[mentor],
        protege=people[protege],
        start=start,
        face_to_face=rng.choice(EVERY),
        calls=rng.choice(CALLS),
        agreed=at("Tue 17:30", "Thu 12:00") if rng.random() < 0.3 else (),
        travel=rng.choice((0, 0, 30)),
    )


def _leave(rng: random.Random, today: date) -> tuple[DateRange, date]:
    first = today + timedelta(days=rng.randint(20, 330))
    told = today if rng.random() < 0.5 else first - timedelta(days=rng.randint(1, 60))
    return DateRange(first, first + LEAVE), told
