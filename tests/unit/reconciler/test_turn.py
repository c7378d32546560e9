"""What people do in their own calendars, and what becomes of it (DESIGN §7): look, decide and apply, all of it real."""

from datetime import date, timedelta

import pytest

from cadenced.core.model import State
from cadenced.shell.rows import moment
from tests.support.programme import at, hours, pair, person, utc

DAY = timedelta(days=1)


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
        uid = (await house.first()).uid
        mine, theirs = house.event("maya", uid), house.event("jonas", uid)
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
        meeting = await house.first()
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
        meeting = await house.first()
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        await house.runs(pair(agreed=at("Tue 12:00")))
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY

    async def test_a_new_length_is_an_instruction_too(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("maya").move(meeting.uid, by=timedelta(), longer=timedelta(minutes=30))
        await house.later()
        theirs = house.event("jonas", meeting.uid)
        assert theirs["DTEND"].dt - theirs["DTSTART"].dt == timedelta(minutes=90)

    async def test_a_move_that_is_overruled_while_it_is_carried_over_is_told_too(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        house.clock.at += timedelta(minutes=1)
        house.calendar("maya").move(uid, timedelta(hours=1))
        await house.wheel.look()
        house.clock.at += timedelta(minutes=1)
        house.calendar("jonas").move(uid, timedelta(hours=2))  # not knowing of hers; nor does the wheel of his
        theirs = house.times("jonas")[uid]
        await house.turns()
        assert house.times("maya")[uid] == theirs
        assert [mail["person"] for mail in await house.mails("moved")] == ["maya"]

    async def test_of_two_moves_the_later_holds_and_the_other_is_told_once(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("maya").move(meeting.uid, by=DAY)
        house.clock.at += timedelta(minutes=1)
        house.calendar("jonas").move(meeting.uid, by=2 * DAY)
        await house.later()
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + 2 * DAY
        assert [mail["person"] for mail in await house.mails("moved")] == ["maya"]

    async def test_of_two_moves_at_one_moment_the_mentor_s_holds(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("maya").move(meeting.uid, by=DAY)
        house.calendar("jonas").move(meeting.uid, by=2 * DAY)
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY
        assert [mail["person"] for mail in await house.mails("moved")] == ["jonas"]

    async def test_a_queued_mail_follows_the_meeting(self, house):
        await house.runs(pair())
        meeting = await house.first()
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
        meeting = await house.first()
        second = utc("2027-11-07T06:30")
        house.calendar("jonas").move(meeting.uid, by=second - meeting.start)
        await house.later()
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == second


class TestDeclined:
    async def test_a_deleted_copy_is_written_again_at_another_time_alone(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        assert await house.gave_way(meeting)
        before, written = house.times("jonas"), house.dav.writes
        await house.later(days=1)
        assert house.times("jonas") == house.times("maya") == before
        assert house.dav.writes == written

    async def test_the_agenda_names_the_new_time_alone(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        for _ in range(13):
            await house.later(days=1)
        new = (await house.meetings())[meeting.uid].start
        agendas = [moment(mail["start"]) for mail in await house.mails("agenda") if mail["uid"] == meeting.uid]
        assert agendas == [new, new]
        assert new != meeting.start

    async def test_a_meeting_that_both_deleted_is_proposed_at_another_time_once(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        house.calendar("maya").delete(meeting.uid)
        await house.later()
        assert await house.gave_way(meeting)
        assert (await house.meetings())[meeting.uid].tries.refused == (meeting.start,)
        before = house.dav.writes
        await house.later(days=1)
        assert house.dav.writes == before

    async def test_bringing_it_back_is_an_instruction_too(self, house):
        await house.runs(pair())
        meeting = await house.first()
        calendar = house.calendar("jonas")
        name = calendar.name_of(meeting.uid)
        body = calendar.bodies[name]
        calendar.delete(meeting.uid)
        await house.later()
        calendar.put(name, body)
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.STANDING

    async def test_deleted_by_one_and_moved_by_the_other_it_stands_where_it_was_moved(self, house):
        """The one refused a time, and the other has named another."""
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert (await house.meetings())[meeting.uid].pinned
        assert house.times("jonas")[meeting.uid] == house.times("maya")[meeting.uid] == meeting.start + DAY

    async def test_a_cancelled_copy_means_off_in_both_calendars(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        assert house.event("maya", meeting.uid)["STATUS"] == "CANCELLED"
        before = house.dav.writes
        await house.later(days=1)
        assert (await house.meetings())[meeting.uid].state is State.CANCELLED
        assert house.dav.writes == before

    async def test_cancelled_in_one_and_deleted_in_the_other_stays_off(self, house):
        await house.runs(pair())
        meeting = await house.first()
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
        assert await house.gave_way(gone)
        found = await house.meetings()
        assert [(found[m.uid].start, found[m.uid].state) for m in others] == [(m.start, State.STANDING) for m in others]
