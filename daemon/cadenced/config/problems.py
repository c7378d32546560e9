"""What is wrong with a configuration, all at once: where, what, and what to do.

Owns the lines of keys in a TOML file, which no TOML library for Python tells. Must never know what a key means.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cadenced.core.errors import ConfigError

_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


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
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(word: str, known: Iterable[str]) -> str:
    """` did you mean "…"?`, or what there is, or nothing: to be put behind an error about a name."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if not close:
        lower = {name.lower(): name for name in names}
        close = [lower[c] for c in difflib.get_close_matches(word.lower(), list(lower), n=1, cutoff=0.6)]
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; there are: {', '.join(names[:8])}" if names and len(names) <= 8 else ""


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line of a key path, or of the nearest table or key around it; 1 where nothing of it is found."""
    wanted = [str(part) for part in path]
    best, found = 0, 1
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _parts(header[1])
            if line.lstrip().startswith("[["):
                name = ".".join(table)
                counts[name] = counts.get(name, -1) + 1
                table = [*table, str(counts[name])]
            here = table
        elif key := _KEY.match(line):
            here = [*table, *_parts(key[1])]
        else:
            continue
        depth = len(here) if wanted[: len(here)] == here else 0
        if depth > best:
            best, found = depth, number
    return found


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]
