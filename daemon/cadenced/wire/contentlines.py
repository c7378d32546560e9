"""Content lines (RFC 5545 §3.1): finding those of a component, and reading a text. Each stays as it is, to the byte.

Here because a library that parses an event and writes it again loses what it does not understand, and what people put
into their events must stay (DESIGN §7). Must never know what a property means, save which event is the main one.
"""

import re
from collections.abc import Iterator

_BREAK = re.compile(r"\r?\n(?![ \t])")
_FOLD = re.compile(r"\r?\n[ \t]")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_VALUE = re.compile(r'(?:[^":]|"[^"]*")*:(.*)', re.DOTALL)  # a colon within quotes belongs to a parameter (§3.2)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def split(text: str) -> list[str]:
    """The content lines of a text, each with its own folds."""
    return [line for line in _BREAK.split(text) if line]


def unfold(text: str) -> str:
    return _FOLD.sub("", text)


def name_of(line: str) -> str:
    """The property's name, in capitals; empty when the line has none."""
    found = _NAME.match(unfold(line))
    return found[0].upper() if found else ""


def value_of(line: str) -> str:
    found = _VALUE.match(unfold(line))
    return found[1] if found else ""


def text_of(line: str) -> str:
    """The value as a TEXT (§3.3.11): a backslash guards the character after it, or with "n" means a new line."""
    return _ESCAPED.sub(lambda pair: "\n" if pair[1] in "nN" else pair[1], value_of(line))


def escaped(text: str) -> str:
    """The inverse of text_of()'s second half; line ends of any kind become new lines."""
    plain = re.sub(r"([\\;,])", r"\\\1", text)
    return re.sub(r"\r\n|\r|\n", r"\\n", plain)


def components(lines: list[str], name: str) -> Iterator[range]:
    """Where each component of that name is: the numbers of its lines, BEGIN and END included."""
    first = None
    for number, line in enumerate(lines):
        words = (name_of(line), value_of(line).strip().upper())
        if words == ("BEGIN", name):
            first = number
        elif words == ("END", name) and first is not None:
            yield range(first, number + 1)
            first = None


def own(lines: list[str], span: range) -> Iterator[int]:
    """The numbers of a component's own property lines: not its BEGIN and END, nor those of components within."""
    depth = 0
    for number in span[1:-1]:
        name = name_of(lines[number])
        depth += name == "BEGIN"
        if depth == 0:
            yield number
        depth -= name == "END"


def main_event(lines: list[str]) -> range:
    """Where the VEVENT is that is no exception of a recurring one (§3.8.4.4). ValueError when there is none."""
    for span in components(lines, "VEVENT"):
        if all(name_of(lines[number]) != "RECURRENCE-ID" for number in own(lines, span)):
            return span
    raise ValueError("it holds no event")
