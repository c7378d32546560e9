"""What people have in their calendars beside us: weeks, fortnights and months that come back, with exceptions; days of
conference; perhapses; and single appointments.

Each is written as a calendar app writes it, and knows by itself when it takes place: no code reads it for the judges.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, WEEK, HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Times = tuple[datetime, datetime]


@dataclass(frozen=True)
class Block:
    """A time that is taken, in UTC, and since when it is known to be."""

    start: datetime
    end: datetime
    since: datetime

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Series:
    """What comes back by a rule (RFC 5545 §3.3.10), and the days and the wall time at which that is."""

    rule: str
    days: list[date]
    at: time
    length: timedelta


@dataclass
class Diary:
    """One person's. `bodies` by resource; `blocks` are what is taken for certain. Perhapses are not."""

    name: str
    zone: ZoneInfo
    bodies: dict[str, str] = field(default_factory=dict)
    blocks: dict[date, list[Block]] = field(default_factory=lambda: defaultdict(list))  # by days that they touch

    def taken(self, start: datetime, end: datetime) -> list[Block]:
        days = {start.date(), end.date()}
        return [each for day in sorted(days) for each in self.blocks.get(day, ()) if each.overlaps(start, end)]

    def keep(self, resource: str, lines: list[str], times: list[Times], now: datetime) -> None:
        body = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//village//EN", *lines, "END:VCALENDAR", ""]
        self.bodies[resource] = "\r\n".join(body)
        for start, end in times:
            for number in range((end.date() - start.date()).days + 1):
                self.blocks[start.date() + number * DAY].append(Block(start, end, now))

    def appoint(self, resource: str, start: datetime, length: timedelta, now: datetime) -> None:
        times = [f"DTSTART:{_utc(start)}", f"DTEND:{_utc(start + length)}"]
        self.keep(resource, self._event(resource, times), [(start, start + length)], now)

    # what comes back

    def comes_back(self, resource: str, series: Series, now: datetime) -> None:
        """Two of its days are off (EXDATE), and one is two hours later (RECURRENCE-ID)."""
        rule, days, at, length = series.rule, series.days, series.at, series.length
        rng = random.Random(f"{self.name}/{resource}")
        off, later = rng.sample(days, 2), rng.choice(days)
        starts = [datetime.combine(day, at, self.zone) for day in days if day not in off]
        moved = datetime.combine(later, at, self.zone)
        held = [self._at(moved + 2 * HOUR, length) if start == moved else self._at(start, length) for start in starts]
        zone, first = f";TZID={self.zone.key}", datetime.combine(days[0], at)
        times = [f"DTSTART{zone}:{_wall(first)}", f"DURATION:PT{length // timedelta(minutes=1)}M", f"RRULE:{rule}"]
        times += [f"EXDATE{zone}:{_wall(datetime.combine(day, at))}" for day in off]
        lines = self._event(resource, times)
        if later not in off:
            wall = datetime.combine(later, at)
            again = [f"RECURRENCE-ID{zone}:{_wall(wall)}", f"DTSTART{zone}:{_wall(wall + 2 * HOUR)}"]
            lines += self._event(resource, [*again, f"DURATION:PT{length // timedelta(minutes=1)}M"])
        self.keep(resource, lines, held, now)

    def perhaps(self, resource: str, rule: str, first: date, at: time) -> None:
        times = [f"DTSTART;TZID={self.zone.key}:{_wall(datetime.combine(first, at))}", "DURATION:PT1H"]
        self.keep(resource, self._event(resource, [*times, f"RRULE:{rule}", "STATUS:TENTATIVE"]), [], _NEVER)

    def whole_days(self, resource: str, first: date, days: int, now: datetime, *, free: bool = False) -> None:
        """A conference; or, where `free`, an anniversary that keeps nobody from anything."""
        end = first + days * DAY
        times = [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}"]
        midnights = [datetime.combine(day, time(), self.zone).astimezone(UTC) for day in (first, end)]
        more = ["TRANSP:TRANSPARENT"] if free else []
        self.keep(resource, self._event(resource, [*times, *more]), [] if free else [tuple(midnights)], now)

    def _at(self, start: datetime, length: timedelta) -> Times:
        begins = start.astimezone(UTC)
        return begins, begins + length

    def _event(self, resource: str, times: list[str]) -> list[str]:
        uid = f"{self.name}-{resource}"
        return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *times, "SUMMARY:Busy", "END:VEVENT"]


def weekly(first: date, weeks: int, until: date) -> list[date]:
    return list(_days(first, weeks * WEEK, until))


def monthly(weekday: int, number: int, first: date, until: date) -> list[date]:
    """The nth weekday of each month."""
    days = (first + n * DAY for n in range((until - first).days))
    return [day for day in days if day.weekday() == weekday and (day.day - 1) // 7 + 1 == number]


def furnished(name: str, zone: ZoneInfo, rng: random.Random, first: date, now: datetime) -> Diary:
    """What somebody has on in an ordinary year and a half that begins with `first`, a Monday."""
    diary, until = Diary(name, zone), first + 100 * WEEK
    for number in range(rng.randint(1, 2)):
        day = rng.randint(0, 4)
        days = weekly(first + day * DAY, 1, until)
        series = Series(f"FREQ=WEEKLY;BYDAY={CODES[day]}", days, _hour(rng), HOUR)
        diary.comes_back(f"week-{number}.ics", series, now)
    day = rng.randint(0, 4)
    days = weekly(first + day * DAY + WEEK * rng.randint(0, 1), 2, until)
    diary.comes_back("fortnight.ics", Series("FREQ=WEEKLY;INTERVAL=2", days, _hour(rng), 3 * HOUR / 2), now)
    day, number = rng.randint(0, 4), rng.randint(1, 3)
    rule, days = f"FREQ=MONTHLY;BYDAY={number}{CODES[day]}", monthly(day, number, first, until)
    diary.comes_back("month.ics", Series(rule, days, _hour(rng), 2 * HOUR), now)
    for number in range(3):
        begins = first + rng.randint(60, 420) * DAY
        diary.whole_days(f"conference-{number}.ics", begins, rng.randint(1, 4), now)
    diary.whole_days("birthday.ics", first + rng.randint(60, 420) * DAY, 1, now, free=True)
    day = rng.randint(0, 4)
    diary.perhaps("perhaps.ics", f"FREQ=WEEKLY;BYDAY={CODES[day]}", first + day * DAY, _hour(rng))
    return diary


_NEVER = datetime.max.replace(tzinfo=UTC)


def _hour(rng: random.Random) -> time:
    return time(rng.randint(9, 15), rng.choice((0, 30)))


def _days(first: date, step: timedelta, until: date) -> Iterator[date]:
    while first < until:
        yield first
        first += step


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _wall(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
