"""From saving the pairs file to the event at its new time: the real daemon, a real Radicale, 5,000 pairs."""

import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cadenced.cli.demo_look import Calendars
from cadenced.cli.demo_servers import calendar_server, mail_server, running
from tests.bench.stopwatch import stopwatch

PAIRS = 5_000
SETTLED = 300.0  # seconds that the first turn over all pairs may take, at most
ARRIVES = 30.0
LOOK = 0.01

SETTINGS = """\
[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "agenda@example.org"
[store]
path = "{folder}/cadenced.db"
[calendars.maya]
url = "{url}"
username = "maya"
password_file = "password"
"""
POLICY = """\
[policies.standard]
face_to_face = { every = "1 month", minutes = 60 }
calls = { every = "2 weeks", minutes = 30 }
"""
PAIR = """\
[people.m{n}]
name = "Mentor {n}"
email = "m{n}@example.org"
timezone = "Europe/London"
{calendar}
[people.p{n}]
name = "Protege {n}"
email = "p{n}@example.org"
timezone = "Europe/Berlin"
[pairs.pair-{n}]
mentor = "m{n}"
protege = "p{n}"
start = {start}
policy = "standard"
face_to_face = {{ at = ["{at}"] }}
"""


def to_event() -> tuple[float, None]:
    with tempfile.TemporaryDirectory(prefix="cadenced-bench-") as name, _standing(Path(name)) as (folder, calendars):
        before = _starts(calendars)
        text = (folder / "pairs.toml").read_text().replace("Tue 12:30", "Wed 13:00", 1)
        staged = folder / "pairs.toml.new"
        staged.write_text(text)
        with stopwatch() as taken:
            staged.replace(folder / "pairs.toml")
            end = time.monotonic() + ARRIVES
            while _starts(calendars) == before:
                assert time.monotonic() < end, "the event did not follow"
                time.sleep(LOOK)
    return taken(), None


@contextmanager
def _standing(folder: Path) -> Iterator[tuple[Path, Calendars]]:
    """A daemon that has turned every pair once."""
    passwords = {"maya": "pw"}
    with (
        calendar_server(folder / "radicale", passwords) as url,
        mail_server(folder / "mail") as port,
        Calendars(url, passwords) as calendars,
    ):
        calendars.make()
        _write(folder / "config", url, port)
        argv = [sys.executable, "-m", "cadenced", "run", "--config", str(folder / "config")]
        with running("cadenced", argv, folder) as daemon:
            _wait_until_quiet(folder / "config" / "cadenced.db", daemon)
            yield folder / "config", calendars


def _wait_until_quiet(store: Path, daemon) -> None:
    """Until every pair has been turned, by the store's own word: what is due has no future `next_due`."""
    end = time.monotonic() + SETTLED
    while not store.exists() or _due(store):
        daemon.check()
        assert time.monotonic() < end, "the first turn took too long"
        time.sleep(0.5)


def _due(store: Path) -> bool:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=10)) as connection:
        try:
            pairs, due = connection.execute("SELECT count(*), sum(next_due <= 0) FROM pairs").fetchone()
        except sqlite3.OperationalError:
            return True  # the tables are just being made
        return pairs < PAIRS or due > 0


def _write(folder: Path, url: str, port: int) -> None:
    folder.mkdir()
    password = folder / "password"
    password.touch(mode=0o600)
    password.write_text("pw")
    (folder / "cadenced.toml").write_text(SETTINGS.format(port=port, url=url, folder=folder))
    start = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 86400))
    pairs = (
        PAIR.format(n=n, start=start, at="Tue 12:30", calendar='calendar = "maya"' if n == 0 else "")
        for n in range(PAIRS)
    )
    (folder / "pairs.toml").write_text(POLICY + "".join(pairs))


def _starts(calendars: Calendars) -> list:
    return [event.start for event in calendars.events()]
