"""pairs.toml and pairs.d/*.toml → core.model.Programme, again and again as the files change.

Owns which files there are, and what need not be parsed anew. Must never know what a stanza holds.
"""

from dataclasses import dataclass, field
from pathlib import Path

from cadenced.config.problems import ConfigProblems, Problem
from cadenced.config.resolver import Known, Resolver
from cadenced.config.sources import Source, read_source, stat_of
from cadenced.core.model import Programme


@dataclass
class ProgrammeLoader:
    """Reads the programme, again and again: only files that changed are parsed anew, for parsing is what costs.

    `sources` are the files read so far, which a new loader of the same folder may take over.
    """

    directory: Path
    known: Known
    sources: dict[Path, Source] = field(default_factory=dict)

    def load(self) -> Programme:
        """Blocking. ConfigProblems with every error of every file.

        Where a whole file can't be read, names are not checked: half of them may stand in it.
        """
        problems: list[Problem] = []
        read: dict[Path, Source] = {}
        for path in self._paths():
            try:
                read[path] = self._source(path)
            except ConfigProblems as found:
                problems += found.problems
        self.sources = read
        if problems:
            raise ConfigProblems([*problems, *(problem for source in read.values() for problem in source.problems)])
        return Resolver(self.known, tuple(read.values())).programme()

    def _paths(self) -> list[Path]:
        """pairs.toml may be missing where there is a pairs.d."""
        first, others = self.directory / "pairs.toml", sorted((self.directory / "pairs.d").glob("*.toml"))
        return others if others and not first.exists() else [first, *others]

    def _source(self, path: Path) -> Source:
        before = self.sources.get(path)
        return before if before is not None and before.stat == stat_of(path) else read_source(path)
