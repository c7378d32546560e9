"""The plain text of an HTML mail: its lines as people see them, with what is quoted marked by ">".

Owns which elements end a line. Must never know what the text means. Never raises, whatever the text is.
"""

import re

from lxml import etree

LARGEST = 1 << 20  # bytes of HTML that are read: Outlook writes 100 kB around one word
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_LINES = frozenset(
    {"address", "article", "blockquote", "br", "div", "dl", "dd", "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5"}
    | {"h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td", "th", "tr", "ul"}
)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_RULE = "_" * 32  # as Outlook writes it in plain text: what follows is the mail that it answers


def plain(html: str) -> str:
    """One line for each that is seen; those of a blockquote begin with ">"."""
    raw = html.encode("utf-8", "replace")[:LARGEST]
    try:
        root = etree.fromstring(raw, etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError):
        return ""
    return _Lines().of(root) if root is not None else ""


class _Lines:
    def __init__(self) -> None:
        self._lines = [""]
        self._quoted = 0
        self._unseen = 0

    def of(self, root: etree._Element) -> str:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._begin(tag)
                self._add(element.text)
            else:
                self._end(tag)
                self._add(element.tail)
        return "\n".join(line.strip() for line in self._lines).strip("\n")

    def _begin(self, tag: str) -> None:
        self._unseen += tag in _UNSEEN
        self._quoted += tag == "blockquote"
        if tag == "br":
            self._lines.append("")
        self._break(tag)
        if tag == "hr":
            self._add(_RULE)

    def _end(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        self._quoted -= tag == "blockquote"
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _LINES and self._lines[-1].strip("> "):
            self._lines.append("")
        if not self._lines[-1].strip("> "):
            self._lines[-1] = "> " * (self._quoted > 0)

    def _add(self, text: str | None) -> None:
        if text and not self._unseen:
            self._lines[-1] += _SPACES.sub(" ", text)
