"""The servers of the town, in memory: calendar hosts and a post office, with whatever the script lets go wrong.

They keep what arrived and when, and have traps: something that happens in the middle of the next exchange. Must never
know what ought to arrive.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes

from aiohttp import web
from aiosmtpd.smtp import SMTP

from tests.simulation.loop import VirtualClock
from tests.simulation.net import Network
from tests.support.fakedav import READS, FakeDav

Note = Callable[[str], None]


@dataclass
class Trap:
    """Springs once, when the method (or "DATA") arrives: before it is handled, or after, the reply not yet sent."""

    method: str
    act: Callable[[], None]
    after: bool = False
    path: str = ""  # only for a resource whose path holds this


class CalendarHost:
    """One calendar server with its users."""

    def __init__(self, name: str, port: int, users: list[str], clock: VirtualClock, note: Note) -> None:
        self.name, self.port, self._note = name, port, note
        self.dav = FakeDav(dict.fromkeys(users, "secret"), clock.now)
        self.traps: list[Trap] = []
        self.dav.app.middlewares.append(self._middleware())

    async def open(self, network: Network) -> None:
        runner = web.AppRunner(self.dav.app, access_log=None, handle_signals=False)
        await runner.setup()
        network.servers[self.port] = runner.server

    def _middleware(self):
        @web.middleware
        async def watch(request: web.Request, handler) -> web.StreamResponse:
            body = await request.read()  # the whole request is here: nothing waits between a trap and its effect
            if request.method not in READS:
                self._note(f"{self.name} {request.method} {request.path} {len(body)}")
            self._spring(request.method, request.path, after=False)
            response = await handler(request)
            self._spring(request.method, request.path, after=True)
            return response

        return watch

    def _spring(self, method: str, path: str, *, after: bool) -> None:
        for trap in self.traps:
            if trap.method == method and trap.after is after and trap.path in path:
                self.traps.remove(trap)
                trap.act()
                return


@dataclass(frozen=True)
class Delivery:
    """A message that was taken. `confirmed` is false where the reply to it got lost, so that it may come again."""

    at: datetime
    recipient: str
    message_id: str
    content: bytes
    confirmed: bool
    row: dict[str, object]  # what the ledger said of it at that moment


@dataclass
class PostOffice:
    """`ledger` finds the row of a Message-ID; `judge` is shown every message that is taken."""

    clock: VirtualClock
    note: Note
    ledger: Callable[[str], dict[str, object]]
    judge: Callable[[Delivery], None] = lambda _: None
    deliveries: list[Delivery] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)
    greylisting: bool = False  # 450 to every recipient
    losing: int = 0  # so many messages are taken, and then the line is cut instead of an answer

    def open(self, network: Network, port: int) -> None:
        loop = asyncio.get_running_loop()
        network.servers[port] = lambda: SMTP(self, hostname="post.example.org", ident="post", loop=loop)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802 — aiosmtpd's name
        if self.greylisting:
            return "450 4.2.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        trap = self.traps.pop(0) if self.traps else None
        lost = self.losing > 0 or trap is not None
        message_id = str(message_from_bytes(envelope.content)["Message-ID"])
        [recipient] = envelope.rcpt_tos
        row = self.ledger(message_id)
        self.note(f"mail {recipient} {message_id}")
        now = self.clock.now()
        delivery = Delivery(now, recipient, message_id, envelope.content, not lost, row)
        self.deliveries.append(delivery)
        self.judge(delivery)
        if self.losing:
            self.losing -= 1
            server.transport.abort()
        if trap is not None:
            trap.act()
        return "250 OK"
