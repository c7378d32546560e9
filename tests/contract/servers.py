"""The servers that the contract is held against: the fake, Radicale and Xandikos over TLS, and Debian's Cyrus."""

import asyncio
import hashlib
import ssl
import sys
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import trustme
from aiohttp import web

from cadenced.cli.demo_servers import HOST, RADICALE, free_port, running, wait_until_it_answers
from cadenced.core.accounts import CalendarAccount
from tests.interop import cyrus as debian
from tests.support.fakedav import FakeDav
from tests.support.fakescheduling import FakeScheduling

USERS = debian.USERS
MAKE = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{name}</d:displayname></d:prop></d:set></c:mkcalendar>"""
NAME = """<?xml version="1.0" encoding="utf-8"?>
<d:propertyupdate xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop><c:calendar-user-address-set>
<d:href>mailto:{address}</d:href></c:calendar-user-address-set></d:prop></d:set></d:propertyupdate>"""


@dataclass(frozen=True)
class Server:
    """A running server. `home` and `principal` are paths with a place for the user; `usual` is the last part of the
    path of the calendar that a login without a wish gets. `schedules`: it sends invitations by itself.
    """

    name: str
    url: str
    home: str = "/{}/"
    principal: str = "/{}/"
    usual: str = "default"
    ca_file: Path | None = None
    schedules: bool = False

    def account(self, user: str, **more) -> CalendarAccount:
        known = {"name": user, "url": self.url, "username": user, "password": USERS[user], "ca_file": self.ca_file}
        return CalendarAccount(**known | more)

    def at(self, path: str, user: str = "") -> str:
        return self.url.rstrip("/") + path.format(user)

    def make_calendar(self, user: str, last: str, name: str) -> str:
        """Its URL. `last` is the last part of that."""
        url = f"{self.at(self.home, user)}{last}/"
        self.ask(user, "MKCALENDAR", url, MAKE.format(name=escape(name)))
        return url

    def ask(
        self, user: str, method: str, url: str, body: str = "", kind: str = "application/xml", **more: str
    ) -> bytes:
        """A request by somebody else than us; blocking. What it is answered. `more`: headers, "-" written as "_"."""
        login = b64encode(f"{user}:{USERS[user]}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Depth": "0", "Content-Type": kind}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        request = urllib.request.Request(url, body.encode() or None, headers, method=method)
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else None
        with urllib.request.urlopen(request, timeout=20, context=context) as reply:
            return reply.read()


@contextmanager
def fake(_folder: Path) -> Iterator[Server]:
    with _in_a_thread(FakeDav(dict(USERS), lambda: datetime.now(UTC))) as url:
        yield Server("fake", url)


@contextmanager
def fakescheduling(_folder: Path) -> Iterator[Server]:
    with _in_a_thread(FakeScheduling(dict(USERS), lambda: datetime.now(UTC), debian.address)) as url:
        yield Server("fakescheduling", url, schedules=True)


@contextmanager
def _in_a_thread(dav: FakeDav) -> Iterator[str]:
    """On a loopback port: like the others, another party. Its URL."""
    port, loop = free_port(), asyncio.new_event_loop()
    runner = web.AppRunner(dav.app)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, HOST, port).start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://{HOST}:{port}/"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def radicale(folder: Path) -> Iterator[Server]:
    authority, port = trustme.CA(), free_port()
    ca_file, key_file = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(ca_file)
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(key_file)
    (folder / "users").write_text("".join(f"{user}:{password}\n" for user, password in USERS.items()))
    (folder / "config").write_text(RADICALE.format(host=HOST, port=port, folder=folder))
    argv = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    tls = ["--server-ssl", "--server-certificate", str(key_file), "--server-key", str(key_file)]
    with running("radicale", [*argv, *tls], folder) as child:
        wait_until_it_answers(child, port)
        server = Server("radicale", f"https://{HOST}:{port}/", ca_file=ca_file)
        for user in USERS:  # it makes none by itself
            server.make_calendar(user, server.usual, "Personal")
        yield server


@contextmanager
def xandikos(folder: Path) -> Iterator[Server]:
    """With a certificate that it makes for itself (and names after the address it listens on): else it asks for no
    passwords.
    """
    port = free_port()
    hashes = {user: b64encode(hashlib.sha1(word.encode()).digest()).decode() for user, word in USERS.items()}
    (folder / "htpasswd").write_text("".join(f"{user}:{{SHA}}{digest}\n" for user, digest in hashes.items()))
    (folder / "files").mkdir()
    argv = [sys.executable, "-m", "xandikos", "multi-user", "--defaults", "--autocert"]
    where = ["--directory", str(folder / "files"), "--state-dir", str(folder / "state")]
    door = ["--listen-address", "localhost", "--port", str(port), "--htpasswd", str(folder / "htpasswd")]
    with running("xandikos", [*argv, *where, *door], folder) as child:
        wait_until_it_answers(child, port)
        certificate = folder / "state" / "certs" / "selfsigned.crt"
        url = f"https://localhost:{port}/"
        server = Server("xandikos", url, "/{}/calendars/", "/{}/", "calendar", certificate, schedules=True)
        for user in USERS:  # a principal comes into being with its first request, and nobody knows its address by then
            server.ask(user, "PROPFIND", server.at(server.principal, user))
            server.ask(user, "PROPPATCH", server.at(server.principal, user), NAME.format(address=debian.address(user)))
        yield server


@contextmanager
def cyrus(_folder: Path) -> Iterator[Server]:
    with debian.cyrus(USERS) as url:
        yield Server("cyrus", url, "/dav/calendars/user/{}/", "/dav/principals/user/{}/", "Default", schedules=True)
