"""What people answer by mail for the pair, a pause or no more mail, and that no answer is lost or counted twice."""

from dataclasses import replace
from datetime import date

import pytest

from cadenced.core.answers import Answer, Told
from cadenced.core.model import State
from tests.support.post import DAY, MINUTE, NONE, PAIRS, TWO, Post, quiet
from tests.support.programme import utc


@pytest.fixture
def post(house):
    return Post(house)


@pytest.fixture(params=PAIRS.values(), ids=PAIRS.keys())
def each(request):
    return request.param


def coming(meetings, first, last):
    """What takes place in these days."""
    return [m for m in meetings if m.state is State.STANDING and first <= m.start.date() <= last]


async def readers(house):
    """Who gets a mail before the next meeting begins that did not so far: as late as a pause may have put it off."""
    known = {mail["key"] for mail in await house.mails()}
    coming_up = [m for m in await house.standing() if m.state is State.STANDING and m.start > house.clock.at]
    house.clock.at = coming_up[0].start - MINUTE
    await house.rests()
    return {mail["person"] for mail in await house.mails() if mail["key"] not in known}


class TestPause:
    UNTIL = date(2026, 12, 31)

    async def test_takes_the_meetings_of_its_days_off_and_plans_on_after_it(self, house, post, each):
        await post.lives(each)
        before = await house.standing()
        assert coming(before, date(2026, 12, 1), self.UNTIL)
        await post.says("jonas", Told.PAUSED, until=self.UNTIL)
        after = await house.standing()
        assert not coming(after, house.clock.at.date(), self.UNTIL)
        assert coming(after, date(2027, 1, 1), date(2027, 1, 31))
        for account in post.accounts:
            assert min(house.times(account).values()).date() > self.UNTIL
        assert await quiet(house)

    async def test_ends_early_when_the_other_one_resumes(self, house, post, each):
        await post.lives(each)
        await post.says("jonas", Told.PAUSED, until=self.UNTIL)
        house.clock.at = utc("2026-12-08T09:00")
        await post.says("maya", Told.RESUMED)
        assert coming(await house.standing(), date(2026, 12, 9), self.UNTIL)

    async def test_without_an_end_takes_all_off_until_somebody_resumes(self, house, post, each):
        await post.lives(each)
        await post.says("maya", Told.PAUSED)
        assert await house.standing() == []
        assert all(house.times(account) == {} for account in post.accounts)
        assert await house.alerts() == {}
        for _ in range(3):
            await house.later(days=40)
        assert await house.standing() == []
        assert await house.alerts() == {}
        await post.says("maya", Told.RESUMED)
        assert coming(await house.standing(), house.clock.at.date(), house.clock.at.date() + 40 * DAY)


class TestStop:
    async def test_ends_the_mails_to_one_while_the_other_gets_theirs(self, house, post, each):
        await post.lives(each)
        await post.says("jonas", Told.STOPPED)
        assert await readers(house) == {"maya"}

    async def test_leaves_the_calendars_as_they_are(self, house, post):
        await post.lives(TWO)
        before = [house.times(user) for user in ("maya", "jonas")]
        await post.says("jonas", Told.STOPPED)
        assert [house.times(user) for user in ("maya", "jonas")] == before

    async def test_is_over_when_they_resume(self, house, post):
        await post.lives(TWO)
        await post.says("jonas", Told.STOPPED)
        await post.says("jonas", Told.RESUMED)
        assert await readers(house) == {"maya", "jonas"}

    async def test_takes_back_what_waits_to_be_sent(self, house, post):
        await post.lives(TWO)
        await readers(house)
        await post.says("jonas", Told.STOPPED)
        assert {mail["person"] for mail in await house.mails()} == {"maya"}


class TestKept:
    """Whatever becomes of the database, the journal knows what was answered."""

    @pytest.fixture(params=["lost", "put back"])
    def database(self, request, house):
        """Loses what it has learnt since, or all of it."""

        class Trouble:
            def comes(self):
                self.backup = house.backup()

            async def strikes(self):
                house.restore(self.backup) if request.param == "put back" else house.lose_database()
                await house.runs(*house.programme.pairs.values())
                await house.later(days=1)

        return Trouble()

    async def test_a_move_holds(self, house, post, each, database):
        before = await post.lives(each)
        database.comes()
        moved = await post.says("jonas", Told.MOVED, before, by=DAY)
        await database.strikes()
        now = (await house.meetings())[before.uid]
        assert (now.state, now.start, now.pinned) == (State.STANDING, moved.start, True)
        assert set(post.starts(before.uid)) <= {moved.start}

    async def test_a_refused_time_does_not_come_back(self, house, post, each, database):
        before = await post.lives(each)
        database.comes()
        await post.says("jonas", Told.DECLINED, before)
        await database.strikes()
        now = (await house.meetings())[before.uid]
        assert now.start != before.start
        assert before.start in now.tries.refused
        assert set(post.starts(before.uid)) <= {now.start}

    async def test_what_is_off_stays_off(self, house, post, each, database):
        before = await post.lives(each)
        database.comes()
        await post.says("jonas", Told.SKIPPED, before)
        await database.strikes()
        assert (await house.meetings())[before.uid].state is State.CANCELLED
        assert set(post.status(before.uid)) <= {"CANCELLED"}

    async def test_a_pause_holds_and_who_stopped_gets_no_mail(self, house, post, each, database):
        await post.lives(each)
        database.comes()
        await post.says("maya", Told.PAUSED, until=date(2026, 12, 31))
        await post.says("jonas", Told.STOPPED)
        await database.strikes()
        assert not coming(await house.standing(), house.clock.at.date(), date(2026, 12, 31))
        assert await readers(house) == {"maya"}

    @pytest.mark.parametrize("told", [Told.MOVED, Told.DECLINED, Told.SKIPPED])
    async def test_what_no_calendar_has_is_known_from_the_first_turn_on(self, house, post, told):
        """A mail may be due that names the time."""
        before = await post.lives(NONE)
        now = await post.says("jonas", told, before, by=DAY * (told is Told.MOVED))
        house.lose_database()
        await house.runs(NONE)
        after = (await house.meetings())[before.uid]
        assert (after.state, after.start) == (now.state, now.start)

    async def test_read_a_second_time_a_mail_counts_once(self, house, post, each):
        before = await post.lives(each)
        answer = Answer(
            "<1@x>#1", "maya-jonas", "jonas", Told.MOVED, house.clock.at + MINUTE, before.uid, before.start + DAY,
            before.end + DAY,
        )  # fmt: skip
        assert await house.store.record_mail("<1@x>", "answer", [answer], [], answer.at)
        await house.later()
        now = await post.says("maya", Told.MOVED, before, by=2 * DAY)
        again = replace(answer, at=house.clock.at + MINUTE)
        assert not await house.store.record_mail("<1@x>", "answer", [again], [], again.at)
        await house.later()
        assert (await house.meetings())[before.uid].start == now.start

    async def test_read_again_by_a_database_that_was_lost_a_mail_counts_from_when_it_came(self, house, post, each):
        """The mailbox is read from its beginning then."""
        before = await post.lives(each)
        await post.says("jonas", Told.MOVED, before, by=DAY)
        now = await post.says("maya", Told.MOVED, before, by=2 * DAY)
        house.lose_database()
        at = house.clock.at + DAY
        about = {"uid": before.uid, "start": before.start + DAY, "end": before.end + DAY}
        again = Answer("<0@example.org>#1", "maya-jonas", "jonas", Told.MOVED, at, **about)
        assert await house.store.record_mail("<0@example.org>", "answer", [again], [], at)
        await house.runs(each)
        await house.later(days=1)
        assert (await house.meetings())[before.uid].start == now.start
