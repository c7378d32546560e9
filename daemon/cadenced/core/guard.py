"""Refuses a plan that would upset too much at once, until a human confirms it (DESIGN §7).

Owns the threshold, and what counts as upsetting. Must never know where a plan comes from, nor how it is confirmed.
"""

from collections.abc import Iterable
from datetime import datetime

from cadenced.core.actions import CancelEvent, EventAction, UpdateEvent

SHARE = 25  # % of our future events, cancelled or moved
FROM = 10  # of them: fewer are what an ordinary edit of a single pair moves, and that must follow at once


def upset(actions: Iterable[EventAction], now: datetime) -> int:
    """How many events are cancelled or moved by the plan's own doing: not what follows a human's move or refusal, nor
    what gives way to an appointment, for each of those moves one meeting, and seldom (stability.py).
    """
    return sum(
        isinstance(action, CancelEvent)
        or (isinstance(action, UpdateEvent) and "time" in action.changed and not _answers(action, now))
        for action in actions
    )


def too_much(upsets: int, owned: int) -> bool:
    """`owned`: how many events of ours are still to come."""
    return upsets >= FROM and upsets * 100 > owned * SHARE


def objection(upsets: int, owned: int) -> str:
    """Why a human must confirm."""
    what = f"{upsets} of the {owned} events that are still to come would be cancelled or moved"
    return f"{what}, more than {SHARE} %. `cadenced plan` shows them; if it is meant, run `cadenced apply --confirm`"


def _answers(action: UpdateEvent, now: datetime) -> bool:
    meeting = action.meeting
    tried_now = meeting.tries.last is not None and meeting.tries.last == now.replace(microsecond=0)
    return meeting.pinned or tried_now
