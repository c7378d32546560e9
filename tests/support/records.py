"""Records of the store for tests, from short words: what a test does not name is ordinary."""

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from cadenced.core.model import Identity, Kind, Meeting
from cadenced.core.records import CopyRow, CopyState, MailState, OutboxRow, Settlement
from tests.support.programme import utc

NOW = utc("2026-11-24T09:00")
DAY = date(2026, 11, 24)


def copy(uid: str = "u1", account: str = "jonas", **more) -> CopyRow:
    row = {
        "uid": uid,
        "account": account,
        "pair": "maya-jonas",
        "href": f"/{account}/{uid}.ics",
        "etag": '"1"',
        "body": "BEGIN:VCALENDAR",
        "written": "1 …",
        "state": CopyState.LIVE,
    }
    return CopyRow(**row | more)


def mail(key: str = "maya-jonas/agenda/1/maya", **more) -> OutboxRow:
    row = {
        "key": key,
        "pair": "maya-jonas",
        "kind": "agenda",
        "person": "maya",
        "uid": "u1",
        "recipient": "maya@example.org",
        "message_id": "<1@example.org>",
        "body": b"Subject: \xc3\xa9\r\n\r\nwords",
        "due": NOW,
        "expires": utc("2026-12-01T09:00"),
        "day": DAY,
    }
    return OutboxRow(**row | more)


def settled(state: MailState = MailState.SENT, next_try: datetime | None = None, **more) -> Settlement:
    return Settlement(**{"state": state, "reply": "250 ok", "attempts": 1, "day": DAY, "next_try": next_try} | more)


def meeting(index: int = 0, pair: str = "maya-jonas", **more) -> Meeting:
    identity = Identity(pair, Kind.CALL if index else Kind.FACE_TO_FACE, date(2026, 12, 1), index)
    times = utc("2026-12-08T17:30"), utc("2026-12-08T18:30")
    return Meeting(**{"identity": identity, "start": times[0], "end": times[1], "placed": times, "rules": "r"} | more)


def old_mail(path: Path, key: str = "maya-jonas/agenda/1/maya", message_id: str = "<1@example.org>") -> None:
    """A mail that was sent, in a store from before mails had tokens and offered times."""
    columns = "key, pair, kind, person, uid, recipient, message_id, body, due, expires, day, state, attempts, reply"
    row = (key, "maya-jonas", "agenda", "maya", "u1", "maya@example.org", message_id, b"words")
    row += (0, 0, DAY.isoformat(), str(MailState.SENT), 1, "250 ok")
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"INSERT INTO outbox ({columns}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
