"""What is wrong with a configuration, all at once: where, what, and what to do.

Owns how a problem reads. Must never know what a key means.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from cadenced.core.errors import ConfigError
from cadenced.core.model import Pair

SHOWN = 100  # problems in one text: nobody reads more, and a log line has an end
FEW = 8  # names: so many are listed when none of them is near, or when the same is wrong with all of them
HINT = "; did you mean"

T = TypeVar("T")


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
        alike = _alike((problem.path, problem.text, problem) for problem in self.problems)
        first = {id(several[0]): len(several) for several in alike}
        many = {id(each) for several in alike if len(several) > FEW for each in several}
        lines = [
            f"{each} (and {first[id(each)] - 1:,} more like it)" if id(each) in many else str(each)
            for each in self.problems
            if id(each) not in many or id(each) in first
        ]
        more = len(lines) - SHOWN
        super().__init__("\n".join([*lines[:SHOWN], *([f"and {more} more"] if more > 0 else [])]))


def grouped(warnings: Iterable[str], called: Mapping[str, str]) -> list[str]:
    """A programme's warnings, each with whom it is about: those that differ in nothing else are one, in the words of
    the first, and the most frequent come first. `called`: the people's names by id.
    """
    told = ((*_about(warning), warning) for warning in warnings)
    several = _alike((path, _unnamed(text, called.get(_named(path), "")), each) for path, text, each in told)
    return [_as_one(each) for each in sorted(several, key=len, reverse=True)]


def about(warnings: Iterable[str], pair: Pair | None) -> tuple[str, ...]:
    """Those of a programme's warnings that are about a pair or one of its people."""
    names = {("pairs", pair.id), *(("people", person.id) for person in pair.people)} if pair else set()
    paths = ((_about(each)[0], each) for each in warnings)
    return tuple(each for path, each in paths if (path.partition(".")[0], _named(path)) in names)


def _alike(told: Iterable[tuple[str, str, T]]) -> list[list[T]]:
    """Those whose paths differ in nothing but the second word, a name, and whose texts are the same but for a hint at
    the name that may be meant. In order of the first of each.
    """
    found: dict[tuple[str, ...], list[T]] = {}
    for path, text, each in told:
        table, _, rest = path.partition(".")
        found.setdefault((table, rest.partition(".")[2], text.partition(HINT)[0]), []).append(each)
    return list(found.values())


def _as_one(alike: Sequence[str]) -> str:
    if len(alike) == 1:
        return alike[0]
    path, text = _about(alike[0])
    table, _, rest = path.partition(".")
    key = rest.partition(".")[2]
    names = [_named(_about(each)[0]) for each in alike]
    who = f"{len(names):,} {table}, as {names[0]}" if len(names) > FEW else f"{table} {', '.join(names)}"
    return f"{who}: {key}: {text}" if key else f"{who}: {text}"


def _about(warning: str) -> tuple[str, str]:
    """The path and the words."""
    path, _, text = warning.partition(": ")
    return path, text


def _unnamed(text: str, name: str) -> str:
    """The words without a name, where there is one to leave out."""
    return text.replace(name, "") if name else text


def _named(path: str) -> str:
    return [*path.split("."), ""][1]


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
        return f'{HINT} "{lower[close[0]]}"?'
    names = sorted({name for _, name in known})
    return f"; there are: {', '.join(names)}" if 0 < len(names) <= FEW else ""
