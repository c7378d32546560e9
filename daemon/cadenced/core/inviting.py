"""Invitations as messages: which mail carries an event to somebody who is invited by mail (RFC 6047).

Owns their keys, and that one mail is invitation and agenda where both are due. Must never know iCalendar.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from zlib import crc32

from cadenced.core.accounts import INVITED
from cadenced.core.actions import CreateEvent, EventAction, Mail, SendMail
from cadenced.core.due import about_meeting, key

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SAME_MAIL = timedelta(days=1)  # an agenda that is due so soon comes with the invitation
CARRIES = (Mail.AGENDA, Mail.BRIEF)


def sequence_at(now: datetime) -> int:
    """A SEQUENCE (RFC 5545 §3.8.7.4) that is higher than all before, whatever is known of them: seconds since 2026."""
    return (now - EPOCH) // timedelta(seconds=1)


def sent_last(etag: str) -> int:
    """The SEQUENCE that somebody was sent last of an event, from what stands for the ETag of their copy of it."""
    sent = etag.strip('"')
    return int(sent) if sent.isdigit() else 0


def following(etag: str, now: datetime) -> int:
    """The next after that, also twice in a second, and where a clock was set back."""
    return max(sequence_at(now), sent_last(etag) + 1)


def telling(  # noqa: PLR0913 — what tells one such mail from all others
    action: EventAction,
    person: str,
    month: int,
    now: datetime,
    *,
    off: bool,
    sequence: int = 0,
    ledger: Collection[str] = (),
) -> SendMail:
    """The mail that tells somebody, by id, of an action; `off`: that the meeting does not take place.

    An invitation to the same time goes out to an address once, whatever is lost, and once more each time that the
    meeting was taken back, by the keys of the `ledger`; a change of it is as unique as its sequence.
    """
    meeting = action.meeting
    about = f"{about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    kind = Mail.CANCEL if off else Mail.INVITE if isinstance(action, CreateEvent) else Mail.UPDATE
    unique = _invitation(action, person, ledger) if kind is Mail.INVITE else f"{sequence}"
    name, pair = f"{about}.{unique}", meeting.identity.pair
    return SendMail(key(pair, kind, name, person), pair, kind, person, meeting, now, meeting.end, month, action.reason)


def _invitation(action: EventAction, person: str, ledger: Collection[str]) -> str:
    """Which one it is, of those to the same time."""
    begins = f"{action.meeting.identity.pair}/{Mail.CANCEL}/{about_meeting(action.meeting)}@"
    ends = (f"/{person}", f"/{action.account.removeprefix(INVITED)}")
    before = sum(key.startswith(begins) and key.endswith(ends) for key in ledger)
    return f"{crc32(action.account.encode()):08x}" + (f".{before}" if before else "")


def carrier(mail: SendMail, planned: Iterable[SendMail]) -> SendMail:
    """The mail that brings the event: the meeting's agenda or brief where that is due within a day, or this one."""
    for each in planned:
        same = each.meeting is not None and mail.meeting is not None and each.meeting.uid == mail.meeting.uid
        if same and each.kind in CARRIES and each.person == mail.person and each.due <= mail.due + SAME_MAIL:
            return each
    return mail
