"""`cadenced status`: how the programme stands, from what was last seen. Asks no server."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import AsJson, ConfigDir, Now, OnePair, out, parse_now, print_json, reported
from cadenced.config import find_directory, load


def status(
    pair: OnePair = None,
    config: ConfigDir = None,
    now: Now = None,
    problems: Annotated[
        bool, typer.Option("--problems", help="Show all that needs somebody, and nothing else.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how the pairs stand, or one of them, which calendars work, and what needs a human."""
    from cadenced.cli.show_status import show_pair, show_status  # noqa: PLC0415
    from cadenced.service.standing import status_once  # noqa: PLC0415

    with reported():
        found = asyncio.run(status_once(load(find_directory(config)), parse_now(now), pair))
        if as_json:
            print_json(found.as_json())
        elif pair is not None:
            show_pair(found, out)
        else:
            show_status(found, out, problems=problems)
