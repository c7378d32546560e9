"""Progress of long work, on a terminal only and on standard error, so that output stays output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cadenced.cli.options import err

Step = Callable[[str, int, int], None]  # what, done, of how many


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """Yields a function to report with; where nobody watches it does nothing."""
    if not err.is_terminal:
        yield lambda _what, _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
