"""Small rounds of wishes for a time, and every choice that somebody with a pencil could make in one.

Slow and plain, so that it owes nothing to the code it judges.
"""

from datetime import date, timedelta
from itertools import combinations, product

from hypothesis import strategies as st

from cadenced.core.model import Identity, Kind
from cadenced.core.together import SAME_DAY, SAME_WEEK, Option, Room, Wish
from tests.support.programme import utc

MINUTE = timedelta(minutes=1)
MONDAY = date(2027, 5, 3)


def option(text, cost=0, minutes=60, days=None):
    """A time in May 2027, as in "3T09:00"; the 3rd is a Monday."""
    start = utc(f"2027-05-{text:0>8}")
    return Option(start, start + minutes * MINUTE, cost, days or (start.date(), start.date()))


def wish(pair, *options, people=None, travel=0, **more):
    """`pair` names the two, as in "maya-jonas"; options in order, each a step dearer than the one before."""
    made = tuple(each if isinstance(each, Option) else option(each, n, **more) for n, each in enumerate(options))
    return Wish(Identity(pair, Kind.CALL, MONDAY), people or tuple(pair.split("-")), made, travel * MINUTE)


DAYS = (3, 4, 10)
WHEN = st.tuples(st.sampled_from(DAYS), st.integers(18, 22), st.sampled_from([30, 60]), st.sampled_from([0, 5, 10, 30]))
PEOPLE = "abcd"


@st.composite
def rounds(draw):
    """Up to five wishes of four people on three days in two weeks, with limits: more often than not it is tight."""
    wishes = []
    for n in range(draw(st.integers(1, 5))):
        people = tuple(draw(st.permutations(PEOPLE))[:2])
        times = draw(st.lists(WHEN, min_size=1, max_size=4, unique_by=lambda each: each[:2]))
        options = [option(f"{d}T{h // 2:02}:{h % 2 * 30:02}", cost, minutes) for d, h, minutes, cost in times]
        options.sort(key=lambda each: (each.cost, each.start))
        made = wish(f"pair-{n}", *options, people=people, travel=draw(st.sampled_from([0, 0, 30])))
        wishes.append(made)
    some = st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 3), max_size=2)
    return wishes, Room(draw(some), {who: 60 * n for who, n in draw(some).items()})


def small_round(rng):
    """Like `rounds`, the same for ever, and roomy enough that costs decide."""
    times = [f"{day}T{hour:02}:00" for day in (3, 4, 5, 10, 11) for hour in (9, 10, 11)]
    wishes = []
    for n in range(rng.randint(2, 5)):
        options = [option(text, rng.choice((0, 10, 20, 30))) for text in rng.sample(times, rng.randint(2, 5))]
        options.sort(key=lambda each: (each.cost, each.start))
        wishes.append(wish(f"pair-{n}", *options, people=("m", f"p{rng.randrange(4)}")))
    return wishes, Room({"m": 4})


def all_choices(wishes, room):
    """Every choice that is allowed, wishes left out included."""
    for each in product(*((None, *w.options) for w in wishes)):
        choice = {w.identity: o for w, o in zip(wishes, each, strict=True) if o is not None}
        if allowed(wishes, choice, room):
            yield choice


def allowed(wishes, choice, room):
    met = [(w, choice[w.identity]) for w in wishes if w.identity in choice]
    if any(clash(*one, *other) for one, other in combinations(met, 2)):
        return False
    weeks, months = {}, {}
    for w, o in met:
        for who, day in zip(w.people, o.days, strict=True):
            week, month = (who, day - timedelta(day.weekday())), (who, (day.year, day.month))
            weeks[week] = weeks.get(week, 0) + 1
            months[month] = months.get(month, 0) + (o.end - o.start) // MINUTE
    return all(n <= room.weeks.get(key, room.per_week.get(key[0], n)) for key, n in weeks.items()) and all(
        n <= room.months.get(key, room.per_month.get(key[0], n)) for key, n in months.items()
    )


def clash(one, mine, other, theirs):
    apart = max(one.travel, other.travel)
    together = mine.start < theirs.end + apart and theirs.start < mine.end + apart
    return together and not set(one.people).isdisjoint(other.people)


def cost(wishes, choice):
    mentors = {w.identity: w.people[0] for w in wishes}
    total = sum(o.cost for o in choice.values())
    for (one, mine), (other, theirs) in combinations(choice.items(), 2):
        if mentors[one] == mentors[other]:
            a, b = mine.days[0], theirs.days[0]
            total += SAME_DAY * (a == b) + SAME_WEEK * (a.isocalendar()[:2] == b.isocalendar()[:2])
    return total
