"""Plans pairs that share people together: each looks for its next place at the same time as the others.

Owns what one pair's choice means for the others. Must never know how a pair is planned by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from cadenced.core.bookings import Bookings, monday
from cadenced.core.model import Identity
from cadenced.core.plan import Planner, Planning
from cadenced.core.scene import Plan, Scene
from cadenced.core.slots import Quest, Search, Slot, choose, options
from cadenced.core.together import Option, Room, Wish, choose_together

Reserved = Mapping[Identity, tuple[frozenset[str], Slot]]  # with whose time it is


def plan_scene(scene: Scene, note: Callable[[Search, Quest], object] | None = None) -> Plan:
    """The plan of one pair by itself. `note` hears of all that looked for a time, and where, before one is chosen."""
    planner = Planner(scene)
    planning, answer = planner.run(), None
    while True:
        try:
            quest = planning.send(answer)
        except StopIteration as end:
            plan: Plan = end.value
            return plan
        search = planner.ground.search  # only now, for planning goes on in send()
        if note is not None:
            note(search, quest)
        answer = choose(search, quest)


def plan_jointly(scenes: Sequence[Scene]) -> list[Plan]:
    """The plans of pairs of which each shares somebody with another one, in their order.

    Who finds no time because others took it begins anew with a time kept for them, before anybody chooses.
    """
    if len(scenes) == 1:
        return [plan_scene(scenes[0])]
    reserved: dict[Identity, tuple[frozenset[str], Slot]] = {}
    while True:
        joint = _Joint(scenes, reserved)
        joint.run()
        left_out = {identity: found for identity, found in joint.left_out.items() if identity not in reserved}
        if not left_out or len(reserved) >= len(scenes):
            return joint.plans
        first = min(left_out)
        reserved[first] = left_out[first]


class _Joint:
    """One attempt. `left_out`: who found no time because of what others chose, with the time they would have had."""

    def __init__(self, scenes: Sequence[Scene], reserved: Reserved) -> None:
        self._planners = [Planner(_counted(scene)) for scene in scenes]
        self._plans: dict[int, Plan] = {}
        self._reserved = reserved
        self.left_out: dict[Identity, tuple[frozenset[str], Slot]] = {}

    @property
    def plans(self) -> list[Plan]:
        return [self._plans[number] for number in range(len(self._planners))]

    def run(self) -> None:
        for identity, (people, slot) in self._reserved.items():
            for planner in self._planners:
                if identity.pair != planner.pair.id:
                    planner.ground.find_taken(people, slot)
        self._free = [planner.ground.search for planner in self._planners]  # before anybody chose
        running = {number: planner.run() for number, planner in enumerate(self._planners)}
        quests = self._advance(running, dict.fromkeys(running))
        while quests:
            quests = self._advance(running, self._answers(quests))

    def _advance(self, running: dict[int, Planning], answers: Mapping[int, Slot | None]) -> dict[int, Quest]:
        found: dict[int, Quest] = {}
        for number, answer in answers.items():
            try:
                found[number] = running[number].send(answer)
            except StopIteration as end:
                self._plans[number] = end.value
        return found

    def _answers(self, quests: Mapping[int, Quest]) -> dict[int, Slot | None]:
        reserved = {n: self._reserved[q.identity][1] for n, q in quests.items() if q.identity in self._reserved}
        kept = {n: slot for n, slot in reserved.items() if quests[n].reaches(slot.wall)}  # or its neighbours moved
        asked = {n: quest for n, quest in quests.items() if n not in kept}
        found: dict[int, Slot | None] = {
            n: choose(self._planners[n].ground.search, quest) for n, quest in asked.items()
        }
        near = {n: quest for n, quest in asked.items() if self._counts(n, quest, found[n])}
        if any(self._meet(found, one, other) for one, other in combinations(near, 2)):
            found |= self._settled(near)
        for number, slot in (found | kept).items():
            self._tell(number, quests[number], slot)
        return found | kept

    def _counts(self, number: int, quest: Quest, slot: Slot | None) -> bool:
        """What is not written yet is chosen again before it is, and must keep nobody from anything until then."""
        return slot is None or self._planners[number].writes(quest, slot)

    def _meet(self, found: Mapping[int, Slot | None], one: int, other: int) -> bool:
        """Whether two choices have to do with each other: the same person in the same week, or with a limit."""
        first, second = found[one], found[other]
        planner = self._planners[one]
        shared = planner.ground.people & self._planners[other].ground.people
        if not (shared and first and second):
            return False
        return bool(shared & planner.ground.bookings.limited) or monday(first.wall.date()) == monday(second.wall.date())

    def _settled(self, quests: Mapping[int, Quest]) -> dict[int, Slot | None]:
        slots = {n: options(self._planners[n].ground.search, quest) for n, quest in quests.items()}
        chosen = choose_together([self._wish(n, quests[n], slots[n]) for n in quests], self._room(quests))
        found: dict[int, Slot | None] = {}
        for number, quest in quests.items():
            option = chosen.get(quest.identity)
            same = (slot for slot in slots[number] if option is not None and slot.start == option.start)
            found[number] = next(same, None)
        return found

    def _wish(self, number: int, quest: Quest, slots: Sequence[Slot]) -> Wish:
        planner = self._planners[number]
        bookings = planner.ground.bookings
        choices = tuple(Option(slot.start, slot.end, slot.cost, bookings.days(slot.start)) for slot in slots)
        people = tuple(person.id for person in planner.pair.people)
        return Wish(quest.identity, people, choices, quest.cadence.travel)

    def _room(self, numbers: Mapping[int, Quest]) -> Room:
        rooms = [self._planners[number].ground.bookings.room() for number in numbers]
        return Room(
            {key: value for room in rooms for key, value in room.per_week.items()},
            {key: value for room in rooms for key, value in room.per_month.items()},
            {key: value for room in rooms for key, value in room.weeks.items()},
            {key: value for room in rooms for key, value in room.months.items()},
        )

    def _tell(self, number: int, quest: Quest, slot: Slot | None) -> None:
        """The others, whose people are taken then; or that there was nothing left."""
        people = self._planners[number].ground.people
        if slot is None:
            before = choose(self._free[number], quest)
            if before is not None and self._counts(number, quest, before):
                self.left_out[quest.identity] = people, before
            return
        if not self._counts(number, quest, slot):
            return
        for other, planner in enumerate(self._planners):
            if other != number:
                planner.ground.find_taken(people, slot, quest.cadence.travel)


def _counted(scene: Scene) -> Scene:
    if scene.taken.bookings is not None:
        return scene
    return replace(scene, taken=replace(scene.taken, bookings=Bookings(scene.pair.people)))
