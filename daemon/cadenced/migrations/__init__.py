"""How the store's tables came about: one file in versions/ for each change, run by Alembic, each in one transaction."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def known() -> frozenset[str]:
    """The revisions that this code can come from."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def upgrade(connection: Connection, revision: str) -> None:
    """Brings the tables of an open connection to `revision`, within its transaction."""
    scripts = _scripts()

    def steps(current: Any, _context: object) -> Any:
        return scripts._upgrade_revs(revision, current)  # noqa: SLF001 — as alembic.command.upgrade itself does

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, target_metadata=None)
        environment.run_migrations()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))
