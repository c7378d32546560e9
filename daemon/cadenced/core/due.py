"""What all messages have in common: the key in the ledger, and the morning on which a mail comes.

Must never know which messages there are.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.actions import Mail
from cadenced.core.availability import in_ranges
from cadenced.core.model import DateRange, Meeting, Person

MORNING = time(8)  # in the reader's zone


def key(pair: str, kind: Mail, about: str, person: str) -> str:
    """The ledger's key: unique for ever, the same on every machine."""
    return f"{pair}/{kind}/{about}/{person}"


def about_meeting(meeting: Meeting) -> str:
    """The part of a key that names a meeting of a pair."""
    return str(meeting.identity).removeprefix(f"{meeting.identity.pair}/")


def morning(person: Person, day: date) -> datetime:
    """08:00 of a day in the person's zone, in UTC."""
    return datetime.combine(day, MORNING, ZoneInfo(person.timezone)).astimezone(UTC)


def local_day(zone: str, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def first_open(first: date, end: date, closed: Sequence[DateRange]) -> date | None:
    """The first day of `[first, end)` that is in none of the ranges."""
    days = (first + timedelta(number) for number in range((end - first).days))
    return next((day for day in days if not in_ranges(day, closed)), None)
