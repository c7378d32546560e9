"""pairs.toml and pairs.d/*.toml → core.model.Programme: names resolved, DOMAIN's rules kept, every error at once.

Owns what a pair may be. Must never know accounts beyond their names, nor what is planned.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cadenced.config.problems import ConfigProblems, Problem, line_of, nearest
from cadenced.config.reading import parse, read_text, shaped
from cadenced.config.rules import broken_rules, outside_guidance, overlapping
from cadenced.config.shapes import CadenceShape, FileShape, PairShape, PersonShape, PolicyShape
from cadenced.core.model import Cadence, Pair, Person, Programme, Roadmap

ID_RULE = "an id has small letters, digits and dashes, and begins with a letter or digit"


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read. `stat` is its modification time in ns and its size; `broken` holds the stanzas that
    don't fit their shape, as TOML gave them: others may name them, and what they name is checked all the same.
    """

    path: Path
    stat: tuple[int, int]
    text: str
    shape: FileShape
    broken: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass
class ProgrammeLoader:
    """Reads the programme, again and again: only files that changed are parsed anew (SCALE: parsing is what costs).

    `accounts` are the calendar accounts there are, `roadmaps` the roadmaps by id.
    """

    directory: Path
    accounts: frozenset[str]
    roadmaps: Mapping[str, Roadmap]
    _sources: dict[Path, Source] = field(default_factory=dict)

    def load(self) -> Programme:
        """Blocking. ConfigProblems with every error of every file."""
        problems: list[Problem] = []
        sources: dict[Path, Source] = {}
        for path in self._paths():
            try:
                sources[path] = self._source(path)
            except ConfigProblems as found:
                problems += found.problems
        self._sources = {path: source for path, source in sources.items() if not source.problems}
        if problems and not sources:
            raise ConfigProblems(problems)
        return _Resolver(tuple(sources.values()), self.accounts, self.roadmaps, problems).programme()

    def _paths(self) -> list[Path]:
        return [self.directory / "pairs.toml", *sorted((self.directory / "pairs.d").glob("*.toml"))]

    def _source(self, path: Path) -> Source:
        try:
            found = path.stat()
            stat = (found.st_mtime_ns, found.st_size)
        except OSError:
            stat = (0, 0)  # reading it will say what is wrong
        known = self._sources.get(path)
        if known is not None and known.stat == stat:
            return known
        text = read_text(path)
        data = parse(path, text)
        try:
            return Source(path, stat, text, shaped(FileShape, path, text, data))
        except ConfigProblems as found:
            return _salvaged(Source(path, stat, text, FileShape(), {}, found.problems), data)


def _salvaged(source: Source, data: dict[str, Any]) -> Source:
    """What of a file with errors fits its shape, so that names are checked in the same go."""
    good: dict[str, dict[str, Any]] = {}
    broken: dict[tuple[str, str], Any] = {}
    for table in FileShape.model_fields:
        stanzas = data.get(table)
        for name, stanza in stanzas.items() if isinstance(stanzas, dict) else ():
            try:
                FileShape.model_validate({table: {name: stanza}})
                good.setdefault(table, {})[name] = stanza
            except ValidationError:
                broken[table, name] = stanza
    return replace(source, shape=FileShape.model_validate(good), broken=broken)


class _Resolver:
    """Puts the files together, once."""

    def __init__(
        self,
        sources: tuple[Source, ...],
        accounts: frozenset[str],
        roadmaps: Mapping[str, Roadmap],
        problems: Sequence[Problem],
    ) -> None:
        self._accounts, self._roadmaps = accounts, roadmaps
        self._problems = [*problems, *(problem for source in sources for problem in source.problems)]
        self._warnings: list[str] = []
        self._policies: dict[str, PolicyShape] = {}
        self._people: dict[str, Person] = {}
        self._origins: dict[tuple[str, str], Source] = {}
        self._digests: dict[int, str] = {}
        self._sources = sources

    def programme(self) -> Programme:
        self._gather()
        pairs = self._pairs()
        self._names_in_broken()
        for later, earlier in overlapping(pairs.values()):
            self._wrong("pairs", later, "", f"the same two people are the pair {earlier!r} at that time; end it first")
        if self._problems:
            raise ConfigProblems(self._problems)
        stanzas = {name: self._stanza(pair) for name, pair in pairs.items()}
        return Programme(pairs, stanzas, tuple(self._warnings))

    def _gather(self) -> None:
        for source in self._sources:
            for name, policy in source.shape.policies.items():
                if self._claim("policies", name, source):
                    self._policies[name] = policy
            for name, person in source.shape.people.items():
                if self._claim("people", name, source):
                    self._people[name] = self._person(name, person)

    def _is_broken(self, table: str, name: str) -> bool:
        return any((table, name) in source.broken for source in self._sources)

    def _names_in_broken(self) -> None:
        """Checks what a pair that doesn't fit its shape names, so that no error hides another."""
        known = {"mentor": self._named, "protege": self._named, "policy": self._policy}
        for source in self._sources:
            for (table, name), stanza in source.broken.items():
                self._origins.setdefault((table, name), source)
                for key, check in known.items() if table == "pairs" and isinstance(stanza, dict) else ():
                    if isinstance(word := stanza.get(key), str):
                        check(name, key, word)

    def _pairs(self) -> dict[str, Pair]:
        found: dict[str, Pair] = {}
        for source in self._sources:
            for name, shape in source.shape.pairs.items():
                if self._claim("pairs", name, source) and (pair := self._pair(name, shape)) is not None:
                    found[name] = pair
        return dict(sorted(found.items()))

    def _claim(self, table: str, name: str, source: Source) -> bool:
        """Whether the id is right and new."""
        before = self._origins.setdefault((table, name), source)
        if before is not source:
            text = f"stands in {before.path.name}, too; each id stands once"
            self._problems.append(Problem(source.path, line_of(source.text, [table, name]), f"{table}.{name}", text))
            return False
        if not (name and name[0] != "-" and len(name) <= 63 and set(name) <= _ID_CHARACTERS):
            self._wrong(table, name, "", ID_RULE)
            return False
        return True

    def _wrong(self, table: str, name: str, key: str, text: str) -> None:
        source = self._origins[table, name]
        path = [table, name, *([key] if key else [])]
        self._problems.append(Problem(source.path, line_of(source.text, path), ".".join(path), text))

    def _person(self, name: str, shape: PersonShape) -> Person:
        if shape.calendar is not None and shape.calendar not in self._accounts:
            text = (
                f'"{shape.calendar}" is no calendar account in cadenced.toml{nearest(shape.calendar, self._accounts)}'
            )
            self._wrong("people", name, "calendar", text)
        return Person(
            name,
            shape.name,
            shape.email,
            shape.timezone,
            tuple(hours for spans in shape.available for hours in spans),
            shape.calendar,
            shape.manager,
            shape.language,
        )

    def _pair(self, name: str, shape: PairShape) -> Pair | None:
        mentor, protege = self._named(name, "mentor", shape.mentor), self._named(name, "protege", shape.protege)
        policy = self._policy(name, "policy", shape.policy)
        roadmap = self._roadmap(name, shape)
        if mentor is None or protege is None or policy is None or roadmap is None:
            return None
        face_to_face = self._cadence(name, "face_to_face", policy.face_to_face, shape.face_to_face, shape.where)
        calls = self._calls(name, policy, shape)
        if face_to_face is None:
            return None
        pair = Pair(
            name, mentor, protege, shape.start, shape.timezone or mentor.timezone, face_to_face, calls, roadmap,
            shape.focus, shape.pause, shape.roadmap_month, shape.end,
        )  # fmt: skip
        for key, text in broken_rules(pair):
            self._wrong("pairs", name, key, text)
        self._guidance(pair, allowed=shape.outside_guidance or policy.outside_guidance)
        return pair

    def _guidance(self, pair: Pair, *, allowed: bool) -> None:
        for key, text in outside_guidance(pair):
            if allowed:
                self._warnings.append(f"{pair.id}: {text}")
            else:
                self._wrong("pairs", pair.id, key, f"{text}. If it is meant, say outside_guidance = true")

    def _named(self, pair: str, role: str, name: str) -> Person | None:
        person = self._people.get(name)
        if person is None and not self._is_broken("people", name):
            self._wrong("pairs", pair, role, f'"{name}" is nobody in [people]{nearest(name, self._people)}')
        return person

    def _policy(self, pair: str, key: str, name: str) -> PolicyShape | None:
        policy = self._policies.get(name)
        if policy is None and not self._is_broken("policies", name):
            self._wrong("pairs", pair, key, f'"{name}" is no policy{nearest(name, self._policies)}')
        return policy

    def _calls(self, name: str, policy: PolicyShape, shape: PairShape) -> Cadence | None:
        if shape.calls is False or (shape.calls is None and not policy.calls):
            return None
        base = policy.calls or CadenceShape()
        return self._cadence(name, "calls", base, shape.calls or None, None)

    def _cadence(
        self, name: str, key: str, base: CadenceShape, own: CadenceShape | None, where: str | None
    ) -> Cadence | None:
        """The policy's cadence with the pair's own keys over it."""
        said = own.model_fields_set if own is not None else frozenset[str]()
        merged = {k: getattr(own if k in said else base, k) for k in CadenceShape.model_fields}
        if merged["every"] is None or merged["minutes"] is None:
            missing = " and ".join(k for k in ("every", "minutes") if merged[k] is None)
            self._wrong("pairs", name, key, f"neither the policy nor the pair says {missing}")
            return None
        return Cadence(merged["every"], merged["minutes"], merged["at"], merged["where"] or where or "")

    def _roadmap(self, name: str, shape: PairShape) -> Roadmap | None:
        """The roadmap, with the months that the pair overrides."""
        roadmap = self._roadmaps.get(shape.roadmap)
        if roadmap is None:
            text = f'"{shape.roadmap}" is no roadmap{nearest(shape.roadmap, self._roadmaps)}'
            self._wrong("pairs", name, "roadmap", text)
            return None
        if not shape.months:
            return roadmap
        months = list(roadmap.months)
        for number, own in shape.months.items():
            said = {key: getattr(own, key) for key in own.model_fields_set}
            months[number - 1] = replace(months[number - 1], **said)
        return Roadmap(roadmap.id, roadmap.title, tuple(months))

    def _stanza(self, pair: Pair) -> str:
        """A hash of all that the pair's plan depends on: the same on every machine. Shared parts are hashed once."""
        own = (pair.id, pair.start, pair.end, pair.timezone, pair.focus, pair.pause, pair.roadmap_month)
        parts = (pair.mentor, pair.protege, pair.roadmap, pair.face_to_face, pair.calls)
        return _digest(repr(own) + "".join(self._part(part) for part in parts))

    def _part(self, value: object) -> str:
        if (found := self._digests.get(id(value))) is None:
            found = self._digests[id(value)] = _digest(repr(value))
        return found


_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
