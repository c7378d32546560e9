"""What `status PAIR` says of a pair that left the programme, and of one while the saved file has an error."""

import io

import pytest
from rich.console import Console

from cadenced.cli.show_status import show_pair
from cadenced.config import load
from cadenced.core.errors import ConfigError
from cadenced.service.standing import status_once
from cadenced.shell.store import Store
from tests.support.folders import PAIRS
from tests.support.records import NOW, meeting

SETTINGS = """\
[smtp]
host = "mail.example.org"
sender = "Mentoring <agenda@example.org>"
[store]
path = "state/cadenced.db"
"""
WRONG = PAIRS.replace('policy = "standard"', 'policy = "standrad"')


@pytest.fixture
async def says(tmp_path):
    """A function: what is told of a pair with this file, when the store knows maya-jonas and its meeting."""
    (tmp_path / "cadenced.toml").write_text(SETTINGS)
    (tmp_path / "state").mkdir()
    store = Store.open(tmp_path / "state" / "cadenced.db")
    await store.set_stanzas({"maya-jonas": "1"})
    await store.save_turn("maya-jonas", [meeting()], NOW, None)
    store.close()

    async def told(pairs, name="maya-jonas"):
        (tmp_path / "pairs.toml").write_text(pairs)
        stream = io.StringIO()
        show_pair(await status_once(load(tmp_path), NOW, name), Console(file=stream, width=120, soft_wrap=True))
        return stream.getvalue()

    return told


async def test_of_a_file_that_cannot_be_read_it_is_not_said_that_the_pair_has_left(says):
    told = await says(WRONG)
    assert '"standrad" is no policy' in told
    assert "\nmaya-jonas\n" in told
    assert "Tue 8 Dec 2026 17:30 UTC" in told


async def test_of_a_pair_of_which_only_the_file_with_the_error_can_speak_the_error_is_told(says):
    with pytest.raises(ConfigError, match='"standrad" is no policy'):
        await says(WRONG.replace("maya-jonas", "new-pair"), "new-pair")


async def test_a_pair_that_left_and_still_has_events_is_told_as_one(says):
    told = await says(PAIRS.replace("maya-jonas", "new-pair"))
    assert told.startswith("maya-jonas, no longer in the programme\n")
    assert "Tue 8 Dec 2026 17:30 UTC" in told


async def test_a_name_that_is_no_pair_is_told_with_the_nearest(says):
    with pytest.raises(ConfigError, match=r'^"maya-jona" is no pair in pairs\.toml; did you mean "maya-jonas"\?$'):
        await says(PAIRS, "maya-jona")
