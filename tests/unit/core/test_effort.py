"""Hours a year, by hand."""

from dataclasses import replace
from datetime import date

import pytest

from cadenced.core.effort import hours_a_year, hours_of_people, loads
from tests.support.programme import pair, person


@pytest.mark.parametrize(
    ("face_to_face", "calls", "minutes", "hours"),
    [
        ("1 month", None, 60, 12),
        ("1 month", "2 weeks", 60, 24),  # and two calls of half an hour between two meetings: 24 a year
        ("1 month", "1 month", 60, 18),
        ("3 months", None, 90, 6),
        ("3 months", "1 month", 90, 12),  # 4 meetings of 90 minutes, 12 calls of 30
        ("3 months", "2 weeks", 60, 18),  # seven calls a quarter: 91 days are six and a half fortnights
        ("6 weeks", None, 60, 8.7),  # 365.2425 days are 8.7 times 42
        ("6 weeks", "1 month", 60, 13.0),  # and one call between two meetings
        ("28 days", "14 days", 30, 19.6),  # 13.04 meetings, twice as many calls
    ],
)
def test_the_hours_of_a_policy(face_to_face, calls, minutes, hours):
    p = pair(face_to_face=face_to_face, calls=calls, minutes=minutes)
    assert hours_a_year(p) == pytest.approx(hours, abs=0.05)


def test_a_mentor_s_hours_are_those_of_all_their_pairs():
    maya, jonas, asha = person("maya"), person("jonas"), person("asha")
    one = pair(mentor=maya, protege=jonas, calls=None)
    two = pair(mentor=maya, protege=asha, calls=None, face_to_face="3 months", minutes=90)
    found = hours_of_people([one, two])
    assert {name: round(hours, 2) for name, hours in found.items()} == {"maya": 18, "jonas": 12, "asha": 6}


def test_who_mentors_one_and_learns_from_another_spends_time_on_both():
    maya, jonas, asha = person("maya"), person("jonas"), person("asha")
    found = hours_of_people(
        [pair(mentor=maya, protege=jonas, calls=None), pair(mentor=jonas, protege=asha, calls=None)]
    )
    assert round(found["jonas"], 2) == 24


def test_a_pause_or_an_end_changes_nothing_about_what_a_policy_asks_for():
    assert hours_a_year(replace(pair(), end=pair().start)) == hours_a_year(pair())


def test_nobody_has_hours_without_a_pair():
    assert hours_of_people([]) == {}


MENTOR = person("maya")


def of_maya(name, **policy):
    return pair(name=name, mentor=MENTOR, protege=person(name), **policy)


def only_load(*pairs):
    [load] = loads(pairs)
    return load


@pytest.mark.parametrize(
    ("face_to_face", "calls", "minutes", "expected"),
    [
        ("1 month", None, 60, (0.23, 60, 60)),  # 12 meetings in 52.18 weeks
        ("1 month", "2 weeks", 60, (0.69, 120, 120)),  # 36; each month has one of an hour, two of half an hour
        ("3 months", None, 90, (0.08, 30, 90)),  # 4 meetings, each in a month of its own
        ("3 months", "1 month", 90, (0.31, 60, 90)),  # 4 and 12: three weeks apart, so that one begins a month alone
        ("3 months", "2 weeks", 60, (0.61, 90, 120)),  # 4 and 28: one of an hour, two of half an hour
        ("6 weeks", "1 month", 60, (0.33, 65.22, 65.22)),  # an average month has more than a meeting alone
    ],
)
def test_what_a_policy_asks_in_a_week_and_in_a_month(face_to_face, calls, minutes, expected):
    load = only_load(of_maya("jonas", face_to_face=face_to_face, calls=calls, minutes=minutes))
    assert (load.meetings_a_week, load.minutes_a_month, load.busiest) == pytest.approx(expected, abs=0.005)


def test_pairs_that_run_side_by_side_add_up():
    load = only_load(*(of_maya(name) for name in ("jonas", "asha", "tom", "zoe", "kim", "lee")))
    assert len(load.pairs) == 6
    assert load.meetings_a_week == pytest.approx(6 * 36 / (365.2425 / 7))
    assert load.minutes_a_month == load.busiest == pytest.approx(6 * 120)


def test_in_the_busiest_month_one_pair_meets_face_to_face_and_the_others_do_what_they_do_on_average():
    quarterly = {"face_to_face": "3 months", "calls": None, "minutes": 90}
    load = only_load(of_maya("jonas", **quarterly), of_maya("asha", **quarterly), of_maya("tom"))
    assert load.minutes_a_month == pytest.approx(30 + 30 + 120)
    assert load.busiest == pytest.approx(90 + 30 + 120)


def test_a_pair_that_has_ended_makes_room_for_the_next():
    first = of_maya("jonas", start=date(2026, 1, 1), end=date(2026, 12, 31))
    second = of_maya("asha", start=date(2027, 1, 1))
    third = of_maya("tom", start=date(2026, 12, 31))
    found = [(load.since, [pair.id for pair in load.pairs]) for load in loads([first, second, third])]
    assert found == [
        (date(2026, 1, 1), ["jonas"]),
        (date(2026, 12, 31), ["jonas", "tom"]),
        (date(2027, 1, 1), ["asha", "tom"]),
    ]
