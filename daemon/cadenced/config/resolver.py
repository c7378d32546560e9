"""The stanzas of all files → core.model.Programme: names resolved, DOMAIN's rules kept, every error at once.

Owns how a pair is put together. Must never know accounts beyond their names, nor what is planned.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from cadenced.config import grammar
from cadenced.config.channels import channel_of
from cadenced.config.lines import line_of
from cadenced.config.problems import ConfigProblems, Problem, nearest
from cadenced.config.rules import (
    broken_rules,
    more_than_given,
    outside_guidance,
    overlapping,
    shared_addresses,
    too_far_apart,
)
from cadenced.config.shapes import CadenceShape, PairShape, PersonShape, PolicyShape
from cadenced.config.sources import Source
from cadenced.core.model import Cadence, Channel, Limits, Pair, Person, Programme, Roadmap, RoadmapMonth
from cadenced.wire.languages import BUILT_IN, Languages

SUGGESTED = 30  # words with a "did you mean": one costs up to 65 ms among 5,000 names


@dataclass(frozen=True, slots=True)
class Known:
    """What stanzas may name beside each other: calendar accounts, and roadmaps by id; None for any that could not be
    read, so that its names are not checked. `timezone` and `holidays` are those of people who name none;
    `organizer`: whether there is an account to send invitations from; `mailbox`: whether answers to mails are read;
    `languages`: those that mails are written in.
    """

    accounts: frozenset[str] | None
    roadmaps: Mapping[str, Roadmap] | None
    timezone: str | None = None
    holidays: str = ""
    organizer: bool = False
    mailbox: bool = False
    languages: Languages | None = BUILT_IN


class Resolver:
    """Puts the files together, once."""

    def __init__(self, known: Known, sources: Sequence[Source]) -> None:
        self._accounts, self._roadmaps = known.accounts, known.roadmaps
        self._timezone, self._holidays = known.timezone, known.holidays
        self._languages = known.languages
        self._invites = {"organizer": known.organizer, "mailbox": known.mailbox}
        self._problems = [problem for source in sources for problem in source.problems]
        self._warnings: list[str] = []
        self._told = set[tuple[str, str, str]]()
        self._policies: dict[str, PolicyShape] = {}
        self._people: dict[str, Person] = {}
        self._origins: dict[tuple[str, str], Source] = {}
        self._cadences: dict[Cadence, Cadence] = {}  # equal ones become one, so that it is hashed once
        self._digests: dict[int, str] = {}
        self._hints: dict[tuple[int, str], str] = {}  # by what there is, and the word
        self._sources = sources
        self._addresses = {name: each.email for source in sources for name, each in source.shape.people.items()}

    def programme(self) -> Programme:
        self._gather()
        pairs = self._pairs()
        self._names_in_broken()
        for later, earlier in overlapping(pairs.values()):
            self._wrong("pairs", later, "", f"the same two people are the pair {earlier!r} at that time; end it first")
        if self._problems:
            raise ConfigProblems(self._problems)
        self._warnings += [f"pairs.{name}: {text}" for name, text in too_far_apart(pairs.values())]
        self._warnings += [f"people.{name}.{key}: {text}" for name, key, text in more_than_given(pairs.values())]
        self._warnings += [f"people.{name}.email: {text}" for name, text in shared_addresses(self._people.values())]
        self._warnings += self._untranslated()
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
        try:
            grammar.identifier(name)
        except ValueError as error:
            self._wrong(table, name, "", str(error))
            return False
        return True

    def _nearest(self, word: str, known: Iterable[str]) -> str:
        """A hint for each misspelt word, in as many stanzas as it stands; for no more words than is worth its time."""
        key = (id(known), word)
        if key not in self._hints:
            self._hints[key] = nearest(word, known) if len(self._hints) < SUGGESTED else ""
        return self._hints[key]

    def _wrong(self, table: str, name: str, key: str, text: str) -> None:
        source = self._origins[table, name]
        path = [table, name, *([key] if key else [])]
        self._problems.append(Problem(source.path, line_of(source.text, path), ".".join(path), text))

    def _person(self, name: str, shape: PersonShape) -> Person:
        account, timezone = shape.calendar, shape.timezone or self._timezone
        if account is not None and self._accounts is not None and account not in self._accounts:
            text = f'"{account}" is no calendar account in cadenced.toml{self._nearest(account, self._accounts)}'
            self._wrong("people", name, "calendar", text)
        if timezone is None and self._accounts is not None:
            self._wrong(
                "people", name, "timezone", "is missing; [defaults] in cadenced.toml may name one for everybody"
            )
        return Person(
            name, shape.name, shape.email, timezone or "UTC",
            tuple(hours for spans in shape.available for hours in spans),
            account, self._manager(name, shape.manager), self._language(name, shape.language),
            (self._holidays if shape.holidays is None else shape.holidays) or "", shape.time_off, _limits(shape),
            self._channel(name, shape),
        )  # fmt: skip

    def _language(self, name: str, said: str) -> str:
        if self._languages is not None and said not in self._languages.names:
            text = f'"{said}" is no language that mails are written in{self._nearest(said, self._languages.names)}'
            self._wrong("people", name, "language", text)
        return said

    def _untranslated(self) -> Iterator[str]:
        languages = self._languages or BUILT_IN
        for name in sorted({person.language for person in self._people.values()} & set(languages.names)):
            if lacking := languages.lacking(name):
                few = f'{len(lacking)} texts are not translated, and are told in English, as is "{lacking[0]}"'
                yield f"locales/{name}.po: {few}"

    def _channel(self, name: str, shape: PersonShape) -> Channel:
        try:
            return channel_of(shape.channel, calendar=shape.calendar is not None, **self._invites)
        except ValueError as error:
            if self._accounts is not None:
                self._wrong("people", name, "channel", str(error))
            return Channel.NONE

    def _manager(self, name: str, said: str | None) -> str | None:
        """The manager's address. An id means that person's."""
        if said is None or "@" in said:
            return said
        if said not in self._addresses and not self._is_broken("people", said):
            text = f'"{said}" is neither an address nor anybody in [people]{self._nearest(said, self._addresses)}'
            self._wrong("people", name, "manager", text)
        return self._addresses.get(said)

    def _pair(self, name: str, shape: PairShape) -> Pair | None:
        """None where what is wrong leaves nothing to look at: each step finds what it can."""
        mentor, protege = self._named(name, "mentor", shape.mentor), self._named(name, "protege", shape.protege)
        policy = self._policy(name, "policy", shape.policy)
        roadmap = self._roadmap(name, shape)
        if policy is None:
            return None
        face_to_face = self._cadence(name, "face_to_face", policy.face_to_face, shape.face_to_face, shape.where)
        calls = self._calls(name, policy, shape)
        for key, text in outside_guidance(face_to_face, calls):
            if shape.outside_guidance or policy.outside_guidance:
                self._warnings.append(f"pairs.{name}.{key}: {text}")
            else:
                self._unguided(name, shape, key, text)
        if mentor is None or protege is None or roadmap is None or face_to_face is None:
            return None
        pair = Pair(
            name, mentor, protege, shape.start, shape.timezone or mentor.timezone, face_to_face, calls, roadmap,
            shape.focus, shape.pause, shape.roadmap_month, shape.end,
        )  # fmt: skip
        for key, text in broken_rules(pair):
            self._wrong("pairs", name, key, text)
        return pair

    def _unguided(self, pair: str, shape: PairShape, key: str, text: str) -> None:
        """Told where it is said: in the pair's own words, or once in those of its policy."""
        own = getattr(getattr(shape, key), "every", None)
        where = ("pairs", pair, key) if own else ("policies", shape.policy, key)
        if where not in self._told:
            self._told.add(where)
            self._wrong(*where, f"{text}. If it is meant, say outside_guidance = true in [{where[0]}.{where[1]}]")

    def _named(self, pair: str, role: str, name: str) -> Person | None:
        person = self._people.get(name)
        if person is None and not self._is_broken("people", name):
            self._wrong("pairs", pair, role, f'"{name}" is nobody in [people]{self._nearest(name, self._people)}')
        return person

    def _policy(self, pair: str, key: str, name: str) -> PolicyShape | None:
        policy = self._policies.get(name)
        if policy is None and not self._is_broken("policies", name):
            self._wrong("pairs", pair, key, f'"{name}" is no policy{self._nearest(name, self._policies)}')
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
        own = own or CadenceShape()
        said = own.model_fields_set
        every = own.every if "every" in said else base.every
        minutes = own.minutes if "minutes" in said else base.minutes
        if every is None or minutes is None:
            missing = " and ".join(k for k, v in (("every", every), ("minutes", minutes)) if v is None)
            self._wrong("pairs", name, key, f"neither the policy nor the pair says {missing}")
            return None
        at = own.at if "at" in said else base.at
        travel = own.travel if "travel" in said else base.travel
        found = Cadence(every, minutes, at, own.where or where or base.where or "", travel or timedelta())
        return self._cadences.setdefault(found, found)

    def _roadmap(self, name: str, shape: PairShape) -> Roadmap | None:
        """The roadmap, with the months that the pair overrides: in every language."""
        if self._roadmaps is None:
            return None
        roadmap = self._roadmaps.get(shape.roadmap)
        if roadmap is None:
            text = f'"{shape.roadmap}" is no roadmap{self._nearest(shape.roadmap, self._roadmaps)}'
            self._wrong("pairs", name, "roadmap", text)
            return None
        if not shape.months:
            return roadmap
        return replace(
            roadmap,
            months=_overridden(roadmap.months, shape),
            translations={language: _overridden(each, shape) for language, each in roadmap.translations.items()},
        )

    def _stanza(self, pair: Pair) -> str:
        """A hash of all that the pair's plan depends on: the same on every machine. Shared parts are hashed once."""
        own = (pair.id, pair.start, pair.end, pair.timezone, pair.focus, pair.pause, pair.roadmap_month)
        parts = (pair.mentor, pair.protege, pair.roadmap, pair.face_to_face, pair.calls)
        return _digest(repr(own) + "".join(self._part(part) for part in parts))

    def _part(self, value: object) -> str:
        if (found := self._digests.get(id(value))) is None:
            found = self._digests[id(value)] = _digest(repr(value))
        return found


def _overridden(months: Sequence[RoadmapMonth], shape: PairShape) -> tuple[RoadmapMonth, ...]:
    found = list(months)
    for number, own in shape.months.items():
        said = {key: getattr(own, key) for key in own.model_fields_set}
        found[number - 1] = replace(found[number - 1], **said)
    return tuple(found)


def _limits(shape: PersonShape) -> Limits:
    hours = shape.hours_per_month
    return Limits(shape.max_per_week, None if hours is None else max(1, round(hours * 60)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
