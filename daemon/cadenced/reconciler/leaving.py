"""Takes events out of calendars: of a pair that left, and of an account that nobody of a pair uses any more.

Must never know why somebody left.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from cadenced.core.accounts import INVITED
from cadenced.core.actions import EventAction, Mail
from cadenced.core.diff import cancel
from cadenced.core.events import Copy, ObservedEvent
from cadenced.core.model import Meeting
from cadenced.core.records import CopyRow, MailState, PairState
from cadenced.reconciler import traces
from cadenced.reconciler.decision import Decision


def farewell(name: str, state: PairState, accounts: Collection[str], now: datetime) -> Decision:
    """A pair that left the programme: its future events go, whoever touched them; nothing more is said, but to who was
    invited by mail that they do. What stands in an account that left, too, is out of reach.
    """
    there = {*accounts, *invited(state.copies)}
    gone = leave(traces.copies(state.copies), there, state, "the pair is no longer in the programme", now)
    last_word = f"{name}/{Mail.CANCEL}/"
    queued = (key for key, mail in state.mails.items() if mail.state is MailState.QUEUED)
    stale = tuple(key for key in queued if not key.startswith(last_word))
    rows = {(row.uid, row.account): row for row in state.copies}
    told = state.mails.keys() - set(stale)
    return Decision(name, now, actions=tuple(gone), stale=stale, rows=rows, seen_due=state.next_due, ledger=told)


def invited(rows: Iterable[CopyRow]) -> set[str]:
    """The places of those who were invited by mail: they are in no file."""
    return {row.account for row in rows if row.account.startswith(INVITED)}


def leave(
    copies: Mapping[str, Mapping[str, Copy]], accounts: Collection[str], state: PairState, reason: str, now: datetime
) -> Iterator[EventAction]:
    """Takes what is still to come out of these accounts. Each copy's own time counts; one that can't be read stays."""
    known = {meeting.uid: meeting for meeting in state.meetings}
    for uid, here in copies.items():
        for account, copy in here.items():
            meeting = _meeting_of(copy.event, known.get(uid)) if account in accounts else None
            if meeting is not None:
                yield from cancel(replace(meeting, reason=reason), {account: copy}, {}, now)


def _meeting_of(event: ObservedEvent, known: Meeting | None) -> Meeting | None:
    """The meeting as one copy has it; `known` is the store's word, for an event that lost our mark."""
    identity = event.identity or (known.identity if known else None)
    if identity is None or event.start is None or event.end is None:
        return None
    times = (event.start, event.end)
    return Meeting(identity, *times, placed=times, rules="")
