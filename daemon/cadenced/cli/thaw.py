"""`cadenced thaw ACCOUNT`: a human says that a frozen calendar may be written again."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import ConfigDir, out, reported
from cadenced.config import find_directory, load
from cadenced.service.commands import thaw_once


def thaw(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its name in cadenced.toml.")],
    config: ConfigDir = None,
) -> None:
    """Have a calendar's events written again after it was emptied or deleted. It may run beside the daemon."""
    with reported():
        lost = asyncio.run(thaw_once(load(find_directory(config)), account))
        out.print(f"{account}: {lost} events will be written again at the next look.", markup=False)
