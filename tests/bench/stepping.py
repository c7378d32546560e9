"""What plan_jointly chooses together on the way to whole plans, and whether all that it asked for could have been met.

Calls lie between the meetings that were chosen before them, so that a plan as a whole has no exact optimum: each step
has one, given the same meetings to place. Who has no time in the end, though they had one before anybody chose, is
asked about at once: all that was looked for, with the times that there were at first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time
from unittest.mock import patch

from cadenced.core import jointly
from cadenced.core.model import Identity
from cadenced.core.scene import Scene
from cadenced.core.slots import Quest, Slot, options
from cadenced.core.together import Option, Room, Wish, choose_together
from tests.bench.companies import limits_of
from tests.bench.stopwatch import stopwatch


@dataclass(frozen=True)
class Step:
    """What was chosen together at once, and in how many seconds of the processor."""

    wishes: tuple[Wish, ...]
    room: Room
    chosen: Mapping[Identity, Option]
    seconds: float


@dataclass
class Planned:
    """`steps` of the attempt that became the plan. `all` that it looked for; `left_out` of it found no time."""

    steps: list[Step] = field(default_factory=list)
    all: tuple[Wish, ...] = ()
    left_out: int = 0


def plan(scenes: Sequence[Scene]) -> Planned:
    """Plans as shipped, and watches."""
    found = Planned()

    def choose(wishes: Sequence[Wish], room: Room) -> dict[Identity, Option]:
        with stopwatch(process_time) as seconds:
            chosen = choose_together(wishes, room)
        found.steps.append(Step(tuple(wishes), room, chosen, seconds()))
        return chosen

    class Watched(jointly._Joint):
        def run(self) -> None:
            found.steps.clear()
            self.asked: list[tuple[int, Quest]] = []
            super().run()
            found.all = tuple(self._wish(n, quest, options(self._free[n], quest)) for n, quest in self.asked)
            found.left_out = len(self.left_out)

        def _tell(self, number: int, quest: Quest, slot: Slot | None) -> None:
            super()._tell(number, quest, slot)
            if quest.identity in self.left_out or (slot is not None and self._counts(number, quest, slot)):
                self.asked.append((number, quest))

    with patch.multiple(jointly, choose_together=choose, _Joint=Watched):
        jointly.plan_jointly(scenes)
    return found


def untouched(scenes: Sequence[Scene]) -> Room:
    """The limits of people, before anything is planned."""
    return Room(*limits_of([person for scene in scenes for person in scene.pair.people]))
