"""The example's dates, moved so that the demo never ages."""

from datetime import date

from cadenced.cli.demo_example import first_start, move_dates

PAIRS = """
# The first meeting is on Tuesday, 2026-12-01.
[pairs.b]
start = 2027-02-28
pause = ["2027-07-15/2027-08-31"]
[pairs.a]
start = 2026-12-01
"""


def test_every_date_moves_by_whole_weeks():
    moved = move_dates(PAIRS, 52)
    assert "start = 2027-11-30" in moved
    assert "on Tuesday, 2027-11-30." in moved
    assert 'pause = ["2028-07-13/2028-08-29"]' in moved


def test_moving_back_gives_the_same_file():
    assert move_dates(move_dates(PAIRS, 300), -300) == PAIRS


def test_what_only_looks_like_a_date_stays():
    assert move_dates("uid = 12026-12-011", 1) == "uid = 12026-12-011"


def test_the_earliest_pair_begins_the_story():
    assert first_start(PAIRS) == date(2026, 12, 1)
