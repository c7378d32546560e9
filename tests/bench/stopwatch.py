"""How long something takes, by the clock that never goes back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Yields a function that tells the seconds since; after the block, those of the block."""
    begin, end = perf_counter(), None
    yield lambda: (end or perf_counter()) - begin
    end = perf_counter()
