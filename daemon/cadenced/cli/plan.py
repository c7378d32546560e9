"""`cadenced plan`: what apply would do, each action with its reason. Changes nothing."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import AsJson, ConfigDir, Exit, Now, OnePair, out, parse_now, print_json, reported
from cadenced.cli.progress import progress
from cadenced.config import find_directory, load


def plan(
    pair: OnePair = None,
    *,
    config: ConfigDir = None,
    now: Now = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no calendar: plan from what was last seen of them.")
    ] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 10 when there are changes.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what would be done, of all pairs or of one, with reasons; do nothing. It may run beside the daemon."""
    from cadenced.cli.show_plan import show_plan  # noqa: PLC0415
    from cadenced.service.commands import plan_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        with progress("Looking at the calendars") as step:
            planned = asyncio.run(plan_once(installation, parse_now(now), pair, offline=offline, step=step))
        if as_json:
            print_json(planned.as_json())
        else:
            show_plan(planned, out)
        if planned.blocked and not offline:
            raise typer.Exit(Exit.UNREACHABLE)
        if detailed_exitcode and planned.changes:
            raise typer.Exit(Exit.CHANGES)
