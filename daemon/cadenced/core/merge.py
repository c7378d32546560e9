"""A human's edit is an instruction: from the copies of a meeting to where and whether it stands.

Owns the table of DESIGN §7. Every copy carries what we last wrote (its baseline), so an edit is what differs from it,
and no store is needed to know. Must never know servers, syntax, or where the planner would have liked the meeting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cadenced.core.events import Baseline, Copy, ObservedEvent, fingerprint
from cadenced.core.model import UNTRIED, Identity, Meeting, State, Tries

BY_MAIL = "mail/"  # and a person's id: where their word stands, as if it were an account; no account has a slash
NEVER = datetime.min.replace(tzinfo=UTC)

Refusals = Mapping[str, Baseline | None]


@dataclass(frozen=True, slots=True)
class Settled:
    """A meeting as its copies have it. `overruled`: accounts whose human moved it too, and whose time was not taken.
    `declined`: those whose human can't at the time that it has.
    """

    meeting: Meeting
    overruled: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()


def settle(
    identity: Identity, copies: Sequence[Copy], refusals: Refusals, remembered: Meeting | None
) -> Settled | None:
    """Where a meeting stands, from its copies, mentor's first: the mentor breaks ties.

    `refusals` names the accounts whose human deleted or declined it, each with what stood there then (None where nobody
    knows): a time was refused, and another time has not been. `remembered` is the store's word; it counts only where no
    copy can be read, for the copies are never out of date and the store may be (restored from an old backup, say).
    None when nothing is known of the meeting.
    """
    readable = [copy for copy in copies if copy.event.baseline and copy.event.start and copy.event.end]
    if not readable:
        meeting = remembered or buried(identity, refusals.values())
        return _judged(meeting, readable, refusals) if meeting else None
    chosen = _chosen(readable)
    event, baseline = chosen.event, chosen.event.baseline
    if event.start is None or event.end is None or baseline is None:  # for the type checker: readable ones have all
        return None
    stands = (copy.event for copy in readable if copy.etag or copy.event.identity)  # an intent has neither, nor texts
    meeting = Meeting(
        identity,
        event.start,
        event.end,
        placed=baseline.placed,
        rules=baseline.rules,
        touched=any(map(edited, stands)),
        reason=_reason(chosen),
    )
    return _judged(meeting, readable, refusals)


def _judged(meeting: Meeting, readable: Sequence[Copy], refusals: Refusals) -> Settled:
    """With its state, and with all that was tried so far."""
    declined = tuple(name for name, said in refusals.items() if _refuses(said, meeting))
    known = [copy.event.baseline for copy in readable] + list(refusals.values())
    tries = _all_of([meeting.tries, *(each.tries for each in known if each)])
    before = (said.start for said in refusals.values() if said and _is_refusal(said) and said.start != meeting.start)
    tries = replace(tries, refused=tuple(dict.fromkeys((*tries.refused, *before))))
    off = _cancelled(readable) if readable else meeting.state is State.CANCELLED
    state = State.CANCELLED if off else State.DECLINED if declined else State.STANDING
    times = (meeting.start, meeting.end)
    moved = [c for c in readable if _moved(c.event) and not _refused_since(c.event, readable)]
    overruled = [c.account for c in moved if (c.event.start, c.event.end) != times]
    return Settled(replace(meeting, state=state, tries=tries), tuple(overruled), declined)


def _all_of(known: Sequence[Tries]) -> Tries:
    """The latest, with every start that anybody refused."""
    latest = max(known, key=lambda tries: (tries.changes, len(tries.refused)))
    others = (start for tries in known for start in tries.refused)
    return replace(latest, refused=tuple(dict.fromkeys((*latest.refused, *others))))


def _refuses(said: Baseline | None, meeting: Meeting) -> bool:
    """Whether it was this time that somebody couldn't, now or before: some copy may not have followed."""
    if said is None or not _is_refusal(said):
        return said is None
    return said.start == meeting.start or (meeting.start in said.tries.refused and not meeting.pinned)


def _is_refusal(said: Baseline) -> bool:
    """What is deleted when it is over, or off, refuses nothing."""
    return said.decided < said.end and not said.cancelled


def buried(identity: Identity, refusals: Iterable[Baseline | None]) -> Meeting | None:
    """A meeting of which nothing is left but that people refused it, where it was when they did."""
    latest = max((each for each in refusals if each), key=lambda each: each.decided, default=None)
    if latest is None:
        return None
    times = (latest.start, latest.end)
    state = State.CANCELLED if latest.cancelled else State.DECLINED
    return Meeting(identity, *times, latest.placed, latest.rules, state, tries=latest.tries)


def edited(event: ObservedEvent) -> bool:
    """Whether a human edited a text of the event."""
    return event.baseline is not None and any(
        fingerprint(text) != written for text, written in _texts(event, event.baseline)
    )


def _moved(event: ObservedEvent) -> bool:
    """Whether a human moved the event, or changed its length, since we last wrote it."""
    return event.baseline is not None and (event.start, event.end) != (event.baseline.start, event.baseline.end)


def _called_off_or_on(event: ObservedEvent) -> bool:
    """Whether a human cancelled the event, or put it on again, since we last wrote it."""
    return event.baseline is not None and event.cancelled != event.baseline.cancelled


def _chosen(copies: Sequence[Copy]) -> Copy:
    """The copy whose time holds: one that a human moved before one of ours; of several moved the later LAST-MODIFIED.

    Copies of ours that disagree come from a turn that was cut off between two writes: the later decision holds, and not
    LAST-MODIFIED, which an edit of a note renews; of two in one second the one that knows of more refusals. max() keeps
    the first of equals, which is the mentor's.
    """
    moved = {copy.account for copy in copies if _moved(copy.event) and not _refused_since(copy.event, copies)}
    return max(copies, key=lambda copy: (copy.account in moved, *_order(copy, ours=copy.account not in moved)))


def _order(copy: Copy, *, ours: bool) -> tuple[datetime, int]:
    tries = copy.event.baseline.tries if ours and copy.event.baseline else UNTRIED
    return _since(copy.event, ours=ours), tries.changes + len(tries.refused)


def _refused_since(event: ObservedEvent, copies: Sequence[Copy]) -> bool:
    """Whether somebody couldn't at the time to which a human moved the event, and another was decided on since: this
    copy has not heard of it.
    """
    others = [copy.event.baseline for copy in copies if copy.event.baseline is not None]
    since = event.last_modified or NEVER
    return any(event.start in written.tries.refused and since < written.decided for written in others)


def _cancelled(copies: Sequence[Copy]) -> bool:
    """Likewise for whether it is off."""
    by_human = [(_called_off_or_on(copy.event), copy.event) for copy in copies]
    return max(by_human, key=lambda each: (each[0], _since(each[1], ours=not each[0])))[1].cancelled


def _since(event: ObservedEvent, *, ours: bool) -> datetime:
    """When the event got what it has, from us or from a human."""
    if ours and event.baseline is not None:
        return event.baseline.decided
    return event.last_modified or NEVER


def _texts(event: ObservedEvent, baseline: Baseline) -> tuple[tuple[str, str], ...]:
    return (
        (event.summary, baseline.summary),
        (event.location, baseline.location),
        (event.description, baseline.description),
    )


def _reason(copy: Copy) -> str:
    if _moved(copy.event):
        by_mail = copy.account.startswith(BY_MAIL)
        return "moved by mail" if by_mail else f"moved in the calendar {copy.account!r}"
    return "stands in the calendars"
