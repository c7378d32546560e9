"""`cadenced run`: the daemon."""

import asyncio

from cadenced.cli.options import ConfigDir, reported
from cadenced.config import find_directory


def run(config: ConfigDir = None) -> None:
    """Run the daemon: follow the file, the calendars and the clock, until SIGTERM."""
    from cadenced.service.commands import run_forever  # noqa: PLC0415

    with reported():
        asyncio.run(run_forever(find_directory(config)))
