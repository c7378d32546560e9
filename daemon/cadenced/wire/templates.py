"""The templates of mails: the built-in ones, and a user's, which win; checked before use, and never the end of a mail.

Owns where a template's text comes from, and what is said of one that fails. Must never know what a mail is about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, TemplateError, TemplateSyntaxError, nodes

from cadenced.core.errors import ConfigError
from cadenced.wire.inlining import inlined, stylesheet
from cadenced.wire.languages import BUILT_IN, ENGLISH, Languages
from cadenced.wire.sandbox import Sandbox

BASE = "base.html.j2"  # the document, and the style sheet of all HTML templates
HTML, TEXT = ".html.j2", ".txt.j2"
FOLDER = "templates/"  # before a name: where a user finds the file
WORDS = 300  # characters of a reason
USES: Any = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)  # each has a `template`
Example = tuple[str, Mapping[str, object]]


class Templates:
    """`user` holds sources by file name, and every template that is not in it is the built-in one.

    What is rendered is in the language that `names` say, as "language"; in English where they say none.
    """

    def __init__(self, user: Mapping[str, str], languages: Languages = BUILT_IN) -> None:
        self._user = user
        self._shipped = _Edition(_shipped(), languages) if languages.user else _built_in()
        self._own = _Edition(_Styled({**_sources(), **user}), languages) if user else None

    def render(self, name: str, names: Mapping[str, object]) -> tuple[str, str]:
        """The text, and what is wrong with the user's template: then the text is the built-in one's."""
        if self._own is None:
            return self._shipped.render(name, names), ""
        try:
            return self._own.render(name, names), ""
        except Exception as error:  # noqa: BLE001 — a template may raise anything, and the mail must go out
            return self._shipped.render(name, names), _reason(error, name, self._user)

    def built_in(self, name: str, names: Mapping[str, object]) -> str:
        return self._shipped.render(name, names)

    def check(self, examples: Iterable[Example]) -> None:
        """ConfigError with what is wrong in the user's templates. An example names a template, and has its names."""
        if self._own is None:
            return
        plain = _Edition({**_sources(), **self._user}, BUILT_IN)  # inlining may move the lines
        problems = list(_static_problems(plain.environment(ENGLISH), self._user))
        failed: dict[str, str] = {}
        for name, names in () if problems else examples:
            for edition in (plain, self._own):
                if name not in failed and (problem := self._try(edition, name, names)):
                    failed[name] = problem
        if problems := problems + list(dict.fromkeys(failed.values())):
            raise ConfigError("\n".join(problems))

    def _try(self, edition: "_Edition", name: str, names: Mapping[str, object]) -> str:
        try:
            edition.render(name, names)
        except Exception as error:  # noqa: BLE001 — as above
            return _reason(error, name, self._user)
        return ""


class _Edition:
    """Sources, compiled for each language that is asked for: each template once, when it is first used."""

    def __init__(self, sources: Mapping[str, str], languages: Languages) -> None:
        self._sources, self._languages = sources, languages
        self._environments: dict[str, Sandbox] = {}

    def render(self, name: str, names: Mapping[str, object]) -> str:
        environment = self.environment(str(names.get("language", ENGLISH)))
        return environment.write(environment.get_template(name), names)

    def environment(self, language: str) -> Sandbox:
        words = self._languages.words(language)
        if words.language not in self._environments:
            self._environments[words.language] = Sandbox(FunctionLoader(self._load), words)
        return self._environments[words.language]

    def _load(self, name: str) -> tuple[str, str, None] | None:
        try:
            return self._sources[name], FOLDER + name, None
        except KeyError:
            return None


class _Styled(Mapping[str, str]):
    """Sources whose HTML has its styles inlined: each once, when it is first used, in whatever language."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources, self._css = sources, stylesheet(sources[BASE])
        self._inlined: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if name not in self._inlined:
            source = self._sources[name]
            try:
                self._inlined[name] = source if name.endswith(TEXT) else inlined(source, self._css)
            except ValueError as error:
                raise TemplateSyntaxError(str(error), 1, name, FOLDER + name) from None
        return self._inlined[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)


@cache
def _sources() -> dict[str, str]:
    folder = resources.files("cadenced") / "templates"
    return {each.name: each.read_text("utf-8") for each in folder.iterdir() if each.name.endswith(".j2")}


@cache
def _shipped() -> _Styled:
    return _Styled(_sources())


@cache
def _built_in() -> _Edition:
    return _Edition(_shipped(), BUILT_IN)


def _static_problems(environment: Sandbox, user: Mapping[str, str]) -> Iterator[str]:
    """Wrong names, wrong syntax, and templates that are used but are not there."""
    used: set[str] = set()
    for name, source in sorted(user.items()):
        try:
            environment.compile(source, name, FOLDER + name)
            tree = environment.parse(source, name, FOLDER + name)
        except TemplateSyntaxError as error:
            yield _reason(error, name, user)
            continue
        for node in tree.find_all(USES):
            target = node.template.value if isinstance(node.template, nodes.Const) else None
            if problem := _wrong_target(name, target, {*_sources(), *user}):
                yield f"{FOLDER}{name}:{node.lineno}: {problem}"
            used.add(str(target))
    for name in sorted(user.keys() - _sources().keys() - used):
        yield f"{FOLDER}{name}: no mail is written from it{_nearest(name, _sources())}"


def _wrong_target(name: str, target: object, known: set[str]) -> str:
    if not isinstance(target, str):
        return "the template to use must be named in quotes"
    if target not in known:
        return f'there is no template "{target}"{_nearest(target, known)}'
    if target.endswith(TEXT) and not name.endswith(TEXT):
        return f'"{target}" is for plain text, where nothing is escaped; HTML may not use it'
    return ""


def _nearest(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; there are: {', '.join(sorted(known))}"


def _reason(error: Exception, name: str, user: Mapping[str, str]) -> str:
    """`templates/agenda.html.j2:12: …`: the innermost place in a template of the user's, or else in `name`."""
    place = (FOLDER + name, 0)
    if isinstance(error, TemplateSyntaxError):
        place = (error.filename or FOLDER + name, error.lineno)
    traceback = error.__traceback__
    while traceback is not None:  # Jinja has put the templates' own files and lines into it
        file = traceback.tb_frame.f_code.co_filename
        if file.removeprefix(FOLDER) in user and file.startswith(FOLDER):
            place = (file, traceback.tb_lineno)
        traceback = traceback.tb_next
    text = error.message if isinstance(error, TemplateError) and error.message else str(error)
    words = re.sub(r"\s+", " ", text or type(error).__name__)[:WORDS]
    return f"{place[0]}:{place[1]}: {words}" if place[1] else f"{place[0]}: {words}"
