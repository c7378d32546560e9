"""Opens the store's SQLite file, brings its tables up to date, and turns its faults into words for a person.

Owns the connection and how it commits: one connection, TRUNCATE and FULL, BEGIN IMMEDIATE (each survived the simulated
power cuts or lost updates that its alternative did not), and what waits at the same moment in one commit, for the disk
is what takes time. Must never know what the tables mean.
"""

import asyncio
import shutil
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, inspect, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import column

from cadenced.core.errors import StoreError
from cadenced.shell.schema import REVISION

GROUP = 64  # pieces of work in one commit: as many as pairs are turned at once, and none waits long
BUSY = 5.0  # seconds to wait for another process's transaction: `thaw` and `status` take milliseconds
FEW_PAGES = 2500  # 10 MB: a smaller file costs nobody anything
DAMAGED = ("malformed", "not a database", "unsupported file format")  # SQLite's words for a file it can't make out
_VERSION = table("alembic_version", column("version_num"))

T = TypeVar("T")


@dataclass(eq=False)
class _Piece:
    """Work that waits for its transaction, and what came of it."""

    work: Callable[[Connection], Any]
    result: Any = None
    error: Exception | None = None

    def run(self, transaction: Callable[[Callable[[Connection], Any]], Any]) -> None:
        try:
            self.result = transaction(self.work)
        except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
            self.error = error


class Database:
    """Runs whole pieces of work, each as one function on one thread: none can read, wait and write."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._raw = connection
        self._engine = _engine(connection)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._waiting: deque[_Piece] = deque()

    @classmethod
    def open(cls, path: Path) -> "Database":
        """The database at `path`, made if need be, with today's tables. StoreError in words when it can't be used."""
        with explained(path), ExitStack() as undo:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            database = cls(_connect(path, timeout=BUSY), path)
            undo.callback(database.close)
            database.check()
            database.migrate()
            undo.pop_all()
        return database

    @classmethod
    def copy(cls, path: Path) -> "Database":
        """A copy in memory of what stands at `path`, or an empty one: to read and to try things out."""
        with explained(path), ExitStack() as undo:
            memory = _connect(":memory:")
            database = cls(memory, path)
            undo.callback(database.close)
            if path.exists() and path.stat().st_size:
                _read(path, memory)
            database.migrate()
            undo.pop_all()
        return database

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` returns, once it is on the disk. StoreError when disk or file fails: then nothing of it happened.

        It shares its transaction with what else waits just then. It may be called twice, the first time for nothing.
        """
        piece = _Piece(work)
        self._waiting.append(piece)
        await asyncio.get_running_loop().run_in_executor(self._executor, self._drain)
        if piece.error is not None:
            raise piece.error
        return cast("T", piece.result)

    def _drain(self) -> None:
        """Commits what waits together; where that fails, each piece by itself, so that it fails for itself alone.

        It is called once for each piece, so after its own call a piece is done, by that or by an earlier one.
        """
        pieces = [self._waiting.popleft() for _ in range(min(len(self._waiting), GROUP))]
        try:
            with self._engine.begin() as connection:
                results = [piece.work(connection) for piece in pieces]
        except Exception:  # noqa: BLE001 - whose fault it is, the second try tells
            for piece in pieces:
                piece.run(self.run_now)
        else:
            for piece, result in zip(pieces, results, strict=True):
                piece.result = result

    def check(self) -> None:
        """Has every commit reach the disk. DatabaseError when SQLite finds its file damaged."""
        for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "foreign_keys=ON"):
            self._raw.execute(f"PRAGMA {pragma}")
        found = self._raw.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise sqlite3.DatabaseError(f"database disk image is malformed: {found[0] if found else 'no answer'}")

    def migrate(self) -> None:
        """Brings the tables to REVISION. Alembic costs 130 ms to import, so it is left alone where all is well."""
        with self._engine.begin() as connection:
            current = None
            if inspect(connection).has_table(_VERSION.name):
                current = connection.execute(select(_VERSION.c.version_num)).scalar()
            if current == REVISION:
                return
            from cadenced import migrations  # noqa: PLC0415 — see above

            if current is not None and current not in migrations.known():
                raise StoreError(
                    f"{self.path} was written by a newer cadenced (revision {current}; this one knows {REVISION}). "
                    "Install that version again, or restore the store from before the upgrade."
                )
            migrations.upgrade(connection, REVISION)

    def shrink(self) -> None:
        """Gives the disk back what the file holds in vain, where that is most of it; not where there is no room to."""
        free, pages = (self._raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
        if free > max(pages // 2, FEW_PAGES):
            with suppress(sqlite3.OperationalError):
                self._raw.execute("VACUUM")

    def run_now(self, work: Callable[[Connection], T]) -> T:
        """As run(), for where there is no event loop yet."""
        with explained(self.path), self._engine.begin() as connection:
            return work(connection)

    def close(self) -> None:
        self._executor.shutdown()
        self._engine.dispose()
        self._raw.close()


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Says what is wrong with the file at `path`, and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_words(error.orig or error, path)) from error
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreError(_words(error, path)) from error


def _words(error: BaseException, path: Path) -> str:
    if path.is_dir():  # SQLite says "disk I/O error"
        return f"the store {path} is a folder. Let [store] path name a file in it, like {path / 'cadenced.db'}."
    said = str(error).lower()
    if isinstance(error, sqlite3.DatabaseError) and any(words in said for words in DAMAGED):
        return (
            f"the store {path} is damaged ({error}). cadenced does not guess what stood in it. Move the file away and "
            f"keep {path}.journal beside it: the next start rebuilds the store from the calendars and the journal, "
            "and nothing is created or sent twice."
        )
    if "full" in said or getattr(error, "errno", None) == 28:
        return f"the disk that holds the store {path} is full. Free some space; nothing is lost, and cadenced goes on."
    if "readonly" in said or "unable to open" in said or isinstance(error, OSError):
        return f"the store {path} cannot be written ({error}). Check who owns the folder, or set [store] path."
    if "locked" in said:
        return f"the store {path} is held by another program ({error}). Try again when it is done."
    return f"the store {path} failed: {error}"


def _connect(where: Path | str, timeout: float = 0.0) -> sqlite3.Connection:
    """Transactions are ours to begin; the one connection serves the one thread, and the one that opens and closes."""
    return sqlite3.connect(where, isolation_level=None, check_same_thread=False, timeout=timeout)


def _read(path: Path, memory: sqlite3.Connection) -> None:
    """All that is committed at `path`. What a crash left half done is undone in a copy: the file is the daemon's."""
    try:
        _back_up(f"{path.absolute().as_uri()}?mode=ro", memory)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise
        with TemporaryDirectory() as folder:
            for name in (path.name, f"{path.name}-journal"):
                shutil.copy(path.with_name(name), folder)
            _back_up(Path(folder, path.name).as_uri(), memory)


def _back_up(uri: str, memory: sqlite3.Connection) -> None:
    source = sqlite3.connect(uri, uri=True, timeout=BUSY)
    try:
        source.backup(memory)
    finally:
        source.close()


def _engine(connection: sqlite3.Connection) -> Engine:
    engine = create_engine("sqlite+pysqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def _begin(opened: Connection) -> None:
        opened.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
