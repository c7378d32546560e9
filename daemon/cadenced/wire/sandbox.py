"""What a template may cost and touch: Jinja's sandbox, and bounds on what it leaves open.

Owns those bounds. They guard against a slip in a user's own template, which must neither stop the service nor lose a
mail; whoever may write templates may do worse elsewhere. Must never know a template.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.environment import Template
from jinja2.exceptions import SecurityError
from jinja2.loaders import BaseLoader
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from cadenced.wire.languages import Words, filled

STEPS = 5000  # turns of loops and calls of macros in one rendering; a real mail takes some dozens
CHARACTERS = 200_000  # of one rendering; a real mail has 15,000
LONGEST_RANGE = 1000  # a filter over a range takes no steps
# fmt: off
FILTERS = frozenset((  # none makes much of little, as center(3e8) does, and none marks a text as safe
    "abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "join", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round", "select",
    "selectattr", "sort", "string", "striptags", "sum", "title", "trim", "truncate", "unique", "upper",
    "wordcount",
))
# fmt: on
GROWING = frozenset(
    {"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust", "translate", "zfill"}
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Autoescaped save for *.txt.j2; an undefined name is an error. One for each language: what a template that others
    import sets at its top is kept.
    """

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: BaseLoader, words: Words) -> None:
        super().__init__(
            loader=loader,
            autoescape=lambda name: name is None or not name.endswith(".txt.j2"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=-1,
            extensions=["jinja2.ext.i18n"],
        )
        self.newstyle_gettext = True  # of the extension: {% trans %} hands its values over, as _() does
        gettext, ngettext = _translators(words)
        self.globals: dict[str, Any] = {
            "range": _short_range, "_": gettext, "gettext": gettext, "ngettext": ngettext
        }  # fmt: skip
        self.filters = {name: each for name, each in self.filters.items() if name in FILTERS}
        self.filters["fine"] = _fine
        self.filters["capitalize"] = _capital
        self._steps = 0

    def write(self, template: Template, names: Mapping[str, object]) -> str:
        """Renders it. SecurityError when that goes beyond a bound. One rendering at a time."""
        self._steps = 0
        pieces, size = [], 0
        for piece in template.generate(names):
            size += len(piece)
            if size > CHARACTERS:
                raise SecurityError(f"it writes more than {CHARACTERS} characters")
            pieces.append(piece)
        return "".join(pieces)

    def step(self) -> None:
        """Counts a turn of a loop or a call of a macro; every template calls it there."""
        self._steps += 1
        if self._steps > STEPS:
            raise SecurityError(f"its loops turn more than {STEPS} times")

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        loops: list[nodes.For | nodes.Macro] = [*tree.find_all(nodes.For), *tree.find_all(nodes.Macro)]
        for loop in loops:
            call = nodes.Call(nodes.EnvironmentAttribute("step"), [], [], None, None)
            loop.body.insert(0, nodes.ExprStmt(call).set_lineno(loop.lineno).set_environment(self))
        return tree

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """`'a' * 3e8` and `'%300000000d' % 1` would take all memory within one step."""
        if operator == "**" or not (isinstance(left, (int, float)) and isinstance(right, (int, float))):
            raise SecurityError(f"{operator} is for numbers only, and ** for nothing")
        return super().call_binop(context, operator, left, right)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return super().is_safe_attribute(obj, attr, value) and not (isinstance(obj, str) and attr in GROWING)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """No format at all, where Jinja would allow a guarded one: its widths are not guarded."""
        del value
        return None


def _translators(words: Words) -> tuple[Callable[..., str], Callable[..., str]]:
    """Jinja's newstyle gettext and ngettext, save that they fill in values without widths, and set fine in HTML."""

    @pass_context
    def gettext(context: Context, text: str, /, **values: object) -> str:
        return _set(context, words.catalogue.gettext(text), values)

    @pass_context
    def ngettext(context: Context, one: str, many: str, number: int, /, **values: object) -> str:
        return _set(context, words.catalogue.ngettext(one, many, number), {"num": number, **values})

    return gettext, ngettext


def _set(context: Context, text: str, values: Mapping[str, object]) -> str:
    if not context.eval_ctx.autoescape:
        return filled(text, values)
    return Markup(filled(_fine(text), {name: escape(value) for name, value in values.items()}))  # noqa: S704 — escaped


def _fine(text: str) -> str:
    """The typography of HTML: a curved apostrophe, and a clock time that stays on one line with its place."""
    fine = re.sub(r"(?<=\d:\d\d) (?=\w)", "\u00a0", re.sub(r"(?<=\w)(?:'|&#39;)(?=\w)", "’", text))
    return Markup(fine) if isinstance(text, Markup) else fine  # noqa: S704 — it was markup before


def _capital(text: str) -> str:
    """Only its first letter is touched: German nouns keep theirs."""
    return text[:1].upper() + text[1:]


def _short_range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > LONGEST_RANGE:
        raise SecurityError(f"a range here has at most {LONGEST_RANGE} numbers")
    return found
