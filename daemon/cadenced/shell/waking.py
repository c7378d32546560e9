"""Makes pairs due at once, within somebody else's transaction.

Must never know why.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, case, update

from cadenced.shell import schema


def wake(connection: Connection, pairs: Iterable[str]) -> None:
    """Due at once. Each call writes another value, so that a turn under way can tell that it was woken meanwhile."""
    p = schema.pairs.c
    if names := sorted(set(pairs)):
        lower = case((p.next_due < 0, p.next_due), else_=0) - 1
        change = update(schema.pairs).where(p.pair == bindparam("name")).values(next_due=lower)
        connection.execute(change, [{"name": name} for name in names])
