"""systemd hears from the daemon while the wheel turns, and no longer when it is stuck."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from cadenced.core.accounts import MailAccount
from cadenced.core.model import Horizon
from cadenced.service.daemon import Daemon
from cadenced.service.parts import Loaded, Parts
from cadenced.shell.mailer import Mailer
from tests.support.house import living
from tests.support.programme import pair, programme

INTERVAL = 0.6  # seconds; systemd's WATCHDOG_USEC
LONG = 5 * INTERVAL  # long enough for several signs of life


@pytest.fixture
def listener(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield end


def heard(listener) -> list[str]:
    lines = []
    with suppress(BlockingIOError):
        while True:
            lines += listener.recv(4096).decode().splitlines()
    return lines


@asynccontextmanager
async def running(house):
    """The daemon over a house, until the block ends."""
    mail = MailAccount("127.0.0.1", 9, "none", "agenda@example.org")
    loaded = Loaded(programme(pair()), house.accounts, mail, Horizon(), {}, timedelta(seconds=0.1))
    parts = Parts(house.store, house.client, Mailer(), house.clock)
    daemon = Daemon(parts, lambda: loaded, watchdog=INTERVAL)
    task = asyncio.create_task(daemon.run())
    try:
        yield
    finally:
        daemon.stop()
        await task


async def test_a_wheel_that_turns_shows_that_it_is_alive(tmp_path, listener):
    async with living(tmp_path, "maya", "jonas") as house, running(house):
        await asyncio.sleep(LONG)
        assert heard(listener).count("WATCHDOG=1") >= 3


async def test_a_wheel_that_is_stuck_is_not_passed_off_as_alive(tmp_path, listener):
    async with living(tmp_path, "maya", "jonas") as house, running(house):
        await asyncio.sleep(LONG)
        house.dav.faults.hangs = True
        await asyncio.sleep(2 * INTERVAL)
        heard(listener)
        await asyncio.sleep(LONG)
        assert "WATCHDOG=1" not in heard(listener)
        house.dav.faults.hangs = False
