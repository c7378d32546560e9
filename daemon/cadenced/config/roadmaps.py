"""Roadmaps: the built-in ones, and a user's, which add to them or win over them; and what they are in other languages.

NAME.toml is a roadmap, NAME.de.toml the same in German. Must never know a pair.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

from cadenced.config.lines import line_of
from cadenced.config.problems import ConfigProblems, Problem, nearest
from cadenced.config.reading import parse, read_text, shaped
from cadenced.config.shapes import RoadmapShape
from cadenced.core.cadence import MONTHS
from cadenced.core.model import Roadmap, RoadmapMonth
from cadenced.wire.languages import BUILT_IN, Languages


def load_roadmaps(directory: Path, languages: Languages = BUILT_IN) -> dict[str, Roadmap]:
    """The roadmaps by id, which is the file's name. ConfigProblems with every error of every file.

    A user's roadmap of a built-in one's name takes none of its translations over.
    """
    problems: list[Problem] = []
    broken: set[str] = set()
    found: dict[str, Roadmap] = {}
    for paths in (list(_built_in()), sorted((directory / "roadmaps").glob("*.toml"))):
        for path in sorted(paths, key=lambda path: "." in path.stem):  # translations after what they translate
            try:
                if path.stem.rpartition(".")[0] not in broken:
                    _add(found, path, languages)
            except ConfigProblems as wrong:
                problems += wrong.problems
                broken.add(path.stem)
    if problems:
        raise ConfigProblems(problems)
    return found


def _built_in() -> Iterator[Path]:
    folder = resources.files("cadenced") / "roadmaps"
    with resources.as_file(folder) as path:
        yield from sorted(path.glob("*.toml"))


def _add(found: dict[str, Roadmap], path: Path, languages: Languages) -> None:
    title, months = _read(path)
    name, dot, language = path.stem.rpartition(".")
    if not dot:
        found[path.stem] = Roadmap(path.stem, title, months)
    elif name not in found:
        words = f'translates "{name}", which is no roadmap{nearest(name, found)}'
        raise ConfigProblems([Problem(path, 0, "", words)])
    elif language not in languages.names:
        words = f'"{language}" is no language that mails are written in{nearest(language, languages.names)}'
        raise ConfigProblems([Problem(path, 0, "", words)])
    else:
        others = {**found[name].translations, language: months}
        found[name] = replace(found[name], translations=dict(sorted(others.items())))


def _read(path: Path) -> tuple[str, tuple[RoadmapMonth, ...]]:
    text = read_text(path)
    shape = shaped(RoadmapShape, path, text, parse(path, text))
    numbers = [month.number for month in shape.months]
    if sorted(numbers) != list(range(1, MONTHS + 1)):
        words = f"a roadmap has the months 1 to 12, each once; this one has {', '.join(map(str, numbers)) or 'none'}"
        raise ConfigProblems([Problem(path, line_of(text, ["months"]), "months", words)])
    months = sorted(shape.months, key=lambda month: month.number)
    return shape.title, tuple(RoadmapMonth(**month.model_dump()) for month in months)
