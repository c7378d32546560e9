"""Random programmes of companies, as scenes of pairs: what the planner is given, and nothing of how it chooses.

Mentors have up to six proteges, some people are both; zones, hours, holidays, leave, limits, agreed times and calendars
that are as full as calendars are. Some programmes are tighter than anybody should plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from cadenced.core.bookings import Bookings
from cadenced.core.hindrances import Cause, Hindrance, taken
from cadenced.core.leave import LEAVE, days_off
from cadenced.core.model import DateRange, Horizon, Limits, Pair, Person
from cadenced.core.scene import Scene
from cadenced.wire.holidays import holidays_in
from tests.support.programme import at, hours, pair, person

NOW = datetime(
    2027, 2, 28, 12, tzinfo=UTC
)  # a Sunday; three zones change their clocks within the month, Easter is in it
DAYS = 100  # of calendars: the horizon, and the period after it
HOMES = (
    ("Europe/London", "GB-ENG"), ("Europe/London", "GB-SCT"), ("Europe/Berlin", "DE-BE"), ("Europe/Berlin", "DE-BY"),
    ("Europe/Paris", "FR"), ("America/New_York", "US-NY"),
)  # fmt: skip
WEEKS = (
    hours("Mon-Fri 09:00-17:00"),
    hours("Mon-Fri 08:30-18:00"),
    hours("Mon-Thu 08:00-16:00", "Fri 08:00-13:00"),
    hours("Tue-Thu 12:00-19:00"),
    hours("Mon-Fri 12:00-14:00", "Mon-Fri 16:00-19:00"),
)
AGREED = ("Mon 13:00", "Tue 17:30", "Wed 16:00", "Thu 12:30", "Thu 17:00")
HOUR = timedelta(hours=1)


def scenes(seed: int, mentors: tuple[int, int], ahead: timedelta) -> list[Scene]:
    """Of one company, the same for the same seed: with so few to so many mentors, planned so far ahead. Every fifth is
    tight.
    """
    rng = Random(seed)
    tight = seed % 5 == 0
    company = _Company(rng, rng.uniform(0.4, 0.6) if tight else rng.uniform(0.02, 0.25), 4 if tight else 14)
    pairs = list(_pairs(company, rng.randint(*mentors)))
    return [_scene(company, each, Horizon(ahead=ahead)) for each in pairs]


def limits_of(people: list[Person]) -> tuple[dict[str, int], dict[str, int]]:
    """Meetings a week, and minutes a month, of those who have a limit."""
    limits = {each.id: each.limits for each in people}
    return (
        {who: each.per_week for who, each in limits.items() if each.per_week is not None},
        {who: each.minutes_per_month for who, each in limits.items() if each.minutes_per_month is not None},
    )


@dataclass
class _Company:
    """`full` is the share of its people's days that is taken, `crowd` how many days of starts all share."""

    rng: Random
    full: float
    crowd: int
    people: list[Person] = field(default_factory=list)
    hindrances: dict[str, tuple[Hindrance, ...]] = field(default_factory=dict)

    def hire(self) -> Person:
        rng, name = self.rng, f"person-{len(self.people)}"
        zone, region = rng.choice(HOMES)
        leave = NOW.date() + timedelta(rng.randrange(DAYS))
        found = replace(
            person(name, zone, rng.choice(WEEKS)),
            holidays=region if rng.random() < 0.7 else "",
            time_off=(DateRange(leave, leave + timedelta(rng.choice((0, 1, 4, 11)))),) if rng.random() < 0.4 else (),
            limits=Limits(
                rng.choice((3, 4, 5)) if rng.random() < 0.3 else None,
                rng.choice((360, 480, 600)) if rng.random() < 0.3 else None,
            ),
        )
        self.people.append(found)
        self.hindrances[name] = (*self._appointments(found), *_away(found))
        return found

    def _appointments(self, who: Person) -> Iterator[Hindrance]:
        """An hour each; one in six is tentative."""
        zone = ZoneInfo(who.timezone)
        for n in range(DAYS):
            day = datetime.combine(NOW.date() + timedelta(n), time(), zone)
            for hour in range(8, 19):
                if self.rng.random() < self.full:
                    start = (day + hour * HOUR).astimezone(UTC)
                    cause = Cause.TENTATIVE if self.rng.random() < 1 / 6 else Cause.BUSY
                    yield Hindrance(start, start + HOUR, who.id, cause)


def _pairs(company: _Company, mentors: int) -> Iterator[Pair]:
    rng, proteges = company.rng, []
    for number in range(mentors):
        mentor = rng.choice(proteges) if proteges and rng.random() < 0.3 else company.hire()
        for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 6))):
            proteges.append(company.hire())
            yield pair(
                name=f"pair-{number}-{len(proteges)}",
                mentor=mentor,
                protege=proteges[-1],
                start=NOW.date() + timedelta(1 + rng.randrange(company.crowd)),
                face_to_face=rng.choice(("1 month", "1 month", "6 weeks")),
                calls=rng.choice(("2 weeks", "2 weeks", "1 month", None)),
                agreed=at(*rng.sample(AGREED, 2)) if rng.random() < 0.3 else (),
                travel=rng.choice((0, 30)),
            )


def _scene(company: _Company, of: Pair, horizon: Horizon) -> Scene:
    hindrances = (each for who in of.people for each in company.hindrances[who.id])
    return Scene(of, (), NOW, horizon, taken(hindrances, Bookings(of.people)))


def _away(who: Person) -> Iterator[Hindrance]:
    known = _holidays(who.holidays, NOW.date().year) if who.holidays else {}
    for start, end, why in days_off(who, known, (NOW, NOW + timedelta(DAYS))):
        yield Hindrance(start, end, who.id, Cause.LEAVE if why == LEAVE else Cause.HOLIDAY)


@lru_cache
def _holidays(region: str, year: int) -> dict[date, str]:
    return dict(holidays_in(region, year))
