"""What commands report, as plain data: the plan for programs, and how the programme stands.

Owns the shape of `plan --json`, which stays as it is from now on, and of `status --json`. Must never know a terminal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cadenced.core.actions import Action, SendMail, type_of
from cadenced.core.model import Kind, Meeting, Pair, Programme, State
from cadenced.core.records import AccountRow, AlertRow
from cadenced.reconciler.decision import Decision


@dataclass(frozen=True, slots=True)
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
    """What one pass did: changes written to calendars, mails sent, and mails that wait."""

    now: datetime
    written: int
    sent: int
    waiting: int
    blocked: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "written": self.written,
            "sent": self.sent,
            "waiting": self.waiting,
            "blocked": dict(self.blocked),
        }


@dataclass(frozen=True, slots=True)
class PairStatus:
    """How one pair stands. `pair` is None when the programme can't be read or has lost it: times are in UTC then.

    `last_contact` is the end of its last meeting; `off` says which coming ones are off.
    """

    name: str
    pair: Pair | None
    meetings: tuple[Meeting, ...]
    now: datetime

    @property
    def timezone(self) -> str:
        return self.pair.timezone if self.pair else "UTC"

    @property
    def coming(self) -> list[Meeting]:
        return sorted((m for m in self.meetings if m.end > self.now), key=lambda m: m.start)

    @property
    def _next(self) -> Meeting | None:
        return next((m for m in self.coming if m.state is State.STANDING), None)

    @property
    def next_start(self) -> datetime | None:
        return self._next.start if self._next else None

    @property
    def how(self) -> str:
        if self._next is None:
            return ""
        kind = "face to face" if self._next.identity.kind is Kind.FACE_TO_FACE else "call"
        return f"{kind}, placed by a person" if self._next.pinned else kind

    @property
    def last_contact(self) -> datetime | None:
        past = (m.end for m in self.meetings if m.end <= self.now and m.state is State.STANDING)
        return max(past, default=None)

    @property
    def off(self) -> str:
        words = {State.DECLINED: "somebody can't", State.CANCELLED: "cancelled"}
        off = (m for m in self.coming if m.state is not State.STANDING)
        return ", ".join(f"{m.start.astimezone(ZoneInfo(self.timezone)):%-d %b} {words[m.state]}" for m in off)

    def as_json(self) -> dict[str, Any]:
        last = self.last_contact
        return {
            "pair": self.name,
            "last_contact": rfc3339(last, self.timezone) if last else None,
            "coming": [meeting_json(meeting, self.timezone) for meeting in self.coming],
        }


@dataclass(frozen=True, slots=True)
class Status:
    """How the programme stands, from what the store last knew; nothing is asked of any server."""

    now: datetime
    pairs: tuple[PairStatus, ...]
    accounts: tuple[AccountRow, ...]
    alerts: tuple[AlertRow, ...]
    mails: Mapping[str, int]
    config_error: str
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "pairs": [each.as_json() for each in self.pairs],
            "calendars": {r.account: {"status": str(r.status), "problem": r.problem} for r in self.accounts},
            "alerts": [{"key": a.key, "text": a.text, "raised": rfc3339(a.raised_at, "UTC")} for a in self.alerts],
            "mail": dict(self.mails),
            "config_error": self.config_error or None,
            "warnings": list(self.warnings),
        }
