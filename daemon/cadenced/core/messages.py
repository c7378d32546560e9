"""Which messages a pair is owed, and when each is due.

Owns when an agenda is due, and who carries the month's task (DESIGN §5, §9); what comes once is in occasions.py.
Must never know what a message looks like, nor how it travels.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cadenced.core.actions import Mail, SendMail
from cadenced.core.cadence import month_begins, roadmap_month
from cadenced.core.due import about_meeting, first_open, key, local_day, morning
from cadenced.core.model import Horizon, Kind, Meeting, Pair, Person, State
from cadenced.core.occasions import occasions
from cadenced.core.scene import Ask

__all__ = ["key", "messages", "morning", "moved", "times"]

DAYS_BEFORE = {Mail.AGENDA: 3, Mail.BRIEF: 1}
ASKING_KEEPS = timedelta(days=7)  # where no time can be offered
TASK_KEEPS = timedelta(days=14)  # the task of a month without a meeting is worth sending in the month's first half


@dataclass(frozen=True, slots=True)
class _Month:
    """One roadmap month of a pair: its meetings in order of time, and the one that carries the task, if any can."""

    number: int
    meetings: tuple[Meeting, ...]
    carrier: Meeting | None

    @property
    def fell_out(self) -> bool:
        """It was to have a meeting, and none takes place: its task is carried over (DESIGN §5)."""
        return bool(self.meetings) and self.carrier is None

    @property
    def followed_up(self) -> Iterator[Meeting]:
        """The meetings after which both are asked: those face to face, and whichever carries the task."""
        for meeting in self.meetings:
            face_to_face = meeting.identity.kind is Kind.FACE_TO_FACE
            if meeting.state is State.STANDING and (face_to_face or meeting is self.carrier):
                yield meeting


def messages(  # noqa: PLR0913 — what is known of a pair, and what it was told
    pair: Pair,
    meetings: Sequence[Meeting],
    ledger: Collection[str],
    now: datetime,
    horizon: Horizon,
    *,
    known: Collection[str] = (),
    missed: Collection[str] = (),
) -> Iterator[SendMail]:
    """What is due now or will be, and is not in the ledger: in no order. `now` is aware.

    `meetings` is the plan, past meetings included. Nothing about the past is ever due: what expired is not listed.
    `known`: the UIDs of meetings of which somebody told whether they took place; `missed`: of those that did not.
    """
    months = _months(pair, meetings, ledger, missed)
    for month in months.values():
        before = months.get(month.number - 1)
        for meeting in month.meetings:
            if meeting.state is State.STANDING and meeting.start > now:
                carried = before is not None and before.fell_out
                yield from _about(pair, meeting, month, carried, ledger)
    yield from _tasks(pair, months, ledger, now, horizon)
    asked = ((n, m) for n, month in months.items() for m in month.followed_up if m.uid not in {*known, *missed})
    yield from occasions(pair, asked, ledger, now, horizon)


def moved(pair: Pair, meeting: Meeting, person: Person, now: datetime) -> SendMail:
    """Tells a person that the other one's time was taken, though both had moved the meeting (DESIGN §7)."""
    about = f"{about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    month = roadmap_month(pair, local_day(pair.timezone, meeting.start))
    reason = "both moved it, differently, and the later move holds"
    return SendMail(
        key(pair.id, Mail.MOVED, about, person.id),
        pair.id,
        Mail.MOVED,
        person.id,
        meeting,
        now,
        meeting.start,
        month,
        reason,
    )


def times(pair: Pair, ask: Ask, who: tuple[str, ...], now: datetime) -> Iterator[SendMail]:
    """Asks both for a time: once for each that did not suit. `who` can't, by id."""
    meeting = ask.meeting
    about = f"{about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    month = roadmap_month(pair, local_day(pair.timezone, meeting.start))
    expires = max((end for _, end in ask.times), default=max(meeting.start, now + ASKING_KEEPS))
    for person in pair.people:
        name = key(pair.id, Mail.TIMES, about, person.id)
        yield SendMail(
            name, pair.id, Mail.TIMES, person.id, meeting, now, expires, month, ask.why, times=ask.times, who=who
        )


def _months(
    pair: Pair, meetings: Sequence[Meeting], ledger: Collection[str], missed: Collection[str]
) -> dict[int, _Month]:
    found: dict[int, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda m: m.start):
        month = roadmap_month(pair, local_day(pair.timezone, meeting.start))
        found.setdefault(month, []).append(meeting)
    return {n: _Month(n, tuple(found[n]), _carrier(pair, found[n], ledger, missed)) for n in sorted(found)}


def _carrier(
    pair: Pair, meetings: Sequence[Meeting], ledger: Collection[str], missed: Collection[str]
) -> Meeting | None:
    """The first meeting of the month; but where an agenda has gone out already, that meeting stays the one. What did
    not take place carries nothing, as if it had been declined.
    """
    standing = [m for m in meetings if m.state is State.STANDING and m.uid not in missed]
    told = (
        m for m in standing if any(key(pair.id, Mail.AGENDA, about_meeting(m), p.id) in ledger for p in pair.people)
    )
    return next(told, standing[0] if standing else None)


def _about(pair: Pair, meeting: Meeting, month: _Month, carried: bool, ledger: Collection[str]) -> Iterator[SendMail]:
    kind = Mail.AGENDA if meeting is month.carrier else Mail.BRIEF
    reason = f"month {month.number}'s task" if kind is Mail.AGENDA else "the day before"
    for person in pair.people:
        name = key(pair.id, kind, about_meeting(meeting), person.id)
        if name in ledger:
            continue
        day = local_day(person.timezone, meeting.start) - timedelta(days=DAYS_BEFORE[kind])
        due = morning(person, day)
        over = carried and kind is Mail.AGENDA
        yield SendMail(name, pair.id, kind, person.id, meeting, due, meeting.start, month.number, reason, over)


def _tasks(
    pair: Pair, months: dict[int, _Month], ledger: Collection[str], now: datetime, horizon: Horizon
) -> Iterator[SendMail]:
    """The task of each month that has no meeting at all, by mail on its first morning outside a pause."""
    first = roadmap_month(pair, local_day(pair.timezone, now))
    # a month that reaches beyond the horizon may still get its meeting, unless it has begun
    last = max(first, roadmap_month(pair, local_day(pair.timezone, now + horizon.ahead)) - 1)
    for number in range(first, last + 1):
        opens = _opens(pair, number)
        if number in months or opens is None:
            continue
        for person in pair.people:
            name = key(pair.id, Mail.TASK, f"month-{number}", person.id)
            due = morning(person, opens)
            if name not in ledger and now < due + TASK_KEEPS:
                reason = f"month {number} has no meeting"
                expires = due + TASK_KEEPS
                yield SendMail(name, pair.id, Mail.TASK, person.id, None, due, expires, number, reason)


def _opens(pair: Pair, month: int) -> date | None:
    """The first day of a roadmap month on which the pair does not pause."""
    return first_open(month_begins(pair, month), month_begins(pair, month + 1), pair.closed)
