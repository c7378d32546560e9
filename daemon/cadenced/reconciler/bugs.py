"""A bug of ours that one account brings to light ends at that account.

Owns how it is told. Must never know what is done about it, nor when it is tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from cadenced.core.errors import BugError, CadencedError

log = structlog.get_logger("cadenced")

LONGEST = 200  # characters of what it said


def in_words(bug: Exception) -> str:
    return f"{type(bug).__name__}: {bug}"[:LONGEST]


@contextmanager
def told_as_bug(account: str) -> Iterator[None]:
    """Raises whatever no error of ours speaks of as a BugError; the log has its traceback."""
    try:
        yield
    except CadencedError:
        raise
    except Exception as bug:
        log.exception("a bug kept an account from being looked at; the others go on", account=account)
        words = f"A bug of cadenced shows with what its server answers ({in_words(bug)})."
        raise BugError(f"{words} It is tried again by itself; please report it with the lines of the log.") from bug
