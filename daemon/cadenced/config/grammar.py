"""The little languages inside TOML strings: intervals, weekly times and hours, ranges of days, durations, regions.

Each takes a text and returns a value of core/, or raises ValueError that says what would be right. Cached: a programme
of thousands repeats a few dozen of them. Must never know where in a file a text stands.
"""

import re
from datetime import date, time, timedelta
from functools import lru_cache
from zoneinfo import available_timezones

from cadenced.config.problems import HINT, meant, nearest
from cadenced.core.model import DateRange, Every, WeeklyHours, WeeklyTime
from cadenced.wire.holidays import countries, part_called, parts

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EARLIEST, LATEST = 2000, 2199  # years: outside them it is a slip of the finger, and far dates overflow
FURTHEST = timedelta(hours=4)  # that people travel to a meeting; more is a slip of the finger, or a day's journey
UNITS = {"s": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": 86400, "week": 604800}
CODE = 3  # letters, at most
_WEEKDAYS = {name[:n].lower(): number for number, name in enumerate(DAYS) for n in (3, len(name))}
_EVERY = re.compile(r"(\d{1,3})\s*(day|week|month)s?")
_DURATION = re.compile(r"(\d{1,6})\s*(s|second|min|minute|h|hour|day|week)s?")
_CLOCK = r"([01]?\d|2[0-4]):([0-5]\d)"
_AT = re.compile(rf"(\w+)\s+{_CLOCK}")
_HOURS = re.compile(rf"([\w,\s-]+?)\s+{_CLOCK}\s*-\s*{_CLOCK}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.ASCII | re.IGNORECASE)
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
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


@lru_cache(maxsize=1024)
def travel(text: str) -> timedelta:
    """As in "30 min", "1 hour"."""
    if not _DURATION.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is no length of time; write it like "30 min" or "1 hour"')
    if (found := duration(text)) > FURTHEST:
        raise ValueError(f'"{text}" is too far: what is kept free before and after a meeting is 4 hours each at most')
    return found


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
def day(text: str) -> date:
    """As in "2026-12-01"."""
    try:  # no week of a year, nor a day without dashes, both of which date.fromisoformat takes
        found = date.fromisoformat(text.strip() if _DAY.fullmatch(text.strip()) else "")
    except ValueError:
        raise ValueError(f'"{text}" is no day that exists; write it like 2026-12-01') from None
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(f'"{text}" is not between {EARLIEST} and {LATEST}')
    return found


@lru_cache(maxsize=4096)
def date_range(text: str) -> DateRange:
    """As in "2027-07-15/2027-08-31", or a single day."""
    first, slash, last = text.strip().partition("/")
    if slash and not last:
        raise ValueError(f'"{text}" has no last day; days are written "2027-07-15/2027-08-31", whenever that may be')
    try:
        found = DateRange(day(first), day(last or first))
    except ValueError as error:
        raise ValueError(f'{error}; days are written "2027-07-15/2027-08-31"') from None
    if found.last < found.first:
        raise ValueError(f'"{text}" ends before it begins')
    return found


@lru_cache(maxsize=1024)
def zone(text: str) -> str:
    """The name of an IANA time zone."""
    if text not in _ZONES:
        raise ValueError(f'"{text}" is no time zone{nearest(text, _ZONES)}')
    return text


@lru_cache(maxsize=1024)
def region(text: str) -> str:
    """A country, or a part of one, whose holidays are known: "DE", "GB-ENG" (ISO 3166-1 and -2)."""
    country, dash, part = text.partition("-")
    if countries().get(country) != country:
        right = 'write it like "DE", or "GB-ENG" for a part of one'
        raise ValueError(f'"{country}" is no country whose holidays are known; {right}{_region_meant(text)}')
    if dash and not parts(country):
        raise ValueError(f'"{text}": no part of {country} is known to keep other holidays; say "{country}"')
    if dash and parts(country).get(part) != text:
        raise ValueError(f'"{text}" is no part of {country} with holidays of its own{meant(part, parts(country))}')
    return text


def _region_meant(text: str) -> str:
    """Behind an error about a country: "GB-ENG" for "gb_eng" and "England". Near a short code are too many."""
    country, dash, part = text.upper().replace("_", "-").partition("-")
    code = countries().get(country, "")
    found = (parts(code).get(part) if dash else code) if code else part_called(text)
    if found:
        return f'{HINT} "{found}"?'
    return meant(text, {name: code for name, code in countries().items() if len(name) > CODE})


@lru_cache(maxsize=65536)
def address(text: str) -> str:
    """A mail address: a dot-atom at a host name (RFC 5321 §4.1.2). Quoted and non-ASCII ones few servers take."""
    if not text.isascii() and _ADDRESS.fullmatch(text.encode("ascii", "replace").decode().replace("?", "x")):
        raise ValueError(
            f'"{text[:LONGEST_ADDRESS]}" has letters that few mail servers take; give one like "maya@example.org"'
        )
    if not _ADDRESS.fullmatch(text) or len(text) > LONGEST_ADDRESS:
        raise ValueError(f'"{text[:LONGEST_ADDRESS]}" is no mail address; write it like "maya@example.org"')
    return text


@lru_cache(maxsize=65536)
def identifier(text: str) -> str:
    """The name of a pair, a person, a policy or an account: it becomes part of UIDs and of mail headers."""
    if not _ID.fullmatch(text):
        raise ValueError("an id has small letters, digits and dashes, 63 at most, and begins with a letter or digit")
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
    number = _WEEKDAYS.get(text.lower())
    if number is None:
        raise ValueError(f'"{text}" is no weekday; the weekdays are {", ".join(name[:3] for name in DAYS)}')
    return number
