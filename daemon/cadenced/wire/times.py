"""Times in words, as two people in two zones read them: the reader's own first.

Owns how a day, a clock time and a distance in days are written. Must never know a meeting or a template. English names
whatever the machine's locale, as strftime gives them while nobody calls setlocale.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

WORDS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True)
class When:
    """One instant for one reader. Everything is in the reader's zone, save what names the other's."""

    weekday: str  # "Tue"
    day: int  # 8
    month: str  # "Dec"
    long: str  # "Tuesday 8 December"
    times: str  # "18:30 Berlin, 17:30 London"
    brief: str  # "18:30 (17:30 London)"
    soon: str  # "in three days", seen from when the mail is written

    @property
    def short(self) -> str:
        """As in "Tue 8 Dec"."""
        return f"{self.weekday} {self.day} {self.month}"


def when(instant: datetime, mine: str, theirs: str, now: datetime) -> When:
    """`instant` and `now` are aware; `mine` and `theirs` name IANA zones, the reader's and the other person's."""
    here, there = instant.astimezone(ZoneInfo(mine)), instant.astimezone(ZoneInfo(theirs))
    clock, other = f"{here:%H:%M}", f"{there:%H:%M} {city(theirs)}"
    if here.date() != there.date():
        other += f", {short(there)}"
    if mine == theirs:
        times = brief = clock
    elif here.replace(tzinfo=None) == there.replace(tzinfo=None):
        times, brief = f"{clock} {city(mine)} and {city(theirs)}", clock
    else:
        times, brief = f"{clock} {city(mine)}, {_second(other)}", f"{clock} ({other})"
    days = (here.date() - now.astimezone(ZoneInfo(mine)).date()).days
    return When(f"{here:%a}", here.day, f"{here:%b}", f"{here:%A} {here.day} {here:%B}", times, brief, soon(days))


def _second(other: str) -> str:
    """The day in brackets, where there is one: a list of two with three commas is a riddle."""
    place, comma, day = other.partition(", ")
    return f"{place} ({day})" if comma else place


def short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def span(first: date, last: date) -> str:
    """As in "1 to 31 Mar", "15 Dec to 14 Jan"."""
    begin = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}"
    return f"{begin} to {last.day} {last:%b}"


def soon(days: int) -> str:
    """How far off a day is. Empty when it has passed, which only a mail that is written too late could say."""
    if days in (0, 1):
        return ("today", "tomorrow")[days]
    if days < 0:
        return ""
    return f"in {WORDS[days] if days < len(WORDS) else days} days"


def city(zone: str) -> str:
    """The part of a zone's name that people say: "Buenos Aires" for America/Argentina/Buenos_Aires."""
    return zone.rpartition("/")[2].replace("_", " ")
