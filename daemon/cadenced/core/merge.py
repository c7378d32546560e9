"""A human's edit is an instruction: from the copies of a meeting to where and whether it stands.

Owns the table of DESIGN §7. Every copy carries what we last wrote (its baseline), so an edit is what differs from it,
and no store is needed to know. Must never know servers, syntax, or where the planner would have liked the meeting.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cadenced.core.events import Baseline, Copy, ObservedEvent, fingerprint
from cadenced.core.model import Identity, Meeting, State

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Settled:
    """A meeting as its copies have it. `overruled`: accounts whose human moved it too, and whose time was not taken."""

    meeting: Meeting
    overruled: tuple[str, ...] = ()


def settle(
    identity: Identity, copies: Sequence[Copy], deleted: Sequence[str], remembered: Meeting | None
) -> Settled | None:
    """Where a meeting stands, from its copies, mentor's first: the mentor breaks ties.

    `deleted` names the accounts whose human deleted the copy. `remembered` is the store's word; it counts only where
    no copy can be read, for the copies are never out of date and the store may be (restored from an old backup, say).
    None when nothing is known of the meeting.
    """
    readable = [copy for copy in copies if copy.event.baseline and copy.event.start and copy.event.end]
    state = _state(copies, deleted)
    if not readable:
        return Settled(replace(remembered, state=state)) if remembered else None
    chosen = _chosen(readable)
    event, baseline = chosen.event, chosen.event.baseline
    if event.start is None or event.end is None or baseline is None:  # for the type checker: readable ones have all
        return None
    meeting = Meeting(
        identity,
        event.start,
        event.end,
        placed=baseline.placed,
        rules=baseline.rules,
        state=state,
        touched=any(edited(copy.event) for copy in readable),
        reason=_reason(chosen),
    )
    times = (event.start, event.end)
    overruled = [c.account for c in readable if _moved(c.event) and (c.event.start, c.event.end) != times]
    return Settled(meeting, tuple(overruled))


def edited(event: ObservedEvent) -> bool:
    """Whether a human edited a text of the event."""
    return event.baseline is not None and any(
        fingerprint(text) != written for text, written in _texts(event, event.baseline)
    )


def _moved(event: ObservedEvent) -> bool:
    """Whether a human moved the event, or changed its length, since we last wrote it."""
    return event.baseline is not None and (event.start, event.end) != (event.baseline.start, event.baseline.end)


def _chosen(copies: Sequence[Copy]) -> Copy:
    """The copy whose time holds: one that a human moved before one of ours; of several moved the later LAST-MODIFIED.

    Copies of ours that disagree come from a turn that was cut off between two writes: the later decision holds, and not
    LAST-MODIFIED, which an edit of a note renews. max() keeps the first of equals, which is the mentor's.
    """
    return max(copies, key=lambda copy: (_moved(copy.event), _since(copy.event)))


def _since(event: ObservedEvent) -> datetime:
    """When the event got the time that it has."""
    if event.baseline is not None and not _moved(event):
        return event.baseline.decided
    return event.last_modified or NEVER


def _state(copies: Sequence[Copy], deleted: Sequence[str]) -> State:
    if any(copy.event.cancelled for copy in copies):
        return State.CANCELLED
    return State.DECLINED if deleted else State.STANDING


def _texts(event: ObservedEvent, baseline: Baseline) -> tuple[tuple[str, str], ...]:
    return (
        (event.summary, baseline.summary),
        (event.location, baseline.location),
        (event.description, baseline.description),
    )


def _reason(copy: Copy) -> str:
    if _moved(copy.event):
        return f"moved in the calendar {copy.account!r}"
    return "stands in the calendars"
