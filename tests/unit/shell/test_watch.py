"""The watch on real files: what a save looks like to inotify, and what it doesn't tell."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cadenced.shell import watch
from cadenced.shell.watch import changes

SOON = 5.0  # seconds: far beyond what a busy machine needs
QUIET = 0.25  # seconds in which nothing may come: several bursts long


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pairs.toml").write_text("a = 1\n")
    return tmp_path


class Watching:
    """Counts what `changes` yields; `arrives` waits for one more."""

    def __init__(self, folder: Path) -> None:
        self.queue: asyncio.Queue[None] = asyncio.Queue()
        self._changes = changes(folder)
        self.task = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        async for change in self._changes:
            self.queue.put_nowait(change)

    async def arrives(self) -> None:
        await asyncio.wait_for(self.queue.get(), SOON)

    async def nothing_arrives(self) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.queue.get(), QUIET)


@pytest.fixture
async def watching(folder: Path) -> AsyncIterator[Watching]:
    running = Watching(folder)
    await running.nothing_arrives()  # armed by now
    yield running
    running.task.cancel()
    await asyncio.gather(running.task, return_exceptions=True)


async def test_a_file_saved_in_place_is_a_change(folder, watching):
    (folder / "pairs.toml").write_text("a = 2\n")
    await watching.arrives()


async def test_a_file_saved_by_rename_is_one_change(folder, watching):
    swap = folder / ".pairs.toml.swp"
    swap.write_text("a = 2\n")
    swap.rename(folder / "pairs.toml")
    await watching.arrives()
    await watching.nothing_arrives()


async def test_a_second_save_of_the_same_bytes_and_time_is_a_change_too(folder, watching):
    (folder / "pairs.toml").write_text("a = 2\n")
    await watching.arrives()
    (folder / "pairs.toml").write_text("a = 2\n")
    await watching.arrives()


async def test_editor_files_and_strangers_are_no_change(folder, watching):
    for name in (".pairs.toml.swp", "pairs.toml~", ".#pairs.toml", "4913", "store.db-journal"):
        (folder / name).write_text("x")
    await watching.nothing_arrives()


async def test_a_deleted_file_is_a_change(folder, watching):
    (folder / "pairs.toml").unlink()
    await watching.arrives()


async def test_a_folder_that_appears_later_is_watched(folder, watching):
    (folder / "pairs.d").mkdir()
    await watching.nothing_arrives()  # empty, and watched from now on
    (folder / "pairs.d" / "more.toml").write_text("b = 1\n")
    await watching.arrives()


async def test_templates_and_roadmaps_are_watched(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "roadmaps").mkdir()
    running = Watching(tmp_path)
    await running.nothing_arrives()
    (tmp_path / "templates" / "agenda.txt.j2").write_text("hello")
    await running.arrives()
    (tmp_path / "roadmaps" / "own.toml").write_text("title = 'x'")
    await running.arrives()
    running.task.cancel()


async def test_a_save_between_the_call_and_the_first_wait_is_not_lost(folder):
    waiting = changes(folder)
    (folder / "pairs.toml").write_text("a = 22\n")
    await asyncio.wait_for(anext(waiting), SOON)
    await waiting.aclose()


async def test_a_swapped_data_link_is_a_change(tmp_path):
    """Kubernetes mounts a ConfigMap as links through `..data`, and renames a new `..data` over the old one."""
    for version in ("one", "two"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "pairs.toml").write_text(f"a = '{version}'\n")
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "pairs.toml").symlink_to("..data/pairs.toml")
    running = Watching(tmp_path)
    await running.nothing_arrives()
    (tmp_path / "..new").symlink_to("two")
    (tmp_path / "..new").rename(tmp_path / "..data")
    await running.arrives()
    running.task.cancel()


async def test_a_config_folder_that_is_a_link_may_be_turned_to_another_one(tmp_path):
    for version in ("one", "two"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "pairs.toml").write_text(f"a = '{version}'\n")
    (tmp_path / "current").symlink_to("one")
    running = Watching(tmp_path / "current")
    await running.nothing_arrives()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "current")
    await running.arrives()
    await running.nothing_arrives()
    (tmp_path / "two" / "pairs.toml").write_text("a = 'three'\n")
    await running.arrives()
    running.task.cancel()


async def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "RECHECK", 20)
    running = Watching(tmp_path / "later")
    await asyncio.sleep(0)
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "pairs.toml").write_text("a = 1\n")
    await running.arrives()
    running.task.cancel()


async def test_a_cancelled_watch_ends_within_a_second(watching):
    watching.task.cancel()
    done, _ = await asyncio.wait([watching.task], timeout=watch.RECHECK / 1000)
    assert done
    assert watching.task.cancelled()
