"""Words in lines of a terminal that stay together under what they belong to."""

from textwrap import wrap

NARROWEST = 30  # signs of a line, however narrow the terminal


def wrapped(begin: str, words: str, width: int) -> list[str]:
    """In lines: the first begins like that, the others are indented as far."""
    lines = wrap(words, max(width - len(begin), NARROWEST), break_on_hyphens=False, break_long_words=False)
    return [f"{' ' * len(begin) if number else begin}{line}" for number, line in enumerate(lines)]
