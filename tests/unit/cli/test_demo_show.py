"""What the demo says of calendars that change, and how it looks at 80 columns."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from cadenced.cli.demo_look import Delivered, Event
from cadenced.cli.demo_show import ROWS, changes, show_events, show_mails, show_text, show_where

NAMES = {"maya": "Maya Okafor", "jonas": "Jonas Weber"}
START = datetime(2026, 12, 8, 17, 30, tzinfo=ZoneInfo("Europe/London"))
MEETING = Event(START, START + timedelta(hours=1), "Maya and Jonas", "one", "maya")


def printed(show, *arguments) -> str:
    stream = io.StringIO()
    show(Console(file=stream, width=80, highlight=False), *arguments)
    return stream.getvalue()


def test_a_new_event_is_told():
    assert changes([], [MEETING], NAMES) == ["+ Maya: Maya and Jonas, Tue  8 Dec 17:30"]


def test_a_deleted_event_is_told():
    assert changes([MEETING], [], NAMES) == ["- Maya: Maya and Jonas, Tue  8 Dec 17:30"]


def test_a_moved_event_is_told_with_both_times():
    moved = replace(MEETING, start=START + timedelta(days=1), end=MEETING.end + timedelta(days=1))
    assert changes([MEETING], [moved], NAMES) == ["~ Maya: Maya and Jonas, Tue  8 Dec 17:30 → Wed  9 Dec 17:30"]


def test_a_renamed_event_is_told():
    (line,) = changes([MEETING], [replace(MEETING, summary="Coffee")], NAMES)
    assert line == "~ Maya: Coffee, Tue  8 Dec 17:30 (was: Maya and Jonas)"


def test_nothing_is_told_when_nothing_changed():
    assert changes([MEETING], [MEETING], NAMES) == []


def test_both_copies_of_a_meeting_share_a_row():
    text = printed(show_events, [MEETING, replace(MEETING, user="jonas")], NAMES)
    assert text.count("17:30") == 1
    assert "Maya, Jonas" in text


def test_a_long_table_says_how_much_more_there_is():
    many = [replace(MEETING, uid=str(n)) for n in range(ROWS + 3)]
    text = printed(show_events, many, NAMES)
    assert text.count("17:30") == ROWS
    assert "… and 3 more meetings" in text


def test_no_line_is_wider_than_the_terminal():
    mail = Delivered(START, "a.rather.long.address@mentoring.example.org", "Subject " * 20, "word " * 60, "<x@y>")
    for text in (printed(show_mails, [mail]), printed(show_text, mail)):
        assert max(map(len, text.splitlines())) <= 80


def test_a_path_to_copy_is_whole():
    folder = Path("/tmp") / ("x" * 90)  # noqa: S108 - never touched
    text = printed(show_where, "http://127.0.0.1:5232/", NAMES, "demo", folder)
    assert text.splitlines()[-1].endswith(f" {folder}/pairs.toml")
