"""The year as a picture: everything in its place, and nothing outside of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cadenced.wire.timeline import LEFT, RIGHT, WIDTH, timeline
from tests.support.programme import utc

FIRST, LAST = utc("2026-12-01T00:00"), utc("2027-12-01T00:00")


@given(st.lists(st.integers(-1000, 10_000), min_size=2))
def test_what_is_later_stands_further_right_and_nothing_leaves_the_year(hours):
    moments = [FIRST + timedelta(hours=each) for each in sorted(hours)]
    drawn = timeline((FIRST, LAST), [], [], [("Mails", "mail", [(each, each, "") for each in moments])])
    places = [mark.x for mark in drawn.lanes[0].marks]
    assert places == sorted(places)
    assert all(LEFT <= place <= WIDTH - RIGHT for place in places)


def test_months_stand_side_by_side_from_end_to_end():
    middle = FIRST + (LAST - FIRST) / 2
    drawn = timeline((FIRST, LAST), [(FIRST, middle, "1"), (middle, LAST, "2")], [], [])
    one, two = drawn.months
    assert (one.x, one.x + one.width) == (LEFT, two.x)
    assert two.x + two.width == WIDTH - RIGHT


def test_each_lane_has_a_line_of_its_own_within_the_picture():
    drawn = timeline((FIRST, LAST), [], [], [(name, "mail", []) for name in "abc"])
    lines = [lane.y for lane in drawn.lanes]
    assert lines == sorted(set(lines))
    assert lines[-1] < drawn.height
