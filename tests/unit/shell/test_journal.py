"""The journal: written before the database commits, read when a database knows less."""

import errno
import json
import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.answers import Answer, Told
from cadenced.core.errors import StoreError
from cadenced.core.records import AccountRow, CopyState, MailState
from cadenced.shell.journal import Journal
from cadenced.shell.rows import flat
from cadenced.shell.store import Store
from cadenced.wire.baseline import baseline_text, parse_baseline
from cadenced.wire.ical import compose
from tests.support.events import START, creation
from tests.support.records import DAY, NOW, copy, mail, settled

SENT = ("sent", "maya-jonas/agenda/1/maya", "<1@example.org>", "2026-11-24T09:00:00+00:00")
KNOWN = {"u1": '"1"', "u2": '"1"'}
DELETED = ("deleted", "u1", "jonas", "maya-jonas", "-")
REFUSED = (*DELETED, "1 20261208T173000Z …")
TOLD = Answer("<1@x>#1", "maya-jonas", "maya", Told.TODO, NOW, text="read chapter 3")
ANSWERED = ("answered", TOLD.id, json.dumps(flat(TOLD)))


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def full_after(room: int):
    """write(2) on a disk that has room for so many bytes more."""
    left = [room]

    def write(file: int, data: bytes, write=os.write) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        wrote = write(file, data[: left[0]])
        left[0] -= wrote
        return wrote

    return write


def forget(path: Path) -> None:
    """Loses the database, not the journal."""
    path.unlink()


class TestTheFile:
    def test_what_was_appended_is_read(self, journal):
        journal.append([SENT])
        journal.append([DELETED, SENT])
        assert journal.read()[0] == [SENT, DELETED, SENT]

    def test_nothing_is_read_where_nothing_was_written(self, journal):
        assert journal.read() == ([], 0, 0)

    def test_a_journal_of_a_copy_in_memory_keeps_nothing(self):
        assert Journal(None).append([SENT]) == 0
        assert Journal(None).read() == ([], 0, 0)

    def test_it_goes_on_from_a_byte(self, journal):
        end = journal.append([SENT])
        assert journal.read(end) == ([], end, 0)
        longer = journal.append([DELETED])
        assert journal.read(end) == ([DELETED], longer, 0)

    def test_a_journal_that_became_shorter_tells_nothing_new(self, journal):
        assert journal.read(journal.append([SENT]) + 1000)[0] == []

    def test_only_its_owner_may_read_it(self, journal):
        journal.append([SENT])
        assert journal.path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("entry", [SENT, REFUSED, ANSWERED], ids=lambda entry: entry[0])
    def test_a_line_torn_anywhere_is_passed_over_and_the_next_is_whole(self, journal, entry):
        """By a power cut: nobody was there to take its beginning back."""
        before = journal.append([DELETED])
        whole = journal.append([entry])
        text = journal.path.read_bytes()
        for cut in range(before, whole):
            journal.path.write_bytes(text[:cut])
            assert journal.read()[0] == [DELETED]
            journal.append([SENT])
            last = [SENT] if cut < whole - 1 else [entry, SENT]  # of a line without its end nothing is missing
            assert journal.read() == ([DELETED, *last], journal.path.stat().st_size, 0)

    def test_a_line_that_was_changed_says_nothing_and_is_counted(self, journal):
        journal.append([REFUSED, SENT])
        journal.path.write_bytes(journal.path.read_bytes().replace(b" jonas ", b" jonaz "))
        assert (journal.read().entries, journal.read().damaged) == ([SENT], 1)

    def test_lines_of_before_there_was_a_check_are_read(self, journal):
        journal.path.write_text("sent a/x/1/p %3C1%40x%3E 2026-11-24\ndeleted u1 jonas maya-jonas -\n")
        assert journal.read()[0] == [("sent", "a/x/1/p", "<1@x>", "2026-11-24"), DELETED]

    def test_garbage_is_passed_over(self, journal):
        journal.append([SENT])
        with journal.path.open("ab") as file:
            file.write(b"\x00\xff\xfe\n\nsent\nsent a b c d e f\nstolen a b c\n" + bytes(range(256)) + b"\n")
        journal.append([DELETED])
        assert journal.read()[0] == [SENT, DELETED]

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=4, max_size=4))
    def test_any_words_come_back_as_they_were(self, tmp_path_factory, words):
        journal = Journal(tmp_path_factory.mktemp("journal") / "journal")
        journal.append([("deleted", *words), SENT])
        assert journal.read()[0] == [("deleted", *words), SENT]
        assert journal.path.read_bytes().isascii()

    def test_a_disk_that_takes_nothing_is_said_in_words(self):
        with pytest.raises(StoreError, match="cannot write /dev/full: No space left on device"):
            Journal(Path("/dev/full")).append([SENT])

    def test_a_write_that_stops_in_the_middle_harms_neither_what_stood_nor_what_comes(self, journal, monkeypatch):
        whole = journal.append([SENT])
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full_after(5))
            with pytest.raises(StoreError):
                journal.append([DELETED])
        assert journal.path.stat().st_size == whole
        journal.append([DELETED])
        assert journal.read()[0] == [SENT, DELETED]


class TestWhatItBringsBack:
    async def test_sent_mail_is_not_sent_again_by_a_new_database(self, store, path):
        await store.enqueue([mail(), mail("another/task/month-1/ida", pair="another")])
        await store.settle(mail().key, settled(), NOW)
        store.close()
        forget(path)
        again = Store.open(path)
        assert await again.enqueue([mail(), mail("another/task/month-1/ida", pair="another")]) == 1
        assert list((await again.load_pair("maya-jonas")).mails) == [mail().key]
        assert [row.key for row in await again.claim(NOW, 10)] == ["another/task/month-1/ida"]
        again.close()

    async def test_what_was_sent_counts_towards_its_readers_day_in_a_new_database(self, store, path):
        await store.enqueue([mail(), mail("another/task/month-1/maya", pair="another")])
        for key in (mail().key, "another/task/month-1/maya"):
            await store.settle(key, settled(), NOW)
        store.close()
        forget(path)
        again = Store.open(path)
        assert await again.count_sent("maya", DAY) == 2
        assert await again.count_sent("maya", DAY + timedelta(days=1)) == 0
        again.close()

    async def test_tombstones_come_back_into_a_new_database(self, store, path):
        await store.save_copies([copy("u1"), copy("u2", state=CopyState.CANCELLING)])
        await store.record_look(AccountRow("jonas"), [], ["u1", "u2"], KNOWN, NOW)
        store.close()
        forget(path)
        again = Store.open(path)
        (row,) = await again.copies("jonas")
        assert (row.uid, row.pair, row.state) == ("u1", "maya-jonas", CopyState.DELETED)
        again.close()

    async def test_an_older_database_learns_at_which_time_a_copy_was_deleted_since(self, store, path, tmp_path):
        """It knew the event at another time: moved there since, and refused there."""
        first, moved = creation(), creation(start=START + timedelta(days=1))
        at_first, at_last = (replace(each.baseline, decided=NOW) for each in (first, moved))
        live = copy("u1", body=compose(first, NOW), written=baseline_text(at_first))
        await store.save_copies([live])
        store.close()
        backup = path.read_bytes()
        store = Store.open(path)
        await store.save_copies([replace(live, body=compose(moved, NOW), written=baseline_text(at_last), etag='"2"')])
        await store.record_look(AccountRow("jonas"), [], ["u1"], {"u1": '"2"'}, NOW + timedelta(hours=1))
        store.close()
        path.write_bytes(backup)
        again = Store.open(path)
        (row,) = await again.copies("jonas")
        assert (row.state, parse_baseline(row.written).start) == (CopyState.LIVE, moved.fields.start)
        again.close()

    async def test_an_older_database_learns_what_happened_since(self, store, path, tmp_path):
        await store.enqueue([mail("a/x/1/p"), mail("a/x/2/p")])
        await store.save_copies([copy("u1")])
        await store.settle("a/x/1/p", settled(), NOW)
        store.close()
        backup = (tmp_path / "store.db").read_bytes()
        store = Store.open(path)
        await store.enqueue([mail("a/x/3/p")])
        await store.save_copies([copy("u2")])
        for key in ("a/x/2/p", "a/x/3/p"):
            await store.settle(key, settled(), NOW)
        await store.record_look(AccountRow("jonas"), [], ["u1", "u2"], KNOWN, NOW)
        store.close()
        path.write_bytes(backup)
        again = Store.open(path)
        assert await again.claim(NOW + timedelta(days=9), 10) == []
        assert {row.uid: row.state for row in await again.copies("jonas")} == {
            "u1": CopyState.LIVE,  # what it knows, the next look judges
            "u2": CopyState.DELETED,
        }
        again.close()

    async def test_a_mail_sent_right_before_a_crash_is_not_sent_again(self, store, path):
        """The journal was written, the database not: as if the power went between the two."""
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        end = store.journal.append([("sent", mail().key, mail().message_id, NOW.isoformat())])
        assert end > 0
        store.close()
        again = Store.open(path)
        assert await again.recover(NOW, timedelta()) == 0
        assert await again.claim(NOW, 10) == []
        assert await again.mail_totals() == {MailState.SENT: 1}
        again.close()

    async def test_a_journal_that_takes_nothing_leaves_the_database_as_it_was(self, store):
        await store.enqueue([mail()])
        await store.claim(NOW, 1)
        await store.save_copies([copy()])
        good, store.journal = store.journal, Journal(Path("/dev/full"))
        with pytest.raises(StoreError, match="nothing is lost"):
            await store.settle(mail().key, settled(), NOW)
        with pytest.raises(StoreError, match="nothing is lost"):
            await store.record_look(AccountRow("jonas", token="new"), [], ["u1"], KNOWN, NOW)
        assert await store.mail_totals() == {MailState.ATTEMPTING: 1}
        assert [row.state for row in await store.copies("jonas")] == [CopyState.LIVE]
        assert await store.accounts() == {}
        store.journal = good
        await store.settle(mail().key, settled(), NOW)
        assert await store.mail_totals() == {MailState.SENT: 1}

    async def test_a_lost_journal_keeps_nothing_from_going_on(self, store, path):
        await store.enqueue([mail(), mail("a/x/2/p")])
        await store.settle(mail().key, settled(), NOW)
        store.close()
        store.journal.path.unlink()
        again = Store.open(path)
        await again.settle("a/x/2/p", settled(), NOW)
        again.close()
        forget(path)
        last = Store.open(path)
        assert list((await last.load_pair("a")).mails) == ["a/x/2/p"]
        last.close()

    async def test_a_journal_that_cannot_be_read_is_not_passed_over(self, path, tmp_path):
        (tmp_path / "store.db.journal").mkdir()
        with pytest.raises(StoreError, match="cannot read"):
            Store.open(path)

    async def test_what_is_not_final_is_not_in_it(self, store):
        await store.enqueue([mail()])
        await store.settle(mail().key, settled(MailState.UNKNOWN, NOW), NOW)
        await store.settle(mail().key, settled(MailState.EXPIRED), NOW)
        assert store.journal.read() == ([], 0, 0)


class TestAFullDisk:
    @given(st.integers(0, 400), st.booleans())
    @settings(deadline=None, max_examples=60)
    async def test_wherever_it_cuts_a_line_off_all_that_was_told_before_and_after_is_known(self, room, stuck):
        """Also where the beginning can't be taken back, by a database that knows all of it, and by a new one."""
        with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            path = Path(folder, "store.db")
            store = Store.open(path)
            await told(store, 1)
            with patch.context() as full:
                full.setattr(os, "write", full_after(room))
                if stuck:
                    full.setattr(os, "ftruncate", full_after(0))
                with suppress(StoreError):
                    await told(store, 2)
            await told(store, 3)
            store.journal.append([SENT])  # a crash, before it is committed
            store.close()
            for way in (Store.snapshot, Store.open):
                again = way(path)
                assert {"<1@x>#1", "<3@x>#1"} <= await answers(again)
                again.close()
            forget(path)
            anew = Store.open(path)
            assert {"<1@x>#1", "<3@x>#1"} <= await answers(anew)
            assert anew.damaged == 0
            anew.close()

    async def test_an_answer_that_one_tore_before_lines_had_a_check_is_passed_over_and_counted(self, store, path):
        await told(store, 1)
        store.close()
        with store.journal.path.open("a") as file:
            file.write("answered %3C2%40x%3E%231 %7B%22id%22%3A%20%22%3C2\nsent a/x/1/p %3C1%40x%3E 2026\n")
        forget(path)
        again = Store.open(path)
        assert await answers(again) == {"<1@x>#1"}
        assert (again.damaged, await again.mail_totals()) == (1, {MailState.SENT: 1})
        again.close()


async def told(store: Store, number: int) -> None:
    answer = replace(TOLD, id=f"<{number}@x>#1")
    await store.record_mail(f"<{number}@x>", "answer", [answer], [], NOW)


async def answers(store: Store) -> set[str]:
    return {answer.id for answer in (await store.load_pair("maya-jonas")).answers}
