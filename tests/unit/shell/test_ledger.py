"""The ledger of mail: each message once, whatever happens at once or is cut off."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cadenced.core.records import MailState
from cadenced.shell.schema import REVISION
from cadenced.shell.store import Store
from tests.support.records import DAY, NOW, mail, settled

MINUTE = timedelta(minutes=1)


def several(count):
    return [mail(f"maya-jonas/agenda/{n:03}/maya") for n in range(count)]


async def states(store):
    return {key: entry.state for key, entry in (await store.load_pair("maya-jonas")).mails.items()}


class TestQueued:
    async def test_a_message_comes_back_as_it_was(self, store):
        row = mail(start=NOW + MINUTE, attempts=2, reply="451 later")
        await store.enqueue([row])
        (claimed,) = await store.claim(NOW, 10)
        assert claimed == replace(row, next_try=NOW)

    async def test_a_key_is_queued_once_and_the_first_words_hold(self, store):
        assert await store.enqueue([mail()]) == 1
        assert await store.enqueue([mail(body=b"other words"), mail("maya-jonas/brief/2/maya")]) == 1
        assert {row.body for row in await store.claim(NOW, 10)} == {mail().body}

    async def test_one_call_with_the_same_key_twice_queues_one(self, store):
        assert await store.enqueue([mail(), mail()]) == 1

    async def test_more_than_one_statement_takes_are_queued(self, store):
        assert await store.enqueue(several(250)) == 250
        assert len(await store.claim(NOW, 1000)) == 250

    async def test_what_is_not_due_is_not_claimed(self, store):
        await store.enqueue([mail(due=NOW + MINUTE)])
        assert await store.claim(NOW, 10) == []
        assert await store.next_try() == NOW + MINUTE
        assert len(await store.claim(NOW + MINUTE, 10)) == 1

    async def test_the_longest_due_come_first(self, store):
        await store.enqueue([mail("a", due=NOW), mail("b", due=NOW - MINUTE), mail("c", due=NOW - 2 * MINUTE)])
        assert [row.key for row in await store.claim(NOW, 2)] == ["c", "b"]
        assert [row.key for row in await store.claim(NOW, 2)] == ["a"]

    async def test_nothing_is_nothing(self, store):
        assert await store.enqueue([]) == 0
        assert await store.claim(NOW, 10) == []
        assert await store.next_try() is None
        assert await store.withdraw([]) == []
        assert await store.mail_totals() == {}


class TestClaimed:
    async def test_fifty_at_once_take_each_message_once(self, store):
        rows = several(120)
        await store.enqueue(rows)
        taken = await asyncio.gather(*(store.claim(NOW, 3) for _ in range(50)))
        keys = [row.key for batch in taken for row in batch]
        assert sorted(keys) == [row.key for row in rows]

    async def test_claims_beside_new_messages_and_settlements_lose_none(self, store):
        rows = several(60)

        async def send():
            done = 0
            while done < len(rows):
                for row in await store.claim(NOW, 7):
                    await store.settle(row.key, settled(), NOW)
                    done += 1
                await asyncio.sleep(0)
            return done

        async def write():
            for row in rows:
                await store.enqueue([row])

        done, _ = await asyncio.gather(asyncio.wait_for(send(), 60), write())
        assert done == len(rows)
        assert await store.mail_totals() == {MailState.SENT: len(rows)}

    async def test_what_is_claimed_is_claimed_on_disk(self, store, tmp_path):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        store.close()
        again = Store.open(tmp_path / "store.db")
        assert await states(again) == {mail().key: MailState.ATTEMPTING}
        assert await again.claim(NOW, 10) == []
        again.close()

    async def test_a_crash_makes_the_outcome_unknown_and_it_is_tried_again(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        assert await store.recover(NOW + MINUTE, timedelta()) == 1
        (row,) = await store.claim(NOW + MINUTE, 10)
        assert row.state is MailState.UNKNOWN
        assert row.body == mail().body

    async def test_what_is_known_to_be_sent_stays_so_when_its_attempt_ends_without_a_reply(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        await store.settle(mail().key, settled(reply="its copy arrived"), NOW)
        await store.settle(mail().key, settled(MailState.UNKNOWN, NOW + MINUTE), NOW)
        assert await states(store) == {mail().key: MailState.SENT}
        assert await store.claim(NOW + MINUTE, 10) == []

    async def test_a_claim_of_a_moment_ago_is_not_taken_from_its_holder(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        assert await store.recover(NOW + MINUTE, 2 * MINUTE) == 0

    async def test_given_back_it_is_as_it_was_and_waits(self, store):
        await store.enqueue([mail()])
        claimed = await store.claim(NOW, 1)
        await store.release(claimed, NOW + MINUTE)
        assert await store.claim(NOW, 1) == []
        (row,) = await store.claim(NOW + MINUTE, 1)
        assert (row.state, row.attempts) == (MailState.QUEUED, 0)

    async def test_what_was_settled_meanwhile_is_not_given_back(self, store):
        await store.enqueue([mail()])
        claimed = await store.claim(NOW, 1)
        await store.settle(mail().key, settled(reply="its copy arrived"), NOW)
        await store.release(claimed, NOW)
        assert await states(store) == {mail().key: MailState.SENT}


class TestSettled:
    @pytest.mark.parametrize("state", [MailState.SENT, MailState.EXPIRED])
    async def test_what_is_done_is_never_claimed_queued_or_taken_back_again(self, store, state):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        await store.settle(mail().key, settled(state), NOW)
        assert await store.enqueue([mail()]) == 0
        assert await store.claim(NOW + 9 * MINUTE, 10) == []
        assert await store.withdraw([mail().key]) == []
        assert await store.recover(NOW + 9 * MINUTE, timedelta()) == 0
        assert await states(store) == {mail().key: state}

    async def test_what_failed_is_neither_claimed_nor_queued_again_until_it_is_taken_back(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        await store.settle(mail().key, settled(MailState.FAILED), NOW)
        assert await store.enqueue([mail()]) == 0
        assert await store.claim(NOW + 9 * MINUTE, 10) == []
        assert await store.withdraw([mail().key]) == [mail().key]
        assert await store.enqueue([mail()]) == 1

    async def test_settled_twice_is_settled(self, store):
        await store.enqueue([mail()])
        for _ in range(2):
            await store.settle(mail().key, settled(), NOW)
        assert await store.mail_totals() == {MailState.SENT: 1}

    async def test_what_is_to_be_tried_again_waits_for_its_moment(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        await store.settle(mail().key, settled(MailState.QUEUED, NOW + MINUTE, reply="451 later"), NOW)
        assert await store.next_try() == NOW + MINUTE
        assert await store.claim(NOW, 10) == []
        (row,) = await store.claim(NOW + MINUTE, 10)
        assert (row.attempts, row.reply) == (1, "451 later")

    async def test_only_what_no_server_took_can_be_taken_back(self, store):
        await store.enqueue([mail("a"), mail("b"), mail("c")])
        await store.settle("b", settled(MailState.UNKNOWN, NOW), NOW)
        (claimed,) = [row for row in await store.claim(NOW, 1) if row.key == "a"]
        assert await store.withdraw([claimed.key, "b", "c", "no such key"]) == ["c"]
        assert (await states(store)).keys() == {"a", "b"}
        assert await store.enqueue([mail("c", body=b"new words")]) == 1

    async def test_more_than_one_statement_takes_are_taken_back(self, store):
        rows = several(250)
        await store.enqueue(rows)
        assert len(await store.withdraw([row.key for row in rows])) == 250

    async def test_counted_is_what_may_have_reached_the_reader_that_day(self, store):
        await store.enqueue([mail(key) for key in "abcdef"] + [mail("g", person="jonas")])
        await store.settle("a", settled(), NOW)
        await store.settle("b", settled(MailState.UNKNOWN, NOW), NOW)
        await store.settle("c", settled(MailState.FAILED), NOW)
        await store.settle("d", settled(MailState.EXPIRED), NOW)
        await store.settle("e", settled(day=date(2026, 11, 25)), NOW)
        await store.settle("g", settled(), NOW)
        assert await store.count_sent("maya", DAY) == 2
        assert await store.count_sent("maya", date(2026, 11, 25)) == 1
        assert await store.count_sent("nobody", DAY) == 0

    async def test_due_and_waiting_are_counted(self, store):
        await store.enqueue([mail("a"), mail("b"), mail("c", due=NOW + MINUTE)])
        await store.settle("a", settled(), NOW)
        assert await store.count_due(NOW) == 1
        assert await store.mail_totals() == {MailState.SENT: 1, MailState.QUEUED: 2}
        assert await store.due_again(NOW) is None
        await store.settle("b", settled(MailState.QUEUED, NOW + MINUTE / 2), NOW)
        assert await store.due_again(NOW) == NOW + MINUTE / 2

    async def test_a_refused_address_is_kept_in_any_spelling_until_somebody_resumes_it(self, store):
        await store.stop_address("Maya@Example.org", "550 no", NOW)
        assert await store.stopped_addresses() == {"maya@example.org": "550 no"}
        assert await store.resume_address("MAYA@example.org")
        assert not await store.resume_address("maya@example.org")
        assert await store.stopped_addresses() == {}


class TestManyMails:
    """Of which each has a body of 12 kB."""

    async def test_a_store_of_the_fourth_revision_lets_go_of_what_was_sent_and_of_its_room_on_the_disk(
        self, tmp_path, monkeypatch
    ):
        path = tmp_path / "old.db"
        monkeypatch.setattr("cadenced.shell.database.REVISION", "0004")
        monkeypatch.setattr("cadenced.shell.database.FEW_PAGES", 100)
        old = Store.open(path)
        keys = [row.key for row in several(120)]
        await old.enqueue([mail(key, body=b"x" * 12_000) for key in keys])
        await asyncio.gather(*(old.settle(key, settled(), NOW) for key in keys[:110]))
        await old.settle(keys[110], settled(MailState.FAILED), NOW)
        old.close()
        before = path.stat().st_size
        monkeypatch.setattr("cadenced.shell.database.REVISION", REVISION)
        new = Store.open(path)
        assert path.stat().st_size < before / 3
        assert (await states(new)).keys() == set(keys)
        assert {len(row.body) for row in await new.claim(NOW, 100)} == {12_000}
        assert await new.try_again("maya@example.org", NOW) == 1
        assert [len(row.body) for row in await new.claim(NOW, 100)] == [12_000]
        new.close()

    async def test_which_is_next_is_known_without_reading_one(self, store, tmp_path):
        await store.enqueue(several(3))
        plans = []
        with closing(sqlite3.connect(tmp_path / "store.db")) as raw:
            store._database._raw.set_trace_callback(plans.append)
            await store.claim(NOW, 2)
            [query] = [each for each in plans if each.startswith("SELECT") and "LIMIT" in each]
            steps = [step[3] for step in raw.execute(f"EXPLAIN QUERY PLAN {query}")]
        assert any("COVERING INDEX outbox_next" in step for step in steps)
        assert not any("SCAN" in step for step in steps)
