"""What an edit of the programme does to events that stand: a new policy, a pair that leaves, another calendar."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cadenced.core.model import DateRange, State
from tests.support.house import living
from tests.support.programme import at, hours, pair, person, utc

DAY = timedelta(days=1)


def stripped(event):
    for name in [name for name in event if name.startswith("X-CADENCED")]:
        del event[name]


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

    async def test_an_event_that_lost_our_mark_is_known_until_it_is_taken_out(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, stripped)
        await house.later()
        house.dav.faults.status = 503
        await house.runs()
        house.dav.faults.status = 0
        await house.later()
        await house.later(days=1)
        assert house.calendar("jonas").bodies == {}
        assert await house.store.pair_names() == []

    async def test_a_pair_that_leaves_and_returns_gets_its_meetings_back(self, house):
        await house.runs(pair())
        before = house.times("maya")
        await house.runs()
        await house.later()
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas") == before

    @pytest.mark.parametrize("interrupted", [False, True])
    async def test_a_meeting_that_is_taken_off_and_comes_back_is_at_no_time_that_was_refused(self, house, interrupted):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        proposed = house.times("jonas")[meeting.uid]
        if interrupted:
            house.dav.faults.lost_deletions = 1
        await house.runs()
        await house.restarts()
        assert house.times("maya") == house.times("jonas") == {}
        await house.later(minutes=10)
        await house.runs(pair())
        assert house.times("jonas")[meeting.uid] == house.times("maya")[meeting.uid] == proposed != meeting.start
        tries = (await house.meetings())[meeting.uid].tries
        assert (tries.changes, tries.refused) == (1, (meeting.start,))

    async def test_an_unreadable_event_of_a_pair_that_leaves_is_left_alone(self, house):
        await house.runs(pair())
        meeting = await house.first()
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
        assert house.event("maya", (await house.first()).uid)["SUMMARY"] == "Jonas: Title 1"
        for _ in range(3):
            await house.later()
        assert house.dav.writes == writes
        meeting = await house.first()
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert (await house.first()).start == meeting.start + DAY
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

    async def test_an_event_that_was_forwarded_to_somebody_else_is_theirs(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "ida") as house:
            ida = person("ida", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), calendar="ida")
            await house.runs(pair(), pair(protege=ida, name="maya-ida"))
            meeting, calendar = await house.first(), house.calendar("ida")
            body = house.calendar("jonas").bodies[f"{meeting.uid}.ics"]
            calendar.put("forwarded.ics", body)
            await house.later()
            assert calendar.bodies["forwarded.ics"] == body
            calendar.move(meeting.uid, by=DAY)
            await house.later()
            assert house.times("maya")[meeting.uid] == meeting.start
            calendar.delete(meeting.uid)
            await house.later()
            assert (await house.first()).state is State.STANDING
