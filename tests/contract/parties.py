"""Who takes part in an invitation, each at their own login: the organizer, and guests as their calendar apps act."""

from dataclasses import dataclass, replace
from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from cadenced.core.accounts import CalendarAccount, Collection, Resource
from cadenced.core.model import Identity
from cadenced.core.participation import Guest, PartStat
from cadenced.shell.calendars import CalDav
from cadenced.wire.attendees import ask_again, invite, participations
from cadenced.wire.ical import compose, observe, revise
from tests.interop.cyrus import address
from tests.support.events import NOW, creation, fields, standing, update

DAY = timedelta(days=1)
CADENCE = Guest(address("alice"), "Cadence")


@dataclass
class Party:
    """Somebody at their usual calendar, which invitations come into."""

    client: CalDav
    account: CalendarAccount
    collection: Collection

    @property
    def address(self) -> str:
        return address(self.account.name)

    async def find(self, uid: str) -> Resource | None:
        """Their own copy of the event, wherever it is."""
        result = await self.client.sync(self.account, self.collection, "", {})
        return next((each for each in result.changed if observe(each.body).uid == uid), None)

    async def says(self, uid: str, partstat: str) -> None:
        """Answers as a calendar app does."""
        calendar, event, copy = await self._own(uid)
        mine = next(each for each in listed(event) if each.lower() == f"mailto:{self.address}")
        mine.params["PARTSTAT"] = partstat
        await self.client.update(self.account, self.collection, copy.href, text(calendar), copy.etag)

    async def moves(self, uid: str) -> None:
        """Drags it to the next day."""
        calendar, event, copy = await self._own(uid)
        for key in ("DTSTART", "DTEND"):
            event[key].dt += DAY
        await self.client.update(self.account, self.collection, copy.href, text(calendar), copy.etag)

    async def calls_off(self, uid: str) -> None:
        calendar, event, copy = await self._own(uid)
        event.pop("STATUS", None)
        event.add("STATUS", "CANCELLED")
        await self.client.update(self.account, self.collection, copy.href, text(calendar), copy.etag)

    async def adds_an_alarm(self, uid: str) -> None:
        calendar, event, copy = await self._own(uid)
        alarm = Alarm()
        for key, value in (("action", "DISPLAY"), ("description", "Off you go"), ("trigger", -DAY)):
            alarm.add(key, value)
        event.add_component(alarm)
        await self.client.update(self.account, self.collection, copy.href, text(calendar), copy.etag)

    async def deletes(self, uid: str) -> None:
        copy = await self.find(uid)
        await self.client.delete(self.account, self.collection, copy.href, copy.etag)

    async def _own(self, uid: str) -> tuple[Calendar, Event, Resource]:
        copy = await self.find(uid)
        calendar = Calendar.from_ical(copy.body)
        return calendar, calendar.events[0], copy


@dataclass
class Organizer(Party):
    """The organizer, with one event at which Bob and Carol are guests."""

    identity: Identity
    href: str = ""

    @property
    def uid(self) -> str:
        return self.identity.uid

    async def invites(self, *guests: Guest) -> None:
        body = invite(compose(creation(self.identity), NOW), CADENCE, guests)
        written = await self.client.create(self.account, self.collection, f"{self.uid}.ics", body)
        self.href = written.href

    async def reads(self) -> Resource:
        return await self.client.get(self.account, self.collection, self.href)

    async def answers(self) -> dict[str, PartStat]:
        found = participations((await self.reads()).body)
        return {guest.partition("@")[0]: each.partstat for guest, each in found.items()}

    async def writes(self, body: str, etag: str) -> None:
        await self.client.update(self.account, self.collection, self.href, body, etag)

    async def changes(self, *changed: str, **more) -> None:
        """As the service does: from what is there, and asking again when the time is new."""
        there = await self.reads()
        action = replace(update(*changed, **more), meeting=standing(fields(**more), self.identity))
        body = revise(there.body, action, NOW + DAY)
        await self.writes(ask_again(body, [*participations(body)]) if "time" in changed else body, there.etag)

    async def cancels(self) -> None:
        there = await self.reads()
        await self.client.delete(self.account, self.collection, self.href, there.etag)


def listed(event: Event) -> list:
    found = event["ATTENDEE"]
    return found if isinstance(found, list) else [found]


def text(calendar: Calendar) -> str:
    return str(calendar.to_ical(), "utf-8")
