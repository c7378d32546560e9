"""`cadenced apply`: one pass, then the end. With --confirm, a human's word for a plan that upsets much."""

import asyncio
from typing import Annotated

import typer

from cadenced.cli.options import AsJson, ConfigDir, Exit, Now, fail, out, parse_now, print_json, reported
from cadenced.cli.progress import progress
from cadenced.config import Installation, find_directory, load
from cadenced.core.errors import LockedError


def apply(
    config: ConfigDir = None,
    now: Now = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Do it even where more than a quarter of the events would be upset.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring calendars and mail up to date, once. `apply --confirm` beside the daemon tells it to go on."""
    from cadenced.cli.show import show_applied  # noqa: PLC0415
    from cadenced.service.commands import apply_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        try:
            with progress("Bringing calendars and mail up to date") as step:
                applied = asyncio.run(apply_once(installation, parse_now(now), step=step, confirmed=confirm))
        except LockedError:
            if not confirm:
                raise
            _tell_daemon(installation, as_json=as_json)
            return
        if as_json:
            print_json(applied.as_json())
        elif not applied.unsafe:
            show_applied(applied, out)
        if applied.unsafe:
            fail(f"Nothing was changed: {applied.unsafe}; `cadenced plan` shows them.", Exit.UNSAFE)
        if applied.blocked:
            raise typer.Exit(Exit.UNREACHABLE)


def _tell_daemon(installation: Installation, *, as_json: bool) -> None:
    from cadenced.service.commands import confirm_once  # noqa: PLC0415

    waiting = asyncio.run(confirm_once(installation))
    if as_json:
        print_json({"confirmed": True, "waiting": waiting})
    elif waiting:
        out.print(f"Confirmed: the daemon goes on with {waiting} pair{'s' * (waiting > 1)} at its next look.")
    else:
        out.print("Confirmed. Nothing is held back now; nobody will ask about this configuration for a day.")
