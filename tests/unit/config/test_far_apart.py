"""What is said of two people whose hours leave no room for a meeting."""

import pytest

from cadenced.config.rules import too_far_apart
from cadenced.core.availability import SharedHours
from tests.support.programme import at, hours, pair, person

KATHMANDU, NEW_YORK, LONDON, TOKYO = "Asia/Kathmandu", "America/New_York", "Europe/London", "Asia/Tokyo"
OFFICE = ("Mon-Fri 09:00-17:00",)


def two(mine, theirs, **more):
    """A pair of people with these zones and hours."""
    mentor, protege = ((zone, hours(*spans)) for zone, *spans in (mine, theirs))
    return pair(mentor=person("asha", *mentor), protege=person("tom", *protege), **more)


def said(mine, theirs, **more) -> str:
    return "\n".join(text for _, text in too_far_apart([two(mine, theirs, **more)]))


def test_hours_that_never_overlap_are_told_on_both_clocks():
    assert said((KATHMANDU, "Mon-Fri 10:00-18:00"), (NEW_YORK, *OFFICE)) == (
        "the hours of the two never overlap: in January Mon–Fri 10:00–18:00 in Kathmandu is Sun–Thu 23:15–07:15 in "
        "New York, and Mon–Fri 09:00–17:00 in New York is Mon–Fri 19:45–03:45 in Kathmandu. No time will be found; "
        "widen the hours of one of them (available), or let them agree on times (at)"
    )


def test_an_hour_that_summer_time_gives_is_told_with_its_month():
    told = said((KATHMANDU, "Mon-Fri 10:00-19:00"), (NEW_YORK, *OFFICE))
    assert told.startswith(
        "the hours of the two never overlap in January and overlap by 15 minutes at most in July, but a meeting face "
        "to face takes 60 and a call takes 30: in January "
    )


def test_room_for_a_call_alone_is_told_of_the_longer_meeting():
    told = said((LONDON, *OFFICE), (NEW_YORK, "Mon-Fri 11:15-17:00"))
    assert told.startswith("the hours of the two overlap by 45 minutes at most, but a meeting face to face takes 60: ")


def test_a_half_of_the_year_without_room_is_enough_to_be_told():
    told = said((LONDON, "Mon-Fri 09:00-11:00"), (TOKYO, "Mon-Fri 09:00-18:45"))
    assert "overlap by 45 minutes at most in January and overlap by 105 minutes at most in July" in told
    assert "No time will be found in that half of the year; widen" in told


def test_days_that_are_not_shared_are_told_without_a_second_clock():
    told = said((LONDON, "Mon-Wed 10:00-19:00"), (LONDON, "Thu-Fri 09:00-17:00"))
    assert "never overlap: Mon–Wed 10:00–19:00 in London and Thu, Fri 09:00–17:00 in London. No time" in told


@pytest.mark.parametrize(
    ("mine", "theirs", "more"),
    [
        ((LONDON, *OFFICE), (KATHMANDU, *OFFICE), {}),
        ((LONDON, *OFFICE), (NEW_YORK, *OFFICE), {}),
        ((LONDON,), (LONDON,), {}),  # nobody names any hours
        ((LONDON, "Mon-Mon 23:15-24:00", "Tue-Tue 00:00-00:15"), (LONDON, "Mon-Sun 00:00-24:00"), {}),  # over midnight
        ((LONDON, "Sun-Sun 23:15-24:00", "Mon-Mon 00:00-00:15"), (LONDON, "Mon-Sun 00:00-24:00"), {}),  # over a week
        ((KATHMANDU, *OFFICE), (NEW_YORK, *OFFICE), {"agreed": at("Tue 18:00"), "agreed_calls": at("Tue 19:00")}),
        ((KATHMANDU, *OFFICE), (NEW_YORK, *OFFICE), {"agreed": at("Tue 18:00"), "calls": None}),
    ],
)
def test_who_can_meet_or_agreed_on_times_hears_nothing(mine, theirs, more):
    assert said(mine, theirs, **more) == ""


def test_agreed_times_for_one_format_leave_the_other_to_be_told():
    told = said((KATHMANDU, *OFFICE), (NEW_YORK, "Mon-Fri 09:00-17:15"), agreed=at("Tue 18:00"), calls="2 weeks")
    assert "never overlap" in told
    assert "face to face" not in told


def test_pairs_with_the_same_hours_in_the_same_zones_are_reckoned_once(monkeypatch):
    reckoned = []
    on = SharedHours.on
    monkeypatch.setattr(SharedHours, "on", lambda self, day: reckoned.append(day) or on(self, day))
    same = [two((LONDON, *OFFICE), (TOKYO, "Mon-Fri 09:00-17:00"), name=f"pair-{number}") for number in range(50)]
    assert len(list(too_far_apart(same))) == 50
    assert len(reckoned) == len(set(reckoned))


def test_the_programme_warns_of_it(folder):
    folder.text = folder.changed('timezone = "Europe/Berlin"', 'timezone = "Asia/Tokyo"')
    [warning] = folder.load().warnings
    assert warning.startswith("pairs.maya-jonas: the hours of the two never overlap in January")
    assert "a call takes 30" in warning
    assert "face to face" not in warning
