"""What the headers of a mail say: who wrote it, to whom, in answer to what, and whether a machine did.

Owns the reading of RFC 5322's fields, and of those by which machines tell that they are machines. Must never know what
follows from it. Never raises, whatever stands there.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from cadenced.wire.mime import Part, decoded
from cadenced.wire.plain import one_line

REPLIES = ("reply-to",)
RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
ADDRESSES = 500  # of one mail that are read: ours is among the first
REFERENCES = 100  # message ids: a thread of a month has ten mails
RESULTS = 10  # headers in which servers say whether the author is true
WORDS = 1000  # characters of a subject or a name
_ID = re.compile(r"<([^<>\s]{1,500})>")  # as long as half a line may be (RFC 5322 §2.1.1)
_ADDRESS = re.compile(r"[^\s@<>\x00-\x1f]{1,256}@[^\s@<>\x00-\x1f]{1,256}")
_COMMENT = re.compile(r"\([^()]*\)")
_SPECIAL = re.compile(r'(\\.|[()"])')
_RESULT = re.compile(r"\s*(dmarc|spf|dkim)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)")
_SIGNER = re.compile(r"\bheader\.[di]\s*=\s*(?:[^\s@;]{0,256}@)?([^\s@;]{1,256})(?=\s|$)")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
# each says by itself that no human sends this mail: RFC 2919, RFC 2369, and what vendors use instead of RFC 3834
_MACHINES = (
    *("x-auto-response-suppress", "list-id", "list-unsubscribe", "x-autoreply", "x-autorespond", "x-auto-reply"),
    *("x-ms-exchange-generated-message-source", "x-ms-exchange-inbox-rules-loop", "x-failed-recipients"),
)
# Exchange and Outlook begin the subject of an absence note with these, in the language of the mailbox
_ABSENT = re.compile(r"(automatic reply|automatische antwort|out of office|abwesenheitsnotiz)\b", re.IGNORECASE)


def words(value: str) -> str:
    """Free text on one line, its encoded words (RFC 2047) read."""
    try:
        pieces = [
            each if isinstance(each, str) else decoded(each, charset or "latin-1")
            for each, charset in decode_header(value)
        ]
        text = "".join(pieces)
    except Exception:  # noqa: BLE001 — anything may stand there, and the library raises many things
        text = value
    return one_line(text)[:WORDS]


def author(mail: Part) -> tuple[str, str, str]:
    """The bare address in small letters, the name, and what is wrong, in words. There is exactly one From (RFC 5322
    §3.6), with one address: else nobody can say who wrote it, and checkers and mail programs each believe another one.
    """
    values = mail.fields.get("from", ())
    if len(values) != 1:
        return "", "", "it has more than one From" if values else "it has no From"
    found = [(name, address) for name, address in _addresses(values) if address]
    if len(found) != 1:
        return "", "", "its From names several people" if found else "its From names nobody"
    name, address = found[0]
    return address, words(name), ""


def addresses(mail: Part, names: Sequence[str] = RECIPIENTS) -> tuple[str, ...]:
    """Every address in the headers of these names, in small letters, each once: to whom it was sent."""
    values = [value for name in names for value in mail.fields.get(name, ())]
    return tuple(dict.fromkeys(address for _, address in _addresses(values) if address))[:ADDRESSES]


def identifiers(*values: str) -> tuple[str, ...]:
    """The message ids in these headers, in their angle brackets, each once (RFC 5322 §3.6.4)."""
    found = (f"<{each}>" for value in values for each in _ID.findall(value))
    return tuple(dict.fromkeys(found))[:REFERENCES]


def references(mail: Part) -> tuple[str, ...]:
    """What it answers, the nearest first: In-Reply-To, then References from its end."""
    return identifiers(mail.first("in-reply-to"), *reversed(identifiers(mail.first("references"))))


def moment(value: str) -> datetime | None:
    """A Date in UTC; None when it is none. Without a zone it is UTC (RFC 5322 §3.3, "-0000")."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def automatic(mail: Part) -> bool:
    """Whether a machine wrote it, so that answering it could go on for ever (RFC 3834 §2)."""
    submitted = _token(mail.first("auto-submitted"))
    return (
        submitted not in ("", "no")
        or _token(mail.first("precedence")) in _BULK
        or any(name in mail.fields for name in _MACHINES)
        or any(value.replace(" ", "") == "<>" for value in mail.fields.get("return-path", ()))  # RFC 3834 §2
        or mail.type == "multipart/report"  # RFC 6522: a bounce, or that it was read
        or _ABSENT.match(words(mail.first("subject"))) is not None
    )


def authentic(mail: Part, server: str = "") -> bool | None:
    """Whether the author is who From says, by what servers found (RFC 8601); None where nobody says.

    True only by the topmost Authentication-Results of `server`, the authserv-id of our own: anybody can write such a
    header, and only our server takes away what others wrote in its name (§5). It must name DMARC (RFC 7489) or a
    signature of the author's own domain. False is believed of any server, where ours says nothing: by DMARC, or, where
    there is nothing of that, by SPF or DKIM with neither of them passing.
    """
    found = [_results(value) for value in mail.fields.get("authentication-results", ())[:RESULTS]]
    ours = next((each for name, each in found if name and name == server.lower()), None)
    results = ours if ours is not None else found[0][1] if found else []
    policy = [result for method, result, _ in results if method == "dmarc"]
    others = [result for method, result, _ in results if method != "dmarc"]
    if "fail" in policy or ("pass" not in policy and "fail" in others and "pass" not in others):
        return False
    domain = author(mail)[0].rpartition("@")[2]
    signed = any(method == "dkim" and result == "pass" and domain in signers for method, result, signers in results)
    return True if ours is not None and domain and ("pass" in policy or signed) else None


def _results(value: str) -> tuple[str, list[tuple[str, str, list[str]]]]:
    """Who says so, and of each method its result and the domains that it names as signers, all in small letters."""
    name, *rest = _bare(value).lower().split(";")
    found = ((_RESULT.match(each), _SIGNER.findall(each)) for each in rest)
    return next(iter(name.split()), ""), [(said[1], said[2], signers) for said, signers in found if said]


def _bare(value: str) -> str:
    """Without quoted strings and comments, which nest (RFC 5322 §3.2.2)."""
    kept, depth, quoted = list[str](), 0, False
    for piece in _SPECIAL.split(value):
        if piece == '"' and not depth:
            quoted = not quoted
        elif piece in ("(", ")") and not quoted:
            depth = max(depth + (1 if piece == "(" else -1), 0)
        elif not depth and not quoted:
            kept.append(piece)
    return "".join(kept)


def _addresses(values: Iterable[str]) -> list[tuple[str, str]]:
    """Each name and its address in small letters, which is empty where it is none."""
    try:
        found = getaddresses(list(values))
    except Exception:  # noqa: BLE001 — RecursionError is among them
        return []
    return [
        (name, address.lower() if _ADDRESS.fullmatch(address) else "") for name, address in found if name or address
    ]


def _token(value: str) -> str:
    """The first word of a header, without comments and parameters."""
    return _COMMENT.sub("", value).partition(";")[0].strip().lower()
