"""Random pairs for Hypothesis, and what a person with a calendar in hand would say about a time.

Slow and plain, so that it owes nothing to the code it judges.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cadenced.core.model import DateRange, Every, Kind, Meeting, Pair, Person, Roadmap, State, WeeklyTime
from tests.support.programme import hours, pair, person

ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Sao_Paulo",
    "America/Havana", "Asia/Kathmandu", "Asia/Beirut", "Africa/Cairo", "Africa/Casablanca", "Australia/Lord_Howe",
    "Australia/Sydney", "Pacific/Auckland", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Gaza", "America/Nuuk",
)  # fmt: skip
WEEKS = (
    hours("Mon-Fri 09:00-17:00"),
    hours("Mon-Fri 08:00-19:00"),
    hours("Mon-Sun 07:00-22:00"),
    hours("Mon-Sun 00:00-24:00"),
    hours("Tue-Thu 12:30-14:30", "Tue-Thu 18:00-23:00"),
    hours("Mon-Sat 06:15-09:45", "Mon-Sat 16:45-24:00"),
)
NO_ROADMAP = Roadmap("none", "Planning asks for none", ())
MONTHLY_TO_QUARTERLY = st.sampled_from([Every(months=n) for n in (1, 2, 3)] + [Every(days=n) for n in range(28, 93)])
FORTNIGHTLY_TO_MONTHLY = st.sampled_from([Every(months=1)] + [Every(days=n) for n in range(14, 32)])
AGREED = st.lists(st.builds(WeeklyTime, st.integers(0, 6), st.sampled_from([time(9), time(12, 15), time(17, 30)])))
STARTS = st.one_of(
    st.dates(date(2005, 1, 1), date(2035, 12, 31)),
    st.builds(date, st.integers(2005, 2035), st.sampled_from([1, 3, 5, 7, 8, 10, 12]), st.sampled_from([29, 30, 31])),
)


@st.composite
def people(draw: st.DrawFn, name: str) -> Person:
    return person(name, draw(st.sampled_from(ZONES)), draw(st.sampled_from(WEEKS)), calendar=name)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair within the guidance: any zones, hours and times, which may well leave it nothing in common."""
    mentor, protege = draw(people("maya")), draw(people("jonas"))
    made = pair(
        start=draw(STARTS),
        mentor=mentor,
        protege=protege,
        timezone=draw(st.sampled_from([mentor.timezone, protege.timezone])),
        agreed=tuple(draw(AGREED))[:2],
        agreed_calls=tuple(draw(AGREED))[:2],
        minutes=draw(st.sampled_from([30, 45, 60, 90])),
    )
    calls = replace(made.calls, every=draw(FORTNIGHTLY_TO_MONTHLY)) if draw(st.booleans()) else None
    return replace(
        made, face_to_face=replace(made.face_to_face, every=draw(MONTHLY_TO_QUARTERLY)), calls=calls, roadmap=NO_ROADMAP
    )


@st.composite
def pauses(draw: st.DrawFn, around: date) -> tuple[DateRange, ...]:
    first = around + timedelta(draw(st.integers(-60, 200)))
    return draw(st.sampled_from([(), (DateRange(first, first + timedelta(draw(st.integers(0, 70)))),)]))


@st.composite
def busy_times(draw: st.DrawFn, since: datetime) -> list[tuple[datetime, datetime]]:
    """Appointments and whole weeks away, in the months that come."""
    found = []
    for _ in range(draw(st.integers(0, 12))):
        begin = since + timedelta(hours=draw(st.integers(0, 24 * 150)))
        found.append((begin, begin + timedelta(hours=draw(st.sampled_from([1, 3, 9, 24, 24 * 7, 24 * 20])))))
    return found


def wall(p: Pair, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(p.timezone)).replace(tzinfo=None)


def suits(p: Pair, kind: Kind, start: datetime, end: datetime) -> bool:
    """Whether both could come, or have agreed on the time; holidays of the pair count, appointments don't."""
    here = wall(p, start)
    if any(each.first <= here.date() <= each.last for each in p.pause) or (p.end and here.date() > p.end):
        return False
    return WeeklyTime(here.weekday(), here.time()) in p.cadence(kind).at or all(
        within_hours(each, start, end) for each in p.people
    )


def within_hours(someone: Person, start: datetime, end: datetime) -> bool:
    """Minute by minute, on the person's own clock."""
    zone = ZoneInfo(someone.timezone)
    minutes = int((end - start) / timedelta(minutes=1))
    walls = ((start + timedelta(minutes=n)).astimezone(zone) for n in range(minutes))
    return all(
        any(h.weekday == w.weekday() and h.start <= w.hour * 60 + w.minute < h.end for h in someone.available)
        for w in walls
    )


def half_hours(p: Pair, first: datetime, last: datetime) -> Iterator[datetime]:
    """Every full and half hour of the pair's wall time between two wall times, as instants."""
    zone, here = ZoneInfo(p.timezone), datetime.combine(first.date(), time())
    while here < last:
        moment = here.replace(tzinfo=zone).astimezone(UTC)
        if first <= here and wall(p, moment) == here:
            yield moment
        here += timedelta(minutes=30)


def moved(meeting: Meeting, by: timedelta) -> Meeting:
    """As a human moves it: `placed` stays what the planner chose."""
    return replace(meeting, start=meeting.start + by, end=meeting.end + by)


def standing(meetings: tuple[Meeting, ...] | list[Meeting], kind: Kind | None = None) -> list[Meeting]:
    return [m for m in meetings if m.state is State.STANDING and (kind is None or m.identity.kind is kind)]
