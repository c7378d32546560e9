"""Who is invited to a meeting, and what they said to it: for the channel "scheduling" (DESIGN §8).

Must never know iCalendar's syntax (wire/attendees.py) nor a server.
"""

from dataclasses import dataclass
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
