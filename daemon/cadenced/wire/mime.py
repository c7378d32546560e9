"""The parts of a mail (RFC 2045, RFC 2046), found without building all of them first.

Owns what a mail may cost before anybody looks at it: its size, its headers, how many parts it has and how deep they
lie. Must never know what a header or a part means to us. Never raises, whatever the bytes are.

The standard library decodes a part, but does not look for the parts: it would build ten thousand of them, and recurse
into each message within a message.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message

HEAD = 1 << 17  # bytes of one header section that are read: Postfix lets 100 kB pass, and 10 are a lot
FIELDS = 500  # headers of one section: a mail that went through ten servers has a hundred
VALUE = 1 << 14  # characters of one header: a list of 400 addresses
PARTS = 200  # of one mail: a newsletter with a hundred pictures has half as many
DEPTH = 8  # of multiparts within multiparts: signed, mixed, related and alternative are four
CHARSET = "utf-8"
# codecs of Python that are no charset of a mail: they are slow, warn, or only raise
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"})
_END_OF_HEAD = re.compile(rb"\A\r?\n|\r?\n\r?\n")
_LINE = re.compile(r"\r\n|\r|\n")
_FOLD = re.compile(r"(?:\r\n|\r|\n)(?=[ \t])")
_NAME = re.compile(r"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """One part, or the mail itself: its headers by name in small letters, each value unfolded and otherwise as it
    stands, and what follows them.
    """

    fields: Mapping[str, tuple[str, ...]]
    body: bytes

    def first(self, name: str) -> str:
        """The topmost header of that name; empty when there is none."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def type(self) -> str:
        """The content type, in small letters: text/plain where it says none, or nothing that can be read."""
        return _described(self.first("content-type")).get_content_type()

    @property
    def attached(self) -> bool:
        """Whether it is to be kept rather than shown (RFC 2183 §2.2)."""
        return self.first("content-disposition").strip().lower().startswith("attachment")

    def parameter(self, name: str) -> str:
        """Of the content type; empty when there is none."""
        try:
            found = _described(self.first("content-type")).get_param(name, "")
            text = found[2] if isinstance(found, tuple) else str(found)
        except Exception:  # noqa: BLE001 — anything may stand there, and the library raises many things
            return ""
        return text.strip()

    def content(self) -> bytes:
        """The body without its transfer encoding; what is broken in it is left out or stays as it is."""
        holder = Message()
        holder["Content-Transfer-Encoding"] = self.first("content-transfer-encoding").strip() or "8bit"
        holder.set_payload(self.body.decode("ascii", "surrogateescape"))
        try:
            decoded = holder.get_payload(decode=True)
        except Exception:  # noqa: BLE001 — as above
            return self.body
        return decoded if isinstance(decoded, bytes) else self.body

    def text(self, limit: int) -> str:
        """The content as text, with LF line ends: the first `limit` bytes of it."""
        content = self.content()[:limit]
        return _LINE.sub("\n", decoded(content, self.parameter("charset") or CHARSET))


@dataclass
class Walk:
    """The leaves of a mail in their order; `problem` is said once the walk is over."""

    problem: str = ""
    found: int = field(default=0)

    def leaves(self, part: Part, depth: int = 0) -> Iterator[Part]:
        """What is no multipart. A message within the mail is a leaf: what stands in it, somebody else said."""
        boundary = part.parameter("boundary") if part.type.startswith("multipart/") else ""
        if not boundary:
            yield part
            return
        if depth == DEPTH:
            self.problem = f"its parts lie deeper than {DEPTH} levels"
            return
        for piece in self._pieces(part.body, boundary):
            yield from self.leaves(parse(piece), depth + 1)

    def _pieces(self, body: bytes, boundary: str) -> list[bytes]:
        """What stands between the boundaries (RFC 2046 §5.1.1), as many as the mail may still have."""
        line = re.compile(rb"(?:\A|\r?\n)--" + re.escape(_bytes(boundary)) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
        pieces, start = list[bytes](), -1
        for mark in line.finditer(body):
            if start >= 0:
                pieces.append(_after_break(body[start : mark.start()]))
                self.found += 1
            start = -1 if mark[1] else mark.end()
            if mark[1]:
                break
            if self.found >= PARTS:
                self.problem = f"it has more than {PARTS} parts"
                return pieces
        if start >= 0:  # the last boundary is missing: the mail was cut off
            pieces.append(_after_break(body[start:]))
            self.found += 1
        return pieces


def parse(raw: bytes) -> Part:
    """The headers and the body of a mail or a part."""
    end = _END_OF_HEAD.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    fields: dict[str, tuple[str, ...]] = {}
    for line in _LINE.split(_FOLD.sub("", _text(head[:HEAD])))[:FIELDS]:
        if found := _NAME.match(line):
            name = found[1].lower()
            fields[name] = (*fields.get(name, ()), found[2].strip()[:VALUE])
    return Part(fields, body)


def decoded(raw: bytes, charset: str) -> str:
    """As text; as UTF-8 where the charset is none that is known. What is broken becomes U+FFFD."""
    try:
        known = codecs.lookup(charset).name.replace("-", "_") not in _NO_CHARSETS
        return raw.decode(charset if known else CHARSET, "replace")
    except (LookupError, ValueError):
        return raw.decode(CHARSET, "replace")


def _described(content_type: str) -> Message:
    """Something that reads the parameters of a Content-Type (RFC 2231)."""
    message = Message()
    message["Content-Type"] = content_type
    return message


def _after_break(piece: bytes) -> bytes:
    """Without the line break that ends the boundary's own line."""
    return piece[2:] if piece.startswith(b"\r\n") else piece[1:]


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    """Headers should be ASCII; who writes others means UTF-8 (RFC 6532), or did so before it was."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
