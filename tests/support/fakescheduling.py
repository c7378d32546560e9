"""The in-memory CalDAV server, sending invitations by itself (RFC 6638) among its users, in the way of Cyrus: for what
comes by HTTP and for what people do in their apps alike.

A guest may move their own copy, and nobody hears of it. The contract suite holds it against the real servers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from xml.sax.saxutils import escape

from aiohttp import web
from icalendar import Calendar as ICalendar
from icalendar import Event

from tests.support import fakebusy
from tests.support.fakecalendar import FakeCalendar, uid_of
from tests.support.fakedav import FakeDav, _href, _kind, multistatus, response

CAN = "1, 2, 3, calendar-access, calendar-auto-schedule"
STAMPS = frozenset({"DTSTAMP", "LAST-MODIFIED", "SEQUENCE"})
DELIVERED, UNKNOWN = "1.2", "3.7"  # RFC 6638 §3.2.9


@dataclass
class Scheduled(FakeCalendar):
    """A calendar whose changes are told: `post` gets the body before and after, and returns the one to keep."""

    post: Callable[[str, str], str] = lambda _before, after: after

    def put(self, name: str, body: str) -> None:
        super().put(name, self.post(self.bodies.get(name, ""), body))

    def remove(self, name: str) -> None:
        before = self.bodies[name]
        super().remove(name)
        self.post(before, "")

    def deliver(self, body: str) -> None:
        """What the server puts there, and tells nobody of."""
        uid = uid_of(body)
        name = next((name for name, other in self.bodies.items() if uid_of(other) == uid), f"{uid}.ics")
        super().put(name, body)

    def copy_of(self, uid: str) -> str:
        return next((body for body in self.bodies.values() if uid_of(body) == uid), "")


class FakeScheduling(FakeDav):
    """`address` gives a user's own one; invitations come into the default calendar."""

    def __init__(
        self,
        users: dict[str, str],
        now: Callable[[], datetime],
        address: Callable[[str], str] = "{}@example.org".format,
    ) -> None:
        super().__init__(users, now)
        self._addresses = {address(user).lower(): user for user in users}
        self.homes = {user: {"default": Scheduled("Personal", now, post=partial(self._post, user))} for user in users}

    def _discovery(self, request: web.Request, user: str, parts: list[str]) -> web.Response:
        if parts != [user] or request.headers.get("Depth") == "1":
            return super()._discovery(request, user, parts)
        [address] = [address for address, name in self._addresses.items() if name == user]
        places = {"d:current-user-principal": "", "c:calendar-home-set": ""}
        places |= {"c:schedule-inbox-URL": "inbox/", "c:schedule-outbox-URL": "outbox/"}
        props = [_href(prop, f"/{user}/{place}") for prop, place in places.items()]
        addresses = _href("c:calendar-user-address-set", f"mailto:{address}")
        return multistatus([response(f"/{user}/", "".join([_kind("<d:collection/>"), *props, addresses]))])

    async def _collection(self, request: web.Request, user: str, name: str) -> web.Response:
        if request.method == "OPTIONS":
            return web.Response(headers={"DAV": CAN})
        if (request.method, name) == ("POST", "outbox"):
            return self._free_busy((await request.read()).decode())
        return await super()._collection(request, user, name)

    def _free_busy(self, question: str) -> web.Response:
        """When those are busy whom it asks about, if they are users (RFC 6638 §5.2)."""
        [asked] = ICalendar.from_ical(question).walk("VFREEBUSY")
        found = []
        for guest in _guests(asked):
            user = _user_at(guest, self._addresses)
            told = fakebusy.free_busy(self._usual(user)) if user else ""
            status = "2.0;Success" if user else "3.7;Invalid calendar user"
            data = f"<c:calendar-data>{escape(told)}</c:calendar-data>" if told else ""
            who = f"<c:recipient><d:href>{escape(str(guest))}</d:href></c:recipient>"
            found.append(f"<c:response>{who}<c:request-status>{status}</c:request-status>{data}</c:response>")
        spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
        text = f"<c:schedule-response {spaces}>{''.join(found)}</c:schedule-response>"
        return web.Response(text=text, content_type="application/xml")

    def _post(self, user: str, before: str, after: str) -> str:
        """Delivers what a change means for others; returns the body that stays."""
        event = _event(after or before)
        organizer = _user_at(event.get("ORGANIZER", ""), self._addresses)
        if "ORGANIZER" not in event:
            return after
        return self._invite(before, after) if organizer == user else self._answer(user, organizer, after, event)

    def _invite(self, before: str, after: str) -> str:
        """From the organizer to all guests, those included who are no more."""
        there = _guests(_event(after)) if after else []
        kept = {str(guest).lower() for guest in there}
        if before:
            for guest in _guests(_event(before)):
                if str(guest).lower() not in kept and (user := _user_at(guest, self._addresses)):
                    self._usual(user).deliver(_with(self._usual(user).copy_of(uid_of(before)) or before, _cancelled))
        new = _said(before) != _said(after)
        for guest in there:
            if (new or "SCHEDULE-FORCE-SEND" in guest.params) and (user := _user_at(guest, self._addresses)):
                self._usual(user).deliver(_with(after, _without_status))
        return _with(after, self._with_status) if after else ""

    def _answer(self, user: str, organizer: str | None, after: str, event: Event) -> str:
        """From a guest to the organizer, when it says something new."""
        calendar = self._usual(organizer) if organizer else None
        theirs = calendar.copy_of(str(event["UID"])) if calendar else ""
        said = "DECLINED"
        if after:
            said = next(g.params["PARTSTAT"] for g in _guests(event) if _user_at(g, self._addresses) == user)

        def change(kept: Event) -> None:
            for guest in _guests(kept):
                if _user_at(guest, self._addresses) == user:
                    guest.params["PARTSTAT"] = said

        if theirs and said != "NEEDS-ACTION" and (new := _with(theirs, change)) != theirs:
            calendar.deliver(new)
        return after

    def _usual(self, user: str) -> Scheduled:
        return self.homes[user][self.defaults.get(user, "default")]

    def _with_status(self, event: Event) -> None:
        for guest in _guests(event):
            guest.params["SCHEDULE-STATUS"] = DELIVERED if _user_at(guest, self._addresses) else UNKNOWN


def _event(body: str) -> Event:
    return ICalendar.from_ical(body).events[0]


def _said(body: str) -> dict[str, str]:
    """What guests are told of: all but what only the organizer's app reads, and what the server itself put there."""
    event = _event(_with(body, _without_status)) if body else {}
    return {key: repr(value) for key, value in event.items() if not key.startswith("X-") and key not in STAMPS}


def _guests(event: Event) -> list:
    found = event.get("ATTENDEE", [])
    return found if isinstance(found, list) else [found]


def _user_at(address: str, users: dict[str, str]) -> str | None:
    return users.get(str(address).lower().removeprefix("mailto:"))


def _with(body: str, change: Callable[[Event], None]) -> str:
    calendar = ICalendar.from_ical(body)
    change(calendar.events[0])
    return calendar.to_ical().decode()


def _cancelled(event: Event) -> None:
    event.pop("STATUS", None)
    event.add("STATUS", "CANCELLED")


def _without_status(event: Event) -> None:
    for guest in _guests(event):
        for each in ("SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"):
            guest.params.pop(each, None)
