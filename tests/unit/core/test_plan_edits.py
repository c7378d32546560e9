"""What an edit of the file does to a plan that stands."""

from dataclasses import replace
from datetime import date

import pytest

from cadenced.core.bookings import Bookings
from cadenced.core.jointly import plan_scene
from cadenced.core.model import DateRange, Every, Horizon, Kind, Limits, State
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from cadenced.core.stability import rules_of
from tests.support.pairs import moved
from tests.support.planning import FIRST, NOW, TUESDAY, YEAR, by, days, monthly, plan
from tests.support.programme import at, hours, pair, person, starts, utc


def test_the_plan_that_the_following_tests_edit():
    assert days(FIRST) == ["12-08", "01-05", "02-09", "03-09", "04-06", "05-04"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: replace(p, mentor=replace(p.mentor, name="Maya O.", email="m@example.org", language="de")),
        lambda p: replace(p, face_to_face=replace(p.face_to_face, where="The Crown")),
        lambda p: replace(p, focus=("negotiation",), roadmap_month=4),
        lambda p: replace(p, pause=(DateRange(date(2028, 1, 1), date(2028, 2, 1)),)),
        lambda p: replace(p, end=date(2027, 12, 31)),
        lambda p: replace(p, mentor=replace(p.mentor, available=hours("Mon-Sun 06:00-22:00"))),
        lambda p: replace(p, protege=replace(p.protege, manager="boss@example.org", calendar=None)),
    ],
)
def test_an_edit_that_forbids_nothing_moves_nothing(edit):
    before = plan(pair()).meetings
    assert starts(plan(edit(pair()), before).meetings) == starts(before)


@pytest.mark.parametrize(
    "edit",
    [
        lambda p: replace(p, face_to_face=replace(p.face_to_face, at=at("Thu 12:00"))),
        lambda p: replace(p, mentor=replace(p.mentor, available=hours("Mon-Sun 18:00-22:00"))),
        lambda p: replace(p, face_to_face=replace(p.face_to_face, minutes=240)),
        lambda p: replace(p, timezone="Asia/Tokyo"),
        lambda p: replace(p, mentor=replace(p.mentor, timezone="Europe/Athens")),
        lambda p: replace(p, calls=replace(p.calls, every=Every(days=21))),
    ],
)
def test_an_edit_moves_meetings_and_changes_nobody_s_identity(edit):
    before = [m for m in plan(pair()).meetings if m.identity.kind is Kind.FACE_TO_FACE]
    after = plan(edit(pair()), plan(pair()).meetings)
    assert [m.uid for m in after.meetings if m.identity.kind is Kind.FACE_TO_FACE] + [
        m.uid for m in after.dropped if m.identity.kind is Kind.FACE_TO_FACE
    ] == [m.uid for m in before]


def test_a_longer_meeting_moves_where_it_would_outlast_somebody_s_day():
    """The protege's day ends at 17:00 in Berlin, which is 16:00 here: an hour from 15:00 fits, and two do not."""
    p = pair(calls=None)
    late = replace(FIRST[0], start=utc("2026-12-07T15:00"), end=utc("2026-12-07T16:00"), rules=rules_of(p))
    late = replace(late, placed=(late.start, late.end))
    assert plan(p, (late,)).meetings[0] == late
    longer = plan(pair(calls=None, minutes=120), (late,)).meetings[0]
    assert (longer.identity, f"{longer.start:%d %H:%M}", f"{longer.end:%H:%M}") == (late.identity, "07 08:30", "10:30")


def test_a_meeting_of_a_human_s_length_keeps_it_when_the_policy_changes_its_own():
    pinned = replace(FIRST[0], end=FIRST[0].end + by(minutes=30))
    after = plan(monthly(minutes=45), (pinned, *FIRST[1:])).meetings
    assert after[0] == pinned
    assert {m.end - m.start for m in after[1:]} == {by(minutes=45)}


def test_monthly_to_six_weeks_in_january_keeps_one_meeting_for_each_new_period():
    """Periods from 1 Dec, 12 Jan, 23 Feb, 6 Apr, 18 May: February's and March's fit, May's fits, April's neighbour."""
    now = utc("2027-01-20T09:00")
    after = plan(replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(days=42))), FIRST, now=now)
    assert days(after.meetings)[:5] == ["12-08", "01-05", "02-09", "03-09", "04-06"]
    assert days(after.dropped) == ["05-04"]
    assert after.dropped[0].reason == "the policy's grid has no place for it any more"


def test_monthly_to_quarterly_drops_what_lies_between():
    quarterly = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(months=3)))
    after = plan(quarterly, FIRST, now=utc("2027-01-20T09:00"))
    assert days(after.meetings)[:3] == ["12-08", "01-05", "03-09"]  # what was stays, and March's fits the new quarter
    assert days(after.dropped) == ["02-09", "04-06", "05-04"]


def test_quarterly_to_monthly_fills_the_months_between():
    quarterly = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(months=3)))
    before = plan(quarterly).meetings  # 22 Dec, 16 Mar
    after = plan(monthly(), before, now=utc("2027-01-05T09:00"))
    assert days(after.meetings)[:4] == ["12-22", "01-12", "02-09", "03-16"]
    assert after.dropped == ()


def test_a_policy_that_goes_and_comes_back_brings_the_same_identities():
    quarterly = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(months=3)))
    there = plan(quarterly, FIRST)
    back = plan(monthly(), there.meetings)
    assert [m.uid for m in back.meetings] == [m.uid for m in FIRST]


def test_what_a_human_placed_fills_its_new_period_and_what_nobody_touched_makes_way():
    """Quarters from 1 December: of its three meetings January's was moved, so it is January's that stays."""
    pinned = moved(FIRST[1], by(days=1))
    quarterly = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(months=3)))
    after = plan(quarterly, (FIRST[0], pinned, *FIRST[2:]))
    assert days(after.meetings)[:2] == ["01-06", "03-09"]
    assert days(after.dropped) == ["12-08", "02-09", "04-06", "05-04"]


def test_what_a_human_placed_fills_its_new_period_even_where_there_is_room_for_both():
    """Of the quarter's three, February's was moved to the 20th, two months and a half after December's."""
    pinned = moved(FIRST[2], by(days=11))
    quarterly = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(months=3)))
    after = plan(quarterly, (*FIRST[:2], pinned, *FIRST[3:]))
    assert days(after.meetings)[0] == "02-20"
    assert days(after.dropped)[:2] == ["12-08", "01-05"]


@pytest.mark.parametrize(("distance", "stays"), [(21, True), (20, False)])
def test_half_an_interval_apart_is_far_enough_and_a_day_less_is_not(distance, stays):
    six_weeks = pair(face_to_face="6 weeks", agreed=TUESDAY, calls=None)
    before = plan(six_weeks).meetings
    pinned = moved(before[0], before[1].start - by(days=distance) - before[0].start)
    assert (before[1] in plan(six_weeks, (pinned, *before[1:])).meetings) is stays


def test_what_is_off_fills_no_period_of_a_new_grid_where_something_stands():
    """Six weeks from 12 January hold January's meeting of the 13th, cancelled, and February's."""
    off = replace(moved(FIRST[1], by(days=8)), state=State.CANCELLED)
    six_weeks = replace(monthly(), face_to_face=replace(monthly().face_to_face, every=Every(days=42)))
    after = plan(six_weeks, (FIRST[0], off, *FIRST[2:]))
    assert off in after.meetings
    assert "02-09" in days(after.meetings)


@pytest.mark.parametrize("limits", [Limits(per_week=1), Limits(minutes_per_month=60), Limits()])
def test_what_the_file_moves_takes_nothing_of_a_limit_at_the_time_that_it_leaves(limits):
    def meets(*available):
        maya = person("maya", "Europe/London", hours(*available), limits=limits)
        return replace(monthly(), mentor=maya, face_to_face=replace(monthly().face_to_face, at=()))

    def planned(p, standing=()):
        return plan_scene(Scene(p, standing, NOW, Horizon(), Taken(bookings=Bookings(p.people))))

    before = planned(meets("Mon-Fri 09:00-12:00"))
    after = planned(meets("Mon-Fri 13:00-17:00"), before.meetings)
    assert days(after.meetings) == days(before.meetings)
    assert {m.start.hour for m in after.meetings} == {13}
    assert (after.dropped, after.gaps) == ((), ())


def test_a_length_for_which_there_are_no_hours_is_the_files_word_and_a_meeting_is_back_as_soon_as_it_is_taken_back():
    two = [person(name, "Europe/London", hours("Tue 17:00-18:00")) for name in ("maya", "jonas")]
    short = pair(start=date(2026, 12, 1), mentor=two[0], protege=two[1], calls=None, minutes=60)
    long = replace(short, face_to_face=replace(short.face_to_face, minutes=90))
    before = plan(short)
    gone = plan(long, before.meetings)
    assert (gone.meetings, gone.fallen) == ((), ())
    assert plan(short, gone.meetings).meetings == before.meetings


def test_of_the_last_days_before_the_end_of_a_pair_nobody_misses_a_meeting():
    ends = pair(start=date(2026, 8, 1), end=date(2027, 8, 1))  # a Sunday, on which the last period begins
    assert plan(ends, now=utc("2027-07-01T09:00")).gaps == ()
    half = replace(ends, end=date(2027, 8, 16))
    full = [(utc("2027-08-01"), utc("2027-09-01"))]
    assert "no time for a face-to-face meeting" in plan(half, now=utc("2027-07-01T09:00"), busy=full).gaps[0]
    assert {m.reason for m in plan(monthly(end=date(2026, 12, 31)), FIRST).dropped} == {"the pair has ended by then"}


def test_a_new_start_keeps_what_fits_the_new_grid():
    after = plan(monthly(start=date(2026, 12, 4)), FIRST)
    assert after.meetings[:6] == FIRST
    assert after.dropped == ()


def test_fewer_calls_keep_those_that_fit():
    before = plan(pair()).meetings
    after = plan(pair(calls="1 month"), before)
    assert {m.identity.kind for m in after.dropped} == {Kind.CALL}
    stood = {(m.identity, m.start, m.tries) for m in before}
    kept = [m for m in after.meetings if m.identity.kind is Kind.CALL and (m.identity, m.start, m.tries) in stood]
    assert len(kept) == len([m for m in after.meetings if m.identity.kind is Kind.CALL])


def test_calls_take_place_at_the_agreed_time_whenever_it_is_within_reach():
    p = pair(agreed=TUESDAY, agreed_calls=at("Wed 12:00"))
    for start in range(28):
        p = replace(p, start=date(2026, 12, 1) + by(days=start))
        calls = [m for m in plan(p, horizon=YEAR).meetings if m.identity.kind is Kind.CALL]
        assert {f"{m.start:%a}" for m in calls} == {"Wed"}


# --- pauses and the end


def test_a_pause_takes_out_what_nobody_touched_and_says_so_and_leaves_no_gap():
    pinned = moved(FIRST[2], by(days=1))
    paused = monthly(pause=(DateRange(date(2027, 1, 1), date(2027, 2, 28)),))
    after = plan(paused, (*FIRST[:2], pinned, *FIRST[3:]))
    assert [(days([m]), m.reason) for m in after.dropped] == [(["01-05"], "the pair pauses then")]
    assert pinned in after.meetings
    assert after.gaps == ()


def test_a_pause_that_is_lifted_brings_the_same_meetings_back():
    paused = monthly(pause=(DateRange(date(2027, 1, 1), date(2027, 2, 28)),))
    assert plan(monthly(), plan(paused, FIRST).meetings).meetings == FIRST


def test_a_pause_over_part_of_a_period_moves_its_meeting_into_the_rest():
    after = plan(monthly(pause=(DateRange(date(2027, 1, 1), date(2027, 1, 14)),)), FIRST)
    assert days(after.meetings) == ["12-08", "01-19", "02-09", "03-09", "04-06", "05-04"]


def test_the_first_meeting_after_a_pause_is_as_early_as_its_period_lets_it_be():
    every = "3 months"
    usual = plan(pair(face_to_face=every, calls=None))
    assert days(usual.meetings) == ["12-18", "03-19"]  # a fifth of each quarter
    paused = plan(pair(face_to_face=every, calls=None, pause=(DateRange(date(2026, 12, 30), date(2027, 1, 31)),)))
    assert days(paused.meetings) == ["12-18", "03-01"]
    longer = plan(pair(face_to_face=every, calls=None, pause=(DateRange(date(2026, 12, 30), date(2027, 3, 9)),)))
    assert days(longer.meetings) == ["12-18", "03-12"]  # two days later, a Friday again


def test_a_pause_takes_away_what_is_about_to_begin_but_what_has_begun_or_a_human_placed():
    paused, freeze = monthly(pause=(DateRange(date(2026, 12, 8), date(2026, 12, 20)),)), by(days=1)
    assert days(plan(paused, FIRST, now=FIRST[0].start - freeze).dropped) == []  # it has another time in its period
    whole = monthly(pause=(DateRange(date(2026, 12, 8), date(2027, 1, 1)),))
    assert days(plan(whole, FIRST, now=FIRST[0].start - freeze).dropped) == ["12-08"]
    assert FIRST[0] in plan(whole, FIRST, now=FIRST[0].start + by(minutes=5)).meetings
    pinned = moved(FIRST[0], by(hours=1))
    assert pinned in plan(whole, (pinned, *FIRST[1:]), now=FIRST[0].start - freeze).meetings


def test_a_long_pause_holds_no_calls_and_no_complaints_about_them():
    after = plan(pair(pause=(DateRange(date(2026, 12, 20), date(2027, 3, 10)),)))
    assert not [m for m in after.meetings if date(2026, 12, 20) <= m.start.date() <= date(2027, 3, 10)]
    assert after.gaps == ()


def test_nothing_is_planned_after_a_pair_s_last_day_and_nothing_is_missed():
    after = plan(monthly(end=date(2027, 2, 9)), FIRST)
    assert days(after.meetings) == ["12-08", "01-05", "02-09"]
    assert days(after.dropped) == ["03-09", "04-06", "05-04"]
    assert after.gaps == ()


# --- beginnings


def test_a_pair_that_joins_late_in_a_period_begins_with_the_next_one():
    """In the last thirty percent of a period, its meeting would be too near to that of the next."""
    p = pair(start=date(2026, 8, 1))
    late = plan(p, now=utc("2026-11-27T09:00")).meetings
    assert [m.identity.kind for m in late][:3] == [Kind.CALL, Kind.FACE_TO_FACE, Kind.CALL]
    assert days(late)[:5] == ["11-30", "12-07", "12-17", "12-28", "01-07"]
    assert plan(p, late, now=utc("2026-11-28T09:00")).meetings[:5] == late[:5]
    earlier = plan(p, now=utc("2026-11-18T09:00")).meetings
    assert (days(earlier)[0], earlier[0].identity.kind) == ("11-19", Kind.FACE_TO_FACE)


def test_a_pair_from_long_ago_has_no_arrears_of_calls_either_and_nothing_is_missed():
    now = utc("2026-11-24T09:00")
    result = plan(pair(start=date(2025, 1, 15)), now=now)
    assert all(m.start >= now + Horizon().notice for m in result.meetings)
    assert min(m.identity.period for m in result.meetings) >= date(2026, 10, 15)
    assert result.gaps == ()


def test_a_pair_that_joins_on_the_last_days_of_a_period_begins_with_the_next():
    result = plan(monthly(start=date(2026, 10, 25)), now=utc("2026-11-24T09:00"))
    assert result.meetings[0].identity.period == date(2026, 11, 25)
    assert result.gaps == ()


def test_the_roadmap_month_moves_no_meeting():
    assert plan(monthly(roadmap_month=7)).meetings == FIRST


def test_notice_and_freeze_are_kept_to_the_minute():
    horizon = Horizon(notice=by(hours=24))
    free = pair(
        mentor=person("maya", "UTC", hours("Mon-Sun 00:00-24:00")),
        protege=person("jonas", "UTC", hours("Mon-Sun 00:00-24:00")),
        start=date(2026, 12, 1),
        calls=None,
    )
    on_the_hour = plan(free, now=utc("2026-12-07T10:00"), horizon=horizon).meetings[0]
    a_minute_late = plan(free, now=utc("2026-12-07T10:01"), horizon=horizon).meetings[0]
    assert (on_the_hour.start, a_minute_late.start) == (utc("2026-12-08T10:00"), utc("2026-12-08T10:30"))
