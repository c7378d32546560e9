"""What people do in their own calendars, and what becomes of it (DESIGN §7): look, decide and apply, all of it real."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Alarm, Calendar

from cadenced.core.model import DateRange, State
from cadenced.shell.rows import moment
from tests.support.house import living
from tests.support.programme import at, hours, pair, person, utc

DAY = timedelta(days=1)


def event_of(house, user, uid, name="default"):
    return house.calendar(user, name).events()[uid]


async def first_of(house):
    return (await house.standing())[0]


class TestQuiet:
    async def test_both_calendars_hold_the_same_meetings(self, house):
        await house.runs(pair())
        wanted = {m.uid: m.start for m in await house.standing()}
        assert len(wanted) == 6
        assert house.times("maya") == house.times("jonas") == wanted

    async def test_nobody_is_ever_invited(self, house):
        await house.runs(pair())
        text = "".join((*house.calendar("maya").bodies.values(), *house.calendar("jonas").bodies.values()))
        assert "ATTENDEE" not in text
        assert "ORGANIZER" not in text

    async def test_each_reads_the_other_s_name_and_their_own_zone(self, house):
        await house.runs(pair())
        uid = (await first_of(house)).uid
        mine, theirs = event_of(house, "maya", uid), event_of(house, "jonas", uid)
        assert (mine["SUMMARY"], theirs["SUMMARY"]) == ("Jonas: Title 1", "Maya: Title 1")
        assert mine["DTSTART"].params["TZID"] == "Europe/London"
        assert theirs["DTSTART"].params["TZID"] == "Europe/Berlin"

    async def test_later_turns_write_nothing(self, house):
        await house.runs(pair())
        before = house.dav.writes
        for _ in range(3):
            await house.later()
        await house.restarts()
        assert house.dav.writes == before

    async def test_weeks_later_only_new_meetings_are_written(self, house):
        await house.runs(pair())
        before, known = house.dav.writes, set(await house.meetings())
        await house.later(weeks=4)
        new = set(await house.meetings()) - known
        assert new
        assert house.dav.writes - before == 2 * len(new)

    async def test_a_person_without_a_calendar_is_met_all_the_same(self, house):
        await house.runs(pair(protege=person("jonas", "Europe/Berlin")))
        assert len(house.times("maya")) == 6
        assert house.times("jonas") == {}


class TestMoved:
    @pytest.mark.parametrize(("mover", "other"), [("maya", "jonas"), ("jonas", "maya")])
    async def test_a_move_is_followed_into_the_other_calendar_and_pinned(self, house, mover, other):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar(mover).move(meeting.uid, by=DAY)
        await house.later()
        moved = (await house.meetings())[meeting.uid]
        assert (moved.start, moved.pinned) == (meeting.start + DAY, True)
        assert house.times(other)[meeting.uid] == meeting.start + DAY
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before

    async def test_a_pinned_meeting_outlives_a_new_policy(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        await house.runs(pair(agreed=at("Tue 12:00")))
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY

    async def test_a_new_length_is_an_instruction_too(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("maya").move(meeting.uid, by=timedelta(), longer=timedelta(minutes=30))
        await house.later()
        theirs = event_of(house, "jonas", meeting.uid)
        assert theirs["DTEND"].dt - theirs["DTSTART"].dt == timedelta(minutes=90)

    async def test_of_two_moves_the_later_holds_and_the_other_is_told_once(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("maya").move(meeting.uid, by=DAY)
        house.clock.at += timedelta(minutes=1)
        house.calendar("jonas").move(meeting.uid, by=2 * DAY)
        await house.later()
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + 2 * DAY
        assert [mail["person"] for mail in await house.mails("moved")] == ["maya"]

    async def test_of_two_moves_at_one_moment_the_mentor_s_holds(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("maya").move(meeting.uid, by=DAY)
        house.calendar("jonas").move(meeting.uid, by=2 * DAY)
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY
        assert [mail["person"] for mail in await house.mails("moved")] == ["jonas"]

    async def test_a_queued_mail_follows_the_meeting(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        await house.later(days=10)  # three days before it
        assert await self.agenda_starts(house, meeting.uid) == [meeting.start] * 2
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        assert await self.agenda_starts(house, meeting.uid) == []
        await house.later(days=1)
        assert await self.agenda_starts(house, meeting.uid) == [meeting.start + DAY] * 2

    @staticmethod
    async def agenda_starts(house, uid):
        return [moment(mail["start"]) for mail in await house.mails("agenda") if mail["uid"] == uid]

    async def test_a_move_into_the_second_hour_of_a_changing_clock_stays_that_moment(self, house):
        """On 1 November 2027 01:30 comes twice in New York; a copy there must not name the first one."""
        maya = person("maya", "America/New_York", hours("Mon-Sun 00:00-24:00"), calendar="maya")
        jonas = person("jonas", "UTC", hours("Mon-Sun 00:00-24:00"), calendar="jonas")
        house.clock.at = utc("2027-10-25T09:00")
        await house.runs(pair(mentor=maya, protege=jonas, start=date(2027, 11, 1)))
        meeting = await first_of(house)
        second = utc("2027-11-07T06:30")
        house.calendar("jonas").move(meeting.uid, by=second - meeting.start)
        await house.later()
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == second


class TestDeclined:
    async def test_a_deleted_copy_is_not_written_again(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        before = house.dav.writes
        await house.later(days=1)
        assert meeting.uid not in house.times("jonas")
        assert (await house.meetings())[meeting.uid].state is State.DECLINED
        assert house.dav.writes == before

    async def test_no_agenda_goes_out_for_it(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").delete(meeting.uid)
        for _ in range(13):
            await house.later(days=1)
        assert [mail for mail in await house.mails() if mail["uid"] == meeting.uid] == []

    async def test_a_meeting_that_both_deleted_is_not_proposed_again(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").delete(meeting.uid)
        house.calendar("maya").delete(meeting.uid)
        await house.later()
        await house.later(days=1)
        assert meeting.uid not in {**house.times("jonas"), **house.times("maya")}

    async def test_bringing_it_back_is_an_instruction_too(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        calendar = house.calendar("jonas")
        name = calendar.name_of(meeting.uid)
        body = calendar.bodies[name]
        calendar.delete(meeting.uid)
        await house.later()
        calendar.put(name, body)
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.STANDING

    async def test_deleted_by_one_and_moved_by_the_other_is_declined(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").delete(meeting.uid)
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.DECLINED
        assert meeting.uid not in house.times("jonas")
        assert house.times("maya")[meeting.uid] == meeting.start + DAY

    async def test_a_cancelled_copy_means_off_and_is_written_nowhere_again(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        before = house.dav.writes
        await house.later(days=1)
        assert (await house.meetings())[meeting.uid].state is State.CANCELLED
        assert house.dav.writes == before

    async def test_cancelled_in_one_and_deleted_in_the_other_stays_off(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        house.calendar("maya").delete(meeting.uid)
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.CANCELLED
        assert meeting.uid not in house.times("maya")

    async def test_of_all_meetings_the_others_stay(self, house):
        await house.runs(pair())
        gone, *others = await house.standing()
        house.calendar("jonas").delete(gone.uid)
        await house.later()
        assert set(house.times("jonas")) == {m.uid for m in others}
        assert all(m.state is State.STANDING for m in (await house.standing())[1:])


class TestEdited:
    @pytest.mark.parametrize("prop", ["summary", "location", "description"])
    async def test_a_text_is_kept_over_a_later_change_of_the_programme(self, house, prop):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, **{prop: "My own words"})
        await house.later()
        renamed = replace(person("maya", "Europe/London", calendar="maya"), name="Maya Lang")
        for where in ("The Crown", "The Swan"):
            cadence = replace(pair().face_to_face, where=where)
            await house.runs(replace(pair(mentor=renamed), face_to_face=cadence))
        event = event_of(house, "jonas", meeting.uid)
        ours = {"summary": "Maya Lang: Title 1", "location": "The Swan"}
        assert event[prop] == "My own words"
        assert all(event[name] == text for name, text in ours.items() if name != prop)
        assert "Maya's" in event["DESCRIPTION"] or prop == "description"

    async def test_a_text_is_kept_over_a_move(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, summary="Coffee!")
        await house.later()
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        event = event_of(house, "jonas", meeting.uid)
        assert event["SUMMARY"] == "Coffee!"
        assert house.times("jonas")[meeting.uid] == meeting.start + DAY

    async def test_alarms_colours_guests_and_what_nobody_knows_are_kept_over_a_move(self, house):
        await house.runs(pair())
        meeting = await first_of(house)

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
        event = event_of(house, "jonas", meeting.uid)
        assert house.times("jonas")[meeting.uid] == meeting.start + DAY
        assert event["COLOR"] == "tomato"
        assert event["ATTENDEE"] == "mailto:friend@example.org"
        assert event["X-APPLE-TRAVEL-DURATION"] == "PT30M"
        assert event["CATEGORIES"].cats == ["Work", "Growth"]
        assert [alarm["DESCRIPTION"] for alarm in event.walk("VALARM")] == ["Off you go"]

    async def test_an_edited_meeting_stays_where_it_is_when_the_policy_changes(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, summary="Coffee!")
        await house.later()
        await house.runs(pair(agreed=at("Tue 12:00")))
        assert house.times("maya")[meeting.uid] == meeting.start

    async def test_a_client_that_drops_our_properties_makes_the_event_no_less_ours(self, house):
        await house.runs(pair())
        meeting = await first_of(house)

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


class TestProgramme:
    async def test_an_edit_of_the_policy_moves_what_nobody_touched(self, house):
        await house.runs(pair())
        before = await house.meetings()
        await house.runs(pair(agreed=at("Tue 12:00")))
        after = await house.meetings()
        moved = [m for m in after.values() if m.identity.kind == "face_to_face"]
        assert all(f"{m.start:%a %H:%M}" == "Tue 12:00" for m in moved)
        assert after.keys() == before.keys()
        assert house.times("maya") == house.times("jonas") == {uid: m.start for uid, m in after.items()}

    async def test_a_new_cadence_in_mid_year_keeps_what_fits_and_takes_out_the_rest(self, house):
        await house.runs(pair())
        await house.later(weeks=6)
        past = {m.uid: m.start for m in await house.standing() if m.end < house.clock.at}
        assert past
        await house.runs(pair(face_to_face="6 weeks", calls="3 weeks"))
        wanted = {m.uid: m.start for m in await house.standing()}
        assert past.items() <= wanted.items()
        assert house.times("maya") == house.times("jonas") == wanted
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before

    async def test_a_policy_without_calls_takes_them_out(self, house):
        await house.runs(pair())
        await house.runs(pair(calls=None))
        assert {m.identity.kind for m in await house.standing()} == {"face_to_face"}
        assert set(house.times("maya")) == set(house.times("jonas")) == set(await house.meetings())

    async def test_a_policy_that_comes_back_brings_its_meetings_back(self, house):
        await house.runs(pair())
        before = house.times("maya")
        await house.runs(pair(calls=None))
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas") == before
        await house.later()
        assert house.times("maya") == house.times("jonas") == before
        assert {m.state for m in await house.standing()} == {State.STANDING}

    async def test_a_pause_takes_out_what_lies_in_it(self, house):
        await house.runs(pair())
        await house.runs(pair(pause=(DateRange(date(2026, 12, 10), date(2026, 12, 31)),)))
        assert not [s for s in house.times("jonas").values() if utc("2026-12-10") < s < utc("2027-01-01")]

    async def test_a_pair_that_leaves_loses_its_future_events_and_keeps_its_past(self, house):
        await house.runs(pair())
        house.calendar("jonas").edit((await house.standing())[3].uid, summary="Mine")
        await house.later(weeks=4)
        past = {uid for uid, start in house.times("maya").items() if start < house.clock.at}
        assert past
        await house.runs()
        assert set(house.times("maya")) == set(house.times("jonas")) == past
        await house.later(days=2)
        assert await house.store.pair_names() == []

    async def test_a_pair_that_leaves_together_with_its_accounts_harms_nobody(self, house):
        await house.runs(pair())
        before = house.times("maya")
        house.accounts = {"maya": house.accounts["maya"]}
        await house.runs()
        assert house.times("maya") == {}
        assert house.times("jonas") == before  # out of reach
        await house.later(days=2)
        assert await house.store.pair_names() == []

    async def test_a_pair_that_leaves_while_a_server_is_down_is_taken_out_later(self, house):
        await house.runs(pair())
        house.dav.faults.status = 503
        await house.runs()
        assert len(house.times("maya")) == 6
        house.dav.faults.status = 0
        await house.later()
        await house.later(days=1)
        assert house.times("maya") == house.times("jonas") == {}

    async def test_a_pair_that_leaves_and_returns_gets_its_meetings_back(self, house):
        await house.runs(pair())
        before = house.times("maya")
        await house.runs()
        await house.later()
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas") == before

    async def test_an_unreadable_event_of_a_pair_that_leaves_is_left_alone(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").edit(meeting.uid, lambda event: event.pop("DTSTART"))
        await house.later()
        await house.runs()
        assert len(house.calendar("jonas").bodies) == 1


class TestCalendars:
    async def test_events_move_to_a_person_s_new_calendar(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "office") as house:
            await house.runs(pair())
            before = house.times("jonas")
            jonas = replace(pair().protege, calendar="office")
            await house.runs(pair(protege=jonas))
            assert house.times("office") == before
            assert house.times("jonas") == {}
            writes = house.dav.writes
            await house.later()
            assert house.dav.writes == writes

    async def test_a_moved_time_goes_with_them_and_the_past_stays(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "office") as house:
            await house.runs(pair())
            meetings = await house.standing()
            house.calendar("jonas").move(meetings[1].uid, by=DAY)
            await house.later(days=14)
            await house.runs(pair(protege=replace(pair().protege, calendar="office")))
            assert house.times("office")[meetings[1].uid] == meetings[1].start + DAY
            assert set(house.times("jonas")) == {meetings[0].uid}

    async def test_what_a_policy_drops_at_the_same_time_goes_from_the_old_calendar_too(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "office") as house:
            await house.runs(pair())
            await house.runs(pair(protege=replace(pair().protege, calendar="office"), calls=None))
            assert house.times("jonas") == {}
            assert house.times("maya") == house.times("office")

    async def test_a_calendar_that_two_people_share_holds_each_meeting_once(self, house):
        both = pair(protege=replace(pair().protege, calendar="maya"))
        await house.runs(both)
        assert len(house.times("maya")) == 6
        assert house.times("jonas") == {}
        writes = house.dav.writes
        await house.later()
        assert house.dav.writes == writes

    async def test_a_calendar_that_two_accounts_reach_holds_each_meeting_once(self, house):
        house.accounts["jonas"] = replace(house.accounts["maya"], name="jonas")
        await house.runs(pair())
        await house.later()
        writes = house.dav.writes
        assert writes == 6
        assert event_of(house, "maya", (await first_of(house)).uid)["SUMMARY"] == "Jonas: Title 1"
        for _ in range(3):
            await house.later()
        assert house.dav.writes == writes
        meeting = await first_of(house)
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert (await first_of(house)).start == meeting.start + DAY
        assert len(house.times("maya")) == 6

    async def test_two_pairs_in_one_calendar_do_not_meet_at_once(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "ida") as house:
            ida = person("ida", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), calendar="ida")
            await house.runs(pair(), pair(protege=ida, name="maya-ida"))
            starts = list(house.times("maya").values())
            assert len(starts) == 12
            assert len(set(starts)) == 12
            house.calendar("ida").delete((await house.standing("maya-ida"))[0].uid)
            await house.later()
            assert len(house.times("jonas")) == 6


class TestLost:
    async def test_a_deleted_database_is_rebuilt_without_a_second_event(self, house):
        await house.runs(pair())
        meeting, other, *_ = await house.standing()
        house.calendar("jonas").move(meeting.uid, by=DAY)
        house.calendar("maya").edit(other.uid, location="My office")
        await house.later()
        before = {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")}
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")} == before
        found = await house.meetings()
        assert found[meeting.uid].pinned
        assert found[other.uid].touched

    async def test_with_the_database_lost_and_moves_meanwhile_the_moves_are_followed(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").move(meeting.uid, by=DAY)
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert house.times("maya")[meeting.uid] == meeting.start + DAY

    async def test_with_the_database_lost_what_was_declined_stays_so(self, house):
        await house.runs(pair())
        meeting = await first_of(house)
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert meeting.uid not in house.times("jonas")
        assert (await house.meetings())[meeting.uid].state is State.DECLINED

    async def test_with_an_old_database_nothing_is_undone(self, house):
        """Declined, moved, edited and created since the backup: all of it holds."""
        await house.runs(pair())
        declined, moved, edited, *_ = await house.standing()
        backup = house.backup()
        house.calendar("jonas").delete(declined.uid)
        house.calendar("maya").move(moved.uid, by=DAY)
        house.calendar("maya").edit(edited.uid, summary="Mine")
        await house.later(weeks=2)
        before = {user: house.times(user) for user in ("maya", "jonas")}
        house.restore(backup)
        await house.runs(*house.programme.pairs.values())
        assert {user: house.times(user) for user in ("maya", "jonas")} == before
        found = await house.meetings()
        assert found[declined.uid].state is State.DECLINED
        assert found[moved.uid].pinned
        assert event_of(house, "maya", edited.uid)["SUMMARY"] == "Mine"

    async def test_with_an_old_database_no_deleted_event_of_later_comes_back(self, house):
        """Created, then deleted by its owner, both after the backup: only the journal knows."""
        await house.runs(pair())
        backup, known = house.backup(), set(await house.meetings())
        await house.later(weeks=4)
        new = next(uid for uid in await house.meetings() if uid not in known)
        house.calendar("jonas").delete(new)
        await house.later()
        house.restore(backup)
        await house.runs(*house.programme.pairs.values())
        assert new not in house.times("jonas")


def test_calendar_files_read_as_one_calendar():
    """The fake hands out what icalendar reads: the tests above rest on it."""
    assert Calendar.from_ical("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n").walk("VEVENT") == []
