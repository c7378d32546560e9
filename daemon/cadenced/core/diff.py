"""From a plan and the copies that stand to the actions that close the gap, each with its reason.

Owns what is written, property by property: what a human edited is left as it is, for ever (DESIGN §7). Must never know
how an action is carried out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cadenced.core.actions import CancelEvent, CreateEvent, EventAction, UpdateEvent, is_note
from cadenced.core.events import Baseline, Copy, EventFields, fingerprint
from cadenced.core.model import Meeting, State
from cadenced.core.participation import Party

TEXTS = ("summary", "location", "description")


@dataclass(frozen=True, slots=True)
class Place:
    """One calendar that a meeting belongs into: whose it is, what it should say there, and what stands there.

    `copy` is None when nothing does; `closed` when nothing may be created: a human deleted it at this very time, or a
    foreign event stands in the way. `party`: the guests of an organizer's event; `person` is empty if it is for both.
    """

    person: str
    account: str
    fields: EventFields
    copy: Copy | None
    closed: bool = False
    party: Party | None = None


def diff(meeting: Meeting, places: Sequence[Place], now: datetime) -> Iterator[EventAction]:
    """What one meeting of the plan asks for. `now` is aware; what lies in the past is not touched any more.

    Notes come last: until the other copy has followed, a move stays recognisable as one, so that a move which the other
    made meanwhile is seen to overrule it, and is told.
    """
    if meeting.state is State.DECLINED:
        return  # what is left of it stays until there is another time
    actions = (_update(meeting, each, now) if each.copy else _create(meeting, each, now) for each in places)
    yield from sorted((action for action in actions if action is not None), key=is_note)


def cancel(
    meeting: Meeting, copies: Mapping[str, Copy], people: Mapping[str, str], now: datetime
) -> Iterator[EventAction]:
    """Takes a dropped meeting out of the calendars. `copies` by account; `people` maps an account to its person."""
    if meeting.end <= now:
        return
    for account, copy in copies.items():
        yield CancelEvent(meeting, people.get(account, ""), account, copy.href, copy.etag, meeting.reason)


def _create(meeting: Meeting, place: Place, now: datetime) -> CreateEvent | None:
    if place.closed or meeting.end <= now or meeting.state is not State.STANDING:
        return None
    baseline = _baseline(meeting, {name: fingerprint(getattr(place.fields, name)) for name in TEXTS}, now)
    invited = place.party.invitation(new_time=False) if place.party else None
    return CreateEvent(meeting, place.person, place.account, place.fields, baseline, meeting.reason, invited)


def _update(meeting: Meeting, place: Place, now: datetime) -> UpdateEvent | None:
    copy = place.copy
    if copy is None or copy.event.problem or (written := copy.event.baseline) is None:
        return None  # what cannot be read is not written over
    event = copy.event
    if max(meeting.end, event.end or meeting.end) <= now:
        return None
    party, new_time = place.party, (event.start, event.end) != (meeting.start, meeting.end)
    changed = {"time"} if new_time or (party and party.astray) else set()
    if party and not party.complete:
        changed.add("guests")
    if event.cancelled is not (meeting.state is State.CANCELLED):
        changed.add("status")
    texts = {}
    for name in TEXTS:
        wanted, found = fingerprint(getattr(place.fields, name)), fingerprint(getattr(event, name))
        ours = found == getattr(written, name) and meeting.state is State.STANDING
        texts[name] = wanted if ours else getattr(written, name)
        if ours and found != wanted:
            changed.add(name)
    baseline = _baseline(meeting, texts, now)
    if not changed and _same_places(baseline, written):
        return None
    reason = _why(changed, meeting)
    where = (place.person, place.account, copy.href, copy.etag)
    invited = party.invitation(new_time=new_time) if party else None
    return UpdateEvent(meeting, *where, place.fields, frozenset(changed), baseline, reason, invited)


def _baseline(meeting: Meeting, texts: Mapping[str, str], now: datetime) -> Baseline:
    off = meeting.state is State.CANCELLED
    placed, summary, location, description = meeting.placed, *(texts[name] for name in TEXTS)
    times = (meeting.start, meeting.end, placed)
    return Baseline(*times, meeting.rules, summary, location, description, now, meeting.tries, cancelled=off)


def _same_places(new: Baseline, old: Baseline) -> bool:
    """Whether a write would only renew fingerprints of texts: not worth one."""
    return replace(new, **{name: getattr(old, name) for name in TEXTS}, decided=old.decided) == old


def _why(changed: set[str], meeting: Meeting) -> str:
    if "status" in changed:
        return "called off by one of the two" if meeting.state is State.CANCELLED else "on again"
    if "time" in changed:
        return meeting.reason
    if changed:
        return f"{', '.join(sorted(changed))} changed in the programme"
    known = "that its new time is known" if meeting.pinned else "today's rules"
    return f"stays as it is; the event notes {known}"
