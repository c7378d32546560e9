"""What a person wrote themselves in a mail: without what they quote, and without their signature.

Owns what mail programs put around an answer. Must never know what an answer means. Never raises, whatever the text is.
"""

import re

from mailparser_reply.parser import EmailMessage

LANGUAGES = ("en", "de")  # of the words by which mail programs begin a quotation
LINES = 40  # non-empty lines that are looked at, quotations apart: whoever answers above needs ten of them
COLUMNS = 160  # characters of a line that the library is shown: its patterns take the cube of it
LONGEST = 1000  # characters of a line that are read: a paragraph
READ = 1 << 15  # characters of a text: what we wrote, quoted, and an answer below it
_LONG = "\x1a"  # stands, with a number, for a line that is too long
# a line by which the rest is a signature or a quotation, as far as the library does not know it. In none of these can
# two parts share out the same words in several ways: that would take the square or the cube of a line.
_END = re.compile(
    r"""
    [-_=*]{3,}.*                                             # a rule, or "----- Ursprüngliche Nachricht -----"
    |--                                                      # RFC 3676 §4.3, with its space or without
    |(von|mit|über)\ (mein|dem|der)\S*\ .*\ gesendet\.?      # Apple's and Google's
    |(sent|gesendet|verschickt)\ (from|with|via|by|von|mit|über)\ .*
    |(get|hol\w*|laden)\ .*\boutlook\ (for|für)\ .*|outlook\ (for|für)\ .*
    |diese\ nachricht\ wurde\ .*\ gesendet\.?
    |(von|from|gesendet|sent|datum|date):\ \D*+\d.*          # the head of a quoted mail, or what is left of it
    |(on|am)\ \D*+\d.*\ wrote\s?:                            # with a name that the library can't follow
    |(on|am)\ \D*+\d(?>.*?\ schrieb\b).*:
    |(mit\ )?((freundlich|lieb|viel|best|schön|herzlich|sonnig)\w*\ )?(grüße?n?|grüsse?n?|gruß|gruss|greetings)\b.{0,60}
    |((best|kind|warm|many)\ )?(regards|wishes)\b.{0,60}|all\ the\ best\b.{0,60}
    |(lg|vg|mfg|bg|cheers|yours)[,.!]?(\ [\w.'’´-]+){0,3}|best[,.!]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FROM = re.compile(r"^[* ]*(?:From|Von):", re.IGNORECASE | re.MULTILINE)


def own_lines(text: str) -> list[str]:
    """The non-empty lines that the writer added, at most LINES, each without blanks around it."""
    lines = [line.strip()[:LONGEST].rstrip() for line in text[:READ].splitlines()]
    quotes = any(line.startswith(">") for line in lines)
    shown = _unquoted(lines)
    long = {f"{_LONG}{number}": line for number, line in enumerate(shown) if len(line) > COLUMNS}
    short = [f"{_LONG}{number}" if len(line) > COLUMNS else line for number, line in enumerate(shown)]
    try:
        replies = EmailMessage("\n".join(short), [*LANGUAGES], keep_hyphen_lists=True).read().replies
    except Exception:  # noqa: BLE001 — it is a heap of patterns, and promises nothing
        return []
    first = replies[0]
    if first.headers and not quotes:  # nothing above the head of a mail whose text is not marked: all of it is quoted
        return []
    return _until_end([long.get(line.strip(), line.strip()) for line in first.body.splitlines()])


def _unquoted(lines: list[str]) -> list[str]:
    """Without what is marked as quoted, and without more blank lines than one after the other."""
    kept, filled = list[str](), 0
    for line in lines:
        if line.startswith(">") or (not line and kept[-1:] == [""]):
            continue
        filled += line != ""
        if filled > LINES:
            break
        kept.append(line)
    return kept


def _until_end(lines: list[str]) -> list[str]:
    """What stands above the signature. The first line is none, but for one that is a rule."""
    kept = list[str]()
    for line in filter(None, lines):
        if _END.fullmatch(line):
            break
        kept.append(line)
    return kept
