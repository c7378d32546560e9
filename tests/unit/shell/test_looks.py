"""One look at a calendar is recorded whole, beside turns that write meanwhile."""

from dataclasses import replace

import pytest

from cadenced.core.records import AccountRow, AccountStatus, CopyState
from tests.support.records import NOW, copy

KNOWN = {f"u{n}": copy().etag for n in range(9)}


async def look(store, *seen, gone=(), known=None):
    row = AccountRow("jonas", "https://x/", token="new")
    return await store.record_look(row, seen, gone, KNOWN if known is None else known, NOW)


async def due(store):
    return [name for name, _ in await store.due_pairs(NOW, 100)]


async def concluded(store, *pairs):
    """These pairs had their turn."""
    for pair in pairs:
        await store.save_turn(pair, [], NOW.replace(hour=12), (await store.load_pair(pair)).next_due)


async def test_a_look_is_recorded_whole_and_wakes_the_pairs_concerned(store):
    await store.set_stanzas(dict.fromkeys("abcde", "1"))
    ours = [copy(f"u{n}", pair=pair) for n, pair in enumerate("abc")]
    await store.save_copies([*ours, copy("u8", pair="e", state=CopyState.CANCELLING)])
    await concluded(store, *"abcde")
    pairs = await look(store, copy("u0", pair="a", etag='"2"'), copy("u9", pair="d"), gone=["u1", "u8"])
    assert pairs == {"a", "b", "d", "e"}
    assert {c.uid: (c.state, c.etag) for c in await store.copies("jonas")} == {
        "u0": (CopyState.LIVE, '"2"'),
        "u1": (CopyState.DELETED, ""),
        "u2": (CopyState.LIVE, '"1"'),
        "u9": (CopyState.LIVE, '"1"'),
    }
    assert (await store.accounts())["jonas"].token == "new"
    assert await due(store) == ["a", "b", "d", "e"]


async def test_a_copy_that_is_as_it_was_wakes_nobody(store):
    await store.set_stanzas({"maya-jonas": "1"})
    await store.save_copies([copy(state=CopyState.INTENDED)])
    await concluded(store, "maya-jonas")
    assert await look(store, copy()) == set()
    assert [row.state for row in await store.copies("jonas")] == [CopyState.LIVE]
    assert await due(store) == []


async def test_a_look_that_began_before_an_intent_does_not_take_it_back(store):
    await store.save_copies([copy(), replace(copy("u1"), written="as it was")])
    await store.save_copies([replace(copy("u1"), written="about to be moved")], {("u1", "jonas"): copy().etag})
    await look(store, replace(copy("u1"), written="as it was"))
    assert {row.uid: row.written for row in await store.copies("jonas")}["u1"] == "about to be moved"
    await look(store, replace(copy("u1"), written="as it is", etag='"2"'))
    assert {row.uid: row.written for row in await store.copies("jonas")}["u1"] == "as it is"


async def test_what_is_gone_twice_is_one_tombstone(store):
    await store.save_copies([copy("u1"), copy("u1", "maya")])
    for known in (KNOWN, {}):
        await look(store, gone=["u1", "never known"], known=known)
    assert [row.state for row in await store.copies("jonas")] == [CopyState.DELETED]
    assert [row.state for row in await store.copies("maya")] == [CopyState.LIVE]
    assert len(store.journal.read()[0]) == 1


@pytest.mark.parametrize("state", [CopyState.CANCELLING, CopyState.FOREIGN])
async def test_what_no_human_deleted_goes_without_a_tombstone(store, state):
    await store.save_copies([copy(state=state)])
    assert await look(store, gone=["u1"]) == {"maya-jonas"}
    assert await store.copies("jonas") == []
    assert store.journal.read()[0] == []


async def test_what_comes_back_stands_again(store):
    await store.save_copies([copy()])
    await look(store, gone=["u1"])
    assert await look(store, copy(etag='"9"'), known={}) == {"maya-jonas"}
    assert [row.state for row in await store.copies("jonas")] == [CopyState.LIVE]


async def test_what_was_written_since_the_look_began_is_left_and_told_of_again(store):
    await store.save_account(AccountRow("jonas", token="old"))
    await store.save_copies([copy("u1", etag='"5"'), copy("u2", etag='"5"'), copy("u3"), copy("u4")])
    late = [copy("u1", etag='"4"'), copy("u5"), copy("u3", etag='"2"')]
    await look(store, *late, gone=["u2", "u4"])
    assert {c.uid: (c.state, c.etag) for c in await store.copies("jonas")} == {
        "u1": (CopyState.LIVE, '"5"'),
        "u2": (CopyState.LIVE, '"5"'),
        "u3": (CopyState.LIVE, '"2"'),
        "u4": (CopyState.DELETED, ""),
    }  # u5 was deleted by us meanwhile
    row = (await store.accounts())["jonas"]
    assert (row.token, row.url) == ("old", "https://x/")


async def test_thawed_an_account_is_as_new_but_for_what_people_deleted(store):
    await store.set_stanzas({"maya-jonas": "1", "other": "1"})
    await store.save_account(AccountRow("jonas", "https://x/", "t", AccountStatus.FROZEN))
    await store.save_copies([copy("u1"), copy("u2", state=CopyState.DELETED), copy("u3", "maya", pair="other")])
    await concluded(store, "maya-jonas", "other")
    assert await store.thaw("jonas") == 1
    assert await store.accounts() == {}
    assert [row.uid for row in await store.copies("jonas")] == ["u2"]
    assert len(await store.copies("maya")) == 1
    assert await due(store) == ["maya-jonas"]


async def test_a_turn_leaves_what_a_look_has_recorded_since_it_was_decided(store):
    await store.save_copies([copy("u1"), copy("u2", etag='"9"')])
    decided = {("u1", "jonas"): '"1"', ("u2", "jonas"): '"1"'}
    await store.save_copies([copy("u1", etag='"2"'), copy("u2", etag='"2"'), copy("u3"), copy("u1", "maya")], decided)
    assert {c.uid: c.etag for c in await store.copies("jonas")} == {"u1": '"2"', "u2": '"9"', "u3": '"1"'}
    assert len(await store.copies("maya")) == 1
    await store.drop_copies([copy("u1"), copy("u2"), copy("u3")])
    assert {c.uid for c in await store.copies("jonas")} == {"u1", "u2"}
