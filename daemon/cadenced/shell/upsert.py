"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share and standard SQL lacks.

The one place that asks which database it is. A statement is built once for each table: building one costs more than
running it. Must never know what a row means.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts the rows, or replaces those of the same primary key."""
    if rows:
        connection.execute(_replacing(connection.dialect.name, table), rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Inserts the rows whose primary key is new; returns how many those were."""
    return connection.execute(_passing(connection.dialect.name, table), rows).rowcount if rows else 0


@cache
def _replacing(dialect: str, table: Table) -> Any:
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def _passing(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Any:
    return (postgresql if dialect == "postgresql" else sqlite).insert(table)
