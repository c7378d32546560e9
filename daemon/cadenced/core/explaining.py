"""Why a meeting has the time that it has: what else there was, what it would have cost, and what ruled it out.

Owns nothing that decides: it asks the planner itself, once more, as if the meeting had no time yet. Must never know how
it is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cadenced.core.hindrances import SOFT, Cause, Hindrance
from cadenced.core.model import Identity, Meeting, Pair, Person, State
from cadenced.core.plan import Planner
from cadenced.core.scene import Plan, Scene
from cadenced.core.slots import (
    DISTANT,
    DOUBTFUL,
    HURRIED,
    TIER,
    Obstacle,
    Quest,
    Search,
    Tier,
    candidates,
    choose,
    obstacle,
)

CAUSES = {
    Cause.BUSY: "is busy",
    Cause.TENTATIVE: "has something tentative",
    Cause.LEAVE: "is on leave",
    Cause.HOLIDAY: "has a holiday",
    Cause.MEETING: "meets somebody else",
    Cause.TRAVEL: "is on the way",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A time that was looked at; aware, in UTC. `parts` are what it costs (words and points); `against` says what rules
    it out, or is empty.
    """

    start: datetime
    end: datetime
    tier: str
    parts: tuple[tuple[str, int], ...]
    against: str = ""

    @property
    def cost(self) -> int:
        return sum(points for _, points in self.parts)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of one meeting. `candidates`: the possible ones first, cheapest first, then the others by time. `target` is aware
    and None where nothing was looked for: then the meeting belongs to no place of today's policy.
    """

    meeting: Meeting
    new: bool  # does not stand so far
    candidates: tuple[Candidate, ...] = ()
    target: datetime | None = None

    @property
    def best(self) -> Candidate | None:
        return next((each for each in self.candidates if not each.against), None)


def explain(scene: Scene, hindrances: Sequence[Hindrance]) -> list[Explanation]:
    """Every meeting of the plan that is still to come, in order of time."""
    plan, quests = planned(scene)
    known = {meeting.identity for meeting in scene.standing}
    found = []
    for meeting in (each for each in plan.meetings if each.end > scene.now):
        quest = quests.get(meeting.identity)
        if quest is None:
            others = [each for each in scene.standing if each.identity != meeting.identity]
            quest = planned(replace(scene, standing=others))[1].get(meeting.identity)
        found.append(_explained(scene.pair, meeting, quest, hindrances, new=meeting.identity not in known))
    return found


def planned(scene: Scene) -> tuple[Plan, dict[Identity, tuple[Search, Quest]]]:
    """The plan, and what looked for a time, each with how things were then."""
    planner = Planner(scene)
    planning, quests = planner.run(), dict[Identity, tuple[Search, Quest]]()
    answer = None
    while True:
        try:
            quest = planning.send(answer)
        except StopIteration as end:
            return end.value, quests
        quests[quest.identity] = _as_now(planner.search), quest
        answer = choose(planner.search, quest)


def _as_now(search: Search) -> Search:
    """What is placed from now on counts towards nobody's limits in it."""
    bookings = search.taken.bookings
    return replace(search, taken=replace(search.taken, bookings=bookings.copy())) if bookings else search


def _explained(
    pair: Pair, meeting: Meeting, asked: tuple[Search, Quest] | None, hindrances: Sequence[Hindrance], *, new: bool
) -> Explanation:
    if asked is None:
        return Explanation(meeting, new)
    search, quest = asked
    refused = meeting.tries.refused + ((meeting.start,) if meeting.state is State.DECLINED else ())
    quest = quest._replace(refused=refused)
    seen: dict[datetime, Candidate] = {}
    for tier, wall, points, fits in candidates(search.hours, quest):
        start = search.hours.utc(wall)
        if start is not None and start not in seen:
            seen[start] = _candidate(pair, search, quest, (tier, wall, points, start, fits), hindrances)
    order = sorted(seen.values(), key=lambda each: (bool(each.against), 0 if each.against else each.cost, each.start))
    return Explanation(meeting, new, tuple(order), search.hours.utc(quest.target))


def _candidate(
    pair: Pair,
    search: Search,
    quest: Quest,
    where: tuple[Tier, datetime, int, datetime, bool],
    hindrances: Sequence[Hindrance],
) -> Candidate:
    tier, wall, points, start, fits = where
    end = start + quest.length
    found = obstacle(search, quest, wall, (start, end), fits=fits)
    parts = tuple(_parts(search, quest, wall, points, start))
    return Candidate(start, end, tier.why, parts, ruled_out(pair, found, (start, end), hindrances) if found else "")


def _parts(search: Search, quest: Quest, wall: datetime, points: int, start: datetime) -> Iterator[tuple[str, int]]:
    """What choose() adds up."""
    end, travel, taken = start + quest.length, quest.cadence.travel, search.taken
    days = abs((wall.date() - quest.target.date()).days)
    later, rest = divmod(points, TIER)
    if later:
        yield "in a part of its time that comes later", later * TIER
    distance = min(rest, days * DISTANT)
    if distance:
        yield f"{days} day{'s' * (days > 1)} from the target", distance
    if rest > distance:
        yield (
            "another weekday or time than last time" if quest.habit else "no time of last time to keep",
            rest - distance,
        )
    if taken.soft.overlaps(start, end):
        yield "somebody may be busy", DOUBTFUL
    elif any(search.hours.wall(each).date() == wall.date() for each in quest.refused):
        yield "a day on which somebody said no", DOUBTFUL
    if travel and taken.hard.overlaps(start - travel, end + travel):
        yield "not enough time to travel", HURRIED
    if taken.bookings is not None and (load := taken.bookings.points(start)):
        yield "the mentor's other meetings on that day or in that week", load


def ruled_out(pair: Pair, found: Obstacle, span: tuple[datetime, datetime], hindrances: Sequence[Hindrance]) -> str:
    """In words, what rules out a time."""
    if found is not Obstacle.TAKEN:
        return str(found)
    here = [each for each in hindrances if each.start < span[1] and span[0] < each.end and each.cause not in SOFT]
    told = dict.fromkeys(hindered(pair, each) for each in here)
    return " and ".join(told) or "the two meet then"


def hindered(pair: Pair, each: Hindrance) -> str:
    """As in "Maya is busy", "Jonas has a holiday (Boxing Day)"."""
    person: Person = next((p for p in pair.people if p.id == each.person), pair.mentor)
    return f"{person.name} {CAUSES[each.cause]}" + (f" ({each.words})" if each.words else "")
