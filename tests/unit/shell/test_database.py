"""The file that the store lives in: its tables, and how it is opened beside a daemon."""

import asyncio
import os
import sqlite3
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cadenced import migrations
from cadenced.core.errors import StoreError
from cadenced.shell import schema
from cadenced.shell.store import Store
from tests.support.folders import files
from tests.support.records import NOW, copy, mail, settled

MAY_MOUNT = os.geteuid() == 0
SMALL = 256 << 10  # bytes of the disk that fills up: a store of a few pairs, and little more


class TestTables:
    def test_the_migrations_make_exactly_the_tables_that_the_code_uses(self, store):
        def differences(connection):
            return compare_metadata(MigrationContext.configure(connection), schema.metadata)

        ours = [change for change in store._database.run_now(differences) if "alembic_version" not in repr(change)]
        assert ours == []

    def test_the_newest_migration_is_the_one_that_the_code_knows(self):
        assert migrations._scripts().get_current_head() == schema.REVISION

    def test_a_store_of_today_is_opened_without_alembic(self, store, path):
        """It costs more to import than everything else that a command does."""
        store.close()
        code = (
            "import sys; from pathlib import Path; from cadenced.shell.store import Store; "
            "Store.open(Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
        )
        said = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        assert said.stdout == "False\n"

    @pytest.mark.parametrize("way", [Store.open, Store.snapshot, Store.beside])
    def test_a_newer_store_is_refused_in_words(self, store, path, way):
        store.close()
        with sqlite3.connect(path) as raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.close()
        with pytest.raises(StoreError, match=r"store\.db was written by a newer cadenced \(revision 9999"):
            way(path)

    async def test_a_migration_that_was_cut_off_is_done_again(self, path):
        """All of it is one transaction: a database without a revision is an empty one."""
        sqlite3.connect(path).close()
        store = Store.open(path)
        await store.save_copies([copy()])
        assert len(await store.copies("jonas")) == 1
        store.close()

    def test_only_its_owner_may_read_it(self, store, path):
        assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
            "store.db": 0o600,
            "store.db-journal": 0o600,
            "store.db.lock": 0o600,
        }

    def test_its_folder_is_made_for_its_owner_alone(self, tmp_path):
        Store.open(tmp_path / "state" / "store.db").close()
        assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


class TestLooking:
    async def test_a_look_beside_a_running_store_changes_nothing_on_disk(self, store, path):
        await store.save_copies([copy()])
        await store.enqueue([mail()])
        await store.settle(mail().key, settled(), NOW)
        before = files(path.parent)
        look = Store.snapshot(path)
        assert len(await look.copies("jonas")) == 1
        await look.save_copies([copy("u2")])
        await look.enqueue([mail("p/agenda/2/x")])
        await look.settle("p/agenda/2/x", settled(), NOW)
        look.close()
        assert files(path.parent) == before
        assert len(await store.copies("jonas")) == 1

    async def test_a_look_where_nothing_is_makes_nothing(self, path):
        look = Store.snapshot(path)
        assert await look.pair_names() == []
        look.close()
        assert list(path.parent.iterdir()) == []

    async def test_a_look_sees_what_the_journal_knows_of_a_lost_database(self, store, path):
        await store.enqueue([mail()])
        await store.settle(mail().key, settled(), NOW)
        store.close()
        path.unlink()
        look = Store.snapshot(path)
        assert list((await look.load_pair("maya-jonas")).mails) == [mail().key]
        look.close()
        assert not path.exists()

    async def test_a_change_beside_a_running_store_is_seen_by_it(self, store, path):
        beside = Store.beside(path)
        await asyncio.gather(*(each.wake(["a"]) for each in (store, beside) for _ in range(20)))
        await beside.set_meta("x", "1")
        beside.close()
        assert await store.get_meta("x") == "1"


class TestTogether:
    """What waits at the same moment is committed at once."""

    async def test_of_what_is_committed_together_each_fails_for_itself_alone(self, store):
        def wrong(connection):
            connection.execute(schema.meta.insert().values(key="half", value="done"))
            raise LookupError("mine alone")

        done = await asyncio.gather(
            store.save_copies([copy("a")]),
            store._database.run(wrong),
            store.save_copies([copy("b")]),
            return_exceptions=True,
        )
        assert [type(each) for each in done] == [type(None), LookupError, type(None)]
        assert {row.uid for row in await store.copies("jonas")} == {"a", "b"}
        assert await store.get_meta("half") == ""

    async def test_who_no_longer_waits_keeps_nobody_else_waiting(self, store):
        tasks = [asyncio.create_task(store.save_copies([copy(f"u{n}")])) for n in range(200)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 30)
        kept = {row.uid for row in await store.copies("jonas")}
        assert kept >= {f"u{n}" for n in range(1, 200, 2)}

    async def test_a_mail_sent_in_a_commit_that_failed_stands_in_the_journal_once_it_is_tried_again(self, store):
        await store.enqueue([mail()])
        await asyncio.gather(
            store.settle(mail().key, settled(), NOW),
            store._database.run(lambda c: c.exec_driver_sql("SELECT nonsense")),
            return_exceptions=True,
        )
        assert await store.mail_totals() == {"sent": 1}
        assert {entry[1] for entry in store.journal.read()[0]} == {mail().key}
