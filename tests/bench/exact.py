"""The same choice by OR-Tools CP-SAT: exactly the optimum, where it is proven in time.

A boolean for each option; what excludes each other is said in cliques, one for each moment at which somebody could be
in two meetings, which is what CP-SAT takes best. Load is convex, so that lower bounds on it are enough.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ortools.sat.python import cp_model

from cadenced.core.together import SAME_DAY, SAME_WEEK, Option, Room, Wish

SECONDS = 10.0  # for each proof of an optimum: fewer than one programme in ten takes longer
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Exact:
    met: int
    cost: int
    proven: bool


def solve(wishes: tuple[Wish, ...], room: Room) -> Exact:
    """The most wishes, then the least cost. Where not all can be met a second model leaves some out."""
    found = _Model(wishes, room, leaving_out=False).solve()
    return found or _Model(wishes, room, leaving_out=True).solve()


class _Model:
    def __init__(self, wishes: tuple[Wish, ...], room: Room, leaving_out: bool) -> None:
        self.wishes, self.room, self.model = wishes, room, cp_model.CpModel()
        self.picks = [[self.model.new_bool_var("") for _ in wish.options] for wish in wishes]
        for picks in self.picks:
            (self.model.add_at_most_one if leaving_out else self.model.add_exactly_one)(picks)
        self.times = [[(_minutes(o.start), _minutes(o.end)) for o in wish.options] for wish in wishes]
        self.travel = [wish.travel // MINUTE for wish in wishes]
        self.people = defaultdict(list)
        for n, wish in enumerate(wishes):
            for person in wish.people:
                self.people[person].append(n)
        for mine in self.people.values():
            self._no_two_at_once(mine)
        self._limits()
        costs, picks = [o.cost for o in self._options()], [pick for picks in self.picks for pick in picks]
        self.cost = sum(w * v for w, v in self._load()) + cp_model.LinearExpr.weighted_sum(picks, costs)
        missed = len(wishes) - sum(picks) if leaving_out else 0
        worst = sum(max((o.cost for o in w.options), default=0) for w in wishes) + SAME_DAY * len(wishes) ** 2
        self.model.minimize(self.cost + worst * missed)

    def solve(self) -> Exact | None:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = SECONDS
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        if status == cp_model.UNKNOWN:
            return Exact(0, 0, proven=False)
        met = sum(solver.value(pick) for picks in self.picks for pick in picks)
        return Exact(met, solver.value(self.cost), status == cp_model.OPTIMAL)

    def _options(self) -> Iterator[Option]:
        return (option for wish in self.wishes for option in wish.options)

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
