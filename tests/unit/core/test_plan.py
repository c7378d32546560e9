"""What the planner promises: by hand for whole years, by Hypothesis for every pair."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.availability import Busy
from cadenced.core.cadence import index_of
from cadenced.core.model import DateRange, Horizon, Identity, Kind, State
from cadenced.core.slots import Taken
from cadenced.core.stability import rules_of
from tests.support.planning import plan_pair
from tests.support.programme import at, hours, pair, person, starts, utc

YEAR = Horizon(ahead=timedelta(days=365))
NOW = utc("2026-11-24T09:00")
FREE = Taken()
TUESDAY = at("Tue 17:30")


def plan(p, standing=(), now=NOW, horizon=YEAR, busy=FREE):
    return plan_pair(p, standing, now, horizon, busy)


def wall(p, meeting):
    return meeting.start.astimezone(ZoneInfo(p.timezone)).replace(tzinfo=None)


def test_a_year_of_monthly_meetings_on_tuesdays():
    p = pair(agreed=TUESDAY, calls=None)
    assert starts(plan(p).meetings) == [
        "2026-12-08 17:30", "2027-01-05 17:30", "2027-02-09 17:30", "2027-03-09 17:30", "2027-04-06 16:30",
        "2027-05-04 16:30", "2027-06-08 16:30", "2027-07-06 16:30", "2027-08-10 16:30", "2027-09-07 16:30",
        "2027-10-05 16:30", "2027-11-09 17:30",
    ]  # fmt: skip


def test_a_year_of_six_weekly_meetings_on_tuesdays():
    p = pair(face_to_face="6 weeks", agreed=TUESDAY, calls=None)
    assert starts(plan(p).meetings) == [
        "2026-12-08 17:30", "2027-01-19 17:30", "2027-03-02 17:30", "2027-04-13 16:30", "2027-05-25 16:30",
        "2027-07-06 16:30", "2027-08-17 16:30", "2027-09-28 16:30", "2027-11-09 17:30",
    ]  # fmt: skip


def test_a_year_of_quarterly_meetings_on_tuesdays():
    p = pair(face_to_face="3 months", agreed=TUESDAY, calls=None)
    assert starts(plan(p).meetings) == ["2026-12-22 17:30", "2027-03-16 17:30", "2027-06-22 16:30", "2027-09-21 16:30"]


def test_the_clock_changes_of_both_hemispheres_keep_the_wall_time():
    mentor = person("mia", "Australia/Sydney", hours("Mon-Fri 08:00-20:00"))
    p = pair(mentor=mentor, protege=person("jo", "Europe/Berlin"), agreed=TUESDAY, calls=None)
    meetings = plan(p).meetings
    assert {wall(p, m).time() for m in meetings} == {time(17, 30)}
    assert {m.start.hour for m in meetings} == {6, 7}  # UTC+11 in summer, UTC+10 in winter


def test_a_time_that_the_clock_skips_is_not_proposed():
    mentor = person("mia", "Europe/Berlin", hours("Mon-Sun 00:00-24:00"))
    p = pair(mentor=mentor, start=date(2027, 3, 22), face_to_face="10 days", agreed=at("Sun 02:30"), calls=None)
    first = plan(p, now=utc("2027-03-20T00:00")).meetings[0]
    assert wall(p, first) != datetime(2027, 3, 28, 2, 30)


def test_a_zone_that_drops_a_day_loses_no_meeting():
    """Samoa had no 30 December 2011."""
    everybody = hours("Mon-Sun 00:00-24:00")
    p = pair(
        mentor=person("sina", "Pacific/Apia", everybody),
        protege=person("tui", "Pacific/Apia", everybody),
        start=date(2011, 12, 27),
        face_to_face="10 days",
        agreed=at("Fri 10:00"),
        calls=None,
    )
    first = plan(p, now=utc("2011-12-20T00:00"), horizon=Horizon(ahead=timedelta(days=25))).meetings[0]
    assert wall(p, first).date() != date(2011, 12, 30)
    assert date(2011, 12, 27) <= wall(p, first).date() < date(2012, 1, 6)


def test_a_mentor_in_kathmandu_is_met_within_the_hours_of_both():
    mentor = person("asha", "Asia/Kathmandu", hours("Mon-Fri 09:00-18:00"))
    p = pair(mentor=mentor, protege=person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00")))
    for meeting in plan(p).meetings:
        begin, end = (t.astimezone(ZoneInfo("Asia/Kathmandu")) for t in (meeting.start, meeting.end))
        assert time(9) <= begin.time() < end.time() <= time(18)
        begin, end = (t.astimezone(ZoneInfo("Europe/Berlin")) for t in (meeting.start, meeting.end))
        assert time(9) <= begin.time() < end.time() <= time(17)


def test_agreed_times_outrank_available_hours():
    p = pair(agreed=at("Sat 11:00"), calls=None)
    assert all(m.start.weekday() == 5 for m in plan(p).meetings)


def test_agreed_times_do_not_outrank_busy_time():
    p = pair(agreed=TUESDAY, calls=None)
    first = plan(p).meetings[0]
    other = plan(p, busy=Taken(Busy([(first.start, first.end)]))).meetings[0]
    assert other.start != first.start
    assert other.identity == first.identity


def test_when_the_window_is_busy_the_whole_period_is_searched():
    p = pair(calls=None)
    busy = Taken(Busy([(utc("2026-12-01T00:00"), utc("2026-12-20T00:00"))]))
    first = plan(p, busy=busy).meetings[0]
    assert first.start.date() == date(2026, 12, 21)  # a Monday


def test_a_period_without_a_free_minute_is_named():
    busy = Taken(Busy([(utc("2026-12-01T00:00"), utc("2027-01-01T00:00"))]))
    result = plan(pair(calls=None), busy=busy)
    assert result.gaps == ("no time for a face-to-face meeting between 2026-12-01 and 2026-12-31",)


def test_a_pair_that_began_long_ago_has_history_and_not_arrears():
    p = pair(start=date(2025, 1, 15), calls=None)
    first = plan(p).meetings[0]
    assert first.start > NOW
    assert first.identity.period == date(2026, 11, 15)


def test_nothing_is_placed_sooner_than_the_notice_people_need():
    p = pair(start=date(2026, 11, 24))
    assert min(m.start for m in plan(p).meetings) >= NOW + Horizon().notice


def test_a_pause_holds_no_meeting():
    p = pair(pause=(DateRange(date(2027, 1, 1), date(2027, 2, 28)),))
    days = {wall(p, m).date() for m in plan(p).meetings}
    assert not any(date(2027, 1, 1) <= day <= date(2027, 2, 28) for day in days)
    assert any(day > date(2027, 2, 28) for day in days)


def test_the_next_face_to_face_is_always_written_however_far():
    p = pair(start=date(2028, 1, 1))
    assert starts(plan(p, horizon=Horizon()).meetings) == ["2028-01-07 08:30"]


def test_only_the_horizon_is_written():
    limit = NOW + Horizon().ahead
    assert all(m.start <= limit for m in plan(pair(), horizon=Horizon()).meetings)


def test_planning_twice_changes_nothing():
    first = plan(pair())
    again = plan(pair(), first.meetings)
    assert again.meetings == first.meetings
    assert again.dropped == ()


def moved(meeting, **by):
    """As a human moves it: `placed` stays what the planner chose."""
    return replace(meeting, start=meeting.start + timedelta(**by), end=meeting.end + timedelta(**by))


def test_a_moved_meeting_stays_where_the_mentor_put_it():
    first = plan(pair()).meetings
    standing = [moved(first[0], days=3), *first[1:]]
    assert plan(pair(), standing).meetings[0] == standing[0]


def test_calls_that_stand_stay_when_their_neighbour_moves_a_little():
    first = plan(pair()).meetings
    standing = [moved(first[0], days=2), *first[1:]]
    assert plan(pair(), standing).meetings[1:] == first[1:]


def test_calls_that_do_not_stand_yet_follow_a_moved_neighbour():
    first = plan(pair(calls=None)).meetings
    late = plan(pair(), [moved(first[0], days=8), *first[1:]]).meetings
    usual = plan(pair(), first).meetings
    assert starts(late, "call")[0] > starts(usual, "call")[0]


def test_a_meeting_moved_into_another_period_keeps_its_identity_and_its_neighbour_gives_way():
    first = plan(pair(calls=None)).meetings
    standing = [moved(first[0], days=30), *first[1:]]  # December's on 6 January, January's on the 7th
    result = plan(pair(calls=None), standing).meetings
    assert result[0] == standing[0]
    january = next(m for m in result if m.identity == first[1].identity)
    assert january.start - standing[0].start >= timedelta(days=15)


def test_new_agreed_times_move_what_no_human_placed():
    before = plan(pair(agreed=TUESDAY, calls=None)).meetings
    after = plan(pair(agreed=at("Thu 12:00"), calls=None), before)
    assert {m.start.weekday() for m in after.meetings} == {3}
    assert [m.identity for m in after.meetings] == [m.identity for m in before]


def test_new_agreed_times_leave_what_a_human_placed():
    before = plan(pair(agreed=TUESDAY, calls=None)).meetings
    standing = [moved(before[0], days=1), *before[1:]]
    assert plan(pair(agreed=at("Thu 12:00"), calls=None), standing).meetings[0] == standing[0]


def test_a_meeting_about_to_begin_is_not_moved_by_an_edit_of_the_file():
    before = plan(pair(agreed=TUESDAY, calls=None)).meetings
    eve = before[0].start - timedelta(days=2)
    assert plan(pair(agreed=at("Thu 12:00"), calls=None), before, now=eve).meetings[0] == before[0]


def test_a_longer_meeting_keeps_its_place():
    before = plan(pair(minutes=60, calls=None)).meetings
    after = plan(pair(minutes=90, calls=None), before).meetings
    assert [m.start for m in after] == [m.start for m in before]
    assert {m.end - m.start for m in after} == {timedelta(minutes=90)}


def test_wider_hours_move_nothing():
    before = plan(pair()).meetings
    wide = pair(mentor=person("maya", "Europe/London", hours("Mon-Fri 07:00-20:00"), calendar="maya"))
    assert starts(plan(wide, before).meetings) == starts(before)


def test_a_policy_edit_in_mid_year_keeps_what_fits_the_new_grid():
    before = plan(pair(calls=None)).meetings
    after = plan(pair(face_to_face="6 weeks", calls=None), before)
    kept = {m.identity for m in before} & {m.identity for m in after.meetings}
    assert kept
    assert len(kept) + len(after.dropped) == len(before)
    assert all(m.reason for m in after.dropped)
    places = [
        index_of(date(2026, 12, 1), pair(face_to_face="6 weeks").face_to_face.every, m.start.date())
        for m in after.meetings
    ]
    assert len(places) == len(set(places))


def test_a_policy_edit_never_drops_what_a_human_edited():
    before = [replace(m, touched=True) for m in plan(pair(calls=None)).meetings]
    assert plan(pair(face_to_face="6 weeks", calls=None), before).dropped == ()


def test_switching_calls_off_drops_the_calls_alone():
    before = plan(pair()).meetings
    after = plan(pair(calls=None), before)
    assert {m.identity.kind for m in after.dropped} == {Kind.CALL}
    assert starts(after.meetings) == starts(before, "face_to_face")


def test_a_meeting_that_somebody_called_off_is_not_planned_again():
    before = plan(pair(calls=None)).meetings
    standing = [replace(before[0], state=State.CANCELLED), *before[1:]]
    assert plan(pair(calls=None), standing).meetings == tuple(standing)


def test_rules_name_what_a_place_depends_on_and_nothing_else():
    assert rules_of(pair(minutes=30)) == rules_of(pair(minutes=90))
    assert rules_of(pair(agreed=TUESDAY)) != rules_of(pair())


def test_an_identity_tells_pair_kind_period_and_place():
    assert str(Identity("a-b", Kind.CALL, date(2026, 12, 1), 2)) == "a-b/call/2026-12-01/2"
    assert str(Identity("a-b", Kind.FACE_TO_FACE, date(2026, 12, 1))) == "a-b/face_to_face/2026-12-01"
