"""Of a meeting that stands in no calendar, because one was never found, nobody hears by mail before it does."""

from datetime import timedelta

from cadenced.core.model import Channel
from tests.support.house import with_password
from tests.support.programme import pair, person

ALONE = pair(protege=person("jonas", "Europe/Berlin", channel=Channel.NONE))


async def about_meetings(house) -> set[str]:
    return {mail["kind"] for mail in await house.mails() if mail["uid"]}


async def until_the_agenda(house) -> None:
    meeting = await house.first()
    await house.later(seconds=(meeting.start - timedelta(hours=20) - house.clock.at).total_seconds())


async def test_the_agenda_waits_until_the_event_is_written(house):
    right = house.accounts["maya"]
    house.accounts["maya"] = with_password(right, "wrong")
    await house.runs(ALONE)
    await until_the_agenda(house)
    assert await house.mails("charter")
    assert await about_meetings(house) == set()
    house.accounts["maya"] = right
    await house.later()
    assert house.times("maya")
    assert "agenda" in await about_meetings(house)


async def test_where_the_event_stands_in_the_other_s_calendar_it_is_told(house):
    house.accounts["maya"] = with_password(house.accounts["maya"], "wrong")
    await house.runs(pair())
    await until_the_agenda(house)
    assert house.times("jonas")
    assert "agenda" in await about_meetings(house)


async def test_who_refused_it_is_asked_for_another_time(house):
    house.accounts["jonas"] = with_password(house.accounts["jonas"], "wrong")
    await house.runs(pair(calls=None))
    for _ in range(3):
        house.calendar("maya").delete((await house.first()).uid)
        await house.later(hours=25)
    assert len(await house.mails("times")) == 2


async def test_a_calendar_that_worked_once_keeps_no_agenda_back(house):
    await house.runs(ALONE)
    house.accounts["maya"] = with_password(house.accounts["maya"], "wrong")
    await house.later()
    await until_the_agenda(house)
    assert "agenda" in await about_meetings(house)
