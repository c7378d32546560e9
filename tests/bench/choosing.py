"""Choosing together against the exact optimum: how much dearer, how much faster, and whether anybody is left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import comb
from statistics import fmean
from time import process_time

from cadenced.core.model import Identity
from cadenced.core.plan import Planner
from cadenced.core.scene import Scene
from cadenced.core.slots import choose, options
from cadenced.core.together import SAME_DAY, SAME_WEEK, Option, Room, Wish, choose_together
from tests.bench.companies import scenes
from tests.bench.exact import EFFORT, Exact, solve
from tests.bench.stepping import Planned, Step, plan, untouched
from tests.bench.stopwatch import stopwatch

PROGRAMMES = 500
MISSED = 100_000  # points for a meeting that has no time where the optimum has one: dearer than any programme
ONCE = (1, 4), timedelta(weeks=10)  # mentors of a company, and how far it is planned
WHOLE = (1, 3), timedelta(weeks=6)  # a few choices of each, one after the other


@dataclass(frozen=True)
class Figure:
    what: str
    found: str
    aim: str


@dataclass
class Tally:
    """`dearer`: how much above the optimum each programme is, in percent; `unproven`: above the best that CP-SAT found
    where it came to no end, if that meets as many. Seconds, of the processor, are of what it proved in time.
    """

    ours: float = 0.0
    theirs: float = 0.0
    dearer: list[float] = field(default_factory=list)
    unproven: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, steps: Sequence[Step]) -> None:
        """One programme."""
        cost, least, proven, alike = 0, 0, True, True
        for step in steps:
            with stopwatch(process_time) as seconds:
                exact = solve(step.wishes, step.room)
            self.counts["choices"] += 1
            self.counts["wishes"] += len(step.wishes)
            self.counts["timeouts"] += not exact.proven
            if exact.proven:
                self.ours, self.theirs = self.ours + step.seconds, self.theirs + seconds()
            short = max(0, exact.met - len(step.chosen))
            cost, least = cost + price(step.wishes, step.chosen) + MISSED * short, least + exact.cost
            proven, alike = proven and exact.proven, alike and (exact.proven or exact.met == len(step.chosen))
            self._count(step, exact, short)
        self.counts["proven"] += proven
        if alike:
            (self.dearer if proven else self.unproven).append(100 * (cost - least) / max(least, 1))

    def _count(self, step: Step, exact: Exact, short: int) -> None:
        feasible = exact.met == len(step.wishes)
        self.counts["feasible"] += feasible
        self.counts["unsolved"] += feasible and short > 0
        self.counts["fewer"] += not feasible and short > 0

    def figures(self) -> Iterator[Figure]:
        counts, choices = self.counts, self.counts["choices"]
        yield Figure("cost above the optimum, on average", f"{fmean(self.dearer):.2f} %", "≤ 3 %")
        yield Figure("cost above the optimum, at worst", f"{max(self.dearer):.1f} %", "")
        if self.unproven:
            found = f"{fmean(self.unproven):.2f} % in {len(self.unproven)}"
            yield Figure("cost above the best that was found, where none is proven", found, "")
        yield Figure("times faster", f"{self.theirs / self.ours:.0f}", "≥ 100")
        yield Figure("feasible, but unsolved", f"{counts['unsolved']} of {counts['feasible']}", "0")
        others = choices - counts["feasible"]
        yield Figure("infeasible, with fewer met than possible", f"{counts['fewer']} of {others}", "0")
        yield Figure("programmes with a proven optimum", f"{counts['proven']} of {PROGRAMMES}", "")
        yield Figure("timeouts, in no time above", f"{counts['timeouts']} of {choices}", "")


def at_once() -> tuple[float, float, str, *tuple[Figure, ...]]:
    """The next meeting face to face and the next call of every pair, chosen at once."""
    tally = Tally()
    for seed in range(PROGRAMMES):
        company = scenes(seed, *ONCE)
        wishes, room = tuple(wish for scene in company for wish in _next(scene)), untouched(company)
        with stopwatch(process_time) as seconds:
            chosen = choose_together(wishes, room)
        tally.add([Step(wishes, room, chosen, seconds())])
    return tally.ours, tally.theirs, _words(tally), *tally.figures()


def step_by_step() -> tuple[float, float, str, *tuple[Figure, ...]]:
    """Whole plans: each choice that plan_jointly makes on the way, given those before it."""
    tally = Tally()
    for seed in range(PROGRAMMES):
        company = scenes(seed, *WHOLE)
        planned = plan(company)
        tally.add(planned.steps)
        tally.counts["left out"] += planned.left_out > 0
        tally.counts["wrongly"] += planned.left_out > 0 and _all_fit(planned, untouched(company))
    left = f"{tally.counts['wrongly']} of {tally.counts['left out']}"
    more = Figure("plans that leave somebody out, where all at once would fit in", left, "0")
    return tally.ours, tally.theirs, _words(tally), *tally.figures(), more


def _next(scene: Scene) -> Iterator[Wish]:
    """What plan_pair would ask for, with every time that it could take."""
    planner, met = Planner(scene), set()
    planning, answer = planner.run(), None
    people = tuple(person.id for person in scene.pair.people)
    while len(met) < (1 if scene.pair.calls is None else 2):
        quest = planning.send(answer)
        search = planner.ground.search
        if quest.identity.kind not in met:
            met.add(quest.identity.kind)
            found = [
                Option(s.start, s.end, s.cost, planner.ground.bookings.days(s.start)) for s in options(search, quest)
            ]
            yield Wish(quest.identity, people, tuple(found), quest.cadence.travel)
        answer = choose(search, quest)


def _all_fit(planned: Planned, room: Room) -> bool:
    return solve(planned.all, room).met == len(planned.all)


def price(wishes: Sequence[Wish], chosen: Mapping[Identity, Option]) -> int:
    """The cost of a choice, added up anew."""
    days, weeks = defaultdict(int), defaultdict(int)
    for wish in wishes:
        if (option := chosen.get(wish.identity)) is not None:
            day = option.days[0]
            days[wish.people[0], day] += 1
            weeks[wish.people[0], day - timedelta(day.weekday())] += 1
    load = SAME_DAY * sum(comb(n, 2) for n in days.values()) + SAME_WEEK * sum(comb(n, 2) for n in weeks.values())
    return load + sum(option.cost for option in chosen.values())


def _words(tally: Tally) -> str:
    each, much = tally.counts["wishes"] / tally.counts["choices"], tally.counts["choices"] / PROGRAMMES
    return f"{much:.1f} choices a programme, of {each:.0f} meetings each; CP-SAT has {EFFORT:g} s for each"
