"""Reads one TOML file into a model, and explains what doesn't fit: where, what, and what to do.

Must never know what the values are for.
"""

import ast
import inspect
import re
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import ErrorDetails

from cadenced.config.lines import line_of
from cadenced.config.problems import ConfigProblems, Problem, nearest

LARGEST = 64 << 20  # bytes: some 200,000 pairs; a larger file is a mistake
LONGEST_SHOWN = 60  # characters of a wrong value: enough to find it

_DATE = re.compile(r"=[\s\[]*\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b")  # without quotes
_TWICE = re.compile(r"Cannot declare (\(.*\)) twice")

Model = TypeVar("Model", bound=BaseModel)


def read_text(path: Path) -> str:
    """The file's text. ConfigProblems when it is missing, too large, unreadable or not UTF-8."""
    try:
        if path.stat().st_size > LARGEST:
            raise ConfigProblems([Problem(path, 0, "", "is larger than 64 MiB; split it into pairs.d/*.toml")])
        return path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark in front
    except UnicodeDecodeError as error:
        raise ConfigProblems([Problem(path, 0, "", f"is not UTF-8 (byte {error.start}); save it as UTF-8")]) from None
    except OSError as error:
        raise ConfigProblems([Problem(path, 0, "", f"cannot be read: {error.strerror}")]) from None


def parse(path: Path, text: str) -> dict[str, Any]:
    """The TOML of a file. ConfigProblems, with the line, when it is none (a date that doesn't exist is none)."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        words = f"is no valid TOML: {error.msg}{_hint(error, text)}"
        raise ConfigProblems([Problem(path, error.lineno, "", words)]) from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets a thousand deep
        raise ConfigProblems([Problem(path, 0, "", f"is no valid TOML: {error}")]) from None


def _hint(error: tomli.TOMLDecodeError, text: str) -> str:
    """What the parser's own words leave out."""
    if twice := _TWICE.fullmatch(error.msg):
        return f", first in line {line_of(text, ast.literal_eval(twice[1]))}"
    line = text.split("\n")[error.lineno - 1]
    return " (does the day exist? write it like 2026-12-01)" if _DATE.search(line) else ""


def spelt(parse: Callable[[str], object]) -> BeforeValidator:
    """A text in a little language. Of what is no text, lists and tables are told; the others get the same words as a
    text that doesn't parse.
    """

    def parsed(value: object) -> object:
        if isinstance(value, list | dict):
            what = "list" if isinstance(value, list) else "table"
            raise ValueError(f"a text belongs here, and not a {what}")  # noqa: TRY004 — what pydantic takes
        return parse(value if isinstance(value, str) else _shown(value)[:LONGEST_SHOWN])

    return BeforeValidator(parsed)


def shaped(model: type[Model], path: Path, text: str, data: dict[str, Any]) -> Model:
    """`data` as the model. ConfigProblems with every error."""
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        raise ConfigProblems(explain(invalid, model, path, text)) from None


def explain(invalid: ValidationError, model: type[BaseModel], path: Path | str, text: str) -> list[Problem]:
    """Pydantic's errors in our words."""
    problems = []
    for error in invalid.errors(include_url=False):
        where = [part for part in error["loc"] if not str(part).startswith("<")]
        if where and where[-1] == "[key]":
            where = where[:-1]
        problems.append(Problem(path, line_of(text, where), ".".join(map(str, where)), _words(error, where, model)))
    return problems


def _words(error: ErrorDetails, where: Sequence[int | str], model: type[BaseModel]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"is no known key{nearest(str(where[-1]), _keys(model, where[:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    value = "" if "password" in str(where[-1:]) else _shown(error["input"])
    words = f"{error['msg'][0].lower()}{error['msg'][1:]}"
    if kind == "tuple_type":
        words = f"a list belongs here: write it as [{value or '…'}]"
    elif kind in ("dict_type", "model_type"):
        words = "a table belongs here"
    return f"{value}: {words}" if value else words


def _keys(model: type[BaseModel], where: Sequence[int | str]) -> list[str]:
    """The keys that a table may have, found by following the path through the models' annotations."""
    here: Any = model
    for part in where:
        fields = getattr(here, "model_fields", {})
        here = _model_in(fields[part].annotation) if part in fields else here
    return sorted(getattr(here, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """The model within dict[str, M], tuple[M, ...], M | None, Annotated[M, …]."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for each in typing.get_args(annotation) if (m := _model_in(each)) is not None), None)


def _shown(value: object) -> str:
    """As TOML has it."""
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
