"""One daemon per store: an advisory lock that dies with its process.

Must never know what the store holds.
"""

import fcntl
import os
from pathlib import Path

from cadenced.core.errors import StoreError


class Lock:
    """Held from construction until release(). StoreError, with the holder's pid, when another process has it."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise StoreError(
                f"another cadenced (pid {holder}) keeps the store {path.with_suffix('')}. It applies by itself; "
                "`cadenced plan` and `cadenced status` may run beside it."
            ) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        os.close(self._file)  # the file stays: removing it would race with the next holder
