"""The mail that asks two people for a time: what it says to each of them, by who can't and who has a calendar."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.actions import Mail
from cadenced.core.availability import SharedHours
from cadenced.core.model import UNTRIED, Kind, State, Tries
from cadenced.core.stability import Stability, Yielding, rules_of
from tests.support.mails import NOW, composer, due, html_of, line_of_text, meeting, text_of, write
from tests.support.programme import pair, person, utc

HOUR = timedelta(hours=1)
OFFERS = tuple(
    (utc(start), utc(start) + HOUR) for start in ("2026-12-10T16:30", "2026-12-11T12:00", "2026-12-14T09:00")
)
BEFORE = (utc("2026-12-02T16:30"), utc("2026-12-04T16:30"))


def asked(who="maya", *, to="protege", times=OFFERS, state=State.DECLINED, tries=UNTRIED, p=None, about=None, **more):
    """By default Maya, the mentor, can't."""
    p = p or pair()
    about = replace(about or meeting(p), state=state, tries=tries)
    return write(p, to, kind=Mail.TIMES, about=about, times=times, who=tuple(who.split()), **more)


def calendars(mine, theirs):
    return pair(
        mentor=person("maya", "Europe/London", calendar=theirs), protege=person("jonas", "Europe/Berlin", calendar=mine)
    )


def both(mail):
    """The words of each part, on one line."""
    bare = re.sub(r"<style.*?</style>|<[^>]+>", "", html_of(mail), flags=re.DOTALL)
    return line_of_text(mail), " ".join(bare.replace("’", "'").replace("\xa0", " ").split()).replace(" .", ".")


def test_the_subject_says_what_and_when():
    p = pair()
    assert asked().subject == "Which time? Meeting with Maya, instead of Tue 8 Dec"
    call = meeting(p, "2026-12-15T11:00", Kind.CALL, 1)
    assert asked(about=call, to="mentor").subject == "Which time? Call with Jonas, instead of Tue 15 Dec"
    assert asked(times=()).subject == "No other time: meeting with Maya on Tue 8 Dec"


@pytest.mark.parametrize(
    ("who", "state", "said"),
    [
        (
            "maya",
            State.DECLINED,
            "Maya can't come to your meeting on Tuesday 8 December at 18:30 Berlin, 17:30 London.",
        ),
        ("jonas", State.DECLINED, "ou can't come to your meeting with Maya on Tuesday 8 December at 18:30 Berlin"),
        (
            "maya jonas",
            State.DECLINED,
            "either of you can come to your meeting with Maya on Tuesday 8 December at 18:30",
        ),
        ("", State.DECLINED, "ne of you can't come to your meeting with Maya on Tuesday 8 December"),
        (
            "",
            State.STANDING,
            "ne of you has something else at the time of your meeting with Maya on Tuesday 8 December",
        ),
    ],
)
def test_it_says_why_another_time_is_needed(who, state, said):
    for words in both(asked(who, state=state)):
        assert said in words


def test_who_cannot_come_reads_it_of_themselves_and_the_other_of_them():
    mentor, protege = (line_of_text(asked("jonas", to=to)) for to in ("mentor", "protege"))
    assert "Jonas can't come to your meeting" in mentor
    assert "You can't come to your meeting with Maya" in protege


def test_the_words_for_a_neighbour_that_was_moved_are_those_of_the_planner():
    p = pair()
    about = replace(meeting(p), rules=rules_of(p))
    wall = about.start.replace(tzinfo=None)
    judged = Stability(p, SharedHours(p), NOW - timedelta(days=9), timedelta(days=3)).judge(
        about, wall, (wall - 2 * HOUR, wall - HOUR), []
    )
    assert isinstance(judged, Yielding)
    mail = replace(due(p, p.protege, Mail.TIMES, about), times=OFFERS, reason=judged.why)
    for words in both(composer().compose(mail, p, [about], NOW)):
        assert "our meeting with Maya on Tuesday 8 December at 18:30 Berlin, 17:30 London no longer fits" in words


def test_what_is_over_is_told_as_such():
    for words in both(asked(now=NOW + timedelta(days=5))):
        assert "Maya couldn't come to your meeting on Tuesday 8 December" in words


@pytest.mark.parametrize(
    ("tried", "said"), [((), ""), (BEFORE[:1], "The time before it"), (BEFORE, "The two times before it")]
)
def test_times_that_were_tried_before_are_told(tried, said):
    for words in both(asked(tries=Tries(len(tried), NOW, tried))):
        assert ("didn't suit either." in words) is bool(tried)
        assert said in words


def test_a_meeting_that_was_moved_as_often_as_may_be_is_said_to_be():
    for moves, told in ((2, False), (3, True)):
        for words in both(asked("", state=State.STANDING, tries=Tries(moves, NOW))):
            assert ("The meeting was moved three times already." in words) is told


def test_each_time_is_told_in_order_in_both_zones_the_reader_s_first():
    listed = [line for line in text_of(asked(times=OFFERS[::-1])).splitlines() if re.match(r"  \d\. ", line)]
    assert listed == [
        "  1. Thursday 10 December, 17:30 Berlin, 16:30 London",
        "  2. Friday 11 December, 13:00 Berlin, 12:00 London",
        "  3. Monday 14 December, 10:00 Berlin, 09:00 London",
    ]
    assert "  2. Friday 11 December, 12:00 London, 13:00 Berlin" in text_of(asked(to="mentor"))
    html = html_of(asked())
    assert [html.count(f"{clock}\xa0Berlin") for clock in ("17:30", "13:00", "10:00")] == [1, 1, 1]


def test_one_time_is_offered_as_one():
    said = line_of_text(asked(times=OFFERS[:1]))
    assert "This time is free for both of you" in said
    assert "Move the event in your calendar to it, or to any other time" in said


MOVE = "Move the event in your calendar to one of them, or to any other time. "
TELL = "Tell Maya (maya@example.org) which time suits you, one of these or any other. Maya can move the event there"
AGREE = "Agree with Maya (maya@example.org) on one of them, or on any other time"


@pytest.mark.parametrize(
    ("who", "mine", "theirs", "said"),
    [
        ("maya", "a", "b", f"{MOVE}It comes back into Maya's calendar."),
        ("", "a", "b", f"{MOVE}Maya's calendar follows."),
        ("", "a", None, f"{MOVE}Tell Maya, whose calendar isn't connected."),
        ("jonas", "a", "b", f"{TELL}, and it comes back into your calendar."),
        ("", None, "b", f"{TELL}."),
        ("maya jonas", "a", "b", f"{AGREE}. Put it into your calendar yourself."),
        ("jonas", "a", None, f"{AGREE}. Put it into your calendar yourself."),
        ("maya", None, "b", f"{AGREE}."),
    ],
)
def test_it_says_how_to_settle_it_by_who_still_has_the_event(who, mine, theirs, said):
    state = State.DECLINED if who else State.STANDING
    for words in both(asked(who, p=calendars(mine, theirs), state=state)):
        assert said in words
        assert [words.count(way) for way in (MOVE, TELL, AGREE)] == [
            said.startswith(way) for way in (MOVE, TELL, AGREE)
        ]


@pytest.mark.parametrize(
    ("who", "mine", "theirs", "said"),
    [
        ("maya", "a", "b", ", and move the event in your calendar there. It comes back into Maya's calendar."),
        ("", "a", "b", ", and move the event in your calendar there. Maya's calendar follows."),
        ("", "a", None, ", and move the event in your calendar there."),
        ("jonas", "a", "b", ". Maya can move the event there, and it comes back into your calendar."),
        ("jonas", "a", None, ". Put it into your calendar yourself."),
    ],
)
def test_without_any_time_it_says_so_and_what_to_do(who, mine, theirs, said):
    state = State.DECLINED if who else State.STANDING
    for words in both(asked(who, p=calendars(mine, theirs), state=state, times=())):
        assert "Within your hours, no other time is free for both of you until Thu 31 Dec." in words
        assert f"Agree with Maya (maya@example.org) on any time that suits you both{said}" in words


def test_for_a_call_the_period_has_no_say():
    call = meeting(pair(), "2026-12-15T11:00", Kind.CALL, 1)
    for words in both(asked(about=call, times=())):
        assert "Within your hours, no other time around then is free for both of you." in words
        assert "until" not in words


def test_what_still_stands_is_said_to_stay():
    for state, told in ((State.STANDING, True), (State.DECLINED, False)):
        for words in both(asked("", state=state)):
            assert ("Until one of you moves it, it stays where it is." in words) is told


def test_a_reply_is_not_said_to_settle_anything():
    for words in both(asked()):
        assert "A reply to this mail goes to Maya." in words
        assert "nswer" not in words
