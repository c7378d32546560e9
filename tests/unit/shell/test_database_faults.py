"""The file that the store lives in: damaged, cut off, or on a full disk."""

import os
import random
import subprocess
import sys
from contextlib import suppress

import pytest

from cadenced.core.errors import StoreError
from cadenced.core.records import AccountRow, CopyState
from cadenced.shell.store import Store
from tests.support.folders import files
from tests.support.records import NOW, copy, mail, settled

MAY_MOUNT = os.geteuid() == 0
SMALL = 256 << 10  # bytes of the disk that fills up: a store of a few pairs, and little more


class TestDamaged:
    async def filled(self, path):
        store = Store.open(path)
        await store.enqueue([mail(f"p/agenda/{n}/x", body=random.Random(n).randbytes(3000)) for n in range(100)])
        await store.settle("p/agenda/1/x", settled(), NOW)
        await store.save_copies([copy()])
        await store.record_look(AccountRow("jonas"), [], ["u1"], {"u1": copy().etag}, NOW)
        store.close()

    @pytest.mark.parametrize("where", [0, 40, 4096, 5 * 4096, 30 * 4096])
    async def test_random_bytes_are_noticed_and_the_words_say_what_to_do(self, path, where):
        await self.filled(path)
        with path.open("r+b") as file:
            file.seek(where)
            file.write(random.Random(where).randbytes(4096))
        with pytest.raises(StoreError, match="is damaged") as caught:
            Store.open(path)
        assert f"keep {path}.journal" in str(caught.value)

    async def test_a_file_cut_short_is_noticed(self, path):
        await self.filled(path)
        os.truncate(path, 10 * 4096)
        with pytest.raises(StoreError, match="is damaged"):
            Store.open(path)

    async def test_doing_what_the_words_say_brings_back_what_was_sent_and_deleted(self, path):
        await self.filled(path)
        path.write_bytes(b"garbage" * 4096)
        with pytest.raises(StoreError, match="is damaged"):
            Store.open(path)
        path.rename(path.with_name("away"))
        store = Store.open(path)
        assert list((await store.load_pair("p")).mails) == ["p/agenda/1/x"]
        assert [row.state for row in await store.copies("jonas")] == [CopyState.DELETED]
        store.close()

    async def test_a_look_at_a_damaged_store_says_the_same(self, path):
        await self.filled(path)
        path.write_bytes(b"garbage" * 4096)
        with pytest.raises(StoreError, match="is damaged"):
            Store.snapshot(path)

    @pytest.mark.parametrize("way", [Store.open, Store.beside, Store.snapshot])
    def test_a_folder_in_the_place_of_the_file_is_said_to_be_one(self, path, way):
        path.mkdir()
        with pytest.raises(StoreError, match=r"store\.db is a folder\. Let \[store\] path name a file in it, like "):
            way(path)


WRITE = """
import asyncio, os, sys
from pathlib import Path
from cadenced.shell.store import Store
from tests.support.folders import files
from tests.support.records import copy

async def main():
    store = Store.open(Path(sys.argv[1]))
    await store.save_copies([copy(f"whole-{n}") for n in range(50)])
    print("committed", flush=True)

    def work(connection):
        connection.exec_driver_sql("PRAGMA cache_size = 5")  # so that it reaches the disk before it is committed
        connection.exec_driver_sql("UPDATE copies SET body = body || printf('%.*c', 9000, 'x')")
        os.kill(os.getpid(), 9)

    await store._database.run(work)

asyncio.run(main())
"""


class TestCutOff:
    @pytest.fixture
    def killed(self, path):
        """A store whose process was killed in the middle of a transaction, half of which is on disk."""
        done = subprocess.run([sys.executable, "-c", WRITE, str(path)], stdout=subprocess.PIPE, timeout=60, check=False)
        assert (done.returncode, done.stdout) == (-9, b"committed\n")
        assert path.with_name("store.db-journal").stat().st_size > 0
        return path

    async def test_what_was_committed_is_there_and_nothing_else(self, killed):
        store = Store.open(killed)
        assert {row.body for row in await store.copies("jonas")} == {copy().body}
        assert len(await store.copies("jonas")) == 50
        store.close()

    async def test_a_look_before_the_next_start_sees_it_too_and_leaves_the_files_alone(self, killed):
        before = files(killed.parent)
        look = Store.snapshot(killed)
        assert {row.body for row in await look.copies("jonas")} == {copy().body}
        look.close()
        assert files(killed.parent) == before


FILL = """
import asyncio, resource, signal, sys
from pathlib import Path
from cadenced.core.errors import StoreError
from cadenced.shell.store import Store
from tests.support.folders import files
from tests.support.records import NOW, copy, mail, settled

async def main():
    store = Store.open(Path(sys.argv[1]))
    await store.save_copies([copy("before")])
    await store.enqueue([mail()])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(sys.argv[1]).stat().st_size, limits[1]))
    for _ in range(3):
        try:
            await store.save_copies([copy(f"big-{n}", body="x" * 9000) for n in range(20)])
            print("written")
        except StoreError as error:
            print("refused:", error)
        assert [row.uid for row in await store.copies("jonas")] == ["before"]
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    await store.save_copies([copy("after")])
    await store.settle(mail().key, settled(), NOW)
    print(sorted(row.uid for row in await store.copies("jonas")), await store.mail_totals())
    store.close()

asyncio.run(main())
"""


class TestFull:
    def test_a_file_that_may_not_grow_refuses_in_words_and_goes_on_afterwards(self, path):
        done = subprocess.run(
            [sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        *refused, after = done.stdout.splitlines()
        assert len(refused) == 3
        assert all(line.startswith(f"refused: the store {path} failed:") for line in refused)
        assert after == "['after', 'before'] {'sent': 1}"

    @pytest.mark.skipif(not MAY_MOUNT, reason="a small disk is mounted by root alone")
    async def test_a_full_disk_refuses_in_words_loses_nothing_and_goes_on_when_there_is_space(self, small_disk):
        store = Store.open(small_disk / "store.db")
        await store.save_copies([copy("before")])
        await store.enqueue([mail()])
        fill(small_disk)
        for _ in range(3):
            with pytest.raises(StoreError, match="is full"):
                await store.save_copies([copy(f"big-{n}", body="x" * 9000) for n in range(20)])
            with pytest.raises(StoreError, match=r"Free some space|Free space there"):
                await store.settle(mail().key, settled(), NOW)
        assert [row.uid for row in await store.copies("jonas")] == ["before"]
        (small_disk / "ballast").unlink()
        await store.settle(mail().key, settled(), NOW)
        await store.save_copies([copy("after")])
        store.close()
        again = Store.open(small_disk / "store.db")
        assert {row.uid for row in await again.copies("jonas")} == {"after", "before"}
        assert await again.mail_totals() == {"sent": 1}
        again.close()

    @pytest.mark.skipif(not MAY_MOUNT, reason="a small disk is mounted by root alone")
    async def test_a_store_cannot_be_made_on_a_full_disk_and_leaves_nothing_half_made(self, small_disk):
        fill(small_disk)
        with pytest.raises(StoreError, match="is full"):
            Store.open(small_disk / "store.db")
        (small_disk / "ballast").unlink()
        store = Store.open(small_disk / "store.db")
        await store.save_copies([copy()])
        store.close()


def fill(folder):
    with (folder / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while True:  # a small disk
            file.write(b"x" * 4096)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
