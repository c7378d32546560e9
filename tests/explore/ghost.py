"""What nobody but the explorer knows: what people did and may rely on, whoever forgets it."""

from datetime import datetime
from typing import NamedTuple

from cadenced.core.events import ObservedEvent
from tests.explore.acts import TITLES

Times = tuple[datetime, datetime]


class Person(NamedTuple):
    """What one of the two did. `refused`: the starts at which they deleted the event; `unseen`: those of them that no
    look has recorded; `forgotten`: the starts of their event that stood in a database which was lost or put back;
    `title`: what they wrote; `took`: the body that they deleted, which they may bring back; `stripped`: their app
    dropped our mark.
    """

    refused: frozenset[datetime] = frozenset()
    unseen: frozenset[datetime] = frozenset()
    forgotten: frozenset[datetime] = frozenset()
    title: str = ""
    took: str = ""
    stripped: bool = False


class Ghost(NamedTuple):
    """`moved`: whose time holds, and which; `off`: who called the meeting off. `unsure`: the keys of mails of which
    nobody knows whether they went out; `lost`: the database was, so that a mail may be written anew.
    """

    maya: Person = Person()
    jonas: Person = Person()
    moved: tuple[str, Times] | None = None
    off: str = ""
    unsure: frozenset[str] = frozenset()
    lost: bool = False

    def of(self, who: str) -> Person:
        return self.maya if who == "maya" else self.jonas

    def but(self, who: str, **changes: object) -> "Ghost":
        return self._replace(**{who: self.of(who)._replace(**changes)})

    def excused(self, who: str) -> "Ghost":
        """What they deleted and no look has recorded, nobody can know of: the window."""
        person = self.of(who)
        return self.but(who, refused=person.refused - person.unseen, unseen=frozenset())

    def misread(self, who: str, named: frozenset[datetime]) -> "Ghost":
        """What they deleted at a time that the database lost, so that its tombstone names others: the window."""
        person = self.of(who)
        return self.but(who, refused=person.refused - ((person.unseen & person.forgotten) - named))

    def after(self, who: str, what: str, event: ObservedEvent, body: str) -> "Ghost":
        """`event` and `body` are as they stand after the act; of a deletion, as they were before."""
        times, person = (event.start, event.end), self.of(who)
        match what:
            case "moves":
                return self.but(who, refused=person.refused - {event.start})._replace(moved=(who, times))
            case "edits":
                return self.but(who, title=event.summary)
            case "strips":
                return self.but(who, title=event.summary, stripped=True)
            case "cancels":
                return self._replace(off=who)
            case "puts on":
                return self._replace(off="")
            case "deletes":
                refused, unseen = person.refused | {event.start}, person.unseen | {event.start}
                ghost = self.but(who, refused=refused, unseen=unseen, title="", took=body, stripped=False)
                if self.moved is not None and (self.moved[0] == who or self.moved[1][0] == event.start):
                    ghost = ghost._replace(moved=None)
                return ghost._replace(off="") if self.off == who else ghost
            case "brings back":
                gone = {"refused": person.refused - {event.start}, "unseen": person.unseen - {event.start}}
                title = event.summary if event.summary == TITLES[who] else ""
                return self.but(who, **gone, took="", title=title)
        raise ValueError(what)
