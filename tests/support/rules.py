"""Rules of recurrence as nobody would write them: of any parts, whether or not they fit each other."""

from hypothesis import strategies as st


def some(numbers, most=3):
    return st.lists(st.sampled_from(list(numbers)), min_size=1, max_size=most, unique=True)


def signed(*bounds):
    return some([n for bound in bounds for n in (bound, -bound)])


WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = {
    "BYMONTH": some(range(1, 13)),
    "BYMONTHDAY": signed(1, 2, 8, 15, 28, 29, 30, 31),
    "BYYEARDAY": signed(1, 2, 59, 60, 100, 200, 300, 365, 366),
    "BYWEEKNO": signed(1, 2, 20, 51, 52, 53),
    "BYHOUR": some(range(24)),
    "BYMINUTE": some((0, 15, 30)),
    "BYSETPOS": signed(1, 2, 3, 5, 9),
    "WKST": some(WEEKDAYS, 1),
}
PLACES = st.tuples(st.sampled_from((-5, -2, -1, 1, 2, 3, 5)), st.sampled_from(WEEKDAYS)).map("{0[0]}{0[1]}".format)


@st.composite
def rules(draw, most=4):
    """A rule of parts that need not fit each other."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    names = draw(st.lists(st.sampled_from([*PARTS, "BYDAY"]), max_size=most, unique=True))
    values = {name: draw(PARTS[name]) for name in names if name in PARTS}
    if "BYDAY" in names:
        values["BYDAY"] = draw(st.one_of(some(WEEKDAYS), st.lists(PLACES, min_size=1, max_size=3)))
    values["INTERVAL"] = [draw(st.sampled_from((1, 1, 1, 2, 3, 7, 12)))]
    values |= draw(st.sampled_from([{}, {}, {"COUNT": [5]}, {"COUNT": [40]}, {"UNTIL": ["99971001T100000"]}]))
    return frequency, values


def text(frequency, values):
    parts = (f"{name}={','.join(map(str, several))}" for name, several in values.items())
    return ";".join([f"FREQ={frequency}", *parts])
