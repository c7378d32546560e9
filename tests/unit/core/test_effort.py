"""Hours a year, by hand."""

from dataclasses import replace

import pytest

from cadenced.core.effort import hours_a_year, hours_of_people
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
