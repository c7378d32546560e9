"""A bug of ours that what one server says brings to light: it ends at that account, and is told as what it is."""

import pytest

from cadenced.core.accounts import ORGANIZER
from cadenced.core.records import AccountStatus
from tests.support.fakecalendar import FakeCalendar
from tests.support.house import living
from tests.support.organizer_house import guests, inviting
from tests.support.programme import pair, person

NOBODY_FORESAW = "A bug of cadenced shows with what its server answers (ValueError: Invalid IPv6 URL)"


@pytest.fixture
def fails(monkeypatch):
    """A question to the servers of these accounts is one in which a bug lies, until undone."""

    def make(house, question, *accounts):
        asked = getattr(house.client, question)

        async def ask(account, *more):
            if account.name in accounts:
                raise ValueError("Invalid IPv6 URL")
            return await asked(account, *more)

        monkeypatch.setattr(house.client, question, ask)

    return make


@pytest.fixture
async def home(tmp_path):
    """Maya mentors Jonas, and Asha mentors Ben, who has no calendar."""
    async with living(tmp_path, "maya", "jonas", "asha") as house:
        await house.loads(pair(), pair(name="asha-ben", mentor=person("asha", calendar="asha"), protege=person("ben")))
        yield house


@pytest.mark.parametrize("question", ["discover", "sync"])
async def test_one_in_a_look_at_a_calendar_keeps_no_other_account_from_anything(home, fails, monkeypatch, question):
    fails(home, question, "maya")
    seen = {each.row.account: each.row for each in await home.wheel.look()}
    await home.turns()
    assert home.calendar("asha").bodies
    assert {name: row.status is AccountStatus.OK for name, row in seen.items()} == {
        "maya": False,
        "jonas": True,
        "asha": True,
    }
    assert NOBODY_FORESAW in home.wheel.blocked()["maya"]
    assert NOBODY_FORESAW in (await home.alerts())["account/maya"].text
    monkeypatch.undo()
    await home.later()
    assert home.calendar("maya").bodies
    assert await home.alerts() == {}


@pytest.mark.parametrize("question", ["to_read", "mark", "busy"])
async def test_one_in_reading_when_somebody_is_busy_costs_only_that(home, fails, monkeypatch, question):
    home.dav.homes["maya"]["private"] = FakeCalendar("Private", home.clock.now)
    fails(home, question, "maya")
    await home.rests()
    assert home.calendar("maya").bodies
    assert await home.status("maya") is AccountStatus.OK
    assert NOBODY_FORESAW in (await home.alerts())["busy/maya"].text
    monkeypatch.undo()
    await home.later(hours=2)
    assert await home.alerts() == {}


async def test_one_in_asking_when_guests_are_busy_keeps_none_from_being_invited(tmp_path, fails, monkeypatch):
    async with inviting(tmp_path) as house:
        fails(house, "free_busy_of", ORGANIZER)
        await house.runs(guests())
        assert house.calendar("jonas").bodies
        assert NOBODY_FORESAW in (await house.alerts())["busy/organizer"].text
        monkeypatch.undo()
        await house.later(hours=2)
        assert await house.alerts() == {}


async def test_one_in_asking_as_whom_the_organizer_invites_stops_nobody_else(tmp_path, fails):
    async with inviting(tmp_path, "maya") as house:
        await house.runs(guests())
        await house.loads(guests())
        fails(house, "scheduling", ORGANIZER)
        seen = await house.wheel.look()
        assert {each.row.status for each in seen} == {AccountStatus.OK}
