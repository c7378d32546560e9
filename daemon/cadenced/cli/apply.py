"""`cadenced apply`: one pass, then the end."""

import asyncio

import typer

from cadenced.cli.options import AsJson, ConfigDir, Exit, Now, out, parse_now, print_json, reported
from cadenced.cli.progress import progress
from cadenced.config import find_directory, load


def apply(config: ConfigDir = None, now: Now = None, as_json: AsJson = False) -> None:
    """Bring calendars and mail up to date, once."""
    from cadenced.cli.show import show_applied  # noqa: PLC0415
    from cadenced.service.commands import apply_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        with progress("Bringing calendars and mail up to date") as step:
            applied = asyncio.run(apply_once(installation, parse_now(now), step=step))
        if as_json:
            print_json(applied.as_json())
        else:
            show_applied(applied, out)
        if applied.blocked:
            raise typer.Exit(Exit.UNREACHABLE)
