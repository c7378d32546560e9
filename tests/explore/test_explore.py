"""Every interleaving of one meeting and one mail, in small; `make explore` walks the rest."""

import pytest

from cadenced.reconciler.apply import Applier
from tests.explore.__main__ import lacking
from tests.explore.scenes import GUARDED, MAIL_TWICE, SMALL, TAKEN, WITHOUT
from tests.explore.search import Search, Walk

ENOUGH = 60_000  # states of one scene here


@pytest.mark.parametrize("scene", SMALL, ids=lambda scene: scene.name)
def test_whatever_happens_and_in_whatever_order_every_promise_holds(scene):
    walk = Search(scene).walk(ENOUGH)
    assert walk.whole
    assert walk.states > 200
    assert not walk.broken, str(walk)


@pytest.mark.parametrize("safeguard", TAKEN)
def test_a_safeguard_that_is_taken_away_is_missed(safeguard):
    with_it = Search(GUARDED[safeguard]).walk(ENOUGH // 10)
    assert not with_it.broken, str(with_it)
    without = Search(WITHOUT[safeguard]).walk(ENOUGH)
    assert without.broken, str(without)


def test_a_new_time_that_no_store_knew_of_before_it_was_written_is_told(monkeypatch):
    async def forgotten(*_):
        pass

    monkeypatch.setattr(Applier, "_intend", forgotten)
    walk = Search(GUARDED["If-Match"]).walk(ENOUGH)
    assert walk.broken == "the event of jonas gets another time, and no store knows of it", str(walk)


def test_two_daemons_on_two_machines_send_a_mail_twice():
    walk = Search(MAIL_TWICE).walk(ENOUGH)
    assert walk.broken.endswith("goes out twice"), str(walk)


def test_what_was_not_walked_to_its_end_proves_nothing_nor_does_too_little():
    scene = SMALL[0]
    assert not [*lacking([Walk(scene, states=1_000_000)], everything=True)]
    assert not [*lacking([Walk(scene, states=100)], everything=False)]
    assert [*lacking([Walk(scene, states=999_999)], everything=True)] == ["999,999 states, fewer than 1,000,000"]
    assert [*lacking([Walk(scene, whole=False)], everything=False)] == ["one person: not walked to its end"]
    assert [*lacking([Walk(scene, broken="a promise")], everything=False)] == ["one person: a promise"]


def test_a_story_can_be_played_again():
    search = Search(WITHOUT["If-Match"])
    walk = search.walk()
    here = search.world.beginning()
    for words in walk.story[:-1]:
        here = next(move.to for move in search.world.moves(here) if move.words == words)
    assert search.promises.restless(here) == walk.broken
