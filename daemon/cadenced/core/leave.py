"""When a person is away for whole days: on leave, or on a public holiday.

Owns how days of a person's calendar become instants. Must never know why somebody is busy for hours, nor where the
holidays of a region are written down.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.model import DateRange, Person

LEAVE = "leave"  # the cause that a person's own time off goes by
ONE = timedelta(days=1)


def days_off(
    person: Person, holidays: Mapping[date, str], within: tuple[datetime, datetime]
) -> Iterator[tuple[datetime, datetime, str]]:
    """The days off that touch `within` (aware, `[start, end)`), as start and end in UTC and their cause: LEAVE, or the
    holiday's name. Earliest first.

    Days are whole, from midnight to midnight in the person's own zone. Those of one cause that follow each other are
    one interval; intervals of different causes may overlap. `holidays` are those of the person's region.
    """
    zone = ZoneInfo(person.timezone)
    first, last = within[0].astimezone(zone).date(), (within[1] - timedelta.resolution).astimezone(zone).date()
    leave = ((each, LEAVE) for each in person.time_off)
    kept = ((DateRange(day, day), name) for day, name in holidays.items())
    clipped = [
        (max(days.first, first), min(days.last, last), cause)
        for days, cause in (*leave, *kept)
        if days.first <= last and days.last >= first
    ]
    spans = ((_midnight(begin, zone), _midnight(end + ONE, zone), cause) for begin, end, cause in _joined(clipped))
    yield from sorted(span for span in spans if span[0] < span[1])  # a day that the zone skipped is none


def _joined(spans: list[tuple[date, date, str]]) -> Iterator[tuple[date, date, str]]:
    """Spans of one cause that touch, as one."""
    open_: tuple[date, date, str] | None = None
    for begin, end, cause in sorted(spans, key=lambda span: (span[2], span[0])):
        if open_ is not None and open_[2] == cause and begin <= open_[1] + ONE:
            open_ = (open_[0], max(open_[1], end), cause)
            continue
        if open_ is not None:
            yield open_
        open_ = (begin, end, cause)
    if open_ is not None:
        yield open_


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins: where the clocks skip midnight, when they do; of two midnights the first."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
