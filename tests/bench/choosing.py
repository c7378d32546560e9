"""Choosing together against the exact optimum: how much dearer, how much faster, and whether anybody is left out."""

from collections import Counter, defaultdict
from datetime import timedelta
from math import comb
from statistics import fmean

from cadenced.core.model import Identity
from cadenced.core.together import SAME_DAY, SAME_WEEK, Option, Wish, choose_together
from tests.bench.companies import programme
from tests.bench.exact import SECONDS, solve
from tests.bench.stopwatch import stopwatch

PROGRAMMES = 500


def against_the_optimum() -> tuple[float, float, str]:
    """Seconds of ours and theirs over all programmes; and what they found, in words.

    Dearer is counted where CP-SAT proved its optimum and both meet as many wishes.
    """
    ours = theirs = 0.0
    dearer, counts = [], Counter()
    for seed in range(PROGRAMMES):
        company = programme(seed)
        with stopwatch() as seconds:
            chosen = choose_together(company.wishes, company.room)
        ours += seconds()
        with stopwatch() as seconds:
            exact = solve(company.wishes, company.room)
        theirs += seconds()
        counts["wishes"] += len(company.wishes)
        counts["feasible"] += exact.met == len(company.wishes)
        counts["unsolved"] += len(chosen) < exact.met == len(company.wishes)
        counts["fewer"] += len(chosen) < exact.met < len(company.wishes)
        counts["unproven"] += not exact.proven
        if exact.proven and len(chosen) == exact.met:
            dearer.append(100 * (cost(company.wishes, chosen) - exact.cost) / max(exact.cost, 1))
    return ours, theirs, _words(dearer, counts)


def cost(wishes: tuple[Wish, ...], chosen: dict[Identity, Option]) -> int:
    """The cost of a choice, added up anew."""
    days, weeks = defaultdict(int), defaultdict(int)
    for wish in wishes:
        if (option := chosen.get(wish.identity)) is not None:
            day = option.days[0]
            days[wish.people[0], day] += 1
            weeks[wish.people[0], day - timedelta(day.weekday())] += 1
    load = SAME_DAY * sum(comb(n, 2) for n in days.values()) + SAME_WEEK * sum(comb(n, 2) for n in weeks.values())
    return load + sum(option.cost for option in chosen.values())


def _words(dearer: list[float], counts: Counter) -> str:
    return (
        f"{fmean(dearer):.2f} % dearer on average, {max(dearer):.1f} % at worst; of {counts['feasible']} feasible"
        f" programmes {counts['unsolved']} unsolved; of {PROGRAMMES - counts['feasible']} others {counts['fewer']} with"
        f" fewer met than possible; {counts['wishes'] / PROGRAMMES:.0f} wishes each;"
        f" {counts['unproven']} optima not proven in {SECONDS:g} s"
    )
