"""The write protocol: preconditions, lost replies, crashes between a write and its record, and what is in the way."""

from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web

from cadenced.core.model import State
from cadenced.core.records import AccountStatus, CopyState
from tests.support.fakedav import FakeDav
from tests.support.house import living
from tests.support.programme import at, pair

DAY = timedelta(days=1)
STRANGER = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//someone//else//EN\r
BEGIN:VEVENT\r
UID:{uid}\r
DTSTAMP:20261124T090000Z\r
DTSTART:20261208T173000Z\r
DTEND:20261208T183000Z\r
SUMMARY:Dentist\r
END:VEVENT\r
END:VCALENDAR\r
"""
ELSEWHERE = pair(agreed=at("Tue 12:00"), agreed_calls=at("Thu 12:00"))  # a policy under which every meeting moves


async def uids(house):
    return list(await house.meetings())


class Strict(FakeDav):
    """Refuses to write (as into a calendar that is shared for reading) while `refuses` is set, and goes down after as
    many writes as `strength`.
    """

    refuses = 0
    strength: int | None = None

    async def _handle(self, request):
        if self.strength is not None and request.method in ("PUT", "DELETE"):
            if not self.strength:
                return web.Response(status=503)
            self.strength -= 1
        return await super()._handle(request)

    async def _put(self, request, calendar, name, there):
        if self.refuses:
            return web.Response(status=self.refuses)
        return await super()._put(request, calendar, name, there)


class TestInterrupted:
    async def test_a_creation_whose_reply_was_lost_is_found_and_not_written_twice(self, house):
        house.dav.faults.lost_replies = 1
        await house.runs(pair())
        await house.later()
        assert house.times("maya") == house.times("jonas")
        assert len(house.calendar("maya").log) == len(house.calendar("jonas").log) == 6

    async def test_a_human_s_edit_after_a_lost_reply_is_kept(self, house):
        house.dav.faults.lost_replies = 2
        await house.runs(pair())
        uid = next(iter(house.times("maya")))
        house.calendar("maya").edit(uid, summary="Mine")
        house.calendar("maya").move(uid, by=DAY)
        moved = house.times("maya")[uid]
        house.clock.at += timedelta(minutes=1)  # a turn before the next look
        await house.turns()
        await house.later()
        assert house.calendar("maya").events()[uid]["SUMMARY"] == "Mine"
        assert house.times("maya")[uid] == house.times("jonas")[uid] == moved

    @pytest.mark.parametrize("looks", [False, True])
    async def test_a_human_s_deletion_after_a_lost_reply_is_kept(self, house, looks):
        await house.loads(pair())
        await house.wheel.look()
        house.dav.faults.lost_replies = 2
        await house.turns()
        uid = next(iter(house.times("maya")))
        if looks:
            await house.later()
        house.calendar("maya").delete(uid)
        await house.later()
        await house.later()
        assert uid not in house.times("maya")

    async def test_an_update_whose_reply_was_lost_is_found(self, house):
        await house.runs(pair())
        house.dav.faults.lost_replies = 2
        await house.runs(ELSEWHERE)
        await house.later()
        wanted = {m.uid: m.start for m in await house.standing()}
        assert house.times("maya") == house.times("jonas") == wanted
        assert not any(m.pinned for m in await house.standing())

    async def test_what_was_created_before_a_crash_is_adopted_with_its_human_s_edits(self, house):
        await house.loads(pair())
        backup = house.backup()
        await house.rests()
        moved, edited, *_ = await house.standing()
        house.calendar("jonas").move(moved.uid, by=DAY)
        house.calendar("jonas").edit(edited.uid, location="My office")
        house.restore(backup)
        await house.runs(pair())
        assert house.times("maya")[moved.uid] == house.times("jonas")[moved.uid] == moved.start + DAY
        assert house.calendar("jonas").events()[edited.uid]["LOCATION"] == "My office"
        assert house.dav.requests["PUT"] == 12 + 2  # the move in the other copy, and what it was in its own

    async def test_what_was_written_before_a_crash_is_adopted_even_before_the_next_look(self, house):
        """The creations meet themselves: 412, read, recognised."""
        await house.loads(pair())
        await house.wheel.look()
        backup = house.backup()
        await house.turns()
        uid = (await house.standing())[0].uid
        house.calendar("jonas").move(uid, by=DAY)
        moved = house.times("jonas")[uid]
        house.restore(backup)
        await house.loads(pair())
        house.wheel.rows.update(await house.store.accounts())
        await house.turns()
        assert house.times("maya")[uid] == house.times("jonas")[uid] == moved
        await house.later()
        assert {m.state for m in await house.standing()} == {State.STANDING}

    async def test_an_update_before_a_crash_is_no_human_s(self, house):
        await house.runs(pair())
        backup = house.backup()
        await house.runs(ELSEWHERE)
        wanted = house.times("maya")
        house.restore(backup)
        await house.runs(ELSEWHERE)
        assert house.times("maya") == house.times("jonas") == wanted
        assert not any(m.pinned for m in await house.standing())

    async def test_an_update_in_one_calendar_before_a_crash_is_finished_in_the_other(self, house):
        await house.runs(pair())
        backup, before = house.backup(), dict(house.calendar("jonas").bodies)
        await house.runs(ELSEWHERE)
        for name, body in before.items():
            house.calendar("jonas").put(name, body)
        house.restore(backup)
        await house.runs(ELSEWHERE)
        wanted = {m.uid: m.start for m in await house.standing()}
        assert house.times("maya") == house.times("jonas") == wanted
        assert not any(m.pinned for m in await house.standing())

    async def test_a_cancellation_before_a_crash_is_no_human_s(self, house):
        """It was intended before it was done, so the policy may bring the meeting back."""
        await house.runs(pair())
        calls = [m for m in await house.standing() if m.identity.kind == "call"]
        rows = [await house.copy(user, m.uid) for user in ("maya", "jonas") for m in calls]
        await house.store.save_copies([replace(row, state=CopyState.CANCELLING) for row in rows])
        for meeting in calls:
            house.calendar("maya").delete(meeting.uid)
            house.calendar("jonas").delete(meeting.uid)
        await house.restarts()
        assert house.times("maya") == house.times("jonas")
        assert len(house.times("maya")) == 6

    async def test_a_cancellation_that_never_arrived_is_done_later(self, house):
        await house.runs(pair())
        await house.loads(pair(calls=None))
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        assert len(house.times("maya")) == 6
        house.dav.faults.status = 0
        await house.later()
        assert set(house.times("maya")) == set(house.times("jonas")) == set(await uids(house))

    async def test_a_cancellation_that_is_no_longer_wanted_is_not_done(self, house):
        await house.runs(pair())
        before = house.times("maya")
        await house.loads(pair(calls=None))
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        house.dav.faults.status = 0
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas") == before
        assert {c.state for c in await house.store.copies("maya")} == {CopyState.LIVE}
        gone = (await house.standing())[1]
        house.calendar("jonas").delete(gone.uid)
        await house.later()
        assert (await house.meetings())[gone.uid].state is State.DECLINED

    async def test_a_cancellation_intended_in_an_account_that_left_stops_nobody(self, house):
        await house.runs(pair())
        row = (await house.store.copies("jonas"))[0]
        await house.store.save_copies([replace(row, state=CopyState.CANCELLING)])
        del house.accounts["jonas"]
        await house.runs(pair(agreed=at("Tue 12:00")))
        assert house.times("maya") == {m.uid: m.start for m in await house.standing()}

    @pytest.mark.parametrize("strength", range(0, 14, 3))
    async def test_a_server_that_goes_down_in_the_middle_is_taken_up_again(self, tmp_path, strength):
        async with living(tmp_path, "maya", "jonas", dav=Strict) as house:
            for policy in (pair(), ELSEWHERE, pair(calls=None), pair()):
                await house.loads(policy)
                await house.wheel.look()
                house.dav.strength = strength
                await house.turns()
                house.dav.strength = None
                await house.later()
                wanted = {m.uid: m.start for m in await house.standing()}
                assert house.times("maya") == house.times("jonas") == wanted
                assert not any(m.pinned for m in await house.standing())


class TestOvertaken:
    async def test_a_move_that_comes_before_our_update_is_followed(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[0]
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.turns()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY

    async def test_an_edit_that_comes_before_our_update_is_kept(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[0]
        await house.loads(pair(mentor=replace(pair().mentor, name="Maya Lang")))
        await house.wheel.look()
        house.calendar("jonas").edit(meeting.uid, summary="Mine", location="My office")
        await house.turns()
        await house.later()
        event = house.calendar("jonas").events()[meeting.uid]
        assert (event["SUMMARY"], event["LOCATION"]) == ("Mine", "My office")
        assert "Maya's" in event["DESCRIPTION"]

    async def test_a_deletion_that_comes_before_our_update_is_a_human_s(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[0]
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        house.calendar("jonas").delete(meeting.uid)
        await house.turns()
        assert meeting.uid not in house.times("jonas")
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.DECLINED
        assert meeting.uid not in house.times("jonas")

    async def test_an_edit_that_comes_before_our_cancellation_saves_the_event(self, house):
        await house.runs(pair())
        call = next(m for m in await house.standing() if m.identity.kind == "call")
        await house.loads(pair(calls=None))
        await house.wheel.look()
        house.calendar("jonas").move(call.uid, by=DAY)
        await house.turns()
        await house.later()
        assert house.times("jonas")[call.uid] == call.start + DAY
        assert (await house.meetings())[call.uid].pinned

    async def test_a_calendar_emptied_before_our_updates_is_frozen_all_the_same(self, house):
        await house.runs(pair())
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        for name in list(house.calendar("jonas").bodies):
            house.calendar("jonas").remove(name)
        await house.turns()
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert house.times("jonas") == {}


class TestInTheWay:
    @pytest.fixture
    async def uid(self, house):
        """Of a meeting to come, before it stands anywhere."""
        await house.loads(pair())
        (decision,) = await house.wheel.decide(["maya-jonas"])
        return decision.meetings[0].uid

    async def test_a_foreign_event_in_the_place_of_ours_is_reported_and_left(self, house, uid):
        foreign = STRANGER.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.rests()
        await house.later(days=1)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign
        (alert,) = (await house.alerts()).values()
        assert "a foreign event stands where a meeting of maya-jonas belongs" in alert.text
        assert uid in house.times("maya")
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before

    async def test_when_it_is_removed_ours_is_written(self, house, uid):
        house.calendar("jonas").put(f"{uid}.ics", STRANGER.format(uid="stranger"))
        await house.rests()
        house.calendar("jonas").remove(f"{uid}.ics")
        await house.later()
        assert house.times("jonas") == house.times("maya")
        assert await house.alerts() == {}

    async def test_a_foreign_event_with_our_uid_and_no_mark_is_foreign_still(self, house, uid):
        foreign = STRANGER.format(uid=uid)
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.rests()
        house.calendar("jonas").edit(uid, summary="Dentist!")
        edited = house.calendar("jonas").bodies[f"{uid}.ics"]
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == edited

    async def test_a_foreign_event_that_stood_there_when_a_creation_was_cut_off_is_foreign(self, house, uid):
        foreign = STRANGER.format(uid=uid)
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        house.dav.faults.status = 0
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign

    async def test_our_uid_elsewhere_in_the_calendar_is_reported_and_tried_again(self, house, uid):
        foreign = STRANGER.format(uid=uid)
        house.calendar("jonas").put("elsewhere.ics", foreign)
        await house.rests()
        (alert,) = (await house.alerts()).values()
        assert "another has its UID" in alert.text
        assert house.calendar("jonas").bodies["elsewhere.ics"] == foreign
        await house.later(days=1)
        assert len(await house.alerts()) == 1
        house.calendar("jonas").remove("elsewhere.ics")
        await house.later(days=1)
        assert uid in house.times("jonas")
        assert await house.alerts() == {}

    async def test_our_own_event_elsewhere_in_the_calendar_is_adopted(self, house):
        """As after an export and an import."""
        await house.runs(pair())
        before = house.times("jonas")
        bodies = list(house.calendar("jonas").bodies.values())
        for name in list(house.calendar("jonas").bodies):
            house.calendar("jonas").remove(name)
        for number, body in enumerate(bodies):
            house.calendar("jonas").put(f"import-{number}.ics", body)
        house.lose_database()
        await house.runs(pair())
        assert house.times("jonas") == before
        assert all(name.startswith("import-") for name in house.calendar("jonas").bodies)
        assert await house.alerts() == {}

    async def test_a_foreign_event_that_takes_the_place_of_ours_is_not_overwritten(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]
        foreign = STRANGER.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign
        assert list(await house.alerts()) == [f"pair/maya-jonas/foreign/{uid}/jonas"]
        await house.runs()
        assert house.calendar("jonas").bodies == {f"{uid}.ics": foreign}

    async def test_nor_when_it_comes_right_before_our_update(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        foreign = STRANGER.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.turns()
        await house.later(days=1)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign

    @pytest.mark.parametrize(
        "garbage", ["", "BEGIN:VCALENDAR", "\x00\xff", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nEND:VEVENT"]
    )
    async def test_garbage_in_our_own_event_is_reported_and_left(self, house, garbage):
        await house.runs(pair())
        uid, calendar = (await uids(house))[0], house.calendar("jonas")
        whole = calendar.bodies[f"{uid}.ics"]
        calendar.put(f"{uid}.ics", garbage.format(uid=uid))
        await house.later()
        await house.runs(ELSEWHERE)
        assert calendar.bodies[f"{uid}.ics"] == garbage.format(uid=uid)
        (alert,) = (await house.alerts()).values()
        assert "cannot be read" in alert.text
        calendar.put(f"{uid}.ics", whole)
        await house.later()
        assert await house.alerts() == {}

    async def test_an_event_made_an_all_day_one_is_reported_and_left(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]

        def change(event):
            for key in ("DTSTART", "DTEND"):
                day = event.pop(key).dt.date()
                event.add(key, day if key == "DTSTART" else day + DAY)

        house.calendar("jonas").edit(uid, change)
        before = house.calendar("jonas").bodies[f"{uid}.ics"]
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == before
        assert "all-day" in (await house.alerts())[f"pair/maya-jonas/garbled/{uid}/jonas"].text


class TestRefused:
    async def test_a_calendar_that_may_only_be_read_is_reported_and_keeps_nothing_else_from_happening(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", dav=Strict) as house:
            house.dav.refuses = 403
            await house.runs(pair())
            texts = [alert.text for alert in (await house.alerts()).values()]
            assert len(texts) == 12
            assert all("refuses an event of maya-jonas" in text for text in texts)
            house.dav.refuses = 0
            await house.later(days=1)
            assert house.times("maya") == house.times("jonas")
            assert len(house.times("maya")) == 6
            assert await house.alerts() == {}

    async def test_a_server_without_strong_etags_is_never_written_blindly(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[0]
        house.dav.faults.weak = True
        house.dav.faults.forgets_tokens = True
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        assert house.times("maya")[meeting.uid] == meeting.start
        assert any("no strong ETag" in alert.text for alert in (await house.alerts()).values())
        house.calendar("maya").delete(meeting.uid)
        await house.later()
        assert (await house.meetings())[meeting.uid].state is State.DECLINED
