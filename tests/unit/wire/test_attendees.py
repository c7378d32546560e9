"""Guests of an event: how they are written, read, asked again and taken off the list, with all else left as it was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cadenced.core.participation import Guest, Participation, PartStat
from cadenced.wire.attendees import ask_again, invite, organizer_of, participations, send_again, uninvite
from tests.support.events import BODY, PIECES, PLAIN, lines, with_lines

CADENCE = Guest("cadence@example.org", "Cadence")
MAYA, JONAS = Guest("maya@example.org", "Maya Okafor"), Guest("jonas@example.org", "Jonas Weber")
INVITED = invite(BODY, CADENCE, [MAYA, JONAS])
UNASKED, ASKED = Participation(), Participation(ours=True)
NAMES = st.one_of(st.text(PLAIN, max_size=80), st.lists(st.sampled_from(PIECES)).map("".join)).map(str.strip)
ADDRESSES = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,40}@(example\.org|localhost)", fullmatch=True)
ANSWERED = (
    'ATTENDEE;CN=Jonas;PARTSTAT=ACCEPTED;X-SEQUENCE=1;SCHEDULE-STATUS="2.0;Success":mailto:jonas@example.org',
    'ATTENDEE;PARTSTAT=DECLINED;CN="a:b;PARTSTAT=ACCEPTED";RSVP=FALSE:MAILTO:Maya@Example.ORG',
)


def parsed(body):
    """The event, as the library reads it."""
    return Calendar.from_ical(body).events[0]


def named(line):
    """The name, by the grammar itself (RFC 5545 §3.1, RFC 6868 §3.1): the library trims it."""
    said = re.match(r'ATTENDEE;CN=(?:"([^"]*)"|([^",;:]*));CUTYPE=', line)
    return re.sub(r"\^([n'^])", lambda sign: {"n": "\n", "'": '"', "^": "^"}[sign[1]], said[1] or said[2] or "")


def rest(body):
    return [line for line in lines(body) if not line.upper().startswith(("ATTENDEE", "ORGANIZER", "TRANSP"))]


class TestInviting:
    def test_an_invitation_has_an_organizer_and_guests_who_are_asked(self):
        event = parsed(INVITED)
        assert str(event["ORGANIZER"]) == "mailto:cadence@example.org"
        assert event["ORGANIZER"].params == {"CN": "Cadence"}
        assert [str(each) for each in event["ATTENDEE"]] == ["mailto:maya@example.org", "mailto:jonas@example.org"]
        assert event["ATTENDEE"][0].params == {
            "CN": "Maya Okafor",
            "CUTYPE": "INDIVIDUAL",
            "ROLE": "REQ-PARTICIPANT",
            "PARTSTAT": "NEEDS-ACTION",
            "RSVP": "TRUE",
            "X-CADENCED-GUEST": "TRUE",
        }
        assert organizer_of(INVITED) == "cadence@example.org"
        assert participations(INVITED) == {"maya@example.org": ASKED, "jonas@example.org": ASKED}

    def test_all_else_stays_to_the_byte(self):
        body = with_lines("NO COLON AT ALL", 'X-A;B="c;d":e\r\n f', "BEGIN:VALARM", "ATTENDEE:mailto:z@x", "END:VALARM")
        assert "ATTENDEE:mailto:z@x" in lines(invite(body, CADENCE, [MAYA]))
        assert rest(invite(body, CADENCE, [MAYA])) == rest(body)

    def test_inviting_again_changes_nothing(self):
        assert invite(INVITED, CADENCE, [JONAS, MAYA]) == INVITED

    def test_capitals_make_nobody_another(self):
        assert invite(INVITED, Guest("CADENCE@Example.org", "C"), [Guest("Jonas@EXAMPLE.org", "J")]) == INVITED
        shouted = invite(BODY, Guest("CADENCE@Example.org", "C"), [Guest("Jonas@EXAMPLE.org", "J")])
        assert invite(shouted, CADENCE, [JONAS]) == shouted

    def test_of_several_organizers_one_is_left(self):
        body = invite(with_lines("ORGANIZER:mailto:a@b", "ORGANIZER:mailto:cadence@example.org"), CADENCE, [])
        assert [line for line in lines(body) if line.startswith("ORGANIZER")] == [
            "ORGANIZER;CN=Cadence:mailto:cadence@example.org"
        ]

    def test_whoever_has_answered_keeps_the_answer_when_another_is_invited(self):
        body = invite(with_lines(*ANSWERED), CADENCE, [MAYA, JONAS, Guest("zoe@example.org", "Zoë")])
        assert [line for line in lines(body) if line in ANSWERED] == [*ANSWERED]
        assert [*participations(body)] == ["jonas@example.org", "maya@example.org", "zoe@example.org"]

    def test_another_organizer_takes_the_place_of_the_one_before(self):
        body = invite(INVITED, Guest("new@example.org", "New"), [])
        assert organizer_of(body) == "new@example.org"
        assert sum(line.startswith("ORGANIZER") for line in lines(body)) == 1

    def test_the_server_is_the_one_who_invites(self):
        assert "SCHEDULE-AGENT" not in INVITED

    def test_what_an_event_is_anyway_is_not_said_for_cyrus_would_say_it_twice(self):
        assert "TRANSP:OPAQUE" in lines(BODY)
        assert "TRANSP" not in INVITED
        free = BODY.replace("TRANSP:OPAQUE", "TRANSP:TRANSPARENT")
        assert "TRANSP:TRANSPARENT" in lines(invite(free, CADENCE, [MAYA]))

    def test_what_is_to_be_sent_again_says_so_once_and_answers_stay(self):
        said = INVITED.replace("PARTSTAT=NEEDS-ACTION", "PARTSTAT=ACCEPTED", 1)
        again = send_again(send_again(said, ["maya@example.org"]), ["maya@example.org"])
        assert again.replace("\r\n ", "").count("SCHEDULE-FORCE-SEND=REQUEST") == 1
        assert participations(again) == participations(said)
        assert lines(invite(again, CADENCE, [MAYA])) == lines(said)

    @given(NAMES, ADDRESSES)
    def test_any_name_and_address_come_back(self, name, address):
        body = invite(BODY, CADENCE, [Guest(address, name)])
        assert participations(body) == {address: ASKED}
        [line] = [line for line in lines(body) if line.startswith("ATTENDEE")]
        assert line.endswith(f"@{address.rpartition('@')[2]}")
        assert rest(body) == rest(BODY)
        assert named(line) == name.replace("\r\n", "\n").replace("\r", "\n")

    @given(NAMES, ADDRESSES)
    def test_no_line_is_longer_than_a_server_must_take(self, name, address):
        body = invite(BODY, Guest(address, name), [Guest(address, name)])
        assert max(len(line.encode()) for line in body.split("\r\n")) <= 75

    def test_of_a_series_the_main_event_is_the_invitation(self):
        exception = "BEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:20261215T173000Z\r\nATTENDEE:mailto:x@y\r\nEND:VEVENT\r\n"
        body = BODY.replace("BEGIN:VEVENT", f"{exception}BEGIN:VEVENT", 1)
        assert exception in invite(body, CADENCE, [MAYA])
        assert [*participations(invite(body, CADENCE, [MAYA]))] == ["maya@example.org"]


class TestReading:
    @pytest.mark.parametrize(
        ("line", "address", "expected"),
        [
            ("ATTENDEE:mailto:x@y", "x@y", UNASKED),
            ("attendee;partstat=accepted:MailTo:X@Y", "x@y", Participation(PartStat.ACCEPTED)),
            ('ATTENDEE;PARTSTAT="DECLINED":mailto:x@y', "x@y", Participation(PartStat.DECLINED)),
            ("ATTENDEE;PARTSTAT=DELEGATED:mailto:x@y", "x@y", Participation(PartStat.TENTATIVE)),
            ("ATTENDEE;PARTSTAT=X-MAYBE:mailto:x@y", "x@y", Participation(PartStat.TENTATIVE)),
            ('ATTENDEE;CN="a:b;PARTSTAT=ACCEPTED":mailto:x@y', "x@y", UNASKED),
            ("ATTENDEE;CN=a, b;PARTSTAT=TENTATIVE:mailto:x@y", "x@y", Participation(PartStat.TENTATIVE)),
            ("ATTENDEE;PARTSTAT=ACC\r\n EPTED:mail\r\n to:x@y", "x@y", Participation(PartStat.ACCEPTED)),
            ("ATTENDEE;SCHEDULE-STATUS=1.2:mailto:x@y", "x@y", Participation(delivery="1.2")),
            ("ATTENDEE;EMAIL=x@y;PARTSTAT=ACCEPTED:/principals/x/", "x@y", Participation(PartStat.ACCEPTED)),
            ("ATTENDEE:mailto:a%25b@y", "a%b@y", UNASKED),
        ],
    )
    def test_a_guest_is_read_as_calendar_apps_write_them(self, line, address, expected):
        assert participations(with_lines(line)) == {address: expected}

    @given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])))
    def test_whatever_stands_in_a_line_the_others_are_read(self, junk):
        body = with_lines(f"ATTENDEE{junk}", ANSWERED[0], f"ORGANIZER{junk}")
        assert participations(body)["jonas@example.org"].partstat is PartStat.ACCEPTED
        organizer_of(body)
        assert participations(ask_again(body, [""]))["jonas@example.org"].partstat is PartStat.ACCEPTED
        assert participations(invite(body, CADENCE, [JONAS, MAYA])).keys() >= {"jonas@example.org", "maya@example.org"}

    def test_an_event_of_nobody_s_has_neither_guests_nor_an_organizer(self):
        assert participations(BODY) == {}
        assert organizer_of(BODY) == ""

    @pytest.mark.parametrize("line", ["ATTENDEE", "ATTENDEE;CN", 'ATTENDEE;CN=":x', "ATTENDEE:", "ATTENDEE;=:x"])
    def test_a_broken_line_names_nobody(self, line):
        assert [*participations(with_lines(line))] == [""]

    def test_what_holds_no_event_is_an_error(self):
        for act in (
            participations,
            organizer_of,
            lambda body: invite(body, CADENCE, []),
            lambda body: uninvite(body, []),
        ):
            with pytest.raises(ValueError, match="it holds no event"):
                act("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    @pytest.mark.parametrize(
        ("delivery", "undelivered"),
        [("", False), ("1.2", False), ("2.0;Success", False), ("3.7;Invalid calendar user", True), ("5.1", True)],
    )
    def test_a_server_that_could_not_reach_somebody_says_so(self, delivery, undelivered):
        body = with_lines(f'ATTENDEE;SCHEDULE-STATUS="{delivery}":mailto:x@y')
        assert participations(body)["x@y"].undelivered is undelivered


class TestAskingAgain:
    def test_an_answer_is_taken_back_and_the_others_stay(self):
        body = ask_again(with_lines(*ANSWERED), ["JONAS@example.org"])
        assert lines(body)[-5:-3] == [
            "ATTENDEE;CN=Jonas;X-SEQUENCE=1;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:jonas@example.org",
            ANSWERED[1],
        ]

    def test_what_a_name_says_is_no_answer(self):
        body = ask_again(with_lines(*ANSWERED), ["maya@example.org"])
        expected = 'ATTENDEE;CN="a:b;PARTSTAT=ACCEPTED";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:Maya@Example.ORG'
        assert expected in lines(body)

    def test_somebody_who_is_no_guest_changes_nothing(self):
        assert ask_again(INVITED, ["zoe@example.org"]) == INVITED

    @given(NAMES)
    def test_any_name_stays(self, name):
        body = invite(BODY, CADENCE, [Guest(JONAS.address, name)])
        accepted = body.replace("NEEDS-ACTION", "ACCEPTED")
        if participations(accepted)[JONAS.address].partstat is PartStat.ACCEPTED:  # else a fold cut the word
            assert parsed(ask_again(accepted, [JONAS.address]))["ATTENDEE"].params == parsed(body)["ATTENDEE"].params


class TestUninviting:
    def test_whoever_is_taken_off_the_list_is_gone_and_the_others_stay(self):
        body = uninvite(with_lines(*ANSWERED), ["maya@example.org"])
        assert lines(body) == lines(with_lines(ANSWERED[0]))

    def test_the_last_guest_may_go(self):
        assert participations(uninvite(INVITED, [MAYA.address, JONAS.address])) == {}

    def test_somebody_who_is_no_guest_changes_nothing(self):
        assert uninvite(INVITED, ["zoe@example.org"]) == INVITED
