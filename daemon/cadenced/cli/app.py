"""Assembles the verbs.

A verb imports what it works with when it runs: the servers' clients cost a second that `check` need not wait.
"""

from typing import Annotated

import typer

from cadenced import __version__
from cadenced.cli import apply, check, demo, doctor, explain, init, plan, preview, run, status, thaw

app = typer.Typer(
    name="cadenced",
    help="Keeps mentoring relationships alive: meetings in existing calendars, agendas by mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"cadenced {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for verb in (
    init.init,
    check.check,
    plan.plan,
    apply.apply,
    run.run,
    status.status,
    explain.explain,
    preview.preview,
    doctor.doctor,
    thaw.thaw,
    demo.demo,
):
    app.command()(verb)


def main() -> None:
    """Run the command line."""
    app()
