"""One pairs file as it was read: what of it fits its shape, and what is wrong with the rest.

Must never know another file, nor whether a name that is used exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.reading import parse, read_text, shaped
from cadenced.config.shapes import FileShape


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read. `stat` is its modification time in ns and its size; `broken` holds the stanzas that
    don't fit their shape, as TOML gave them: others may name them, and what they name is checked all the same.
    """

    path: Path
    stat: tuple[int, int]
    text: str
    shape: FileShape
    broken: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def stat_of(path: Path) -> tuple[int, int]:
    """Modification time in ns and size; zeros where there is no file: reading it will say what is wrong."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def read_source(path: Path) -> Source:
    """ConfigProblems when it cannot be read or is no TOML; what doesn't fit its shape is in the source's `problems`."""
    stat = stat_of(path)  # before the text: a save in between is seen next time
    text = read_text(path)
    data = parse(path, text)
    try:
        return Source(path, stat, text, shaped(FileShape, path, text, data))
    except ConfigProblems as found:
        return _salvaged(Source(path, stat, text, FileShape(), {}, found.problems), data)


def _salvaged(source: Source, data: dict[str, Any]) -> Source:
    """What of a file with errors fits its shape, so that names are checked in the same go."""
    good: dict[str, dict[str, Any]] = {}
    broken: dict[tuple[str, str], Any] = {}
    for table in FileShape.model_fields:
        stanzas = data.get(table)
        for name, stanza in stanzas.items() if isinstance(stanzas, dict) else ():
            try:
                FileShape.model_validate({table: {name: stanza}})
                good.setdefault(table, {})[name] = stanza
            except ValidationError:
                broken[table, name] = stanza
    return replace(source, shape=FileShape.model_validate(good), broken=broken)
