"""A calendar that was emptied or deleted is frozen: nothing in it is read as declined, nothing is written there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.model import State
from cadenced.core.records import AccountStatus
from tests.support.house import living
from tests.support.programme import pair, utc

DAY = timedelta(days=1)


class TestFrozen:
    async def test_an_emptied_calendar_is_frozen_and_nothing_is_written_again(self, house):
        await house.runs(pair())
        before = house.times("maya")
        house.empties()
        for _ in range(3):
            await house.later(days=1)
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert house.times("jonas") == {}
        assert before.items() <= house.times("maya").items()
        assert {m.state for m in await house.standing()} == {State.STANDING}
        (alert,) = (await house.alerts()).values()
        assert "All 6 events of cadenced are gone" in alert.text
        assert "cadenced thaw jonas" in alert.text

    async def test_where_one_comes_back_as_all_others_go_nothing_was_emptied(self, house):
        await house.runs(pair())
        first, *others = await house.standing()
        calendar = house.calendar("jonas")
        for _ in range(2):  # the second time on one day, so that it is not proposed again at once
            name = calendar.name_of(first.uid)
            body = calendar.bodies[name]
            calendar.delete(first.uid)
            await house.later()
        assert (await house.meetings())[first.uid].state is State.DECLINED
        for other in others:
            calendar.delete(other.uid)
        calendar.put(name, body)
        await house.later()
        assert await house.status("jonas") is AccountStatus.OK
        assert (await house.meetings())[first.uid].state is State.STANDING
        assert [await house.gave_way(other) for other in others] == [True] * len(others)

    async def test_what_is_moved_meanwhile_is_followed_where_that_can_be(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[0]
        house.empties()
        await house.later()
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert (await house.meetings())[meeting.uid].start == meeting.start + DAY
        assert house.times("jonas") == {}

    async def test_thawed_it_is_written_again(self, house):
        await house.runs(pair())
        house.empties()
        await house.later()
        await house.store.thaw("jonas")
        await house.later()
        assert house.times("jonas") == house.times("maya")
        assert await house.status("jonas") is AccountStatus.OK
        assert await house.alerts() == {}

    async def test_brought_back_it_goes_on_by_itself(self, house):
        await house.runs(pair())
        kept = dict(house.calendar("jonas").bodies)
        house.empties()
        await house.later()
        for name, body in kept.items():
            house.calendar("jonas").put(name, body)
        before = house.dav.writes
        await house.later()
        assert await house.status("jonas") is AccountStatus.OK
        assert await house.alerts() == {}
        assert house.dav.writes == before

    async def test_a_server_that_is_down_meanwhile_makes_no_difference(self, house):
        await house.runs(pair())
        house.empties()
        await house.later()
        house.dav.faults.status = 503
        await house.later()
        house.dav.faults.status = 0
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert {m.state for m in await house.standing()} == {State.STANDING}

    @pytest.mark.parametrize("fault", ["forgets_tokens", "lists_all", "hides_added_then_deleted"])
    async def test_no_habit_of_a_server_makes_an_emptied_calendar_look_declined(self, house, fault):
        setattr(house.dav.faults, fault, True)
        await house.runs(pair())
        house.empties()
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert {m.state for m in await house.standing()} == {State.STANDING}

    async def test_a_calendar_that_is_gone_is_frozen(self, house):
        await house.runs(pair())
        del house.dav.homes["jonas"]["default"]
        await house.later()
        await house.later(days=1)
        assert await house.status("jonas") is AccountStatus.FROZEN
        assert "is not there any more" in (await house.alerts())["account/jonas"].text
        assert {m.state for m in await house.standing()} == {State.STANDING}

    async def test_gone_and_made_anew_it_waits_for_a_human_even_over_one_event(self, house):
        house.clock.at = utc("2026-12-20T09:00")
        await house.runs(pair(face_to_face="3 months", calls=None))
        assert len(house.times("jonas")) == 1
        calendar = house.dav.homes["jonas"].pop("default")
        await house.later()
        house.dav.homes["jonas"]["default"] = calendar
        house.empties()
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        await house.store.thaw("jonas")
        await house.later()
        assert len(house.times("jonas")) == 1

    async def test_a_frozen_calendar_keeps_no_other_pair_from_anything(self, tmp_path):
        async with living(tmp_path, "maya", "jonas", "ida") as house:
            other = pair(name="maya-ida", protege=replace(pair().protege, id="ida", name="Ida", calendar="ida"))
            await house.runs(pair(), other)
            house.empties()
            await house.later()
            meeting = (await house.standing("maya-ida"))[0]
            house.calendar("ida").move(meeting.uid, by=DAY)
            await house.later()
            assert house.times("maya")[meeting.uid] == meeting.start + DAY

    async def test_a_pair_that_leaves_does_not_thaw_a_calendar(self, house):
        await house.runs(pair())
        house.empties()
        await house.later()
        await house.runs()
        await house.later()
        assert await house.status("jonas") is AccountStatus.FROZEN
        await house.store.thaw("jonas")
        await house.later()
        await house.later(days=1)
        assert house.times("maya") == {}
        assert await house.store.pair_names() == []
