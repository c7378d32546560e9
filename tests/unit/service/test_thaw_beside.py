"""A human says beside the daemon that an address works again."""

import asyncio
from datetime import timedelta

from cadenced.core.accounts import MailAccount
from cadenced.core.model import Horizon
from cadenced.core.records import MailState
from cadenced.service.daemon import Daemon
from cadenced.service.parts import Loaded, Parts
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from tests.support.house import living
from tests.support.programme import pair, programme
from tests.support.smtpd import smtp_server
from tests.support.waiting import until

JONAS = "jonas@example.org"


async def test_the_daemon_sends_what_failed_there_without_waiting_for_anything_else(tmp_path):
    async with living(tmp_path, "maya", "jonas") as house, smtp_server() as box:
        box.faults[JONAS] = "550 5.1.1 user unknown"
        mail = MailAccount("127.0.0.1", box.port, "none", "agenda@example.org")
        loaded = Loaded(programme(pair()), house.accounts, mail, Horizon(), {}, timedelta(seconds=0.1))
        daemon = Daemon(Parts(house.store, house.client, Mailer(), house.clock), lambda: loaded)
        task = asyncio.create_task(daemon.run())

        async def failed():
            return (await house.store.mail_totals()).get(MailState.FAILED)

        async def delivered():
            return box.to(JONAS)

        await until(failed)
        await asyncio.sleep(0.5)  # its rounds come to rest
        box.faults.clear()
        beside = Store.beside(house.store._database.path)
        await beside.resume_address(JONAS)
        assert await beside.try_again(JONAS, house.clock.now()) > 0
        beside.close()
        await until(delivered)
        daemon.stop()
        await task
