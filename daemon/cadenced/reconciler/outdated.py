"""Which mails are taken back, for what they say is not true any more, or their reader's address is another one.

Must never know how a mail is sent.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from cadenced.core.actions import Mail
from cadenced.core.due import kind_of, reader_of
from cadenced.core.model import Meeting, Pair, State
from cadenced.core.records import TAKEN_BACK, MailEntry, MailState

FINAL = (Mail.ANSWER, Mail.CANCEL)  # to what was said, or is off
KEPT = (*FINAL, Mail.UPDATE)  # true, in the calendar of who wants no more mail
NOT_ANEW = (*KEPT, Mail.INVITE, Mail.MOVED)  # nobody writes it again, or another account brings another one


def outdated(  # noqa: PLR0913 — what a mail may depend on
    pair: Pair,
    mails: Mapping[str, MailEntry],
    meetings: Sequence[Meeting],
    asking: Collection[str],
    *,
    silent: Collection[str],
    now: datetime,
) -> Iterator[str]:
    """The keys of mails that nobody has and that name a time which no longer holds, or a meeting that is off, or ask
    what is settled, or go to somebody who wants none, or to an address that is not their reader's. `asking`: the keys
    of those that ask what is not settled. What failed and has expired stays as it is.
    """
    starts = {meeting.uid: meeting.start for meeting in meetings if meeting.state is State.STANDING}
    addresses = {person.id: person.email.lower() for person in pair.people}
    for name, mail in mails.items():
        if mail.state not in TAKEN_BACK or (mail.state is MailState.FAILED and mail.expires <= now):
            continue
        kind, reader = kind_of(name), reader_of(name)
        holds = name in asking if kind == Mail.TIMES else starts.get(mail.uid) == mail.start
        stale = mail.uid and not holds and kind not in FINAL
        unwanted = reader in silent and kind not in KEPT
        moved = addresses.get(reader, mail.recipient.lower()) != mail.recipient.lower() and kind not in NOT_ANEW
        if stale or unwanted or moved:
            yield name
