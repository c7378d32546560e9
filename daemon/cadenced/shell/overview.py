"""The store's overview: what is known of all pairs at once, in so many queries, however many pairs there are.

Owns these queries. Must never know what is told of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from cadenced.core.actions import Mail
from cadenced.core.answers import Answer
from cadenced.core.model import Meeting, State
from cadenced.shell import schema
from cadenced.shell.database import Database
from cadenced.shell.rows import answer_of, meeting_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Overview:
    """By pair, of one moment: its meetings but those that fell out, the keys of the mails that asked for a time, and
    what people told.
    """

    meetings: Mapping[str, tuple[Meeting, ...]]
    asked: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, tuple[Answer, ...]]


class Overviews:
    """A part of the store."""

    _database: Database

    async def overview(self) -> Overview:
        """Of all pairs, those that left the programme among them."""
        box = schema.outbox.c

        def work(connection: Connection) -> Overview:
            def rows(query: Any) -> Any:
                return connection.execute(query).mappings()

            meetings = ((row["pair"], meeting_of(row)) for row in rows(select(schema.meetings)))
            asked = connection.execute(select(box.key).where(box.key.contains(f"/{Mail.TIMES}/"))).scalars()
            return Overview(
                _by_pair((pair, each) for pair, each in meetings if each and each.state is not State.FALLEN),
                _by_pair(
                    (key.partition("/")[0], key) for key in asked
                ),  # no other column: its index is all that is read
                _by_pair((row["pair"], answer_of(row)) for row in rows(select(schema.answers))),
            )

        return await self._database.run(work)


def _by_pair(found: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    several: dict[str, list[T]] = {}
    for pair, each in found:
        several.setdefault(pair, []).append(each)
    return {pair: tuple(each) for pair, each in several.items()}
