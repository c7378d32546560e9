"""One meeting, one mail, two calendars, and everything that can happen next.

A state is a tuple of numbers (`At`), each of which names a value; what can happen in it is listed, each with its words
and the state that it leads to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from cadenced.core.accounts import Outcome as Verdict
from cadenced.core.errors import ConflictError
from cadenced.core.model import Horizon, Identity, Kind, Pair, Programme
from cadenced.core.records import CopyState, MailState
from cadenced.outbox import PLAUSIBLE_PAUSE
from cadenced.wire.baseline import parse_baseline
from cadenced.wire.ical import observe
from tests.explore import shelf as server
from tests.explore.acts import ACTS
from tests.explore.book import Book, Tables
from tests.explore.effects import PAIR, Request, folder_of
from tests.explore.ghost import Ghost
from tests.explore.shelf import Care, Shelf
from tests.explore.tasks import CONFLICT, Ids, Memory, Outcome, Tree
from tests.support.programme import at, pair, programme, utc

WHO = ("maya", "jonas")
TASKS = ("look maya", "look jonas", "turn", "mail")
FIRST = date(2026, 12, 1)
MEETING = Identity(PAIR, Kind.FACE_TO_FACE, FIRST)
NAME = f"{MEETING.uid}.ics"
FOREIGN = "theirs.ics"
TICK = timedelta(seconds=10)  # by which the clock moves with each disturbance, so that none is at the same time
SLACK = timedelta(minutes=8)  # what waits no longer than that need not wait: pauses of a minute pass unnoticed
HORIZON = Horizon(ahead=timedelta(weeks=3))
AGREED = ("Tue 17:30", "Thu 17:30", "Mon 12:00")


def the_pair(**more: Any) -> Pair:
    """One meeting and no more: the pair ends with its first month."""
    return pair(**{"start": FIRST, "end": date(2026, 12, 31), "calls": None, "agreed": at(*AGREED)} | more)


class At(NamedTuple):
    """A state. All but the first six are numbers of values; `one` and `two` are daemons, 0 where none runs."""

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
    daemon does at once.
    """

    name: str
    acts: int = 0
    faults: int = 0
    what: tuple[str, ...] = ("moves", "edits", "deletes", "brings back")
    which: tuple[str, ...] = ("crash", "lost reply")
    who: tuple[str, ...] = WHO
    wishes: tuple[Programme, ...] = (programme(the_pair()),)
    hours: tuple[float, ...] = (0,)
    begins: datetime = utc("2026-12-01T09:00")
    kind: server.Kind = server.Kind.TELLS
    at_once: int = 1
    backup: bool = False
    standing: bool = True  # the meeting stands already
    foreign: tuple[str, ...] = ()  # in whose calendar an event of theirs has our UID
    care: Care = Care()
    lock: bool = True
    tombstones: bool = True
    journal: bool = True
    windows: bool = True  # the named windows are allowed for


def their_event(uid: str = "theirs") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//someone//EN", "BEGIN:VEVENT", f"UID:{uid}"]
    lines += ["DTSTAMP:20261101T090000Z", "DTSTART:20261209T090000Z", "DURATION:PT1H", "SUMMARY:Dentist"]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


@dataclass
class World:
    scene: Scene
    values: dict[str, Ids] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ("maya", "jonas", "tables", "journal", "post", "ghost", "daemon")
        self.values = {name: Ids() for name in names}
        self.values["jonas"] = self.values["maya"]
        self.tree = Tree(list(self.scene.wishes), HORIZON)
        self._asked: dict[tuple[int, int, int], tuple[int, int, int]] = {}
        self._nows: dict[tuple[int, int], datetime] = {}

    # where it begins

    def beginning(self) -> At:
        put = self.values
        shelves = {}
        for who in WHO:
            shelf = Shelf().put(FOREIGN, their_event())
            if who in self.scene.foreign:
                shelf = shelf.put("taken.ics", their_event(MEETING.uid))
            shelves[who] = put["maya"](shelf)
        tables = put["tables"](Tables())
        journal, post, ghost = put["journal"](()), put["post"](()), put["ghost"](Ghost())
        scene = self.scene
        start = At(0, 0, 0, 0, 0, 0, **shelves, tables=tables, journal=journal, post=post, ghost=ghost, one=0, two=0)
        if scene.standing:
            start = self.calm(start)
        return start._replace(acts=scene.acts, faults=scene.faults)

    def calm(self, here: At, rounds: int = 3) -> At:
        for _ in range(rounds):
            here = self.round(here)
        return here

    def round(self, here: At) -> At:
        """Undisturbed: what is under way ends, each calendar is looked at, the pair turns, mails go out."""
        while (move := self.onward(here)) is not None:
            here = move.to
        if not here.one:
            here = self._start(here, "one").to
        for number in range(len(TASKS)):
            for _ in range(4 if number > 1 else 1):
                begun = self._begin(here, "one", number)
                if begun is None:
                    break
                here = begun.to
                while (move := self.onward(here)) is not None:
                    here = move.to
        return here

    def onward(self, here: At) -> Move | None:
        """The next thing that happens of what is under way, if all goes well."""
        for name in ("one", "two"):
            number = getattr(here, name)
            if number:
                daemon: Daemon = self.values["daemon"][number]
                for task, node in enumerate(daemon.tasks):
                    if node:
                        return self._go(here, name, task)
        return None

    # what can happen

    def moves(self, here: At) -> Iterator[Move]:
        for name in ("one", "two"):
            yield from self._of_daemon(here, name)
        if here.acts:
            for who in self.scene.who:
                yield from self._acts(here, who)
            yield from self._wishes(here)
        if here.hour + 1 < len(self.scene.hours):
            words = f"{self.scene.hours[here.hour + 1] - self.scene.hours[here.hour]:g} hours pass"
            yield Move(words, here._replace(hour=here.hour + 1))
        if self.scene.backup and not here.saved and here.faults and self.values["tables"][here.tables].pairs:
            yield Move("a copy of the database is kept", here._replace(saved=here.tables))

    def now(self, here: At) -> datetime:
        key = (here.hour, here.ticks)
        if key not in self._nows:
            self._nows[key] = self.scene.begins + timedelta(hours=self.scene.hours[here.hour]) + here.ticks * TICK
        return self._nows[key]

    def _of_daemon(self, here: At, name: str) -> Iterator[Move]:
        number = getattr(here, name)
        if not number:
            if name == "one" or not self.scene.lock:
                yield self._start(here, name)
            return
        daemon: Daemon = self.values["daemon"][number]
        busy = sum(node > 0 for node in daemon.tasks)
        for task, node in enumerate(daemon.tasks):
            if node:
                yield self._go(here, name, task)
                if here.faults:
                    yield from self._faulty(here, name, task)
            elif busy < self.scene.at_once and (begun := self._begin(here, name, task)) is not None:
                yield begun
        if here.faults:
            yield from self._crashes(here, name)

    def _begin(self, here: At, name: str, task: int) -> Move | None:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        memory: Memory = self.tree.memories[daemon.memory]
        tables: Tables = self.values["tables"][here.tables]
        now = self.now(here)
        if task > 1 and len(memory.rows) < len(WHO):
            return None  # the daemon looks before it does anything else
        if task == 2 and not Book(tables).due_pairs(now + SLACK, 1):
            return None
        if task == 3 and not Book(tables).claim(now + SLACK, 1):
            return None
        node, after = self.tree.begin(TASKS[task], daemon.wish, daemon.memory, now)
        there = self._with_task(here, name, task, node, after)
        while node and self.tree.nodes[node].door.reads and self.tree.nodes[node].door.door == "store":
            there = self._go(there, name, task).to
            node = self.values["daemon"][getattr(there, name)].tasks[task]
        return Move(f"{_daemon(name)} begins to {TASKS[task]}", there)

    def _with_task(self, here: At, name: str, task: int, node: int, memory: int) -> At:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        tasks = (*daemon.tasks[:task], node, *daemon.tasks[task + 1 :])
        if not daemon.own[task]:
            changed = daemon._replace(memory=memory, tasks=tasks)
        else:
            own = (*daemon.own[:task], memory if node else 0, *daemon.own[task + 1 :])
            changed = daemon._replace(tasks=tasks, own=own)
        return self._normal(here._replace(**{name: self.values["daemon"](changed)}))

    def _normal(self, here: At) -> At:
        """Without how often a pair was woken, while no turn is under way that would compare."""
        for name in ("one", "two"):
            number = getattr(here, name)
            if number and self.values["daemon"][number].tasks[2]:
                return here
        tables: Tables = self.values["tables"][here.tables]
        if any(row.next_due < 0 for row in tables.pairs):
            pairs = tuple(row._replace(next_due=max(row.next_due, 0)) for row in tables.pairs)
            return here._replace(tables=self.values["tables"](tables._replace(pairs=pairs)))
        return here

    # doors

    def _go(self, here: At, name: str, task: int) -> Move:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        door = self.tree.nodes[daemon.tasks[task]].door
        there, outcome, broken = self._answered(here, daemon.tasks[task])
        return Move(f"{_daemon(name)}: {_said(door)}", self._on(there, name, task, outcome), broken)

    def _on(self, here: At, name: str, task: int, outcome: int) -> At:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        memory = daemon.own[task] or daemon.memory
        node, after = self.tree.go(daemon.tasks[task], outcome, memory, self.now(here))
        return self._with_task(here, name, task, node, after)

    def _answered(self, here: At, node: int) -> tuple[At, int, str]:
        """The request of a node happens: what it changes, what it is answered, and what promise that breaks."""
        door = self.tree.nodes[node].door
        if door.door == "store":
            return *self._stored(here, node, door), ""
        if door.door == "mail":
            return self._posted(here, door)
        return self._asked_calendar(here, door)

    def _stored(self, here: At, node: int, door: Request) -> tuple[At, int]:
        key = (self.tree.nodes[node].request, here.tables, here.journal)
        if (found := self._asked.get(key)) is None:
            book = Book(self.values["tables"][here.tables], self.values["journal"][here.journal])
            arguments = door.arguments
            if door.name in ("due_pairs", "claim"):
                arguments = (arguments[0] + SLACK, *arguments[1:])
            reply = getattr(book, door.name)(*arguments)
            if not self.scene.tombstones:
                kept = tuple(row for row in book.tables.copies if row.state is not CopyState.DELETED)
                book.tables = book.tables._replace(copies=kept)
            journal = book.journal if self.scene.journal else ()
            tables = self.values["tables"](book.tables)
            found = (tables, self.values["journal"](journal), self.tree.outcomes(Outcome(reply)))
            self._asked[key] = found
        there = here._replace(tables=found[0], journal=found[1])
        return self._noticed(there) if door.name == "record_look" else there, found[2]

    def _noticed(self, here: At) -> At:
        """What a look has recorded of what people deleted. Where the event was about to get another time, nobody can
        tell which of the two was seen, and both are refused.
        """
        for row in self.values["tables"][here.tables].copies:
            ghost: Ghost = self.values["ghost"][here.ghost]
            if row.state is CopyState.DELETED and ghost.of(row.account).unseen:
                said = parse_baseline(row.written)
                both = said is not None and ghost.of(row.account).unseen <= {*said.tries.refused}
                if both and ghost.moved is not None and ghost.moved[1][0] == said.start:
                    ghost = ghost._replace(moved=None)
                here = here._replace(ghost=self.values["ghost"](ghost.but(row.account, unseen=frozenset())))
        return here

    def _posted(self, here: At, door: Request) -> tuple[At, int, str]:
        _, _, body = door.arguments
        post = tuple(sorted([*self.values["post"][here.post], body]))
        there = here._replace(post=self.values["post"](post))
        return there, self.tree.outcomes(Outcome(Verdict("sent", "250 ok"))), self._mail_broken(there, body)

    def _mail_broken(self, here: At, body: bytes) -> str:
        key, ghost = _key(body), self.values["ghost"][here.ghost]
        rows = {row.key: row for row in self.values["tables"][here.tables].outbox}
        if key not in rows or rows[key].state is not MailState.ATTEMPTING:
            return f"the mail {key} goes out, and no store knows that it was tried"
        alike = [each for each in self.values["post"][here.post] if _key(each) == key]
        if len(alike) > 1 and key not in ghost.unsure:
            return f"the mail {key} goes out twice"
        if len(set(alike)) > 1 and not ghost.lost:
            return f"the mail {key} goes out twice, in different words"
        return ""

    def _asked_calendar(self, here: At, door: Request) -> tuple[At, int, str]:
        who = door.arguments[0].name
        shelf: Shelf = self.values["maya"][getattr(here, who)]
        reply, error, broken = None, "", ""
        before = shelf
        try:
            shelf, reply, broken = self._written(here, who, shelf, door)
        except ConflictError:
            error = CONFLICT
        there = here
        if shelf is not before:
            there = here._replace(**{who: self.values["maya"](shelf)})
        return there, self.tree.outcomes(Outcome(reply, error)), broken

    def _written(self, here: At, who: str, shelf: Shelf, door: Request) -> tuple[Shelf, Any, str]:
        folder, care, arguments = folder_of(who), self.scene.care, door.arguments
        if door.name == "sync":
            _, _, token, known = arguments
            return shelf, server.sync(shelf, folder, self.scene.kind, token, known), ""
        name = arguments[2].removeprefix(folder)
        if door.name == "get":
            body = shelf.get(name)
            return shelf, server.resource(folder, name, body) if body is not None else None, ""
        if door.name == "create":
            after, name = server.create(shelf, name, arguments[3], care)
            broken = self._unintended(here, who, CopyState.INTENDED)
            return after, server.resource(folder, name, arguments[3]), broken
        if door.name == "update":
            after = server.update(shelf, name, arguments[3], arguments[4], care)
            return after, server.resource(folder, name, arguments[3]), ""
        after = server.delete(shelf, name, arguments[3], care)
        return after, None, self._unintended(here, who, CopyState.CANCELLING)

    def _unintended(self, here: At, who: str, state: CopyState) -> str:
        rows = self.values["tables"][here.tables].copies
        if any((row.account, row.uid, row.state) == (who, MEETING.uid, state) for row in rows):
            return ""
        return f"the calendar of {who} is written to, and no store knows what was intended"

    # what goes wrong

    def _faulty(self, here: At, name: str, task: int) -> Iterator[Move]:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        door = self.tree.nodes[daemon.tasks[task]].door
        if "lost reply" not in self.scene.which or door.door == "store":
            return
        worse = here._replace(faults=here.faults - 1, ticks=here.ticks + 1)
        if door.door == "mail":
            unknown = self.tree.outcomes(Outcome(Verdict("unknown", "the reply was lost")))
            key = _key(door.arguments[2])
            unsure = self._sensed(worse, lambda g: g._replace(unsure=g.unsure | {key}))
            accepted, _, broken = self._posted(unsure, door)
            words = f"{_daemon(name)}: {_said(door)}"
            yield Move(f"{words}, and the reply is lost", self._on(accepted, name, task, unknown), broken)
            yield Move(f"{words}, but it is lost on the way", self._on(unsure, name, task, unknown))
        elif not door.reads:
            there, _, broken = self._answered(worse, daemon.tasks[task])
            silent = self.tree.outcomes(Outcome(error="the reply was lost"))
            words = f"{_daemon(name)}: {_said(door)}, and the reply is lost"
            yield Move(words, self._on(there, name, task, silent), broken)
        down = self.tree.outcomes(Outcome(error="the server is down"))
        words = f"{_daemon(name)}: {_said(door)}, but the server is down"
        yield Move(words, self._on(worse, name, task, down))

    def _crashes(self, here: At, name: str) -> Iterator[Move]:
        def cut(ghost: Ghost) -> Ghost:
            trying = {row.key for row in tables.outbox if row.state is MailState.ATTEMPTING}
            return ghost._replace(unsure=ghost.unsure | trying)

        tables: Tables = self.values["tables"][here.tables]
        worse = self._sensed(here._replace(faults=here.faults - 1, ticks=here.ticks + 1), cut)
        down = self._normal(worse._replace(**{name: 0}))
        if "crash" in self.scene.which:
            yield Move(f"{_daemon(name)} crashes", down)
        if here.two:
            return
        if "lost database" in self.scene.which:
            yield Move(f"{_daemon(name)} crashes, and its database is lost", self._other(down, Tables()))
        if here.saved:
            saved = self.values["tables"][here.saved]
            yield Move(f"{_daemon(name)} crashes, and the copy of its database is put back", self._other(down, saved))

    def _other(self, here: At, tables: Tables) -> At:
        there = self._sensed(here, lambda ghost: ghost._replace(lost=True))
        if self.scene.windows:  # what stood in the database alone
            there = self._sensed(there, lambda ghost: ghost.excused("maya").excused("jonas"))
        return there._replace(tables=self.values["tables"](tables))

    def _start(self, here: At, name: str) -> Move:
        now = self.now(here)
        tables, journal = self.values["tables"][here.tables], self.values["journal"][here.journal]
        book = Book(tables, journal)
        book.reopen()
        book.set_stanzas(self.scene.wishes[here.wish].stanzas)
        book.recover(now + SLACK, PLAUSIBLE_PAUSE)
        daemon = Daemon(here.wish, self.tree.memories(Memory()))
        opened = here._replace(tables=self.values["tables"](book.tables), **{name: self.values["daemon"](daemon)})
        return Move(f"{_daemon(name)} starts", self._normal(opened))

    # what people do

    def _acts(self, here: At, who: str) -> Iterator[Move]:
        shelf: Shelf = self.values["maya"][getattr(here, who)]
        ghost: Ghost = self.values["ghost"][here.ghost]
        ours = [(name, body) for name, body in shelf.bodies if name not in (FOREIGN, "taken.ics")]
        later = here._replace(acts=here.acts - 1, ticks=here.ticks + 1)
        now = self.now(later)
        for name, body in ours[:1]:
            event = observe(body)
            for what in self.scene.what:
                if what in ACTS and not (what == "cancels" and event.cancelled) and not (
                    what == "puts on" and not event.cancelled
                ):
                    new = ACTS[what](body, who, now)
                    yield self._done(later, who, what, shelf.put(name, new), new)
            if "deletes" in self.scene.what:
                yield self._done(later, who, "deletes", shelf.remove(name), body)
        if not ours and ghost.of(who).took and "brings back" in self.scene.what:
            body = ghost.of(who).took
            yield self._done(later, who, "brings back", shelf.put(NAME, body), body)

    def _done(self, here: At, who: str, what: str, shelf: Shelf, body: str) -> Move:
        event = observe(body)
        there = here._replace(**{who: self.values["maya"](shelf)})
        there = self._sensed(there, lambda ghost: ghost.after(who, what, event, body))
        if what == "deletes" and self.scene.windows and self._unknowable(here, who):
            there = self._sensed(there, lambda ghost: ghost.excused(who))
        to = f" to {event.start:%-d %b %H:%M}" if what == "moves" else f" ({event.start:%-d %b %H:%M})"
        return Move(f"{who} {what} the event{to}", there)

    def _unknowable(self, here: At, who: str) -> bool:
        """Whether the store does not have it on record that the event stood, and the server won't tell: the window."""
        rows = self.values["tables"][here.tables].copies
        known = [r for r in rows if (r.account, r.uid) == (who, MEETING.uid)]
        return not known or (self.scene.kind is not server.Kind.TELLS and not known[0].etag)

    def _wishes(self, here: At) -> Iterator[Move]:
        for wish in range(len(self.scene.wishes)):
            if wish == here.wish:
                continue
            there = here._replace(wish=wish, acts=here.acts - 1, ticks=here.ticks + 1)
            for name in ("one", "two"):
                if number := getattr(here, name):
                    there = self._reloaded(there, name, self.values["daemon"][number])
            yield Move("the file is saved with another wish", there)

    def _reloaded(self, here: At, name: str, daemon: Daemon) -> At:
        """What is under way goes on with what it began with."""
        book = Book(self.values["tables"][here.tables])
        book.set_stanzas(self.scene.wishes[here.wish].stanzas)
        memory = self.tree.memories[daemon.memory]
        own = tuple((daemon.own[n] or daemon.memory) if node else 0 for n, node in enumerate(daemon.tasks))
        new = Daemon(here.wish, self.tree.memories(Memory((), memory.rows)), daemon.tasks, own)
        tables = self.values["tables"](book.tables)
        return self._normal(here._replace(tables=tables, **{name: self.values["daemon"](new)}))

    def _sensed(self, here: At, change: Any) -> At:
        return here._replace(ghost=self.values["ghost"](change(self.values["ghost"][here.ghost])))


def _key(body: bytes) -> str:
    return body.decode().partition(" ")[0]


def _daemon(name: str) -> str:
    return "the daemon" if name == "one" else "the second daemon"


def _said(door: Request) -> str:
    """As a story tells it."""
    if door.door == "calendar":
        body = observe(door.arguments[3]) if door.name in ("create", "update") else None
        at = f" at {body.start:%-d %b %H:%M}" if body else ""
        return f"{door.name} in the calendar of {door.arguments[0].name}{at}"
    return f"{door.name} {door.arguments[2].decode()}" if door.door == "mail" else f"{door.name} ({door.door})"


