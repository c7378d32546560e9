"""What a meeting is called in a person's calendar, and the few lines that stand in it; and what a person is called.

Owns an event's wording. Deterministic, so that a quiet turn finds nothing to change. Must never know iCalendar.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from cadenced.core.events import EventFields
from cadenced.core.model import Kind, Meeting, Pair, Person, RoadmapMonth

# all but tab and new line, and what marks byte orders: XML 1.0 §2.2 has no way to write most of them, and CalDAV is XML
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff]")


def fields_for(pair: Pair, person: Person, meeting: Meeting, month: RoadmapMonth) -> EventFields:
    """The event of `meeting` as `person` should see it: the other one's name, in the person's own zone.

    `month` is the roadmap month in which the meeting lies.
    """
    other = pair.other(person)
    follow = (
        f"Move this event or change its length: cadenced follows, and {called(other.name)}'s calendar with it. "
        "Delete it if you can't: then cadenced looks for another time, up to twice. What you write here stays."
    )
    return replace(_fields(pair, meeting, month, other.name, follow), timezone=person.timezone)


def invitation_for(pair: Pair, guests: Sequence[Person], meeting: Meeting, month: RoadmapMonth) -> EventFields:
    """The event to which the organizer invites these people of the pair, one or both. Two share what they read: both
    names, in the pair's zone.
    """
    follow = "Accept this invitation, or decline it if you can't: then cadenced looks for another time."
    if len(guests) == 1:
        alone = _fields(pair, meeting, month, pair.other(guests[0]).name, follow)
        return replace(alone, timezone=guests[0].timezone)
    return _fields(pair, meeting, month, " and ".join(person.name for person in pair.people), follow)


def _fields(pair: Pair, meeting: Meeting, month: RoadmapMonth, whom: str, follow: str) -> EventFields:
    """In the pair's zone."""
    call = meeting.identity.kind is Kind.CALL
    cadence = pair.cadence(meeting.identity.kind)
    task = f"How is it going with month {month.number}: {month.title}?"
    return EventFields(
        start=meeting.start,
        end=meeting.end,
        timezone=pair.timezone,
        summary=_plain(f"Call with {whom}" if call else f"{whom}: {month.title}"),
        location=_plain(cadence.where if cadence else ""),
        description=_plain(f"{task if call else f'Month {month.number}. {month.task}'}\n\n{follow}"),
    )


def _plain(text: str) -> str:
    """Without control characters."""
    return _CONTROL.sub("", text)


def called(name: str) -> str:
    """What a person is called: "Maya" for "Maya Okafor", "Okafor, Maya" and "Dr. Maya Okafor"."""
    family, comma, given = name.partition(",")
    words = [word for word in (given if comma and given.strip() else family).split() if not word.endswith(".")]
    return words[0] if words else name
