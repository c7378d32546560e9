"""The occurrences of an event within a window (RFC 5545 §3.8.5), through recurring-ical-events, and bounded.

Owns which rules are followed, and where a rule is entered that began long ago: the library walks through every
occurrence from the first one on, and through all years to 9999 for one that never comes. Must never know who is busy.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from icalendar import Calendar
from recurring_ical_events import CalendarQuery

from cadenced.core.busytime import Span
from cadenced.wire.bare import Bared

STEPS = {"DAILY": 1, "WEEKLY": 7}  # days: how far apart the places are where such a rule may be entered
FOLLOWED = frozenset({*STEPS, "MONTHLY", "YEARLY"})  # no calendar app offers more often, and each time costs as much
COUNTED = 10_000  # times of a rule that has to be walked through from its first: every day for 27 years
A_DAY = 24  # times a day: every hour
OCCURRENCES = 10_000  # of one event within the window: A_DAY in a year and more
LONGEST = timedelta(
    days=366
)  # of what recurs, and of how far "this and all that follow" moves: they stretch the window
MARGIN = timedelta(days=1)  # around the window, for days, which begin elsewhere earlier
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of the months at most
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class UnboundedError(ValueError):
    """A rule that is not followed."""


def occurrences(series: Sequence[Bared], within: Span) -> Iterator[Bared]:
    """Those of an event and its exceptions (all of one UID) that may touch `within`, each as an event of its own.

    UnboundedError for a rule that would take for ever; ValueError and others for what cannot be read.
    """
    if not any(name in each for each in series for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        yield from series
        return
    calendar = Calendar()
    for each in series:
        _bound(each, within[0])
        calendar.add_component(each)
    start, end = within[0] - MARGIN, within[1] + MARGIN
    for found in CalendarQuery(calendar).series:
        for each in islice(found.between(start, end), OCCURRENCES):
            yield each.as_component(keep_recurrence_attributes=False)


def _bound(event: Bared, since: datetime) -> None:
    """Refuses what would take for ever, and brings a rule without a count near the window."""
    length = _length(event)
    rules = _rules(event)
    if (rules or "RDATE" in event) and length > LONGEST:
        raise UnboundedError("it recurs, and each time lasts longer than a year")
    for rule in rules:
        _refuse(rule, _day(event["DTSTART"].dt))
    if _moves(event) > LONGEST:
        raise UnboundedError("it moves what follows further than a year")
    if len(rules) == 1 and "COUNT" not in rules[0]:
        _advance(event, rules[0], length, since)


def _refuse(rule: Any, first: date) -> None:
    frequency = _one(rule, "FREQ", "")
    if frequency not in FOLLOWED:
        raise UnboundedError(f"it recurs {str(frequency).lower()}")
    if int(_one(rule, "INTERVAL", 1)) < 1:
        raise UnboundedError("it recurs without going on")
    if int(_one(rule, "COUNT", 0)) > COUNTED:
        raise UnboundedError("it recurs more often than can be counted")
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(rule.get(name, ())))
    if times > A_DAY:
        raise UnboundedError("it recurs more often than every hour")
    if _never(rule, first):
        raise UnboundedError("it recurs on a day that never comes")


def _never(rule: Any, first: date) -> bool:
    """Whether it names 30 February, or Mondays every seven days from a Tuesday on: the library looks for them until the
    year 9999.
    """
    if "BYMONTH" in rule and "BYMONTHDAY" in rule:
        days = min(abs(int(day)) for day in rule["BYMONTHDAY"])
        if all(days > DAYS[int(month) - 1] for month in rule["BYMONTH"]):
            return True
    if _one(rule, "FREQ", "") == "DAILY" and int(_one(rule, "INTERVAL", 1)) % 7 == 0 and "BYDAY" in rule:
        return WEEKDAYS[first.weekday()] not in {str(day).upper() for day in rule["BYDAY"]}
    return False


def _advance(event: Bared, rule: Any, length: timedelta, since: datetime) -> None:
    """Lets the rule begin nearer to the window, by whole steps of its own: by wall time, and so with the same times.

    Never into the window, nor so near that what lasts long would be missed: the library takes the first time for one,
    whether or not the rule names it.
    """
    step = STEPS.get(str(_one(rule, "FREQ", "")), 0) * int(_one(rule, "INTERVAL", 1))
    begins = event["DTSTART"].dt
    if step <= 0:
        return
    days = (since.date() - _day(begins)).days - length.days - 2 * step - 2 * MARGIN.days
    by = timedelta(days=max(0, days // step) * step)
    for name in ("DTSTART", "DTEND"):
        if by and name in event:
            event[name].dt += by


def _length(event: Bared) -> timedelta:
    begins = event["DTSTART"].dt
    if "DTEND" in event:
        ends = event["DTEND"].dt
        return _day(ends) - _day(begins)
    return event["DURATION"].dt if "DURATION" in event else timedelta()


def _moves(event: Bared) -> timedelta:
    """How far an exception moves all that follow."""
    if "RECURRENCE-ID" not in event or "RANGE" not in event["RECURRENCE-ID"].params:
        return timedelta()
    return abs(_day(event["DTSTART"].dt) - _day(event["RECURRENCE-ID"].dt))


def _rules(event: Bared) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _one(rule: Any, name: str, otherwise: str | int) -> Any:
    found = rule.get(name, otherwise)
    return found[0] if isinstance(found, list) else found


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
