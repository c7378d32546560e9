"""Walks all that can happen in a scene, breadth first, so that the first broken promise has the shortest story."""

import gc
import struct
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.explore.promises import Promises
from tests.explore.scene import At, Scene
from tests.explore.world import World

PACKED = struct.Struct(f"{len(At._fields)}I")


@dataclass
class Walk:
    """What was seen. `story` tells how a promise was broken, in numbered steps; `broken` which."""

    scene: Scene
    states: int = 0
    transitions: int = 0
    depth: int = 0
    seconds: float = 0.0  # of one core
    rounds: int = 0  # that it took at most to come to rest
    whole: bool = True  # whether nothing was left to walk
    broken: str = ""
    story: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        end = "all of it" if self.whole else "not all of it"
        line = f"{self.scene.name}: {self.states:,} states, {self.transitions:,} transitions, {self.depth} deep, "
        line += f"at rest in {self.rounds} rounds, {self.seconds:.0f} s ({end})"
        if not self.broken:
            return line
        return "\n".join([line, *(f"  {n}. {words}" for n, words in enumerate(self.story, 1)), f"  → {self.broken}"])


def walked(scene: Scene, states: int) -> Walk:
    """In a process of its own."""
    gc.disable()  # little of what is walked refers to itself, and nearly all of it stays
    return Search(scene).walk(states)


class Search:
    def __init__(self, scene: Scene) -> None:
        self.world = World(scene)
        self.promises = Promises(self.world)
        self._numbers: dict[bytes, int] = {}
        self._states: list[bytes] = []
        self._from = array("I")

    def walk(self, states: int = 10**9, *, tell: Callable[[str], None] = lambda _line: None) -> Walk:
        """At most so many states; ends at the first broken promise."""
        walk, began = Walk(self.world.scene), time.process_time()
        start = self.world.beginning()
        self._add(start, 0)
        level_ends, number = 1, 0
        while number < len(self._states):
            if number == level_ends:
                walk.depth, level_ends = walk.depth + 1, len(self._states)
                tell(f"{walk.depth} deep: {len(self._states):,} states, {time.process_time() - began:.0f} s")
            here = At(*PACKED.unpack(self._states[number]))
            if broken := self.promises.restless(here):
                self._tell(walk, number, broken, calm=True)
                break
            for move in self.world.moves(here):
                walk.transitions += 1
                added = self._add(move.to, number)
                if broken := move.broken or (self.promises.broken(move.to) if added else ""):
                    self._tell(walk, number, broken, last=move.words)
                    break
            if walk.broken:
                break
            if len(self._states) >= states:
                walk.whole = False
                break
            number += 1
        walk.states, walk.seconds = len(self._states), time.process_time() - began
        walk.rounds = self.promises.longest
        return walk

    def _add(self, state: At, before: int) -> bool:
        key = PACKED.pack(*state)
        if key in self._numbers:
            return False
        self._numbers[key] = len(self._states)
        self._states.append(key)
        self._from.append(before)
        return True

    def _tell(self, walk: Walk, number: int, broken: str, last: str = "", *, calm: bool = False) -> None:
        """The way to a state, from the beginning, replayed."""
        numbers = [number]
        while numbers[-1]:
            numbers.append(self._from[numbers[-1]])
        way = [At(*PACKED.unpack(self._states[n])) for n in reversed(numbers)]
        for here, there in pairwise(way):
            walk.story.append(next(move.words for move in self.world.moves(here) if move.to == there))
        walk.story += [last] if last else []
        walk.story += ["nothing disturbs any more"] if calm else []
        walk.broken = broken
