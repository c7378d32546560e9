"""What is wrong with a configuration, all at once: where, what, and what to do.

Owns how a problem reads. Must never know what a key means.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cadenced.core.errors import ConfigError

SHOWN = 100  # problems in one text: nobody reads more, and a log line has an end
FEW = 8  # names: so many are listed when none of them is near


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1; 0 where there is none. `path` is the dotted key path, or empty."""

    file: Path | str
    line: int
    path: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.path}: {self.text}" if self.path else f"{where}: {self.text}"


class ConfigProblems(ConfigError):  # noqa: N818 — it holds several
    """Every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (str(p.file), p.line, p.path)))
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        more = len(self.problems) - SHOWN
        super().__init__("\n".join([*lines, *([f"and {more} more"] if more > 0 else [])]))


def nearest(word: str, known: Iterable[str]) -> str:
    """` did you mean "…"?`, or what there is, or nothing: to be put behind an error about a name."""
    return _nearest(word, frozenset((name, name) for name in known))


def meant(word: str, called: Mapping[str, str]) -> str:
    """The same of names that go by others as well: `called` maps each of those to the name, and the name to itself."""
    return _nearest(word, frozenset(called.items()))


@lru_cache(maxsize=256)  # one misspelt word stands in many stanzas
def _nearest(word: str, known: frozenset[tuple[str, str]]) -> str:
    lower = {called.lower(): name for called, name in sorted(known)}
    close = difflib.get_close_matches(word.lower(), lower, n=1)
    if close:
        return f'; did you mean "{lower[close[0]]}"?'
    names = sorted({name for _, name in known})
    return f"; there are: {', '.join(names)}" if 0 < len(names) <= FEW else ""
