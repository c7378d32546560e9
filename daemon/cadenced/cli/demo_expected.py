"""What the demo waits for: the events and mails that the plan promised, and which of them are still missing.

Must never know how a server is asked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from cadenced.cli.demo_look import Delivered, Event
from cadenced.core.actions import CreateEvent
from cadenced.service.report import Planned


@dataclass(frozen=True, slots=True)
class Expected:
    """`events` are (user, UID); `mails` counts messages by address."""

    events: frozenset[tuple[str, str]]
    mails: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, planned: Planned, before: Iterable[Delivered] = ()) -> Self:
        """What stands after the plan was applied, on top of the mails that were there `before`."""
        people = {person.id: person for pair in planned.programme.pairs.values() for person in pair.people}
        due = (people[mail.person].email for each in planned.decisions for mail in each.due_mails)
        creates = (action for each in planned.decisions for action in each.actions if isinstance(action, CreateEvent))
        return cls(
            frozenset((action.account, action.meeting.uid) for action in creates),
            Counter(due) + Counter(mail.recipient for mail in before),
        )

    def missing(self, events: Iterable[Event], mails: Iterable[Delivered]) -> list[str]:
        """One line for each thing that has not arrived."""
        there = {(event.user, event.uid) for event in events}
        arrived = Counter(mail.recipient for mail in mails)
        lines = [f"the event {uid} in the calendar of {user}" for user, uid in sorted(self.events - there)]
        for address, count in sorted(self.mails.items()):
            if arrived[address] < count:
                lines.append(f"{count - arrived[address]} mails to {address}")
        return lines
