"""A database that was lost, or is older than the calendars: nothing is written twice, nothing is undone."""

from datetime import timedelta

from tests.support.programme import pair

DAY = timedelta(days=1)


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
        meeting = await house.first()
        house.calendar("jonas").move(meeting.uid, by=DAY)
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert house.times("maya")[meeting.uid] == meeting.start + DAY

    async def test_with_the_database_lost_what_was_refused_stays_so(self, house):
        """What came of it is written in the events."""
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        before = {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")}
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")} == before
        assert await house.gave_way(meeting)

    async def test_with_an_old_database_nothing_is_undone(self, house):
        """Declined, moved, edited and created since the backup: all of it holds."""
        await house.runs(pair())
        declined, moved, edited, *_ = await house.standing()
        backup = house.backup()
        house.calendar("jonas").delete(declined.uid)
        house.calendar("maya").move(moved.uid, by=DAY)
        house.calendar("maya").edit(edited.uid, summary="Mine")
        await house.later()
        known = set(await house.meetings())
        await house.later(weeks=1)
        assert set(await house.meetings()) > known
        before = {user: house.times(user) for user in ("maya", "jonas")}
        house.restore(backup)
        await house.runs(*house.programme.pairs.values())
        assert {user: house.times(user) for user in ("maya", "jonas")} == before
        found = await house.meetings()
        assert await house.gave_way(declined)
        assert found[moved.uid].pinned
        assert house.event("maya", edited.uid)["SUMMARY"] == "Mine"

    async def test_with_an_old_database_no_deleted_event_of_later_comes_back(self, house):
        """Created, then deleted by its owner, both after the backup: only the journal knows."""
        await house.runs(pair())
        backup, known = house.backup(), set(await house.meetings())
        await house.later(weeks=4)
        new = next(m for m in await house.standing() if m.uid not in known)
        house.calendar("jonas").delete(new.uid)
        await house.later()
        before = house.times("jonas")
        house.restore(backup)
        await house.runs(*house.programme.pairs.values())
        assert await house.gave_way(new)
        assert house.times("jonas") == before

    async def test_after_it_was_lost_a_client_may_drop_our_properties_all_the_same(self, house):
        await house.runs(pair())
        house.lose_database()
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(
            meeting.uid, lambda event: [event.pop(k) for k in list(event) if k[:10] == "X-CADENCED"]
        )
        house.calendar("jonas").move(meeting.uid, by=DAY)
        await house.later()
        assert house.times("maya")[meeting.uid] == meeting.start + DAY
