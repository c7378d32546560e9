"""What happens at a door of the daemon: how store, calendars and mail change, and which promise that breaks at once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cadenced.core.accounts import Outcome as Verdict
from cadenced.core.errors import ConflictError
from cadenced.core.model import Meeting
from cadenced.core.records import CopyState, MailState
from cadenced.wire.baseline import parse_baseline
from cadenced.wire.ical import observe
from tests.explore import shelf as server
from tests.explore.book import Book, Tables
from tests.explore.effects import Request, folder_of, whose
from tests.explore.ghost import Ghost
from tests.explore.scene import HORIZON, MEETING, SLACK, TICK, At, Scene
from tests.explore.shelf import Shelf
from tests.explore.tasks import CONFLICT, Ids, Outcome, Tree


@dataclass
class Doors:
    """`values` are what the numbers of a state name; `tree` knows what the daemon does next."""

    scene: Scene
    values: dict[str, Ids] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ("maya", "jonas", "tables", "journal", "post", "ghost", "daemon")
        self.values = {name: Ids() for name in names}
        self.values["jonas"] = self.values["maya"]
        self.values["tables2"], self.values["journal2"] = self.values["tables"], self.values["journal"]
        self.stores = {"one": ("tables", "journal"), "two": ("tables", "journal")}
        if self.scene.apart:
            self.stores["two"] = ("tables2", "journal2")
        self.tree = Tree(list(self.scene.wishes), HORIZON)
        self._asked: dict[tuple[int, int, int], tuple[int, int, int]] = {}
        self._meetings: dict[tuple[int, int], Meeting | None] = {}
        self._nows: dict[tuple[int, int], datetime] = {}

    def now(self, here: At) -> datetime:
        key = (here.hour, here.ticks)
        if key not in self._nows:
            self._nows[key] = self.scene.begins + timedelta(hours=self.scene.hours[here.hour]) + here.ticks * TICK
        return self._nows[key]

    def tables(self, here: At, name: str = "one") -> Tables:
        """Those of a daemon."""
        return self.values["tables"][getattr(here, self.stores[name][0])]

    def all_tables(self, here: At) -> list[Tables]:
        return [self.values["tables"][getattr(here, name)] for name in {tables for tables, _ in self.stores.values()}]

    def _book(self, here: At, name: str) -> Book:
        return Book(self.tables(here, name), self.values["journal"][getattr(here, self.stores[name][1])])

    def _shelved(self, here: At, name: str, book: Book) -> At:
        """With what a book has become as a daemon's store."""
        tables, journal = self.stores[name]
        return here._replace(
            **{tables: self.values["tables"](book.tables), journal: self.values["journal"](book.journal)}
        )

    def _answered(self, here: At, name: str, node: int) -> tuple[At, int, str]:
        """A daemon's request happens: what it changes, what it is answered, and what promise that breaks."""
        door = self.tree.nodes[node].door
        if door.door == "store":
            return *self._stored(here, name, node, door), ""
        if door.door == "mail":
            return self._posted(here, name, door)
        return self._asked_calendar(here, name, door)

    def _stored(self, here: At, name: str, node: int, door: Request) -> tuple[At, int]:
        tables, journal = self.stores[name]
        key = (self.tree.nodes[node].request, getattr(here, tables), getattr(here, journal))
        if (found := self._asked.get(key)) is None:
            book = self._book(here, name)
            arguments = door.arguments
            if door.name in ("due_pairs", "claim"):
                arguments = (arguments[0] + SLACK, *arguments[1:])
            reply = getattr(book, door.name)(*arguments)
            if not self.scene.tombstones:
                kept = tuple(row for row in book.tables.copies if row.state is not CopyState.DELETED)
                book.tables = book.tables._replace(copies=kept)
            notes = book.journal if self.scene.journal else ()
            numbers = (self.values["tables"](book.tables), self.values["journal"](notes))
            found = self._asked[key] = (*numbers, self.tree.outcomes(Outcome(reply)))
        there = here._replace(**{tables: found[0], journal: found[1]})
        return self._noticed(there, name) if door.name == "record_look" else there, found[2]

    def _noticed(self, here: At, name: str) -> At:
        """What a look has recorded of what people deleted. Where the event was about to get another time, nobody can
        tell which of the two was seen, and both are refused.
        """
        for row in self.tables(here, name).copies:
            ghost: Ghost = self.values["ghost"][here.ghost]
            if row.state is CopyState.DELETED and ghost.of(whose(row.account)).unseen:
                said = parse_baseline(row.written)
                if said is not None:
                    ghost = ghost.misread(whose(row.account), frozenset({said.start, *said.tries.refused}))
                both = said is not None and ghost.of(whose(row.account)).unseen <= {*said.tries.refused}
                if both and ghost.moved is not None and ghost.moved[1][0] == said.start:
                    ghost = ghost._replace(moved=None)
                here = here._replace(ghost=self.values["ghost"](ghost.but(whose(row.account), unseen=frozenset())))
        return here

    def _posted(self, here: At, name: str, door: Request) -> tuple[At, int, str]:
        _, _, body = door.arguments
        post = tuple(sorted([*self.values["post"][here.post], body]))
        there = here._replace(post=self.values["post"](post))
        return there, self.tree.outcomes(Outcome(Verdict("sent", "250 ok"))), self._mail_broken(there, name, body)

    def _mail_broken(self, here: At, name: str, body: bytes) -> str:
        key, ghost = key_of(body), self.values["ghost"][here.ghost]
        rows = {row.key: row for row in self.tables(here, name).outbox}
        if key not in rows or rows[key].state is not MailState.ATTEMPTING:
            return f"the mail {key} goes out, and no store knows that it was tried"
        alike = [each for each in self.values["post"][here.post] if key_of(each) == key]
        if len(alike) > 1 and key not in ghost.unsure:
            return f"the mail {key} goes out twice"
        if len(set(alike)) > 1 and not ghost.lost:
            return f"the mail {key} goes out twice, in different words"
        return ""

    def _asked_calendar(self, here: At, daemon: str, door: Request) -> tuple[At, int, str]:
        who = whose(door.arguments[0].name)
        shelf: Shelf = self.values["maya"][getattr(here, who)]
        reply, error, broken = None, "", ""
        before = shelf
        try:
            shelf, reply, broken = self._written(self.tables(here, daemon), who, shelf, door)
        except ConflictError:
            error = CONFLICT
        there = here
        if shelf is not before:
            there = here._replace(**{who: self.values["maya"](shelf)})
            if door.name == "update":
                there = self._asked_anew(there, who, door.arguments[3])
        return there, self.tree.outcomes(Outcome(reply, error)), broken

    def _asked_anew(self, here: At, who: str, body: str) -> At:
        """What somebody said to an invitation holds for the time that it had."""
        answer = self._ghost(here).of(who).answer
        if answer is None or answer[1] == observe(body).start:
            return here
        return self._sensed(here, lambda ghost: ghost.but(who, answer=None))

    def _written(self, tables: Tables, who: str, shelf: Shelf, door: Request) -> tuple[Shelf, Any, str]:
        folder, care, arguments = folder_of(door.arguments[0].name), self.scene.care, door.arguments
        if door.name == "sync":
            _, _, token, known = arguments
            return shelf, server.sync(shelf, folder, self.scene.kind, token, known), ""
        name = arguments[2].removeprefix(folder)
        if door.name == "get":
            body = shelf.get(name)
            return shelf, server.resource(folder, name, body) if body is not None else None, ""
        if door.name == "create":
            after, name = server.create(shelf, name, arguments[3], care)
            broken = _unintended(tables, who, CopyState.INTENDED)
            return after, server.resource(folder, name, arguments[3]), broken
        if door.name == "update":
            after = server.update(shelf, name, arguments[3], arguments[4], care)
            broken = _unforeseen(tables, who, shelf.get(name) or "", arguments[3])
            return after, server.resource(folder, name, arguments[3]), broken
        after = server.delete(shelf, name, arguments[3], care)
        return after, None, _unintended(tables, who, CopyState.CANCELLING)

    def _ghost(self, here: At) -> Ghost:
        return self.values["ghost"][here.ghost]

    def _sensed(self, here: At, change: Any) -> At:
        return here._replace(ghost=self.values["ghost"](change(self.values["ghost"][here.ghost])))


def key_of(body: bytes) -> str:
    return body.decode().partition(" ")[0]


def said(door: Request) -> str:
    """As a story tells it."""
    if door.door == "calendar":
        body = observe(door.arguments[3]) if door.name in ("create", "update") else None
        at = f" at {body.start:%-d %b %H:%M}" if body else ""
        return f"{door.name} in the calendar of {door.arguments[0].name}{at}"
    return f"{door.name} {door.arguments[2].decode()}" if door.door == "mail" else f"{door.name} ({door.door})"


def _unintended(tables: Tables, who: str, state: CopyState) -> str:
    rows = tables.copies
    if any((whose(row.account), row.uid, row.state) == (who, MEETING.uid, state) for row in rows):
        return ""
    return f"the calendar of {who} is written to, and no store knows what was intended"


def _unforeseen(tables: Tables, who: str, before: str, after: str) -> str:
    """Whether an event gets a new time that nothing tells of. Where it lost our mark, the store alone has what was
    written last, which must be known until it is written over.
    """
    was, event = observe(before), observe(after)
    if was.baseline is None or (was.start, was.end) == (event.start, event.end):
        return ""
    rows = [row for row in tables.copies if (whose(row.account), row.uid) == (who, MEETING.uid)]
    told = [(said.start, said.end) for row in rows if (said := parse_baseline(row.written)) is not None]
    if (event.start, event.end) in told:
        return ""
    return f"the event of {who} gets another time, and no store knows of it"
