"""What a meeting is called in a person's calendar, and the few lines that stand in it; and what a person is called.

Owns an event's wording. Deterministic, so that a quiet turn finds nothing to change. Must never know iCalendar.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from cadenced.core.events import EventFields
from cadenced.core.model import Kind, Meeting, Pair, Person, RoadmapMonth
from cadenced.wire.languages import BUILT_IN, ENGLISH, Languages, Words

# all but tab and new line, and what marks byte orders: XML 1.0 §2.2 has no way to write most of them, and CalDAV is XML
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff]")

_DEGREE = re.compile(r"[A-Za-z]+[A-Z]|[IVX]+|Jr|Sr|Esq")  # ends in a capital, as no first name does


def fields_for(
    pair: Pair, person: Person, meeting: Meeting, month: RoadmapMonth, languages: Languages = BUILT_IN
) -> EventFields:
    """The event of `meeting` as `person` should see it: the other one's name, in the person's own zone and language.

    `month` is the roadmap month in which the meeting lies, in any language.
    """
    other, words = pair.other(person), languages.words(person.language)
    moves = words.gettext(
        "Move this event or change its length: cadenced follows, and %(other)s's calendar with it.",
        other=called(other.name),
    )
    alone = words.gettext(
        "Move this event or change its length: cadenced follows. Tell %(other)s, whose calendar isn't connected.",
        other=called(other.name),
    )
    deletes = words.gettext(
        "Delete it if you can't: then cadenced looks for another time, up to twice. What you write here stays."
    )
    follow = f"{moves if other.account else alone} {deletes}"
    fields = _fields(pair, meeting, _translated(pair, month, person.language), other.name, follow, words)
    return replace(fields, timezone=person.timezone)


def invitation_for(
    pair: Pair, guests: Sequence[Person], meeting: Meeting, month: RoadmapMonth, languages: Languages = BUILT_IN
) -> EventFields:
    """The event to which the organizer invites these people of the pair, one or both. Two share what they read: both
    names, in the pair's zone, and in English unless they share a language.
    """
    spoken = {guest.language for guest in guests}
    language = spoken.pop() if len(spoken) == 1 else ENGLISH
    words = languages.words(language)
    follow = words.gettext("Accept this invitation, or decline it if you can't: then cadenced looks for another time.")
    month = _translated(pair, month, language)
    if len(guests) == 1:
        alone = _fields(pair, meeting, month, pair.other(guests[0]).name, follow, words)
        return replace(alone, timezone=guests[0].timezone)
    mentor, protege = (person.name for person in pair.people)
    both = words.gettext("%(mentor)s and %(protege)s", mentor=mentor, protege=protege)
    return _fields(pair, meeting, month, both, follow, words)


def _translated(pair: Pair, month: RoadmapMonth, language: str) -> RoadmapMonth:
    months = pair.roadmap.translations.get(language)
    return months[month.number - 1] if months else month


def _fields(  # noqa: PLR0913, PLR0917 — what an event says
    pair: Pair, meeting: Meeting, month: RoadmapMonth, whom: str, follow: str, words: Words
) -> EventFields:
    """In the pair's zone."""
    call = meeting.identity.kind is Kind.CALL
    cadence = pair.cadence(meeting.identity.kind)
    if call:
        summary = words.gettext("Call with %(other)s", other=whom)
        about = words.gettext(
            "How is it going with month %(number)s, “%(title)s”?", number=month.number, title=month.title
        )
    else:
        summary = f"{whom}: {month.title}"
        about = words.gettext("Month %(number)s. %(task)s", number=month.number, task=month.task)
    return EventFields(
        start=meeting.start,
        end=meeting.end,
        timezone=pair.timezone,
        summary=_plain(summary),
        location=_plain(cadence.where if cadence else ""),
        description=_plain(f"{about}\n\n{follow}"),
    )


def _plain(text: str) -> str:
    """Without control characters."""
    return _CONTROL.sub("", text)


def called(name: str) -> str:
    """What a person is called: "Maya" for "Maya Okafor", "Okafor, Maya", "Dr. Maya Okafor" and "Maya Okafor, PhD"."""
    family, _, rest = name.partition(",")
    given = [word for word in rest.replace(",", " ").split() if family.isupper() or _may_be_given(word)]
    words = given or [word for word in family.split() if not word.endswith(".")]
    return words[0] if words else name


def _may_be_given(word: str) -> bool:
    """Whether what stands after a comma may be a first name: no degree ("PhD", "MBA"), suffix or sign."""
    return word[:1].isalpha() and not word.endswith(".") and not _DEGREE.fullmatch(word)
