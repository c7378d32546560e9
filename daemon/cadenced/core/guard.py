"""Refuses a plan that would upset too much at once, until a human confirms it (DESIGN §7).

Owns the threshold, what counts as upsetting, and what of such a plan goes on meanwhile. Must never know where a plan
comes from, nor how it is confirmed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cadenced.core.actions import CancelEvent, EventAction, UpdateEvent
from cadenced.core.model import Meeting, State
from cadenced.core.scene import Plan

SHARE = 25  # % of our future events, cancelled or moved
FROM = 10  # of them: fewer are what an ordinary edit of a single pair moves, and that must follow at once


def upsetting(actions: Iterable[EventAction], standing: Iterable[Meeting]) -> list[EventAction]:
    """What cancels or moves an event: all but what follows a human's word about that very meeting, a move or a refusal
    of it. What gives way to appointments counts: a calendar that is misread is full of them. `standing` are the
    meetings as people have them, before anything is planned.
    """
    refused = _refused(standing)
    return [action for action in actions if _upsets(action, refused)]


def too_much(upsets: int, owned: int) -> bool:
    """`owned`: how many events of ours are still to come."""
    return upsets >= FROM and upsets * 100 > owned * SHARE


def objection(upsets: int, owned: int) -> str:
    """Why a human must confirm."""
    what = f"{upsets} of the {owned} events that are still to come would be cancelled or moved"
    return f"{what}, more than {SHARE} %. If it is meant, run `cadenced apply --confirm`"


def kept(plan: Plan, standing: Sequence[Meeting], fallen: Iterable[Meeting]) -> Plan:
    """What goes on of a plan that is held back: what people said is followed, and all else stays as it stands. New
    meetings are added only where none falls out, for then they don't take its place; and nothing over what stays.
    What had `fallen` out before stays so, unless it is back.
    """
    planned, refused = {meeting.identity: meeting for meeting in plan.meetings}, _refused(standing)
    known = {meeting.identity for meeting in standing}
    stays = [_as_it_stands(each, planned.get(each.identity)) for each in standing if each.uid not in refused]
    answered = [
        then if _clear(then, stays) else each
        for each in standing
        if each.uid in refused and (then := planned.get(each.identity)) is not None
    ]
    fresh = [each for each in plan.meetings if each.identity not in known and _clear(each, [*stays, *answered])]
    dropped = tuple(each for each in plan.dropped if each.uid in refused)
    meetings = [*stays, *answered, *(fresh if dropped == plan.dropped else ())]
    ordered = tuple(sorted(meetings, key=lambda m: (m.start, m.identity)))
    there = {*known, *(each.identity for each in meetings)}
    return replace(plan, meetings=ordered, dropped=dropped, fallen=tuple(m for m in fallen if m.identity not in there))


def _upsets(action: EventAction, refused: frozenset[str]) -> bool:
    if action.meeting.uid in refused:
        return False
    moves = isinstance(action, UpdateEvent) and "time" in action.changed
    return isinstance(action, CancelEvent) or (moves and not action.meeting.pinned)


def _refused(standing: Iterable[Meeting]) -> frozenset[str]:
    return frozenset(meeting.uid for meeting in standing if meeting.state is State.DECLINED)


def _as_it_stands(before: Meeting, then: Meeting | None) -> Meeting:
    same = then is not None and (then.start, then.end) == (before.start, before.end)
    return then if then is not None and (same or then.pinned) else before


def _clear(meeting: Meeting, others: Iterable[Meeting]) -> bool:
    standing = (each for each in others if each.state is State.STANDING)
    return all(meeting.end <= each.start or each.end <= meeting.start for each in standing)
