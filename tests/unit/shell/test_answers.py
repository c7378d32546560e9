"""What people told us and which mails were read, in the store: once each, for ever, and whatever becomes of it."""

import json
from datetime import date, timedelta

import pytest

from cadenced.core.answers import Answer, Told
from cadenced.core.records import CopyState, MailState
from cadenced.shell.journal import Journal
from cadenced.shell.store import Store
from tests.support.programme import utc
from tests.support.records import NOW, copy, mail, old_mail

HOUR = timedelta(hours=1)
MOVED = Answer(
    "<1@x>#1", "maya-jonas", "jonas", Told.MOVED, NOW, "u1", utc("2026-12-08T10:00"), utc("2026-12-08T11:00"), month=1
)
PAUSED = Answer("<1@x>#2", "maya-jonas", "jonas", Told.PAUSED, NOW, until=date(2026, 12, 31), text="é 🎄\n")


async def read(store, *answers, name="<1@x>", outcome="answer", replies=()):
    return await store.record_mail(name, outcome, answers, replies, NOW)


async def kept(store, pair="maya-jonas"):
    return set((await store.load_pair(pair)).answers)


class TestRead:
    async def test_all_that_a_mail_told_comes_back_as_it_was(self, store):
        other = Answer("<1@x>#3", "other", "jonas", Told.STOPPED, NOW)
        assert await read(store, MOVED, PAUSED, other)
        assert await kept(store) == {MOVED, PAUSED}
        assert await kept(store, "other") == {other}

    async def test_a_mail_counts_once_with_what_is_replied_to_it(self, store):
        assert not await store.was_read("<1@x>")
        assert await read(store, MOVED, replies=[mail("first")])
        assert await store.was_read("<1@x>")
        assert not await read(store, PAUSED, replies=[mail("second")])
        assert await kept(store) == {MOVED}
        assert list((await store.load_pair("maya-jonas")).mails) == ["first"]

    async def test_its_reply_is_due_like_any_mail(self, store):
        await read(store, replies=[mail(due=NOW + HOUR)])
        assert await store.claim(NOW, 10) == []
        assert [row.key for row in await store.claim(NOW + HOUR, 10)] == [mail().key]

    async def test_the_pairs_that_it_speaks_of_are_due_and_no_others(self, store):
        await store.set_stanzas({"maya-jonas": "1", "other": "1"})
        for pair in ("maya-jonas", "other"):
            await store.save_turn(pair, [], NOW + HOUR, None)
        await read(store, MOVED, PAUSED)
        assert [name for name, _ in await store.due_pairs(NOW, 10)] == ["maya-jonas"]

    async def test_a_turn_under_way_notices_that_something_came(self, store):
        await store.set_stanzas({"maya-jonas": "1"})
        seen = (await store.load_pair("maya-jonas")).next_due
        await read(store, MOVED)
        await store.save_turn("maya-jonas", [], NOW + HOUR, seen)
        assert await store.due_pairs(NOW, 10)

    async def test_a_mail_that_told_nothing_wakes_nobody_and_is_read_once_too(self, store):
        await store.set_stanzas({"maya-jonas": "1"})
        await store.save_turn("maya-jonas", [], NOW + HOUR, None)
        assert await read(store, outcome="foreign")
        assert not await read(store, outcome="foreign")
        assert await store.due_pairs(NOW, 10) == []

    async def test_they_are_counted_by_what_became_of_them(self, store):
        assert await store.mails_read() == {}
        for number, outcome in enumerate(["answer", "foreign", "foreign"]):
            await read(store, name=f"<{number}>", outcome=outcome)
        assert await store.mails_read() == {"answer": 1, "foreign": 2}


class TestJournal:
    async def test_a_database_that_was_lost_knows_every_answer_again(self, store, path):
        await read(store, MOVED, PAUSED)
        store.close()
        path.unlink()
        new = Store.open(path)
        assert await kept(new) == {MOVED, PAUSED}
        assert not await new.was_read("<1@x>")
        assert await read(new, MOVED, PAUSED)  # the mailbox still has it
        assert await kept(new) == {MOVED, PAUSED}
        new.close()

    async def test_the_journal_has_it_before_the_database(self, store, path, monkeypatch):
        """A crash between the two."""

        def crash(*_words):
            raise KeyboardInterrupt

        monkeypatch.setattr("cadenced.shell.answers.wake", crash)
        with pytest.raises(KeyboardInterrupt):
            await read(store, MOVED)
        monkeypatch.undo()
        assert await kept(store) == set()
        store.close()
        again = Store.open(path)
        assert await kept(again) == {MOVED}
        assert await read(again, MOVED)
        assert await kept(again) == {MOVED}
        again.close()

    async def test_a_second_reading_leaves_what_was_told_as_it_was(self, store, path):
        await read(store, MOVED)
        store.close()
        path.unlink()
        new = Store.open(path)
        later = Answer(MOVED.id, MOVED.pair, MOVED.person, MOVED.told, NOW + HOUR, MOVED.uid, MOVED.start, MOVED.end)
        await read(new, later)
        assert await kept(new) == {MOVED}
        new.close()

    async def test_its_line_is_one_of_plain_ascii(self, store, path):
        await read(store, PAUSED)
        journal = Journal(path.with_name("store.db.journal"))
        [(verb, name, words)] = journal.read()[0]
        assert (verb, name, json.loads(words)["text"]) == ("answered", PAUSED.id, PAUSED.text)
        assert journal.path.read_bytes().isascii()
        assert journal.path.read_bytes().count(b"\n") == 1

    async def test_a_copy_to_look_at_knows_it_too(self, store, path):
        await read(store, MOVED)
        store.close()
        path.unlink()
        Store.open(path).close()
        look = Store.snapshot(path)
        assert await kept(look) == {MOVED}
        look.close()


class TestKnown:
    async def test_a_reply_names_ours_by_its_token_first_and_by_message_id(self, store):
        rows = [mail("a", message_id="<a>", token="t1"), mail("b", message_id="<b>"), mail("c", message_id="<c>")]
        await store.enqueue(rows)
        found = await store.mails_known_by({"t1"}, {"<b>", "<nobody's>"})
        assert [row.key for row in found] == ["a", "b"]
        assert found[0].token == "t1"

    async def test_of_several_in_a_thread_the_first_that_is_named_comes_first(self, store):
        """A reply names the nearest first."""
        await store.enqueue([mail(name, message_id=f"<{name}>") for name in "abc"])
        found = await store.mails_known_by((), ("<b>", "<c>", "<a>"))
        assert [row.key for row in found] == ["b", "c", "a"]

    async def test_one_that_is_named_twice_is_found_once(self, store):
        await store.enqueue([mail("a", message_id="<a>", token="t1")])
        assert [row.key for row in await store.mails_known_by({"t1"}, {"<a>"})] == ["a"]

    async def test_mails_without_a_token_are_known_by_no_empty_one(self, store):
        await store.enqueue([mail("a")])
        assert await store.mails_known_by({""}, ()) == []
        assert await store.mails_known_by((), ()) == []

    async def test_the_times_that_a_mail_offered_come_back_with_it(self, store):
        offers = ((NOW, NOW + HOUR), (NOW + HOUR, NOW + 2 * HOUR))
        await store.enqueue([mail("a", token="t", offers=offers)])
        [found] = await store.mails_known_by({"t"}, ())
        assert found.offers == offers


class TestInvitations:
    async def test_what_stands_and_what_is_gone_are_kept_with_the_mails_that_tell_of_it(self, store):
        here, gone = copy("u1", "invite/jonas@example.org"), copy("u2", "invite/jonas@example.org")
        assert await store.save_invitations([gone], [], [mail("first")]) == 1
        assert await store.save_invitations([here], [gone], [mail("first"), mail("second")]) == 1
        assert await store.copies("invite/jonas@example.org") == [here]
        assert set((await store.load_pair("maya-jonas")).mails) == {"first", "second"}

    async def test_a_later_word_replaces_the_one_before(self, store):
        await store.save_invitations([copy(etag='"1"')], [], [])
        await store.save_invitations([copy(etag='"2"', state=CopyState.CANCELLING)], [], [])
        assert await store.copies("jonas") == [copy(etag='"2"', state=CopyState.CANCELLING)]

    @pytest.mark.parametrize("state", MailState)
    async def test_who_may_have_got_a_mail_about_it_was_invited(self, store, state):
        await store.enqueue([mail(state=state, recipient="Jonas@Example.org")])
        never = state in (MailState.QUEUED, MailState.EXPIRED, MailState.FAILED)
        assert await store.was_invited("maya-jonas", "u1", "jonas@example.ORG") is not never
        assert not await store.was_invited("maya-jonas", "u2", "jonas@example.org")
        assert not await store.was_invited("maya-jonas", "u1", "maya@example.org")


async def test_a_store_of_the_third_revision_keeps_its_rows_and_learns_of_answers(path, monkeypatch):
    monkeypatch.setattr("cadenced.shell.database.REVISION", "0003")
    old = Store.open(path)
    await old.save_copies([copy()])
    await old.set_stanzas({"maya-jonas": "1"})
    old.close()
    monkeypatch.undo()
    old_mail(path, message_id="<a>")
    new = Store.open(path)
    assert await new.copies("jonas") == [copy()]
    assert await new.pair_names() == ["maya-jonas"]
    [found] = await new.mails_known_by((), {"<a>"})
    assert (found.token, found.offers, found.state) == ("", (), MailState.SENT)
    assert await read(new, MOVED)
    assert await kept(new) == {MOVED}
    new.close()
