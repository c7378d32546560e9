"""What a calendar without measure costs the others: their busy time arrives, and the loop goes on meanwhile."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from cadenced.core.accounts import Collection
from cadenced.core.errors import TemporaryError
from cadenced.shell import calendars
from cadenced.wire.busy import MOST
from tests.contract import servers
from tests.support.busy import calendar, hour, query, says, vevent

WEEKLY = hour(":20261208T100000Z", "RRULE:FREQ=WEEKLY;COUNT=2", uid="weekly")
TWICE = ["2026-12-08 10:00/11:00", "2026-12-15 10:00/11:00"]
HOURS = ",".join(map(str, range(24)))
HOSTILE = {
    "rules that never come": [f"FREQ=DAILY;BYDAY=MO;BYSETPOS={n}" for n in range(2, 100)],
    "every hour of every day": [f"FREQ=DAILY;BYHOUR={HOURS}"] * 50,
    "counts from another age": [f"FREQ=DAILY;BYHOUR={HOURS};COUNT=999999999"] * 20,
}


def small(n):
    """One of 20,000 events that follow each other."""
    start = f":2027{n % 4 + 1:02}{n // 4 % 28 + 1:02}T{n // 112 % 24:02}{n // 2688 * 7:02}00Z"
    return calendar(vevent(start, "DURATION:PT5M", uid=f"small-{n}"))


@asynccontextmanager
async def ticking():
    """How often the loop came round meanwhile, at most a hundred times a second."""
    ticks = []

    async def tick():
        while True:
            await asyncio.sleep(0.01)
            ticks.append(1)

    task = asyncio.create_task(tick())
    try:
        yield ticks
    finally:
        task.cancel()


async def read(desk):
    return await desk.client.busy(desk.account, desk.collection, query())


class TestRules:
    @pytest.mark.parametrize("what", HOSTILE)
    async def test_a_hostile_calendar_keeps_no_other_from_being_read_and_the_loop_from_nothing(self, site, what):
        theirs = site.dav.calendar("sogo")
        theirs.put("weekly.ics", WEEKLY)
        site.calendar.put("weekly.ics", WEEKLY)
        for n, rule in enumerate(HOSTILE[what]):
            start = ":00020101T100000Z" if "COUNT" in rule else f":2026120{n % 9 + 1}T100000Z"
            site.calendar.put(f"{n}.ics", hour(start, f"RRULE:{rule}", uid=f"{n}"))
        arrived = []

        async def reading(name, desk):
            found = await read(desk)
            arrived.append(name)
            return found

        async with ticking() as ticks:
            hostile = asyncio.create_task(reading("hostile", site.desk))
            ordinary = asyncio.create_task(reading("ordinary", site.at("sogo")))
            assert says((await ordinary).times) == TWICE
            found = await hostile
        if "never" in what:
            assert found.missed == 0
        else:
            assert arrived == ["ordinary", "hostile"]
            assert len(ticks) > 20
        assert found.times

    async def test_what_recurs_a_little_is_read_where_we_are_as_before(self, site, monkeypatch):
        site.calendar.put("weekly.ics", WEEKLY)
        monkeypatch.setattr(site.desk.client, "_thread", None)  # whoever goes there, waits behind others
        monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", None)
        assert says((await read(site.desk)).times) == TWICE


class TestTwentyThousandEvents:
    async def test_they_are_read_and_of_more_it_is_told_how_many(self, site, monkeypatch):
        monkeypatch.setattr(calendars, "READING", 300.0)
        for n in range(MOST + 3):
            site.calendar.put(f"{n}.ics", small(n))
        async with ticking() as ticks:
            found = await read(site.desk)
        assert (found.events, found.missed) == (True, 3)
        assert len(found.times) > 10_000
        assert len(ticks) > 20

    @pytest.mark.interop  # it takes Radicale a minute and more
    async def test_where_a_server_takes_too_long_over_them_the_others_are_read_meanwhile(self, site, tmp_path):
        site.calendar.put("weekly.ics", WEEKLY)
        with servers.radicale(tmp_path) as server:
            url = server.make_calendar("alice", "many", "Many")
            folder = next((tmp_path / "collections").rglob("many"))
            for n in range(MOST):
                (folder / f"{n}.ics").write_text(small(n), newline="")
            many = asyncio.create_task(
                site.desk.client.busy(server.account("alice"), Collection("alice", url), query())
            )
            async with ticking() as ticks:
                for _ in range(20):
                    assert says((await read(site.desk)).times) == TWICE
                    await asyncio.sleep(0.05)
                assert not many.done()
                with suppress(TemporaryError):  # then what was last seen stays
                    assert (await many).missed == 0
            assert len(ticks) > 100
