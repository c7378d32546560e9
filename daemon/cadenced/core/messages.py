"""Which messages a pair is owed, and when each is due.

Owns when an agenda is due, who carries the month's task, and the keys of the ledger (DESIGN §5, §9). Must never know
what a message looks like, nor how it travels.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.actions import Mail, SendMail
from cadenced.core.availability import in_ranges
from cadenced.core.cadence import month_begins, roadmap_month
from cadenced.core.model import Horizon, Meeting, Pair, Person, State
from cadenced.core.scene import Ask

MORNING = time(8)  # in the reader's zone
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


def messages(
    pair: Pair, meetings: Sequence[Meeting], ledger: Collection[str], now: datetime, horizon: Horizon
) -> Iterator[SendMail]:
    """What is due now or will be, and is not in the ledger: in no order. `now` is aware.

    `meetings` is the plan, past meetings included. Nothing about the past is ever due: what expired is not listed.
    """
    months = _months(pair, meetings, ledger)
    for month in months.values():
        before = months.get(month.number - 1)
        for meeting in month.meetings:
            if meeting.state is State.STANDING and meeting.start > now:
                carried = before is not None and before.fell_out
                yield from _about(pair, meeting, month, carried, ledger)
    yield from _tasks(pair, months, ledger, now, horizon)


def key(pair: str, kind: Mail, about: str, person: str) -> str:
    """The ledger's key: unique for ever, the same on every machine."""
    return f"{pair}/{kind}/{about}/{person}"


def moved(pair: Pair, meeting: Meeting, person: Person, now: datetime) -> SendMail:
    """Tells a person that the other one's time was taken, though both had moved the meeting (DESIGN §7)."""
    about = f"{_about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    month = roadmap_month(pair, _local_day(pair.timezone, meeting.start))
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
    about = f"{_about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    month = roadmap_month(pair, _local_day(pair.timezone, meeting.start))
    expires = max((end for _, end in ask.times), default=max(meeting.start, now + ASKING_KEEPS))
    for person in pair.people:
        name = key(pair.id, Mail.TIMES, about, person.id)
        yield SendMail(
            name, pair.id, Mail.TIMES, person.id, meeting, now, expires, month, ask.why, times=ask.times, who=who
        )


def morning(person: Person, day: date) -> datetime:
    """08:00 of a day in the person's zone, in UTC."""
    return datetime.combine(day, MORNING, ZoneInfo(person.timezone)).astimezone(UTC)


def _months(pair: Pair, meetings: Sequence[Meeting], ledger: Collection[str]) -> dict[int, _Month]:
    found: dict[int, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda m: m.start):
        month = roadmap_month(pair, _local_day(pair.timezone, meeting.start))
        found.setdefault(month, []).append(meeting)
    return {n: _Month(n, tuple(found[n]), _carrier(pair, found[n], ledger)) for n in sorted(found)}


def _carrier(pair: Pair, meetings: Sequence[Meeting], ledger: Collection[str]) -> Meeting | None:
    """The first meeting of the month; but where an agenda has gone out already, that meeting stays the one."""
    standing = [m for m in meetings if m.state is State.STANDING]
    told = (
        m for m in standing if any(key(pair.id, Mail.AGENDA, _about_meeting(m), p.id) in ledger for p in pair.people)
    )
    return next(told, standing[0] if standing else None)


def _about(pair: Pair, meeting: Meeting, month: _Month, carried: bool, ledger: Collection[str]) -> Iterator[SendMail]:
    kind = Mail.AGENDA if meeting is month.carrier else Mail.BRIEF
    reason = f"month {month.number}'s task" if kind is Mail.AGENDA else "the day before"
    for person in pair.people:
        name = key(pair.id, kind, _about_meeting(meeting), person.id)
        if name in ledger:
            continue
        day = _local_day(person.timezone, meeting.start) - timedelta(days=DAYS_BEFORE[kind])
        due = morning(person, day)
        over = carried and kind is Mail.AGENDA
        yield SendMail(name, pair.id, kind, person.id, meeting, due, meeting.start, month.number, reason, over)


def _tasks(
    pair: Pair, months: dict[int, _Month], ledger: Collection[str], now: datetime, horizon: Horizon
) -> Iterator[SendMail]:
    """The task of each month that has no meeting at all, by mail on its first morning outside a pause."""
    first = roadmap_month(pair, _local_day(pair.timezone, now))
    # a month that reaches beyond the horizon may still get its meeting, unless it has begun
    last = max(first, roadmap_month(pair, _local_day(pair.timezone, now + horizon.ahead)) - 1)
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
    first, end = month_begins(pair, month), month_begins(pair, month + 1)
    days = (first + timedelta(number) for number in range((end - first).days))
    return next((day for day in days if not in_ranges(day, pair.closed)), None)


def _about_meeting(meeting: Meeting) -> str:
    return str(meeting.identity).removeprefix(f"{meeting.identity.pair}/")


def _local_day(zone: str, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()
