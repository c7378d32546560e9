"""The demo's servers: a real Radicale and a real SMTP server (aiosmtpd, into a Maildir), each in its own process.

Owns how they start on free loopback ports and how they end. Must never know what cadenced does with them.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from cadenced.core.errors import ConfigError, TemporaryError

HOST = "127.0.0.1"
STARTS_WITHIN = 20.0  # seconds: a slow machine imports Radicale in five
ENDS_WITHIN = 5.0  # seconds after SIGTERM, before SIGKILL
LOOK_EVERY = 0.05  # seconds
LAST_LINES = 5  # of its log, when a child fails

RADICALE = """\
[server]
hosts = {host}:{port}
max_connections = 64
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""  # no delay: it is for guessers; 8 connections, the default, are fewer than the daemon opens


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours. What it says goes to `log`."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """TemporaryError with its last words when it has ended."""
        if self.process.poll() is not None:
            words = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
            raise TemporaryError(f"{self.name} ended with {self.process.returncode}:\n" + "\n".join(words))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def require_servers() -> None:
    """ConfigError when this installation has no servers to show: they are for development only."""
    if not (find_spec("radicale") and find_spec("aiosmtpd")):
        raise ConfigError("the demo needs Radicale and aiosmtpd: get a checkout of cadenced, and run `make demo` in it")


@contextmanager
def running(
    name: str, argv: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Child]:
    """A process in a session of its own, so that Ctrl-C reaches only us; it is ended with the block."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, start_new_session=True
        )
    child = Child(name, process, log)
    try:
        yield child
    finally:
        child.end()


@contextmanager
def calendar_server(folder: Path, passwords: Mapping[str, str]) -> Iterator[str]:
    """Radicale with these users, its files in `folder`. Its URL, once it answers."""
    folder.mkdir()
    port = free_port()
    (folder / "users").write_text("".join(f"{user}:{password}\n" for user, password in passwords.items()))
    (folder / "config").write_text(RADICALE.format(host=HOST, port=port, folder=folder))
    argv = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with running("radicale", argv, folder) as child:
        wait_until_it_answers(child, port)
        yield f"http://{HOST}:{port}/"


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """An SMTP server that delivers everything into the Maildir `folder`/maildir. Its port, once it answers."""
    folder.mkdir()
    port = free_port()
    handler = ["-c", "aiosmtpd.handlers.Mailbox", str(folder / "maildir")]
    argv = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--smtputf8", "--listen", f"{HOST}:{port}", *handler]
    with running("aiosmtpd", argv, folder) as child:
        wait_until_it_answers(child, port)
        yield port


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(child: Child, port: int) -> None:
    """TemporaryError when it ends, or doesn't listen on `port` within STARTS_WITHIN."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        child.check()
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(LOOK_EVERY)
        else:
            return
    raise TemporaryError(f"{child.name} did not answer on port {port} within {STARTS_WITHIN:.0f} s")
