"""What counts as ours among the resources of a calendar (DESIGN §7).

Ours are the events whose UID we derive and that carry our mark; where a copy of ours is known to stand, its UID alone
will do, for some clients drop the mark. Must never know a server, nor what a copy means for a meeting.
"""

from datetime import datetime

from cadenced.core.accounts import Resource
from cadenced.core.records import AccountRow, AccountStatus, CopyRow, CopyState
from cadenced.wire.baseline import baseline_text, parse_baseline
from cadenced.wire.ical import names_meeting, observe


class Known:
    """The copies of one account as the store has them, by where they are and by what they are."""

    def __init__(self, rows: list[CopyRow]) -> None:
        self.at = {row.href: row for row in rows if row.href}
        self.of = {row.uid: row for row in rows}

    def recognised(self, account: str, resource: Resource) -> CopyRow | None:
        """The copy that a resource is, or FOREIGN where a foreign event took its place; None for any other event."""
        there = self.at.get(resource.href)
        if there is None and not names_meeting(resource.body):
            return None
        event = observe(resource.body)
        if event.identity is not None:
            uid, pair, row = event.uid, event.identity.pair, self.of.get(event.uid)
        elif there is not None and _vouches(there, event.uid):
            uid, pair, row = there.uid, there.pair, there
        elif there is None or there.state is CopyState.DELETED:
            return None
        else:
            return CopyRow(there.uid, account, there.pair, resource.href, resource.etag, "", "", CopyState.FOREIGN)
        written = baseline_text(event.baseline) if event.baseline else row.written if row else ""
        return CopyRow(uid, account, pair, resource.href, resource.etag, resource.body, written, CopyState.LIVE)


def confirmed(row: CopyRow) -> bool:
    """Whether the copy has been there: a creation counts from when the server took it."""
    if row.state is CopyState.INTENDED:
        return bool(row.etag)
    return row.state in (CopyState.LIVE, CopyState.CANCELLING)


def _vouches(row: CopyRow, uid: str) -> bool:
    """Whether an event of that UID ("": unreadable) without our mark is the copy that stands or stood at its place."""
    return (uid in ("", row.uid) and confirmed(row)) or (uid == row.uid and row.state is CopyState.DELETED)


def closed(row: CopyRow, start: datetime | None) -> bool:
    """Whether nothing may be created in its place that begins at `start`: a human deleted it at that very time, or a
    foreign event stands there. Where only the UID is taken, by an event whose place nobody told, it is tried again.
    """
    if row.state is CopyState.DELETED:
        said = parse_baseline(row.written)
        return said is None or (said.start == start and not said.cancelled)
    return row.state is CopyState.FOREIGN and bool(row.etag)


def writable(row: AccountRow | None) -> bool:
    """Nothing is written to a calendar before it was read once, or while it is not as it should be."""
    return row is not None and row.status is AccountStatus.OK and bool(row.url)
