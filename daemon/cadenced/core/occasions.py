"""The messages that come once: at a pair's start and end, in certain months of its roadmap, and after a meeting.

Owns when each is due and until when it is worth sending. Must never know what a message looks like, nor what people
answer to it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cadenced.core.actions import Mail, SendMail
from cadenced.core.cadence import DAY, month_begins, month_of_cycle, roadmap_month, unpaused
from cadenced.core.due import about_meeting, first_open, key, local_day, morning
from cadenced.core.model import Horizon, Meeting, Pair, Person

BEFORE_START = timedelta(days=7)  # the charter: time to object before the first meeting
CHARTER_KEEPS = 30  # days from the start, but for pauses: later, what was to be agreed on has become a habit
FOLLOW_UP_KEEPS = timedelta(days=7)  # from the meeting: later nobody remembers, and the next one is near
DAY_OF_MONTH = 7  # days into a roadmap month, but for pauses: its first meeting is early in it
COMPLETION_KEEPS = timedelta(days=30)
IN_MONTH = {  # by the kind of a roadmap month: what it asks beside its task, and why
    "introduction": (Mail.INTRODUCTION, "brings an introduction"),
    "checkpoint": (Mail.PULSE, "is the half-way mark"),
    "renewal": (Mail.RENEWAL, "is the last of a year"),
}


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A message to both. `month` as in SendMail."""

    kind: Mail
    about: str
    month: int
    reason: str
    meeting: Meeting | None = None


def occasions(
    pair: Pair, after: Iterable[tuple[int, Meeting]], ledger: Collection[str], now: datetime, horizon: Horizon
) -> Iterator[SendMail]:
    """What is due now or will be, and is neither in the ledger nor expired. `now` is aware.

    `after`: the meetings to ask about once they are over, each with its roadmap month.
    """
    found = (*_charter(pair, now), *_follow_ups(pair, after), *_in_months(pair, now, horizon), *_completion(pair))
    yield from (mail for mail in found if mail.key not in ledger and now < mail.expires)


def _charter(pair: Pair, now: datetime) -> Iterator[SendMail]:
    """A week before the start, or at once. Who joined half-way and has begun has agreed on everything long ago."""
    if pair.roadmap_month not in (None, 1) and local_day(pair.timezone, now) >= pair.start:
        return
    end = unpaused(pair, pair.start, CHARTER_KEEPS)
    if opens := first_open(pair.start - BEFORE_START, end, pair.closed):
        occasion = _Occasion(Mail.CHARTER, "start", pair.roadmap_month or 1, f"the pair starts on {pair.start}")
        yield from _to_both(pair, occasion, opens, end)


def _follow_ups(pair: Pair, after: Iterable[tuple[int, Meeting]]) -> Iterator[SendMail]:
    """The morning after, to each on their own clock."""
    for month, meeting in after:
        occasion = _Occasion(Mail.FOLLOW_UP, about_meeting(meeting), month, "the morning after", meeting)
        for person in pair.people:
            day = _day_after(person, meeting)
            if opens := first_open(day, day + FOLLOW_UP_KEEPS, pair.closed):
                yield _mail(pair, occasion, person, morning(person, opens), meeting.end + FOLLOW_UP_KEEPS)


def _day_after(person: Person, meeting: Meeting) -> date:
    """The day of the first morning that a night parts from the meeting, be it one that ends at nine next morning."""
    day = local_day(person.timezone, meeting.start) + timedelta(days=1)
    over = local_day(person.timezone, meeting.end)
    return day if meeting.end < morning(person, day) else over + timedelta(days=1)


def _in_months(pair: Pair, now: datetime, horizon: Horizon) -> Iterator[SendMail]:
    """What the months of certain kinds ask, a week into them, as far as the horizon reaches."""
    if not pair.roadmap.months:
        return
    first = roadmap_month(pair, local_day(pair.timezone, now))
    last = roadmap_month(pair, local_day(pair.timezone, now + horizon.ahead))
    for number in range(first, last + 1):
        kind, reason = IN_MONTH.get(pair.roadmap.months[month_of_cycle(number) - 1].kind, (None, ""))
        if kind is None or (kind is Mail.RENEWAL and pair.end is not None):
            continue  # where an end is agreed on, nobody asks for another year
        begins, end = month_begins(pair, number), month_begins(pair, number + 1)
        if opens := first_open(unpaused(pair, begins, DAY_OF_MONTH), end, pair.closed):
            occasion = _Occasion(kind, f"month-{number}", number, f"month {number} {reason}")
            yield from _to_both(pair, occasion, opens, end)


def _completion(pair: Pair) -> Iterator[SendMail]:
    """The morning after the last day: no pause outlasts it, and thanks are always right (DOMAIN)."""
    if pair.end is None:
        return
    first = pair.end + DAY
    occasion = _Occasion(Mail.COMPLETION, "end", roadmap_month(pair, pair.end), f"the pair's last day was {pair.end}")
    yield from _to_both(pair, occasion, first, first + COMPLETION_KEEPS)


def _to_both(pair: Pair, occasion: _Occasion, day: date, end: date) -> Iterator[SendMail]:
    """Due on the morning of `day`, and expired on that of `end`."""
    for person in pair.people:
        yield _mail(pair, occasion, person, morning(person, day), morning(person, end))


def _mail(pair: Pair, occasion: _Occasion, person: Person, due: datetime, expires: datetime) -> SendMail:
    name = key(pair.id, occasion.kind, occasion.about, person.id)
    return SendMail(
        name, pair.id, occasion.kind, person.id, occasion.meeting, due, expires, occasion.month, occasion.reason
    )
