"""What people do: in their calendars, and in the file of the pairs."""

from collections.abc import Iterator

from cadenced.core.answers import Answer, Told
from cadenced.core.model import Meeting, State
from cadenced.reconciler.turn import Turn
from cadenced.wire.ical import observe
from tests.explore import shelf as server
from tests.explore.acts import ACTS, makes_sense
from tests.explore.book import Book
from tests.explore.doors import Doors
from tests.explore.effects import PAIR, whose
from tests.explore.scene import FOREIGN, HORIZON, MEETING, NAME, TAKEN, At, Daemon, Move
from tests.explore.shelf import Shelf
from tests.explore.tasks import Memory


class People(Doors):
    """Doors, and the hands of people."""

    def _acts(self, here: At, who: str) -> Iterator[Move]:
        shelf: Shelf = self.values["maya"][getattr(here, who)]
        ghost = self._ghost(here)
        ours = [(name, body) for name, body in shelf.bodies if name not in (FOREIGN, TAKEN)]
        later = here._replace(acts=here.acts - 1, ticks=here.ticks + 1)
        now = self.now(later)
        for name, body in ours[:1]:
            for what in self.scene.what:
                if what in ACTS and makes_sense(what, body, who):
                    new = ACTS[what](body, who, now)
                    yield self._done(later, who, what, shelf.put(name, new), new)
            if "deletes" in self.scene.what and makes_sense("deletes", body, who):
                yield self._done(later, who, "deletes", shelf.remove(name), body)
        if not ours and ghost.of(who).took and "brings back" in self.scene.what:
            body = ghost.of(who).took
            yield self._done(later, who, "brings back", shelf.put(NAME, body), body)
        if "says no" in self.scene.what:
            yield from self._mails(here, who, "one")

    def _done(self, here: At, who: str, what: str, shelf: Shelf, body: str) -> Move:
        event = observe(body)
        there = here._replace(**{who: self.values["maya"](shelf)})
        there = self._sensed(there, lambda ghost: ghost.after(who, what, event, body))
        if what == "deletes" and self.scene.windows and self._unknowable(here, who):
            there = self._sensed(there, lambda ghost: ghost.excused(who))
        to = f" to {event.start:%-d %b %H:%M}" if what == "moves" else f" ({event.start:%-d %b %H:%M})"
        return Move(f"{who} {what} the event{to}", there)

    def _mails(self, here: At, who: str, name: str) -> Iterator[Move]:
        """Somebody answers no by mail, and the daemon reads it: to the time that it has the meeting at, for to another
        it would be told that this is no longer so (inbox/judging.py).
        """
        if not getattr(here, name):
            return
        meeting = self._meeting(here, name)
        if meeting is None or meeting.state is not State.STANDING or meeting.start in self._ghost(here).of(who).against:
            return
        later = here._replace(acts=here.acts - 1, ticks=here.ticks + 1)
        number, book = f"<{here.acts}@{who}>", self._book(here, name)
        times = (MEETING.uid, meeting.start, meeting.end)
        answer = Answer(number, PAIR, who, Told.DECLINED, self.now(later), *times)
        book.record_mail(number, "told", [answer], [], self.now(later))
        there = self._normal(self._shelved(later, name, book))
        there = self._sensed(there, lambda ghost: ghost.told_no(who, meeting.start))
        yield Move(f"{who} says no by mail to {meeting.start:%-d %b %H:%M}", there)

    def _meeting(self, here: At, name: str) -> Meeting | None:
        """As a daemon has it, from all that its store knows."""
        key = (getattr(here, self.stores[name][0]), here.wish)
        if key not in self._meetings:
            state = self._book(here, name).load_pair(PAIR)
            turn = Turn(self.scene.wishes[here.wish].pairs[PAIR], state, {}, {}, self.now(here), HORIZON)
            self._meetings[key] = next((each for each in turn.standing if each.identity == MEETING), None)
        return self._meetings[key]

    def _unknowable(self, here: At, who: str) -> bool:
        """Whether a store does not have it on record that the event stood, and the server won't tell: the window."""
        for tables in self.all_tables(here):
            known = [r for r in tables.copies if (whose(r.account), r.uid) == (who, MEETING.uid)]
            if not known or (self.scene.kind is not server.Kind.TELLS and not known[0].etag):
                return True
        return False

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
        book = self._book(here, name)
        book.set_stanzas(self.scene.wishes[here.wish].stanzas)
        memory = self.tree.memories[daemon.memory]
        own = tuple((daemon.own[n] or daemon.memory) if node else 0 for n, node in enumerate(daemon.tasks))
        new = Daemon(here.wish, self.tree.memories(Memory((), memory.rows)), daemon.tasks, own)
        return self._normal(self._shelved(here._replace(**{name: self.values["daemon"](new)}), name, book))

    def woken(self, here: At) -> At:
        """With the pair due, though nothing happened to it."""
        for name in self.stores:
            book = self._book(here, name)
            pairs = tuple(row._replace(next_due=0) for row in book.tables.pairs)
            here = self._shelved(here, name, Book(book.tables._replace(pairs=pairs), book.journal))
        return here

    def _normal(self, here: At) -> At:
        """Without how often a pair was woken, while no turn is under way that would compare."""
        for name in ("one", "two"):
            number = getattr(here, name)
            if number and self.values["daemon"][number].tasks[2]:
                return here
        for name in self.stores:
            book = self._book(here, name)
            if any(row.next_due < 0 for row in book.tables.pairs):
                pairs = tuple(row._replace(next_due=max(row.next_due, 0)) for row in book.tables.pairs)
                here = self._shelved(here, name, Book(book.tables._replace(pairs=pairs), book.journal))
        return here
