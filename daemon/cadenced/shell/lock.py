"""One daemon per store: an advisory lock that dies with its process.

Must never know what the store holds.
"""

import fcntl
import os
from pathlib import Path

from cadenced.core.errors import LockedError, StoreError


class Lock:
    """Held from construction until release(). LockedError, with the holder's pid, when another cadenced has it, and
    StoreError when it is something else; OSError when the file can't be used.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.truncate()
            self._file.write(f"{os.getpid()}\n".encode())
        except BlockingIOError:
            holder = self._file.read(20).decode("ascii", "replace").strip()
            self._file.close()
            raise _held(path, holder) from None
        except OSError:
            self._file.close()
            raise

    def release(self) -> None:
        """Once or more often. The file stays: removing it would race with the next holder."""
        self._file.close()


def _held(path: Path, holder: str) -> StoreError:
    """What a second process hears. A holder that took the lock without a word of its own is no cadenced."""
    if holder.isdecimal() and Path("/proc", holder).exists():
        return LockedError(
            f"another cadenced (pid {holder}) keeps the store {path.with_suffix('')}. It applies by itself; "
            "`cadenced plan` and `cadenced status` may run beside it."
        )
    return StoreError(
        f"{path} is locked by something that is no cadenced; `fuser {path}` tells what, so that it can end"
    )
