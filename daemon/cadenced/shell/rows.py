"""Between the store's rows and the values of core/: moments become microseconds, words become enums.

Must never know a query.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cadenced.core.answers import Answer, Told
from cadenced.core.model import Identity, Meeting, State, Tries
from cadenced.core.records import (
    AccountRow,
    AccountStatus,
    AlertRow,
    CopyRow,
    CopyState,
    MailEntry,
    MailState,
    OutboxRow,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MOMENTS = frozenset(
    {"since", "due", "expires", "next_try", "claimed_at", "settled_at", "start", "raised_at", "cleared_at", "told_at"}
)

Row = Mapping[Any, Any]


def stamp(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)


def flat(record: AccountRow | AlertRow | CopyRow | OutboxRow | Answer) -> dict[str, Any]:
    """A record as a row; the fields have the columns' names."""
    found = {name: stamp(value) if isinstance(value, datetime) else value for name, value in asdict(record).items()}
    if isinstance(record, OutboxRow):
        found["day"] = record.day.isoformat()
        found["offers"] = json.dumps([list(map(stamp, times)) for times in record.offers])
    if isinstance(record, Answer):
        found["told"] = str(record.told)
        found["until"] = record.until.isoformat() if record.until else None
    return found


def account_of(row: Row) -> AccountRow:
    return AccountRow(**_plain(row) | {"status": AccountStatus(row["status"])})


def copy_of(row: Row) -> CopyRow:
    return CopyRow(**_plain(row) | {"state": CopyState(row["state"])})


def alert_of(row: Row) -> AlertRow:
    return AlertRow(**_plain(row))


def outbox_of(row: Row) -> OutboxRow:
    offers = tuple((moment(start), moment(end)) for start, end in json.loads(row["offers"]))
    day, state = date.fromisoformat(row["day"]), MailState(row["state"])
    return OutboxRow(**_plain(row) | {"day": day, "state": state, "offers": offers})


def answer_of(row: Row) -> Answer:
    times = {name: moment(value) if (value := row[name]) is not None else None for name in ("start", "end")}
    until = date.fromisoformat(row["until"]) if row["until"] else None
    return Answer(**dict(row) | times | {"told": Told(row["told"]), "at": moment(row["at"]), "until": until})


def entry_of(state: str, uid: str, start: int | None, recipient: str, expires: int) -> MailEntry:
    return MailEntry(MailState(state), uid, moment(start) if start is not None else None, recipient, moment(expires))


def meeting_of(row: Row) -> Meeting | None:
    """None for a row whose identity nobody can read any more."""
    identity = Identity.parse(row["identity"])
    if identity is None:
        return None
    return Meeting(
        identity,
        moment(row["start"]),
        moment(row["end"]),
        placed=(moment(row["placed_start"]), moment(row["placed_end"])),
        rules=row["rules"],
        state=State(row["state"]),
        touched=row["touched"],
        tries=_tries_of(row["tries"]),
        reason=row["reason"],
    )


def meeting_row(meeting: Meeting) -> dict[str, Any]:
    return {
        "uid": meeting.uid,
        "pair": meeting.identity.pair,
        "identity": str(meeting.identity),
        "start": stamp(meeting.start),
        "end": stamp(meeting.end),
        "placed_start": stamp(meeting.placed[0]),
        "placed_end": stamp(meeting.placed[1]),
        "rules": meeting.rules,
        "state": str(meeting.state),
        "touched": meeting.touched,
        "tries": json.dumps(
            [meeting.tries.changes, *map(_stamp_or_none, (meeting.tries.last, *meeting.tries.refused))]
        ),
        "reason": meeting.reason,
    }


def _tries_of(text: str) -> Tries:
    changes, last, *refused = json.loads(text)
    return Tries(changes, moment(last) if last is not None else None, tuple(map(moment, refused)))


def _stamp_or_none(value: datetime | None) -> int | None:
    return stamp(value) if value is not None else None


def _plain(row: Row) -> dict[str, Any]:
    return {str(name): moment(value) if name in MOMENTS and value is not None else value for name, value in row.items()}
