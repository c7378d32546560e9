"""What one turn decided, as a value: it is printed by `plan`, and carried out by apply.py.

Must never know how it came about.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cadenced.core.actions import EventAction, SendMail
from cadenced.core.answers import Answer
from cadenced.core.guard import upsetting
from cadenced.core.model import Meeting
from cadenced.core.records import CopyRow

DAILY = timedelta(days=1)  # every pair is looked at once a day: the horizon moves on


@dataclass(frozen=True, slots=True)
class Decision:
    """What one turn decided. `mails` holds what is due now and what will be; `stale` the keys of queued mails whose
    meeting has moved since they were written. `problems` maps an alert's key to what a human should know.
    """

    pair: str
    now: datetime
    meetings: tuple[Meeting, ...] = ()
    fallen: tuple[Meeting, ...] = ()  # stand nowhere any more; remembered, so that they don't come and go
    actions: tuple[EventAction, ...] = ()
    mails: tuple[SendMail, ...] = ()
    stale: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], CopyRow] = field(default_factory=dict)  # by (uid, account)
    seen_due: datetime | None = None
    again: datetime | None = None  # when a meeting may be changed that was changed a short time ago
    answers: tuple[Answer, ...] = ()  # what the two told us by mail
    ledger: Collection[str] = ()  # the keys of the mails that were written before, without those that are stale
    by_hand: bool = False  # a human has placed a meeting, perhaps where one of them meets somebody else
    standing: tuple[Meeting, ...] = ()  # before anything was planned
    kept: bool = False  # what stands stays, until a human confirms the plan

    @property
    def upsets(self) -> int:
        """How many events it cancels or moves, without being told to (core/guard.py)."""
        return len(upsetting(self.actions, self.standing))

    def calm(self) -> "Decision":
        """Without the actions for meetings of which one upsets: all of a meeting's wait, or none."""
        held = {action.meeting.uid for action in upsetting(self.actions, self.standing)}
        rest = tuple(action for action in self.actions if action.meeting.uid not in held)
        return replace(self, actions=rest, kept=True)

    @property
    def due_mails(self) -> tuple[SendMail, ...]:
        return tuple(mail for mail in self.mails if mail.due <= self.now)

    @property
    def next_due(self) -> datetime:
        later = [mail.due for mail in self.mails if mail.due > self.now]
        return min((*later, *filter(None, [self.again]), self.now + DAILY))
