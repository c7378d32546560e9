"""Planning against merely building what is planned."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event

from cadenced.core.model import Horizon, Meeting
from cadenced.core.slots import Taken
from tests.bench.stopwatch import stopwatch
from tests.support.planning import plan_pair
from tests.support.programme import at, hours, pair, person, utc

PAIRS = 10_000
YEAR = Horizon(ahead=timedelta(days=365))
NOW = utc("2026-11-24T09:00")
ZONE = ZoneInfo("Europe/London")
ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Sydney")


def year() -> tuple[float, float]:
    pairs = [_pair(number) for number in range(PAIRS)]
    with stopwatch() as ours:
        planned = [meeting for each in pairs for meeting in plan_pair(each, (), NOW, YEAR, Taken()).meetings]
    with stopwatch() as theirs:
        built = [_event(meeting) for meeting in planned]
    assert len(built) > 20 * PAIRS
    return ours(), theirs()


def _pair(number: int):
    """Ordinary people: two zones, office hours, half of them with agreed times; starts all over the month."""
    mentor = person(f"mentor-{number}", ZONES[number % 3], hours("Mon-Fri 08:00-19:00"))
    protege = person(f"protege-{number}", ZONES[(number + number // 3) % 3], hours("Mon-Fri 09:00-18:00"))
    agreed = at("Tue 17:30", "Thu 17:30") if number % 2 else ()
    start = date(2026, 12, 1) + timedelta(days=number % 28)
    return replace(pair(start=start, mentor=mentor, protege=protege, agreed=agreed), id=f"pair-{number}")


def _event(meeting: Meeting) -> Event:
    """What stands in an event of ours, but for our own properties."""
    event = Event()
    event.add("uid", meeting.uid)
    for key in ("created", "dtstamp", "last-modified"):
        event.add(key, NOW)
    event.add("sequence", 0)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("dtstart", meeting.start.astimezone(ZONE))
    event.add("dtend", meeting.end.astimezone(ZONE))
    event.add("summary", "Maya Okafor: Where do you want to be?")
    event.add("location", "The Lamb")
    event.add("description", "Month 1. The first real conversation.")
    return event
