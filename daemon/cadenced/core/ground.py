"""Where one pair may look for a time, and what leaves less of it while meetings are placed.

Owns what the pair's own meetings and those of others take from it. Must never know which meetings there are.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from cadenced.core.availability import SharedHours
from cadenced.core.bookings import Bookings
from cadenced.core.model import Meeting, Pair, State
from cadenced.core.slots import Search, Slot, Taken, Window

NO_TIME = timedelta()


class Ground:
    """`search` is what is left; `by_file` knows of no calendar: hours, holidays and leave alone. `earliest` is aware:
    nothing is placed before.
    """

    def __init__(self, pair: Pair, hours: SharedHours, taken: Taken, earliest: datetime) -> None:
        self._pair = pair
        bookings = taken.bookings and taken.bookings.copy()
        self.search = Search(hours, replace(taken, bookings=bookings), earliest)
        self.by_file = Search(hours, Taken(taken.closed), earliest)

    @property
    def people(self) -> frozenset[str]:
        return frozenset(person.id for person in self._pair.people)

    @property
    def bookings(self) -> Bookings:
        """Of a scene that has some."""
        if self.search.taken.bookings is None:
            raise ValueError("nothing is counted in this scene")
        return self.search.taken.bookings

    def find_taken(self, people: Collection[str], slot: Slot, travel: timedelta = NO_TIME) -> None:
        """These people meet in another pair then, and some of them may be in this one."""
        shared = [person.id for person in self._pair.people if person.id in people]
        if not shared:
            return
        for who in shared:
            self.bookings.add_elsewhere(who, slot.start, slot.end)
        self.occupy((slot.start, slot.end), travel)

    def book(self, meetings: Iterable[Meeting], times: int) -> None:
        """Counts meetings of the pair towards people's limits, or no longer."""
        if (bookings := self.search.taken.bookings) is not None:
            for each in meetings:
                if each.state is State.STANDING:
                    bookings.meet(each.start, each.end, times)

    def occupy(self, times: Window, travel: timedelta = NO_TIME) -> None:
        """Nothing that looks for a time finds one there, nor gladly one so near."""
        taken, (start, end) = self.search.taken, times
        soft = taken.soft.plus([(start - travel, end + travel)] if travel else [])
        self.search = replace(self.search, taken=replace(taken, hard=taken.hard.plus([times]), soft=soft))
