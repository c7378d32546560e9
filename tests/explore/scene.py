"""What a scene is: the pair, the states that it goes through, and what may happen in it how often."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cadenced.core.model import Horizon, Identity, Kind, Pair, Programme
from tests.explore import shelf as server
from tests.explore.effects import PAIR
from tests.explore.shelf import Care
from tests.support.programme import at, pair, programme, utc

WHO = ("maya", "jonas")
TASKS = ("look maya", "look jonas", "turn", "mail")
FIRST = date(2026, 12, 1)
MEETING = Identity(PAIR, Kind.FACE_TO_FACE, FIRST)
NAME = f"{MEETING.uid}.ics"
FOREIGN = "theirs.ics"
TAKEN = "taken.ics"  # a foreign event with our UID
TICK = timedelta(seconds=10)  # by which the clock moves with each disturbance, so that none is at the same time
SLACK = timedelta(minutes=8)  # what waits no longer than that need not wait: pauses of a minute pass unnoticed
HORIZON = Horizon(ahead=timedelta(weeks=3))
AGREED = ("Tue 17:30", "Thu 17:30", "Mon 12:00")
BEGINS = utc("2026-12-01T09:00")


def the_pair(**more: Any) -> Pair:
    """One meeting and no more: the pair ends with its first month here, which is its second, so that no charter is
    due beside the agenda.
    """
    ordinary = {"start": FIRST, "end": date(2026, 12, 31), "calls": None, "agreed": at(*AGREED), "roadmap_month": 2}
    return pair(**ordinary | more)


class At(NamedTuple):
    """A state. All but the first six are numbers of values; `one` and `two` are daemons, 0 where none runs. `tables2`
    and `journal2` are the second daemon's, where it has a store of its own.
    """

    ticks: int
    hour: int
    wish: int
    acts: int  # that people may still do
    faults: int  # that may still happen
    saved: int  # the backup: 0 where none was taken
    maya: int
    jonas: int
    tables: int
    journal: int
    post: int
    ghost: int
    one: int
    two: int
    tables2: int = 0
    journal2: int = 0


class Daemon(NamedTuple):
    """`tasks` are nodes of the tree, 0 for what it does not do just now; `own` is the memory of one begun before the
    file was saved anew, else 0.
    """

    wish: int
    memory: int
    tasks: tuple[int, int, int, int] = (0, 0, 0, 0)
    own: tuple[int, int, int, int] = (0, 0, 0, 0)


class Move(NamedTuple):
    """`words` say what happened; `broken` which promise that broke, or nothing."""

    words: str
    to: At
    broken: str = ""


@dataclass(frozen=True)
class Scene:
    """What may happen, and how often. `hours` after the beginning the clock may move to. `at_once`: how many things a
    daemon does at once. `second`: somebody starts another daemon, again and again; `apart`: on another machine, with a
    store of its own.
    """

    name: str
    acts: int = 0
    faults: int = 0
    what: tuple[str, ...] = ("moves", "edits", "deletes", "brings back")
    which: tuple[str, ...] = ("crash", "lost reply")
    who: tuple[str, ...] = WHO
    wishes: tuple[Programme, ...] = (programme(the_pair()),)
    hours: tuple[float, ...] = (0,)
    begins: datetime = BEGINS
    kind: server.Kind = server.Kind.TELLS
    at_once: int = 1
    backup: bool = False
    standing: bool = True  # the meeting stands already
    foreign: tuple[str, ...] = ()  # in whose calendar an event of theirs has our UID
    care: Care = field(default_factory=Care)
    second: bool = False
    apart: bool = False
    lock: bool = True
    tombstones: bool = True
    journal: bool = True
    windows: bool = True  # the named windows are allowed for


def their_event(uid: str = "theirs") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//someone//EN", "BEGIN:VEVENT", f"UID:{uid}"]
    lines += ["DTSTAMP:20261101T090000Z", "DTSTART:20261209T090000Z", "DURATION:PT1H", "SUMMARY:Dentist"]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])
