"""What a person reads of an explanation, in a terminal of any width."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from cadenced.cli.show_explain import show_explained
from cadenced.core.explaining import Gap, explain
from cadenced.core.hindrances import taken
from cadenced.core.jointly import plan_scene
from cadenced.core.model import Horizon, State
from cadenced.core.scene import Scene
from cadenced.service.explained import Explained
from tests.support.pairs import moved
from tests.support.programme import at, pair, utc

NOW = utc("2026-11-24T09:00")
PAIR = pair(calls=None, agreed=at("Tue 17:30"))
NEW = Scene(PAIR, (), NOW, Horizon(), taken((), None))
STANDING = plan_scene(NEW).meetings


def read(first, decided=None, width: int = 80, gaps: tuple[Gap, ...] = ()) -> str:
    """What is shown where `first` stands, or nothing; in one line, as far as words go."""
    scene = replace(NEW, standing=(first, *STANDING[1:])) if first else NEW
    told, out = explain(scene, (), decided), StringIO()
    show_explained(Explained(NOW, PAIR, tuple(told[:1]), gaps), Console(file=out, width=width, soft_wrap=True))
    assert all(len(line) <= width for line in out.getvalue().splitlines())
    return " ".join(out.getvalue().split())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_new_meeting_is_told_with_its_reason_and_the_best_of_other_days(width):
    shown = read(None, width=width)
    assert "Tue 8 Dec 17:30, face to face New. Early in its period; a time the two agreed on." in shown
    assert "Its best day, by the cadence, is Mon 7 Dec." in shown
    assert "▶ Tue 8 Dec 17:30 10 1 day after its best day 10" in shown
    assert "not a time the two agreed on 1000" in shown
    assert "and 13 more days" in shown


def test_one_that_stands_stays_whatever_would_be_chosen_today():
    kept = moved(STANDING[0], timedelta(days=1))
    kept = replace(kept, placed=(kept.start, kept.end))
    shown = read(kept)
    assert "It stands, and what stands stays while both can." in shown
    assert "If it had no time yet, it would be Tue 8 Dec 17:30: early in its period" in shown


def test_one_that_gives_way_is_told_with_both_times():
    shown = read(replace(STANDING[0], state=State.DECLINED))
    assert "It stands on Tue 8 Dec 17:30, and is to be moved. Somebody can't at the time before;" in shown
    assert "With this it was moved 1 of 3 times at most. Somebody said no to Tue 8 Dec 17:30." in shown


def test_one_that_other_pairs_need_elsewhere_is_told_so():
    later = moved(STANDING[0], timedelta(days=7))
    later = replace(later, placed=(later.start, later.end))
    shown = read(None, (later, *STANDING[1:]))
    assert "By itself it would be Tue 8 Dec 17:30, but their other pairs' meetings need a time, too." in shown


def test_a_place_without_a_meeting_is_told_with_what_ruled_its_times_out():
    shown = read(None, gaps=(Gap("no time for a call around 2026-12-20", {"Maya is on leave": 17}),))
    assert "No time for a call around 2026-12-20 17 times were ruled out: 17 Maya is on leave" in shown


def test_of_one_that_was_refused_after_its_own_period_both_are_asked():
    late = replace(moved(STANDING[0], timedelta(days=30)), state=State.DECLINED)
    [told] = explain(replace(NEW, standing=(late,), now=utc("2027-01-02T09:00")), (), [late])
    out = StringIO()
    show_explained(Explained(NOW, PAIR, (told,), ()), Console(file=out, width=80, soft_wrap=True))
    shown = " ".join(out.getvalue().split())
    assert "Somebody can't then: both are asked for another time." in shown
    assert "No other time is looked for: the period it belongs to ends on 31 December." in shown
