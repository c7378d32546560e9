"""What moves a plan that stands, and what does not: other appointments, and people's hands in their calendars."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from cadenced.core.availability import Busy
from cadenced.core.events import Baseline
from cadenced.core.jointly import plan_scene
from cadenced.core.model import DateRange, Kind, State, Tries
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.pairs import moved
from tests.support.planning import FIRST, HALF_YEAR, NOW, TEN_WEEKS, TUESDAY, YEAR, by, days, monthly, plan, plan_pair
from tests.support.programme import at, pair, utc

# --- appointments


def test_a_new_conflict_moves_a_meeting_within_its_period_and_no_other():
    conflict = (FIRST[1].start - by(hours=1), FIRST[1].start + by(minutes=5))
    after = plan(monthly(), FIRST, busy=[conflict])
    assert days(after.meetings) == ["12-08", "01-12", "02-09", "03-09", "04-06", "05-04"]
    assert [m.identity for m in after.meetings] == [m.identity for m in FIRST]
    assert after.dropped == ()


def test_a_conflict_within_three_days_moves_nothing():
    conflict = (FIRST[0].start, FIRST[0].end)
    assert plan(monthly(), FIRST, now=FIRST[0].start - by(days=3), busy=[conflict]).meetings[0] == FIRST[0]
    assert plan(monthly(), FIRST, now=FIRST[0].start - by(days=3, minutes=1), busy=[conflict]).meetings[0] != FIRST[0]


def test_a_conflict_does_not_move_what_a_human_placed():
    pinned = moved(FIRST[1], by(days=1))
    conflict = (pinned.start, pinned.end)
    assert plan(monthly(), (FIRST[0], pinned, *FIRST[2:]), busy=[conflict]).meetings[1] == pinned


def test_an_appointment_that_only_touches_is_no_conflict():
    touching = [(FIRST[1].start - by(hours=2), FIRST[1].start), (FIRST[1].end, FIRST[1].end + by(hours=2))]
    assert plan(monthly(), FIRST, busy=touching).meetings == FIRST


def test_a_meeting_that_finds_no_other_time_stays_for_its_people_to_move_and_they_are_asked():
    away = [(utc("2027-01-01"), utc("2027-02-01"))]
    after = plan(monthly(), FIRST, busy=away)
    assert after.meetings == FIRST
    assert [(ask.meeting, ask.times) for ask in after.asks] == [(FIRST[1], ())]


def test_a_meeting_on_days_off_goes_with_a_word_where_there_is_no_other_time_and_comes_back_as_itself():
    leave = Busy([(utc("2027-01-01"), utc("2027-02-01"))])
    without = plan_pair(monthly(), FIRST, NOW, HALF_YEAR, Taken(leave, closed=leave))
    assert [(m.identity, m.reason) for m in without.dropped] == [
        (FIRST[1].identity, "its period has no room for it any more")
    ]
    assert without.gaps == ("no time for a face-to-face meeting between 2027-01-01 and 2027-01-31",)
    assert plan(monthly(), without.meetings).meetings == FIRST


def test_a_meeting_that_must_move_is_not_put_so_late_that_the_next_would_have_to_follow():
    """The only free Saturday is the 30th, a week before February's; so it is the first free day, Friday the 15th."""
    saturdays = pair(agreed=at("Sat 11:00"), calls=None)
    before = plan(saturdays).meetings
    assert days(before)[:3] == ["12-05", "01-09", "02-06"]
    busy = [
        (utc("2027-01-01"), utc("2027-01-15")),
        (utc("2027-01-16"), utc("2027-01-17")),
        (utc("2027-01-23"), utc("2027-01-24")),
    ]
    after = plan(saturdays, before, busy=busy).meetings
    assert days(after)[:3] == ["12-05", "01-15", "02-06"]


def test_where_nothing_else_is_free_the_next_one_gives_way():
    busy = [(utc("2027-01-01"), utc("2027-01-30")), (utc("2027-02-01"), utc("2027-02-01T08:00"))]
    weekend = pair(agreed=at("Sat 11:00", "Tue 17:30"), calls=None)
    after = plan(weekend, FIRST, busy=busy)
    assert days(after.meetings)[1] == "01-30"
    assert after.meetings[2].start - after.meetings[1].start >= by(days=14)
    assert [m.identity for m in after.meetings] == [m.identity for m in FIRST]


def test_a_call_for_which_nothing_is_free_falls_out_and_comes_back_when_a_day_has_passed_and_once_only():
    p, away = pair(), [(utc("2026-12-12"), utc("2026-12-28"))]
    call = next(m for m in plan(p).meetings if m.identity.kind is Kind.CALL)
    assert str(call.start.date()) == "2026-12-17"

    def at_hour(number, before, busy=()):
        return plan_scene(
            Scene(p, before.meetings, NOW + by(hours=number), HALF_YEAR, Taken(Busy(busy)), fallen=before.fallen)
        )

    gone = at_hour(0, plan(p), away)
    assert [(m.identity, m.start) for m in gone.dropped] == [(call.identity, call.start)]
    waits = at_hour(23, gone)
    assert call.identity not in {m.identity for m in waits.meetings}
    assert waits.gaps == ("no time for a call around 2026-12-17",)
    assert waits.again == NOW + by(hours=24)
    back = at_hour(24, waits)
    assert [m.start for m in back.meetings if m.identity == call.identity] == [call.start]
    assert at_hour(40, back, away).dropped == ()  # it was changed a short time ago
    again = at_hour(48, back, away)
    assert [m.identity for m in again.dropped] == [call.identity]
    for_good = at_hour(240, again)
    assert call.identity not in {m.identity for m in for_good.meetings}
    assert for_good.gaps == ("no time for a call around 2026-12-17",)


def test_a_call_that_was_refused_once_and_fell_out_waits_as_long_as_any_other():
    p = pair()
    before = plan(p).meetings
    call = next(m for m in before if m.identity.kind is Kind.CALL)
    refused = call.start - by(hours=1)
    stands = [replace(m, tries=Tries(1, NOW - by(days=9), (refused,))) if m == call else m for m in before]
    gone = plan(p, stands, busy=[(utc("2026-12-12"), utc("2026-12-28"))])
    assert [m.identity for m in gone.fallen] == [call.identity]
    said = Baseline(refused, refused + by(minutes=30), call.placed, call.rules, "", "", "", NOW)
    scene = Scene(p, gone.meetings, NOW, HALF_YEAR, Taken(), {call.uid: said}, gone.fallen)
    assert call.identity not in {m.identity for m in plan_scene(replace(scene, now=NOW + by(hours=23))).meetings}
    back = plan_scene(replace(scene, now=NOW + by(hours=24))).meetings
    assert [m.tries.refused for m in back if m.identity == call.identity] == [(refused,)]


# --- a human's moves


@pytest.mark.parametrize(("december", "january"), [("01-06", "01-22"), ("01-08", "01-25"), ("01-13", "01-29")])
def test_a_meeting_moved_into_the_next_period_keeps_half_an_interval_to_its_successor(december, january):
    """Half of January's 31 days, from half past eight in the morning, is after work; the 23rd is a Saturday."""
    usual = plan(pair(calls=None)).meetings
    pinned = moved(usual[0], date.fromisoformat(f"2027-{december}") - usual[0].start.date())
    after = plan(pair(calls=None), (pinned, *usual[1:])).meetings
    assert pinned in after
    assert days([m for m in after if m.identity == usual[1].identity]) == [january]


def test_a_new_meeting_keeps_its_distance_to_one_that_stands_after_it():
    """January's was moved to the 1st: December's, which is new, comes no later than the middle of its month."""
    pinned = moved(FIRST[1], by(days=-4))
    december = plan(monthly(), (pinned, *FIRST[2:]), busy=[(utc("2026-12-01"), utc("2026-12-14"))]).meetings[0]
    assert december.start.date() == date(2026, 12, 15)
    crowded = plan(monthly(), (pinned, *FIRST[2:]), busy=[(utc("2026-12-01"), utc("2026-12-17"))]).meetings[0]
    assert crowded.start.date() == date(2026, 12, 22)  # nothing else is free: better near than not at all


def test_a_new_meeting_is_put_late_where_the_next_one_was_put_late():
    """Quarters: the one from March was moved to 28 May. From early December that would be nearly half a year."""
    p = pair(face_to_face="3 months", agreed=TUESDAY, calls=None)
    usual = plan(p).meetings
    pinned = moved(usual[1], date(2027, 5, 28) - usual[1].start.date())
    new = plan(p, (pinned,)).meetings[0]
    assert pinned.start - new.start <= by(days=92 + 14)
    assert new.start.date() == date(2027, 2, 16)


def test_a_meeting_that_a_human_put_into_a_free_period_s_middle_leaves_room_on_one_side_only():
    p = pair(face_to_face="3 months", calls=None)
    usual = plan(p).meetings
    pinned = moved(usual[1], date(2027, 1, 20) - usual[1].start.date())  # March's, to January
    new = plan(p, (pinned,)).meetings
    assert abs(new[0].start - pinned.start) >= by(days=45) or abs(new[1].start - pinned.start) >= by(days=45)


def test_a_meeting_that_is_off_keeps_nobody_at_a_distance():
    off = replace(moved(FIRST[0], by(days=30)), state=State.CANCELLED)  # was moved to 7 January, then cancelled
    assert plan(monthly(), (off, *FIRST[1:])).meetings == (FIRST[1], off, *FIRST[2:])


def test_the_gap_keeps_counting_while_a_meeting_is_off():
    """March's quarter is off, so June's is as early as its quarter allows, at half past five on a Tuesday."""
    p = pair(face_to_face="3 months", agreed=TUESDAY, calls=None)
    usual = plan(p, horizon=YEAR).meetings  # 22 Dec, 16 Mar, 22 Jun, 21 Sep
    off = replace(usual[1], state=State.CANCELLED)
    after = plan(p, (usual[0], off), horizon=YEAR).meetings
    assert after[1] == off
    assert after[2].start.date() <= date(2027, 6, 22)


def test_the_next_face_to_face_that_takes_place_is_written_where_the_next_is_off():
    p = pair(face_to_face="3 months", agreed=TUESDAY, calls=None)
    first = plan(p, horizon=TEN_WEEKS).meetings
    assert days(first) == ["12-22"]
    after = plan(p, (replace(first[0], state=State.CANCELLED),), horizon=TEN_WEEKS).meetings
    assert days(after) == ["12-22", "03-16"]


def test_a_call_that_a_human_put_where_a_meeting_would_be_moves_the_meeting():
    usual = plan(pair(agreed=TUESDAY)).meetings
    january = next(m for m in usual if days([m]) == ["01-05"])
    call = next(m for m in usual if m.identity.kind is Kind.CALL)
    there = replace(call, start=january.start, end=january.start + by(minutes=30))
    after = plan(pair(agreed=TUESDAY), (usual[0], there)).meetings
    assert there in after
    new = next(m for m in after if m.identity == january.identity)
    assert days([new]) == ["01-12"]


def test_two_meetings_that_a_human_put_next_to_each_other_have_no_call_between_them():
    p = pair(calls="2 weeks")
    usual = plan(p).meetings
    december, january = (m for m in usual[:5] if m.identity.kind is Kind.FACE_TO_FACE)
    pinned = moved(january, december.start + by(days=2) - january.start)
    after = plan(p, (december, pinned)).meetings
    assert not [m for m in after if m.identity.kind is Kind.CALL and m.start < pinned.start]


def test_two_meetings_a_fortnight_apart_keep_their_calls():
    p = pair(calls="2 weeks")
    usual = plan(p).meetings
    december, january = (m for m in usual[:5] if m.identity.kind is Kind.FACE_TO_FACE)
    pinned = moved(january, december.start + by(days=14) - january.start)
    between = [m for m in plan(p, (december, pinned)).meetings if december.start < m.start < pinned.start]
    assert [m.identity.index for m in between] == [1, 2]


def test_a_slip_that_puts_a_meeting_years_ahead_stays_and_plans_no_years_for_it():
    slip = replace(FIRST[1], start=utc("2072-01-05T17:30"), end=utc("2072-01-05T18:30"))
    after = plan(monthly(), (FIRST[0], slip, *FIRST[2:]))
    assert after.meetings == (FIRST[0], *FIRST[2:], slip)


def test_nothing_else_of_the_pair_is_put_over_a_meeting_that_was_changed_today_and_must_rest():
    """The next face to face was moved, so all calls shift; the second stands where the first would go, and rests."""
    p = pair(calls="2 weeks")
    first = next(m for m in plan(p).meetings if m.identity.kind is Kind.FACE_TO_FACE)
    free = {m.identity: m for m in plan(p, [first]).meetings if m.identity.kind is Kind.CALL}
    one, two, *_ = free.values()
    for tries in (Tries(1, NOW - by(hours=8)), Tries(3, NOW - by(days=9))):
        resting = replace(two, start=one.start, end=one.end, placed=one.placed, tries=tries)
        after = {m.identity: m for m in plan(p, [first, resting]).meetings}
        assert after[two.identity].start == one.start
        assert after[one.identity].start >= resting.end or after[one.identity].end <= resting.start


def test_a_meeting_that_had_to_be_further_from_the_one_before_than_any_should_be_is_named():
    busy = [(utc("2027-01-01"), utc("2027-01-29"))]
    early = replace(FIRST[0], start=utc("2026-12-03T17:30"), end=utc("2026-12-03T18:30"))
    early = replace(early, placed=(early.start, early.end))
    free = pair(calls=None)
    after = plan(free, [replace(early, rules=plan(free).meetings[0].rules)], busy=busy)
    assert days(after.meetings)[:2] == ["12-03", "01-29"]
    assert after.gaps == ("no time for a face-to-face meeting nearer to that of 2026-12-03 than 2027-01-29",)


def test_a_period_without_a_meeting_is_told_of_to_its_end_and_until_the_next_meeting():
    busy = [(utc("2027-01-01"), utc("2027-02-01"))]
    standing = plan(monthly(), busy=busy).meetings
    assert days(standing)[:2] == ["12-08", "02-09"]
    for now in (utc("2027-01-30") + by(hours=n) for n in range(72)):
        [gap] = plan(monthly(), standing, now, TEN_WEEKS, busy).gaps
        assert gap.startswith("no time for a face-to-face meeting"), now


def test_what_people_called_off_or_moved_far_away_leaves_the_gap_counting_and_they_are_told():
    off = (FIRST[0], replace(FIRST[1], state=State.CANCELLED), *FIRST[2:])
    words = "no face-to-face meeting from 2026-12-08 to 2027-02-09, as they placed or called them off"
    assert plan(monthly(), off).gaps == (words,)
    late = (FIRST[0], moved(FIRST[1], by(days=25)), *FIRST[2:])
    assert "from 2026-12-08 to 2027-01-30" in plan(monthly(), late).gaps[0]
    beyond = (FIRST[0], moved(FIRST[1], by(days=38)), replace(FIRST[2], touched=True), *FIRST[3:])
    assert "from 2026-12-08 to 2027-02-09" in plan(monthly(), beyond).gaps[0]
    refused = (FIRST[0], replace(FIRST[1], state=State.DECLINED, tries=Tries(3)), *FIRST[2:])
    assert plan(monthly(), refused).gaps == ()  # they are asked about it
    paused = monthly(pause=(DateRange(date(2027, 1, 1), date(2027, 1, 31)),))
    assert plan(paused, off).gaps == ()


def test_no_call_is_put_over_a_meeting_that_people_moved_another_one_past():
    early = pair(agreed=at("Thu 12:00"), agreed_calls=at("Thu 12:00"))
    january, february = [m for m in plan(early).meetings if m.identity.kind is Kind.FACE_TO_FACE][1:3]
    past = moved(january, february.start - january.start + by(days=45))
    for shift in range(20):  # wherever in February that is
        between = moved(february, by(days=shift))
        found = sorted(
            plan(early, [past, replace(between, placed=(between.start, between.end))]).meetings, key=start_of
        )
        assert all(one.end <= two.start for one, two in pairwise(found))


def start_of(meeting):
    return meeting.start
