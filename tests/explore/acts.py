"""What people do to an event in their calendar app, as text: each renews LAST-MODIFIED, as apps do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cadenced.wire.ical import observe

MARKS = re.compile(r"^X-CADENCED-[A-Z]+:.*\r\n(?: .*\r\n)*", re.MULTILINE)
BY = {"maya": timedelta(days=1), "jonas": timedelta(days=2)}  # so far each of the two moves a meeting
TITLES = {"maya": "Tea with Jonas", "jonas": "Maya at last"}


@lru_cache(maxsize=1 << 16)
def moved(body: str, who: str, now: datetime) -> str:
    event = observe(body)
    for name, moment in (("DTSTART", event.start), ("DTEND", event.end)):
        body = _with(body, name, f"{name}:{moment + BY[who]:%Y%m%dT%H%M%SZ}")
    return _saved(body, now)


@lru_cache(maxsize=1 << 16)
def edited(body: str, who: str, now: datetime) -> str:
    return _saved(_with(body, "SUMMARY", f"SUMMARY:{TITLES[who]}"), now)


@lru_cache(maxsize=1 << 16)
def stripped(body: str, who: str, now: datetime) -> str:
    """Edited in an app that keeps no properties that it does not know."""
    return MARKS.sub("", edited(body, who, now))


@lru_cache(maxsize=1 << 16)
def cancelled(body: str, _who: str, now: datetime) -> str:
    return _saved(_with(body, "STATUS", "STATUS:CANCELLED"), now)


@lru_cache(maxsize=1 << 16)
def put_on(body: str, _who: str, now: datetime) -> str:
    return _saved(_with(body, "STATUS", "STATUS:CONFIRMED"), now)


Act = Callable[[str, str, datetime], str]
ACTS: dict[str, Act] = {"moves": moved, "edits": edited, "strips": stripped, "cancels": cancelled, "puts on": put_on}


def _saved(body: str, now: datetime) -> str:
    return _with(body, "LAST-MODIFIED", f"LAST-MODIFIED:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")


def _with(body: str, name: str, line: str) -> str:
    """In the event, not in its time zone."""
    head, begin, event = body.partition("BEGIN:VEVENT")
    return head + begin + re.sub(rf"^{name}[;:].*\r\n(?: .*\r\n)*", line + "\r\n", event, flags=re.MULTILINE)
