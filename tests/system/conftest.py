"""A whole installation on real servers: Radicale, a Maildir behind SMTP, and the program as people start it."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cadenced.cli.demo_look import Calendars, Delivered, Event, delivered
from cadenced.cli.demo_servers import Child, calendar_server, mail_server, running

PASSWORD = "pw"
USERS = [f"user{n}" for n in range(200)]  # two of them a test
PATIENCE = 30.0  # seconds until a wait is given up: on an idle machine most take less than one
LOOK = 0.05

SETTINGS = """\
[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Mentoring <agenda@example.org>"
[store]
path = "{folder}/state/cadenced.db"
[service]
poll = "1 s"
coordinator = "petra@example.org"
log = "keyvalue"
"""
ACCOUNT = """
[calendars.{name}]
url = "{url}"
username = "{user}"
password_file = "{name}.password"
"""
PAIRS = """\
[policies.standard]
face_to_face = { every = "1 month", minutes = 60 }
calls = { every = "2 weeks", minutes = 30 }

[people.maya]
name = "Maya Okafor"
email = "maya@example.org"
timezone = "Europe/London"
available = ["Mon-Fri 08:00-18:00"]
calendar = "maya"

[people.jonas]
name = "Jonas O'Neill"
email = "jonas@example.org"
timezone = "Asia/Kathmandu"
available = ["Mon-Sun 09:00-22:00"]
calendar = "jonas"

[pairs.maya-jonas]
mentor = "maya"
protege = "jonas"
start = 2026-12-01
policy = "standard"
face_to_face = { at = ["Tue 15:30"], where = "The Lamb" }
"""
BEFORE = "2026-11-24T09:00Z"  # nothing is due yet


@dataclass
class Installation:
    """A configuration folder, its servers, and how to run the program on it."""

    folder: Path
    url: str
    users: dict[str, str]  # account → user of the server
    maildir: Path
    port: int
    children: list[Child] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def pairs(self) -> Path:
        return self.config / "pairs.toml"

    def write(self, pairs: str = PAIRS) -> None:
        self.config.mkdir(exist_ok=True)
        accounts = "".join(ACCOUNT.format(name=n, user=u, url=self.url) for n, u in self.users.items())
        for name in self.users:
            self.password(name, PASSWORD)
        text = SETTINGS.format(port=self.port, folder=self.folder) + accounts
        (self.config / "cadenced.toml").write_text(text)
        self.save(pairs)

    def password(self, name: str, word: str) -> None:
        path = self.config / f"{name}.password"
        path.touch(mode=0o600)
        path.write_text(word)

    def save(self, pairs: str) -> None:
        """As an editor does: another file, renamed over the old one."""
        staged = self.config / "pairs.toml~"
        staged.write_text(pairs)
        staged.replace(self.pairs)

    def run(self, verb: str, *options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "cadenced", verb, "--config", str(self.config), *options]
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=120, check=False, env=os.environ | (env or {})
        )

    def json(self, verb: str, *options: str) -> Any:
        done = self.run(verb, "--json", *options)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def daemon(self, env: dict[str, str] | None = None) -> Iterator[Child]:
        argv = [sys.executable, "-m", "cadenced", "run", "--config", str(self.config)]
        with running("cadenced", argv, self.folder, os.environ | (env or {})) as child:
            self.until(lambda: "turned" in self.log or "loaded" in self.log, child)
            yield child

    @property
    def log(self) -> str:
        return (self.folder / "cadenced.log").read_text()

    def until(self, true: Callable[[], Any], child: Child | None = None) -> Any:
        """Waits for it, and fails with the log when it doesn't come."""
        end = time.monotonic() + PATIENCE
        while not (found := true()):
            if child is not None:
                child.check()
            assert time.monotonic() < end, self.log
            time.sleep(LOOK)
        return found

    @contextmanager
    def calendars(self) -> Iterator[Calendars]:
        with Calendars(self.url, dict.fromkeys(self.users.values(), PASSWORD)) as calendars:
            yield calendars

    def events(self, name: str | None = None) -> list[Event]:
        """What the calendar server holds, by the caldav library; of one account or all."""
        with self.calendars() as calendars:
            return [event for event in calendars.events() if name is None or event.user == self.users[name]]

    def change(self, name: str, uid: str, edit: Callable[[Any], None]) -> None:
        """What a person does in their calendar app."""
        with self.calendars() as calendars:
            found = calendars.calendar(self.users[name]).get_event_by_uid(uid)
            with found.edit_icalendar_component() as event:
                edit(event)
            found.save()

    def delete(self, name: str, uid: str) -> None:
        with self.calendars() as calendars:
            calendars.calendar(self.users[name]).get_event_by_uid(uid).delete()

    @property
    def mails(self) -> list[Delivered]:
        return delivered(self.maildir)


@pytest.fixture(scope="session")
def calendar_url(tmp_path_factory) -> Iterator[str]:
    passwords = dict.fromkeys(USERS, PASSWORD)
    with calendar_server(tmp_path_factory.mktemp("radicale") / "server", passwords) as url:
        yield url


@pytest.fixture(scope="session")
def fresh_user() -> Iterator[str]:
    return iter(USERS)


@pytest.fixture
def mail(tmp_path) -> Iterator[tuple[int, Path]]:
    with mail_server(tmp_path / "mail") as port:
        yield port, tmp_path / "mail" / "maildir"


@pytest.fixture
def installation(tmp_path, calendar_url, fresh_user, mail) -> Installation:
    users = dict(zip(("maya", "jonas"), itertools.islice(fresh_user, 2), strict=True))
    port, maildir = mail
    made = Installation(tmp_path, calendar_url, users, maildir, port)
    with made.calendars() as calendars:
        calendars.make()
    made.write()
    return made


@pytest.fixture
def listener(tmp_path) -> Iterator[socket.socket]:
    """The other end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind(str(tmp_path / "notify"))
        end.setblocking(False)
        yield end
