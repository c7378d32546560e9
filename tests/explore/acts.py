"""What people do to an event in their calendar app, as text: each renews LAST-MODIFIED, as apps do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cadenced.core.participation import PartStat
from cadenced.wire.attendees import participations
from cadenced.wire.contentlines import unfold
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


@lru_cache(maxsize=1 << 16)
def declined(body: str, who: str, _now: datetime) -> str:
    return _answered(body, who, PartStat.DECLINED)


@lru_cache(maxsize=1 << 16)
def accepted(body: str, who: str, _now: datetime) -> str:
    return _answered(body, who, PartStat.ACCEPTED)


@lru_cache(maxsize=1 << 16)
def answer_of(body: str, who: str) -> PartStat | None:
    """What somebody said to an invitation; None who is not invited."""
    part = participations(body).get(f"{who}@example.org")
    return part.partstat if part is not None else None


Act = Callable[[str, str, datetime], str]
ACTS: dict[str, Act] = {
    "moves": moved,
    "edits": edited,
    "strips": stripped,
    "cancels": cancelled,
    "puts on": put_on,
    "declines": declined,
    "accepts": accepted,
}


def makes_sense(what: str, body: str, who: str) -> bool:
    """Whether the event is not so already. To an invitation one answers; the organizer lays no hand on it: who declines
    what was moved so, before any look, says no to the time before (reconciler/guests.py).
    """
    if answer_of(body, who) is not None and what not in ("declines", "accepts"):
        return False
    if what in ("cancels", "puts on"):
        return observe(body).cancelled is (what == "puts on")
    if what in ("declines", "accepts"):
        return answer_of(body, who) not in (None, PartStat.DECLINED if what == "declines" else PartStat.ACCEPTED)
    return True


def _answered(body: str, who: str, partstat: PartStat) -> str:
    """As the organizer's event has it then: the server sees to that (RFC 6638 §3.2.2)."""

    def said(line: re.Match[str]) -> str:
        text = unfold(line[0])
        return re.sub("PARTSTAT=[A-Z-]+", f"PARTSTAT={partstat}", text) if f"mailto:{who}@" in text else line[0]

    return re.sub(r"^ATTENDEE[;:].*\r\n(?: .*\r\n)*", said, body, flags=re.MULTILINE)


def _saved(body: str, now: datetime) -> str:
    return _with(body, "LAST-MODIFIED", f"LAST-MODIFIED:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")


def _with(body: str, name: str, line: str) -> str:
    """In the event, not in its time zone."""
    head, begin, event = body.partition("BEGIN:VEVENT")
    return head + begin + re.sub(rf"^{name}[;:].*\r\n(?: .*\r\n)*", line + "\r\n", event, flags=re.MULTILINE)
