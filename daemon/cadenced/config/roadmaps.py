"""Roadmaps: the built-in ones, and a user's, which add to them or win over them.

Must never know a pair.
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from cadenced.config.lines import line_of
from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.reading import parse, read_text, shaped
from cadenced.config.shapes import RoadmapShape
from cadenced.core.cadence import MONTHS
from cadenced.core.model import Roadmap, RoadmapMonth


def load_roadmaps(directory: Path) -> dict[str, Roadmap]:
    """The roadmaps by id, which is the file's name. ConfigProblems with every error of every file."""
    problems: list[Problem] = []
    found: dict[str, Roadmap] = {}
    for path in (*_built_in(), *sorted((directory / "roadmaps").glob("*.toml"))):
        try:
            found[path.stem] = _roadmap(path)
        except ConfigProblems as wrong:
            problems += wrong.problems
    if problems:
        raise ConfigProblems(problems)
    return found


def _built_in() -> Iterator[Path]:
    folder = resources.files("cadenced") / "roadmaps"
    with resources.as_file(folder) as path:
        yield from sorted(path.glob("*.toml"))


def _roadmap(path: Path) -> Roadmap:
    text = read_text(path)
    shape = shaped(RoadmapShape, path, text, parse(path, text))
    numbers = [month.number for month in shape.months]
    if sorted(numbers) != list(range(1, MONTHS + 1)):
        words = f"a roadmap has the months 1 to 12, each once; this one has {', '.join(map(str, numbers)) or 'none'}"
        raise ConfigProblems([Problem(path, line_of(text, ["months"]), "months", words)])
    months = sorted(shape.months, key=lambda month: month.number)
    return Roadmap(path.stem, shape.title, tuple(RoadmapMonth(**month.model_dump()) for month in months))
