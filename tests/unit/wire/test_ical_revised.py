"""An event is revised as somebody left it: what is not to change stays, to the byte."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from cadenced.core.events import fingerprint
from cadenced.wire.ical import compose, observe, revise
from tests.support.events import (
    AWKWARD,
    BODY,
    END,
    NOW,
    START,
    baseline,
    creation,
    lines,
    others,
    timed,
    update,
    with_lines,
    without,
    zone,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
