"""The store's tables, as they are now; migrations/ says how they came about.

Moments are microseconds since 1970 in UTC, so that they sort and compare in any database. Must never know a query.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

REVISION = "0005"  # of migrations/versions: what this code reads and writes

metadata = MetaData()

pairs = Table(
    "pairs",
    metadata,
    Column("pair", String, primary_key=True),
    Column("shard", Integer, nullable=False),
    Column("hash", String, nullable=False),  # of the stanza; empty for a pair that left the programme
    Column("next_due", BigInteger, nullable=False),  # 0 and below: at once; each wake() lowers it, so none is missed
    Index("pairs_due", "shard", "next_due"),
)

meetings = Table(
    "meetings",
    metadata,
    Column("uid", String, primary_key=True),
    Column("pair", String, nullable=False, index=True),
    Column("identity", String, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("placed_start", BigInteger, nullable=False),
    Column("placed_end", BigInteger, nullable=False),
    Column("rules", String, nullable=False),
    Column("state", String, nullable=False),
    Column("touched", Boolean, nullable=False),
    Column("tries", Text, nullable=False, server_default="[0, null]"),  # JSON: changes, last, and each refused start
    Column("reason", Text, nullable=False),
)

copies = Table(
    "copies",
    metadata,
    Column("uid", String, primary_key=True),
    Column("account", String, primary_key=True, index=True),
    Column("pair", String, nullable=False, index=True),
    Column("href", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written", Text, nullable=False),
    Column("state", String, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("problem", Text, nullable=False),
    Column("since", BigInteger),
    Column("fingerprint", String, nullable=False),
)

busy = Table(
    "busy",
    metadata,
    Column("account", String, primary_key=True),
    Column("calendar", Text, primary_key=True),  # its URL
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("end", BigInteger, nullable=False),
    Column("tentative", Boolean, nullable=False),
)

busy_calendars = Table(
    "busy_calendars",
    metadata,
    Column("account", String, primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("mark", Text, nullable=False),
    Column("at", BigInteger, nullable=False),  # when it was last read
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("pair", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("uid", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("body", LargeBinary, nullable=False),  # empty once nobody can need it any more
    Column("due", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("day", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try", BigInteger),
    Column("claimed_at", BigInteger),
    Column("settled_at", BigInteger),
    Column("reply", Text, nullable=False),
    Column("start", BigInteger),
    Column("token", String, nullable=False, server_default=""),  # of its Reply-To
    Column("offers", Text, nullable=False, server_default="[]"),  # JSON: [start, end] of each time to choose from
    Index("outbox_next", "state", "next_try", "expires", "due", "key"),  # what comes next, and no body is read for it
    Index("outbox_day", "person", "day"),
    Index("outbox_token", "token"),
    Index("outbox_message_id", "message_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String, primary_key=True),
    Column("pair", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("told", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("uid", String, nullable=False),
    Column("start", BigInteger),
    Column("end", BigInteger),
    Column("until", String),
    Column("month", Integer, nullable=False),
    Column("text", Text, nullable=False),
)

inbox = Table(  # the mails that were read: each counts once
    "inbox",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String, nullable=False),
)

stopped = Table(
    "stopped",
    metadata,
    Column("address", String, primary_key=True),
    Column("reply", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("cleared_at", BigInteger),
    Column("told_at", BigInteger),
)

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
