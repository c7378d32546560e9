"""Plain text as people read it: lines of 72 characters (RFC 3676 §4.2 recommends no more than 78).

Owns the wrapping of a text part, and how its subject is told from its body. Must never know a template.
"""

import re
import textwrap

COLUMNS = 72
SUBJECT = "Subject:"
_LEAD = re.compile(r"[ ]*(?:(?:[-*•>]|\d{1,2}[.)])[ ]+)?")
_BLANKS = re.compile(r"\n{3,}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # what could begin a new header or hide a text


def one_line(text: str) -> str:
    """The text on one line, whatever it held: for a header."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def subject_and_body(text: str) -> tuple[str, str]:
    """What a text template wrote: a first line `Subject: …`, if it has one, and the rest, wrapped."""
    first, _, rest = text.lstrip().partition("\n")
    if first.startswith(SUBJECT):
        return one_line(first.removeprefix(SUBJECT)), wrapped(rest)
    return "", wrapped(text)


def wrapped(text: str) -> str:
    """Each line at COLUMNS, hanging under its own beginning; a word that is longer, such as a URL, stays whole."""
    lines = "\n".join(_wrap(line) for line in text.splitlines())
    return _BLANKS.sub("\n\n", lines).strip("\n") + "\n"


def _wrap(line: str) -> str:
    line = line.expandtabs(4).rstrip()
    if len(line) <= COLUMNS:
        return line
    lead = _LEAD.match(line)
    indent = " " * len(lead[0] if lead else "")
    return textwrap.fill(line, COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
