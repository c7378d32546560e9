"""An explanation says what the planner does, and no more."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.bookings import Bookings
from cadenced.core.cadence import call_slots, period
from cadenced.core.explaining import Gap, explain, explain_gaps
from cadenced.core.hindrances import Cause, Hindrance, taken
from cadenced.core.jointly import plan_scene
from cadenced.core.model import DateRange, Horizon, Kind, Limits, State, Tries
from cadenced.core.scene import Scene
from cadenced.core.slots import TIER
from cadenced.core.weekview import Half
from cadenced.core.windows import call_tiers, face_to_face_tiers
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
    assert first.before.start == first.meeting.start != first.best.start == STANDING[0].start


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


def test_a_meeting_that_gives_way_is_told_with_the_time_that_it_had():
    off = replace(STANDING[0], state=State.DECLINED)
    first = explained(standing=(off, *STANDING[1:]))[0]
    assert (first.moves, first.before) == (True, off)
    assert first.best.start == first.meeting.start != off.start
    assert first.meeting.reason == f"somebody can't at the time before; {first.because}"


def test_a_time_that_lost_is_told_what_it_gives_up_and_not_why_one_would_take_it():
    """Nobody would choose a time "for nothing earlier was free" where something earlier was."""
    first = explained()[0]
    told = {words for c in first.candidates for words, points in c.parts if points >= TIER}
    assert {
        "not a time the two agreed on",
        "later in its period",
        "not a time the two agreed on and later in its period",
    } <= told
    assert "for nothing earlier was free" not in str(first.candidates)
    assert first.because == "early in its period; a time the two agreed on"


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_every_tier_has_words_for_what_a_time_there_gives_up(data):
    p, lower = data.draw(pairs()), data.draw(st.integers(-20, 20))
    place = period(p, 1)
    neighbours = sorted(place.target + timedelta(days=d) for d in (lower, 40))
    tiers = [*face_to_face_tiers(place, neighbours, p.face_to_face)]
    for slot in call_slots(p, place, place.target, place.target + place.length):
        tiers += call_tiers(slot, slot.reach, p.calls)
    assert all(tier.why and tier.lost and tier.why != tier.lost for tier in tiers)


def limited(**limits) -> Scene:
    """Maya has a meeting with somebody else on Wednesday the ninth."""
    maya = replace(MONTHLY.mentor, limits=Limits(**limits))
    mine = replace(MONTHLY, mentor=maya)
    elsewhere = [("maya", utc("2026-12-09T10:00"), utc("2026-12-09T12:00"))]
    return Scene(mine, (), NOW, Horizon(), taken((), Bookings(mine.people, elsewhere)))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"per_week": 1}, "Maya has one meeting that week and gives no more (max_per_week)"),
        ({"minutes_per_month": 150}, "Maya would give more than 2.5 hours in December (hours_per_month)"),
        (
            {"per_week": 9, "minutes_per_month": 150},
            "Maya would give more than 2.5 hours in December (hours_per_month)",
        ),
    ],
)
def test_a_limit_is_named_with_whose_it_is_and_which(limits, words):
    by_hand = moved(STANDING[0], timedelta(days=3))
    first = explain(replace(limited(**limits), standing=(by_hand,)), ())[0]
    [told] = {c.against for c in first.candidates if c.start == utc("2026-12-08T17:30")}
    assert told == words


def half(explanation, moment: str) -> Half:
    wall = datetime.fromisoformat(moment)
    return dict(explanation.week)[wall.date()][wall.hour * 2 + wall.minute // 30]


def test_the_week_shows_what_keeps_the_two_from_every_half_hour():
    busy = Hindrance(utc("2026-12-07T10:00"), utc("2026-12-07T11:00"), "jonas", Cause.BUSY)
    doubt = Hindrance(utc("2026-12-09T10:00"), utc("2026-12-09T11:00"), "jonas", Cause.TENTATIVE)
    first = explained(hindrances=[busy, doubt])[0]
    assert first.meeting.start == utc("2026-12-08T17:30")
    shown = ["2026-12-08T17:30", "2026-12-07T10:30", "2026-12-09T10:30", "2026-12-10T10:30", "2026-12-12T10:30"]
    assert [half(first, each) for each in shown] == [Half.CHOSEN, Half.TAKEN, Half.PERHAPS, Half.FREE, Half.CLOSED]


def test_the_week_shows_where_a_limit_or_another_meeting_of_theirs_stands_against_it():
    scene = limited(per_week=1)
    start, hour = utc("2026-12-11T09:00"), timedelta(hours=1)
    [first, *_] = plan_scene(replace(scene, taken=taken((), None))).meetings
    here = replace(first, start=start, end=start + hour)  # by a human, whatever the limit says
    second = replace(here, identity=replace(first.identity, kind=Kind.CALL, index=1), start=start - 3 * hour)
    second = replace(second, end=second.start + hour)
    told = next(e for e in explain(replace(scene, standing=(here, second)), ()) if e.meeting.start == start)
    assert half(told, "2026-12-11T09:00") is Half.CHOSEN
    assert half(told, "2026-12-11T06:30") is Half.OTHER
    assert half(told, "2026-12-10T10:00") is Half.FULL


def test_a_time_that_somebody_refused_is_not_free_in_the_week():
    tried = replace(STANDING[0], tries=Tries(1, NOW, (utc("2026-12-10T10:00"),)))
    first = explained(standing=(tried, *STANDING[1:]))[0]
    assert [half(first, f"2026-12-10T{each}") for each in ("10:30", "11:00")] == [Half.TAKEN, Half.FREE]


def test_a_period_without_a_time_is_told_with_what_ruled_its_times_out():
    december = Hindrance(utc("2026-12-01T00:00"), utc("2027-01-01T00:00"), "maya", Cause.LEAVE)
    around = scene(hindrances=[december])
    plan = plan_scene(around)
    [gap] = explain_gaps(around, [december], plan.gaps)
    assert gap.words == "no time for a face-to-face meeting between 2026-12-01 and 2026-12-31"
    assert set(gap.against) == {"Maya is on leave"}


def test_a_gap_that_no_place_looked_for_is_told_as_it_is():
    assert explain_gaps(scene(), (), ["no time nearer"]) == [Gap("no time nearer", {})]


DECEMBER = DateRange(date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("p", "meeting", "now", "because"),
    [
        (MONTHLY, replace(STANDING[0], identity=replace(STANDING[0].identity, period=date(2026, 12, 2))), NOW, "older"),
        (MONTHLY, moved(STANDING[0], timedelta(days=30)), utc("2027-01-02T09:00"), "ends on 31 December"),
        (replace(MONTHLY, pause=(DECEMBER,)), STANDING[0], NOW, "the pair pauses"),
        (replace(MONTHLY, end=date(2026, 11, 30)), STANDING[0], NOW, "the pair has ended by then"),
    ],
)
def test_where_nothing_is_looked_for_it_is_told_why(p, meeting, now, because):
    by_hand = replace(meeting, placed=(meeting.start - timedelta(days=1), meeting.end))
    [told] = explain(replace(scene(p, (by_hand,)), now=now), (), [by_hand])
    assert told.target is None
    assert because in told.because
