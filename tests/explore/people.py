"""What people do: in their calendars, and in the file of the pairs."""

from collections.abc import Iterator

from cadenced.wire.ical import observe
from tests.explore import shelf as server
from tests.explore.acts import ACTS
from tests.explore.book import Book, Tables
from tests.explore.doors import Doors
from tests.explore.ghost import Ghost
from tests.explore.scene import FOREIGN, MEETING, NAME, TAKEN, At, Daemon, Move
from tests.explore.shelf import Shelf
from tests.explore.tasks import Memory


class People(Doors):
    """Doors, and the hands of people."""

    def _acts(self, here: At, who: str) -> Iterator[Move]:
        shelf: Shelf = self.values["maya"][getattr(here, who)]
        ghost: Ghost = self.values["ghost"][here.ghost]
        ours = [(name, body) for name, body in shelf.bodies if name not in (FOREIGN, TAKEN)]
        later = here._replace(acts=here.acts - 1, ticks=here.ticks + 1)
        now = self.now(later)
        for name, body in ours[:1]:
            event = observe(body)
            for what in self.scene.what:
                if (
                    what in ACTS
                    and not (what == "cancels" and event.cancelled)
                    and not (what == "puts on" and not event.cancelled)
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
