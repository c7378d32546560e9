"""What people tell us by mail, as values, and what it means for a pair and its meetings.

Owns which of several answers holds. Must never know how a mail is read, nor where an answer is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from cadenced.core.model import DateRange, Pair

FOR_EVER = date.max


class Told(StrEnum):
    """The kinds of answer. Those above the line speak of a meeting, the others of the pair."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"  # can't at the time that it has
    MOVED = "moved"  # wants it at another time
    SKIPPED = "skipped"  # this period's meeting is off
    MET = "met"
    NOT_MET = "not met"

    DONE = "done"  # the month's task
    TODO = "todo"  # one more piece of homework
    RATED = "rated"  # how it goes, 1 to 5 (the mid-point's pulse)
    GOES_ON = "goes on"  # the renewal: another year
    ENDS = "ends"  # the renewal: no-fault end (DOMAIN)
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"  # no more mail to this person (List-Unsubscribe)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a person told us. `id` is unique for ever: the Message-ID of their mail, with a number where it
    said several things. Moments are aware, in UTC; `at` is when it was taken.
    """

    id: str
    pair: str
    person: str
    told: Told
    at: datetime
    uid: str = ""  # of the meeting
    start: datetime | None = None  # the time that was declined, accepted or wanted
    end: datetime | None = None
    until: date | None = None  # of a pause: its last day; None: until they resume
    month: int = 0  # the roadmap month that it speaks of, counted through all cycles; 0: of none
    text: str = ""  # a todo, or a number


def paused(pair: Pair, answers: Iterable[Answer]) -> Pair:
    """The pair with the pauses that its people asked for by mail beside those of the file, in days of its zone."""
    zone, pauses = ZoneInfo(pair.timezone), list[DateRange]()
    for each in _in_order(answers):
        day = each.at.astimezone(zone).date()
        if each.told is Told.PAUSED:
            pauses.append(DateRange(day, each.until or FOR_EVER))
        elif each.told is Told.RESUMED:
            pauses = [replace(p, last=min(p.last, day - timedelta(days=1))) for p in pauses if p.first < day]
    return replace(pair, pause=(*pair.pause, *pauses)) if pauses else pair


def took_place(answers: Iterable[Answer]) -> tuple[frozenset[str], frozenset[str]]:
    """The UIDs of the meetings of which people said that they took place, and of those that they said did not: whoever
    spoke last is believed.
    """
    last = {each.uid: each.told for each in _in_order(answers) if each.told in (Told.MET, Told.NOT_MET)}
    met = frozenset(uid for uid, told in last.items() if told is Told.MET)
    return met, frozenset(last) - met


def stopped(answers: Iterable[Answer]) -> frozenset[str]:
    """The ids of the people who want no more mail; who resumes wants it again."""
    found: set[str] = set()
    for each in _in_order(answers):
        if each.told is Told.STOPPED:
            found.add(each.person)
        elif each.told is Told.RESUMED:
            found.discard(each.person)
    return frozenset(found)


def _in_order(answers: Iterable[Answer]) -> list[Answer]:
    return sorted(answers, key=lambda each: (each.at, each.id))
