"""The same choice by OR-Tools CP-SAT: exactly the optimum, where it is proven in time.

A boolean for each option; what excludes each other is said in cliques, one for each moment at which somebody could be
in two meetings, which is what CP-SAT takes best. Load is convex, so that lower bounds on it are enough.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ortools.sat.python import cp_model

from cadenced.core.together import SAME_DAY, SAME_WEEK, Room, Wish

EFFORT = 0.5  # for each proof of an optimum, in the deterministic time of CP-SAT: a second or two of a processor
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Exact:
    """How many wishes are met, and at which cost: by the best choice where it is `proven`, else by the best that was
    found in time, which is none where `met` is 0.
    """

    met: int
    cost: int
    proven: bool


def solve(wishes: Sequence[Wish], room: Room) -> Exact:
    """The most wishes, then the least cost. Where not all that have an option can be met, how many can comes first."""
    open_ = [wish for wish in wishes if wish.options]
    found = _Model(open_, room, len(open_)).least()
    if found is not None:
        return found
    most = _Model(open_, room, None).most()
    found = _Model(open_, room, most.met).least()
    return replace(found, proven=found.proven and most.proven) if found else most


class _Model:
    """`met`: how many wishes are to be met, exactly; None for as many as there may be."""

    def __init__(self, wishes: Sequence[Wish], room: Room, met: int | None) -> None:
        self.wishes, self.room, self.model = wishes, room, cp_model.CpModel()
        self.picks = [[self.model.new_bool_var("") for _ in wish.options] for wish in wishes]
        for picks in self.picks:
            (self.model.add_exactly_one if met == len(wishes) else self.model.add_at_most_one)(picks)
        if met is not None and met < len(wishes):
            self.model.add(sum(pick for picks in self.picks for pick in picks) == met)
        self.times = [[(_minutes(o.start), _minutes(o.end)) for o in wish.options] for wish in wishes]
        self.travel = [wish.travel // MINUTE for wish in wishes]
        self.people = defaultdict(list)
        for n, wish in enumerate(wishes):
            for person in wish.people:
                self.people[person].append(n)
        for mine in self.people.values():
            self._no_two_at_once(mine)
        self._limits()

    def least(self) -> Exact | None:
        """At the least cost; None where there is no such choice."""
        picks = [pick for picks in self.picks for pick in picks]
        costs = [option.cost for wish in self.wishes for option in wish.options]
        cost = sum(w * v for w, v in self._load()) + cp_model.LinearExpr.weighted_sum(picks, costs)
        self.model.minimize(cost)
        solver, status = self._solved()
        if status == cp_model.INFEASIBLE:
            return None
        if status == cp_model.UNKNOWN:
            return Exact(0, 0, proven=False)
        return Exact(sum(map(solver.value, picks)), solver.value(cost), status == cp_model.OPTIMAL)

    def most(self) -> Exact:
        """As many as can be, whatever that costs."""
        picks = [pick for picks in self.picks for pick in picks]
        self.model.maximize(sum(picks))
        solver, status = self._solved()
        if status == cp_model.UNKNOWN:
            return Exact(0, 0, proven=False)
        return Exact(sum(map(solver.value, picks)), 0, status == cp_model.OPTIMAL)

    def _solved(self) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = EFFORT
        return solver, solver.solve(self.model)

    def _no_two_at_once(self, mine: list[int]) -> None:
        """Of all that lie over a moment one may be; and one of a wish that needs to travel and of what is near it."""
        for travel in {self.travel[n] for n in mine}:
            same = [n for n in mine if self.travel[n] == travel]
            self._cliques([(n, 0, travel) for n in same])
            less = [n for n in mine if self.travel[n] < travel]
            for n in same if less else ():
                self._cliques([(n, travel, travel), *((m, 0, 0) for m in less)])

    def _cliques(self, spread: list[tuple[int, int, int]]) -> None:
        """At most one of the options that lie over a moment, each wish's spread before and after by so many minutes.

        It is enough to ask where one of them begins.
        """
        moments = sorted({start - before for n, before, _ in spread for start, _ in self.times[n]})
        over = [[] for _ in moments]
        for n, before, after in spread:
            for pick, (start, end) in zip(self.picks[n], self.times[n], strict=True):
                for at in range(bisect_left(moments, start - before), bisect_left(moments, end + after)):
                    over[at].append((n, pick))
        for each in over:
            if len({n for n, _ in each}) > 1:
                self.model.add_at_most_one([pick for _, pick in each])

    def _limits(self) -> None:
        weeks, months = defaultdict(list), defaultdict(list)
        for person, mine in self.people.items():
            for n in mine:
                wish = self.wishes[n]
                for pick, o in zip(self.picks[n], wish.options, strict=True):
                    day = o.days[wish.people.index(person)]
                    weeks[person, day - timedelta(day.weekday())].append(pick)
                    months[person, (day.year, day.month)].append(pick * ((o.end - o.start) // MINUTE))
        for key, used in weeks.items():
            if (limit := self.room.weeks.get(key, self.room.per_week.get(key[0]))) is not None:
                self.model.add(sum(used) <= limit)
        for key, used in months.items():
            if (limit := self.room.months.get(key, self.room.per_month.get(key[0]))) is not None:
                self.model.add(sum(used) <= limit)

    def _load(self) -> Iterator[tuple[int, cp_model.IntVar]]:
        """n meetings make n(n-1)/2 pairs, which is how far n is above 1, above 2 and so on, together."""
        groups = defaultdict(lambda: defaultdict(list))
        for wish, picks in zip(self.wishes, self.picks, strict=True):
            for pick, o in zip(picks, wish.options, strict=True):
                day = o.days[0]
                groups[SAME_DAY, wish.people[0], day][wish.identity].append(pick)
                groups[SAME_WEEK, wish.people[0], day - timedelta(day.weekday())][wish.identity].append(pick)
        for (points, _, _), by_wish in groups.items():
            total = sum(pick for picks in by_wish.values() for pick in picks)
            for over in range(1, len(by_wish)):
                excess = self.model.new_int_var(0, len(by_wish) - over, "")
                self.model.add(excess >= total - over)
                yield points, excess


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
