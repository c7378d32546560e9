"""`cadenced thaw NAME`: a human says that a frozen calendar, or an address that was refused, works again."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import ConfigDir, out, reported
from cadenced.config import find_directory, load


def thaw(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A calendar account in cadenced.toml, or an address.")],
    config: ConfigDir = None,
) -> None:
    """Have a calendar written again that was emptied or deleted, or mail sent again to an address that was refused.

    It may run beside the daemon, which acts on it at its next look.
    """
    from cadenced.service.commands import thaw_once  # noqa: PLC0415

    with reported():
        out.print(asyncio.run(thaw_once(load(find_directory(config)), name)), markup=False)
