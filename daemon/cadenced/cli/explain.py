"""`cadenced explain PAIR`: why each meeting has its time."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import AsJson, ConfigDir, Now, out, parse_now, print_json, reported
from cadenced.cli.progress import progress
from cadenced.config import find_directory, load


def explain(
    pair: Annotated[str, typer.Argument(metavar="PAIR", help="A pair of pairs.toml, by its id.")],
    config: ConfigDir = None,
    now: Now = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no calendar: explain from what was last seen of them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say why each meeting of a pair has its time: what else there was, and what ruled it out. Changes nothing."""
    from cadenced.cli.show_explain import show_explained  # noqa: PLC0415
    from cadenced.service.commands import explain_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        with progress("Looking at the calendars") as step:
            explained = asyncio.run(explain_once(installation, pair, parse_now(now), offline=offline, step=step))
        if as_json:
            print_json(explained.as_json())
        else:
            show_explained(explained, out)
