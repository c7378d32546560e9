"""What gives way to what: a meeting to other things and other pairs, and a human's word that it is off or on again."""

from datetime import timedelta
from itertools import pairwise

import pytest

from cadenced.core.model import State
from cadenced.shell.rows import moment
from tests.support.busy import hour
from tests.support.house import living
from tests.support.programme import at, hours, pair, person

DAY = timedelta(days=1)


async def busy(house, uid, user="jonas"):
    """Something else comes up at the time of a meeting."""
    start = (await house.meetings())[uid].start
    name = f"busy-{start:%d%H%M}"
    house.calendar(user).put(f"{name}.ics", hour(f":{start:%Y%m%dT%H%M%SZ}", uid=name))
    await house.later()


class TestCalledOff:
    async def test_put_on_again_in_the_other_calendar_it_is_on_in_both(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        assert house.event("maya", meeting.uid)["STATUS"] == "CANCELLED"
        house.calendar("maya").edit(meeting.uid, status="CONFIRMED")
        await house.later()
        assert house.event("jonas", meeting.uid).get("STATUS") != "CANCELLED"
        now = (await house.meetings())[meeting.uid]
        assert (now.state, now.start) == (State.STANDING, meeting.start)
        before = house.dav.writes
        await house.later(days=1)
        assert house.dav.writes == before

    async def test_no_other_meeting_takes_its_place_and_nobody_is_asked(self, house):
        await house.runs(pair())
        meeting, *others = await house.standing()
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        for _ in range(3):
            await house.later(days=1)
        after = await house.meetings()
        assert [after[m.uid].start for m in others] == [m.start for m in others]
        assert [m.identity.period for m in after.values() if m.identity.kind == "face_to_face"].count(
            meeting.identity.period
        ) == 1
        assert await house.mails("times") == []

    async def test_with_the_database_lost_it_stays_off(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        house.lose_database()
        before = house.dav.writes
        await house.runs(*house.programme.pairs.values())
        assert (await house.meetings())[meeting.uid].state is State.CANCELLED
        assert house.dav.writes == before


class TestTaken:
    async def test_it_gives_way_once_a_day_and_thrice_and_then_both_are_asked(self, house):
        await house.runs(pair())
        uid, seen = (await house.standing())[2].uid, []
        for changes in (1, 2, 3):
            await house.later(hours=25)
            seen.append(house.times("maya")[uid])
            await busy(house, uid)
            assert house.times("jonas")[uid] == house.times("maya")[uid] not in seen
            assert (await house.meetings())[uid].tries.changes == changes
        assert await house.mails("times") == []
        await house.later(hours=25)
        await busy(house, uid)
        meeting = (await house.meetings())[uid]
        assert meeting.state is State.STANDING
        assert house.times("jonas")[uid] == house.times("maya")[uid] == meeting.start
        mails = await house.mails("times")
        assert {moment(mail["start"]) for mail in mails} == {meeting.start}
        assert [mail["person"] for mail in mails] == ["jonas", "maya"]
        assert f"pair/maya-jonas/asked/{uid}" in await house.alerts()

    async def test_what_comes_up_on_the_day_of_a_change_is_given_way_to_a_day_later(self, house):
        await house.runs(pair())
        uid = (await house.standing())[2].uid
        await busy(house, uid)
        given = house.times("maya")[uid]
        await busy(house, uid)
        await house.later(hours=23)
        assert house.times("maya")[uid] == house.times("jonas")[uid] == given
        await house.later(hours=1)
        assert house.times("maya")[uid] == house.times("jonas")[uid] != given
        assert (await house.meetings())[uid].tries.changes == 2

    async def test_asked_about_until_the_other_thing_falls_through_it_is_not_asked_about_any_more(self, house):
        await house.runs(pair())
        uid = (await house.standing())[2].uid
        for _ in range(4):
            await busy(house, uid)
            await house.later(hours=25)
        assert await house.mails("times")
        for name in [name for name in house.calendar("jonas").bodies if name.startswith("busy")]:
            house.calendar("jonas").remove(name)
        await house.later()
        assert await house.mails("times") == []
        assert await house.alerts() == {}

    async def test_within_the_freeze_it_stays(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.clock.at = meeting.start - timedelta(hours=20)
        await house.rests()
        await busy(house, meeting.uid)
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] == meeting.start

    async def test_where_a_human_put_it_it_stays(self, house):
        await house.runs(pair())
        uid = (await house.standing())[2].uid
        house.calendar("maya").move(uid, by=DAY)
        await house.later()
        wanted = house.times("jonas")[uid]
        await busy(house, uid)
        assert house.times("maya")[uid] == house.times("jonas")[uid] == wanted

    async def test_one_whose_text_is_a_human_s_gives_way_and_keeps_the_text(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[2]
        house.calendar("jonas").edit(meeting.uid, summary="Coffee!")
        await house.later()
        await busy(house, meeting.uid)
        assert house.times("maya")[meeting.uid] == house.times("jonas")[meeting.uid] != meeting.start
        assert house.event("jonas", meeting.uid)["SUMMARY"] == "Coffee!"

    async def test_what_is_called_off_gives_way_to_nothing(self, house):
        await house.runs(pair())
        meeting = (await house.standing())[2]
        house.calendar("jonas").edit(meeting.uid, status="CANCELLED")
        await house.later()
        before = house.dav.writes
        await busy(house, meeting.uid)
        assert house.dav.writes == before


class TestTogether:
    @pytest.fixture
    async def three(self, tmp_path):
        """Maya mentors Jonas and Ida."""
        async with living(tmp_path, "maya", "jonas", "ida") as house:
            yield house

    @staticmethod
    def both():
        """At such times as all three have twice in a week only."""
        few = hours("Tue 10:00-12:00", "Thu 10:00-12:00")
        maya = person("maya", "Europe/London", few, calendar="maya")
        ida = person("ida", "Europe/London", hours("Mon-Fri 08:00-18:00"), calendar="ida")
        agreed = at("Tue 10:00")
        return [
            pair(mentor=maya, agreed=agreed, agreed_calls=agreed),
            pair(name="maya-ida", mentor=maya, protege=ida, agreed=agreed, agreed_calls=agreed),
        ]

    @staticmethod
    async def overlaps(house):
        met = [m for name in ("maya-jonas", "maya-ida") for m in await house.standing(name)]
        met = sorted((m for m in met if m.state is State.STANDING), key=lambda m: m.start)
        return [(a, b) for a, b in pairwise(met) if b.start < a.end]

    async def test_two_pairs_of_one_mentor_that_are_planned_at_once_never_meet_at_once(self, three):
        await three.runs(*self.both())
        assert await self.overlaps(three) == []
        assert len(three.times("maya")) == len(three.times("jonas")) + len(three.times("ida"))

    async def test_nor_when_both_look_for_another_time_at_once(self, three):
        await three.runs(*self.both())
        refused = [await three.first(name) for name in ("maya-jonas", "maya-ida")]
        three.calendar("jonas").delete(refused[0].uid)
        three.calendar("ida").delete(refused[1].uid)
        await three.later()
        assert await self.overlaps(three) == []
        found = {**three.times("jonas"), **three.times("ida")}
        assert all(found[m.uid] != m.start for m in refused)
        assert all(three.times("maya")[m.uid] == found[m.uid] for m in refused)

    async def test_what_a_human_moves_over_a_meeting_of_another_pair_makes_that_one_give_way(self, three):
        await three.runs(*self.both())
        mine, other = await three.first("maya-jonas"), (await three.standing("maya-ida"))[-1]
        three.calendar("jonas").move(mine.uid, by=other.start - mine.start)
        await three.later()
        await three.later(days=1)
        assert three.times("jonas")[mine.uid] == three.times("maya")[mine.uid] == other.start
        assert three.times("ida")[other.uid] == three.times("maya")[other.uid] != other.start
        assert await self.overlaps(three) == []

    async def test_who_looks_for_another_time_keeps_off_one_to_which_a_human_has_just_moved_something(self, three):
        await three.runs(*self.both())
        mine, other = await three.first("maya-jonas"), await three.first("maya-ida")
        three.calendar("jonas").delete(mine.uid)
        await three.wheel.look()
        [decision] = await three.wheel.decide(await three.wheel.due())
        wanted = next(m.start for m in decision.meetings if m.uid == mine.uid)
        three.wheel.decider.forget(["maya-jonas"])
        three.calendar("ida").move(other.uid, by=wanted - other.start)
        await three.later()
        assert three.times("ida")[other.uid] == three.times("maya")[other.uid] == wanted
        assert three.times("jonas")[mine.uid] == three.times("maya")[mine.uid] not in (wanted, mine.start)
        assert await self.overlaps(three) == []

    async def test_a_pair_added_later_moves_nothing_of_the_other(self, three):
        first, second = self.both()
        await three.runs(first)
        before = three.times("jonas")
        await three.runs(first, second)
        assert three.times("jonas") == before
        assert await self.overlaps(three) == []
