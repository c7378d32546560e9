"""Times that somebody refuses by deleting the event, and what is proposed instead (DESIGN §7)."""

from datetime import datetime, timedelta

import pytest

from cadenced.core.model import State
from cadenced.shell.rows import moment
from tests.support.programme import pair

DAY = timedelta(days=1)


async def declines(house, uid, *users):
    """Somebody can't (default: Jonas); then a day goes by."""
    for user in users or ("jonas",):
        house.calendar(user).delete(uid)
    await house.later()
    await house.later(hours=25)


def sequence(house, user, uid):
    return int(house.event(user, uid).get("SEQUENCE", 0))


class TestRefused:
    async def test_after_two_proposals_both_are_asked_once_with_three_times_on_three_days(self, house):
        await house.runs(pair())
        uid, refused = (await house.first()).uid, []
        for _ in range(3):
            refused.append((await house.meetings())[uid].start)
            await declines(house, uid)
        assert len(set(refused)) == 3
        meeting = (await house.meetings())[uid]
        assert (meeting.state, meeting.start, meeting.tries.changes) == (State.DECLINED, refused[-1], 2)
        mails = await house.mails("times")
        about = f"maya-jonas/times/face_to_face/2026-12-01@{refused[-1]:%Y%m%dT%H%MZ}"
        assert [mail["key"] for mail in mails] == [f"{about}/jonas", f"{about}/maya"]
        assert mails[0]["body"] == mails[1]["body"]
        offered = [datetime.fromisoformat(f"{word}+00:00") for word in mails[0]["body"].decode().split()]
        assert len({start.date() for start in offered}) == 3
        assert not {*offered, *house.times("jonas").values()} & set(refused)
        assert f"pair/maya-jonas/asked/{uid}" in await house.alerts()

    async def test_once_asked_nothing_more_is_written_or_said(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(3):
            await declines(house, uid)
        before, alerts = house.dav.writes, list(await house.alerts())
        for _ in range(4):
            await house.later(days=1)
        await house.restarts()
        assert house.dav.writes == before
        assert len(await house.mails("times")) == 2
        assert list(await house.alerts()) == alerts
        assert uid not in house.times("jonas")

    async def test_a_question_that_is_still_to_be_sent_is_left_to_the_outbox_by_later_turns(self, house):
        """It may be waiting for the mail server, with the tries so far counted."""
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(3):
            await declines(house, uid)
        before = await house.mails("times")
        house.calendar("maya").edit(uid, location="My office")
        await house.later()
        assert await house.mails("times") == before

    async def test_one_who_is_asked_and_moves_it_settles_it(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(3):
            await declines(house, uid)
        refused = house.times("maya")[uid]
        house.calendar("maya").move(uid, by=2 * DAY)
        await house.later()
        meeting = (await house.meetings())[uid]
        assert (meeting.state, meeting.pinned) == (State.STANDING, True)
        assert house.times("maya")[uid] == house.times("jonas")[uid] == refused + 2 * DAY
        assert await house.alerts() == {}

    async def test_a_time_that_a_human_put_it_to_and_that_is_refused_too_is_asked_about_instead(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(3):
            await declines(house, uid)
        house.calendar("maya").move(uid, by=2 * DAY)
        await house.later()
        refused = house.times("jonas")[uid]
        await declines(house, uid)
        assert {moment(mail["start"]) for mail in await house.mails("times")} == {refused}
        assert uid not in house.times("jonas")

    async def test_refused_in_both_calendars_it_stands_in_both_at_a_third_time_and_is_counted_once(self, house):
        await house.runs(pair())
        meeting = await house.first()
        await declines(house, meeting.uid, "maya", "jonas")
        assert await house.gave_way(meeting)
        assert (await house.meetings())[meeting.uid].tries.changes == 1
        for _ in range(2):
            await declines(house, meeting.uid, "maya", "jonas")
        assert meeting.uid not in {*house.times("maya"), *house.times("jonas")}
        assert len(await house.mails("times")) == 2
        assert (await house.meetings())[meeting.uid].state is State.DECLINED

    async def test_refused_by_one_and_then_by_the_other_counts_twice(self, house):
        await house.runs(pair())
        uid, seen = (await house.first()).uid, set()
        for user in ("jonas", "maya", "jonas"):
            seen.add((await house.meetings())[uid].start)
            await declines(house, uid, user)
        assert len(seen) == 3
        assert set((await house.meetings())[uid].tries.refused) < seen
        assert len(await house.mails("times")) == 2

    async def test_a_second_refusal_on_one_day_waits_for_the_next(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(2):
            house.calendar("jonas").delete(uid)
            await house.later()
        waiting = (await house.meetings())[uid]
        assert (waiting.state, waiting.tries.changes) == (State.DECLINED, 1)
        assert uid not in house.times("jonas")
        await house.later(hours=24)
        assert await house.gave_way(waiting)

    async def test_the_one_who_could_moves_it_and_it_stands_in_both(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(2):
            house.calendar("jonas").delete(uid)
            await house.later()
        house.calendar("maya").move(uid, by=2 * DAY)
        wanted = house.times("maya")[uid]
        await house.later()
        assert house.times("maya")[uid] == house.times("jonas")[uid] == wanted
        assert (await house.meetings())[uid].pinned

    async def test_a_client_sees_a_later_version_in_both_calendars(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        before = [sequence(house, user, uid) for user in ("maya", "jonas")]
        for _ in range(2):
            await declines(house, uid)
            now = [sequence(house, user, uid) for user in ("maya", "jonas")]
            assert all(new > old for old, new in zip(before, now, strict=True))
            before = now

    async def test_deleted_when_it_is_over_it_has_taken_place_all_the_same(self, house):
        await house.runs(pair())
        meeting = await house.first()
        house.clock.at = meeting.end - timedelta(minutes=5)
        await house.rests()
        house.clock.at = meeting.end + timedelta(hours=1)
        before = await house.meetings()
        house.calendar("jonas").delete(meeting.uid)
        house.calendar("maya").delete(meeting.uid)
        await house.later()
        await house.later(days=1)
        after = await house.meetings()
        assert after[meeting.uid].state is State.STANDING
        assert after[meeting.uid].start == meeting.start
        assert {uid: after[uid].start for uid in before} == {uid: m.start for uid, m in before.items()}
        assert meeting.uid not in {*house.times("maya"), *house.times("jonas")}
        assert await house.mails("times") == []


class TestLost:
    @pytest.mark.parametrize("lost", [0, 1, 2])
    async def test_cut_off_before_the_new_time_was_written_it_is_written_later(self, house, lost):
        """`lost`: how many of the writes arrive although their replies don't."""
        await house.runs(pair())
        meeting = await house.first()
        await house.later()
        house.calendar("jonas").delete(meeting.uid)
        await house.wheel.look()
        house.dav.faults.lost_replies = lost
        house.dav.faults.status = 0 if lost else 503
        await house.turns()
        house.dav.faults.lost_replies = house.dav.faults.status = 0
        await house.restarts()
        await house.later()
        assert await house.gave_way(meeting)
        assert (await house.meetings())[meeting.uid].tries.changes == 1

    async def test_what_both_refused_and_was_cut_off_is_never_at_the_time_before(self, house):
        """Nothing stands anywhere: the intents alone know what was decided."""
        await house.runs(pair())
        meeting = await house.first()
        await house.later()
        for user in ("maya", "jonas"):
            house.calendar(user).delete(meeting.uid)
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        house.dav.faults.status = 0
        await house.restarts()
        await house.later()
        assert await house.gave_way(meeting)

    async def test_with_the_database_lost_between_the_refusal_and_the_turn_the_journal_knows_it(self, house):
        await house.runs(pair())
        meeting = await house.first()
        await house.later()
        house.calendar("jonas").delete(meeting.uid)
        await house.wheel.look()
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert await house.gave_way(meeting)

    async def test_with_the_database_lost_what_both_refused_is_proposed_at_another_time(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(2):
            refused = (await house.meetings())[uid]
            for user in ("maya", "jonas"):
                house.calendar(user).delete(uid)
            await house.later()
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert refused.start not in (house.times("maya").get(uid), house.times("jonas").get(uid))
        await house.later(days=2)
        assert await house.gave_way(refused)

    async def test_with_the_database_lost_those_who_were_asked_are_not_proposed_to_again(self, house):
        await house.runs(pair())
        uid = (await house.first()).uid
        for _ in range(3):
            await declines(house, uid)
        before = {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")}
        house.lose_database()
        await house.runs(*house.programme.pairs.values())
        assert {user: dict(house.calendar(user).bodies) for user in ("maya", "jonas")} == before
        assert len(await house.mails("times")) == 2
