"""What the planner promises for a whole year of any ordinary pair."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cadenced.core.availability import Busy
from cadenced.core.cadence import index_of, period
from cadenced.core.model import Horizon, Kind
from cadenced.core.slots import Taken
from tests.support.planning import plan_pair
from tests.support.programme import at, hours, pair, person, utc

YEAR = Horizon(ahead=timedelta(days=365))
NOW = utc("2026-11-24T09:00")
FREE = Taken()


def plan(p, standing=(), now=NOW, horizon=YEAR, busy=FREE):
    return plan_pair(p, standing, now, horizon, busy)


def wall(p, meeting):
    return meeting.start.astimezone(ZoneInfo(p.timezone)).replace(tzinfo=None)


def moved(meeting, **by):
    """As a human moves it: `placed` stays what the planner chose."""
    return replace(meeting, start=meeting.start + timedelta(**by), end=meeting.end + timedelta(**by))


INTERVALS = st.sampled_from(["1 month", "4 weeks", "6 weeks", "2 months", "10 weeks", "3 months"])
ZONES = st.sampled_from(
    ["UTC", "Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland", "America/Sao_Paulo"]
)
AGREED = st.lists(
    st.builds(
        lambda d, h: at(f"{d} {h:02}:00")[0], st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri"]), st.integers(9, 16)
    ),
    max_size=2,
).map(tuple)


@st.composite
def pairs(draw):
    zone = draw(ZONES)
    week = hours("Mon-Fri 08:00-18:00")
    return pair(
        start=draw(st.dates(date(2026, 6, 1), date(2027, 6, 30))),
        face_to_face=draw(INTERVALS),
        calls=draw(st.sampled_from([None, "2 weeks", "3 weeks", "1 month"])),
        agreed=draw(AGREED),
        mentor=person("maya", zone, week, calendar="maya"),
        protege=person("jonas", zone, week, calendar="jonas"),
    )


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_each_period_holds_exactly_one_face_to_face(p):
    meetings = [m for m in plan(p).meetings if m.identity.kind is Kind.FACE_TO_FACE]
    numbers = [index_of(p.start, p.face_to_face.every, wall(p, m).date()) for m in meetings]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert [m.identity.period for m in meetings] == [period(p, n).first for n in numbers]


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_face_to_face_meetings_keep_their_distance_and_never_grow_stale(p):
    meetings = [m for m in plan(p).meetings if m.identity.kind is Kind.FACE_TO_FACE]
    for one, two in itertools.pairwise(meetings):
        place = period(p, index_of(p.start, p.face_to_face.every, two.identity.period))
        gap = wall(p, two) - wall(p, one)
        assert place.length / 2 <= gap <= place.length * 1.5
        assert gap <= timedelta(days=92 + 14)


@given(pairs())
@settings(max_examples=60, deadline=None)
def test_calls_lie_between_their_neighbours(p):
    meetings = plan(p).meetings
    anchors = {m.identity.period: m.start for m in meetings if m.identity.kind is Kind.FACE_TO_FACE}
    for call in (m for m in meetings if m.identity.kind is Kind.CALL):
        here = index_of(p.start, p.face_to_face.every, call.identity.period)
        before, after = (anchors.get(period(p, n).first) for n in (here, here + 1))
        assert before is None or call.start > before
        assert after is None or call.start < after


@given(pairs())
@settings(max_examples=40, deadline=None)
def test_nobody_is_asked_to_two_meetings_at_once(p):
    meetings = plan(p).meetings
    assert all(one.end <= two.start for one, two in itertools.pairwise(meetings))


@given(pairs(), st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_planning_again_on_any_later_day_moves_nothing_that_stands(p, days):
    first = plan(p, horizon=Horizon()).meetings
    later = plan(p, first, now=NOW + timedelta(days=days), horizon=Horizon())
    assert set(first) <= set(later.meetings)
    assert later.dropped == ()


@given(pairs(), st.integers(0, 40), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_what_is_busy_beyond_the_horizon_moves_nothing_that_stands_before_it(p, after, days):
    first = plan(p, horizon=Horizon()).meetings
    end = max(first[-1].end, NOW + Horizon().ahead) + timedelta(days=after)
    later = plan(p, first, horizon=Horizon(), busy=Taken(Busy([(end, end + timedelta(days=days))])))
    face_to_face = [[m for m in each if m.identity.kind is Kind.FACE_TO_FACE] for each in (first, later.meetings)]
    assume(len(face_to_face[0]) == len(face_to_face[1]))  # else one comes before the horizon instead, as a neighbour
    assert set(first) <= set(later.meetings)
    assert later.dropped == ()


@given(pairs(), st.data())
@settings(max_examples=60, deadline=None)
def test_identity_is_stable_under_every_move(p, data):
    first = plan(p, horizon=Horizon()).meetings
    chosen = data.draw(st.sampled_from(first))
    standing = [moved(m, days=data.draw(st.integers(-20, 40))) if m is chosen else m for m in first]
    later = plan(p, standing, horizon=Horizon())
    identities = [m.identity for m in later.meetings]
    assert len(identities) == len(set(identities))
    kept = next(m for m in later.meetings if m.identity == chosen.identity)
    moved_one = next(m for m in standing if m.identity == chosen.identity)
    assert (kept.start, kept.end) == (moved_one.start, moved_one.end)


@given(pairs(), INTERVALS, AGREED)
@settings(max_examples=60, deadline=None)
def test_a_policy_edit_leads_to_a_plan_that_is_stable_again(p, interval, agreed):
    standing = plan(p, horizon=Horizon()).meetings
    other = pair(
        start=p.start, face_to_face=interval, calls="2 weeks", agreed=agreed, mentor=p.mentor, protege=p.protege
    )
    edited = plan(other, standing, horizon=Horizon())
    again = plan(other, edited.meetings, horizon=Horizon())
    assert again.meetings == edited.meetings
    assert again.dropped == ()
