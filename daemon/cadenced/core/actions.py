"""What a plan consists of: frozen values that carry their reason. Running them is somebody else's work.

Must never know how an action is carried out, nor how it is printed.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cadenced.core.events import Baseline, EventFields
from cadenced.core.model import Meeting
from cadenced.core.participation import Invitation


class Mail(StrEnum):
    """The kinds of message (DESIGN §9). A new kind needs a row in core/messages.py and a template of its name."""

    CHARTER = "charter"  # at the start: what each gives and wants, and the hours a year
    AGENDA = "agenda"  # the meeting that carries the month's task
    BRIEF = "brief"  # any other meeting
    TASK = "task"  # a month without a meeting
    FOLLOW_UP = "follow_up"  # the morning after: did it take place, and the homework
    INTRODUCTION = "introduction"  # to a contact of the mentor's (roadmap kind "introduction")
    PULSE = "pulse"  # mid-point: how it goes, 1 to 5 (roadmap kind "checkpoint")
    RENEWAL = "renewal"  # another year, or an end without fault (roadmap kind "renewal")
    COMPLETION = "completion"  # a thank-you, and a pair in which the protege mentors
    INVITE = "invite"  # an invitation by mail, for who has no calendar with us (RFC 6047)
    UPDATE = "update"  # the same, with something new in it
    CANCEL = "cancel"  # the same, taken back
    ANSWER = "answer"  # to what somebody told us by mail: what was taken, or why not
    MOVED = "moved"  # both moved it, differently: to the one whose time was not taken
    TIMES = "times"  # no time suits both by itself: three to choose from
    ALERT = "alert"  # to the coordinator


@dataclass(frozen=True, slots=True)
class CreateEvent:
    meeting: Meeting
    person: str
    account: str
    fields: EventFields
    baseline: Baseline
    reason: str
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class UpdateEvent:
    """`changed` names what is rewritten; every other property stays as a human left it.

    Where it is empty the action only notes in the event that what its human did is known (`is_note`).
    """

    meeting: Meeting
    person: str
    account: str
    href: str
    etag: str
    fields: EventFields
    changed: frozenset[str]  # "time", "status", "summary", "location", "description", "guests"
    baseline: Baseline
    reason: str
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class CancelEvent:
    meeting: Meeting
    person: str
    account: str
    href: str
    etag: str
    reason: str


@dataclass(frozen=True, slots=True)
class SendMail:
    """A message that falls due. Times are aware, in UTC. `key` is unique for ever in the ledger."""

    key: str
    pair: str
    kind: Mail
    person: str
    meeting: Meeting | None
    due: datetime
    expires: datetime
    month: int  # the roadmap month it speaks of, counted from 1 through all cycles; 0 when it speaks of none
    reason: str
    carried_over: bool = False  # the task of a month that had no meeting
    times: tuple[tuple[datetime, datetime], ...] = ()  # start and end of each time to choose from
    who: tuple[str, ...] = ()  # the people who can't, by id


def is_note(action: "Action") -> bool:
    """Whether it changes nothing that anybody sees."""
    return isinstance(action, UpdateEvent) and not action.changed


type_of = {CreateEvent: "create_event", UpdateEvent: "update_event", CancelEvent: "cancel_event", SendMail: "send_mail"}
EventAction = CreateEvent | UpdateEvent | CancelEvent
Action = EventAction | SendMail
