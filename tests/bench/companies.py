"""Random programmes of companies, as the wishes of one round: of each pair a face-to-face meeting, and perhaps a call.

Mentors have up to six proteges, some people are both, calendars are as full as calendars are, and some programmes are
tighter than anybody should plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from cadenced.core.availability import Busy, SharedHours, in_ranges
from cadenced.core.model import DateRange, Identity, Kind, Limits, Pair, Person
from cadenced.core.together import Option, Room, Wish
from tests.support.programme import at, hours, pair, person

ROUND = date(2027, 3, 1)  # a Monday; two zones change their clocks within the month
DAYS = 35
GRID = 30  # minutes
DAY, OTHER_TIME, NOT_AGREED = 10, 20, 100  # points: a day from the target, another time than the last, or than agreed
ZONES = ("Europe/London", "Europe/London", "Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "America/New_York")
WEEKS = (
    hours("Mon-Fri 09:00-17:00"),
    hours("Mon-Fri 08:30-18:00"),
    hours("Mon-Thu 08:00-16:00", "Fri 08:00-13:00"),
    hours("Tue-Thu 12:00-19:00"),
    hours("Mon-Fri 12:00-14:00", "Mon-Fri 16:00-19:00"),
)
AGREED = ("Mon 13:00", "Tue 17:30", "Wed 16:00", "Thu 12:30", "Thu 17:00")


@dataclass(frozen=True)
class Programme:
    wishes: tuple[Wish, ...]
    room: Room


@dataclass
class _Company:
    """`full` is the share of its people's days that is taken, `crowd` how many days of targets all share."""

    rng: Random
    full: float
    crowd: int
    people: list[Person] = field(default_factory=list)
    busy: dict[str, Busy] = field(default_factory=dict)

    def hire(self) -> Person:
        rng, name = self.rng, f"person-{len(self.people)}"
        leave = ROUND + timedelta(rng.randrange(DAYS))
        found = replace(
            person(name, rng.choice(ZONES), rng.choice(WEEKS)),
            time_off=(DateRange(leave, leave + timedelta(rng.choice((0, 0, 1, 4)))),) if rng.random() < 0.4 else (),
            limits=Limits(
                rng.choice((3, 4, 5)) if rng.random() < 0.3 else None,
                rng.choice((360, 480, 600)) if rng.random() < 0.3 else None,
            ),
        )
        self.people.append(found)
        self.busy[name] = Busy(self._appointments(ZoneInfo(found.timezone)))
        return found

    def _appointments(self, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        for n in range(DAYS):
            day = datetime.combine(ROUND + timedelta(n), time(), zone)
            for half_hour in range(16, 38, 2):
                if self.rng.random() < self.full:
                    start = day + timedelta(minutes=GRID * half_hour)
                    yield start.astimezone(UTC), (start + timedelta(hours=1)).astimezone(UTC)


def programme(seed: int) -> Programme:
    """The same for the same seed. Every fifth is tight."""
    rng = Random(seed)
    tight = seed % 5 == 0
    company = _Company(rng, rng.uniform(0.4, 0.6) if tight else rng.uniform(0.02, 0.25), 4 if tight else 14)
    pairs = list(_pairs(company, rng.randint(3, 10)))
    wishes = [wish for each in pairs for wish in _wishes(company, each)]
    limited = {p.id: p.limits for p in company.people}
    return Programme(
        tuple(wish for wish in wishes if wish.options),
        Room(
            {who: limits.per_week for who, limits in limited.items() if limits.per_week is not None},
            {who: limits.minutes_per_month for who, limits in limited.items() if limits.minutes_per_month is not None},
        ),
    )


def _pairs(company: _Company, mentors: int) -> Iterator[Pair]:
    rng, proteges = company.rng, []
    for number in range(mentors):
        mentor = rng.choice(proteges) if proteges and rng.random() < 0.3 else company.hire()
        for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 6))):
            proteges.append(company.hire())
            agreed = at(*rng.sample(AGREED, 2)) if rng.random() < 0.3 else ()
            made = pair(mentor=mentor, protege=proteges[-1], agreed=agreed, name=f"pair-{number}-{len(proteges)}")
            travel = timedelta(minutes=30) if rng.random() < 0.5 else timedelta()
            yield replace(made, face_to_face=replace(made.face_to_face, travel=travel))


def _wishes(company: _Company, of: Pair) -> Iterator[Wish]:
    """A face-to-face meeting, and for every other pair the call two weeks after it."""
    target = ROUND + timedelta(7 + company.rng.randrange(company.crowd))
    yield _wish(company, of, Kind.FACE_TO_FACE, target, 10)
    if company.rng.random() < 0.5:
        yield _wish(company, of, Kind.CALL, target + timedelta(14), 5)


def _wish(company: _Company, of: Pair, kind: Kind, target: date, reach: int) -> Wish:
    shared = SharedHours(of)
    cadence = of.face_to_face if kind is Kind.FACE_TO_FACE else of.calls
    habit = target.weekday(), time(company.rng.choice((9, 10, 11, 13, 14, 16)))
    options = [
        Option(start, end, _cost(wall, target, habit, cadence.at), tuple(_day(start, p) for p in of.people))
        for wall, start, end in _times(of, shared, target, reach, cadence.minutes)
        if not any(_away(company, p, start, end, cadence.travel) for p in of.people)
    ]
    return Wish(
        Identity(of.id, kind, ROUND, 0 if kind is Kind.FACE_TO_FACE else 1),
        tuple(p.id for p in of.people),
        tuple(sorted(options, key=lambda option: (option.cost, option.start))),
        cadence.travel,
    )


def _times(of: Pair, shared: SharedHours, target: date, reach: int, minutes: int) -> Iterator[tuple]:
    for offset in range(-reach, reach + 1):
        day = target + timedelta(offset)
        for first, last in shared.on(day):
            for minute in range(-(-first // GRID) * GRID, last - minutes + 1, GRID):
                wall = datetime.combine(day, time(minute // 60, minute % 60))
                start = shared.utc(wall)
                if start is not None and shared.fits(start, wall, minutes):
                    yield wall, start, start + timedelta(minutes=minutes)


def _away(company: _Company, who: Person, start: datetime, end: datetime, travel: timedelta) -> bool:
    return company.busy[who.id].overlaps(start - travel, end + travel) or in_ranges(_day(start, who), who.time_off)


def _cost(wall: datetime, target: date, habit: tuple[int, time], agreed: tuple) -> int:
    points = DAY * abs((wall.date() - target).days)
    if agreed:
        return points + (0 if (wall.weekday(), wall.time()) in {(a.weekday, a.at) for a in agreed} else NOT_AGREED)
    return points + (0 if (wall.weekday(), wall.time()) == habit else OTHER_TIME)


def _day(start: datetime, who: Person) -> date:
    return start.astimezone(ZoneInfo(who.timezone)).date()
