"""Times in words, as two people in two zones read them: the reader's own first.

Owns how a day, a clock time and a distance in days are written, in every language. Must never know a meeting or a
template.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cadenced.wire.languages import Words

LONGEST_WORD = 12  # numbers up to it are written out


@dataclass(frozen=True, slots=True)
class When:
    """One instant for one reader. Everything is in the reader's zone, save what names the other's."""

    weekday: str  # "Tue"
    day: int  # 8
    month: str  # "Dec"
    short: str  # "Tue 8 Dec"
    long: str  # "Tuesday 8 December"
    times: str  # "18:30 Berlin, 17:30 London"
    brief: str  # "18:30 (17:30 London)"
    soon: str  # "in three days", seen from when the mail is written


def when(instant: datetime, mine: str, theirs: str, now: datetime, words: Words) -> When:
    """`instant` and `now` are aware; `mine` and `theirs` name IANA zones, the reader's and the other person's."""
    here, there = instant.astimezone(ZoneInfo(mine)), instant.astimezone(ZoneInfo(theirs))
    clock, other = f"{here:%H:%M}", f"{there:%H:%M} {city(theirs, words)}"
    day = "" if here.date() == there.date() else short(there, words)
    if mine == theirs:
        times = brief = clock
    elif here.replace(tzinfo=None) == there.replace(tzinfo=None):
        times = words.gettext(
            "%(time)s %(here)s and %(there)s", time=clock, here=city(mine, words), there=city(theirs, words)
        )
        brief = clock
    else:  # the day in brackets, where there is one: a list of two with three commas is a riddle
        times = f"{clock} {city(mine, words)}, {other}{f' ({day})' if day else ''}"
        brief = f"{clock} ({other}{f', {day}' if day else ''})"
    days = (here.date() - now.astimezone(ZoneInfo(mine)).date()).days
    return When(
        words.written(here, "ccc"), here.day, words.written(here, "LLL"), short(here, words),
        words.written(here, "EEEE d MMMM"), times, brief, soon(days, words),
    )  # fmt: skip


def short(day: date, words: Words) -> str:
    """As in "Tue 8 Dec"."""
    return words.written(day, "EEE d MMM")


def span(first: date, last: date, words: Words) -> str:
    """As in "1 to 31 Mar", "15 Dec to 14 Jan"."""
    within = (first.year, first.month) == (last.year, last.month)
    begin = words.written(first, "d") if within else words.written(first, "d MMM")
    return words.gettext("%(first)s to %(last)s", first=begin, last=words.written(last, "d MMM"))


def soon(days: int, words: Words) -> str:
    """How far off a day is. Empty when it has passed, which only a mail that is written too late could say."""
    if days < 0:
        return ""
    if days < 2:
        return (words.gettext("today"), words.gettext("tomorrow"))[days]
    return words.ngettext("in %(num)s day", "in %(num)s days", days, num=number(days, words))


def number(count: int, words: Words) -> str:
    """Written out, where it is a small one."""
    _ = words.gettext
    names = (
        "0", "1", _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
    return names[count] if 0 <= count <= LONGEST_WORD else str(count)


def city(zone: str, words: Words) -> str:
    """The part of a zone's name that people say: "Buenos Aires" for America/Argentina/Buenos_Aires, "Wien" for
    Europe/Vienna in German.
    """
    exemplar = words.locale.time_zones.get(zone, {}).get("city", "")
    return exemplar.partition(",")[0] or zone.rpartition("/")[2].replace("_", " ")
