"""Calendars read with eyes of our own: what an event of cadenced says, without any code that the service reads it with.

Must never know what it ought to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from icalendar import Calendar, Event

from cadenced.core.model import Identity, Kind
from tests.simulation.world import World

MARK = "X-CADENCED-MEETING"


@dataclass(frozen=True)
class Seen:
    """One event of ours as it stands in a calendar; times in UTC."""

    identity: Identity
    uid: str
    start: datetime
    end: datetime
    cancelled: bool
    event: Event

    @property
    def pair(self) -> str:
        return self.identity.pair

    @property
    def face_to_face(self) -> bool:
        return self.identity.kind is Kind.FACE_TO_FACE

    @property
    def period(self) -> date:
        return self.identity.period

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.start, self.end

    def prop(self, name: str) -> str:
        """A property's text; for VALARM, what the alarms say."""
        if name == "VALARM":
            return " ".join(str(each.get("DESCRIPTION")) for each in self.event.walk("VALARM"))
        return str(self.event.get(name, ""))


@lru_cache(maxsize=100_000)
def read(body: str) -> Seen | None:
    """None for an event that is none of cadenced's: without the mark, or a copy of one under another UID."""
    if MARK not in body:
        return None
    event = next(each for each in Calendar.from_ical(body).walk("VEVENT") if isinstance(each, Event))
    identity = Identity.parse(str(event.get(MARK, "")))
    if identity is None or str(event["UID"]) != identity.uid:
        return None
    start, end = event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)
    return Seen(identity, identity.uid, start, end, str(event.get("STATUS", "")) == "CANCELLED", event)


def events(world: World, citizen: str) -> dict[str, Seen]:
    """A citizen's events of ours by UID. AssertionError when one stands there twice."""
    found: dict[str, Seen] = {}
    for name, body in world.calendar(citizen).bodies.items():
        seen = read(body)
        if seen is not None:
            assert seen.uid not in found, f"{citizen} has {seen.identity} twice ({name})"
            found[seen.uid] = seen
    return found


def meetings(world: World, pair: str) -> dict[str, dict[str, Seen]]:
    """A pair's meetings: UID to citizen to what stands there."""
    found: dict[str, dict[str, Seen]] = {}
    for citizen in keepers(world, pair):
        for uid, seen in events(world, citizen).items():
            if seen.pair == pair:
                found.setdefault(uid, {})[citizen] = seen
    return found


def starts(copies: dict[str, Seen]) -> dict[str, datetime]:
    return {citizen: seen.start for citizen, seen in copies.items()}


def keepers(world: World, pair: str) -> Iterator[str]:
    """The two of a pair, as far as they keep a calendar."""
    return (name for name in world.everyone[pair].people if world.keeps_calendar(name))
