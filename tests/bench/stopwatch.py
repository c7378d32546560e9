"""How long something takes, by the clock that never goes back, or by the processor's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter


@contextmanager
def stopwatch(clock: Callable[[], float] = perf_counter) -> Iterator[Callable[[], float]]:
    """Yields a function that tells the seconds since; after the block, those of the block."""
    begin, end = clock(), None
    yield lambda: (end or clock()) - begin
    end = clock()
