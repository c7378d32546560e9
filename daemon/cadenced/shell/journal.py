"""The append-only journal beside the store: what no calendar could give back if the store were lost.

One line each, ASCII: `sent KEY MESSAGE-ID MOMENT`, `deleted UID ACCOUNT PAIR MOMENT WRITTEN`, `answered ID ANSWER` and
`secret SECRET`, the words percent-encoded; WRITTEN is the baseline of what was deleted, and older lines have none;
ANSWER is JSON; SECRET is what the tokens of our mails are made with. A line is written and synced
*before* the transaction that it belongs to commits: a line too many says what is about to be true anyway (the mail was
accepted, the deletion was seen), while one too few would send or create again. A database keeps how far in the journal
it is, so that one that was lost, is older, or missed a commit catches up from there.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from cadenced.core.errors import StoreError

WORDS = {"sent": (3,), "deleted": (5, 4), "answered": (2,), "secret": (1,)}  # after the verb


class Journal:
    """`path` None keeps none: for a copy in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def append(self, entries: Sequence[tuple[str, ...]]) -> int:
        """Writes and syncs; returns how long the journal is then, in bytes. StoreError when the disk won't take it; a
        torn line is ended by the next call, so that the next line is whole.
        """
        if self.path is None:
            return 0
        text = "".join(" ".join(quote(word, safe="") for word in entry) + "\n" for entry in entries)
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                before = os.fstat(file).st_size
                lead = b"" if _ends_a_line(file, before) else b"\n"
                _write(file, lead + text.encode())
                os.fsync(file)
                after = os.fstat(file).st_size
            finally:
                os.close(file)
            if not before:
                _sync_folder(self.path.parent)
        except OSError as error:
            raise StoreError(
                f"cannot write {self.path}: {error.strerror}. Free space there; nothing is lost."
            ) from error
        return after

    def read(self, since: int = 0) -> tuple[list[tuple[str, ...]], int]:
        """Every whole line from a byte on, and how long the journal is; torn lines (a power cut) are passed over.
        StoreError when it is there and can't be read: without it things would be sent and created again.
        """
        if self.path is None or not self.path.exists():
            return [], 0
        try:
            with self.path.open("rb") as file:
                file.seek(since)
                lines = file.readlines()
                return [words for line in lines if (words := _words(line))], file.tell()
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}. Check who owns it.") from error


def _words(line: bytes) -> tuple[str, ...]:
    """The words of a whole line; none of any other."""
    words = tuple(unquote(word.decode("ascii", "replace")) for word in line.split())
    return words if line.endswith(b"\n") and words and len(words) - 1 in WORDS.get(words[0], ()) else ()


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _ends_a_line(file: int, size: int) -> bool:
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"


def _sync_folder(folder: Path) -> None:
    """After the first line: a power cut must not take the file's name away (fsync(2))."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
