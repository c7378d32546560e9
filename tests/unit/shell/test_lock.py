"""One process keeps a store; the second is told which."""

import fcntl
import os
import subprocess
import sys

import pytest

from cadenced.core.errors import LockedError, StoreError
from cadenced.shell.lock import Lock
from cadenced.shell.store import Store

HOLD = """
import sys
from pathlib import Path
from cadenced.shell.store import Store
store = Store.open(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that keeps the store."""
    argv = [sys.executable, "-c", HOLD, str(tmp_path / "store.db")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.stdin.close()
        assert process.wait(20) == 0 or process.returncode == -9


def test_a_second_process_is_refused_with_the_first_one_s_pid(tmp_path, holder):
    with pytest.raises(StoreError, match=rf"another cadenced \(pid {holder.pid}\) keeps the store .*store\.db\."):
        Store.open(tmp_path / "store.db")


def test_a_killed_process_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.wait(20)
    Store.open(tmp_path / "store.db").close()


def test_looking_needs_no_lock(tmp_path, holder):
    Store.snapshot(tmp_path / "store.db").close()
    Store.beside(tmp_path / "store.db").close()


def test_released_it_can_be_taken_again(tmp_path):
    for _ in range(2):
        Lock(tmp_path / "lock").release()


def test_a_store_that_did_not_open_leaves_no_lock(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"no database at all, but long enough to be read as one" * 100)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(path)
    path.unlink()
    Store.open(path).close()


def test_the_holder_s_pid_is_its_own_even_after_a_longer_one(tmp_path):
    (tmp_path / "lock").write_text("123456789012\n")
    lock = Lock(tmp_path / "lock")
    assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
    lock.release()


@pytest.mark.parametrize("left", ["", "4194305\n"], ids=["by nobody", "by one that has ended"])
def test_what_holds_the_lock_without_its_pid_in_it_is_not_taken_for_one_that_applies_by_itself(tmp_path, left):
    """Linux gives no pid beyond 4194304 (proc_sys_kernel(5), pid_max)."""
    with (tmp_path / "store.db.lock").open("w") as file:
        file.write(left)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match=r"store\.db\.lock is locked by something that is no cadenced") as found:
            Store.open(tmp_path / "store.db")
    assert not isinstance(found.value, LockedError)


def test_a_folder_that_nobody_may_write_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file/store\.db"):
        Store.open(tmp_path / "file" / "store.db")
