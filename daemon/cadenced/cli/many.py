"""How a large programme is told: totals and what needs somebody, in so many lines as are read, and never every pair.

`--json` is complete.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console

from cadenced.config.problems import grouped
from cadenced.core.model import Programme

MANY = 50  # pairs: a line for each of more is read by nobody
SHOWN = 20  # lines of one kind: a screen


def few(lines: Sequence[str], more: str = "", limit: int = SHOWN) -> list[str]:
    """At most so many, then how many are left out, and `more`: what shows them, unless that is said further down."""
    left = len(lines) - limit
    return [*lines[:limit], f"… and {left:,} more{more and f'; {more}'}"] if left > 0 else list(lines)


def show_warnings(programme: Programme, out: Console) -> None:
    """The programme's warnings, those alike as one."""
    called = {person.id: person.name for pair in programme.pairs.values() for person in pair.people}
    told(grouped(programme.warnings, called), out)


def told(warnings: Iterable[str], out: Console) -> None:
    for line in few([f"warning: {each}" for each in warnings], "`cadenced check --json` lists them all."):
        out.print(line, style="yellow", markup=False)


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
