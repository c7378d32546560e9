"""Lists of busy times: as few as say the same, and what is left of them."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.busytime import BusyTime, apart_from, clipped, merged
from tests.support.programme import utc

NOON = utc("2026-12-08T12:00")


def at(start, end, tentative=False):
    return BusyTime(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end), tentative)


def minutes(times):
    """What each minute is: taken (True), to be avoided (False); a minute that is free is missing."""
    found = {}
    for each in times:
        first, last = ((moment - NOON) // timedelta(minutes=1) for moment in (each.start, each.end))
        for minute in range(first, last):
            found[minute] = found.get(minute, False) or not each.tentative
    return found


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)
TIMES = st.lists(st.tuples(SPANS, st.booleans()).map(lambda each: at(*each[0], each[1])), max_size=12)


class TestMerging:
    def test_what_touches_becomes_one(self):
        assert merged([at(30, 60), at(0, 30)]) == (at(0, 60),)

    def test_what_is_taken_outweighs_what_is_tentative(self):
        times = [at(0, 60, tentative=True), at(20, 30)]
        assert merged(times) == (at(0, 20, tentative=True), at(20, 30), at(30, 60, tentative=True))

    def test_a_time_of_no_length_is_none(self):
        assert merged([at(10, 10), at(20, 15)]) == ()

    @given(TIMES)
    def test_it_says_the_same_of_every_minute_in_order_and_apart(self, times):
        found = merged(times)
        assert minutes(found) == minutes(times)
        assert all(
            one.end < other.start or (one.end == other.start and one.tentative != other.tentative)
            for one, other in pairwise(found)
        )


class TestTakingAway:
    @given(TIMES, st.lists(SPANS, max_size=6))
    def test_what_is_left_is_what_is_in_none_of_the_spans(self, times, spans):
        away = minutes(at(*span) for span in spans)
        left = apart_from(times, [(at(*span).start, at(*span).end) for span in spans])
        assert minutes(left) == {minute: taken for minute, taken in minutes(times).items() if minute not in away}

    @given(TIMES, SPANS)
    def test_what_is_clipped_lies_within(self, times, span):
        low, high = span
        left = clipped(times, (at(low, high).start, at(low, high).end))
        assert minutes(left) == {minute: taken for minute, taken in minutes(times).items() if low <= minute < high}
