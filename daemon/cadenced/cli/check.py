"""`cadenced check`: is the configuration right, and what does it ask of people?"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from cadenced.cli.many import MANY, counted, few, show_warnings
from cadenced.cli.options import AsJson, ConfigDir, Exit, err, out, print_json
from cadenced.cli.options import reported as told
from cadenced.config import ConfigProblems, find_directory, load
from cadenced.core.effort import hours_a_year, hours_of_people
from cadenced.core.errors import ConfigError
from cadenced.core.model import Person, Programme

HOURS = 5  # lines of how much is asked


def check(config: ConfigDir = None, as_json: AsJson = False) -> None:
    """Check the configuration: every error at once, each with its file and line."""
    with told():
        try:
            programme = _load(config)
        except ConfigProblems as problems:
            if as_json:
                print_json({"ok": False, "problems": [_problem(each) for each in problems.problems]})
                raise SystemExit(Exit.CONFIG) from None
            if (count := len(problems.problems)) > MANY:
                verdict = f"The configuration has {count:,} errors."
                err.print(f"{verdict}\n")
                raise ConfigError(f"{problems}\n\n{verdict}") from None
            raise
        if as_json:
            print_json(_report(programme))
        else:
            show_checked(programme, out)


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


def show_checked(programme: Programme, out: Console) -> None:
    """The verdict, and what the programme asks of people: of each, or of a large one in numbers."""
    if not programme.pairs:
        out.print("The configuration is right, but there are no pairs yet: add one to pairs.toml.")
        return
    people = hours_of_people(programme.pairs.values())
    verdict = f"The configuration is right: {counted(len(programme.pairs), 'pair')}, {len(people):,} people"
    verdict += f", {counted(len(programme.warnings), 'warning')}." if programme.warnings else "."
    if len(programme.pairs) > MANY:
        out.print(f"{verdict}\n")
        _show_totals(programme, people, out)
    else:
        _show_all(programme, people, out)
    show_warnings(programme, out)
    out.print(f"\n{verdict}")


def _show_all(programme: Programme, people: Mapping[str, float], out: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("pair")
    table.add_column("mentor")
    table.add_column("protégé")
    table.add_column("hours a year, each", justify="right")
    for pair in programme.pairs.values():
        table.add_row(pair.id, pair.mentor.name, pair.protege.name, f"{hours_a_year(pair):.0f}")
    out.print(table)
    for mentor in _mentors_of_several(programme):
        out.print(f"{mentor.name} gives {people[mentor.id]:.0f} hours a year over all pairs.", markup=False)


def _show_totals(programme: Programme, people: Mapping[str, float], out: Console) -> None:
    """How many ask how much: the most first."""
    pairs = Counter(round(hours_a_year(pair)) for pair in programme.pairs.values())
    asked = (f"{hours} hours a year of each of the two: {counted(pairs[hours], 'pair')}" for hours in _most(pairs))
    first: dict[int, Person] = {}
    mentors = Counter[int]()
    for mentor in _mentors_of_several(programme):
        hours = round(people[mentor.id])
        mentors[hours] += 1
        first.setdefault(hours, mentor)
    given = (
        f"{hours} hours a year over all pairs: {counted(mentors[hours], 'mentor')}, as {first[hours].name}"
        for hours in _most(mentors)
    )
    for lines in (asked, given):
        for line in few(list(lines), "`cadenced check --json` lists them all.", HOURS):
            out.print(line, markup=False)


def _most(counts: Mapping[int, int]) -> list[int]:
    return sorted(counts, reverse=True)


def _mentors_of_several(programme: Programme) -> list[Person]:
    pairs = Counter(pair.mentor.id for pair in programme.pairs.values())
    mentors = {pair.mentor.id: pair.mentor for pair in programme.pairs.values()}
    return [mentor for name, mentor in mentors.items() if pairs[name] > 1]
