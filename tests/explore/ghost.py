"""What nobody but the explorer knows: what people did and may rely on, whoever forgets it."""

from datetime import datetime
from typing import NamedTuple

from cadenced.core.events import ObservedEvent
from cadenced.core.participation import PartStat
from tests.explore.acts import TITLES

Times = tuple[datetime, datetime]


class Person(NamedTuple):
    """What one of the two did. `refused`: the starts at which they deleted the event; `unseen`: those of them that no
    look has recorded; `forgotten`: the starts of their event that stood in a database which was lost or put back;
    `title`: what they wrote; `took`: the body that they deleted, which they may bring back; `stripped`: their app
    dropped our mark. `noes`: the starts that they said no to otherwise; `answer`: what they said to the invitation that
    stands, and to which start.
    """

    refused: frozenset[datetime] = frozenset()
    unseen: frozenset[datetime] = frozenset()
    forgotten: frozenset[datetime] = frozenset()
    title: str = ""
    took: str = ""
    stripped: bool = False
    noes: frozenset[datetime] = frozenset()
    answer: tuple[PartStat, datetime] | None = None

    @property
    def against(self) -> frozenset[datetime]:
        """All starts at which they can't."""
        return self.refused | self.noes


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

    def told_no(self, who: str, start: datetime) -> "Ghost":
        """They can't then, and so nobody's move to that time counts any more."""
        ghost = self.but(who, noes=self.of(who).noes | {start})
        return ghost._replace(moved=None) if ghost.moved is not None and ghost.moved[1][0] == start else ghost

    def answered(self, who: str, what: str, start: datetime) -> "Ghost":
        if what == "declines":
            return self.but(who, answer=(PartStat.DECLINED, start)).told_no(who, start)
        return self.but(who, answer=(PartStat.ACCEPTED, start), noes=self.of(who).noes - {start})

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
            case "declines" | "accepts":
                return self.answered(who, what, event.start)
            case "cancels":
                return self._replace(off=who)
            case "puts on":
                return self._replace(off="")
            case "deletes":
                refused, unseen = person.refused | {event.start}, person.unseen | {event.start}
                ghost = self.but(who, refused=refused, unseen=unseen, title="", took=body, stripped=False, answer=None)
                if self.moved is not None and (self.moved[0] == who or self.moved[1][0] == event.start):
                    ghost = ghost._replace(moved=None)
                return ghost._replace(off="") if self.off == who else ghost
            case "brings back":
                gone = {"refused": person.refused - {event.start}, "unseen": person.unseen - {event.start}}
                title = event.summary if event.summary == TITLES[who] else ""
                return self.but(who, **gone, took="", title=title)
        raise ValueError(what)
