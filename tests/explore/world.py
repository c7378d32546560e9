"""One meeting, one mail, two calendars, and everything that can happen next.

A state is a tuple of numbers (`At`), each of which names a value; what can happen in it is listed, each with its words
and the state that it leads to.
"""

from collections.abc import Iterator
from datetime import datetime

from cadenced.core.accounts import Outcome as Verdict
from cadenced.core.records import CopyState, MailState
from cadenced.outbox import PLAUSIBLE_PAUSE
from cadenced.wire.baseline import parse_baseline
from cadenced.wire.ical import observe
from tests.explore.book import Book, Tables
from tests.explore.doors import key_of, said
from tests.explore.effects import whose
from tests.explore.ghost import Ghost
from tests.explore.people import People
from tests.explore.scene import FOREIGN, MEETING, SLACK, TAKEN, TASKS, WHO, At, Daemon, Move, their_event
from tests.explore.shelf import Shelf
from tests.explore.tasks import Memory, Outcome


class World(People):
    """All that can happen in a scene."""

    def beginning(self) -> At:
        put = self.values
        shelves = {}
        for who in WHO:
            shelf = Shelf().put(FOREIGN, their_event())
            if who in self.scene.foreign:
                shelf = shelf.put(TAKEN, their_event(MEETING.uid))
            shelves[who] = put["maya"](shelf)
        tables = put["tables"](Tables())
        journal, post, ghost = put["journal"](()), put["post"](()), put["ghost"](Ghost())
        scene = self.scene
        stores = {"tables": tables, "tables2": tables, "journal": journal, "journal2": journal}
        start = At(0, 0, 0, 0, 0, 0, **shelves, **stores, post=post, ghost=ghost, one=0, two=0)
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
        running = [name for name in ("one", "two") if getattr(here, name)] or ["one"]
        for name in ("one", "two") if self.scene.apart else running:
            if not getattr(here, name):
                here = self._start(here, name).to
            for number in range(len(TASKS)):
                here = self._again_and_again(here, name, number)
        return here

    def _again_and_again(self, here: At, name: str, number: int) -> At:
        for _ in range(4 if number > 1 else 1):
            begun = self._begin(here, name, number)
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

    def _of_daemon(self, here: At, name: str) -> Iterator[Move]:
        number = getattr(here, name)
        if not number:
            if name == "one" or self.scene.second:
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
        tables, now = self.tables(here, name), self.now(here)
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

    def _go(self, here: At, name: str, task: int) -> Move:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        door = self.tree.nodes[daemon.tasks[task]].door
        there, outcome, broken = self._answered(here, name, daemon.tasks[task])
        return Move(f"{_daemon(name)}: {said(door)}", self._on(there, name, task, outcome), broken)

    def _on(self, here: At, name: str, task: int, outcome: int) -> At:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        memory = daemon.own[task] or daemon.memory
        node, after = self.tree.go(daemon.tasks[task], outcome, memory, self.now(here))
        return self._with_task(here, name, task, node, after)

    def _faulty(self, here: At, name: str, task: int) -> Iterator[Move]:
        daemon: Daemon = self.values["daemon"][getattr(here, name)]
        door = self.tree.nodes[daemon.tasks[task]].door
        if "lost reply" not in self.scene.which or door.door == "store":
            return
        worse = here._replace(faults=here.faults - 1, ticks=here.ticks + 1)
        if door.door == "mail":
            unknown = self.tree.outcomes(Outcome(Verdict("unknown", "the reply was lost")))
            key = key_of(door.arguments[2])
            unsure = self._sensed(worse, lambda g: g._replace(unsure=g.unsure | {key}))
            accepted, _, broken = self._posted(unsure, name, door)
            words = f"{_daemon(name)}: {said(door)}"
            yield Move(f"{words}, and the reply is lost", self._on(accepted, name, task, unknown), broken)
            yield Move(f"{words}, but it is lost on the way", self._on(unsure, name, task, unknown))
        elif not door.reads:
            there, _, broken = self._answered(worse, name, daemon.tasks[task])
            silent = self.tree.outcomes(Outcome(error="the reply was lost"))
            words = f"{_daemon(name)}: {said(door)}, and the reply is lost"
            yield Move(words, self._on(there, name, task, silent), broken)
        down = self.tree.outcomes(Outcome(error="the server is down"))
        words = f"{_daemon(name)}: {said(door)}, but the server is down"
        yield Move(words, self._on(worse, name, task, down))

    def _crashes(self, here: At, name: str) -> Iterator[Move]:
        def cut(ghost: Ghost) -> Ghost:
            trying = {row.key for row in tables.outbox if row.state is MailState.ATTEMPTING}
            return ghost._replace(unsure=ghost.unsure | trying)

        tables = self.tables(here, name)
        worse = self._sensed(here._replace(faults=here.faults - 1, ticks=here.ticks + 1), cut)
        down = self._normal(worse._replace(**{name: 0}))
        if "crash" in self.scene.which:
            yield Move(f"{_daemon(name)} crashes", down)
        if here.one and here.two:
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
            for who in WHO:
                stood = self._stood(here, who)
                there = self._sensed(there, lambda ghost, who=who, stood=stood: ghost.but(who, forgotten=stood))
        return there._replace(tables=self.values["tables"](tables))

    def _stood(self, here: At, who: str) -> frozenset[datetime]:
        """Where the store has somebody's event: as it was read, and as it was to be written."""
        rows = [row for row in self.values["tables"][here.tables].copies if whose(row.account) == who]
        written = [parse_baseline(row.written) for row in rows if row.state is not CopyState.DELETED]
        starts = (each.start for each in (*written, *(observe(row.body) for row in rows)) if each)
        return frozenset(filter(None, starts))

    def _start(self, here: At, name: str) -> Move:
        """The store is opened with its lock, or not at all (shell/store.py)."""
        if self.scene.lock and not self.scene.apart and (here.one or here.two):
            return Move(f"{_daemon(name)} starts, and is refused", here)
        book = self._book(here, name)
        book.reopen()
        book.set_stanzas(self.scene.wishes[here.wish].stanzas)
        book.recover(self.now(here) + SLACK, PLAUSIBLE_PAUSE)
        daemon = Daemon(here.wish, self.tree.memories(Memory()))
        opened = self._shelved(here._replace(**{name: self.values["daemon"](daemon)}), name, book)
        return Move(f"{_daemon(name)} starts", self._normal(opened))


def _daemon(name: str) -> str:
    return "the daemon" if name == "one" else "the second daemon"
