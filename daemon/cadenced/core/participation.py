"""Who is invited to a meeting, and what they said to it: for the channel "scheduling" (DESIGN §8).

Must never know iCalendar's syntax (wire/attendees.py) nor a server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

UNDELIVERED = ("3.", "5.")  # RFC 6638 §3.2.9, RFC 5546 §3.6: no such calendar user; the service failed


class PartStat(StrEnum):
    """What somebody said to an invitation (RFC 5545 §3.2.12). Whatever else a calendar app says is TENTATIVE: they have
    seen it, and did not decline.
    """

    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody as an invitation names them. `address` is a mail address."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is to become of an event's guests: who shall be on its list, whose place on it goes, who is asked anew, and
    who is to get it though nothing in it is new to the server. All but `guests` are mail addresses in small letters.
    """

    guests: tuple[Guest, ...]
    gone: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    resent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Participation:
    """One guest's part. `delivery` is the server's word on its last message to them, as "1.2" or "3.7;Invalid calendar
    user"; empty where it said nothing. `ours`: we invited them, and not a human who edited the event.
    """

    partstat: PartStat = PartStat.NEEDS_ACTION
    delivery: str = ""
    ours: bool = False

    @property
    def undelivered(self) -> bool:
        """Whether the server could not reach them, so that nothing stands in their calendar."""
        return self.delivery.startswith(UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Party:
    """Who shall be invited to an event, and who is: `listed` by address. Of these the `ours` may be taken off the list,
    and those whom we invited; the others are guests of the two themselves.

    `movers` chose the event's time themselves, in their own copies. `astray`: what guests have is not what the
    organizer's event says, and a server would not tell them by itself.
    """

    guests: tuple[Guest, ...]
    listed: Mapping[str, Participation] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    movers: frozenset[str] = frozenset()
    astray: bool = False

    @property
    def complete(self) -> bool:
        """Whether all are on the list who shall be, and nobody else of ours."""
        return self._invited <= self.listed.keys() and not self._gone

    def invitation(self, *, new_time: bool) -> Invitation:
        """With a new time everybody is asked anew but who chose it, and only then (DESIGN §8); whoever declined the
        time before is asked in any case, when the guests get another from elsewhere.
        """
        there = sorted(self._invited & self.listed.keys())
        declined = {address for address in there if self.listed[address].partstat is PartStat.DECLINED}
        asked = set(there) - self.movers | declined if new_time else declined if self.astray else set()
        resent = tuple(there) if self.astray and not new_time else ()
        return Invitation(self.guests, self._gone, tuple(sorted(asked)), resent)

    @property
    def _invited(self) -> set[str]:
        return {guest.address.lower() for guest in self.guests}

    @property
    def _gone(self) -> tuple[str, ...]:
        ours = {address for address, part in self.listed.items() if part.ours} | (self.ours & self.listed.keys())
        return tuple(sorted(ours - self._invited))
