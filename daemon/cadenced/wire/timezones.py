"""VTIMEZONE components (RFC 5545 §3.6.5), made from the machine's IANA data and cached.

Owns the text of a zone in our events. Must never know an event. Written here because icalendar's own puts the onset of
an observance into the wrong offset (§3.6.5: DTSTART is local time *before* the change), an hour off.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

YEARS = 1  # to either side of the event's: a meeting that is moved further gets a new VTIMEZONE
ZONES = 512  # cached texts: every zone that people live in, a few years each


@lru_cache(maxsize=ZONES)
def vtimezone(name: str, year: int) -> str:
    """The component for an IANA zone as text, right from YEARS before to YEARS after `year`."""
    zone = ZoneInfo(name)
    first, last = datetime(year - YEARS, 1, 1, tzinfo=UTC), datetime(year + YEARS + 1, 1, 1, tzinfo=UTC)
    onsets: dict[tuple[timedelta, timedelta, str, bool], list[datetime]] = {}
    for moment in (first, *_changes(first, last, zone)):
        local, before = moment.astimezone(zone), _offset(moment - timedelta(seconds=1), zone)
        kind = (before, _offset(moment, zone), local.tzname() or name, bool(local.dst()))
        onsets.setdefault(kind, []).append((moment + before).replace(tzinfo=None))
    component = Timezone()
    component.add("tzid", name)
    for (before, after, label, daylight), moments in onsets.items():
        component.add_component(_observance(before, after, label, moments, daylight=daylight))
    return str(component.to_ical(), "utf-8")


def _observance(
    before: timedelta, after: timedelta, label: str, moments: list[datetime], *, daylight: bool
) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if daylight else TimezoneStandard()
    observance.add("dtstart", moments[0])
    if moments[1:]:
        observance.add("rdate", moments[1:])
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", after)
    observance.add("tzname", label)
    return observance


def _changes(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants in `[first, last)` at which the offset changes, to the second."""
    found, day = [], timedelta(days=1)
    moment = first
    while moment < last:
        if _offset(moment, zone) != _offset(moment + day, zone):
            low, high = moment, moment + day
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
            found.append(high)
        moment += day
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
