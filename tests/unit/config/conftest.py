"""A folder with a small programme that is right, and ways to spoil it."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from cadenced.config import ConfigProblems
from cadenced.config.programme import ProgrammeLoader
from cadenced.config.resolver import Known
from cadenced.config.roadmaps import load_roadmaps

PAIRS = """\
[policies.standard]
face_to_face = { every = "1 month", minutes = 60, where = "The Lamb" }
calls = { every = "2 weeks", minutes = 30 }

[people.maya]
name = "Maya Okafor"
email = "maya@example.org"
timezone = "Europe/London"
available = ["Mon-Thu 08:30-18:00", "Fri 08:30-13:00"]
calendar = "maya"

[people.jonas]
name = "Jonas Weber"
email = "jonas@example.org"
timezone = "Europe/Berlin"
manager = "petra@example.org"

[pairs.maya-jonas]
mentor = "maya"
protege = "jonas"
start = 2026-12-01
policy = "standard"
focus = ["negotiation", "executive-presence"]
face_to_face = { at = ["Tue 17:30", "Thu 17:30"] }
pause = ["2027-07-15/2027-08-31"]
"""
SETTINGS = """\
[smtp]
host = "mail.example.org"
sender = "Cadence <agenda@example.org>"

[calendars.maya]
url = "https://cloud.example.org/dav"
"""


@dataclass
class Folder:
    """A configuration folder. Its loaders know the account `maya` and the built-in roadmaps."""

    path: Path
    text: str = PAIRS
    organizer: bool = False
    mailbox: bool = False

    def loader(self, timezone=None):
        known = Known(
            frozenset({"maya"}), load_roadmaps(self.path), timezone, organizer=self.organizer, mailbox=self.mailbox
        )
        return ProgrammeLoader(self.path, known)

    def load(self, text=None):
        self.write(text)
        return self.loader().load()

    def pair(self, text=None):
        return self.load(text).pairs["maya-jonas"]

    def write(self, text=None, name="pairs.toml"):
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(self.text if text is None else text, encoding="utf-8")
        return path

    def changed(self, old, new):
        assert old in self.text
        return self.text.replace(old, new)

    def problems(self, text=None):
        """What is wrong, each on its line, with file names instead of paths."""
        with pytest.raises(ConfigProblems) as found:
            self.load(text)
        return [str(each).replace(f"{self.path}/", "") for each in found.value.problems]

    def problem(self, text=None):
        [only] = self.problems(text)
        return only


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    """What the machine's own environment says of cadenced is none of these tests' business."""
    places = {"CREDENTIALS_DIRECTORY", "STATE_DIRECTORY", "CONFIGURATION_DIRECTORY", "XDG_STATE_HOME"}
    for name in list(os.environ):
        if name.startswith("CADENCED_") or name in places:
            monkeypatch.delenv(name)
