"""Calendars for tests of busy time, from short words: the text of an event, and busy times as people write them."""

from datetime import datetime

from cadenced.core.busytime import BusyQuery, BusyTime
from cadenced.wire.busy import busy_times
from tests.support.programme import utc

WINDOW = (utc("2026-11-24"), utc("2027-06-01"))


def query(timezone: str = "Europe/London", **more) -> BusyQuery:
    return BusyQuery(**{"within": WINDOW, "timezone": timezone, "addresses": frozenset({"maya@example.org"})} | more)


def calendar(*components: str) -> str:
    """A calendar object of these components' lines."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *components, "END:VCALENDAR", ""])


def vevent(start: str, *lines: str, uid: str = "u1") -> str:
    """`start` is the whole of DTSTART but its name: ":20261208T100000Z", ";VALUE=DATE:20261208"."""
    head = ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261124T090000Z", "SUMMARY:Dentist"]
    return "\r\n".join([*head, f"DTSTART{start}", *lines, "END:VEVENT"])


def hour(start: str = ":20261208T100000Z", *lines: str, uid: str = "u1") -> str:
    return calendar(vevent(start, "DURATION:PT1H", *lines, uid=uid))


def says(times: tuple[BusyTime, ...]) -> list[str]:
    """Each as "2026-12-08 10:00/11:00", in UTC; an end on another day with its date; a "?" after what is tentative."""
    return [f"{each.start:%Y-%m-%d %H:%M}/{_end(each)}{'?' * each.tentative}" for each in times]


def busy(*bodies: str, **more) -> list[str]:
    return says(busy_times(bodies, query(**more)).times)


def missed(*bodies: str, **more) -> int:
    """How many events of these calendars are not told whole."""
    return busy_times(bodies, query(**more)).missed


def _end(each: BusyTime) -> str:
    def day(moment: datetime) -> str:
        return f"{moment:%Y-%m-%d}"

    return f"{each.end:%H:%M}" if day(each.start) == day(each.end) else f"{each.end:%Y-%m-%d %H:%M}"
