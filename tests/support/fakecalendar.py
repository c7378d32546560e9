"""One calendar of the fake server: what it holds, its history, and what a person does there in an app."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from icalendar import Calendar as ICalendar

_UID = re.compile(r"^UID:(.+?)\r?$", re.MULTILINE)


@dataclass
class FakeCalendar:
    """One calendar: resources by name, and the history that sync-tokens count."""

    name: str
    now: Callable[[], datetime]
    holds: str = "VEVENT"
    writable: bool = True
    tells: str = "events"  # or "free/busy" alone, or "nothing" at all
    transparent: bool = False  # whatever stands there keeps nobody busy
    marked: bool = True  # it has a sync-token to look at
    bodies: dict[str, str] = field(default_factory=dict)
    etags: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, bool]] = field(default_factory=list)  # (resource, whether it was there before)
    _count: itertools.count = field(default_factory=lambda: itertools.count(1))

    def put(self, name: str, body: str) -> None:
        self.log.append((name, name in self.bodies))
        self.bodies[name] = body
        self.etags[name] = f'"{next(self._count)}"'

    def remove(self, name: str) -> None:
        self.log.append((name, True))
        del self.bodies[name], self.etags[name]

    def uid_elsewhere(self, name: str, body: str) -> bool:
        uid = uid_of(body)
        return any(uid_of(other) == uid for key, other in self.bodies.items() if key != name)

    # what a person does in an app

    def events(self) -> dict[str, ICalendar]:
        """The VEVENTs by UID."""
        return {uid_of(body): ICalendar.from_ical(body).walk("VEVENT")[0] for body in self.bodies.values()}

    def move(self, uid: str, by: timedelta, longer: timedelta = timedelta()) -> None:
        def change(event):
            for key, delta in (("DTSTART", by), ("DTEND", by + longer)):
                event[key].dt = event[key].dt + delta

        self.edit(uid, change)

    def edit(self, uid: str, change: Callable[..., None] | None = None, **props: str) -> None:
        name = self.name_of(uid)
        calendar = ICalendar.from_ical(self.bodies[name])
        event = calendar.walk("VEVENT")[0]
        if change is not None:
            change(event)
        for key, value in props.items():
            event.pop(key.upper().replace("_", "-"), None)
            event.add(key.replace("_", "-"), value)
        event.pop("LAST-MODIFIED", None)
        event.add("LAST-MODIFIED", self.now())
        self.put(name, calendar.to_ical().decode())

    def delete(self, uid: str) -> None:
        self.remove(self.name_of(uid))

    def name_of(self, uid: str) -> str:
        return next(name for name, body in self.bodies.items() if uid_of(body) == uid)


def uid_of(body: str) -> str:
    found = _UID.search(body)
    return found[1] if found else ""
