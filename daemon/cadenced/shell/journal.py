"""The append-only journal beside the store: what no calendar could give back if the store were lost.

One line each, ASCII: `sent KEY MESSAGE-ID MOMENT DAY`, `deleted UID ACCOUNT PAIR MOMENT WRITTEN`, `answered ID ANSWER`
and `secret SECRET`, the words percent-encoded; DAY is the reader's, and WRITTEN the baseline of what was deleted, which
older lines lack; ANSWER is JSON; SECRET is what the tokens of our mails are made with. In front stands `#CHECK.LENGTH`:
CRC-32 and bytes of all that follows, in hexadecimal. A shorter line is torn, and belonged to nothing that came to be;
another one that does not fit is damaged. Older lines begin with the verb, and are read as they are. A line is written
and synced *before* the transaction that it belongs to commits: a line too many says what is about to be true anyway
(the mail was accepted, the deletion was seen), while one too few would send or create again. A database keeps how far
in the journal it is, so that one that was lost, is older, or missed a commit catches up from there.
"""

import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

import structlog

from cadenced.core.errors import StoreError

log = structlog.get_logger("cadenced")

WORDS = {"sent": (4, 3), "deleted": (5, 4), "answered": (2,), "secret": (1,)}  # after the verb


class Read(NamedTuple):
    """`entries` are the words of the lines that can be read; `size` is how long the journal is, in bytes; `damaged` how
    many lines can't be, though they may have said something.
    """

    entries: list[tuple[str, ...]]
    size: int = 0
    damaged: int = 0


class Journal:
    """`path` None keeps none: for a copy in memory."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def append(self, entries: Sequence[tuple[str, ...]]) -> int:
        """Writes and syncs; returns how long the journal is then, in bytes. StoreError when the disk won't take it, and
        nothing of it stays; what a power cut tore is ended by the next call, so that the next line is whole.
        """
        if self.path is None:
            return 0
        text = b"".join(map(_line, entries))
        try:
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                before = os.fstat(file).st_size
                lead = b"" if _ends_a_line(file, before) else b"\n"
                try:
                    _write(file, lead + text)
                    os.fsync(file)
                except OSError:
                    with suppress(OSError):  # what can't be taken back is a torn line
                        os.ftruncate(file, before)
                    raise
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

    def read(self, since: int = 0) -> Read:
        """Every whole line from a byte on; torn lines (a power cut, a full disk) are passed over, and so are damaged
        ones, which are counted. StoreError when it is there and can't be read: without it things would be sent and
        created again.
        """
        if self.path is None or not self.path.exists():
            return Read([])
        try:
            with self.path.open("rb") as file:
                file.seek(since)
                lines, size = file.readlines(), file.tell()
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}. Check who owns it.") from error
        entries = [words for line in lines if (words := _words(line))]
        unread = [line for line in lines if line.strip() and not _words(line)]
        damaged = sum(line.endswith(b"\n") and not _torn(line) for line in unread)
        if unread:
            log.warning("lines of the journal are passed over", path=str(self.path), lines=len(unread), damaged=damaged)
        return Read(entries, size, damaged)


def _line(entry: tuple[str, ...]) -> bytes:
    text = " ".join(quote(word, safe="") for word in entry).encode()
    return b"#%08x.%x %s\n" % (zlib.crc32(text), len(text), text)


def _words(line: bytes) -> tuple[str, ...]:
    """The words of a whole line; none of any other."""
    text = line.removesuffix(b"\n")
    if line.startswith(b"#"):
        seal, _, text = text.partition(b" ")
        if seal != b"#%08x.%x" % (zlib.crc32(text), len(text)):
            return ()
    words = tuple(unquote(word.decode("ascii", "replace")) for word in text.split())
    return words if line.endswith(b"\n") and words and len(words) - 1 in WORDS.get(words[0], ()) else ()


def _torn(line: bytes) -> bool:
    """Whether the rest of an unreadable line was never written: then what it belonged to never came to be."""
    seal, space, text = line.removesuffix(b"\n").partition(b" ")
    check, dot, length = seal.partition(b".")
    if not line.startswith(b"#"):
        return False
    try:
        return not (space and dot) or (len(check) == 9 and len(text) < int(length, 16))
    except ValueError:
        return False


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
