"""What `doctor` says where cadenced itself fails."""

import asyncio

from structlog.testing import capture_logs

from cadenced.config import load
from cadenced.service import examining
from cadenced.service.examining import examine_once

SETTINGS = """\
[smtp]
host = "localhost"
port = 9
tls = "none"
sender = "a@example.org"
[defaults]
timezone = "UTC"
[calendars.maya]
url = "http://localhost:9/"
"""


async def broken(*_):
    raise KeyError("nobody thought of it")


def test_a_bug_that_one_server_brings_to_light_is_told_and_the_others_are_examined(tmp_path, monkeypatch):
    (tmp_path / "cadenced.toml").write_text(SETTINGS)
    (tmp_path / "pairs.toml").touch()
    monkeypatch.setattr(examining, "examine_mail", broken)
    with capture_logs() as lines:
        found = asyncio.run(examine_once(load(tmp_path), lambda *_: None))
    assert [(each.subject, each.what) for each in found] == [("smtp", "bug"), ("calendars.maya", "reached")]
    assert "KeyError: 'nobody thought of it'" in found[0].words
    assert [line["log_level"] for line in lines] == ["error"]
