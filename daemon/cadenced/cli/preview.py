"""`cadenced preview`: a year of a pair on one page, before any of it happens. Changes nothing."""

import asyncio
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from cadenced.cli.options import ConfigDir, Now, out, parse_now, reported
from cadenced.config import find_directory, load
from cadenced.core.errors import ConfigError

OURS = '<meta name="generator" content="cadenced preview">'  # in a page that may be written over


def preview(
    pair: Annotated[
        str | None, typer.Argument(metavar="PAIR", help="A pair of pairs.toml, by its id. Default: the only one.")
    ] = None,
    *,
    config: ConfigDir = None,
    now: Now = None,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the page is written.")] = Path(
        "preview.html"
    ),
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            metavar="LANG",
            help="As if both read it, as in de. Default: to each in their own.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Write a year of a pair as one HTML page: each meeting, each event, each mail. Asks no server."""
    from cadenced.service.previewing import preview_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        previewed = asyncio.run(preview_once(installation, pair, parse_now(now), language))
        _write(file, previewed.html)
        people = " and ".join(person.name for person in previewed.pair.people)
        out.print(f"{file}: {people}, {previewed.meetings} meetings and {previewed.mails} mails", markup=False)
        if show:
            webbrowser.open(file.resolve().as_uri())


def _write(file: Path, html: str) -> None:
    """ConfigError where that can't be, and where the file is something else: somebody may need it."""
    try:
        if file.exists() and OURS not in file.read_text("utf-8", errors="replace"):
            raise ConfigError(f"{file} is there already and no preview; name another file with --out")
        file.write_text(html, "utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write {file}: {error.strerror}") from None
