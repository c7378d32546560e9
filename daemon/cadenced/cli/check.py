"""`cadenced check`: is the configuration right, and what does it ask of people?"""

from typing import Any

from rich.table import Table

from cadenced.cli.options import AsJson, ConfigDir, Exit, out, print_json
from cadenced.cli.options import reported as told
from cadenced.config import ConfigProblems, find_directory, load
from cadenced.core.effort import hours_a_year, hours_of_people
from cadenced.core.model import Programme


def check(config: ConfigDir = None, as_json: AsJson = False) -> None:
    """Check the configuration: every error at once, each with its file and line."""
    with told():
        try:
            programme = _load(config)
        except ConfigProblems as problems:
            if as_json:
                print_json({"ok": False, "problems": [_problem(each) for each in problems.problems]})
                raise SystemExit(Exit.CONFIG) from None
            raise
        if as_json:
            print_json(_report(programme))
        else:
            _show(programme)


def _load(config: Any) -> Programme:
    from cadenced.wire.message import Composer  # noqa: PLC0415

    installation = load(find_directory(config))
    smtp = installation.settings.smtp
    programme = installation.whole().programme
    Composer(
        smtp.sender,
        plus_addressing=smtp.plus_addressing,
        templates=installation.templates,
        languages=installation.languages,
    )
    return programme


def _problem(problem: Any) -> dict[str, Any]:
    return {"file": str(problem.file), "line": problem.line, "path": problem.path, "text": problem.text}


def _report(programme: Programme) -> dict[str, Any]:
    return {
        "ok": True,
        "pairs": {name: {"hours_a_year": round(hours_a_year(pair), 1)} for name, pair in programme.pairs.items()},
        "people": {name: round(hours, 1) for name, hours in hours_of_people(programme.pairs.values()).items()},
        "warnings": list(programme.warnings),
    }


def _show(programme: Programme) -> None:
    if not programme.pairs:
        out.print("The configuration is right, but there are no pairs yet: add one to pairs.toml.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("pair")
    table.add_column("mentor")
    table.add_column("protégé")
    table.add_column("hours a year, each", justify="right")
    for pair in programme.pairs.values():
        table.add_row(pair.id, pair.mentor.name, pair.protege.name, f"{hours_a_year(pair):.0f}")
    out.print(table)
    people = hours_of_people(programme.pairs.values())
    mentors = {pair.mentor.id: pair.mentor.name for pair in programme.pairs.values()}
    several = [m for m in mentors if sum(p.mentor.id == m for p in programme.pairs.values()) > 1]
    for mentor in several:
        out.print(f"{mentors[mentor]} gives {people[mentor]:.0f} hours a year over all pairs.", markup=False)
    for warning in programme.warnings:
        out.print(f"warning: {warning}", style="yellow", markup=False)
    pairs = len(programme.pairs)
    out.print(f"\nThe configuration is right: {pairs} pair{'s' * (pairs > 1)}, {len(people)} people.")
