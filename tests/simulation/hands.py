"""People at their calendars: each act is done as a calendar app does it, and put down in the chronicle.

Must never know the service. What is chosen at random comes from the script's generator.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from icalendar import Alarm, Event

from tests.simulation.chronicle import Chronicle
from tests.simulation.readings import Seen, events, meetings, starts
from tests.simulation.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORDS = ("bring the plan", "ask about Oslo", "coffee?", "see last notes", "half an hour will do", "привет", "x; y\\n")


class Hands:
    def __init__(self, world: World, chronicle: Chronicle, rng: random.Random) -> None:
        self._world, self._chronicle, self._rng = world, chronicle, rng

    # what somebody might pick

    def coming(self, within: timedelta = 60 * DAY, *, both: bool = False) -> tuple[str, Seen] | None:
        """Somebody's copy of a coming meeting that is on; `both`: of one that stands in two calendars."""
        now, found = self._world.now, []
        for pair in self._world.couples:
            for uid, copies in meetings(self._world, pair).items():
                if not self._chronicle.off(uid, starts(copies)) and (len(copies) > 1 or not both):
                    found += [(c, s) for c, s in sorted(copies.items()) if now + 2 * HOUR < s.start < now + within]
        return self._rng.choice(found) if found else None

    def other_copy(self, citizen: str, seen: Seen) -> tuple[str, Seen] | None:
        copies = meetings(self._world, seen.pair).get(seen.uid, {})
        return next(((c, s) for c, s in copies.items() if c != citizen), None)

    def copy_of(self, citizen: str, uid: str) -> Seen | None:
        return events(self._world, citizen).get(uid)

    def some_time(self, seen: Seen, days: tuple[int, int] = (-3, 3)) -> timedelta:
        """How far to move a meeting: never into the past."""
        by = self._rng.randint(*days) * DAY + self._rng.choice((-3, -2, -1, 1, 2, 4)) * HOUR / 2
        return by if seen.start + by > self._world.now + HOUR else self._rng.randint(1, 5) * DAY

    # what is done

    def move(self, citizen: str, seen: Seen, by: timedelta, longer: timedelta = timedelta()) -> None:
        self._world.calendar(citizen).move(seen.uid, by, longer)
        times = events(self._world, citizen)[seen.uid].times
        self._chronicle.moved[seen.uid].append((self._world.now, times))
        self._note(citizen, seen, f"moves to {times[0]:%Y-%m-%d %H:%M}-{times[1]:%H:%M}")

    def write(self, citizen: str, seen: Seen) -> None:
        """Edits something beside the time."""
        prop = self._rng.choice(("SUMMARY", "DESCRIPTION", "LOCATION", "COLOR", "CATEGORIES", "VALARM"))
        text = f"{self._rng.choice(WORDS)} {self._rng.randint(1, 99)}"
        self._change(citizen, seen, _alarm(text) if prop == "VALARM" else _property(prop, text))
        said = events(self._world, citizen)[seen.uid].prop(prop)
        self._chronicle.edits[citizen, seen.uid][prop] = said
        self._note(citizen, seen, f"writes {prop} {said!r}")

    def delete(self, citizen: str, seen: Seen) -> Callable[[], None]:
        """Returns what brings it back, as it was."""
        calendar = self._world.calendar(citizen)
        name = calendar.name_of(seen.uid)
        body = calendar.bodies[name]
        known = starts(meetings(self._world, seen.pair)[seen.uid]).values()
        moves = list(self._chronicle.moved.get(seen.uid, ()))
        calendar.delete(seen.uid)
        refusal = self._chronicle.refuse(citizen, seen.uid, self._world.now, seen.times, known)
        self._note(citizen, seen, "deletes")

        def undo() -> None:
            if seen.pair in self._world.couples and self.copy_of(citizen, seen.uid) is None:
                calendar.put(name, body)
                self._chronicle.refusals.remove(refusal)
                if moves:
                    self._chronicle.moved.setdefault(seen.uid, moves)  # it is where somebody put it, again
                self._note(citizen, seen, "brings back")

        return undo

    def cancel(self, citizen: str, seen: Seen) -> Callable[[], None]:
        """Returns what puts it on again."""
        self._change(citizen, seen, _property("STATUS", "CANCELLED"))
        self._chronicle.cancelled[seen.uid] = self._world.now
        self._note(citizen, seen, "cancels")

        def undo() -> None:
            if self.copy_of(citizen, seen.uid) is not None:
                self._change(citizen, seen, _property("STATUS", "CONFIRMED"))
                self._chronicle.cancelled.pop(seen.uid, None)
                self._note(citizen, seen, "puts on again")

        return undo

    def duplicate(self, citizen: str, seen: Seen) -> None:
        """As an app copies an event: all of it, our mark included, under a UID of its own."""
        calendar = self._world.calendar(citizen)
        body = calendar.bodies[calendar.name_of(seen.uid)].replace(seen.uid, f"copy-of-{seen.uid}")
        self.keep(citizen, f"copy-{self._rng.randint(1, 10**9)}.ics", body)
        self._note(citizen, seen, "duplicates")

    def keep(self, citizen: str, name: str, body: str) -> None:
        """Puts an event of their own into a calendar, which nobody else may touch."""
        self._world.calendar(citizen).put(name, body)
        self._chronicle.foreign[citizen, name] = body

    def _change(self, citizen: str, seen: Seen, change: Callable[[Event], None]) -> None:
        self._world.calendar(citizen).edit(seen.uid, change)

    def _note(self, citizen: str, seen: Seen, what: str) -> None:
        self._chronicle.disturbed[seen.pair] = self._world.now
        self._chronicle.pair_of[seen.uid] = seen.pair
        self._world.trace.note(f"{citizen} {what}: {seen.identity} of {seen.start:%Y-%m-%d %H:%M}")


def _property(name: str, text: str) -> Callable[[Event], None]:
    def change(event: Event) -> None:
        event.pop(name, None)
        event.add(name, text)

    return change


def _alarm(text: str) -> Callable[[Event], None]:
    def change(event: Event) -> None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", text)
        alarm.add("trigger", timedelta(minutes=-15))
        event.subcomponents = [alarm]

    return change


def private_event(uid: str, start: datetime, rule: str = "") -> str:
    """An event that has nothing to do with cadenced."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//town//EN", "BEGIN:VEVENT", f"UID:{uid}"]
    lines += [f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}", f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H"]
    lines += [f"RRULE:{rule}"] if rule else []
    lines += ["SUMMARY:Call with Jonas Example", "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines)
