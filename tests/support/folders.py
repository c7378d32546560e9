"""What lies in a folder: files to load, and a look at all of it, to see whether something changed there."""

from pathlib import Path

PAIRS = """\
[policies.standard]
face_to_face = { every = "1 month", minutes = 60 }
[people.maya]
name = "Maya"
email = "maya@example.org"
timezone = "Europe/London"
[people.jonas]
name = "Jonas"
email = "jonas@example.org"
timezone = "Europe/Berlin"
[pairs.maya-jonas]
mentor = "maya"
protege = "jonas"
start = 2026-12-01
policy = "standard"
"""


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """By name, the content and when it was written."""
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
