"""What goes on while a plan is held back, with the real wheel, store and calendars, one of which is misread."""

from contextlib import asynccontextmanager
from datetime import timedelta

from cadenced.core.accounts import MailAccount
from cadenced.core.model import Horizon
from cadenced.service.parts import Loaded, Parts
from cadenced.shell.mailer import Mailer
from tests.support.busy import calendar, vevent
from tests.support.house import POLL, living
from tests.support.programme import hours, pair, person, programme

OFFICE = hours("Mon-Fri 09:00-17:00")
PROTEGES = ("asha", "jonas", "kim", "lee", "tom", "zoe")
MAIL = MailAccount("127.0.0.1", 9, "none", "agenda@example.org")
EVERY_DAY = calendar(
    vevent(":20261124T060000Z", "DURATION:PT9H", "RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", uid="misread")
)


def pairs(*proteges):
    maya = person("maya", "UTC", OFFICE, calendar="maya")
    return [
        pair(name=f"maya-{name}", mentor=maya, protege=person(name, "UTC", OFFICE, calendar=name)) for name in proteges
    ]


class Daemon:
    """The parts as the daemon has them, turned by hand. `all` are its pairs."""

    def __init__(self, house, *proteges):
        self.house, self.all = house, pairs(*proteges)
        self.parts = Parts(house.store, house.client, Mailer(), house.clock)
        self.parts.guarded = True

    @property
    def held(self):
        return self.parts.holding.held

    async def starts(self):
        place = programme(*self.all), self.house.accounts, MAIL, Horizon(), {}, POLL
        changed = await self.parts.install(Loaded(*place))
        await self.parts.wheel.look()
        await self.parts.rehearse(changed)
        await self.turns()

    async def later(self, **by):
        self.house.clock.at += timedelta(**by) if by else POLL
        await self.parts.wheel.look()
        await self.turns()

    async def turns(self):
        for _ in range(20):
            if not (names := await self.parts.wheel.due()):
                return
            await self.parts.wheel.turn(names)
        raise AssertionError("the wheel does not come to rest")

    async def confirmed(self):
        await self.parts.holding.confirm(self.parts.loaded.programme)
        await self.parts.holding.release_confirmed()
        await self.turns()

    def times(self, user="maya"):
        return dict(self.house.times(user))

    def misreads(self, body=EVERY_DAY):
        self.house.calendar("maya").put("am.ics", body)

    def reads_rightly(self):
        self.house.calendar("maya").remove("am.ics")


@asynccontextmanager
async def daemon(folder, *proteges):
    async with living(folder, "maya", *proteges) as house:
        found = Daemon(house, *proteges)
        await found.starts()
        yield found


def ours(times, before):
    return {uid: times.get(uid) for uid in before}


def first(times, house):
    """The next meeting that is beyond what is frozen, with its pair's protege."""
    late = {uid: start for uid, start in times.items() if start > house.clock.at + timedelta(days=4)}
    uid = min(late, key=late.get)
    return uid, next(user for user in PROTEGES if uid in house.times(user))


async def test_one_misread_calendar_of_a_mentor_of_six_moves_nothing_and_is_told(tmp_path):
    async with daemon(tmp_path, *PROTEGES) as six:
        before = six.times()
        six.misreads()
        await six.later()
        assert ours(six.times(), before) == before
        assert six.held == {each.id for each in six.all}
        told = (await six.house.alerts())["guard"].text
        assert told.startswith("Nothing of maya-asha and 5 more pairs is cancelled or moved so far: ")


async def test_what_is_held_is_let_go_by_itself_when_its_reason_is_gone(tmp_path):
    async with daemon(tmp_path, *PROTEGES) as six:
        before = six.times()
        six.misreads()
        await six.later()
        six.reads_rightly()
        await six.later()
        assert six.held == set()
        assert "guard" not in await six.house.alerts()
        assert ours(six.times(), before) == before


async def test_a_human_s_move_and_refusal_are_followed_while_the_plan_is_held(tmp_path):
    async with daemon(tmp_path, *PROTEGES) as six:
        six.misreads()
        await six.later()
        before = six.times()
        uid, protege = first(before, six.house)
        six.house.calendar(protege).move(uid, by=timedelta(minutes=30))
        other, refuser = first({u: at for u, at in before.items() if u not in six.times(protege)}, six.house)
        six.house.calendar(refuser).delete(other)
        await six.later()
        after = six.times()
        assert after[uid] == before[uid] + timedelta(minutes=30)
        assert after[other] == six.times(refuser)[other] != before[other]
        assert {u for u in before if after[u] != before[u]} == {uid, other}
        assert len(six.held) == len(PROTEGES)


async def test_no_pair_goes_silent_while_its_plan_is_held(tmp_path):
    """Mails about what stands are written, and the horizon moves on."""
    async with daemon(tmp_path, *PROTEGES) as six:
        six.misreads()
        await six.later()
        before = six.times()
        for _ in range(21):
            await six.later(days=1)
        assert six.held
        assert {row["pair"] for row in await six.house.mails("agenda")} == {each.id for each in six.all}
        assert ours(six.times(), before) == before
        for each in six.all:
            latest = max(start for uid, start in six.times(each.protege.id).items() if uid in before)
            assert any(start > latest for start in six.times(each.protege.id).values()), f"{each.id} ends"


async def test_a_pair_that_shares_nobody_with_what_is_held_goes_on(tmp_path):
    async with living(tmp_path, "maya", *PROTEGES, "hal", "ivo") as house:
        found = Daemon(house, *PROTEGES)
        hal, ivo = (person(name, "UTC", OFFICE, calendar=name) for name in ("hal", "ivo"))
        found.all.append(pair(name="hal-ivo", mentor=hal, protege=ivo))
        await found.starts()
        found.misreads()
        await found.later()
        before = found.times("hal")
        uid = max(before, key=before.get)
        house.calendar("hal").put("dentist.ics", calendar(vevent(f":{before[uid]:%Y%m%dT%H%M%SZ}", "DURATION:PT1H")))
        await found.later()
        assert found.times("hal")[uid] == found.times("ivo")[uid] != before[uid]
        assert "hal-ivo" not in found.held


async def test_a_new_weekly_appointment_of_a_mentor_of_three_is_followed_without_a_word(tmp_path):
    async with daemon(tmp_path, *PROTEGES[:3]) as three:
        before = three.times()
        uid, _ = first(before, three.house)
        weekly = f":{before[uid]:%Y%m%dT%H%M%SZ}"
        three.misreads(calendar(vevent(weekly, "DURATION:PT30M", "RRULE:FREQ=WEEKLY", uid="weekly")))
        await three.later()
        after = three.times()
        assert after[uid] != before[uid]
        assert 0 < 2 * sum(after[each] != before[each] for each in before) < 10
        assert three.held == set()


async def test_a_human_s_word_moves_what_was_held_and_no_later_misreading(tmp_path):
    async with daemon(tmp_path, *PROTEGES) as six:
        before = six.times()
        six.misreads()
        await six.later()
        await six.confirmed()
        moved = six.times()
        assert six.held == set()
        assert ours(moved, before) != before
        six.reads_rightly()
        await six.later(days=2)
        before = six.times()
        six.misreads(EVERY_DAY.replace("T060000Z", "T110000Z"))
        await six.later()
        assert six.held == {each.id for each in six.all}
        assert ours(six.times(), before) == before
