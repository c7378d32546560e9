"""Answers to invitations as calendar apps write them, and texts that can't be taken at their word."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadenced.core.participation import PartStat
from cadenced.wire.itip import LARGEST, Counter, Refresh, Reply, Unusable, said, said_by
from cadenced.wire.received import Attached
from tests.support.events import PIECES, zone
from tests.support.programme import utc

GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20261208T173000Z
DTEND:20261208T183000Z
DTSTAMP:20261128T172011Z
ORGANIZER;CN=Mentoring:mailto:agenda@example.org
UID:11111111-2222-5333-8444-555555555555
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Maya O
 kafor;X-NUM-GUESTS=0:mailto:Maya@example.org
CREATED:20261128T170000Z
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:Jonas: Where to?
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
EXCHANGE = """\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=DECLINED;CN="Okafor, Maya":MAILTO:maya@example.org
COMMENT;LANGUAGE=en-GB:I'm away\\, sorry.\\n
UID:11111111-2222-5333-8444-555555555555
SUMMARY;LANGUAGE=en-GB:Declined: Jonas: Where to?
DTSTART;TZID=W. Europe Standard Time:20261208T183000
DTEND;TZID=W. Europe Standard Time:20261208T193000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:20261128T172011Z
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:0
X-MICROSOFT-CDO-APPT-SEQUENCE:0
END:VEVENT
END:VCALENDAR
"""
UID = "11111111-2222-5333-8444-555555555555"
MAYA = "maya@example.org"


def reply(**changes):
    """Google's, with other words in it: "old" new."""
    text = GOOGLE
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def counter(*lines, before=""):
    """A COUNTER with these lines for its time."""
    times = "\n".join(lines)
    who = f"UID:{UID}\nSEQUENCE:1\nATTENDEE;PARTSTAT=TENTATIVE:mailto:{MAYA}\n{times}"
    return f"BEGIN:VCALENDAR\nMETHOD:COUNTER\n{before}BEGIN:VEVENT\n{who}\nEND:VEVENT\nEND:VCALENDAR\n"


def reason(text, method=""):
    found = said(text, method)
    assert isinstance(found, Unusable)
    return found.reason


class TestReplies:
    def test_google_says_that_they_come(self):
        assert said(GOOGLE) == Reply(UID, MAYA, 2, PartStat.ACCEPTED)

    def test_exchange_names_no_organizer_and_says_why_they_cannot(self):
        assert said(EXCHANGE) == Reply(UID, MAYA, 0, PartStat.DECLINED, "I'm away, sorry.")

    def test_line_ends_do_not_matter(self):
        assert said(GOOGLE.replace("\n", "\r\n")) == said(GOOGLE)

    @pytest.mark.parametrize(
        ("word", "partstat"),
        [("TENTATIVE", PartStat.TENTATIVE), ("declined", PartStat.DECLINED), ("DELEGATED", None)],
    )
    def test_each_answer_is_told(self, word, partstat):
        assert said(reply(ACCEPTED=word)).partstat is partstat

    @pytest.mark.parametrize("word", ["NEEDS-ACTION", "IN-PROCESS", "", '"ACCEPTED,DECLINED"'])
    def test_what_is_neither_yes_nor_no_is_no_answer(self, word):
        assert "neither yes nor no" in reason(reply(ACCEPTED=word))

    def test_apples_server_writes_a_path_and_the_address_beside_it(self):
        text = GOOGLE.replace("X-NUM-GUESTS=0:mailto:Maya@example.org", "EMAIL=Maya@example.org:/aab/principal/")
        assert said(text).attendee == MAYA

    @pytest.mark.parametrize(
        ("written", "sequence"), [("", 0), ("x", 0), ("-1", 0), ("9" * 19, (1 << 31) - 1), ("9" * 9999, 0)]
    )
    def test_a_sequence_that_is_none_is_none(self, written, sequence):
        assert said(GOOGLE.replace("SEQUENCE:2", f"SEQUENCE:{written}")).sequence == sequence

    @pytest.mark.parametrize(
        ("old", "new", "why"),
        [
            ("UID:", "X-UID:", "names no event"),
            ("SEQUENCE:2", "RECURRENCE-ID:20261208T173000Z", "recurring"),
            ("SEQUENCE:2", "RRULE:FREQ=DAILY", "recurring"),
            ("SEQUENCE:2", "ATTENDEE;PARTSTAT=DECLINED:mailto:jonas@example.org", "several people"),
            ("ATTENDEE;", "X-ATTENDEE;", "names nobody"),
            ("mailto:Maya", "tel:Maya", "names nobody"),
            ("VEVENT", "VTODO", "holds no event"),
            ("BEGIN:VEVENT", "BEGIN:VEVENT\nUID:2\nEND:VEVENT\nBEGIN:VEVENT", "more than one event"),
        ],
    )
    def test_what_cannot_be_taken_says_why(self, old, new, why):
        assert why in reason(GOOGLE.replace(old, new))


class TestTheMethod:
    def test_proton_bridge_drops_it_from_the_mime_type(self):
        assert isinstance(said(GOOGLE, ""), Reply)

    def test_that_of_the_calendar_outranks_that_of_the_mail(self):
        assert isinstance(said(GOOGLE, "REQUEST"), Reply)
        assert "REQUEST" in reason(reply(REPLY="REQUEST"), "REPLY")

    def test_without_one_in_the_calendar_that_of_the_mail_counts(self):
        text = GOOGLE.replace("METHOD:REPLY\n", "")
        assert isinstance(said(text, "reply"), Reply)
        assert "METHOD" in reason(text)

    @pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "ADD", "DECLINECOUNTER", "X" * 1000])
    def test_what_organizers_say_is_no_answer(self, method):
        assert "no answer to an invitation" in reason(reply(REPLY=method))
        assert len(reason(reply(REPLY=method))) < 120

    def test_a_refresh_asks_for_the_invitation_again(self):
        assert said(reply(REPLY="REFRESH")) == Refresh(UID, MAYA)


class TestCounters:
    START, END = utc("2026-12-09T13:00"), utc("2026-12-09T14:00")

    @pytest.mark.parametrize(
        "lines",
        [
            ("DTSTART:20261209T130000Z", "DTEND:20261209T140000Z"),
            ("DTSTART:20261209T130000Z", "DURATION:PT1H"),
            ("DTSTART;TZID=Europe/Berlin:20261209T140000", "DTEND;TZID=Europe/Berlin:20261209T150000"),
            ("DTSTART;TZID=W. Europe Standard Time:20261209T140000", "DTEND;TZID=Europe/London:20261209T140000"),
            ('DTSTART;TZID="/example.org/Europe/Berlin":20261209T140000', "DURATION:PT60M"),
        ],
    )
    def test_the_time_that_they_propose_is_told_in_utc(self, lines):
        assert said(counter(*lines)) == Counter(UID, MAYA, 1, self.START, self.END)

    def test_a_zone_of_their_own_is_read(self):
        text = counter(
            "DTSTART;TZID=Ours:20261209T140000", "DURATION:PT1H", before=zone("Ours", "+0100").replace("\r", "")
        )
        assert (said(text).start, said(text).end) == (self.START, self.END)

    def test_where_several_are_named_whoever_sent_the_mail_proposes(self):
        lines = ("DTSTART:20261209T130000Z", "DURATION:PT1H", "ATTENDEE:mailto:jonas@example.org")
        assert said(counter(*lines)).attendee == ""

    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            (("DTSTART;VALUE=DATE:20261209",), "only the day is named"),
            (("DTSTART:20261209T130000", "DURATION:PT1H"), "time zone"),
            (("DTSTART;TZID=Nowhere:20261209T130000", "DURATION:PT1H"), "time zone"),
            (("DTSTART:20261209T130000Z", "DTEND:20261209T140000"), "can't be taken"),
            (("DTSTART:20261209T130000Z",), "the end is missing"),
            ((), "the start is missing"),
            (("DTSTART:20261209T130000Z", "DTEND:20261209T130000Z"), "before the start"),
            (("DTSTART:20261209T130000Z", "DURATION:-PT1H"), "before the start"),
            (("DTSTART:20261209T130000Z", "DTEND;VALUE=DATE:20261210"), "it can't be read"),
            (("DTSTART:99991231T130000Z", "DURATION:PT24H"), "it can't be read"),
            (("DTSTART:00010101T130000Z", "DURATION:PT1H"), "the year"),
            (("DTSTART:soon", "DURATION:PT1H"), "it can't be read"),
            (("DTSTART:20261209T130000Z", "DTSTART:20261210T130000Z", "DURATION:PT1H"), "it can't be read"),
            (("DTSTART:20261209T130000Z", "DURATION:P99999999999D"), "it can't be read"),
        ],
    )
    def test_a_time_that_cannot_be_told_says_why(self, lines, why):
        assert why in reason(counter(*lines))

    def test_a_zone_whose_clocks_change_every_second_is_none(self):
        restless = (
            zone("Restless", "+0500").replace("END:STANDARD", "RRULE:FREQ=SECONDLY\nEND:STANDARD").replace("\r", "")
        )
        assert "time zone" in reason(counter("DTSTART;TZID=Restless:20261209T130000", "DURATION:PT1H", before=restless))


class TestTheCalendarsOfOneMail:
    def test_two_that_say_the_same_are_one(self):
        assert said_by([Attached(GOOGLE, "REPLY"), Attached(GOOGLE.replace("PRIORITY", "X"), "")]) == said(GOOGLE)

    def test_two_that_differ_leave_open_which_one_is_meant(self):
        found = said_by([Attached(GOOGLE), Attached(reply(ACCEPTED="DECLINED"))])
        assert found == Unusable("it has two calendars that differ", UID)

    def test_none_says_nothing(self):
        assert said_by([]) is None


class TestSizes:
    def test_what_is_too_large_is_not_read(self):
        assert "larger" in reason(GOOGLE + "X" * LARGEST)

    def test_what_has_too_many_lines_is_not_read(self):
        assert "lines" in reason(GOOGLE + "X:\n" * 10_000)

    @pytest.mark.parametrize("filling", ['"', ";a=", ";", ":", "\n ", "\\", 'a"b"', ';X="a"', "=", "%"])
    def test_no_line_takes_for_ever(self, filling):
        said(GOOGLE.replace("ATTENDEE", f"ATTENDEE{filling * (200_000 // len(filling))}"))
        said(GOOGLE.replace("METHOD:REPLY", f"METHOD{filling * 3000}:REPLY"))


@st.composite
def mutated(draw):
    text = draw(st.sampled_from([GOOGLE, EXCHANGE, counter("DTSTART:20261209T130000Z", "DURATION:PT1H")]))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 30))
        text = text[:start] + draw(st.one_of(st.sampled_from(PIECES), st.text(max_size=5))) + text[end:]
    return text


@given(
    st.one_of(mutated(), st.text(max_size=200), st.lists(st.sampled_from(GOOGLE.splitlines())).map("\n".join)),
    st.text(max_size=9),
)
@example(GOOGLE.replace("ATTENDEE;", "ATTENDEE;X=^;="), "")
def test_any_text_is_an_answer_or_says_why_not(text, method):
    found = said(text, method)
    if isinstance(found, Unusable):
        assert found.reason
    else:
        assert found.uid
        assert found.attendee == found.attendee.lower()
