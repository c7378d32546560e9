"""A file that would upset too much at once: nothing happens until a human confirms it, or takes it back."""

import json

from tests.system.conftest import BEFORE, PAIRS, Installation
from tests.system.test_daemon import copies, soon

WITHOUT = PAIRS.partition("[pairs.")[0]


def test_apply_does_nothing_and_says_how_to_confirm(installation):
    installation.run("apply", "--now", BEFORE)
    before = installation.events()
    assert len(before) >= 10
    installation.save(WITHOUT)
    planned = installation.run("plan", "--now", BEFORE)
    assert f"A human must confirm this: {len(before)} of the {len(before)} events" in planned.stdout
    refused = installation.run("apply", "--now", BEFORE)
    assert refused.returncode == 5
    assert refused.stderr.startswith(f"Nothing was changed: {len(before)} of the {len(before)} events")
    assert "cadenced apply --confirm" in refused.stderr
    assert installation.events() == before
    told = json.loads(installation.run("apply", "--json", "--now", BEFORE).stdout)
    assert (told["written"], told["unsafe"].startswith(f"{len(before)} of the")) == (0, True)
    assert "cadenced apply --confirm" in _status(installation)
    assert installation.run("apply", "--confirm", "--now", BEFORE).returncode == 0
    assert installation.events() == []
    assert "--confirm" not in _status(installation)


def _status(installation: Installation) -> str:
    return installation.run("status").stdout


def test_the_daemon_waits_for_a_word_that_is_said_beside_it(installation):
    installation.write(soon())
    with installation.daemon() as child:
        installation.until(lambda: copies(installation), child)
        before = installation.events()
        installation.save(soon().partition("[pairs.")[0])
        installation.until(lambda: "cadenced apply --confirm" in _status(installation), child)
        assert installation.events() == before
        said = installation.run("apply", "--confirm")
        assert said.returncode == 0
        assert "the daemon goes on with 1 pair" in said.stdout
        installation.until(lambda: not installation.events(), child)
        assert "--confirm" not in _status(installation)


def test_the_daemon_goes_on_when_the_edit_is_taken_back(installation):
    installation.write(soon())
    with installation.daemon() as child:
        installation.until(lambda: copies(installation), child)
        before = installation.events()
        installation.save(soon().partition("[pairs.")[0])
        installation.until(lambda: "cadenced apply --confirm" in _status(installation), child)
        installation.save(soon())
        installation.until(lambda: "--confirm" not in _status(installation), child)
        assert installation.events() == before
