"""`cadenced status`: how the programme stands, from what was last seen. Asks no server."""

import asyncio

from cadenced.cli.options import AsJson, ConfigDir, Now, out, parse_now, print_json, reported
from cadenced.config import find_directory, load


def status(config: ConfigDir = None, now: Now = None, as_json: AsJson = False) -> None:
    """Show how every pair stands, which calendars work, and what needs a human."""
    from cadenced.cli.show import show_status  # noqa: PLC0415
    from cadenced.service.commands import status_once  # noqa: PLC0415

    with reported():
        found = asyncio.run(status_once(load(find_directory(config)), parse_now(now)))
        if as_json:
            print_json(found.as_json())
        else:
            show_status(found, out)
