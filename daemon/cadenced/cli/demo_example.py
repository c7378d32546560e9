"""The demo's programme: the example installation, copied, pointed at the demo's servers, its dates moved to now.

Owns what the copy says. Must never know how a server is started or anything is shown.

The story begins some weeks ago: a brief is for the second meeting of a pair's month, so that none could be due on a
programme's first day. One `apply --now` of that day makes the past; from today on the daemon goes on alone.
"""

import asyncio
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from cadenced.config import load, write_installation
from cadenced.core.actions import Mail, SendMail
from cadenced.core.errors import PermanentError
from cadenced.service.commands import plan_once
from cadenced.service.report import Planned
from cadenced.shell.clock import SystemClock

PASSWORD = "demo"  # noqa: S105 - of servers that only this machine reaches, while the demo runs
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
MOST_WEEKS = 8  # of past: a month has its second meeting within six
MORNING = time(6, tzinfo=UTC)  # of the day on which the story begins
PAST_TAKES = 60.0  # seconds at most for writing it

SHORTEST_HORIZON = 42  # days
SOON = 2  # days: what takes place so soon was written in the past, for nothing new is placed sooner than a day ahead

SETTINGS = """\
# The demo's servers, on this machine. `cadenced init DIR` writes a file with all settings, and what they mean.
[smtp]
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "Mentoring <agenda@example.org>"
daily_cap = 20

[store]
path = "{store}"

[service]
poll = "1 s"
"""
ACCOUNT = """
[calendars.{name}]
url = "{url}"
username = "{name}"
password_file = "{password}"
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The copied installation. `names` maps each calendar account to its person's name."""

    folder: Path
    names: dict[str, str]

    @property
    def passwords(self) -> dict[str, str]:
        return dict.fromkeys(self.names, PASSWORD)

    def argv(self, verb: str, *options: str) -> list[str]:
        """What runs a verb of this very installation on the copy."""
        return [sys.executable, "-m", "cadenced", verb, "--config", str(self.folder), *options]

    def point_at(self, url: str, port: int) -> None:
        """Writes a cadenced.toml for these servers, and the password where only we can read it."""
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(PASSWORD)
        accounts = (ACCOUNT.format(name=name, url=url, password=password) for name in self.names)
        settings = SETTINGS.format(port=port, store=self.folder / "cadenced.db")
        (self.folder / "cadenced.toml").write_text(settings + "".join(accounts))


def set_stage(folder: Path) -> Stage:
    """Copies the example into a new folder."""
    write_installation(folder)
    people = tomllib.loads((folder / "pairs.toml").read_text())["people"].values()
    return Stage(folder, {each["calendar"]: each["name"] for each in people if "calendar" in each})


def begin(stage: Stage, now: datetime, plan: Callable[[datetime], Planned]) -> datetime:
    """Moves the dates so that an agenda and a brief are due at `now`, and returns the moment the story begins.

    On some days no brief can be (on a Saturday nobody has a call the next day): then it is one kind of mail alone.
    """
    pairs = stage.folder / "pairs.toml"
    original = pairs.read_text()
    best: tuple[int, str, datetime] | None = None
    for weeks in range(MOST_WEEKS):
        text = move_dates(original, (now.date() - first_start(original)).days // 7 - weeks)
        pairs.write_text(text)
        begins = datetime.combine(first_start(text), MORNING)
        kinds = due_kinds(plan(begins), now)
        if best is None or len(kinds) > best[0]:
            best = (len(kinds), text, begins)
        if {Mail.AGENDA, Mail.BRIEF} <= kinds:
            break
    assert best is not None  # noqa: S101 - there is at least one week
    pairs.write_text(best[1])
    return best[2]


def due_kinds(planned: Planned, now: datetime) -> set[Mail]:
    """The kinds of mail that fall due after the plan's own moment, and no later than `now`, and still make sense."""
    mails = (action for action in planned.actions if isinstance(action, SendMail))
    return {mail.kind for mail in mails if planned.now < mail.due <= now < mail.expires}


def plan_now(stage: Stage, now: datetime | None = None, *, offline: bool = False) -> Planned:
    """What `cadenced plan` would show of the copy."""
    return asyncio.run(plan_once(load(stage.folder), now, offline=offline))


def live_through_the_past(stage: Stage) -> None:
    """Moves the dates to now, and makes the weeks before it."""
    now = SystemClock().now()
    live_through(stage, begin(stage, now, partial(plan_now, stage, offline=True)), now)


def live_through(stage: Stage, begins: datetime, now: datetime) -> None:
    """Applies the plan of that moment. PermanentError with its words when that fails."""
    argv = stage.argv("apply", "--now", begins.isoformat())
    horizon = max(SHORTEST_HORIZON, (now - begins).days + SOON)  # the rest is for the daemon to write
    environment = os.environ | {"CADENCED_DEFAULTS__HORIZON": f"{horizon} days"}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PAST_TAKES, check=False, env=environment)
    if done.returncode:
        raise PermanentError(f"{' '.join(argv[2:])} ended with {done.returncode}:\n{done.stderr or done.stdout}")


def move_dates(text: str, weeks: int) -> str:
    """Every date of a text, moved by whole weeks: weekdays, and what the comments say of them, stay true."""
    return DATE.sub(lambda found: (date.fromisoformat(found[0]) + timedelta(weeks=weeks)).isoformat(), text)


def first_start(pairs: str) -> date:
    """The day on which the earliest pair of a pairs file starts."""
    starts: list[date] = [pair["start"] for pair in tomllib.loads(pairs)["pairs"].values()]
    return min(starts)
