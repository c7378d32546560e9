"""Invitations as messages: which mail carries an event to somebody who is invited by mail (RFC 6047).

Owns their keys, and that one mail is invitation and agenda where both are due. Must never know iCalendar.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zlib import crc32

from cadenced.core.actions import CreateEvent, EventAction, Mail, SendMail
from cadenced.core.due import about_meeting, key

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SAME_MAIL = timedelta(days=1)  # an agenda that is due so soon comes with the invitation
CARRIES = (Mail.AGENDA, Mail.BRIEF)


def sequence_at(now: datetime) -> int:
    """A SEQUENCE (RFC 5545 §3.8.7.4) that is higher than all before, whatever is known of them: seconds since 2026."""
    return (now - EPOCH) // timedelta(seconds=1)


def telling(action: EventAction, person: str, month: int, now: datetime, *, off: bool) -> SendMail:
    """The mail that tells somebody, by id, of an action; `off`: that the meeting does not take place.

    An invitation to the same time goes out to an address once, whatever is lost; a change of it is as unique as its
    sequence.
    """
    meeting = action.meeting
    about = f"{about_meeting(meeting)}@{meeting.start:%Y%m%dT%H%MZ}"
    kind = Mail.CANCEL if off else Mail.INVITE if isinstance(action, CreateEvent) else Mail.UPDATE
    unique = f"{crc32(action.account.encode()):08x}" if kind is Mail.INVITE else f"{sequence_at(now)}"
    name, pair = f"{about}.{unique}", meeting.identity.pair
    return SendMail(key(pair, kind, name, person), pair, kind, person, meeting, now, meeting.end, month, action.reason)


def carrier(mail: SendMail, planned: Iterable[SendMail]) -> SendMail:
    """The mail that brings the event: the meeting's agenda or brief where that is due within a day, or this one."""
    for each in planned:
        same = each.meeting is not None and mail.meeting is not None and each.meeting.uid == mail.meeting.uid
        if same and each.kind in CARRIES and each.person == mail.person and each.due <= mail.due + SAME_MAIL:
            return each
    return mail
