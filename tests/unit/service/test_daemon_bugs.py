"""What nobody foresaw keeps the daemon from that alone, is told, and is tried again."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.accounts import MailAccount, Outcome
from cadenced.core.model import Horizon
from cadenced.outbox import Outbox
from cadenced.service import daemon as service
from cadenced.service.daemon import RELOAD_ERROR, Daemon
from cadenced.service.parts import Loaded, Parts
from cadenced.service.wheel import Wheel
from cadenced.shell.mailer import Mailer
from tests.support.house import living
from tests.support.programme import pair, person, programme
from tests.support.records import mail
from tests.support.waiting import until

ASHA = person("asha", calendar="asha")


@pytest.fixture
async def house(tmp_path):
    async with living(tmp_path, "maya", "jonas", "asha") as house:
        yield house


def of(house, *pairs):
    """What loads a configuration of these pairs."""
    sender = MailAccount("127.0.0.1", 9, "none", "agenda@example.org")
    return lambda: Loaded(programme(*pairs), house.accounts, sender, Horizon(), {}, timedelta(seconds=0.1))


@asynccontextmanager
async def running(house, *pairs):
    """The daemon, until the block ends. It is yielded with what has loaded its configurations: the last one counts."""
    loads = [of(house, *pairs)]

    def load():
        return loads[-1]()

    daemon = Daemon(Parts(house.store, house.client, Mailer(), house.clock), load)
    task = asyncio.create_task(daemon.run())
    try:
        yield daemon, loads
    finally:
        daemon.stop()
        await task


async def test_in_sending_mail_it_keeps_no_calendar_from_being_written(house, monkeypatch):
    works, sends = asyncio.Event(), Outbox.run_once

    async def fails(outbox):
        if not works.is_set():
            raise ZeroDivisionError("a bug")
        return await sends(outbox)

    async def told():
        return "A bug of cadenced (ZeroDivisionError: a bug)" in (await house.alerts())["bug/mail_round"].text

    async def mended():
        return "bug/mail_round" not in await house.alerts()

    async def written():
        return house.calendar("maya").bodies

    monkeypatch.setattr(Outbox, "run_once", fails)
    monkeypatch.setattr(service, "REST", 0.1)
    async with running(house, pair()):
        await until(written)
        assert await told()
        works.set()
        await until(mended)


async def test_in_sending_a_message_it_does_not_keep_it_until_the_next_start(house, monkeypatch):
    outcomes = [ZeroDivisionError("a bug"), Outcome("sent", "250 ok")]

    async def opens(mailer, account):
        pass

    async def sends(mailer, account, recipient, body):
        if isinstance(outcome := outcomes.pop(0), Exception):
            raise outcome
        return outcome

    async def sent():
        return await house.store.mail_totals() == {"sent": 1}

    monkeypatch.setattr(Mailer, "open", opens)
    monkeypatch.setattr(Mailer, "send", sends)
    monkeypatch.setattr(service, "REST", 0.1)
    await house.store.enqueue([mail()])
    async with running(house):
        await until(sent)


async def test_in_reading_what_somebody_saved_it_leaves_the_last_good_configuration_in_force(house):
    def fails():
        raise ZeroDivisionError("a bug")

    async def told():
        return (await house.store.get_meta(RELOAD_ERROR)).startswith("a bug of cadenced (ZeroDivisionError: a bug)")

    async def began():
        return house.calendar("maya").bodies

    async def written():
        return house.calendar("asha").bodies

    async with running(house, pair()) as (daemon, loads):
        await until(began)
        loads.append(fails)
        daemon.reload()
        await until(told)
        loads.append(of(house, pair(), pair(name="asha-ben", mentor=ASHA, protege=person("ben"))))
        daemon.reload()
        await until(written)
        assert not await told()


async def test_in_looking_at_a_plan_as_a_whole_it_keeps_nothing_from_going_on_and_is_told_until_it_is_mended(
    house, monkeypatch
):
    rehearses = Parts.rehearse

    async def fails(parts, changed):
        raise ZeroDivisionError("a bug")

    async def written():
        return house.calendar("maya").bodies

    async def mended():
        return "bug/rehearsal" not in await house.alerts()

    monkeypatch.setattr(Parts, "rehearse", fails)
    async with running(house, pair()) as (daemon, _):
        await until(written)
        assert not await mended()
        monkeypatch.setattr(Parts, "rehearse", rehearses)
        daemon.reload()
        await until(mended)
        assert await house.store.get_meta(RELOAD_ERROR) == ""


async def test_to_reload_while_a_calendar_is_looked_at_and_another_waits_is_none(house, monkeypatch):
    looks, looked, told = Wheel.look, [], []

    async def look(wheel, names=None):
        looked.append(sorted(names))
        seen = await looks(wheel, names)
        if "jonas" not in names and len(looked) == 2:
            running_one.reload()
        return [replace(each, retry_after=3600.0) if each.row.account == "jonas" else each for each in seen]

    async def again():
        return any("jonas" in names for names in looked[1:])

    monkeypatch.setattr(Wheel, "look", look)
    monkeypatch.setattr(service.log, "exception", told.append)
    async with running(house, pair()) as (running_one, _):
        await until(again)
    assert told == []
