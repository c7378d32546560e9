"""What people do in their calendar apps, by plain HTTP: no line of ours is between them and the server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from icalendar import Alarm, Calendar, Event, vCalAddress
from lxml import etree

from tests.contract.servers import Server
from tests.interop.cyrus import address
from tests.support.house import HandClock

ALL = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter></c:filter>
</c:calendar-query>"""
DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"


@dataclass(frozen=True)
class Thing:
    """An object of the calendar as the server hands it out."""

    url: str
    etag: str
    body: str

    @property
    def event(self) -> Event:
        return Calendar.from_ical(self.body).events[0]


@dataclass
class App:
    """Somebody's app at one calendar. `stamps`: it notes each edit in LAST-MODIFIED, DTSTAMP and SEQUENCE, as most do;
    else it changes nothing but what its person changed.
    """

    server: Server
    user: str
    url: str
    clock: HandClock
    stamps: bool = True

    # what it shows

    def things(self) -> dict[str, Thing]:
        """What stands there, by UID."""
        reply = etree.fromstring(self.server.ask(self.user, "REPORT", self.url, ALL, Depth="1"))
        found = {}
        for each in reply.iter(f"{DAV}response"):
            body, etag = each.findtext(f".//{CALDAV}calendar-data"), each.findtext(f".//{DAV}getetag")
            if body:
                thing = Thing(urljoin(self.url, each.findtext(f"{DAV}href")), etag or "", body)
                found[str(thing.event["UID"])] = thing
        return found

    def event(self, uid: str) -> Event:
        return self.things()[uid].event

    def times(self) -> dict[str, datetime]:
        """The start of every event, by UID, in UTC."""
        return {uid: thing.event["DTSTART"].dt.astimezone(UTC) for uid, thing in self.things().items()}

    def etags(self) -> dict[str, str]:
        """Of every event, by UID: one that stays was not written to."""
        return {uid: thing.etag for uid, thing in self.things().items()}

    # what its person does with it

    def edits(self, uid: str, change: Callable[[Event], None]) -> None:
        thing = self.things()[uid]
        calendar = Calendar.from_ical(thing.body)
        event = calendar.events[0]
        change(event)
        calendar.add_missing_timezones()
        if self.stamps:
            for name in ("LAST-MODIFIED", "DTSTAMP"):
                _set(event, name, self.clock.now())
            _set(event, "SEQUENCE", int(event.get("SEQUENCE", 0)) + 1)
        self._put(thing.url, calendar.to_ical().decode(), If_Match=thing.etag)

    def moves(self, uid: str, by: timedelta, longer: timedelta = timedelta()) -> None:
        def change(event: Event) -> None:
            event["DTSTART"].dt += by
            event["DTEND"].dt += by + longer

        self.edits(uid, change)

    def writes(self, uid: str, **texts: str) -> None:
        def change(event: Event) -> None:
            for name, text in texts.items():
                _set(event, name.upper(), text)

        self.edits(uid, change)

    def answers(self, uid: str, partstat: str) -> None:
        """To an invitation; of the rest of such an event nothing is its person's."""

        def change(event: Event) -> None:
            [mine] = [each for each in event["ATTENDEE"] if each.lower() == f"mailto:{address(self.user)}"]
            mine.params["PARTSTAT"] = partstat

        self.edits(uid, change)

    def deletes(self, *uids: str) -> None:
        things = self.things()
        for uid in uids:
            self.server.ask(self.user, "DELETE", things[uid].url, If_Match=things[uid].etag)

    def empties(self) -> None:
        self.deletes(*self.things())

    def deletes_calendar(self) -> None:
        self.server.ask(self.user, "DELETE", self.url)

    def makes_calendar(self) -> None:
        """The same again."""
        last = self.url.rstrip("/").rpartition("/")[2]
        self.server.make_calendar(self.user, last, "Meetings")

    def adds(self, name: str, body: str) -> None:
        """Something new, with the last part of its address."""
        self._put(f"{self.url}{name}", body, If_None_Match="*")

    def _put(self, url: str, body: str, **headers: str) -> None:
        self.server.ask(self.user, "PUT", url, body, "text/calendar; charset=utf-8", **headers)


def alarm() -> Alarm:
    found = Alarm()
    for name, value in (("action", "DISPLAY"), ("description", "Off you go"), ("trigger", timedelta(minutes=-15))):
        found.add(name, value)
    return found


def guest(address: str, **said: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{address}")
    for name, value in said.items():
        found.params[name.upper()] = value
    return found


def _set(event: Event, name: str, value: object) -> None:
    event.pop(name, None)
    event.add(name, value)
