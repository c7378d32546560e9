"""An explanation says what the planner does, and no more."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.bookings import Bookings
from cadenced.core.explaining import explain
from cadenced.core.hindrances import Cause, Hindrance, taken
from cadenced.core.model import Horizon, Limits, State, Tries
from cadenced.core.plan import plan_scene
from cadenced.core.scene import Scene
from tests.support.pairs import busy_times, moved, pairs
from tests.support.programme import at, pair, utc

NOW = utc("2026-11-24T09:00")
MONTHLY = pair(calls=None, agreed=at("Tue 17:30"))


def scene(p=MONTHLY, standing=(), hindrances=()):
    return Scene(p, standing, NOW, Horizon(), taken(hindrances, None))


def explained(p=MONTHLY, standing=(), hindrances=()):
    return explain(scene(p, standing, hindrances), hindrances)


STANDING = plan_scene(scene()).meetings


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_cheapest_candidate_is_what_the_planner_chose(data):
    p = data.draw(pairs())
    busy = [Hindrance(*span, p.mentor.id, Cause.BUSY) for span in data.draw(busy_times(NOW))]
    soft = [Hindrance(*span, p.protege.id, Cause.TENTATIVE) for span in data.draw(busy_times(NOW))]
    now = utc(f"{p.start + timedelta(days=data.draw(st.integers(-40, 60)))}T09:00")
    bookings = Bookings(
        p.people, [(p.mentor.id, start, start + timedelta(hours=1)) for start, _ in data.draw(busy_times(NOW))]
    )
    found = explain(Scene(p, (), now, Horizon(), taken([*busy, *soft], bookings)), [*busy, *soft])
    for each in found:
        assert each.best is not None
        assert each.best.start == each.meeting.start
        assert all(c.cost >= each.best.cost for c in each.candidates if not c.against)


def test_what_rules_a_time_out_is_named_with_the_person():
    day = utc("2026-12-01T00:00")
    away = Hindrance(day, day + timedelta(days=1), "jonas", Cause.HOLIDAY, "St Andrew's Day")
    first = explained(hindrances=[away])[0]
    [told] = {c.against for c in first.candidates if c.start == utc("2026-12-01T17:30")}
    assert told == "Jonas has a holiday (St Andrew's Day)"


def test_what_stands_is_compared_with_what_would_be_chosen_today():
    kept = moved(STANDING[0], timedelta(days=1))
    standing = (replace(kept, placed=(kept.start, kept.end)), *STANDING[1:])  # ours, on another day than today's best
    first = explained(standing=standing)[0]
    assert not first.new
    assert first.best.start == STANDING[0].start


def test_a_refused_time_is_ruled_out_for_that():
    tried = replace(STANDING[0], tries=Tries(1, NOW, (STANDING[0].start - timedelta(days=7),)))
    first = explained(standing=(tried, *STANDING[1:]))[0]
    assert [c.against for c in first.candidates if c.start in tried.tries.refused] == ["somebody said no to it"]


def test_a_meeting_that_is_off_is_explained_as_what_it_is():
    off = replace(STANDING[0], state=State.CANCELLED)
    assert explained(standing=(off, *STANDING[1:]))[0].meeting == off


def test_a_declined_time_is_no_candidate_for_itself():
    off = replace(STANDING[0], state=State.DECLINED, tries=Tries(1, NOW))  # it rests, and keeps its place till tomorrow
    first = explained(standing=(off, *STANDING[1:]))[0]
    assert first.meeting == off
    assert [c.against for c in first.candidates if c.start == off.start] == ["somebody said no to it"]


def test_that_it_was_chosen_is_not_held_against_a_time():
    """Towards a limit of one meeting a week."""
    few = replace(MONTHLY, mentor=replace(MONTHLY.mentor, limits=Limits(per_week=1)))
    for each in explain(Scene(few, (), NOW, Horizon(), taken((), Bookings(few.people))), ()):
        assert each.best is not None
        assert each.best.start == each.meeting.start
