"""What one pass tells of accounts that kept it from something."""

from cadenced.config import load
from cadenced.service.commands import apply_once
from tests.support.folders import PAIRS
from tests.support.house import NOW, living

SETTINGS = """\
[smtp]
host = "localhost"
port = 9
tls = "none"
sender = "Mentoring <agenda@example.org>"
[store]
path = "state/cadenced.db"
[calendars.maya]
url = "{url}"
username = "maya"
password_command = ["echo", "mayapw"]
"""


async def test_a_server_that_fails_in_the_middle_is_told_with_what_it_said(tmp_path):
    async with living(tmp_path, "maya") as house:
        (tmp_path / "cadenced.toml").write_text(SETTINGS.format(url=house.accounts["maya"].url))
        (tmp_path / "pairs.toml").write_text(PAIRS.replace("[people.jonas]", 'calendar = "maya"\n[people.jonas]'))
        house.dav.faults.refuses_writes = 503
        applied = await apply_once(load(tmp_path), NOW)
        assert applied.blocked["maya"].endswith("answered 503")
