"""Busy times by the real wire/busy.py, each calendar text read once: a year asks for the same ones again and again.

Must never know what stands in an event.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from cadenced.core.busytime import BusyQuery, BusyReading, BusyTime, clipped
from cadenced.wire.busy import busy_times

SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2028, 8, 1, tzinfo=UTC)  # no life reaches further

_times: dict[tuple[str, str], tuple[BusyTime, ...]] = {}  # by text and zone


def remembered_busy_times(bodies: Iterable[str], query: BusyQuery, _most: int = 0) -> BusyReading:
    """What busy_times() says of these texts."""
    first, last = query.within
    times = (each for body in bodies for each in _of(body, query) if first < each.end and each.start < last)
    return BusyReading(clipped(times, query.within), events=True)


def _of(body: str, query: BusyQuery) -> tuple[BusyTime, ...]:
    key = (body, query.timezone)
    if key not in _times:
        _times[key] = busy_times([body], BusyQuery((SINCE, UNTIL), query.timezone, query.addresses, query.ours)).times
    return _times[key]
