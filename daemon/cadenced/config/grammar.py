"""The little languages inside TOML strings: intervals, weekly times and hours, ranges of days, durations.

Each takes a text and returns a value of core/, or raises ValueError that says what would be right. Cached: a programme
of thousands repeats a few dozen of them. Must never know where in a file a text stands.
"""

import re
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from cadenced.config.problems import nearest
from cadenced.core.model import DateRange, Every, WeeklyHours, WeeklyTime

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
UNITS = {"s": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400, "week": 604800}
_EVERY = re.compile(r"(\d{1,3})\s*(day|week|month)s?")
_DURATION = re.compile(r"(\d{1,6})\s*(s|second|min|minute|h|hour|day|week)s?")
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_AT = re.compile(rf"(\w+)\s+{_CLOCK}")
_HOURS = re.compile(rf"([\w,\s-]+?)\s+{_CLOCK}\s*-\s*{_CLOCK}")
_ZONES = frozenset(available_timezones())


@lru_cache(maxsize=1024)
def every(text: str) -> Every:
    """As in "1 month", "6 weeks", "10 days"."""
    found = _EVERY.fullmatch(text.strip())
    if not found or not int(found[1]):
        raise ValueError(f'"{text}" is no interval; write it like "1 month", "6 weeks" or "10 days"')
    count = int(found[1])
    return Every(months=count) if found[2] == "month" else Every(days=count * (7 if found[2] == "week" else 1))


@lru_cache(maxsize=1024)
def duration(text: str) -> timedelta:
    """As in "10 weeks", "3 days", "24 hours", "60 s"."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is no length of time; write it like "10 weeks", "3 days", "24 hours" or "60 s"')
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


@lru_cache(maxsize=4096)
def weekly_time(text: str) -> WeeklyTime:
    """As in "Tue 17:30"."""
    found = _AT.fullmatch(text.strip())
    if not found or found[2] == "24":
        raise ValueError(f'"{text}" is no weekly time; write it like "Tue 17:30"')
    return WeeklyTime(_day(found[1]), time(int(found[2]), int(found[3])))


@lru_cache(maxsize=4096)
def weekly_hours(text: str) -> tuple[WeeklyHours, ...]:
    """As in "Mon-Thu 08:30-18:00", "Mon,Wed 9:00-24:00"."""
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" are no weekly hours; write them like "Mon-Thu 08:30-18:00" or "Mon,Wed 9:00-12:00"')
    start, end = int(found[2]) * 60 + int(found[3]), int(found[4]) * 60 + int(found[5])
    if not 0 <= start < end <= 1440:
        raise ValueError(f'"{text}": the hours must end after they begin, and by 24:00; name two spans for a night')
    return tuple(WeeklyHours(day, start, end) for day in _days(found[1]))


@lru_cache(maxsize=4096)
def date_range(text: str) -> DateRange:
    """As in "2027-07-15/2027-08-31", or a single day."""
    first, _, last = text.strip().partition("/")
    try:
        found = DateRange(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError:
        raise ValueError(f'"{text}" are no days that exist; write them like "2027-07-15/2027-08-31"') from None
    if found.last < found.first:
        raise ValueError(f'"{text}" ends before it begins')
    return found


@lru_cache(maxsize=1024)
def zone(text: str) -> str:
    """The name of an IANA time zone."""
    if text not in _ZONES:
        raise ValueError(f'"{text}" is no time zone{nearest(text, _ZONES)}')
    return text


@lru_cache(maxsize=65536)
def address(text: str) -> str:
    """A mail address, as far as it can be told without asking its server."""
    local, at, domain = text.rpartition("@")
    if not ((local and at and "." in domain.strip(".")) or domain == "localhost") or re.search(
        r"[\s<>,;\x00-\x1f]", text
    ):
        raise ValueError(f'"{text}" is no mail address; write it like "maya@example.org"')
    return text


def one_line(text: str) -> str:
    """A name: not empty, on one line."""
    if not text.strip() or re.search(r"[\x00-\x1f\x7f\u2028\u2029]", text):
        raise ValueError("must be a text on one line, and not empty")
    return text.strip()


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        begin, end = _day(first.strip()), _day(last.strip()) if dash else _day(first.strip())
        found += [(begin + n) % 7 for n in range((end - begin) % 7 + 1)]
    return sorted(set(found))


def _day(text: str) -> int:
    name = text[:3].capitalize()
    if name not in DAYS:
        raise ValueError(f'"{text}" is no weekday; the weekdays are {", ".join(DAYS)}')
    return DAYS.index(name)
