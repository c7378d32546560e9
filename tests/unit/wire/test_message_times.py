"""When a meeting is, in the words of a mail: both zones where they differ, the reader's own first."""

import re
from datetime import date

import pytest

from cadenced.core.actions import Mail
from tests.support.mails import line_of_text, meeting, text_of, write
from tests.support.programme import pair, person, utc


def between(mine: str, theirs: str, **more):
    """A pair of maya there, and jonas, who reads, here."""
    mentor, protege = person("maya", theirs, calendar="maya"), person("jonas", mine, calendar="jonas")
    return pair(mentor=mentor, protege=protege, **more)


def times(mine: str, theirs: str, start: str) -> str:
    p = between(mine, theirs)
    lines = text_of(write(p, about=meeting(p, start))).splitlines()
    return next(line.strip() for line in lines if re.search(r"^    \d\d:\d\d", line))


@pytest.mark.parametrize(
    ("mine", "theirs", "start", "said"),
    [
        ("Europe/London", "Europe/Berlin", "2026-12-08T17:30", "17:30 London, 18:30 Berlin"),
        ("Europe/Berlin", "Europe/London", "2026-12-08T17:30", "18:30 Berlin, 17:30 London"),
        ("Asia/Kathmandu", "Europe/Stockholm", "2026-12-08T09:00", "14:45 Kathmandu, 10:00 Stockholm"),
        ("America/New_York", "Asia/Kathmandu", "2026-12-09T01:00", "20:00 New York, 06:45 Kathmandu (Wed 9 Dec)"),
        ("Asia/Kathmandu", "America/New_York", "2026-12-09T01:00", "06:45 Kathmandu, 20:00 New York (Tue 8 Dec)"),
        ("America/Argentina/Buenos_Aires", "UTC", "2026-12-08T17:30", "14:30 Buenos Aires, 17:30 UTC"),
        ("Europe/London", "Europe/Dublin", "2026-12-08T17:30", "17:30 London and Dublin"),
        ("Europe/London", "Europe/London", "2026-12-08T17:30", "17:30"),
        ("Europe/London", "America/New_York", "2027-03-16T17:00", "17:00 London, 13:00 New York"),  # DST in one alone
    ],
)
def test_a_time_is_said_in_both_zones_where_they_differ_the_reader_s_first(mine, theirs, start, said):
    assert times(mine, theirs, start) == said


def test_a_subject_names_the_other_day_where_it_differs():
    p = between("America/New_York", "Asia/Kathmandu")
    mail = write(p, kind=Mail.BRIEF, about=meeting(p, "2026-12-09T01:00"))
    assert mail.subject == "Tue 8 Dec, 20:00 (06:45 Kathmandu, Wed 9 Dec): meeting with Maya"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-12-05T08:00", "You meet Maya in three days."),
        ("2026-12-07T22:30", "You meet Maya tomorrow."),
        ("2026-12-07T23:30", "You meet Maya today."),  # the 8th has begun in Berlin
        ("2026-11-20T08:00", "You meet Maya in 18 days."),
        ("2026-12-09T08:00", "You meet Maya."),
    ],
)
def test_how_far_off_a_meeting_is_is_counted_in_the_reader_s_days(now, said):
    assert said in line_of_text(write(now=utc(now)))


def test_a_month_that_crosses_a_year_is_said_with_both_months():
    p = pair(start=date(2026, 12, 15))
    assert write(p, kind=Mail.TASK).subject.startswith("15 Dec to 14 Jan: month 1")
