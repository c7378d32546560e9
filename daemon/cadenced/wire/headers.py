"""What the headers of a mail say: who wrote it, to whom, in answer to what, and whether a machine did.

Owns the reading of RFC 5322's fields, and of those by which machines tell that they are machines. Must never know what
follows from it. Never raises, whatever stands there.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from cadenced.wire.mime import Part, decoded
from cadenced.wire.plain import one_line

RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
ADDRESSES = 500  # of one mail that are read: ours is among the first
REFERENCES = 100  # message ids: a thread of a month has ten mails
WORDS = 1000  # characters of a subject or a name
_ID = re.compile(r"<([^<>\s]{1,500})>")  # as long as half a line may be (RFC 5322 §2.1.1)
_ADDRESS = re.compile(r"[^\s@<>\x00-\x1f]{1,256}@[^\s@<>\x00-\x1f]{1,256}")
_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"[^"]*"')
_RESULT = re.compile(r"^\s*(dmarc|spf|dkim)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
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


def recipients(mail: Part) -> tuple[str, ...]:
    """Every address that it was sent to, in small letters, each once."""
    values = [value for name in RECIPIENTS for value in mail.fields.get(name, ())]
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


def failed_authentication(mail: Part) -> bool:
    """Whether our own server, whose Authentication-Results (RFC 8601) is the topmost one, found the sender forged: by
    DMARC (RFC 7489), or, where it says nothing of that, by SPF or DKIM with neither of them passing.
    """
    value = _QUOTED.sub("", mail.first("authentication-results"))
    while (bare := _COMMENT.sub("", value)) != value:  # they nest; each round takes what is innermost
        value = bare
    results = [(found[1].lower(), found[2].lower()) for each in value.split(";") if (found := _RESULT.match(each))]
    policy = [result for method, result in results if method == "dmarc"]
    if "fail" in policy or "pass" in policy:
        return "fail" in policy
    others = [result for method, result in results if method != "dmarc"]
    return "fail" in others and "pass" not in others


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
