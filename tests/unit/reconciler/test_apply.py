"""The write protocol: preconditions, lost replies, crashes between a write and its record, and what is refused."""

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
ELSEWHERE = pair(agreed=at("Tue 12:00"), agreed_calls=at("Thu 12:00"))  # a policy under which every meeting moves


async def uids(house):
    return list(await house.meetings())


class Strict(FakeDav):
    """Refuses to write (as into a calendar that is shared for reading) while `refuses` is set, and goes down after as
    many writes as `strength`.
    """

    refuses = 0
    strength: int | None = None
    forgetful = False  # a deletion takes effect, and its reply is an error

    async def _handle(self, request):
        if self.strength is not None and request.method in ("PUT", "DELETE"):
            if not self.strength:
                return web.Response(status=503)
            self.strength -= 1
        reply = await super()._handle(request)
        return web.Response(status=503) if self.forgetful and request.method == "DELETE" else reply

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
        uid, refused = next(iter(house.times("maya").items()))
        if looks:
            await house.later()
        house.calendar("maya").delete(uid)
        await house.later()
        await house.later()
        assert house.times("maya")[uid] == house.times("jonas")[uid] != refused

    async def test_an_update_whose_reply_was_lost_is_found(self, house):
        await house.runs(pair())
        house.dav.faults.lost_replies = 2
        await house.runs(ELSEWHERE)
        await house.later()
        wanted = {m.uid: m.start for m in await house.standing()}
        assert house.times("maya") == house.times("jonas") == wanted
        assert not any(m.pinned for m in await house.standing())

    async def test_a_creation_of_unknown_outcome_is_not_tried_again_before_a_look(self, house):
        await house.loads(pair())
        await house.wheel.look()
        house.dav.faults.lost_replies = 1
        await house.turns()
        uid, refused = next(iter(house.times("maya").items()))
        house.calendar("maya").delete(uid)
        house.clock.at += timedelta(minutes=2)
        await house.turns()
        assert uid not in house.times("maya")
        await house.later()
        await house.later()
        assert house.times("maya")[uid] == house.times("jonas")[uid] != refused

    async def test_a_deletion_after_an_update_whose_reply_was_lost_refuses_the_new_time(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        house.calendar("maya").move(uid, by=DAY)
        moved = house.times("maya")[uid]
        await house.wheel.look()
        house.dav.faults.lost_replies = 1
        await house.turns()
        assert house.times("jonas")[uid] == moved
        house.calendar("jonas").delete(uid)
        await house.later()
        await house.later()
        assert house.times("maya")[uid] == house.times("jonas")[uid] != moved

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

    async def test_a_cancellation_whose_reply_was_lost_is_no_human_s(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", dav=Strict) as house:
            await house.runs(pair())
            await house.later()
            house.dav.forgetful = True
            await house.runs(pair(calls=None))
            house.dav.forgetful = False
            await house.later()
            await house.runs(pair())
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
        assert await house.gave_way(gone)

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

    async def test_a_deletion_that_comes_before_our_update_refuses_the_time_before_it(self, house):
        """So the new time, which nobody has refused, is written into that calendar, too."""
        await house.runs(pair())
        meeting = (await house.standing())[0]
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        house.calendar("jonas").delete(meeting.uid)
        await house.turns()
        assert meeting.uid not in house.times("jonas")
        await house.later()
        now = (await house.meetings())[meeting.uid]
        assert now.state is State.STANDING
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == now.start != meeting.start

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
        house.empties()
        await house.turns()
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert house.times("jonas") == {}


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
        assert house.times("maya")[meeting.uid] == meeting.start + DAY
