"""Whole years and awkward days, worked out by hand with a calendar and the zones' rules."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from cadenced.core.model import Horizon
from cadenced.core.slots import Taken
from tests.support.planning import plan_pair
from tests.support.programme import at, hours, pair, person, starts, utc

ALWAYS = hours("Mon-Sun 00:00-24:00")
TUESDAY = at("Tue 17:30")


def planned(p, days, now=None):
    begin = utc(f"{p.start - timedelta(days=3)}") if now is None else now
    return plan_pair(p, (), begin, Horizon(ahead=timedelta(days=days)), Taken()).meetings


def here(p, meetings):
    return [f"{m.start.astimezone(ZoneInfo(p.timezone)):%Y-%m-%d %H:%M}" for m in meetings]


def at_home(zone, **more):
    """Two people of one zone who are always free."""
    return pair(mentor=person("maya", zone, ALWAYS), protege=person("jonas", zone, ALWAYS), calls=None, **more)


@pytest.mark.parametrize(
    ("day", "second", "fifth", "tenth"),
    # the second period is 28 Feb to 28, 29, 30 March: its target 5, 6 March lies between the 2nd and the 9th
    [(29, "2027-03-02", "2027-06-01", "2027-11-02"), (30, "2027-03-09", "2027-06-08", "2027-11-02")],
)
def test_a_year_of_monthly_meetings_from_the_29th_and_the_30th(day, second, fifth, tenth):
    p = pair(start=date(2027, 1, day), agreed=TUESDAY, calls=None)
    assert here(p, planned(p, 355)) == [
        f"{each} 17:30"
        for each in (
            "2027-02-02", second, "2027-04-06", "2027-05-04", fifth, "2027-07-06", "2027-08-03", "2027-09-07",
            "2027-10-05", tenth, "2027-12-07", "2028-01-04",
        )
    ]  # fmt: skip


def test_a_year_of_monthly_meetings_from_the_31st():
    p = pair(start=date(2027, 1, 31), agreed=TUESDAY, calls=None)
    assert starts(planned(p, 355)) == [
        "2027-02-02 17:30", "2027-03-09 17:30", "2027-04-06 16:30", "2027-05-04 16:30", "2027-06-08 16:30",
        "2027-07-06 16:30", "2027-08-03 16:30", "2027-09-07 16:30", "2027-10-05 16:30", "2027-11-09 17:30",
        "2027-12-07 17:30", "2028-01-04 17:30",
    ]  # fmt: skip


def test_a_year_of_quarterly_meetings_from_the_end_of_august_keeps_its_february():
    p = pair(start=date(2026, 8, 31), face_to_face="3 months", agreed=TUESDAY, calls=None)
    # quarters from 31 Aug, 30 Nov, 28 Feb, 31 May; targets on 18 Sep, 18 Dec, 18 Mar, 18 Jun
    assert here(p, planned(p, 340)) == [f"{d} 17:30" for d in ("2026-09-15", "2026-12-15", "2027-03-16", "2027-06-15")]


def test_a_quarter_with_fortnightly_calls_by_hand():
    """Meetings on 22 December and 16 March, 84 days apart: six calls, twelve days from each other."""
    p = pair(face_to_face="3 months", agreed=TUESDAY, agreed_calls=at("Mon 09:00", "Thu 09:00"))
    calls = [m for m in planned(p, 100) if m.identity.kind == "call"]
    assert here(p, calls) == [
        f"{day} 09:00" for day in ("2027-01-04", "2027-01-14", "2027-01-28", "2027-02-08", "2027-02-18", "2027-03-04")
    ]
    assert [m.identity.index for m in calls] == [1, 2, 3, 4, 5, 6]


def test_winter_here_is_summer_there():
    """Tuesday 17:30 in Sydney is half past seven in Berlin's January, half past nine in its July."""
    mentor = person("mia", "Australia/Sydney", hours("Mon-Fri 08:00-20:00"))
    p = pair(mentor=mentor, protege=person("jo", "Europe/Berlin", ALWAYS), agreed=TUESDAY, calls=None)
    berlin = {m.start.astimezone(ZoneInfo("Europe/Berlin")).strftime("%m %H:%M") for m in planned(p, 360)}
    assert {"01 07:30", "03 07:30", "04 09:30", "07 09:30", "10 08:30", "11 07:30"} <= berlin


def test_hours_that_only_summer_has_in_common_leave_gaps_in_winter_that_are_named():
    """07:15 in New York is 17:00 in Kathmandu, an hour before the evening; in winter it is six, and too late."""
    mentor = person("asha", "Asia/Kathmandu", hours("Mon-Fri 09:00-18:00"))
    p = pair(mentor=mentor, protege=person("jo", "America/New_York", hours("Mon-Fri 07:00-17:00")), calls=None)
    result = plan_pair(p, (), utc("2026-11-24T09:00"), Horizon(ahead=timedelta(days=300)), Taken())
    assert {f"{m.start:%H:%M}" for m in result.meetings} == {"11:15"}
    assert f"{result.meetings[0].start:%F}" == "2027-03-15"  # the first working day of New York's summer time
    assert [gap[-10:] for gap in result.gaps] == ["2026-12-31", "2027-01-31", "2027-02-28"]


def test_half_an_hour_from_kathmandu_is_a_quarter_past_elsewhere():
    mentor = person("asha", "Asia/Kathmandu", hours("Mon-Fri 09:00-18:00"))
    p = pair(mentor=mentor, protege=person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00")), calls=None)
    assert starts(planned(p, 30))[0] == "2026-12-07 08:15"  # 14:00 there, 09:15 in Berlin


@pytest.mark.parametrize(
    ("zone", "start", "agreed", "first"),
    [
        # Sunday 4 November 2018 began at 01:00: the day before the target is out, so the Sunday after
        ("America/Sao_Paulo", date(2018, 10, 31), "Sun 00:30", "2018-11-11 00:30"),
        # Sunday 29 March 2026 begins at 01:00, three days before the target
        ("Asia/Beirut", date(2026, 3, 27), "Sun 00:30", "2026-04-05 00:30"),
        # so does Friday 24 April
        ("Africa/Cairo", date(2026, 4, 22), "Fri 00:30", "2026-05-01 00:30"),
        # and in Havana Sunday 8 March
        ("America/Havana", date(2026, 3, 5), "Sun 00:30", "2026-03-15 00:30"),
        # 30 December 2011 was not
        ("Pacific/Apia", date(2011, 12, 27), "Fri 10:00", "2012-01-06 10:00"),
    ],
)
def test_an_agreed_time_that_the_clocks_skip_gives_way_to_the_next(zone, start, agreed, first):
    p = at_home(zone, start=start, face_to_face="4 weeks", agreed=at(agreed))
    assert here(p, planned(p, 30))[0] == first


def test_a_month_of_ramadan_moves_casablanca_s_clock_and_no_wall_time():
    p = at_home("Africa/Casablanca", start=date(2026, 1, 26), face_to_face="4 weeks", agreed=at("Sun 10:00"))
    meetings = planned(p, 100)[:4]
    assert here(p, meetings) == [f"2026-{day} 10:00" for day in ("02-01", "03-01", "03-29", "04-26")]
    assert [m.start.hour for m in meetings] == [9, 10, 9, 9]


def test_lord_howe_s_clock_moves_by_half_an_hour():
    p = at_home("Australia/Lord_Howe", start=date(2026, 9, 1), face_to_face="4 weeks", agreed=at("Thu 10:00"))
    meetings = planned(p, 100)[:4]
    assert here(p, meetings) == [f"2026-{day} 10:00" for day in ("09-03", "10-01", "10-29", "11-26")]
    assert [f"{m.start:%H:%M}" for m in meetings] == ["23:30", "23:30", "23:00", "23:00"]


def test_a_time_that_the_clock_shows_twice_means_the_first():
    p = at_home("Europe/Berlin", start=date(2027, 10, 27), face_to_face="4 weeks", agreed=at("Sun 02:30"))
    assert starts(planned(p, 30))[0] == "2027-10-31 00:30"


def test_no_period_of_samoa_s_lost_day_is_without_a_meeting():
    p = at_home("Pacific/Apia", start=date(2011, 12, 27), face_to_face="4 weeks", agreed=at("Fri 10:00"))
    meetings = planned(p, 80)
    assert [m.identity.period for m in meetings][:3] == [date(2011, 12, 27), date(2012, 1, 24), date(2012, 2, 21)]
    assert meetings[0].start.isoformat() == "2012-01-05T20:00:00+00:00"  # 14 hours ahead from then on
