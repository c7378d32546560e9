"""What a meeting is called in a person's calendar, and the few lines that stand in it; and what a person is called.

Owns an event's wording. Deterministic, so that a quiet turn finds nothing to change. Must never know iCalendar.
"""

import re

from cadenced.core.events import EventFields
from cadenced.core.model import Kind, Meeting, Pair, Person, RoadmapMonth

# all but tab and new line, and what marks byte orders: XML 1.0 §2.2 has no way to write most of them, and CalDAV is XML
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff]")


def fields_for(pair: Pair, person: Person, meeting: Meeting, month: RoadmapMonth) -> EventFields:
    """The event of `meeting` as `person` should see it: the other one's name, in the person's own zone.

    `month` is the roadmap month in which the meeting lies.
    """
    other = pair.other(person)
    call = meeting.identity.kind is Kind.CALL
    cadence = pair.cadence(meeting.identity.kind)
    return EventFields(
        start=meeting.start,
        end=meeting.end,
        timezone=person.timezone,
        summary=_plain(f"Call with {other.name}" if call else f"{other.name}: {month.title}"),
        location=_plain(cadence.where if cadence else ""),
        description=_plain(_description(other, month, call=call)),
    )


def _description(other: Person, month: RoadmapMonth, *, call: bool) -> str:
    lead = (
        f"How is it going with month {month.number}: {month.title}?" if call else f"Month {month.number}. {month.task}"
    )
    follow = (
        "Move this event, change its length, or delete it if you can't: "
        f"cadenced follows, and {called(other.name)}'s calendar with it. What you write here stays."
    )
    return f"{lead}\n\n{follow}"


def _plain(text: str) -> str:
    """Without control characters."""
    return _CONTROL.sub("", text)


def called(name: str) -> str:
    """What a person is called: "Maya" for "Maya Okafor", "Okafor, Maya" and "Dr. Maya Okafor"."""
    family, comma, given = name.partition(",")
    words = [word for word in (given if comma and given.strip() else family).split() if not word.endswith(".")]
    return words[0] if words else name
