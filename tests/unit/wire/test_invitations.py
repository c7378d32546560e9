"""Invitations by mail: what travels of an event, and what is said with it."""

import pytest
from hypothesis import given
from icalendar import Calendar

from cadenced.core.participation import Guest, Participation
from cadenced.wire.attendees import invite, organizer_of, participations
from cadenced.wire.ical import compose, observe
from cadenced.wire.invitations import Method, declined_counter, invitation
from tests.support.events import AWKWARD, BODY, END, FOREIGN, NOW, START, creation, lines, with_lines
from tests.support.programme import utc

SERVICE, MAYA, JONAS = (
    Guest("agenda@example.org", "Mentoring"),
    Guest("maya@example.org", 'Okafor, "Maya"'),
    Guest("j@x", "J"),
)


def invited(body=BODY, method=Method.REQUEST, sequence=3, **more):
    return invitation(body, SERVICE, MAYA, method, sequence, **more).decode()


class TestARequest:
    def test_asks_one_guest_in_the_name_of_the_service(self):
        text = invited()
        assert organizer_of(text) == "agenda@example.org"
        assert participations(text) == {"maya@example.org": Participation(ours=True)}
        event = Calendar.from_ical(text).events[0]
        assert event["ATTENDEE"].params["RSVP"] == "TRUE"
        assert (
            event["ATTENDEE"].params["CN"] == "Okafor, ^'Maya^'" or event["ATTENDEE"].params["CN"] == 'Okafor, "Maya"'
        )

    def test_has_the_method_and_the_sequence_and_all_that_the_event_says(self):
        calendar = Calendar.from_ical(invited())
        assert calendar["METHOD"] == "REQUEST"
        event = calendar.events[0]
        assert (event["SEQUENCE"], event["STATUS"]) == (3, "CONFIRMED")
        before, after = observe(BODY), observe(invited())
        assert (after.uid, after.start, after.end, after.summary) == (before.uid, START, END, before.summary)
        assert (after.identity, after.baseline, after.problem) == (before.identity, before.baseline, "")

    def test_brings_its_zone_along(self):
        text = invited()
        assert text.count("BEGIN:VTIMEZONE") == 1
        assert "DTSTART;TZID=Europe/London:20261208T173000" in lines(text)

    def test_leaves_at_home_what_a_person_added_for_themselves(self):
        alarm = ("BEGIN:VALARM", "TRIGGER:-PT5M", "ACTION:DISPLAY", "DESCRIPTION:x", "END:VALARM")
        own = with_lines("CLASS:PRIVATE", "ATTACH:https://example.org", "X-PRIVATE:secret", *alarm)
        assert lines(invited(own)) == lines(invited())

    def test_names_no_other_guest(self):
        assert participations(invited(invite(BODY, SERVICE, [JONAS]))) == {"maya@example.org": Participation(ours=True)}

    def test_is_stamped_anew_where_a_moment_is_given(self):
        assert "DTSTAMP:20261124T090000Z" in lines(invited())
        again = lines(invited(now=utc("2026-11-28T12:00")))
        assert [line for line in again if line.startswith("DTSTAMP")] == ["DTSTAMP:20261128T120000Z"]

    @given(AWKWARD, AWKWARD)
    def test_any_text_travels_as_it_is(self, summary, description):
        body = compose(creation(summary=summary, description=description), NOW)
        found = observe(invited(body))
        assert (found.summary, found.description, found.problem) == (
            observe(body).summary,
            observe(body).description,
            "",
        )

    def test_without_an_event_there_is_nothing_to_send(self):
        with pytest.raises(ValueError, match="no event"):
            invited("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    def test_no_line_is_longer_than_75_octets(self):
        assert max(len(line) for line in invited().encode().split(b"\r\n")) <= 75


class TestTakingItBack:
    def test_a_cancellation_says_so_twice(self):
        calendar = Calendar.from_ical(invited(method=Method.CANCEL))
        assert (calendar["METHOD"], calendar.events[0]["STATUS"]) == ("CANCEL", "CANCELLED")

    def test_a_status_that_the_event_has_is_replaced(self):
        text = invited(FOREIGN.format(uid="x").replace("SUMMARY", "STATUS:TENTATIVE\r\nSUMMARY"))
        assert [line for line in lines(text) if line.startswith("STATUS")] == ["STATUS:CONFIRMED"]


class TestDecliningACounter:
    def test_says_why_and_keeps_the_events_own_time(self):
        why = 'Jonas has something else; "then", these work:\nTue, 1 December, 17:30\n' + "x" * 100
        raw = declined_counter(BODY, SERVICE, MAYA, 2, why)
        calendar = Calendar.from_ical(raw.decode())
        event = calendar.events[0]
        assert (calendar["METHOD"], event["SEQUENCE"], event["COMMENT"]) == ("DECLINECOUNTER", 2, why)
        assert observe(raw.decode()).start == START
        assert max(len(line) for line in raw.split(b"\r\n")) <= 75

    def test_without_a_reason_there_is_no_comment(self):
        assert b"COMMENT" not in declined_counter(BODY, SERVICE, MAYA, 2, "")
