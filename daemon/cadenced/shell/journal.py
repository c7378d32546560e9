"""The append-only journal beside the store: what no calendar could give back if the store were lost.

One line each, ASCII: `sent KEY MESSAGE-ID MOMENT` and `deleted UID ACCOUNT PAIR MOMENT`, the words percent-encoded. It
is written and synced *before* the transaction that it belongs to commits: a line too many says what is about to be true
anyway (the mail was accepted, the deletion was seen), while one too few would send or create again.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from cadenced.core.errors import StoreError

WORDS = {"sent": 3, "deleted": 4}  # after the verb


class Journal:
    """`path` None keeps none: for a copy in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def append(self, entries: Sequence[tuple[str, ...]]) -> None:
        """Writes and syncs. StoreError when the disk won't take it; a torn line is then ended, so the next is whole."""
        if self.path is None or not entries:
            return
        text = "".join(" ".join(quote(word, safe="") for word in entry) + "\n" for entry in entries)
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                lead = b"" if _ends_a_line(file) else b"\n"
                _write(file, lead + text.encode())
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            raise StoreError(
                f"cannot write {self.path}: {error.strerror}. Free space there; nothing is lost."
            ) from error

    def entries(self) -> Iterator[tuple[str, ...]]:
        """Every whole line; torn ones (a power cut) are passed over."""
        if self.path is None:
            return
        with suppress(FileNotFoundError), self.path.open("rb") as lines:
            for line in lines:
                words = tuple(unquote(word.decode("ascii", "replace")) for word in line.split())
                if line.endswith(b"\n") and words and WORDS.get(words[0]) == len(words) - 1:
                    yield words


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _ends_a_line(file: int) -> bool:
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"
