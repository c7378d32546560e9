"""Which messages a pair is owed, and when each is due.

Owns when an agenda is due, who carries the month's task (DESIGN §5, §9), and what a pause puts off; what comes once is
in occasions.py. Must never know what a message looks like, nor how it travels.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.actions import Mail, SendMail
from cadenced.core.availability import in_ranges
from cadenced.core.cadence import midnight, month_begins, roadmap_month
from cadenced.core.due import about_meeting, first_open, key, local_day, morning, resumes
from cadenced.core.model import Horizon, Kind, Meeting, Pair, Person, State
from cadenced.core.occasions import occasions
from cadenced.core.scene import Ask

__all__ = ["key", "messages", "morning", "moved", "times"]

DAYS_BEFORE = {Mail.AGENDA: 3, Mail.BRIEF: 1}
ASKING_KEEPS = timedelta(days=7)  # where no time can be offered
TASK_KEEPS = timedelta(days=14)  # the task of a month without a meeting is worth sending in the month's first half


@dataclass(frozen=True, slots=True)
class _Month:
    """One roadmap month of a pair: its meetings in order of time, and the one that carries the task, if any can.
    `by_mail`: its task has gone out by itself.
    """

    number: int
    meetings: tuple[Meeting, ...]
    carrier: Meeting | None
    by_mail: bool

    @property
    def fell_out(self) -> bool:
        """It was to have a meeting, and none takes place: its task is carried over (DESIGN §5)."""
        return bool(self.meetings) and self.carrier is None and not self.by_mail

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
    asked = ((n, m) for n, month in months.items() for m in month.followed_up if m.uid not in {*known, *missed})
    found = (
        *_coming(pair, months, ledger, now),
        *_tasks(pair, months, ledger, now, horizon),
        *occasions(pair, asked, ledger, now, horizon),
    )
    yield from filter(None, (_outside_pauses(pair, mail, now) for mail in found))


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
    """The roadmap months by number, of those meetings that are written about: not such as stand in a pause, unless
    their agenda went out before it.

    What that agenda spoke of, no key says: where the task of the month that a pause leaves such a meeting in has gone
    out already, it was the next one's.
    """
    found: dict[int, list[Meeting]] = {}
    for meeting in sorted(meetings, key=lambda m: m.start):
        day = local_day(pair.timezone, meeting.start)
        month = roadmap_month(pair, day)
        if in_ranges(day, pair.pause):
            if not _told(pair, meeting, ledger):
                continue
            while _takes_place(meeting, missed) and _covered(pair, month, found.get(month, ()), ledger, missed):
                month += 1
        found.setdefault(month, []).append(meeting)
    return {n: _month(pair, n, found[n], ledger, missed) for n in sorted(found)}


def _month(
    pair: Pair, number: int, meetings: Sequence[Meeting], ledger: Collection[str], missed: Collection[str]
) -> _Month:
    """Its first meeting carries the task; but where an agenda has gone out already, that meeting stays the one, and
    where the task went out by itself, none does. What did not take place carries nothing, as if it had been declined.
    """
    standing = [m for m in meetings if _takes_place(m, missed)]
    by_mail = _by_mail(pair, number, ledger)
    first = standing[0] if standing and not by_mail else None
    carrier = next((m for m in standing if _told(pair, m, ledger)), first)
    return _Month(number, tuple(meetings), carrier, by_mail)


def _covered(
    pair: Pair, month: int, meetings: Sequence[Meeting], ledger: Collection[str], missed: Collection[str]
) -> bool:
    """Whether the task of a roadmap month, which has these meetings, has gone out."""
    held = (m for m in meetings if _takes_place(m, missed) and _told(pair, m, ledger))
    return _by_mail(pair, month, ledger) or any(True for _ in held)


def _takes_place(meeting: Meeting, missed: Collection[str]) -> bool:
    return meeting.state is State.STANDING and meeting.uid not in missed


def _told(pair: Pair, meeting: Meeting, ledger: Collection[str]) -> bool:
    return any(key(pair.id, Mail.AGENDA, about_meeting(meeting), each.id) in ledger for each in pair.people)


def _by_mail(pair: Pair, month: int, ledger: Collection[str]) -> bool:
    return any(key(pair.id, Mail.TASK, f"month-{month}", each.id) in ledger for each in pair.people)


def _coming(pair: Pair, months: dict[int, _Month], ledger: Collection[str], now: datetime) -> Iterator[SendMail]:
    for month in months.values():
        before = months.get(month.number - 1)
        carried = before is not None and before.fell_out
        for meeting in month.meetings:
            if meeting.state is State.STANDING and meeting.start > now:
                yield from _about(pair, meeting, month, carried, ledger)


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


def _outside_pauses(pair: Pair, mail: SendMail, now: datetime) -> SendMail | None:
    """The mail as it comes on the first morning after a pause, where it is due in one or one keeps it back now. None
    where that is too late for it; but about a meeting it comes as the pause ends, so that nobody goes there unprepared.
    """
    if not pair.pause or mail.kind is Mail.COMPLETION:
        return mail
    person = next(each for each in pair.people if each.id == mail.person)
    day, today = (local_day(person.timezone, each) for each in (mail.due, now))
    opens = resumes(pair, day, today)
    if opens is None or opens == day:
        return mail if opens else None
    due = morning(person, opens)
    if due >= mail.expires and mail.kind in DAYS_BEFORE:
        due = midnight(opens).replace(tzinfo=ZoneInfo(pair.timezone)).astimezone(UTC)
        if due == mail.expires:  # a meeting at that midnight: it is the pause or nothing
            return mail
    return replace(mail, due=due) if due < mail.expires else None


def _tasks(
    pair: Pair, months: dict[int, _Month], ledger: Collection[str], now: datetime, horizon: Horizon
) -> Iterator[SendMail]:
    """The task of each month that has no meeting at all, by mail on its first morning outside a pause; where a pause
    interrupts the month, on the first after it.
    """
    today = local_day(pair.timezone, now)
    first = roadmap_month(pair, today)
    # a month that reaches beyond the horizon may still get its meeting, unless it has begun
    last = max(first, roadmap_month(pair, local_day(pair.timezone, now + horizon.ahead)) - 1)
    for number in range(first, last + 1):
        opens = _opens(pair, number, today)
        if number in months or opens is None:
            continue
        for person in pair.people:
            name = key(pair.id, Mail.TASK, f"month-{number}", person.id)
            due = morning(person, opens)
            if name not in ledger and now < due + TASK_KEEPS:
                reason = f"month {number} has no meeting"
                expires = due + TASK_KEEPS
                yield SendMail(name, pair.id, Mail.TASK, person.id, None, due, expires, number, reason)


def _opens(pair: Pair, month: int, today: date) -> date | None:
    """The first day of a roadmap month on which the pair does not pause, or has come back from its pauses so far."""
    first, end = month_begins(pair, month), month_begins(pair, month + 1)
    opens = resumes(pair, first, today)
    return opens and first_open(opens, end, pair.closed)
