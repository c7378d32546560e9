"""What a database learns from the journal: when it is new, or older than the journal, or a crash came between the two.

Must never know when a store is opened, nor what the journal's file looks like.
"""

import json
from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, select, update

from cadenced.core.due import reader_of
from cadenced.core.records import CopyRow, CopyState, MailState
from cadenced.shell import schema
from cadenced.shell.journal import Journal
from cadenced.shell.ledger import JOURNAL, SEAL
from cadenced.shell.rows import flat
from cadenced.shell.upsert import insert_new, upsert
from cadenced.wire.baseline import parse_baseline
from cadenced.wire.ical import observe
from cadenced.wire.tokens import reply_token

log = structlog.get_logger("cadenced")

Entry = tuple[str, ...]

TOLD = {"state": str(MailState.SENT), "reply": "from the journal"}
BLANK = TOLD | {"recipient": "", "uid": "", "kind": "", "body": b"", "due": 0, "expires": 0, "attempts": 1}
NEVER_COUNTED = "1970-01-01"  # towards no day of a reader: of a line that names none


def replay(connection: Connection, journal: Journal) -> int:
    """From where the database is in the journal to the journal's end. How many lines of that are damaged, so that
    nobody knows what they said.
    """
    known = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == JOURNAL)).scalar()
    entries, size, damaged = journal.read(int(known or 0))
    told = [_answer(entry[2]) for entry in entries if entry[0] == "answered"]
    if entries:
        secrets = [{"key": SEAL, "value": entry[1]} for entry in entries if entry[0] == "secret"]
        insert_new(connection, schema.meta, secrets[-1:])
        _mail(connection, (entry for entry in entries if entry[0] == "sent"))
        _tombstones(connection, (entry for entry in entries if entry[0] == "deleted"))
        insert_new(connection, schema.answers, [row for row in told if row])
        upsert(connection, schema.meta, [{"key": JOURNAL, "value": str(size)}])
    if torn := told.count(None):
        log.warning("answers in the journal can't be read", lines=torn)
    return damaged + torn


def _answer(text: str) -> dict[str, Any] | None:
    """The row that a line has; None for one of before lines had a check, that a full disk tore."""
    try:
        row = json.loads(text)
    except ValueError:
        return None
    return row if isinstance(row, dict) and row.keys() == set(schema.answers.c.keys()) else None


def _mail(connection: Connection, entries: Iterable[Entry]) -> None:
    """Rows without their bodies where there are none; and those are sent that say otherwise."""
    sent = {key: (message_id, *day) for _, key, message_id, _, *day in entries}
    if not sent:
        return
    secret = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == SEAL)).scalar()
    named = (
        {
            "key": key,
            "pair": key.partition("/")[0],
            "person": reader_of(key),
            "message_id": message_id,
            "day": day[0] if day else NEVER_COUNTED,
            "token": reply_token(key, secret) if secret else "",
        }
        for key, (message_id, *day) in sent.items()
    )
    insert_new(connection, schema.outbox, [BLANK | each for each in named])
    o = schema.outbox.c
    change = update(schema.outbox).where(o.key == bindparam("sent"), o.state != TOLD["state"]).values(TOLD)
    connection.execute(change, [{"sent": key} for key in sent])


def _tombstones(connection: Connection, entries: Iterable[Entry]) -> None:
    """Where nothing is known of the copy, or only an earlier time of it, as in an old copy of the database: what stands
    in a calendar, a look sees.
    """
    last = {(uid, account): (pair, "".join(written)) for _, uid, account, pair, _, *written in entries}
    rows = [CopyRow(u, a, pair, "", "", "", written, CopyState.DELETED) for (u, a), (pair, written) in last.items()]
    insert_new(connection, schema.copies, [flat(row) for row in rows])
    c = schema.copies.c
    for uid, account, state, before, body in connection.execute(
        select(c.uid, c.account, c.state, c.written, c.body).where(c.uid.in_({row.uid for row in rows}))
    ).all():
        _, written = last.get((uid, account), ("", ""))
        if learns(state, before, body, written):
            here = (c.uid == uid, c.account == account)
            connection.execute(update(schema.copies).where(*here).values(written=written))


def learns(state: str, before: str, body: str, written: str) -> bool:
    """Whether a deletion in the journal tells of a later time of a copy than its row does."""
    known, said, event = parse_baseline(before), parse_baseline(written), observe(body)
    if known is None or said is None or said.decided <= known.decided:
        return False
    return state == CopyState.DELETED or (event.baseline is not None and event.start != said.start)
