"""What `explain` and `plan` see where an organizer invites: the same, though a guest has just answered."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cadenced.config import Installation, load
from cadenced.core.actions import UpdateEvent
from cadenced.service.commands import apply_once, explain_once, plan_once
from cadenced.shell.calendars import CalDav
from tests.contract.conftest import SERVERS
from tests.contract.parties import Party
from tests.interop.cyrus import address
from tests.support.programme import utc

NOW = utc("2026-11-24T09:00")
SETTINGS = """\
[smtp]
host = "localhost"
port = 9
tls = "none"
sender = "Mentoring <agenda@example.org>"
[store]
path = "{folder}/cadenced.db"
[organizer]
url = "{account.url}"
username = "{account.username}"
password_file = "secret"
{trust}
"""
PAIRS = """\
[policies.standard]
face_to_face = {{ every = "1 month", minutes = 60 }}
[people.bob]
name = "Bob"
email = "{bob}"
channel = "scheduling"
timezone = "Europe/London"
[people.carol]
name = "Carol"
email = "{carol}"
channel = "scheduling"
timezone = "Europe/London"
[pairs.{name}]
mentor = "bob"
protege = "carol"
start = 2026-12-01
policy = "standard"
"""


def installed(folder: Path, server, pairs: str) -> Installation:
    """With Alice as the organizer, and guests who gave no account."""
    account = server.account("alice")
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(account.password)
    trust = f'ca_file = "{account.ca_file}"' if account.ca_file else ""
    (folder / "cadenced.toml").write_text(SETTINGS.format(folder=folder, account=account, trust=trust))
    (folder / "pairs.toml").write_text(pairs)
    return load(folder)


@pytest.mark.parametrize("server", ["fakescheduling", *SERVERS[2:]], indirect=True, scope="session")
async def test_a_time_that_a_guest_has_just_declined_is_explained_as_what_is_planned_instead(server, tmp_path):
    name, client = f"pair-{uuid4().hex[:8]}", CalDav(deadline=30)
    guest = server.account("bob")
    bob = Party(client, guest, await client.discover(guest))
    home = installed(tmp_path, server, PAIRS.format(name=name, bob=address("bob"), carol=address("carol")))
    try:
        await apply_once(home, NOW)
        first = (await explain_once(home, name, NOW)).explanations[0]
        assert not first.moves
        await bob.says(first.meeting.uid, "DECLINED")
        later = NOW + timedelta(minutes=5)
        told = (await explain_once(home, name, later)).explanations[0]
        [moved] = [
            action.meeting.start
            for action in (await plan_once(home, later)).actions
            if isinstance(action, UpdateEvent) and action.meeting.uid == first.meeting.uid
        ]
        assert told.meeting.start == moved != first.meeting.start
        assert told.before.start == first.meeting.start
        assert told.meeting.tries.refused == (first.meeting.start,)
    finally:
        await apply_once(installed(tmp_path, server, ""), NOW, confirmed=True)
        await client.close()
