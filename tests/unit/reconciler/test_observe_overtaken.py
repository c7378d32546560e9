"""Looks and turns run side by side: what is written during a look is for the next one to judge."""

from datetime import timedelta

import pytest

from cadenced.core.model import State
from cadenced.shell.calendars import CalDav
from tests.support.house import living
from tests.support.programme import at, pair

DAY = timedelta(days=1)


class Interrupted(CalDav):
    """A client whose next sync is overtaken: by what a test does before the server answers, and after; and so are its
    writes, after the server has taken one.
    """

    before = after = written = None

    async def update(self, account, collection, href, body, etag):
        resource = await super().update(account, collection, href, body, etag)
        if self.written:
            await self.written(href)
        return resource

    async def create(self, account, collection, name, body):
        resource = await super().create(account, collection, name, body)
        if self.written:
            await self.written(resource.href)
        return resource

    async def sync(self, account, collection, token, known):
        before, self.before = self.before, None
        after, self.after = self.after, None
        if before:
            await before()
        result = await super().sync(account, collection, token, known)
        if after:
            await after()
        return result


@pytest.fixture
async def overtaken(tmp_path):
    async with living(tmp_path, "maya", "jonas") as house:
        await house.client.close()
        house.client = Interrupted(deadline=10)
        yield house


class TestOvertaken:
    """Looks and turns run side by side: what is written during a look is for the next one to judge."""

    async def test_a_turn_that_creates_meanwhile_loses_nothing(self, overtaken):
        house = overtaken
        await house.loads(pair())
        await house.wheel.look(["maya"])

        async def meanwhile():
            await house.wheel.turn(["maya-jonas"])

        house.client.after = meanwhile
        await house.wheel.look(["maya", "jonas"])
        await house.rests()
        await house.later()
        assert {m.state for m in await house.standing()} == {State.STANDING}
        assert house.times("maya") == house.times("jonas")

    async def test_a_turn_that_cancels_meanwhile_leaves_no_tombstone(self, overtaken):
        house = overtaken
        await house.runs(pair())
        await house.later()
        await house.loads(pair(calls=None))
        house.wheel.rows.update(await house.store.accounts())

        async def meanwhile():
            await house.wheel.turn(["maya-jonas"])

        house.calendar("jonas").edit((await house.standing())[0].uid, color="tomato")  # so that there is news
        house.client.after = meanwhile
        await house.wheel.look(["jonas"])
        await house.turns()
        await house.later()
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas")
        assert len(house.times("maya")) == 6

    async def test_what_was_seen_and_then_cancelled_leaves_no_tombstone(self, overtaken):
        house = overtaken
        await house.runs(pair())
        await house.later()
        for meeting in await house.standing():
            house.calendar("jonas").edit(meeting.uid, color="tomato")
        looking = house.wheel

        async def meanwhile():
            await house.loads(pair(calls=None))
            house.wheel.rows.update(await house.store.accounts())
            await house.wheel.turn(["maya-jonas"])

        house.client.after = meanwhile
        await looking.look(["jonas"])
        await house.later()
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas")
        assert {m.state for m in await house.standing()} == {State.STANDING}

    async def test_what_was_cancelled_and_created_anew_meanwhile_stands(self, overtaken):
        """The server tells of our own deletion, and by then the policy has brought the meeting back."""
        house = overtaken
        await house.runs(pair())
        await house.later()

        async def turns_with(policy):
            await house.loads(policy)
            house.wheel.rows.update(await house.store.accounts())
            await house.wheel.turn(["maya-jonas"])

        looking = house.wheel
        house.client.before = lambda: turns_with(pair(calls=None))
        house.client.after = lambda: turns_with(pair())
        await looking.look(["jonas"])
        await house.turns()
        await house.later()
        assert {m.state for m in await house.standing()} == {State.STANDING}
        assert house.times("maya") == house.times("jonas")
        assert len(house.times("maya")) == 6

    async def test_a_turn_that_moves_meanwhile_is_not_undone(self, overtaken):
        house = overtaken
        await house.runs(pair())
        await house.later()
        meeting = (await house.standing())[0]
        house.calendar("jonas").edit(meeting.uid, color="tomato")
        house.calendar("maya").move(meeting.uid, by=DAY)

        async def meanwhile():
            await house.wheel.look(["maya"])
            await house.turns()

        house.client.after = meanwhile
        await house.wheel.look(["jonas"])
        await house.turns()
        await house.later()
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start + DAY
        assert "COLOR" in house.calendar("jonas").events()[meeting.uid]

    @pytest.mark.parametrize("policy", ["new", "changed"])
    async def test_what_a_look_saw_of_a_write_s_follower_is_not_overwritten_by_the_turn(self, overtaken, policy):
        """A person moves an event right after we wrote it, and a look sees that before the turn has ended."""
        house = overtaken
        if policy == "changed":
            await house.runs(pair())
        await house.later() if policy == "changed" else None
        moved = {}

        async def written(href):
            uid = href.rpartition("/")[2].removesuffix(".ics")
            if href.startswith("/jonas/") and not moved:
                house.calendar("jonas").move(uid, by=DAY)
                moved[uid] = house.times("jonas")[uid]
                await house.wheel.look(["jonas"])

        house.client.written = written
        await house.runs(pair(agreed=at("Tue 12:00")))
        house.client.written = None
        await house.later()
        ((uid, start),) = moved.items()
        assert house.times("maya")[uid] == house.times("jonas")[uid] == start
        assert (await house.meetings())[uid].pinned

    async def test_a_thaw_beside_the_daemon_is_seen_at_the_next_look(self, house):
        await house.runs(pair())
        house.empties()
        await house.later()
        beside = type(house.store).beside(house.path)
        await beside.thaw("jonas")
        beside.close()
        await house.later()
        assert house.times("jonas") == house.times("maya")
