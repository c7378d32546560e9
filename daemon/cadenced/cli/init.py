"""`cadenced init DIR`: a commented configuration to start from."""

from pathlib import Path
from typing import Annotated

import typer

from cadenced.cli.options import out, reported
from cadenced.config import write_installation


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write to.")] = Path("config"),
) -> None:
    """Write a commented cadenced.toml and pairs.toml into a folder."""
    with reported():
        for path in write_installation(directory):
            out.print(f"wrote {path}", markup=False)
        out.print(f"\nNext: edit them, then run  cadenced check --config {directory}", markup=False)
