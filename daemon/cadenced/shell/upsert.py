"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share and standard SQL lacks.

The one place that asks which database it is. Must never know what a row means.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 100  # rows in one statement: far below any limit on parameters


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts the rows, or replaces those of the same primary key."""
    keys = [column.name for column in table.primary_key]
    for chunk in _chunks(rows):
        statement = _insert(connection, table).values(chunk)
        rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Inserts the rows whose primary key is new; returns how many those were."""
    count = 0
    for chunk in _chunks(rows):
        count += connection.execute(_insert(connection, table).values(chunk).on_conflict_do_nothing()).rowcount
    return count


def _insert(connection: Connection, table: Table) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def _chunks(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [list(rows[i : i + CHUNK]) for i in range(0, len(rows), CHUNK)]
