"""What the daemon holds back, with a real store: until a human confirms it, or takes the edit back."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from cadenced.core.records import CopyState
from cadenced.reconciler.decision import Decision
from cadenced.service.holding import CONFIRMED, HELD, Holding, mark
from cadenced.shell.store import Store
from tests.support.events import update
from tests.support.programme import pair, programme
from tests.support.records import NOW, copy, meeting

PAIRS = [f"pair-{number}" for number in range(4)]


class Clock:
    at = NOW

    def now(self):
        return self.at


@pytest.fixture
async def store(tmp_path):
    """Forty events to come, ten for each of four pairs."""
    store = Store.open(tmp_path / "store.db")
    await store.set_stanzas(dict.fromkeys(PAIRS, "1"))
    for name in PAIRS:
        meetings = [
            meeting(n, pair=name, start=NOW + timedelta(days=n), end=NOW + timedelta(days=n, hours=1))
            for n in range(1, 11)
        ]
        await store.save_turn(name, meetings, NOW + timedelta(days=1), None)
        await store.save_copies([copy(each.uid, pair=name, state=CopyState.LIVE) for each in meetings])
    yield store
    store.close()


@pytest.fixture
async def holding(store):
    found = Holding(store, Clock())
    await found.begin(programme(pair()))
    return found


def moving(name, events=10):
    return Decision(name, NOW, actions=(update("time"),) * events)


async def alerts(store):
    return [alert.key for alert in await store.alerts()]


async def test_few_events_are_not_worth_a_rehearsal(holding):
    assert not await holding.may_upset(["pair-1"])
    assert await holding.may_upset(["pair-1", "pair-2"])
    assert await holding.may_upset(PAIRS)


async def test_a_plan_that_upsets_too_much_is_held_as_a_whole_and_told(holding, store):
    await holding.rehearsed(PAIRS, [moving("pair-1"), moving("pair-2"), Decision("pair-3", NOW)])
    assert holding.held == {"pair-1", "pair-2"}
    assert await alerts(store) == ["guard"]
    allowed = await holding.review([moving("pair-1"), Decision("pair-3", NOW)])
    assert [each.pair for each in allowed] == ["pair-3"]


async def test_that_something_is_held_stands_in_the_log_whenever_it_is_more(holding):
    with capture_logs() as lines:
        await holding.rehearsed(PAIRS, [moving("pair-1", 20), moving("pair-2")])
        await holding.review([moving("pair-1", 20)])
        await holding.review([moving("pair-0", 20), moving("pair-1", 20)])
    first, second = lines
    assert first["log_level"] == "warning"
    assert first["problem"].startswith("Nothing of pair-1 and 1 more pair is cancelled or moved so far: 30 of the 40")
    assert second["problem"].startswith("Nothing of pair-0 and 2 more pairs is cancelled")


async def test_what_is_held_waits_a_day_and_stays_held_over_a_restart(holding, store):
    await holding.rehearsed(PAIRS, [moving("pair-1"), moving("pair-2")])
    await holding.review([moving("pair-1")])
    assert "pair-1" not in [name for name, _ in await store.due_pairs(NOW + timedelta(hours=23), 99)]
    again = Holding(store, Clock())
    assert await again.begin(programme(pair())) == {"pair-1", "pair-2"}


async def test_a_human_s_word_lets_it_go_and_makes_it_due(holding, store):
    await holding.rehearsed(PAIRS, [moving("pair-1"), moving("pair-2")])
    await Holding(store, Clock()).confirm(programme(pair()))
    assert await holding.release_confirmed()
    assert holding.held == set()
    assert await alerts(store) == []
    assert {name for name, _ in await store.due_pairs(NOW, 99)} == {"pair-1", "pair-2"}
    assert len(await holding.review([moving("pair-1"), moving("pair-2")])) == 2


async def test_a_word_for_another_programme_does_not_count(holding, store):
    await holding.rehearsed(PAIRS, [moving("pair-1"), moving("pair-2")])
    await Holding(store, Clock()).confirm(programme(pair(minutes=90)))
    assert not await holding.release_confirmed()


async def test_an_edit_that_is_taken_back_lets_it_go(holding, store):
    await holding.rehearsed(PAIRS, [moving("pair-1"), moving("pair-2")])
    await holding.rehearsed(PAIRS, [])
    assert holding.held == set()
    assert await alerts(store) == []


async def test_what_was_looked_at_as_a_whole_adds_up_no_more(holding):
    await holding.rehearsed(["pair-1"], [moving("pair-1")])
    assert len(await holding.review([moving("pair-1")])) == 1
    assert len(await holding.review([moving("pair-2")])) == 1


async def test_what_comes_in_small_parts_within_an_hour_adds_up(holding):
    assert len(await holding.review([moving("pair-1")])) == 1
    assert await holding.review([moving("pair-2")]) == []
    Clock.at = NOW + timedelta(hours=2)
    try:
        assert len(await holding.review([moving("pair-3")])) == 1
    finally:
        Clock.at = NOW


async def test_what_is_held_is_let_go_once_it_is_little_again(holding, store):
    await holding.review([moving("pair-1"), moving("pair-2")])
    assert holding.held == {"pair-1", "pair-2"}
    assert await holding.review([moving("pair-1", 5)]) == []  # five and ten
    assert len(await holding.review([moving("pair-2", 4)])) == 1
    assert holding.held == set()
    assert await alerts(store) == []
    assert "pair-1" in [name for name, _ in await store.due_pairs(NOW, 99)]


async def test_a_pair_that_would_upset_nothing_any_more_is_let_go_alone(holding):
    await holding.review([moving("pair-1"), moving("pair-2"), moving("pair-3")])
    assert len(await holding.review([Decision("pair-1", NOW)])) == 1
    assert holding.held == {"pair-2", "pair-3"}


async def test_what_is_held_keeps_no_other_pair_from_its_turn(holding):
    await holding.review([moving("pair-1"), moving("pair-2")])
    assert len(await holding.review([moving("pair-3", 1)])) == 1
    assert holding.held == {"pair-1", "pair-2"}


async def test_a_human_s_word_counts_for_a_day_and_not_for_what_a_calendar_holds_later(holding):
    await holding.confirm(programme(pair()))
    assert len(await holding.review([moving("pair-1"), moving("pair-2")])) == 2
    Clock.at = NOW + timedelta(hours=25)
    try:
        assert await holding.review([moving("pair-1"), moving("pair-2")]) == []
    finally:
        Clock.at = NOW


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(days=400)])
async def test_a_word_of_a_day_that_is_to_come_counts_for_nothing(holding, back):
    Clock.at = NOW + back
    try:
        await holding.confirm(programme(pair()))
    finally:
        Clock.at = NOW
    assert await holding.review([moving("pair-1"), moving("pair-2")]) == []


async def test_pairs_that_an_older_store_holds_by_name_alone_are_held_and_counted_anew(store):
    await store.set_meta(HELD, '["pair-1", "pair-2"]')
    holding = Holding(store, Clock())
    assert await holding.begin(programme(pair())) == {"pair-1", "pair-2"}
    await holding.rehearsed(["pair-1", "pair-2"], [moving("pair-1"), moving("pair-2")])
    assert holding.held == {"pair-1", "pair-2"}
    assert await holding.review([moving("pair-1")]) == []


async def test_a_word_of_an_older_store_that_has_no_moment_counts_for_nothing(holding, store):
    await store.set_meta(CONFIRMED, mark(programme(pair())))
    assert await holding.review([moving("pair-1"), moving("pair-2")]) == []
