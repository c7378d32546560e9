"""The options that several verbs share, and how an error leaves the program."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cadenced.config.grammar import EARLIEST, LATEST
from cadenced.core.errors import CadencedError, ConfigError, StoreError


class Exit(IntEnum):
    """What a program that calls us may rely on."""

    DONE = 0
    CONFIG = 2  # also what typer says of a wrong option
    UNREACHABLE = 3
    STORE = 4
    UNSAFE = 5  # a human must confirm
    CHANGES = 10


ConfigDir = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="DIR",
        help="The folder of cadenced.toml and pairs.toml. Default: ./config, then the XDG and /etc places.",
        show_default=False,
    ),
]
OnePair = Annotated[
    str | None,
    typer.Argument(metavar="PAIR", help="A pair of pairs.toml, by its id. Default: all.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="ISO", help="The moment to take for now, e.g. 2026-12-01T09:00Z.", show_default=False
    ),
]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def parse_now(text: str | None) -> datetime | None:
    """An aware moment. ConfigError when it is none, one that no pair can have, or names no offset: the zone would have
    to be guessed.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now: {text!r} is no moment in time; write it like 2026-12-01T09:00Z") from None
    if moment.tzinfo is None:
        advice = f"end it with Z or an offset, like {moment.isoformat(timespec='minutes')}Z"
        raise ConfigError(f"--now: {text!r} names no time zone; {advice}")
    if not EARLIEST <= moment.year <= LATEST:
        raise ConfigError(f"--now: {text!r} lies outside the years {EARLIEST} to {LATEST}")
    return moment


@contextmanager
def reported() -> Iterator[None]:
    """Turns our errors into a message for people and an exit code for programs. Anything else is a bug and shows so.

    What is logged meanwhile goes to standard error: output stays output.
    """
    from cadenced.shell import logs  # noqa: PLC0415

    logs.configure("auto", sys.stderr, "WARNING")
    try:
        yield
    except ConfigError as error:
        fail(str(error), Exit.CONFIG)
    except StoreError as error:
        fail(str(error), Exit.STORE)
    except CadencedError as error:
        fail(str(error), Exit.UNREACHABLE)
    except KeyboardInterrupt:
        err.print("Interrupted. Nothing is lost: what was begun is finished the next time.")
        sys.exit(130)


def fail(text: str, code: Exit) -> None:
    err.print(text, style="red" if err.is_terminal else None, markup=False)
    raise typer.Exit(code)


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
