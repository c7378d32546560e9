"""What a mail server says became of a mail of ours: delivery status notifications (RFC 3464, RFC 6533).

Owns their syntax. Must never know the outbox. Never raises, whatever the bytes are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from cadenced.wire.headers import REPLIES, addresses, identifiers, words
from cadenced.wire.mime import Part, parse

RECIPIENTS = 100  # of one report: our mails have one each
REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
RETURNED = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers"}
)


class Outcome(StrEnum):
    """RFC 3464 §2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"  # to where no more reports come from
    EXPANDED = "expanded"  # to the members of a list


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of it for one recipient. Addresses are bare, in small letters; `original` is the one that we wrote
    to, where the server remembers it. `status` is as "5.1.1" (RFC 3463), `diagnostic` the other server's words.
    """

    outcome: Outcome
    recipient: str
    original: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`message_id` is the returned mail's, in its angle brackets, and `reply_to` the addresses of its Reply-To;
    `envelope_id` the ENVID that we gave it.
    """

    deliveries: tuple[Delivery, ...]
    message_id: str = ""
    envelope_id: str = ""
    reply_to: tuple[str, ...] = ()


def report(parts: Iterable[Part]) -> Report | None:
    """What the parts of a multipart/report say; None when none of them is a delivery status that can be read."""
    statuses, returned = list[Part](), Part({}, b"")
    for part in parts:
        if part.type in REPORTS and not statuses:
            statuses = _groups(part.content())
        elif part.type in RETURNED and not returned.fields:
            returned = parse(part.content().lstrip(b"\r\n"))
    deliveries = tuple(filter(None, map(_delivery, statuses)))
    if not deliveries:
        return None
    envelopes = (words(each.first("original-envelope-id")) for each in statuses)
    message_id = next(iter(identifiers(returned.first("message-id"))), "")
    return Report(deliveries, message_id, next(filter(None, envelopes), ""), addresses(returned, REPLIES))


def _groups(raw: bytes) -> list[Part]:
    """The fields of the message, and those of each recipient: blank lines stand between them (§2.1)."""
    groups, rest = list[Part](), raw
    for _ in range(RECIPIENTS + 1):
        rest = rest.lstrip(b"\r\n")
        if not rest:
            break
        groups.append(group := parse(rest))
        rest = group.body
    return groups


def _delivery(group: Part) -> Delivery | None:
    action = group.first("action").lower()
    if action not in {*Outcome}:
        return None
    final, original = (_typed(group.first(name)) for name in ("final-recipient", "original-recipient"))
    return Delivery(
        Outcome(action),
        final.lower(),
        original.lower(),
        next(islice(group.first("status").split(), 1), ""),
        _typed(group.first("diagnostic-code")),
    )


def _typed(value: str) -> str:
    """What stands after the type, as in "rfc822; maya@example.org" (§2.1.2); some servers leave the type out."""
    kind, sign, rest = words(value).partition(";")
    return (rest if sign else kind).strip().strip("<>")
