"""What people answer by mail moves, refuses and calls off meetings as their hands in a calendar would."""

from dataclasses import replace

import pytest

from cadenced.core.answers import Answer, Told
from cadenced.core.model import State
from cadenced.shell.rows import moment
from tests.support.post import DAY, MINUTE, ONE, PAIRS, TWO, Post, quiet


@pytest.fixture
def post(house):
    return Post(house)


@pytest.fixture(params=PAIRS.values(), ids=PAIRS.keys())
def each(request):
    return request.param


class TestNo:
    async def test_gives_another_time_in_all_calendars_that_there_are(self, house, post, each):
        before = await post.lives(each)
        now = await post.says("jonas", Told.DECLINED, before)
        assert (now.state, now.pinned, now.tries.refused) == (State.STANDING, False, (before.start,))
        assert now.start != before.start
        assert set(post.starts(before.uid)) <= {now.start}
        assert await quiet(house)

    async def test_by_both_is_one_that_gives_one_other_time(self, house, post, each):
        before = await post.lives(each)
        await house.loads(each)
        for who in ("maya", "jonas"):
            name, now = f"<{who}@example.org>", house.clock.now() + MINUTE
            about = (before.uid, before.start, before.end)
            answer = Answer(f"{name}#1", "maya-jonas", who, Told.DECLINED, now, *about)
            await house.store.record_mail(name, "answer", [answer], [], now)
        await house.later()
        now = (await house.meetings())[before.uid]
        assert (now.tries.changes, now.tries.refused) == (1, (before.start,))

    async def test_said_again_and_again_ends_in_a_question_that_names_who_can_t(self, house, post, each):
        now = await post.lives(each)
        for _ in range(3):
            now = await post.says("jonas", Told.DECLINED, now)
            await house.later(hours=25)
        now = (await house.meetings())[now.uid]
        assert now.state is State.DECLINED
        mails = await house.mails("times")
        assert [(mail["person"], moment(mail["start"])) for mail in mails] == [
            ("jonas", now.start),
            ("maya", now.start),
        ]
        moved = await post.says("maya", Told.MOVED, now, by=DAY)
        assert (moved.state, moved.start, moved.pinned) == (State.STANDING, now.start + DAY, True)
        assert set(post.starts(now.uid)) <= {moved.start}
        assert await house.alerts() == {}

    async def test_to_a_time_that_it_has_no_more_moves_nothing(self, house, post, each):
        before = await post.lives(each)
        moved = await post.says("maya", Told.MOVED, before, by=DAY)
        assert (await post.says("jonas", Told.DECLINED, before)).start == moved.start
        assert await quiet(house)

    async def test_is_not_undone_by_a_late_yes(self, house, post, each):
        before = await post.lives(each)
        given = await post.says("jonas", Told.DECLINED, before)
        assert (await post.says("jonas", Told.ACCEPTED, before)).start == given.start
        assert await quiet(house)


class TestMove:
    async def test_moves_it_wherever_it_stands_and_pins_it(self, house, post, each):
        before = await post.lives(each)
        now = await post.says("jonas", Told.MOVED, before, by=DAY)
        assert (now.state, now.start, now.pinned) == (State.STANDING, before.start + DAY, True)
        assert set(post.starts(before.uid)) <= {now.start}
        assert await quiet(house)

    async def test_yields_to_a_later_one_in_a_calendar_and_wins_over_an_earlier(self, house, post):
        before = await post.lives(TWO)
        await post.says("jonas", Told.MOVED, before, by=DAY)
        house.clock.at += MINUTE
        house.calendar("maya").move(before.uid, by=DAY)
        await house.rests()
        assert post.starts(before.uid) == [before.start + 2 * DAY] * 2
        now = await post.says("jonas", Told.MOVED, before, by=3 * DAY)
        assert post.starts(before.uid) == [now.start] * 2 == [before.start + 3 * DAY] * 2

    async def test_and_one_in_a_calendar_seen_at_once_the_later_wins_and_the_other_is_told(self, house, post):
        before = await post.lives(ONE)
        house.calendar("maya").move(before.uid, by=2 * DAY)
        now = await post.says("jonas", Told.MOVED, before, by=DAY)
        assert post.starts(before.uid) == [now.start] == [before.start + DAY]
        assert [mail["person"] for mail in await house.mails("moved")] == ["maya"]

    async def test_that_is_overruled_in_a_calendar_before_it_was_seen_is_told_to_its_writer(self, house, post):
        before = await post.lives(ONE)
        now, name = house.clock.now() + MINUTE, "<1@example.org>"
        about = {"uid": before.uid, "start": before.start + DAY, "end": before.end + DAY}
        answer = Answer(f"{name}#1", "maya-jonas", "jonas", Told.MOVED, now, **about)
        await house.store.record_mail(name, "answer", [answer], [], now)
        house.clock.at = now + MINUTE
        house.calendar("maya").move(before.uid, by=2 * DAY)
        await house.rests()
        assert post.starts(before.uid) == [before.start + 2 * DAY]
        assert [mail["person"] for mail in await house.mails("moved")] == ["jonas"]

    async def test_refused_by_the_other_it_does_not_come_back(self, house, post, each):
        before = await post.lives(each)
        moved = await post.says("jonas", Told.MOVED, before, by=DAY)
        given = await post.says("maya", Told.DECLINED, moved)
        assert given.start not in (moved.start, None)
        assert moved.start in given.tries.refused
        assert set(post.starts(before.uid)) <= {given.start}
        assert await quiet(house)

    async def test_refused_by_a_deletion_in_the_other_s_calendar_it_does_not_come_back(self, house, post):
        before = await post.lives(ONE)
        moved = await post.says("jonas", Told.MOVED, before, by=DAY)
        house.calendar("maya").delete(before.uid)
        await house.later()
        now = (await house.meetings())[before.uid]
        assert post.starts(before.uid) == [now.start] != [moved.start]
        assert await quiet(house)

    async def test_while_a_calendar_is_out_of_reach_it_holds_and_is_carried_there_later(self, house, post):
        before = await post.lives(TWO)
        house.dav.users["jonas"], password = "another", house.dav.users["jonas"]
        now = await post.says("maya", Told.MOVED, before, by=DAY)
        assert post.starts(before.uid) == [now.start, before.start]
        house.dav.users["jonas"] = password
        await house.store.save_account(replace((await house.store.accounts())["jonas"], fingerprint=""))
        await house.restarts()
        await house.later(hours=2)
        assert post.starts(before.uid) == [now.start] * 2


class TestSkip:
    async def test_calls_it_off_wherever_it_stands_and_a_yes_puts_it_on_again(self, house, post, each):
        before = await post.lives(each)
        now = await post.says("jonas", Told.SKIPPED, before)
        assert (now.state, now.start) == (State.CANCELLED, before.start)
        assert set(post.status(before.uid)) <= {"CANCELLED"}
        assert await quiet(house)
        now = await post.says("maya", Told.ACCEPTED, before)
        assert (now.state, now.start) == (State.STANDING, before.start)
        assert "CANCELLED" not in post.status(before.uid)
        assert await quiet(house)

    async def test_put_on_again_in_a_calendar_it_stays_on(self, house, post):
        before = await post.lives(ONE)
        await post.says("jonas", Told.SKIPPED, before)
        house.clock.at += MINUTE
        house.calendar("maya").edit(before.uid, status="CONFIRMED")
        await house.rests()
        assert (await house.meetings())[before.uid].state is State.STANDING
        assert await quiet(house)
