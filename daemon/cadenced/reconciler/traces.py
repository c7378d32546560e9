"""What the store's rows say of meetings: what stands, what was refused, what was about to be written.

Must never know what follows from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cadenced.core.events import Baseline, Copy, ObservedEvent
from cadenced.core.records import CopyRow, CopyState
from cadenced.reconciler.ours import confirmed
from cadenced.wire.baseline import parse_baseline
from cadenced.wire.ical import observe


def copies(rows: Sequence[CopyRow]) -> dict[str, dict[str, Copy]]:
    """What stands, by uid and account. Where a client dropped our properties, the store knows the baseline."""
    found: dict[str, dict[str, Copy]] = {}
    for row in rows:
        if confirmed(row):
            event = observe(row.body)
            if event.baseline is None and not event.problem:
                event = replace(event, baseline=parse_baseline(row.written))
            found.setdefault(row.uid, {})[row.account] = Copy(row.account, row.href, row.etag, event)
    return found


def refusals(rows: Sequence[CopyRow]) -> dict[str, dict[str, Baseline | None]]:
    """Who deleted what, by uid and account, with what stood there then."""
    found: dict[str, dict[str, Baseline | None]] = {}
    for row in rows:
        if row.state is CopyState.DELETED:
            found.setdefault(row.uid, {})[row.account] = parse_baseline(row.written)
    return found


def latest(said: Mapping[str, Baseline | None]) -> Baseline | None:
    return max((each for each in said.values() if each), key=lambda each: each.decided, default=None)


def intended(rows: Sequence[CopyRow], uid: str) -> list[Copy]:
    """The creations that nobody has seen succeed, as the copies that they were to be: what was decided holds, whether
    written or not.
    """
    return [
        _as_decided(row) for row in rows if row.uid == uid and row.state is CopyState.INTENDED and not confirmed(row)
    ]


def _as_decided(row: CopyRow) -> Copy:
    written = parse_baseline(row.written)
    start, end = (written.start, written.end) if written else (None, None)
    return Copy(row.account, row.href, "", ObservedEvent(row.uid, None, written, start, end))
