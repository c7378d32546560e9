"""Events as text: what we write, and what makes one ours."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from cadenced.core.events import Baseline, fingerprint
from cadenced.core.model import Identity, Kind
from cadenced.wire.baseline import baseline_text, parse_baseline
from cadenced.wire.ical import compose, names_meeting, observe
from tests.support.events import (
    AWKWARD,
    BODY,
    END,
    NOW,
    START,
    baseline,
    creation,
    lines,
    with_lines,
    without,
)
from tests.support.programme import utc

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
