"""What a person reads in their calendar."""

from dataclasses import replace

import pytest

from cadenced.core.model import Channel
from cadenced.wire.titles import called, fields_for, invitation_for
from tests.support.programme import ROADMAP, pair
from tests.support.records import meeting

PAIR = pair(agreed_calls=())
MONTH = ROADMAP.months[0]


def fields(index=0, person="mentor", month=MONTH, of=PAIR):
    return fields_for(of, getattr(of, person), meeting(index), month)


def test_each_reads_the_other_s_name_and_the_month_s_title():
    assert fields().summary == "Jonas: Title 1"
    assert fields(person="protege").summary == "Maya: Title 1"


def test_a_call_is_called_one():
    assert fields(1).summary == "Call with Jonas"
    assert fields(1, "protege").summary == "Call with Maya"


def test_it_takes_place_where_its_format_does():
    assert fields().location == "The Lamb"
    assert fields(1).location == ""


def test_it_stands_in_the_person_s_own_zone():
    assert (fields().timezone, fields(person="protege").timezone) == ("Europe/London", "Europe/Berlin")
    assert fields().start == fields(person="protege").start == meeting().start


def test_the_notes_say_the_month_s_task_and_what_moving_and_deleting_it_do():
    notes = fields().description
    assert notes.startswith("Month 1. Task 1.\n\n")
    assert "cadenced follows, and Jonas's calendar with it" in notes
    assert "Delete it if you can't: then cadenced looks for another time" in notes
    assert fields(1).description.startswith("How is it going with month 1, “Title 1”?\n")


def test_the_notes_promise_nothing_of_a_calendar_that_is_not_connected():
    alone = replace(PAIR, protege=replace(PAIR.protege, calendar=None))
    notes = fields(of=alone).description
    assert "cadenced follows. Tell Jonas, whose calendar isn't connected." in notes
    assert "with it" not in notes
    invited = replace(PAIR, protege=replace(PAIR.protege, calendar=None, channel=Channel.INVITE))
    assert "Jonas's calendar with it" in fields(of=invited).description


def test_a_format_that_the_policy_has_no_more_has_no_place():
    assert fields(1, of=pair(calls=None)).location == ""


def test_somebody_who_is_invited_alone_reads_what_they_would_in_their_own_calendar_but_how_to_say_no():
    alone = invitation_for(PAIR, [PAIR.protege], meeting(), MONTH)
    own = fields(person="protege")
    assert replace(alone, description="") == replace(own, description="")
    assert alone.description.startswith("Month 1. Task 1.\n\n")
    assert "decline it if you can't" in alone.description
    assert "delete" not in alone.description


def test_two_who_are_invited_read_both_names_in_the_zone_of_the_pair():
    of = replace(PAIR, timezone="Europe/Dublin")
    both = [invitation_for(of, of.people, meeting(index), MONTH) for index in (0, 1)]
    assert [each.summary for each in both] == ["Maya and Jonas: Title 1", "Call with Maya and Jonas"]
    assert both[0].timezone == "Europe/Dublin"
    assert both[0].location == "The Lamb"


def test_the_same_meeting_reads_the_same_every_time():
    assert fields() == fields()


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x0b", "\x1b", "\x1f", "\x7f", "\ufeff", "\uffff", "\r"])
def test_what_a_server_s_xml_cannot_carry_is_left_out(control):
    month = replace(MONTH, title=f"Ti{control}tle", task=f"One{control}\nTwo\tThree")
    found = fields(month=month)
    assert found.summary == "Jonas: Title"
    assert found.description.startswith("Month 1. One\nTwo\tThree\n\n")


def test_letters_and_signs_of_all_kinds_stay():
    month = replace(MONTH, title="Où? 計画 👩\u200d💻 “é” —")
    assert fields(month=month).summary == "Jonas: Où? 計画 👩\u200d💻 “é” —"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Maya Okafor", "Maya"),
        ("Okafor, Maya", "Maya"),
        ("Dr. Maya Okafor", "Maya"),
        ("Maya", "Maya"),
        ("Dr.", "Dr."),
        ("Maya Okafor, PhD", "Maya"),
        ("Maya Okafor, M.D., MBA", "Maya"),
        ("Maya Okafor, PhD 🐻", "Maya"),
        ("Maya Okafor, Jr.", "Maya"),
        ("Okafor, Dr. Maya, PhD", "Maya"),
        ("OKAFOR, MAYA", "MAYA"),
        ("Okafor, McKenzie", "McKenzie"),
        ("Okafor, Jean-Luc", "Jean-Luc"),
        ("Okafor, 明", "明"),
    ],
)
def test_a_person_is_called_by_the_first_name(name, short):
    assert called(name) == short
