"""The occurrences of an event within a window (RFC 5545 §3.8.5), at a bounded price.

Owns what a series may cost: its rules' times are worked out by wire/rules.py, and recurring-ical-events is given these,
with the exceptions to apply, and no rule. Must never know who is busy.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar
from icalendar.prop import vDDDLists
from recurring_ical_events import CalendarQuery

from cadenced.core.busytime import Span
from cadenced.wire.bare import Bared
from cadenced.wire.rules import rule_of
from cadenced.wire.steps import Steps, UnboundedError

EVENT = 200_000  # steps for one event: every hour of the window three times over, or every day for a century
TIME = 25  # steps for one of its times or of its dates, once it is named
DIRECT = 10  # the same, where nothing but a rule says it
COMPARED = 5  # steps for a time towards each exception that may say something of it
LONGEST = timedelta(366)  # of what recurs, and of how far "this and all that follow" moves: they stretch the window
MARGIN = timedelta(days=1)  # around the window, for days, which begin elsewhere earlier
RECURRING = ("RRULE", "RDATE", "RECURRENCE-ID")
DATES = ("RDATE", "EXDATE")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of an event: `start` and `end` are days, or moments with a zone."""

    event: Bared
    start: Any
    end: Any


def recurs(series: Iterable[Bared]) -> bool:
    return any(name in each for each in series for name in RECURRING)


def occurrences(series: Sequence[Bared], within: Span, steps: Steps) -> Iterator[Occurrence]:
    """Those of an event and its exceptions (all of one UID) that may touch `within`. Its rules are gone from it then.

    UnboundedError for what takes more steps than there are; ValueError and others for what cannot be read.
    """
    if not recurs(series):
        yield from _singly(series)
        return
    reach = max(map(_reach, series))
    if reach > LONGEST:
        raise UnboundedError
    around = (within[0] - reach - 2 * MARGIN, within[1] + reach + 2 * MARGIN)
    if len(series) == 1 and not any(name in series[0] for name in (*DATES, "RECURRENCE-ID")):
        yield from _without_exceptions(series[0], around, steps)
        return
    calendar, named = Calendar(), 0
    for each in series:
        if "RECURRENCE-ID" not in each:
            _spell_out(each, around, steps)
        named += 1 + sum(len(dates.dts) for name in DATES for dates in _several(each, name))
        calendar.add_component(each)
    compared = sum(any(name in each for name in ("RRULE", *DATES)) or _moves_all(each) for each in series)
    steps.take(named * (TIME + compared * COMPARED))
    for found in CalendarQuery(calendar).series:
        for each in found.between(within[0] - MARGIN, within[1] + MARGIN):
            source: Bared = each._adapter._component  # noqa: SLF001 — as_component() would copy it for every time
            yield Occurrence(source, each.start, each.end)


def each_by_itself(series: Iterable[Bared]) -> Iterator[Occurrence]:
    """The first time of an event and the times of its exceptions, as if nothing recurred. Never raises."""
    for each in series:
        with suppress(Exception):  # any text may stand there, and the library raises many things
            yield from _singly([each])


def _singly(series: Iterable[Bared]) -> Iterator[Occurrence]:
    for each in series:
        start = each["DTSTART"].dt
        yield Occurrence(each, start, _end(each, start))


def _without_exceptions(event: Bared, around: Span, steps: Steps) -> Iterator[Occurrence]:
    """Most series: as the library has them, and ten times as fast."""
    start = event["DTSTART"].dt
    length = _end(event, start) - start
    for each in {start, *_starts(event, around, steps)}:
        steps.take(DIRECT)
        yield Occurrence(event, each, each + length)


def _spell_out(event: Bared, around: Span, steps: Steps) -> None:
    """Writes the times of its rules into an event, in place of the rules."""
    if times := list(_starts(event, around, steps)):
        event["RDATE"] = [*_several(event, "RDATE"), vDDDLists(times)]
    event.pop("RRULE", None)


def _starts(event: Bared, around: Span, steps: Steps) -> Iterator[Any]:
    """Of its rules, as the event's own start is: days, or moments in its zone."""
    begins = event["DTSTART"].dt
    for given in _several(event, "RRULE"):
        for each in rule_of(given, begins).starts(around[0].date(), around[1].date(), steps):
            yield each.replace(tzinfo=begins.tzinfo) if isinstance(begins, datetime) else each.date()


def _reach(event: Bared) -> timedelta:
    """From how far away an event that recurs, or an exception that moves all that follow, reaches into the window."""
    if _moves_all(event):
        return _length(event) + abs(_day(event["DTSTART"].dt) - _day(event["RECURRENCE-ID"].dt))
    return _length(event) if any(name in event for name in ("RRULE", "RDATE")) else timedelta()


def _length(event: Bared) -> timedelta:
    """In whole days, at least."""
    begins = event["DTSTART"].dt
    return abs(_day(_end(event, begins)) - _day(begins))


def _moves_all(event: Bared) -> bool:
    return "RECURRENCE-ID" in event and "RANGE" in event["RECURRENCE-ID"].params


def _end(event: Bared, start: Any) -> Any:
    """DTEND, or DTSTART and DURATION; a day alone lasts a day, a moment alone no time (RFC 5545 §3.6.1)."""
    if "DTEND" in event:
        return event["DTEND"].dt
    if "DURATION" in event:
        return start + event["DURATION"].dt
    return start if isinstance(start, datetime) else start + timedelta(days=1)


def _several(event: Bared, name: str) -> list[Any]:
    found = event.get(name, [])
    return list(found) if isinstance(found, list) else [found]


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
