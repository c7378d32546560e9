"""What commands report, as plain data: a plan and a pass, and how a meeting is told to programs.

Owns the shape of `plan --json` and `apply --json`, which stay as they are from now on. Must never know a terminal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cadenced.core.actions import Action, SendMail, type_of
from cadenced.core.model import Meeting, Pair, Programme
from cadenced.reconciler.decision import Decision

MAILBOX, SMTP = "[mailbox]", "[smtp]"  # among the accounts of a pass: no account's name has a bracket


@dataclass(frozen=True, slots=True, repr=False)  # asyncio.run() asks for that of what comes back: seconds, of thousands
class Planned:
    """A plan of the whole programme. `blocked` maps an account that does not work to the reason."""

    now: datetime
    programme: Programme
    decisions: tuple[Decision, ...]
    blocked: Mapping[str, str]
    unsafe: str = ""  # why a human must confirm it

    @property
    def actions(self) -> list[Action]:
        """In order of time, as a person would read them."""
        found: list[Action] = [action for each in self.decisions for action in (*each.actions, *each.mails)]
        return sorted(found, key=lambda action: (_moment(action), _pair(action), type_of[type(action)], action.person))

    @property
    def changes(self) -> bool:
        """Whether applying now would do anything: mails that fall due later are no change."""
        return any(each.actions or each.due_mails for each in self.decisions)

    def as_json(self) -> dict[str, Any]:
        """The stable form: RFC 3339 times, in the reader's zone for events and for the moment a mail is due."""
        return {
            "now": rfc3339(self.now, "UTC"),
            "actions": [action_json(action, self.programme) for action in self.actions],
            "gaps": {each.pair: list(each.gaps) for each in self.decisions if each.gaps},
            "blocked": dict(self.blocked),
            "unsafe": self.unsafe or None,
            "warnings": list(self.programme.warnings),
        }


def action_json(action: Action, programme: Programme) -> dict[str, Any]:
    """One action. `start` and `end` are the meeting's; null where there is none."""
    pair = programme.pairs.get(_pair(action))
    zone = zone_of(action.person, pair)
    found: dict[str, Any] = {
        "action": type_of[type(action)],
        "pair": _pair(action),
        "kind": str(action.kind) if isinstance(action, SendMail) else str(action.meeting.identity.kind),
        "period": action.meeting.identity.period.isoformat() if action.meeting else None,
        "meeting": str(action.meeting.identity) if action.meeting else None,
        "person": action.person,
        "start": rfc3339(action.meeting.start, zone) if action.meeting else None,
        "end": rfc3339(action.meeting.end, zone) if action.meeting else None,
        "timezone": zone,
        "due": rfc3339(action.due, zone) if isinstance(action, SendMail) else None,
        "reason": action.reason,
    }
    if isinstance(action, SendMail):
        return found | {"month": action.month or None, "carried_over": action.carried_over}
    return found | {"calendar": action.account, "uid": action.meeting.uid}


def meeting_json(meeting: Meeting, timezone: str) -> dict[str, Any]:
    """One meeting as `status` tells it, in the pair's zone."""
    return {
        "meeting": str(meeting.identity),
        "kind": str(meeting.identity.kind),
        "start": rfc3339(meeting.start, timezone),
        "end": rfc3339(meeting.end, timezone),
        "timezone": timezone,
        "state": str(meeting.state),
        "pinned": meeting.pinned,
    }


def zone_of(person: str, pair: Pair | None) -> str:
    """The zone in which a person of a pair reads times; UTC for somebody who left."""
    if pair is None:
        return "UTC"
    return next((each.timezone for each in pair.people if each.id == person), pair.timezone)


def rfc3339(moment: datetime, zone: str) -> str:
    """RFC 3339 §5.6, to the second, with the zone's offset ("Z" in UTC)."""
    text = moment.astimezone(UTC if zone == "UTC" else ZoneInfo(zone)).isoformat(timespec="seconds")
    return text.replace("+00:00", "Z") if zone == "UTC" else text


def _pair(action: Action) -> str:
    return action.pair if isinstance(action, SendMail) else action.meeting.identity.pair


def _moment(action: Action) -> datetime:
    return action.due if isinstance(action, SendMail) else action.meeting.start


@dataclass(frozen=True, slots=True)
class Applied:
    """What one pass did: changes written to calendars, mails sent, and mails that wait. `blocked`: why an account does
    not work, or MAILBOX, or SMTP. `alerts`: how many things need a human now. `unsafe`: why a human must confirm first,
    where nothing was changed. `again`: when the first mail of those that wait is tried again, where that is known.
    """

    now: datetime
    written: int
    sent: int
    waiting: int
    blocked: Mapping[str, str]
    alerts: int = 0
    unsafe: str = ""
    again: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "next_try": rfc3339(self.again, "UTC") if self.again else None,
            "written": self.written,
            "sent": self.sent,
            "waiting": self.waiting,
            "blocked": dict(self.blocked),
            "alerts": self.alerts,
            "unsafe": self.unsafe or None,
        }
