"""The stanza that a pair's last mail hands over can be put into pairs.toml as it is."""

from dataclasses import replace
from datetime import date

import pytest

from cadenced.core.model import Every
from cadenced.wire.occasions import stanza
from tests.unit.config.conftest import PAIRS


@pytest.mark.parametrize("calls", [True, False])
def test_the_protege_becomes_a_mentor_by_adding_the_stanza(folder, calls):
    before = folder.pair()
    ended = replace(before, end=date(2027, 11, 30), calls=before.calls if calls else None)
    programme = folder.load(f"{PAIRS}\n{stanza(ended)}\n")
    pair = programme.pairs["jonas-somebody"]
    assert (pair.mentor.id, pair.start) == ("jonas", date(2027, 12, 30))
    assert pair.face_to_face.every == Every(months=1)
    assert (pair.calls is not None) is calls
    assert programme.warnings == ()
