"""What the mails say, read in their plain text: to each of the two, in every month."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cadenced.config.roadmaps import load_roadmaps
from cadenced.core.actions import Mail
from cadenced.core.answers import Answer, Told
from cadenced.core.model import Cadence, Channel, Every, Kind, State
from cadenced.wire.titles import called
from tests.support.mails import NOW, composer, due, html_of, line_of_text, meeting, text_of, write
from tests.support.programme import pair, person, utc

REAL = load_roadmaps(Path())["early-career-product-manager"]
KINDS = [Mail.AGENDA, Mail.BRIEF, Mail.TASK, Mail.MOVED, Mail.TIMES]
OF_ONE_MEETING = {Mail.MOVED, Mail.TIMES}  # they speak of no month


def real(**more):
    return replace(pair(**more), roadmap=REAL, focus=("negotiation", "executive-presence"))


def test_it_says_where_how_long_and_in_which_format():
    assert "60 minutes, face to face, The Lamb" in line_of_text(write())
    p = pair()
    call = write(p, kind=Mail.BRIEF, about=meeting(p, kind=Kind.CALL, index=1))
    assert "60 minutes, call " in line_of_text(call)  # this pair's calls have no place
    assert "You talk to Maya in three days." in line_of_text(call)


def test_a_place_that_is_a_link_can_be_followed():
    p = replace(pair(), face_to_face=Cadence(Every(months=1), 60, where="https://meet.example.org/a?b=1&c=2"))
    assert 'href="https://meet.example.org/a?b=1&amp;c=2"' in html_of(write(p))
    assert "https://meet.example.org/a?b=1&c=2" in text_of(write(p))


def test_an_agenda_for_the_protege_has_the_task_and_what_to_prepare_do_and_write_down():
    text = text_of(write())
    for words in ("Task 1.", "- Prepare 1.", "- Homework 1.", "Outcome 1."):
        assert words in text
    assert "Question 1?" not in text


def test_an_agenda_for_the_mentor_has_the_task_the_questions_and_what_the_protege_was_asked_to_bring():
    text = text_of(write(to="mentor"))
    for words in ("Task 1.", "- Question 1?", "JONAS WAS ASKED TO BRING\n  - Prepare 1.", "Outcome 1."):
        assert words in text
    assert "Homework 1." not in text


@pytest.mark.parametrize("part", [text_of, html_of])
def test_an_agenda_asks_about_the_last_homework(part):
    for to, question in (("protege", "What did you try, and what happened?"), ("mentor", "What was tried, and what")):
        said = part(write(to=to, month=3))
        assert "Homework 2." in said
        assert question in said
        assert said.rindex("Homework 2.") < said.rindex("Task 3.")


def test_the_first_agenda_asks_about_no_homework_but_says_what_was_agreed_on():
    for p, month in ((pair(), 1), (pair(roadmap_month=5), 5)):
        text = line_of_text(write(p, month=month))
        assert "what happened" not in text
        assert "Face to face every month, 60 minutes - A call every 2 weeks, 30 minutes - About 24 hours a year" in text
        assert "About 24 hours a year" not in text_of(write(p, month=month + 1))


def test_the_second_year_begins_with_the_last_homework_of_the_first():
    text = text_of(write(month=13))
    assert "MONTH 1 OF 12, YEAR 2\nTitle 1" in text
    assert "Homework 12." in text


@pytest.mark.parametrize("part", [text_of, html_of])
@pytest.mark.parametrize("to", ["mentor", "protege"])
def test_a_task_that_is_carried_over_is_named_and_said_to_be(part, to):
    said = part(write(to=to, month=4, carried_over=True))
    assert "carried over from month 3" in said.lower()
    assert "Title 3" in said
    assert "You had no meeting in month 3, so its task comes along. Task 3." in " ".join(said.split())
    assert "Homework 2." in said  # month 3 had no meeting that could give any
    assert "Homework 3." not in said


def test_homework_that_was_added_in_a_month_without_a_meeting_comes_along():
    p = pair()
    told = [Answer(str(n), p.id, "maya", Told.TODO, NOW, month=n, text=f"read chapter {n}") for n in range(1, 6)]
    mail = due(p, p.protege, about=meeting(p), month=4, carried_over=True)
    said = composer().compose(mail, p, [mail.meeting], NOW, told=told)
    assert [n for n in range(1, 6) if f"read chapter {n}" in text_of(said)] == [2, 3, 4]


def test_a_carried_over_first_month_asks_about_no_homework():
    text = text_of(write(month=2, carried_over=True))
    assert "Task 1." in text
    assert "what happened" not in text


def test_a_month_without_homework_is_asked_about_by_its_task():
    p = pair()
    months = tuple(replace(month, homework=(), prepare=(), questions=(), outcome="") for month in p.roadmap.months)
    p = replace(p, roadmap=replace(p.roadmap, months=months))
    for to in ("mentor", "protege"):
        text = text_of(write(p, to, month=2))
        assert "FIRST, THE HOMEWORK\n" in text
        assert "- Task 1." in text
        assert not any(label in text for label in ("PREPARE", "TO ASK", "BRING", "WRITE", "UNTIL YOU MEET AGAIN"))


def test_the_mentor_s_part_is_named_in_the_months_of_introduction_and_rehearsal():
    parts = {m: "YOUR PART" in text_of(write(real(), "mentor", month=m)) for m in range(1, 13)}
    assert [m for m, named in parts.items() if named] == [6, 10]
    assert "An introduction. Whom should Jonas meet?" in text_of(write(real(), "mentor", month=6))
    assert "A role play." in text_of(write(real(), "mentor", month=10))
    assert not any("YOUR PART" in text_of(write(real(), month=m)) for m in range(1, 13))


def test_the_mentor_is_reminded_of_the_focus_and_the_protege_once():
    assert "Negotiation, executive presence" in text_of(write(real(), "mentor", month=5))
    assert "Negotiation, executive presence" in text_of(write(real(), month=1))
    assert "Negotiation" not in text_of(write(real(), month=5))


def test_a_brief_is_short_and_asks_how_it_is_going():
    p = pair()
    call = meeting(p, kind=Kind.CALL, index=1)
    mentor, protege = (text_of(write(p, to, kind=Mail.BRIEF, about=call)) for to in ("mentor", "protege"))
    assert "TO ASK JONAS\n  - What have you tried, and what happened?\n  - Question 1?" in mentor
    assert "TO TELL MAYA\n  - What have you tried, and what happened?\n  - What is in the way?" in protege
    for text in (mentor, protege):
        assert "Month 1: Title 1" in text
        assert "Homework 1." in text
        assert "Task 1." not in text
        assert len(text.splitlines()) < 30


def test_each_call_of_a_month_has_a_question_of_its_own():
    p = real()
    briefs = [text_of(write(p, "mentor", kind=Mail.BRIEF, about=meeting(p, kind=Kind.CALL, index=i))) for i in (1, 2)]
    assert "Which of the people you have worked for" in briefs[0]
    assert "What would have to be true in a year" in briefs[1]


def test_a_month_without_a_meeting_sends_the_task_by_mail():
    protege = line_of_text(write(kind=Mail.TASK, month=3))
    assert "You and Maya have no meeting from 1 to 28 Feb, so the month's task comes by mail." in protege
    assert "Write to Maya by Sun 28 Feb what came of it." in protege
    for words in ("Task 3.", "Prepare 3.", "Homework 3.", "Outcome 3.", "Homework 2. What did you try"):
        assert words in protege
    mentor = line_of_text(write(to="mentor", kind=Mail.TASK, month=3))
    assert "Jonas was asked to write to you by Sun 28 Feb what came of it." in mentor
    for words in ("Task 3.", "Question 3?", "Homework 2. What was tried"):
        assert words in mentor
    assert "Another time?" not in protege + mentor


def test_who_is_told_of_a_conflict_reads_when_it_is_now_and_that_the_later_move_holds():
    text = line_of_text(write(kind=Mail.MOVED))
    assert (
        "You and Maya both moved your meeting, to different times. The later move holds, and that was Maya's." in text
    )
    assert "Now it is: Tuesday 8 December 18:30 Berlin, 17:30 London" in text
    assert "Another time? Move the event in your calendar, and Maya's follows." in text


@pytest.mark.parametrize("kind", [Mail.AGENDA, Mail.BRIEF, Mail.MOVED])
@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ("a", "b", "Move the event in your calendar, and Maya's follows. If you can't come, delete it, and another"),
        ("a", None, "up to twice. Either way tell Maya, whose calendar isn't connected."),
        (None, "b", "Write to Maya (maya@example.org), who can move the event."),
        (None, None, "Agree on one with Maya (maya@example.org)."),
    ],
)
def test_people_are_told_how_to_move_a_meeting(kind, mine, theirs, said):
    p = pair(mentor=person("maya", calendar=theirs), protege=person("jonas", calendar=mine))
    assert said in line_of_text(write(p, kind=kind))
    html = html_of(write(p, kind=kind))
    assert ("in your calendar" in html) is (mine is not None)


def test_who_is_invited_reads_how_to_say_no():
    guest = person("jonas", channel=Channel.SCHEDULING)
    for mentor in (person("maya"), person("maya", calendar="maya")):
        for part in (text_of, html_of):
            said = " ".join(part(write(pair(mentor=mentor, protege=guest))).replace("’", "'").split())
            assert "If you can't come, decline the invitation, and another time is looked for, up to twice." in said


@pytest.mark.parametrize(
    ("kind", "follows"), [(Mail.AGENDA, "and Maya's follows."), (Mail.TIMES, "Maya's calendar follows.")]
)
def test_the_calendar_of_who_is_invited_follows(kind, follows):
    guest = person("maya", channel=Channel.SCHEDULING)
    for part in (text_of, html_of):
        said = part(write(pair(mentor=guest), kind=kind, **({"times": ((NOW, NOW),)} if kind is Mail.TIMES else {})))
        assert follows in " ".join(said.replace("’", "'").split())


def test_what_comes_after_is_named_when_it_stands():
    p = pair()
    first, off, call = (
        meeting(p),
        replace(meeting(p, "2026-12-15T11:00", Kind.CALL, 1), state=State.DECLINED),
        meeting(p, "2026-12-18T11:00", Kind.CALL, 2),
    )
    mail = composer().compose(due(p, p.protege, about=first), p, [call, off, first], NOW)
    assert "After that: Fri 18 Dec, 12:00 Berlin, 11:00 London, call." in text_of(mail)
    task = composer().compose(due(p, p.protege, Mail.TASK), p, [call, off], NOW)
    assert "Your next meeting: Fri 18 Dec, 12:00 Berlin, 11:00 London, call." in text_of(task)


def test_a_meeting_moved_to_before_the_start_speaks_of_the_first_month():
    assert "MONTH 1 OF 12\nTitle 1" in text_of(write(month=0))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Maya Okafor", "Maya"),
        ("Siobhán O'Neill", "Siobhán"),
        ("Okafor, Maya", "Maya"),
        ("Dr. Maya Okafor", "Maya"),
        ("Maya", "Maya"),
        ("J. R.", "J. R."),
        ("Okafor,", "Okafor"),
    ],
)
def test_people_are_called_by_their_first_name(name, first):
    assert called(name) == first


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("to", ["mentor", "protege"])
def test_every_month_of_the_real_roadmap_is_written_for_both_readers(kind, to):
    seen = set()
    for month in range(1, 13):
        for carried in (False, True):
            mail = write(real(), to, kind=kind, month=month, carried_over=carried)
            text, html = text_of(mail), html_of(mail)
            assert mail.problem == ""
            assert max(map(len, text.splitlines())) <= 72
            assert "\n\n\n" not in text
            assert len(html.encode()) < 30_000
            assert len(mail.body) < 30_000
            title = REAL.months[month - 1].title.replace("'", "’")
            assert kind in OF_ONE_MEETING or title in html.replace("&#39;", "’")
            seen.add(text)
    assert len(seen) >= (1 if kind in OF_ONE_MEETING else 12)


def test_mentor_and_protege_read_texts_of_their_own():
    for kind in KINDS:
        mentor, protege = (
            text_of(write(real(), to, kind=kind)).replace("Maya", "Jonas") for to in ("mentor", "protege")
        )
        assert mentor != protege


def test_long_user_texts_are_wrapped_and_a_long_word_stays_whole():
    p = pair()
    task = "word " * 100 + "https://example.org/" + "x" * 100
    months = (replace(p.roadmap.months[0], task=task, prepare=("item " * 40,)), *p.roadmap.months[1:])
    lines = text_of(write(replace(p, roadmap=replace(p.roadmap, months=months)))).splitlines()
    assert [line for line in lines if len(line) > 72] == ["https://example.org/" + "x" * 100]
    items = [line for line in lines if "item" in line]
    assert items[0].startswith("  - item")
    assert all(line.startswith("    item") for line in items[1:])


def test_a_quarterly_pair_hears_its_own_rhythm():
    p = replace(pair(calls=None), face_to_face=Cadence(Every(months=3), 90))
    assert "- Face to face every 3 months, 90 minutes\n  - About 6 hours a year" in text_of(write(p))
    p = replace(pair(), face_to_face=Cadence(Every(days=42), 60), calls=Cadence(Every(days=10), 30))
    assert "- Face to face every 6 weeks, 60 minutes\n  - A call every 10 days, 30" in text_of(write(p))


def test_a_month_that_the_two_interrupted_goes_on_for_as_long_in_what_is_said_of_it():
    """They paused by mail for ninety days; February has 28 of them."""
    p = pair(calls=None)
    pause = Answer("<1@x>", p.id, "jonas", Told.PAUSED, utc("2027-01-20T10:00"), until=date(2027, 4, 19))
    for month, days in ((2, "1 Jan to 1 May"), (3, "2 to 29 May")):
        mail = composer().compose(due(p, p.protege, Mail.TASK, month=month), p, [], NOW, told=[pause])
        assert mail.subject.startswith(f"{days}: month {month} with Maya")
