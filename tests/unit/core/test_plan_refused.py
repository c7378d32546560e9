"""What becomes of a meeting that somebody refused where the cadence has no place for another one; and of what people
wrote into a meeting that the file no longer allows.
"""

from dataclasses import replace
from datetime import date

from cadenced.core.availability import Busy
from cadenced.core.jointly import plan_scene
from cadenced.core.model import DateRange, Kind, State
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.pairs import moved
from tests.support.planning import FIRST, HALF_YEAR, NOW, TUESDAY, by, days, monthly, plan
from tests.support.programme import at, hours, pair, person, utc

JANUARY = DateRange(date(2027, 1, 1), date(2027, 1, 31))


def refused(meeting, **by_human):
    return replace(moved(meeting, by(**by_human)), state=State.DECLINED)


# --- a refusal


def test_refused_in_a_later_period_than_its_own_both_are_asked_with_times_around_it():
    december, january, *rest = FIRST
    late = refused(december, days=40)  # Sunday 17 January
    after = plan(monthly(), (late, january, *rest), utc("2027-01-10T09:00"))
    assert late in after.meetings
    [ask] = after.asks
    assert (ask.meeting, len(ask.times)) == (late, 3)
    assert all(abs(start - late.start) <= by(days=7) for start, _ in ask.times)


def test_refused_two_periods_later_than_its_own_both_are_asked_and_so_is_a_call_that_the_policy_has_no_more():
    late = refused(FIRST[0], days=73)  # 19 February
    [ask] = plan(monthly(), (late, *FIRST[1:]), utc("2027-02-02T09:00")).asks
    assert (ask.meeting, len(ask.times)) == (late, 3)
    p = pair(agreed=TUESDAY)
    first = plan(p).meetings
    call = next(m for m in first if m.identity.index == 2)
    put = refused(call, days=2)
    after = plan(pair(agreed=TUESDAY, calls="1 month"), [put if m == call else m for m in first])
    assert [ask.meeting for ask in after.asks] == [put]


def test_refused_when_nothing_of_its_period_is_left_both_are_asked_for_the_days_after():
    last = refused(FIRST[0], days=23)  # 31 December
    now = last.start - by(hours=10)
    [ask] = plan(monthly(), (last, *FIRST[1:]), now).asks
    assert ask.meeting == last
    assert all(now + by(days=1) <= start <= now + by(days=15) for start, _ in ask.times)


def test_a_call_that_was_moved_and_then_refused_is_asked_about_as_well():
    p = pair(agreed=TUESDAY)
    first = plan(p).meetings
    call = next(m for m in first if m.identity.kind is Kind.CALL)
    late = refused(call, days=7)
    after = plan(p, [late if m == call else m for m in first], late.start - by(days=1, hours=12))
    assert [ask.meeting for ask in after.asks] == [late]


def test_of_what_is_past_nobody_is_asked():
    last = refused(FIRST[0], days=23)
    after = plan(monthly(), (last, *FIRST[1:]), last.start + by(hours=1))
    assert last in after.meetings
    assert not after.asks


def test_what_was_refused_and_then_paused_goes_whoever_placed_it():
    _, january, *rest = FIRST
    for each in (refused(january), refused(january, days=8)):
        after = plan(replace(monthly(), pause=(JANUARY,)), (FIRST[0], each, *rest))
        assert [m.identity for m in after.dropped] == [january.identity]
        assert not after.asks


# --- an edited text


def test_where_a_pause_leaves_no_other_time_a_note_is_not_deleted_with_its_event():
    noted = [replace(m, touched=True) for m in FIRST]
    after = plan(replace(monthly(), pause=(JANUARY,)), noted)
    assert after.dropped == ()
    assert days(after.meetings) == days(FIRST)
    short = DateRange(date(2027, 1, 4), date(2027, 1, 8))
    assert days(plan(replace(monthly(), pause=(short,)), noted).meetings)[:2] == ["12-08", "01-12"]


def test_a_note_keeps_no_meeting_in_somebody_s_leave():
    noted = [replace(m, touched=True) for m in FIRST]
    leave = Busy([(utc("2027-01-04"), utc("2027-01-09"))])
    after = plan_scene(Scene(monthly(), noted, NOW, HALF_YEAR, Taken(leave, closed=leave)))
    assert days(after.meetings) == ["12-08", "01-12", *days(FIRST)[2:]]
    assert after.dropped == ()


def test_new_hours_move_a_meeting_with_a_note_like_any_other_and_it_stays_where_nothing_else_is_free():
    noted = [replace(m, touched=True) for m in FIRST]
    mentor = person("maya", available=hours("Wed 08:00-12:00"), calendar="maya")
    wednesdays = pair(calls=None, agreed=(), mentor=mentor)
    after = plan(wednesdays, noted)
    assert {m.start.weekday() for m in after.meetings} == {2}
    assert [m.identity for m in after.meetings] == [m.identity for m in noted]
    full = plan(wednesdays, noted, busy=[(utc("2027-01-02"), utc("2027-01-31"))])
    assert days(full.meetings)[1] == "01-05"


def test_a_meeting_with_a_note_follows_a_small_edit_and_its_length_as_any_other():
    sooner = pair(agreed=at("Tue 17:00"), calls=None, minutes=90)
    plain, noted = (plan(sooner, each) for each in (FIRST, [replace(m, touched=True) for m in FIRST]))
    assert [(m.start, m.end) for m in noted.meetings] == [(m.start, m.end) for m in plain.meetings]
    longer = pair(agreed=TUESDAY, calls=None, minutes=90)
    found = plan(longer, [replace(m, touched=True) for m in FIRST]).meetings
    assert [(m.start, m.end - m.start) for m in found] == [(m.start, by(minutes=90)) for m in FIRST]


def test_a_meeting_with_a_note_gives_way_to_the_nearest_free_time_like_any_other():
    busy = [(FIRST[0].start, FIRST[0].end)]
    plain, noted = (
        plan(monthly(), (each, *FIRST[1:]), busy=busy) for each in (FIRST[0], replace(FIRST[0], touched=True))
    )
    assert days(noted.meetings) == days(plain.meetings)
