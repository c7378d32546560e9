"""What must survive: pairs and when they are due, copies, accounts, alerts; each call all or nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.model import State, Tries
from cadenced.core.records import AccountRow, AccountStatus, CopyState
from cadenced.shell.store import Store
from tests.support.records import NOW, copy, mail, meeting

MINUTE = timedelta(minutes=1)


async def due(store, at=NOW):
    return [name for name, _ in await store.due_pairs(at, 100)]


async def concluded(store, *pairs, at=NOW + MINUTE):
    """These pairs had their turn."""
    for pair in pairs:
        await store.save_turn(pair, [], at, (await store.load_pair(pair)).next_due)


class TestKept:
    async def test_all_of_a_pair_comes_back_as_it_was(self, store, tmp_path):
        meetings = [
            meeting(),
            meeting(1, state=State.DECLINED, touched=True, reason="why", placed=(NOW, NOW + MINUTE)),
            meeting(2, tries=Tries(2, NOW, (NOW - MINUTE, NOW))),
        ]
        await store.set_stanzas({"maya-jonas": "h"})
        await store.save_copies([copy("u1"), copy("u1", "maya", state=CopyState.FOREIGN), copy("u2", pair="other")])
        await store.enqueue([mail(start=NOW), mail("other/agenda/1/ida", pair="other")])
        await store.save_turn("maya-jonas", meetings, NOW + MINUTE, None)
        store.close()
        again = Store.open(tmp_path / "store.db")
        state = await again.load_pair("maya-jonas")
        again.close()
        assert sorted(state.meetings, key=lambda m: m.identity) == sorted(meetings, key=lambda m: m.identity)
        assert [m.reason for m in state.meetings if m.touched] == ["why"]
        assert {(row.account, row.state) for row in state.copies} == {
            ("jonas", CopyState.LIVE),
            ("maya", CopyState.FOREIGN),
        }
        assert {key: entry.start for key, entry in state.mails.items()} == {mail().key: NOW}
        assert state.next_due == NOW + MINUTE

    async def test_nothing_is_known_of_a_pair_that_never_was(self, store):
        state = await store.load_pair("nobody")
        assert (state.meetings, state.copies, dict(state.mails), state.next_due) == ((), (), {}, None)

    async def test_an_account_comes_back_as_it_was(self, store):
        row = AccountRow("maya", "https://x/", "token", AccountStatus.FROZEN, "why", NOW, "print")
        await store.save_account(row)
        assert await store.accounts() == {"maya": row}
        await store.save_account(replace(row, since=None, status=AccountStatus.OK))
        assert (await store.accounts())["maya"].since is None

    async def test_a_copy_is_one_per_meeting_and_account(self, store):
        await store.save_copies([copy(etag='"1"'), copy(etag='"2"')])
        await store.save_copies([copy(etag='"3"'), copy(account="maya")])
        assert [row.etag for row in await store.copies("jonas")] == ['"3"']

    async def test_dropped_copies_are_gone_and_others_stay(self, store):
        await store.save_copies([copy("u1"), copy("u2"), copy("u1", "maya")])
        await store.drop_copies([copy("u1")])
        assert [row.uid for row in await store.copies("jonas")] == ["u2"]
        assert [row.uid for row in await store.copies("maya")] == ["u1"]

    async def test_hundreds_of_copies_are_dropped_at_once(self, store):
        rows = [copy(f"u{n}") for n in range(1500)]
        await store.save_copies(rows)
        await store.drop_copies(rows)
        assert await store.copies("jonas") == []

    async def test_a_turn_replaces_the_pair_s_meetings_and_no_others(self, store):
        await store.set_stanzas({"maya-jonas": "h", "other": "h"})
        await store.save_turn("other", [meeting(pair="other")], NOW, None)
        await store.save_turn("maya-jonas", [meeting(), meeting(1)], NOW, None)
        await store.save_turn("maya-jonas", [meeting(2)], NOW, None)
        assert [m.identity.index for m in (await store.load_pair("maya-jonas")).meetings] == [2]
        assert len((await store.load_pair("other")).meetings) == 1

    async def test_a_pair_that_is_forgotten_keeps_its_ledger_and_its_tombstones(self, store):
        await store.set_stanzas({"maya-jonas": "h"})
        await store.save_turn("maya-jonas", [meeting()], NOW, None)
        await store.enqueue([mail()])
        await store.save_copies([copy(state=CopyState.DELETED)])
        await store.forget_pair("maya-jonas")
        assert await store.pair_names() == []
        state = await store.load_pair("maya-jonas")
        assert (state.meetings, len(state.copies), list(state.mails)) == ((), 1, [mail().key])

    async def test_words_are_kept_under_a_name(self, store):
        assert await store.get_meta("x") == ""
        await store.set_meta("x", "1")
        await store.set_meta("x", "2")
        assert await store.get_meta("x") == "2"


class TestDue:
    async def test_only_new_and_changed_pairs_and_those_that_left_become_due(self, store):
        first = await store.set_stanzas({"a": "1", "b": "1", "c": "1"})
        assert (first.changed, first.removed) == ({"a", "b", "c"}, set())
        await concluded(store, "a", "b", "c")
        again = await store.set_stanzas({"a": "1", "b": "2", "d": "1"})
        assert (again.changed, again.removed) == ({"b", "d"}, {"c"})
        assert await due(store) == ["b", "c", "d"]

    async def test_the_same_programme_makes_nothing_due(self, store):
        await store.set_stanzas({"a": "1"})
        await concluded(store, "a")
        same = await store.set_stanzas({"a": "1"})
        assert (same.changed, same.removed) == (set(), set())
        assert await due(store) == []

    async def test_a_pair_that_left_is_told_once_and_returns_as_changed(self, store):
        await store.set_stanzas({"a": "1"})
        assert (await store.set_stanzas({})).removed == {"a"}
        assert (await store.set_stanzas({})).removed == set()
        assert (await store.set_stanzas({"a": "1"})).changed == {"a"}

    async def test_a_large_programme_is_taken_whole(self, store):
        names = {f"pair-{n:04}": "1" for n in range(1200)}
        assert len((await store.set_stanzas(names)).changed) == 1200
        assert len(await store.due_pairs(NOW, 5000)) == 1200
        assert len((await store.set_stanzas(dict.fromkeys(names, "2"))).changed) == 1200
        await store.wake(names)

    async def test_pairs_come_due_by_their_moment(self, store):
        await store.set_stanzas({"a": "1", "b": "1", "c": "1"})
        await concluded(store, "a", at=NOW + 2 * MINUTE)
        await concluded(store, "b", at=NOW + MINUTE)
        await concluded(store, "c", at=NOW + 3 * MINUTE)
        assert await store.next_due() == NOW + MINUTE
        assert await due(store, NOW + 2 * MINUTE) == ["b", "a"]
        await store.wake(["c"])
        assert await due(store, NOW + 2 * MINUTE) == ["c", "b", "a"]

    async def test_those_due_at_once_come_by_name_however_often_they_were_woken(self, store):
        await store.set_stanzas({"b": "1", "a": "1"})
        for _ in range(3):
            await store.wake(["b"])
        assert await due(store) == ["a", "b"]

    async def test_shards_divide_the_pairs(self, store):
        await store.set_stanzas({f"pair-{n}": "1" for n in range(100)})
        halves = [await store.due_pairs(NOW, 1000, shards) for shards in (range(128), range(128, 256))]
        names = [{name for name, _ in half} for half in halves]
        assert names[0].isdisjoint(names[1])
        assert all(names)
        assert len(names[0] | names[1]) == 100

    async def test_a_turn_that_nobody_disturbed_settles_when_it_is_next_due(self, store):
        await store.set_stanzas({"a": "1"})
        await concluded(store, "a")
        assert (await store.load_pair("a")).next_due == NOW + MINUTE

    @pytest.mark.parametrize(("before", "times"), [(0, 1), (0, 2), (1, 1), (3, 2)])
    async def test_what_woke_a_pair_during_its_turn_is_not_lost(self, store, before, times):
        await store.set_stanzas({"a": "1"})
        for _ in range(before):
            await store.wake(["a"])
        seen = (await store.load_pair("a")).next_due
        for _ in range(times):
            await store.wake(["a"])
        await store.save_turn("a", [meeting(pair="a")], NOW + MINUTE, seen)
        assert await due(store) == ["a"]
        assert len((await store.load_pair("a")).meetings) == 1

    async def test_woken_between_two_turns_it_is_due_whatever_it_was_before(self, store):
        await store.set_stanzas({"a": "1"})
        await concluded(store, "a")
        seen = (await store.load_pair("a")).next_due
        await store.wake(["a", "a", "no such pair"])
        await store.save_turn("a", [], NOW + 9 * MINUTE, seen)
        assert await due(store) == ["a"]

    async def test_a_new_stanza_during_a_turn_is_not_lost(self, store):
        await store.set_stanzas({"a": "1"})
        seen = (await store.load_pair("a")).next_due
        await store.set_stanzas({"a": "2"})
        await store.save_turn("a", [], NOW + MINUTE, seen)
        assert await due(store) == ["a"]

    async def test_a_hundred_wakings_beside_turns_lose_none(self, store):
        """After the last waking there is always one more turn."""
        await store.set_stanzas({"a": "1"})
        wakings = 0

        async def wake():
            nonlocal wakings
            for _ in range(100):
                await store.wake(["a"])
                wakings += 1
                await asyncio.sleep(0)

        async def turn():
            seen_wakings = -1
            while seen_wakings < 100:
                if await due(store):
                    seen = (await store.load_pair("a")).next_due
                    seen_wakings = wakings
                    await store.save_turn("a", [], NOW + MINUTE, seen)
                await asyncio.sleep(0)

        await asyncio.wait_for(asyncio.gather(wake(), turn()), 60)  # a lost waking would have it wait for ever
        assert await due(store) == []


class TestAlerts:
    async def test_a_fault_is_raised_once_and_told_once(self, store):
        assert await store.raise_alert("k", "text", NOW)
        assert not await store.raise_alert("k", "text", NOW + MINUTE)
        (alert,) = await store.untold_alerts()
        assert (alert.text, alert.raised_at) == ("text", NOW)
        await store.tell(mail(":coordinator/1"), [alert], NOW)
        assert await store.untold_alerts() == []
        assert len(await store.alerts()) == 1
        assert len(await store.claim(NOW, 10)) == 1

    async def test_other_words_are_kept(self, store):
        await store.raise_alert("k", "text", NOW)
        assert not await store.raise_alert("k", "other text", NOW)
        assert [alert.text for alert in await store.alerts()] == ["other text"]

    async def test_cleared_and_back_it_is_raised_and_told_anew(self, store):
        await store.raise_alert("k", "text", NOW)
        await store.tell(mail(":coordinator/1"), await store.alerts(), NOW)
        assert await store.clear_alert("k", NOW)
        assert not await store.clear_alert("k", NOW)
        assert await store.alerts() == []
        assert await store.raise_alert("k", "text", NOW + MINUTE)
        assert [alert.raised_at for alert in await store.untold_alerts()] == [NOW + MINUTE]

    async def test_the_oldest_come_first(self, store):
        for number, key in enumerate("cab"):
            await store.raise_alert(key, "text", NOW + number * MINUTE)
        assert [alert.key for alert in await store.alerts()] == ["c", "a", "b"]
