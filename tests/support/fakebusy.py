"""What the fake server says of busy time: where events are, or when they are, or nothing (RFC 4791 §7.8, §7.10)."""

from datetime import UTC

from aiohttp import web
from icalendar import Calendar as ICalendar

from tests.support.fakecalendar import FakeCalendar
from tests.support.fakexml import multistatus, response

CAL = "{urn:ietf:params:xml:ns:caldav}"
QUERY = f"{CAL}calendar-query"
REPORTS = frozenset({QUERY, f"{CAL}free-busy-query"})


def answer(report: str, path: str, calendar: FakeCalendar) -> web.Response:
    """All events, whatever the span: a server may not, and who asks must not rely on it."""
    if calendar.tells == "nothing" or (report == QUERY and calendar.tells != "events"):
        return web.Response(status=403, text='<d:error xmlns:d="DAV:"><d:need-privileges/></d:error>')
    if report == QUERY:
        etags = calendar.etags
        return multistatus([response(path + n, f"<d:getetag>{etags[n]}</d:getetag>") for n in calendar.bodies])
    return web.Response(text=free_busy(calendar), content_type="text/calendar")


def free_busy(calendar: FakeCalendar) -> str:
    """The VFREEBUSY of all that stands there."""
    periods = [line for body in calendar.bodies.values() for line in _periods(body)]
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VFREEBUSY", *periods, "END:VFREEBUSY", "END:VCALENDAR", "")
    return "\r\n".join(lines)


def _periods(body: str) -> list[str]:
    """Of single events with both their ends, unless they were cancelled."""
    events = [event for event in ICalendar.from_ical(body).events if event.get("STATUS") != "CANCELLED"]
    times = [[event[key].dt.astimezone(UTC) for key in ("DTSTART", "DTEND")] for event in events]
    return [f"FREEBUSY:{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}" for start, end in times]
