"""What a person writes into an event stays, property by property, for ever (DESIGN §7)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Alarm

from tests.support.programme import at, pair, person

DAY = timedelta(days=1)


class TestEdited:
    @pytest.mark.parametrize("prop", ["summary", "location", "description"])
    async def test_a_text_is_kept_over_a_later_change_of_the_programme(self, house, prop):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, **{prop: "My own words"})
        await house.later()
        renamed = replace(person("maya", "Europe/London", calendar="maya"), name="Maya Lang")
        for where in ("The Crown", "The Swan"):
            cadence = replace(pair().face_to_face, where=where)
            await house.runs(replace(pair(mentor=renamed), face_to_face=cadence))
        event = house.event("jonas", meeting.uid)
        ours = {"summary": "Maya Lang: Title 1", "location": "The Swan"}
        assert event[prop] == "My own words"
        assert all(event[name] == text for name, text in ours.items() if name != prop)
        assert "Maya's" in event["DESCRIPTION"] or prop == "description"

    async def test_a_text_is_kept_over_a_move(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, summary="Coffee!")
        await house.later()
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        event = house.event("jonas", meeting.uid)
        assert event["SUMMARY"] == "Coffee!"
        assert house.times("jonas")[meeting.uid] == meeting.start + DAY

    async def test_alarms_colours_guests_and_what_nobody_knows_are_kept_over_a_move(self, house):
        await house.runs(pair())
        meeting = await house.first()

        def change(event):
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", timedelta(minutes=-15))
            alarm.add("description", "Off you go")
            event.add_component(alarm)
            event.add("color", "tomato")
            event.add("categories", ["Work", "Growth"])
            event.add("x-apple-travel-duration", "PT30M")
            event.add("attendee", "mailto:friend@example.org")

        house.calendar("jonas").edit(meeting.uid, change)
        await house.later()
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        event = house.event("jonas", meeting.uid)
        assert house.times("jonas")[meeting.uid] == meeting.start + DAY
        assert event["COLOR"] == "tomato"
        assert event["ATTENDEE"] == "mailto:friend@example.org"
        assert event["X-APPLE-TRAVEL-DURATION"] == "PT30M"
        assert event["CATEGORIES"].cats == ["Work", "Growth"]
        assert [alarm["DESCRIPTION"] for alarm in event.walk("VALARM")] == ["Off you go"]

    async def test_an_edited_meeting_takes_its_texts_along_when_the_file_no_longer_allows_its_time(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, summary="Coffee!")
        await house.later()
        await house.runs(pair(agreed=at("Tue 12:00")))
        assert (meeting.start.hour, house.times("maya")[meeting.uid].hour) == (8, 12)
        assert house.event("jonas", meeting.uid)["SUMMARY"] == "Coffee!"
        assert house.times("jonas") == house.times("maya")

    async def test_a_client_that_drops_our_properties_makes_the_event_no_less_ours(self, house):
        await house.runs(pair())
        meeting = await house.first()

        def strip(event):
            for key in [key for key in event if key.startswith("X-CADENCED")]:
                event.pop(key)

        house.calendar("jonas").edit(meeting.uid, strip)
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        assert house.times("maya")[meeting.uid] == meeting.start + DAY
        assert await house.alerts() == {}
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before
