"""Events as text: what we write, what we read of what others make of it, and what stays as it was."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from cadenced.core.events import Baseline, fingerprint
from cadenced.core.model import Identity, Kind
from cadenced.wire.ical import LARGEST, baseline_text, compose, names_meeting, observe, parse_baseline, revise
from tests.support.events import END, NOW, START, baseline, creation, update
from tests.support.programme import utc

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BODY = compose(creation(), NOW)
PIECES = [
    *(
        "\r\nATTENDEE:mailto:x@example.org",
        "\nEND:VEVENT",
        "\r",
        '"',
        ",",
        ";",
        ":",
        "\\",
        "\\n",
        "\\N",
        "\\,",
        "BEGIN:VALARM",
    ),
    *(" ", "\t", "é", "👩\u200d💻", "\u2028", "a" * 80, "=", "^n"),
]
PLAIN = st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"
)  # titles.py leaves no other
AWKWARD = st.one_of(st.text(PLAIN, max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))


def lines(body):
    return body.replace("\r\n ", "").split("\r\n")


def others(body):
    """The lines that are not ours to renew."""
    ours = ("DTSTAMP", "LAST-MODIFIED", "X-CADENCED")
    return [line for line in lines(body) if not line.startswith(ours)]


def with_lines(*extra, body=BODY):
    return body.replace("END:VEVENT", "\r\n".join((*extra, "END:VEVENT")))


def without(*names, body=BODY):
    return "\r\n".join(line for line in lines(body) if not line.startswith(names))


def timed(start, end="", zone=""):
    """Our event with these lines for its times."""
    return without("DTSTART", "DTEND").replace(
        "BEGIN:VEVENT", "\r\n".join(line for line in (zone + "BEGIN:VEVENT", start, end) if line)
    )


def zone(name, offset, onset="16010101T000000"):
    """A VTIMEZONE with one offset for ever."""
    observance = f"BEGIN:STANDARD\r\nDTSTART:{onset}\r\nTZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD"
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{observance}\r\nEND:VTIMEZONE\r\n"


class TestComposed:
    def test_what_is_written_is_read(self):
        event = observe(BODY)
        assert event.uid == creation().meeting.uid
        assert event.identity == creation().meeting.identity
        assert (event.start, event.end, event.timezone) == (START, END, "Europe/London")
        assert (event.summary, event.location, event.description) == ("Jonas: Where to?", "The Lamb", "1")
        assert (event.sequence, event.cancelled, event.problem, event.last_modified) == (0, False, "", NOW)
        assert event.baseline == baseline(creation().fields)

    @given(summary=AWKWARD, location=AWKWARD, description=AWKWARD)
    def test_any_text_comes_back_as_no_edit(self, summary, location, description):
        event = observe(compose(creation(summary=summary, location=location, description=description), NOW))
        assert event.problem == ""
        found = [fingerprint(text) for text in (event.summary, event.location, event.description)]
        assert found == [event.baseline.summary, event.baseline.location, event.baseline.description]

    @given(text=AWKWARD)
    def test_no_text_brings_a_property_or_a_component_of_its_own(self, text):
        (event,) = Calendar.from_ical(compose(creation(summary=text, description=text), NOW)).walk("VEVENT")
        known = {"UID", "CREATED", "SEQUENCE", "STATUS", "TRANSP", "DTSTART", "DTEND", "SUMMARY", "LOCATION"}
        known |= {"DESCRIPTION", "DTSTAMP", "LAST-MODIFIED"}
        known |= {"X-CADENCED-MEETING", "X-CADENCED-WRITTEN", "X-CADENCED-PLACED"}
        assert set(event) <= known
        assert event.subcomponents == []

    @given(text=AWKWARD, day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
    def test_it_is_valid_whatever_it_says(self, text, day):
        """RFC 5545 §3.1 (lines, folds), §3.4, §3.6, §3.6.1 (what must be there, once)."""
        start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        body = compose(creation(start=start, summary=text, location=text), NOW)
        assert body.endswith("END:VCALENDAR\r\n")
        assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
        assert "\r" not in body.replace("\r\n", "")
        assert "\n" not in body.replace("\r\n", "")
        calendar = Calendar.from_ical(body)
        assert calendar.errors == []
        assert [str(calendar[key]) for key in ("VERSION", "CALSCALE")] == ["2.0", "GREGORIAN"]
        (event,) = calendar.walk("VEVENT")
        assert event.errors == []
        assert all(not isinstance(event[key], list) for key in event)
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND"} <= set(event)
        zones = {str(each["TZID"]) for each in calendar.walk("VTIMEZONE")}
        assert set(re.findall(r";TZID=([^:;]+)", body)) <= zones

    def test_nobody_is_invited(self):
        assert "ATTENDEE" not in BODY
        assert "ORGANIZER" not in BODY

    def test_an_empty_text_is_no_property(self):
        body = compose(creation(location="", description=""), NOW)
        assert not [line for line in lines(body) if line.startswith(("LOCATION", "DESCRIPTION"))]
        assert observe(body).location == ""

    @pytest.mark.parametrize(
        "name", sorted(["Europe/London", "America/New_York", "Asia/Kathmandu", "UTC", "Etc/GMT+5"])
    )
    @pytest.mark.parametrize("month", range(1, 13))
    def test_a_time_is_the_same_moment_in_every_zone_and_season(self, name, month):
        start = datetime(2027, month, 14, 1, 30, tzinfo=UTC)
        event = observe(compose(creation(start=start, timezone=name), NOW))
        assert (event.start, event.end) == (start, start + HOUR)

    @pytest.mark.parametrize("minutes", range(-120, 180, 15))
    def test_a_time_about_a_change_of_the_clocks_is_the_same_moment(self, minutes):
        """On 7 November 2027 the hour from 01:00 comes twice in New York, the first time from 05:00 UTC."""
        start = utc("2027-11-07T05:00") + timedelta(minutes=minutes)
        body = compose(creation(start=start, timezone="America/New_York"), NOW)
        assert (observe(body).start, observe(body).end) == (start, start + HOUR)
        (event,) = Calendar.from_ical(body).walk("VEVENT")
        assert event["DTSTART"].dt.astimezone(UTC) == start

    def test_the_name_of_a_pair_may_be_long(self):
        identity = Identity("p" * 63, Kind.CALL, date(2026, 12, 1), 12)
        assert observe(compose(creation(identity), NOW)).identity == identity


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


class TestOurs:
    def test_a_dropped_mark_is_no_identity_and_a_dropped_baseline_is_none(self):
        assert observe(without("X-CADENCED-MEETING")).identity is None
        assert observe(without("X-CADENCED-WRITTEN")).baseline is None
        assert observe(without("X-CADENCED-WRITTEN")).start == START

    @pytest.mark.parametrize(
        "mark",
        [
            "other/face_to_face/2026-12-01",
            "maya-jonas/call/2026-12-01/1",
            "maya-jonas",
            "",
            "//",
            "x" * 5000,
            "a/b/c/d/e",
        ],
    )
    def test_a_forged_mark_makes_nothing_ours(self, mark):
        forged = without("X-CADENCED-MEETING").replace("END:VEVENT", f"X-CADENCED-MEETING:{mark}\r\nEND:VEVENT")
        assert observe(forged).identity is None

    def test_two_marks_are_none(self):
        assert observe(with_lines("X-CADENCED-MEETING:other/call/2026-12-01/1")).identity is None

    def test_our_event_under_another_uid_is_not_ours(self):
        assert observe(BODY.replace(creation().meeting.uid, "another")).identity is None

    @pytest.mark.parametrize(
        "text", ["", "1", "2 x", "1 " + "20261208T173000Z " * 5 + "r a b", "1 " + "x " * 9, "1\n" * 10]
    )
    def test_what_is_no_baseline_is_none(self, text):
        assert parse_baseline(text) is None

    @given(
        st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2399, 12, 31)), min_size=5, max_size=5),
        st.sampled_from(["", "0123abcd"]),
        st.text(),
    )
    def test_a_baseline_reads_back_as_it_was(self, moments, rules, text):
        start, end, first, last, decided = (each.replace(microsecond=0, tzinfo=UTC) for each in moments)
        texts = (fingerprint(text), fingerprint(text + "x"), fingerprint(""))
        written = Baseline(start, end, (first, last), rules, *texts, decided=decided)
        assert parse_baseline(baseline_text(written)) == written
        assert baseline_text(written).isascii()
        assert not set(baseline_text(written)) & set(',;:\\"\r\n')

    @given(st.integers(0, 4000))
    def test_an_event_of_ours_is_named_wherever_a_server_folds_it(self, place):
        body = BODY[:place] + "\r\n " + BODY[place:]
        assert names_meeting(body)

    def test_a_foreign_event_names_no_meeting(self):
        assert not names_meeting(without("X-CADENCED"))


class TestRevised:
    ADDED = (
        "COLOR:tomato",
        "CATEGORIES:A\\,B,C",
        "CATEGORIES:D",
        "COMMENT:C:\\\\New\\\\folder",
        'ATTENDEE;CN="Doe, John";PARTSTAT=ACCEPTED:mailto:john@example.org',
        "GEO:51.5000;-0.1000",
        'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Café ""X""";X-R=70:geo:51.5,-0.1',
        "x-Mixed-Case;P=1:v",
        "PRIORITY:high",
        "NO COLON AT ALL",
        "ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:iVBORw0KGgo=",
        "RRULE:FREQ=WEEKLY;COUNT=3",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Off you go",
        "SUMMARY:An alarm's own",
        "X-CADENCED-MEETING:an alarm's own",
        "END:VALARM",
        "BEGIN:X-UNKNOWN",
        "DTSTART:19700101T000000Z",
        "END:X-UNKNOWN",
    )

    @pytest.mark.parametrize("changed", [(), ("summary",), ("time",), ("time", "summary", "location", "description")])
    def test_what_a_person_added_stays_to_the_byte(self, changed):
        body = with_lines(*self.ADDED)
        revised = revise(body, update(*changed, start=START + DAY, summary="New"), NOW + DAY)
        start = lines(revised).index(self.ADDED[0])
        assert tuple(lines(revised)[start : start + len(self.ADDED)]) == self.ADDED

    def test_what_stood_beside_the_event_stays_to_the_byte(self):
        before = "X-WR-CALNAME:Mine\r\nMETHOD:PUBLISH\r\n" + zone("Custom", "+0130")
        after = "BEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:20261215T173000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
        after += "BEGIN:VJOURNAL\r\nSUMMARY:y\r\nEND:VJOURNAL\r\n"
        body = BODY.replace("BEGIN:VTIMEZONE", before + "BEGIN:VTIMEZONE").replace(
            "END:VCALENDAR", after + "END:VCALENDAR"
        )
        revised = revise(body, update("time", "summary", start=START + DAY, summary="New"), NOW)
        assert before in revised
        assert after in revised
        assert observe(revised).summary == "New"

    def test_only_what_is_to_change_changes(self):
        revised = revise(BODY, update("summary", summary="New", location="Not this", start=START + DAY), NOW)
        assert [line for line in others(revised) if line not in others(BODY)] == ["SUMMARY:New"]
        assert [line for line in others(BODY) if line not in others(revised)] == ["SUMMARY:Jonas: Where to?"]

    def test_a_renewed_baseline_changes_nothing_else(self):
        assert sorted(others(revise(BODY, update(), NOW + DAY))) == sorted(others(BODY))

    def test_a_text_that_is_not_wanted_any_more_goes(self):
        assert observe(revise(BODY, update("location", location=""), NOW)).location == ""

    def test_a_new_time_is_read_and_raises_the_sequence(self):
        event = observe(revise(BODY, update("time", start=START + DAY), NOW))
        assert (event.start, event.end, event.sequence) == (START + DAY, END + DAY, 1)
        again = observe(revise(with_lines("SEQUENCE:7", body=without("SEQUENCE")), update("time"), NOW))
        assert again.sequence == 8

    @pytest.mark.parametrize("changed", [(), ("summary",), ("summary", "location", "description")])
    def test_nothing_else_raises_the_sequence(self, changed):
        assert observe(revise(BODY, update(*changed, summary="New"), NOW)).sequence == 0

    def test_a_missing_sequence_counts_as_none(self):
        assert observe(revise(without("SEQUENCE"), update("time"), NOW)).sequence == 1

    def test_a_length_in_the_place_of_an_end_gives_way(self):
        body = timed("DTSTART;TZID=Europe/Berlin:20261208T183000", "DURATION:PT2H")
        revised = revise(body, update("time"), NOW)
        assert "DURATION" not in revised
        assert (observe(revised).start, observe(revised).end) == (START, END)

    def test_it_was_modified_now_and_says_what_we_wrote(self):
        revised = observe(revise(BODY, update("time", start=START + DAY), NOW + HOUR))
        assert revised.last_modified == NOW + HOUR
        assert revised.baseline == baseline(update(start=START + DAY).fields)
        assert revised.identity == creation().meeting.identity

    def test_dropped_marks_are_written_again(self):
        revised = observe(revise(without("X-CADENCED"), update(), NOW))
        assert revised.identity == creation().meeting.identity
        assert revised.baseline == baseline(update().fields)

    @pytest.mark.parametrize("year", [2026, 2027, 2040])
    def test_the_zone_covers_the_new_year_and_stands_once(self, year):
        start = datetime(year, 7, 1, 12, tzinfo=UTC)
        revised = revise(BODY, update("time", start=start), NOW)
        (component,) = Calendar.from_ical(revised).walk("VTIMEZONE")
        assert component.to_tz().utcoffset(datetime(year, 7, 1, 12)) == HOUR
        assert component.to_tz().utcoffset(datetime(year, 1, 1, 12)) == timedelta()

    def test_another_zone_than_before_comes_beside_it(self):
        revised = revise(BODY, update("time", timezone="Asia/Tokyo"), NOW)
        assert {str(z["TZID"]) for z in Calendar.from_ical(revised).walk("VTIMEZONE")} == {
            "Europe/London",
            "Asia/Tokyo",
        }
        assert observe(revised).start == START

    def test_a_broken_zone_beside_it_keeps_nothing_from_being_written(self):
        body = BODY.replace("TZOFFSETTO:+0000", "TZOFFSETTO:nonsense").replace("RDATE:", "RRULE:FREQ=NEVER;X=")
        assert observe(body).problem == ""
        assert observe(revise(body, update("time", start=START + DAY), NOW)).start == START + DAY

    @given(text=AWKWARD, other=AWKWARD)
    def test_any_text_may_replace_any(self, text, other):
        body = compose(creation(summary=text, description=other), NOW)
        revised = revise(body, update("summary", summary=other), NOW)
        event = observe(revised)
        assert fingerprint(event.summary) == fingerprint(other)
        assert fingerprint(event.description) == fingerprint(other)
        (parsed,) = Calendar.from_ical(revised).walk("VEVENT")
        assert isinstance(parsed, Event)
        assert "ATTENDEE" not in parsed

    @given(st.integers(5, 60), st.sampled_from(["\r\n", "\n"]))
    def test_a_folded_event_is_revised_like_any_other(self, width, end):
        folded = re.sub(f"(.{{{width}}})(?=.)", f"\\1{end} ", BODY.replace("\r\n ", "").replace("\r\n", end))
        revised = observe(revise(folded, update("time", "summary", start=START + DAY, summary="New"), NOW))
        assert (revised.start, revised.summary, revised.location) == (START + DAY, "New", "The Lamb")

    def test_revising_again_and_again_adds_nothing(self):
        body = with_lines(*self.ADDED)
        once = revise(body, update("time", start=START + DAY), NOW)
        twice = revise(once, update("time", start=START + DAY), NOW)
        assert sorted(lines(twice)) == sorted(line.replace("SEQUENCE:1", "SEQUENCE:2") for line in lines(once))

    def test_what_holds_no_event_is_refused(self):
        with pytest.raises(ValueError, match="no event"):
            revise("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", update(), NOW)

    def test_a_zone_s_clock_is_the_person_s(self):
        revised = revise(BODY, update("time", start=START + DAY, timezone="Asia/Kathmandu"), NOW)
        local = (START + DAY).astimezone(ZoneInfo("Asia/Kathmandu"))
        assert f"DTSTART;TZID=Asia/Kathmandu:{local:%Y%m%dT%H%M%S}" in lines(revised)
