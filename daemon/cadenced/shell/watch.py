"""Notices that a file of the configuration folder was saved.

Owns what counts as a change on disk. Must never know what the files mean, nor read them.

inotify tells first. Looking at the files' stat again every `RECHECK` milliseconds tells what inotify can't: a change
before the watch was armed, behind a symbolic link, or on a network file system.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import awatch

PATTERNS = ("cadenced.toml", "pairs.toml", "pairs.d/*.toml", "roadmaps/*.toml", "templates/*.j2", "locales/*.po")
DEBOUNCE = 100  # ms: one save is a burst of events, and nobody notices so short a wait
STEP = 20  # ms without an event end a burst; a cancelled watch lives on as long
RECHECK = 1000  # ms: within the two seconds that a save may take to reach the calendars

_Stat = tuple[int, int, int]  # inode, size, and time of the last modification in ns


def changes(directory: Path) -> AsyncGenerator[None]:
    """Yields once after each burst of changes to the files of `PATTERNS`, counted from this very call.

    So call it before loading the files, and what is saved in between is not lost. Endless; ends by cancellation.
    """
    directory = directory.absolute()  # as inotify's paths will be
    return _changes(directory, _fingerprint(directory))


async def _changes(directory: Path, seen: dict[Path, _Stat]) -> AsyncGenerator[None]:
    while True:
        folders = _folders(directory)
        async with aclosing(_wakes(folders)) as wakes:
            async for touched in wakes:
                found = _fingerprint(directory)
                if found != seen or touched & found.keys():  # the latter: twice in one tick of the file system's clock
                    seen = found
                    yield
                if _folders(directory) != folders:
                    break  # a folder came, went or was replaced: watch the new set


async def _wakes(folders: dict[Path, int]) -> AsyncGenerator[set[Path]]:
    """The paths of each burst of events right in these folders, or nothing when it is time to look again."""
    if not folders:
        await asyncio.sleep(RECHECK / 1000)
        yield set()
        return
    watch = awatch(
        *folders,
        watch_filter=None,
        debounce=DEBOUNCE,
        step=STEP,
        rust_timeout=RECHECK,
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,
    )
    async with aclosing(watch):
        yield set()  # what changed before the watch was armed
        async for burst in watch:
            yield {Path(path) for _, path in burst}


def _folders(directory: Path) -> dict[Path, int]:
    """The folders that exist, by inode: one that was replaced under its name needs a new watch."""
    found = {}
    for folder in {(directory / pattern).parent for pattern in PATTERNS}:
        with suppress(OSError):
            found[folder] = folder.stat().st_ino
    return found


def _fingerprint(directory: Path) -> dict[Path, _Stat]:
    """The stat of every file of the configuration, through symbolic links. An editor's hidden files are none."""
    found = {}
    for pattern in PATTERNS:
        for path in directory.glob(pattern):
            with suppress(OSError):  # gone since, or a link into the void
                if not path.name.startswith("."):
                    stat = path.stat()
                    found[path] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found
