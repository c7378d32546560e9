"""A day and a time of day, as people write them in English and German.

Owns what counts as unambiguous: whoever could mean two days or two times is asked again, and nothing is guessed. Must
never know what the time is for. Never raises, whatever the text is.

By patterns that must match as a whole, with Babel's names: dateparser takes almost any text for some time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale

LANGUAGES = ("en", "de")  # whose names of days and months are known; none of them means two things
LONGEST = 100  # characters: "on Wednesday, the 23rd of September 2027, at 10:30 a.m." has 55
JUST_OVER = timedelta(days=60)  # of a day without a year: nobody means what is ten months ahead
NIGHT = 7  # o'clock: whoever writes "3:00" means the afternoon as well as not


class Why(StrEnum):
    """Why a time was not taken."""

    NO_TIME = "that is not a day and a time that I can read"
    NO_DAY = "that is not a day that I can read"
    TWO_DAYS = "that could be two different days"
    OTHER_WEEKDAY = "that date is another weekday"
    NO_CLOCK = "the time of day is missing"
    NIGHT = "that could be at night or in the afternoon"
    NO_SUCH_HOUR = "the clocks change then, and that hour does not exist"
    PAST = "that is in the past"
    NOT_OFFERED = "no time that was offered has that number"


When: TypeAlias = datetime | Why
Day: TypeAlias = date | Why


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when the writer is: their language, and what their clock shows, in their zone."""

    language: str
    now: datetime


def here(language: str, timezone: str, now: datetime) -> Here:
    """`timezone` is an IANA name, `now` is aware."""
    return Here(language, now.astimezone(ZoneInfo(timezone)))


_SUFFIX = r"(?P<half>[ap]\.?m\b\.?)|uhr\b|h\b|o'?clock\b"
_CLOCKS = tuple(
    re.compile(rf"(?<![\d.:/-]){each}(?![\d:/])")
    for each in (
        rf"(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?:\s?(?:{_SUFFIX}))?",
        r"(?P<hour>\d{1,2})\s?uhr\s(?P<minute>\d{2})",
        rf"(?P<hour>\d{{1,2}})(?:\.(?P<minute>\d{{2}}))?\s?(?:{_SUFFIX})",
        r"(?<=\s)(?P<hour>\d{1,2})\.(?P<minute>\d{2})$",
    )
)
_AROUND = re.compile(
    r"^(?:(?:on|am|at|um|den|dem|der|the|to|auf|zum|from|ab)\b|[\s,.@-])+|(?:\b(?:at|um|from|ab)|[\s,@-])+$"
)
_WEEKDAY = re.compile(
    r"(?:(?P<which>next|this|coming|nächste[nrs]?|kommende[nrs]?|diese[nrs]?)\s+)?(?P<day>[^\W\d_]{2,10})\b[.,]*\s*(?P<rest>.*)"
)
_YEAR = r"(?P<year>\d{4})"
_NAMED = re.compile(
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s?(?:of\s)?(?P<m>[^\W\d_]{{3,9}})\.?(?:,?\s{_YEAR})?"
    rf"|(?P<m2>[^\W\d_]{{3,9}})\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:,?\s{_YEAR.replace('year', 'year2')})?"
)
_ISO = re.compile(rf"{_YEAR}-(?P<m>\d{{2}})-(?P<d>\d{{2}})")
_DOTS = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})(?:\.|\.(?P<short>\d{2})|\.\s?(?P<year>\d{4}))?")
_SLASHES = re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?:/(?:(?P<short>\d{2})|(?P<year>\d{4})))?")
_NEAR = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "day after tomorrow": 2, "übermorgen": 2}
_NEXT = ("next", "nächste")


def moment(text: str, where: Here) -> When:
    """A day and a time of day, as a moment in UTC that is still to come; or why not."""
    words = " ".join(text.lower().split())
    clock = next(filter(None, (each.search(words) for each in _CLOCKS)), None) if len(words) <= LONGEST else None
    if clock is None:
        return Why.NO_CLOCK if isinstance(day(text, where), date) else Why.NO_TIME
    time = _time(clock)
    found = day(f"{words[: clock.start()]} {words[clock.end() :]}", where)
    if isinstance(found, Why):
        return Why.NO_TIME if found is Why.NO_DAY else found
    return time if isinstance(time, Why) else _placed(found, time, where)


def day(text: str, where: Here) -> Day:
    """A day that is not over, or why not."""
    words = " ".join(text.lower().split())
    if len(words) > LONGEST:
        return Why.NO_DAY
    words = _AROUND.sub("", words)
    if words in _NEAR:
        return where.now.date() + timedelta(days=_NEAR[words])
    named = _WEEKDAY.fullmatch(words)
    weekday = _weekdays().get(named["day"]) if named else None
    if named is None or weekday is None:
        return _date(words, where)
    rest = _AROUND.sub("", named["rest"])
    if not rest:
        return _coming(weekday, named["which"] or "", where)
    found = _date(rest, where)
    return found if isinstance(found, Why) or found.weekday() == weekday else Why.OTHER_WEEKDAY


def _time(clock: re.Match[str]) -> tuple[int, int] | Why:
    said = clock.groupdict()
    hour, minute = int(said["hour"]), int(said["minute"] or 0)
    half = (said.get("half") or "")[:1]
    if half and not 1 <= hour <= 12:
        return Why.NO_TIME
    if half:
        hour = hour % 12 + 12 * (half == "p")
    elif hour < NIGHT and not said["hour"].startswith("0"):
        return Why.NIGHT
    return (hour, minute) if hour < 24 and minute < 60 else Why.NO_TIME


def _placed(found: date, time: tuple[int, int], where: Here) -> When:
    """On the writer's clock. Of an hour that comes twice it is the first (RFC 5545 §3.3.5)."""
    try:
        local = datetime(found.year, found.month, found.day, *time, tzinfo=where.now.tzinfo)
        start = local.astimezone(UTC)
        if start.astimezone(where.now.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
            return Why.NO_SUCH_HOUR
    except (ValueError, OverflowError):
        return Why.NO_TIME
    return start if start > where.now else Why.PAST


def _coming(weekday: int, which: str, where: Here) -> Day:
    """The next day of that name. Today's name could mean today, and "next" in the days of this week either week's."""
    today = where.now.date()
    ahead = (weekday - today.weekday()) % 7
    this_week = today.weekday() + ahead < 7
    return Why.TWO_DAYS if ahead == 0 or (which.startswith(_NEXT) and this_week) else today + timedelta(days=ahead)


def _date(words: str, where: Here) -> Day:
    if named := _NAMED.fullmatch(words):
        number, name = named["d"] or named["d2"], named["m"] or named["m2"]
        return _next(int(number), _months().get(name, 0), named["year"] or named["year2"], where)
    if numbers := _ISO.fullmatch(words):
        return _next(int(numbers["d"]), int(numbers["m"]), numbers["year"], where)
    dots, slashes = _DOTS.fullmatch(words), _SLASHES.fullmatch(words)
    if (found := dots or slashes) is None:
        return Why.NO_DAY
    first, second = int(found["d"]), int(found["m"])
    if slashes and where.language.lower().startswith("en"):  # 3/4 is in April in London, and in March in New York
        if first <= 12 and second <= 12 and first != second:
            return Why.TWO_DAYS
        first, second = max(first, second), min(first, second)
    return _next(first, second, found["year"] or (f"20{found['short']}" if found["short"] else None), where)


def _next(day: int, month: int, year: str | None, where: Here) -> Day:
    """Without a year it is the next one to come, where the one before it is not so near that it could be meant."""
    today = where.now.date()
    years = [int(year)] if year else range(today.year - 1, today.year + 2)
    found = [each for each in (_existing(y, month, day) for y in years) if each is not None]
    coming = [each for each in found if each >= today]
    recent = any(today - JUST_OVER <= each < today for each in found)
    return coming[0] if coming and not recent else Why.PAST if found else Why.NO_DAY


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, int]:
    """Each name and abbreviation in small letters, Monday as 0."""
    return {"tues": 1, "weds": 2, "thur": 3, "thurs": 3} | _names(lambda locale: locale.days)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """As above, January as 1."""
    return {"sept": 9, "mrz": 3, "maerz": 3, "jänner": 1} | _names(lambda locale: locale.months)


def _names(of: Callable[[Locale], Any]) -> dict[str, int]:
    return {
        name.lower().rstrip("."): number
        for language in LANGUAGES
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated", "short")
        for number, name in of(Locale(language))[context].get(width, {}).items()
    }
