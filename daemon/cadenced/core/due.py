"""What all messages have in common: the key in the ledger, and the day and morning on which a mail comes.

Must never know which messages there are.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from cadenced.core.actions import Mail
from cadenced.core.cadence import DAY, merged
from cadenced.core.model import DateRange, Meeting, Pair, Person

MORNING = time(8)  # in the reader's zone
ASK = "ask-"  # begins what an answer is about that asks whether something is meant


def key(pair: str, kind: Mail, about: str, person: str) -> str:
    """The ledger's key: unique for ever, the same on every machine."""
    return f"{pair}/{kind}/{about}/{person}"


def kind_of(name: str) -> str:
    """The kind of message that a key names, be it none of today's."""
    return name.partition("/")[2].partition("/")[0]


def reader_of(name: str) -> str:
    """The id of the person that a key names."""
    return name.rpartition("/")[2]


def is_question(name: str) -> bool:
    """Whether the mail of that key asks whether something is meant that was told us."""
    return name.partition("/")[2].startswith(f"{Mail.ANSWER}/{ASK}")


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
    opens = _beyond(first, first, closed)
    return opens if opens is not None and opens < end else None


def resumes(pair: Pair, day: date, today: date) -> date | None:
    """The day on which comes what is due on `day` and has not come: not in a pause that has begun by then or by
    `today`, but on the first day after it. None where that never ends.
    """
    return _beyond(day, today, pair.pause)


def _beyond(day: date, today: date, closed: Sequence[DateRange]) -> date | None:
    for each in merged(tuple(closed)):
        if day <= each.last and each.first <= max(day, today):
            if each.last == date.max:
                return None
            day = each.last + DAY
    return day
