"""Whether a time that somebody proposes can be taken: by the rules of the planner, and with times of its choice."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cadenced.core.bookings import Bookings
from cadenced.core.fitting import Against, Fit, Misfit, fit
from cadenced.core.hindrances import Cause, Hindrance, taken
from cadenced.core.jointly import plan_scene
from cadenced.core.model import DateRange, Horizon, Limits, State, Tries
from cadenced.core.scene import Scene
from cadenced.core.slots import Obstacle
from tests.support.pairs import busy_times, half_hours, moved, pairs, suits, wall
from tests.support.programme import at, pair, person, utc
from tests.support.programme import hours as hours_of

NOW = utc("2026-11-24T09:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = pair()  # London 8:30 to 18:00 and Berlin 9 to 17: in London, 8:30 to 16:00


def scene(p=PAIR, standing=None, hindrances=(), bookings=None):
    empty = Scene(p, (), NOW, Horizon(), taken(hindrances, bookings))
    return replace(empty, standing=plan_scene(empty).meetings if standing is None else standing)


def fits(start, of=None, hours=1, hindrances=(), **more):
    """Of the first face-to-face meeting, unless another is named."""
    around = scene(hindrances=hindrances, **more)
    meeting = of or around.standing[0]
    begin = utc(f"2026-12-{start}") if isinstance(start, str) else start
    return fit(around, hindrances, meeting, (begin, begin + hours * HOUR))


def busy(start, who="jonas", cause=Cause.BUSY, words=""):
    begin = utc(f"2026-12-{start}")
    return Hindrance(begin, begin + HOUR, who, cause, words)


def test_a_time_within_the_hours_of_both_fits_and_nothing_else_is_offered():
    assert fits("10T10:00") == Fit()


def test_so_does_the_time_that_it_has():
    assert fits(scene().standing[0].start) == Fit()


def test_so_does_one_far_from_its_period_for_it_is_their_word():
    assert fits(utc("2027-03-11T10:00")) == Fit()


def test_so_does_one_that_the_two_agreed_on_be_it_outside_their_hours():
    assert fits("10T19:00", p=pair(agreed=at("Thu 19:00"))) == Fit()


@pytest.mark.parametrize(
    ("start", "hindrances", "against"),
    [
        ("10T17:00", (), [Against(Obstacle.HOURS)]),
        ("12T10:00", (), [Against(Obstacle.HOURS)]),  # a Saturday
        ("10T10:00", (busy("10T10:30"), busy("10T09:30")), [Against(Cause.BUSY, "jonas")]),
        (
            "10T10:00",
            (
                busy("10T10:30"),
                busy("10T09:30", "maya", Cause.MEETING, "maya-zoe"),
                busy("10T10:30", "maya", Cause.TRAVEL),
                busy("10T11:00"),
                busy("10T09:00", "maya", Cause.LEAVE),
            ),
            [Against(Cause.BUSY, "jonas"), Against(Cause.MEETING, "maya")],
        ),
        ("10T10:00", (busy("10T10:30", cause=Cause.HOLIDAY, words="Advent"),), [Against(Cause.HOLIDAY, "jonas")]),
    ],
)
def test_what_rules_it_out_is_said_and_three_times_on_three_days_are_offered(start, hindrances, against):
    found = fits(start, hindrances=hindrances)
    assert list(found.against) == against
    assert len({begin.date() for begin, _ in found.offers}) == 3
    for begin, end in found.offers:
        assert end - begin == HOUR
        assert fits(begin, hindrances=hindrances) == Fit()


def test_what_may_be_in_the_way_is_not():
    assert fits("10T10:00", hindrances=(busy("10T10:30", cause=Cause.TENTATIVE),)) == Fit()


def test_tomorrow_s_first_hour_is_too_soon_and_so_is_yesterday():
    for start in (NOW + 23 * HOUR, NOW - DAY):
        assert fits(start).against == (Against(Obstacle.SOON),)


def test_a_day_on_which_the_pair_pauses_is_none():
    paused = replace(PAIR, pause=(DateRange(date(2026, 12, 10), date(2026, 12, 11)),))
    assert fits("10T10:00", p=paused).against == (Against(Obstacle.PAUSE),)


def test_a_week_in_which_somebody_meets_as_often_as_they_will_is_none():
    few = pair(calls=None, mentor=replace(PAIR.mentor, limits=Limits(per_week=1)))
    begin = utc("2026-12-15T10:00")
    bookings = Bookings(few.people, [("maya", begin, begin + HOUR)])
    assert fits("17T10:00", p=few, bookings=bookings).against == (Against(Obstacle.LIMIT),)
    assert fits("10T10:00", p=few, bookings=bookings) == Fit()


def test_a_time_that_was_refused_is_none_and_is_not_offered():
    first = scene().standing[0]
    declined = replace(first, state=State.DECLINED)
    before = replace(first, start=first.start + DAY, end=first.end + DAY, tries=Tries(1, NOW, (first.start,)))
    for meeting in (declined, before):
        found = fits(first.start, of=meeting, standing=(meeting, *scene().standing[1:]))
        assert found.against == (Against(Obstacle.REFUSED),)
        assert first.start not in {begin for begin, _ in found.offers}


def test_one_that_is_off_can_be_put_on_again_at_a_time():
    off = replace(scene().standing[0], state=State.CANCELLED)
    assert fits("10T10:00", of=off, standing=(off,)) == Fit()


def test_a_longer_meeting_must_fit_to_its_end():
    assert fits("10T10:00", hours=6) == Fit()
    assert fits("10T10:00", hours=7).against == (Against(Obstacle.HOURS),)


@pytest.mark.parametrize("hours", [-1, 0, 25, 24 * 365 * 100])
def test_what_is_no_length_of_a_meeting_is_refused_with_times_that_would_do(hours):
    """Theirs who are there day and night, on a day on which clocks change: each minute would be looked at."""
    always = hours_of("Mon-Sun 00:00-24:00")
    anytime = pair(mentor=person("maya", "Europe/London", always), protege=person("jonas", "Europe/Berlin", always))
    found = fits(utc("2027-03-28T00:30"), hours=hours, p=anytime)
    assert found.against == (Against(Misfit.LENGTH),)
    assert len(found.offers) == 3


def test_a_call_of_a_policy_without_calls_has_no_other_time():
    call = scene().standing[1]
    assert fits("10T10:00", of=call, p=pair(calls=None), standing=(call,)) == Fit((Against(Misfit.NO_CALLS),))


def test_where_the_two_have_another_meeting_themselves_nobody_is_named():
    """For a human put it there, so that it does not give way."""
    first, call, *_ = scene().standing
    call = moved(call, timedelta(minutes=30))
    assert fits(call.start, of=first, standing=(first, call)).against == (Against(Obstacle.TAKEN),)


def test_one_that_today_s_policy_has_no_place_for_can_be_moved_although_no_other_time_is_known():
    """It is of a period long gone by."""
    old = scene().standing[0]
    old = replace(old, identity=replace(old.identity, period=date(2025, 1, 1)))
    assert fits("10T10:00", of=old, standing=(old,)) == Fit()
    assert fits("12T10:00", of=old, standing=(old,)) == Fit((Against(Obstacle.HOURS),))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_time_fits_when_somebody_with_both_diaries_in_hand_would_say_so(data):
    p = data.draw(pairs())
    now = utc(f"{p.start + timedelta(days=data.draw(st.integers(-40, 60)))}T09:00")
    away = [Hindrance(*span, p.mentor.id, Cause.BUSY) for span in data.draw(busy_times(now))]
    empty = Scene(p, (), now, Horizon(), taken(away, None))
    meetings = plan_scene(empty).meetings
    assume(meetings)
    meeting = data.draw(st.sampled_from(meetings))
    around = replace(empty, standing=(meeting,))  # with nothing else of the two in the way
    first = wall(p, now + 2 * DAY)
    begin = data.draw(st.sampled_from(list(half_hours(p, first, first + 14 * DAY))))
    span = (begin, begin + (meeting.end - meeting.start))
    found = fit(around, away, meeting, span)
    free = not any(each.start < span[1] and span[0] < each.end for each in away)
    assert (not found.against) is (free and suits(p, meeting.identity.kind, *span))
    for each in found.offers:
        assert fit(around, away, meeting, each) == Fit()
