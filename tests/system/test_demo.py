"""The demo as a newcomer runs it, without a terminal and with one."""

import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ARGV = [sys.executable, "-m", "cadenced", "demo"]
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PATIENCE = 90.0  # seconds; on an idle machine it takes eight


@pytest.fixture
def somewhere(tmp_path, monkeypatch) -> Path:
    """A temporary folder of its own, to see that nothing is left in it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def left_behind(somewhere: Path) -> list[str]:
    """Files in the folder, and processes that were started with a path in it."""
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [*map(str, somewhere.iterdir()), *(line for line in processes if str(somewhere) in line)]


def test_without_a_terminal_it_shows_everything_and_ends_with_0(somewhere):
    done = subprocess.run(ARGV, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for heading in ("The plan", "In their calendars", "In their mailboxes", "See for yourself"):
        assert heading in done.stdout
    assert "maya-jonas: Maya Okafor and Jonas Weber" in done.stdout
    assert "Siobhán, Maya" in done.stdout
    assert "@example.org" in done.stdout.partition("In their mailboxes")[2]
    assert left_behind(somewhere) == []


def test_on_a_terminal_an_edit_moves_events_and_ctrl_c_ends_it(somewhere):
    terminal, child_end = pty.openpty()
    child = subprocess.Popen(ARGV, stdin=child_end, stdout=child_end, stderr=child_end, start_new_session=True)
    os.close(child_end)
    shown = Reader(terminal)
    try:
        shown.until("Ctrl-C ends it")
        pairs = Path(re.search(r"^edit +(\S+)", shown.text, re.MULTILINE)[1])
        pairs.write_text(pairs.read_text().replace('"Tue 17:30", "Thu 17:30"', '"Wed 12:00"'))
        shown.until("~ Maya: Jonas Weber")
        os.write(terminal, b"\x03")
        os.kill(child.pid, 2)  # what the terminal's driver would send to its foreground group
        assert child.wait(PATIENCE) == 0
    finally:
        child.terminate()
        child.wait()
        os.close(terminal)
    assert left_behind(somewhere) == []


class Reader:
    """What a terminal shows, gathered until a word appears."""

    def __init__(self, terminal: int) -> None:
        self._terminal, self.text = terminal, ""

    def until(self, word: str) -> None:
        end = time.monotonic() + PATIENCE
        while word not in self.text:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, end - time.monotonic()))
            assert ready, self.text
            self.text += COLOURS.sub("", os.read(self._terminal, 1 << 16).decode(errors="replace"))
