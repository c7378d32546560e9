"""A network in memory: lines between protocols, which real HTTP and SMTP libraries talk over.

Bytes take a little while, differently on every line, and arrive in order. A server may refuse, stay silent, or be cut
off in the middle of a sentence. Must never know what is said.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable

SOONEST, LATEST = 0.001, 0.08  # seconds that a piece is under way
APART = 1e-6  # seconds between two pieces of one line at least: timers of one moment have no order

Factory = Callable[[], asyncio.BaseProtocol]


class Network:
    """`servers` by port. Ports in `refusing` answer no call, those in `silent` leave the caller waiting."""

    def __init__(self, seed: str) -> None:
        self.servers: dict[int, Factory] = {}
        self.refusing: set[int] = set()
        self.silent: set[int] = set()
        self._seed, self._count = seed, 0
        self._callers: list[End] = []

    async def reach(self, port: int) -> None:
        """As long as a connection takes to be there, or refused, or given up by the caller."""
        await asyncio.sleep(SOONEST)
        while port in self.silent:  # noqa: ASYNC110 — the script ends it by taking the port out of a plain set
            await asyncio.sleep(1.0)
        if port in self.refusing or port not in self.servers:
            raise ConnectionRefusedError(111, "Connection refused")

    def connect(self, factory: Factory, port: int) -> tuple["End", asyncio.BaseProtocol]:
        self._count += 1
        client, server = factory(), self.servers[port]()
        here, there = (
            End(protocol, port, random.Random(f"{self._seed}/{self._count}/{side}"))
            for side, protocol in enumerate((client, server))
        )
        here.peer, there.peer = there, here
        self._callers = [*(end for end in self._callers if not end.is_closing()), here]
        there.protocol.connection_made(there)
        here.protocol.connection_made(here)
        return here, client

    def cut(self, port: int) -> None:
        """Every line to a server breaks, for both sides at once; what was under way is lost."""
        for end in [end for end in self._callers if end.port == port]:
            end.break_off()
            end.peer.break_off()

    def desert(self) -> list["End"]:
        """Every caller is gone, as when a process is killed: what it had sent still arrives, then its lines end.

        Returns the ends, which hear nothing more; break_off() tidies them up when nobody is left who would act on it.
        """
        gone, self._callers = self._callers, []
        for end in gone:
            end.vanish()
        return gone


class End(asyncio.Transport):
    """One end of a line, as the protocol at it sees it."""

    peer: "End"

    def __init__(self, protocol: asyncio.BaseProtocol, port: int, rng: random.Random) -> None:
        super().__init__({"peername": ("127.0.0.1", port), "sockname": ("127.0.0.1", port)})
        self.protocol, self.port, self._rng = protocol, port, rng
        self._loop = asyncio.get_running_loop()
        self._last = 0.0
        self._closing = self._gone = self._deaf = self._paused = False
        self._waiting: deque[bytes] = deque()

    def write(self, data) -> None:
        if not self._closing:
            self._post(self.peer._arrived, bytes(data))

    def writelines(self, list_of_data) -> None:
        self.write(b"".join(list_of_data))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._post(self.peer._ended)
            self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        if not self._gone:
            self._closing = True
            self._post(self.peer.break_off)
            self._loop.call_soon(self._lose, None)

    def break_off(self) -> None:
        self._closing = True
        self._lose(ConnectionResetError(104, "Connection reset by peer"))

    def vanish(self) -> None:
        if not self._closing:
            self._post(self.peer._ended)
        self._closing = self._deaf = True

    def _post(self, what: Callable[..., None], *args: object) -> None:
        self._last = max(self._last + APART, self._loop.time() + self._rng.uniform(SOONEST, LATEST))
        self._loop.call_at(self._last, what, *args)

    def _arrived(self, data: bytes) -> None:
        if self._paused:
            self._waiting.append(data)
        elif not self._gone and not self._deaf:
            self.protocol.data_received(data)

    def _ended(self) -> None:
        if not self._closing and not self.protocol.eof_received():
            self.close()

    def _lose(self, error: Exception | None) -> None:
        if not self._gone:
            self._gone = True
            self.protocol.connection_lost(error)

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        while self._waiting and not self._paused:
            self._arrived(self._waiting.popleft())

    def is_reading(self) -> bool:
        return not self._paused

    def is_closing(self) -> bool:
        return self._closing

    def set_protocol(self, protocol) -> None:
        self.protocol = protocol

    def get_protocol(self):
        return self.protocol

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high=None, low=None) -> None:
        """Nothing is ever held back here."""

    def can_write_eof(self) -> bool:
        return False
