"""The lines of keys in a TOML file, which no TOML library for Python tells.

Owns a scan that is right for what people write, and only ever used for a message. Must never know what a key means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_PARTS = re.compile(_PART)
_DOTTED = rf"({_PART}(?:\s*\.\s*{_PART})*)"
_HEADER = re.compile(rf"\s*(\[\[?)\s*{_DOTTED}\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*{_DOTTED}\s*=")
_LONG_TEXT = re.compile(r"\"\"\"|'''")

Path = tuple[str, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, of a key path, or of the nearest table or key around it; 1 where nothing of it is found."""
    lines = _lines(text)
    wanted = tuple(map(str, path))
    return next((lines[wanted[:n]] for n in range(len(wanted), 0, -1) if wanted[:n] in lines), 1)


@lru_cache(maxsize=4)  # files: a text with thousands of errors is scanned once
def _lines(text: str) -> Mapping[Path, int]:
    found: dict[Path, int] = {}
    for number, key in _keys(text):
        for n in range(1, len(key) + 1):
            found.setdefault(key[:n], number)
    return found


def _keys(text: str) -> Iterator[tuple[int, Path]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        if not within and (header := _HEADER.match(line)):
            table = _split(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            yield number, table
        elif not within and (key := _KEY.match(line)):
            yield number, (*table, *_split(key[1]))
        within ^= len(_LONG_TEXT.findall(line)) % 2 == 1


def _split(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PARTS.findall(dotted))
