"""A house with an organizer: its server sends invitations by itself among its users, who answer in their own apps."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from icalendar import Event

from cadenced.core.accounts import ORGANIZER
from cadenced.core.model import Channel, Pair, Person
from cadenced.core.participation import PartStat
from cadenced.wire.attendees import participations
from tests.support.fakescheduling import FakeScheduling
from tests.support.house import House, living
from tests.support.programme import hours, pair, person

HOST = "cadence"  # the organizer's login
MAYA = person("maya", "Europe/London", hours("Mon-Fri 08:30-18:00"), channel=Channel.SCHEDULING)
JONAS = person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), channel=Channel.SCHEDULING)


@asynccontextmanager
async def inviting(folder: Path, *accounts: str) -> AsyncGenerator[House]:
    """`accounts`: of Maya and Jonas, those whose calendars may be read or written, too."""
    async with living(folder, "maya", "jonas", HOST, dav=FakeScheduling) as house:
        host = replace(house.account(HOST), name=ORGANIZER, shown="Mentoring")
        house.accounts = {ORGANIZER: host, **{name: house.account(name) for name in accounts}}
        yield house


def with_account(who: Person) -> Person:
    """Invited, and with an account that tells what they did to their copy."""
    return replace(who, calendar=who.id)


def by_themselves(who: Person) -> Person:
    """With an account that is written to."""
    return replace(who, calendar=who.id, channel=Channel.CALDAV)


def guests(mentor: Person = MAYA, protege: Person = JONAS, **more) -> Pair:
    return pair(mentor=mentor, protege=protege, **more)


def says(house: House, user: str, uid: str, partstat: str) -> None:
    """Answers as a calendar app does."""

    def change(event: Event) -> None:
        [mine] = [each for each in listed(event) if each.lower() == f"mailto:{user}@example.org"]
        mine.params["PARTSTAT"] = partstat

    house.calendar(user).edit(uid, change)


def listed(event: Event) -> list:
    found = event.get("ATTENDEE", [])
    return found if isinstance(found, list) else [found]


def answers(house: House, uid: str) -> dict[str, PartStat]:
    """As the organizer's event has them, by name."""
    calendar = house.calendar(HOST)
    found = participations(calendar.bodies[calendar.name_of(uid)])
    return {address.partition("@")[0]: each.partstat for address, each in found.items()}
