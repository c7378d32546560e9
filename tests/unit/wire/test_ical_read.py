"""What is read of an event of ours, whatever clients and servers made of it."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.wire.ical import LARGEST, names_meeting, observe
from tests.support.events import (
    BODY,
    END,
    NOW,
    START,
    creation,
    lines,
    timed,
    with_lines,
    without,
    zone,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class TestRead:
    """What clients and servers make of an event of ours."""

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("DTSTART:20261208T173000Z", "DTEND:20261208T183000Z"),
            ("DTSTART;TZID=Europe/Berlin:20261208T183000", "DTEND;TZID=Europe/London:20261208T183000"),
            ('DTSTART;TZID="Europe/Berlin":20261208T183000', 'DTEND;TZID="Europe/Berlin":20261208T193000'),
            ("DTSTART;X-A=B;TZID=Europe/London;VALUE=DATE-TIME:20261208T173000", "DURATION:PT1H"),
            ("DTSTART:20261208T173000Z", "DURATION:PT60M"),
            ("DTSTART:20261208T173000Z", ""),
            ("DTSTART;TZID=Europe/Lon\r\n don:20261208T173000", "DTEND:20261208T183\r\n\t000Z"),
        ],
    )
    def test_a_time_may_be_said_in_many_ways(self, start, end):
        event = observe(timed(start, end))
        assert (event.start, event.end, event.problem) == (START, END, "")

    @pytest.mark.parametrize(
        "name", ["W. Europe Standard Time", "Custom/Berlin", "/example.org/Europe/Berlin", "CET-1"]
    )
    def test_a_zone_of_another_name_is_what_its_definition_says(self, name):
        stamps = [
            f'{key};TZID="{name}":{at}' for key, at in (("DTSTART", "20261208T183000"), ("DTEND", "20261208T193000"))
        ]
        event = observe(timed(*stamps, zone=zone(name, "+0100")))
        assert (event.start, event.end) == (START, END)

    def test_a_definition_that_contradicts_a_known_zone_is_not_believed(self):
        contradicting = without("DTEND").replace("TZOFFSETTO:+0000", "TZOFFSETTO:+0500")
        assert contradicting != without("DTEND")
        assert observe(contradicting).start == START
        beside = contradicting.replace("END:VEVENT", "EXDATE;TZID=Custom:20270101T000000\r\nEND:VEVENT")
        assert observe(beside).start == START

    @pytest.mark.parametrize(
        ("start", "end", "words"),
        [
            ("DTSTART:20261208T173000", "DTEND:20261208T183000", "names no time zone"),
            ("DTSTART;TZID=Atlantis:20261208T173000", "DTEND;TZID=Atlantis:20261208T183000", "names no time zone"),
            ("DTSTART;VALUE=DATE:20261208", "DTEND;VALUE=DATE:20261209", "all-day"),
            ("", "DTEND:20261208T183000Z", "no start"),
            ("DTSTART:20261208T173000Z", "DTEND:20261208T163000Z", "end"),
            ("DTSTART:20261208T173000Z", "DTEND;VALUE=DATE:20261209", "end"),
            ("DTSTART:20261208T173000Z", "DURATION:-PT1H", "end"),
            ("DTSTART:20261208T173000Z", "DURATION:an hour", ""),
            ("DTSTART:99991231T235900Z", "DTEND:99991231T235959Z", "years"),
            ("DTSTART;TZID=America/New_York:99991231T235900", "DURATION:PT1M", ""),
            ("DTSTART:00010101T000000Z", "DTEND:00010101T010000Z", "years"),
            ("DTSTART;TZID=Asia/Tokyo:00010101T000000", "DURATION:PT1M", ""),
            ("DTSTART:20261208T173000Z", "DURATION:P9999999999D", ""),
            ("DTSTART:yesterday", "DTEND:20261208T183000Z", ""),
            ("DTSTART:20261208T173000Z\r\nDTSTART:20261209T173000Z", "DTEND:20261208T183000Z", ""),
        ],
    )
    def test_a_time_that_cannot_be_known_is_a_problem_in_words(self, start, end, words):
        event = observe(timed(start, end))
        assert event.uid == creation().meeting.uid
        assert event.problem
        assert words in event.problem
        assert (event.start, event.end) == (None, None)

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "\n",
            "garbage",
            "BEGIN:VCALENDAR",
            "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            "\x00" * 99,
            "END:VEVENT\r\n" * 9,
            BODY[:200],
            BODY[len(BODY) // 2 :],
            BODY.replace("VEVENT", "VTODO"),
            BODY * 2,
            BODY.replace(":", ";"),
            with_lines("RECURRENCE-ID:20261208T173000Z"),
            BODY.replace("BEGIN:VEVENT", "BEGIN:VEVENT\r\n" * 50),
        ],
    )
    def test_what_is_no_event_is_a_problem_and_no_error(self, body):
        assert observe(body).problem

    @given(st.text(max_size=300))
    def test_no_text_is_an_error(self, text):
        assert observe(text).problem
        names_meeting(text)

    @given(st.data())
    def test_no_damage_to_an_event_is_an_error(self, data):
        place = data.draw(st.integers(0, len(BODY) - 1))
        length = data.draw(st.integers(0, 80))
        damaged = BODY[:place] + data.draw(st.text(max_size=20)) + BODY[place + length :]
        event = observe(damaged)
        assert event.problem or (event.start and event.end)

    def test_a_property_of_a_megabyte_is_a_problem_and_its_uid_still_known(self):
        event = observe(with_lines("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * LARGEST))
        assert event.problem == "it is larger than any event should be"
        assert event.uid == creation().meeting.uid

    def test_a_property_of_half_a_megabyte_is_none(self):
        event = observe(with_lines("ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * (LARGEST // 2)))
        assert (event.problem, event.start) == ("", START)

    def test_an_exception_of_a_recurring_event_is_not_the_event(self):
        exception = (
            "BEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:20261208T173000Z\r\nDTSTART:20300101T000000Z\r\nEND:VEVENT\r\n"
        )
        event = observe(BODY.replace("BEGIN:VEVENT", exception + "BEGIN:VEVENT", 1))
        assert event.start == START

    def test_of_two_events_the_first_is_read(self):
        second = "BEGIN:VEVENT\r\nUID:other\r\nDTSTART:20300101T000000Z\r\nSUMMARY:Other\r\nEND:VEVENT\r\n"
        event = observe(BODY.replace("END:VCALENDAR", second + "END:VCALENDAR"))
        assert (event.start, event.summary) == (START, "Jonas: Where to?")

    def test_texts_are_read_as_others_write_them(self):
        said = without("SUMMARY", "LOCATION", "DESCRIPTION").replace(
            "BEGIN:VEVENT",
            'BEGIN:VEVENT\r\nsummary;LANGUAGE=en;X-A="a:b;c":C:\\\\New\\, old\\; and \\Nmore\r\n'
            "LOCATION:\\\\\\\\server\\\\No\r\n tes\r\nLOCATION:second\r\n"
            "BEGIN:VALARM\r\nDESCRIPTION:alarm\r\nEND:VALARM",
        )
        event = observe(said)
        assert event.summary == "C:\\New, old; and \nmore"
        assert event.location == "\\\\server\\Notes"
        assert event.description == ""

    def test_cancelled_is_cancelled_in_any_spelling(self):
        assert observe(BODY.replace("STATUS:CONFIRMED", "STATUS:Cancelled")).cancelled
        assert not observe(BODY.replace("STATUS:CONFIRMED", "STATUS:TENTATIVE")).cancelled
        assert not observe(without("STATUS")).cancelled

    def test_without_last_modified_the_stamp_counts(self):
        assert observe(without("LAST-MODIFIED")).last_modified == NOW
        assert observe(without("LAST-MODIFIED", "DTSTAMP")).last_modified is None

    @pytest.mark.parametrize("width", [20, 40, 60])
    def test_a_server_may_fold_and_order_as_it_likes(self, width):
        begin, *body, end = lines(BODY)[lines(BODY).index("BEGIN:VEVENT") : lines(BODY).index("END:VEVENT") + 1]
        turned = [
            line for line in (begin, *reversed(body), end) for line in [re.sub(f"(.{{{width}}})", "\\1\n ", line)]
        ]
        event = observe("BEGIN:VCALENDAR\nVERSION:2.0\n" + "\n".join(turned) + "\nEND:VCALENDAR\n")
        assert event == observe(BODY)
