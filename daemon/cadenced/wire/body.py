"""The body of a message (RFC 2045, RFC 2046): text, HTML, and the calendar part of an invitation (RFC 6047).

By hand, and in encodings that no server has a reason to touch: email's own way takes 20 times longer. Must never know a
header of the message, nor what its parts say.
"""

import binascii
import re
from base64 import encodebytes
from collections.abc import Iterable

BOUNDARY = "=_part"  # quoted-printable never has "=_" (RFC 2045 §6.7), nor has base64: no content can end a part
OUTER = "=_mixed"  # its begin differs: a boundary may not be the beginning of another one's line (RFC 2046 §5.1.1)
INVITATION = "invite.ics"
_METHOD = re.compile(r"[A-Z]+")


def body(text: str, html: str, calendar: tuple[str, bytes] | None = None) -> bytes:
    """The rest of a message, from its Content-Type on, with CRLF line ends and in ASCII: the text first, the richer
    parts last (RFC 2046 §5.1.4).

    `calendar`: its METHOD, and iCalendar in UTF-8. It is there twice (RFC 6047 §2.4 asks for the first): as an
    alternative, which calendars read, and as a file, which people can open. ValueError when the method is no word.
    """
    parts = [_text("plain", text), _text("html", html)]
    if calendar is None:
        return _multipart("alternative", BOUNDARY, parts)
    method, data = calendar
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method!r} is no iTIP method (RFC 5546 §1.4)")
    alternative = _base64(f"text/calendar; charset=utf-8; method={method}", "inline", data)
    attached = _base64(f'application/ics; name="{INVITATION}"', f'attachment; filename="{INVITATION}"', data)
    return _multipart("mixed", OUTER, [_multipart("alternative", BOUNDARY, [*parts, alternative]), attached])


def _multipart(subtype: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n'.encode()
    return f"\r\n--{boundary}\r\n".encode().join((head, *parts)) + f"\r\n--{boundary}--\r\n".encode()


def _text(subtype: str, content: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in content.splitlines())
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
    return f"{kind}\r\n\r\n".encode() + binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)


def _base64(kind: str, disposition: str, data: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Disposition: {disposition}\r\nContent-Transfer-Encoding: base64"
    return f"{head}\r\n\r\n".encode() + encodebytes(data).replace(b"\n", b"\r\n")
