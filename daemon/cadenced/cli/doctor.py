"""`cadenced doctor`: does each server do what cadenced needs of it, and what is to be done where it doesn't?"""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

import typer
from rich.text import Text

from cadenced.cli.options import AsJson, ConfigDir, Exit, out, print_json, reported
from cadenced.cli.progress import progress
from cadenced.cli.wrapping import wrapped
from cadenced.config import find_directory, load
from cadenced.core.findings import Finding, Verdict

SIGNS = {Verdict.FINE: ("✓", "green"), Verdict.NOTE: ("·", "yellow"), Verdict.FAULT: ("✗", "red")}


def doctor(config: ConfigDir = None, as_json: AsJson = False) -> None:
    """Ask every server whether it does what is needed: login, calendar, rights, sync, clock. Changes nothing there."""
    from cadenced.service.examining import examine_once  # noqa: PLC0415

    with reported():
        installation = load(find_directory(config))
        with progress("Asking the servers") as step:
            found = asyncio.run(examine_once(installation, step))
        if as_json:
            print_json([asdict(finding) for finding in found])
        else:
            _show(found)
        if any(finding.verdict is Verdict.FAULT for finding in found):
            raise typer.Exit(Exit.UNREACHABLE)


def _show(found: Iterable[Finding]) -> None:
    for subject, findings in groupby(found, key=lambda finding: finding.subject):
        out.print(Text(subject, style="bold"))
        for finding in findings:
            sign, style = SIGNS[finding.verdict]
            lines = wrapped(f"  {sign} {finding.what:<12}", finding.words, out.width)
            lines += wrapped(f"{'':<16}→ ", finding.advice, out.width)
            told = Text("\n".join(lines))
            told.stylize(style, 2, 3)
            out.print(told)
