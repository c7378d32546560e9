"""Virtual time: an asyncio loop that never waits, and the clock that goes with it.

When nothing is ready, the loop's time jumps to the next timer; work takes no time. What would be random in a real loop
(threads, sockets, the addresses by which sets of tasks are ordered) is absent here, so that one seed is one history.
"""

import asyncio
import itertools
import selectors
import socket
from datetime import UTC, datetime, timedelta

from tests.simulation.net import Network

_numbers = itertools.count()


class DeadlockError(AssertionError):
    """Everybody waits for somebody, and no timer will wake anyone."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Connections go through `network`; what is sent to a thread runs at once, on this one."""

    def __init__(self, network: Network) -> None:
        self._now = 0.0
        super().__init__(_Jumps(self))
        self._clock_resolution = 1e-6  # the default is finer than a float after a year of seconds
        self._network = network
        self._dialled: dict[socket.socket, int] = {}
        self.set_task_factory(lambda loop, work, **more: _Task(work, loop=loop, **more))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    def run_in_executor(self, _executor, work, *args):
        done = self.create_future()
        try:
            done.set_result(work(*args))
        except Exception as error:  # noqa: BLE001 — the caller's to catch, as from a thread
            done.set_exception(error)
        return done

    async def sock_connect(self, sock, address):
        """aiohttp dials first, and asks for a connection over that socket then."""
        await self._network.reach(address[1])
        self._dialled[sock] = address[1]

    async def create_connection(self, protocol_factory, host=None, port=None, *, sock=None, **_):
        if sock is not None:
            port = self._dialled.pop(sock)
            sock.close()
        else:
            await self._network.reach(port)
        return self._network.connect(protocol_factory, port)


class VirtualClock:
    """What the service takes for the machine's clock: `start` (aware, UTC) plus the loop's time."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        self._loop, self._start = loop, start.astimezone(UTC)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time())


class _Jumps(selectors.SelectSelector):
    """Waiting for I/O, of which there is none: time passes instead."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        if timeout is None:
            raise DeadlockError("no task is ready, and no timer is set")
        if timeout > 0:
            self._loop.jump(timeout)
        return []


class _Task(asyncio.Task):
    """Hashed by its number, so that a set of tasks has the same order in every process."""

    def __init__(self, *args, **more) -> None:
        self._number = next(_numbers)
        super().__init__(*args, **more)

    def __hash__(self) -> int:
        return self._number
