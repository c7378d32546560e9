"""Why a meeting has the time that it has: what else there was, what it would have cost, and what ruled it out.

Owns nothing that decides: it asks the planner itself, once more, as if the meeting had no time yet. Must never know how
it is shown.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cadenced.core.bookings import Bookings
from cadenced.core.cadence import DAY, on_grid, period, period_of
from cadenced.core.gaps import without_time
from cadenced.core.hindrances import SOFT, Cause, Hindrance
from cadenced.core.jointly import plan_scene
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
    Window,
    candidates,
    choose,
    obstacle,
)
from cadenced.core.weekview import Week, week_around

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
    parts: tuple[tuple[str, int], ...]
    against: str = ""

    @property
    def cost(self) -> int:
        return sum(points for _, points in self.parts)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A meeting. `before` is how it stands so far, None where it is new. `candidates`: the possible ones first,
    cheapest first, then the others by time; `because` says what makes the first the best, or why nothing was looked
    for: then `target` is None, which else is aware.
    """

    meeting: Meeting
    before: Meeting | None
    week: Week
    candidates: tuple[Candidate, ...] = ()
    target: datetime | None = None
    because: str = ""

    @property
    def best(self) -> Candidate | None:
        return next((each for each in self.candidates if not each.against), None)

    @property
    def moves(self) -> bool:
        """Whether it stands, and is to have another time."""
        return self.before is not None and self.before.start != self.meeting.start


@dataclass(frozen=True, slots=True)
class Gap:
    """A place without a meeting, in words. `against`: how many times each reason ruled out; empty where the place did
    not look for one.
    """

    words: str
    against: Mapping[str, int]


def explain(
    scene: Scene, hindrances: Sequence[Hindrance], decided: Sequence[Meeting] | None = None
) -> list[Explanation]:
    """Every meeting of the plan that is still to come, in order of time. `decided` is the plan that was made together
    with the people's other pairs; without it the pair's own counts.
    """
    plan, quests = planned(scene)
    known = {meeting.identity: meeting for meeting in scene.standing}
    meetings = plan.meetings if decided is None else decided
    found = []
    for meeting in (each for each in meetings if each.end > scene.now):
        others = replace(scene, standing=[each for each in scene.standing if each.identity != meeting.identity])
        asked = quests.get(meeting.identity) or planned(others)[1].get(meeting.identity)
        search, quest = asked or (Planner(others).ground.search, None)
        week = week_around(meeting, [each for each in meetings if each is not meeting], search)
        told = Explanation(meeting, known.get(meeting.identity), week)
        found.append(_explained(scene.pair, told, search, quest, hindrances))
    return found


def explain_gaps(scene: Scene, hindrances: Sequence[Hindrance], gaps: Sequence[str]) -> list[Gap]:
    """The `gaps` of a plan, each with what ruled its times out."""
    pair, asked = scene.pair, {}
    for search, quest in planned(scene)[1].values():
        place = period(pair, period_of(pair, quest.identity.period)).whole
        asked[without_time(quest, place)] = search, quest
    found = []
    for words in gaps:
        all_of_it = _candidates(pair, *asked[words], hindrances) if words in asked else ()
        found.append(Gap(words, Counter(each.against for each in all_of_it if each.against)))
    return found


def planned(scene: Scene) -> tuple[Plan, dict[Identity, tuple[Search, Quest]]]:
    """The plan, and what looked for a time, each with how things were then."""
    quests = dict[Identity, tuple[Search, Quest]]()

    def note(search: Search, quest: Quest) -> None:
        quests[quest.identity] = _as_now(search), quest

    return plan_scene(scene, note), quests


def _as_now(search: Search) -> Search:
    """What is placed from now on counts towards nobody's limits in it."""
    bookings = search.taken.bookings
    return replace(search, taken=replace(search.taken, bookings=bookings.copy())) if bookings else search


def _explained(
    pair: Pair, known: Explanation, search: Search, quest: Quest | None, hindrances: Sequence[Hindrance]
) -> Explanation:
    if quest is None:
        return replace(known, because=_unsought(pair, known.meeting, search))
    meeting = known.meeting
    refused = meeting.tries.refused + ((meeting.start,) if meeting.state is State.DECLINED else ())
    quest = quest._replace(refused=refused)
    best, target = choose(search, quest), search.hours.utc(quest.target)
    found = _candidates(pair, search, quest, hindrances)
    return replace(known, candidates=found, target=target, because=best.reason if best else "")


def _unsought(pair: Pair, meeting: Meeting, search: Search) -> str:
    """Why the planner looks for no time for it."""
    place = period(pair, period_of(pair, meeting.identity.period)).whole
    if not on_grid(pair, meeting.identity):
        return "it comes from an older policy: today's has no place for it"
    if search.hours.paused(day := search.hours.wall(meeting.start).date()):
        return str(Obstacle.ENDED if search.hours.ended(day) else Obstacle.PAUSE)
    if place[1] <= search.hours.wall(search.earliest):
        return f"the period it belongs to ends on {place[1] - DAY:%-d %B}"
    return "what is left of the period it belongs to has no room for another time"


def _candidates(pair: Pair, search: Search, quest: Quest, hindrances: Sequence[Hindrance]) -> tuple[Candidate, ...]:
    costs = _Costs(pair, search, quest, hindrances)
    seen: dict[datetime, Candidate] = {}
    for tier, wall, points, fits in candidates(search.hours, quest):
        start = search.hours.utc(wall)
        if start is not None and start not in seen:
            span = (start, start + quest.length)
            found = obstacle(search, quest, wall, span, fits=fits)
            against = ruled_out(pair, found, span, hindrances, search.taken.bookings) if found else ""
            seen[start] = Candidate(*span, tuple(costs.parts(tier, wall, points, span)), against)
    order = sorted(seen.values(), key=lambda each: (bool(each.against), 0 if each.against else each.cost, each.start))
    return tuple(order)


@dataclass(frozen=True, slots=True)
class _Costs:
    """What choose() adds up, in words."""

    pair: Pair
    search: Search
    quest: Quest
    hindrances: Sequence[Hindrance]

    def parts(self, tier: Tier, wall: datetime, points: int, span: Window) -> Iterator[tuple[str, int]]:
        quest, taken, (start, end) = self.quest, self.search.taken, span
        days, travel = (wall.date() - quest.target.date()).days, quest.cadence.travel
        later, rest = divmod(points, TIER)
        if later:
            yield self._given_up(tier), later * TIER
        distance = min(rest, abs(days) * DISTANT)
        if distance:
            yield _away(days), distance
        if rest > distance:
            yield "another weekday or time than last time", rest - distance
        if taken.soft.overlaps(start, end):
            yield self._doubt(span), DOUBTFUL
        elif any(self.search.hours.wall(each).date() == wall.date() for each in quest.refused):
            yield "a day on which somebody said no", DOUBTFUL
        if travel and taken.hard.overlaps(start - travel, end + travel):
            yield "not enough time to travel", HURRIED
        if taken.bookings is not None and (load := taken.bookings.points(start)):
            yield f"{self.pair.mentor.name} has other meetings that day or that week", load

    def _given_up(self, tier: Tier) -> str:
        """Beside the first tier: that is where the meeting would like best to be."""
        first, words = next(iter(self.quest.tiers)), list[str]()
        if first.agreed and not tier.agreed:
            words.append("not a time the two agreed on")
        if tier.window != first.window or not words:
            words.append(tier.lost)
        return " and ".join(words)

    def _doubt(self, span: Window) -> str:
        here = (each for each in self.hindrances if each.cause in SOFT and _overlaps(each, span))
        return " and ".join(dict.fromkeys(hindered(self.pair, each) for each in here)) or "somebody may be busy"


def _away(days: int) -> str:
    return f"{abs(days)} day{'s' * (abs(days) > 1)} {'after' if days > 0 else 'before'} its best day"


def ruled_out(
    pair: Pair,
    found: Obstacle,
    span: tuple[datetime, datetime],
    hindrances: Sequence[Hindrance],
    bookings: Bookings | None,
) -> str:
    """In words, what rules out a time; a limit by its person and its size where there are `bookings`."""
    if found is Obstacle.LIMIT and bookings is not None:
        return _limit(pair, bookings, span)
    if found is not Obstacle.TAKEN:
        return str(found)
    here = [each for each in hindrances if _overlaps(each, span) and each.cause not in SOFT]
    told = dict.fromkeys(hindered(pair, each) for each in here)
    return " and ".join(told) or "the two meet then"


def hindered(pair: Pair, each: Hindrance) -> str:
    """As in "Maya is busy", "Jonas has a holiday (Boxing Day)"."""
    person: Person = next((p for p in pair.people if p.id == each.person), pair.mentor)
    return f"{person.name} {CAUSES[each.cause]}" + (f" ({each.words})" if each.words else "")


def _limit(pair: Pair, bookings: Bookings, span: Window) -> str:
    """Whose it is, and which."""
    over = bookings.over(*span)
    person = next((each for each in pair.people if over and each.id == over.person), None)
    if over is None or person is None:
        return str(Obstacle.LIMIT)
    if over.limit == "max_per_week":
        meetings = "one meeting" if person.limits.per_week == 1 else f"{person.limits.per_week} meetings"
        return f"{person.name} has {meetings} that week and gives no more ({over.limit})"
    hours = (person.limits.minutes_per_month or 0) / 60
    return f"{person.name} would give more than {hours:g} hours in {_day(person, span[0]):%B} ({over.limit})"


def _day(person: Person, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(person.timezone)).date()


def _overlaps(each: Hindrance, span: Window) -> bool:
    return each.start < span[1] and span[0] < each.end
