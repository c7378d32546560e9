"""A real SMTP server (aiosmtpd) in the test's own loop, with faults that the recipient's name asks for.

`refuse@`, `greylist@` answer at RCPT; `reject-data@`, `defer-data@`, `closing@` after DATA; `drop@` keeps the message
and cuts the line before its reply; `hang@` never answers. Everything else is delivered.
"""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

AT_RCPT = {
    "refuse": "550 5.1.1 user unknown",
    "greylist": "450 4.2.0 greylisted, try again",
}
AT_DATA = {
    "reject-data": "554 5.7.1 content refused",
    "defer-data": "451 4.3.0 try again",
    "closing": "421 4.3.2 shutting down",
}
PASSWORD = "pw-agenda"


@dataclass
class Postbox:
    """What arrived: (recipient, bytes), in order. `refused_senders` are envelope senders that get a 553.

    `most` connections at once are served, others hear 421. While `gate` is not set no message gets its reply.
    """

    port: int = 0
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    faults: dict[str, str] = field(default_factory=dict)  # by whole address, as AT_RCPT by its local part
    refused_senders: set[str] = field(default_factory=set)
    most: int = 100
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Queue[str] = field(default_factory=asyncio.Queue)  # recipients, before the gate
    handed_over: asyncio.Event = field(default_factory=asyncio.Event)  # a message that gets no reply

    def __post_init__(self) -> None:
        self.gate.set()

    def to(self, recipient: str) -> list[bytes]:
        return [body for address, body in self.delivered if address == recipient]

    # aiosmtpd's hooks

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused_senders:
            return "553 5.7.1 not your address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        fault = self.faults.get(address) or AT_RCPT.get(address.partition("@")[0])
        if fault:
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        name = envelope.rcpt_tos[0].partition("@")[0]
        if name in AT_DATA:
            return AT_DATA[name]
        if name == "hang":
            self.handed_over.set()
            await asyncio.sleep(60)
        self.arrived.put_nowait(envelope.rcpt_tos[0])
        await self.gate.wait()
        self.delivered += [(address, envelope.original_content) for address in envelope.rcpt_tos]
        if name == "drop":
            server.transport.abort()
        return "250 2.0.0 OK queued"


class Full(asyncio.Protocol):
    """A greeting that is none."""

    def connection_made(self, transport) -> None:
        transport.write(b"421 4.7.0 too many connections\r\n")
        transport.close()


def certificate(folder) -> tuple[ssl.SSLContext, str]:
    """A server's context, and the path of the CA that signed it."""
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return context, path


@asynccontextmanager
async def smtp_server(
    *, tls: str = "none", context: ssl.SSLContext | None = None, auth: bool = False
) -> AsyncIterator[Postbox]:
    """A server on a free loopback port; with `auth`, agenda@example.org logs in with PASSWORD."""
    loop, box = asyncio.get_running_loop(), Postbox()
    sessions: set[SMTP] = set()

    def made() -> asyncio.Protocol:
        if sum(session.transport is not None for session in sessions) >= box.most:
            return Full()
        box.connections += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that AUTH asks for no STARTTLS: the line is encrypted from its beginning
            server = _server()
        sessions.add(server)
        return server

    def _server() -> SMTP:
        return SMTP(
            box,
            loop=loop,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            auth_required=auth,
            auth_require_tls=tls == "starttls",
            authenticator=_authenticate if auth else None,
        )

    listener = await loop.create_server(made, "127.0.0.1", 0, ssl=context if tls == "tls" else None)
    box.port = listener.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        listener.close()
        for session in sessions:
            if session.transport is not None:
                session.transport.abort()
        await listener.wait_closed()


def _authenticate(_server, _session, _envelope, _mechanism, login) -> AuthResult:
    good = isinstance(login, LoginPassword) and (login.login, login.password) == (
        b"agenda@example.org",
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False)
