"""Styles into the style attributes of a template, once, before it is compiled: many mail programs read only those.

Owns how Jinja's tags survive an HTML parser. Must never know what a template says.
"""

import re

import css_inline

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_HIDDEN = "\ue000{}\ue001"  # private use: no text of ours has it, and inside an attribute it needs no escaping
_FOUND = re.compile('(?:<!--)?\ue000(\\d+)\ue001(="")?(?:-->)?')
# Where a comment would not be one: inside of a tag, and in the elements whose content is no markup.
_OPAQUE = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1>|<[^<>]*>", re.DOTALL)
_BETWEEN = re.compile("\ue000\\d+\ue001")


def stylesheet(source: str) -> str:
    """The rules in a document's style elements."""
    return "\n".join(_STYLE.findall(source))


def inlined(source: str, css: str) -> str:
    """A template, whole document or part of one, with the rules of `css` in its style attributes.

    Class names stay, and a document keeps its @media rules: they make the dark scheme. ValueError when a Jinja tag
    stands where an HTML parser would lose it.
    """
    tags = _TAG.findall(source)
    numbers = iter(range(len(tags)))
    hidden = _commented(_TAG.sub(lambda _: _HIDDEN.format(next(numbers)), source))
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    whole = "<html" in source
    html = inliner.inline(hidden) if whole else inliner.inline_fragment(hidden, css)
    if sorted(int(number) for number, _ in _FOUND.findall(html)) != list(range(len(tags))):
        raise ValueError("an HTML parser loses some of its {% tags %}: is a table or a quote left open?")
    if any(as_name for _, as_name in _FOUND.findall(html)):
        raise ValueError("a {% tag %} may stand in an attribute's value, but not make an attribute")
    return _FOUND.sub(lambda found: tags[int(found[1])], html)


def _commented(hidden: str) -> str:
    """Wraps the hidden tags that stand between HTML's tags in comments: text would be moved out of a table."""
    parts, end = [], 0
    for opaque in _OPAQUE.finditer(hidden):
        parts += [_BETWEEN.sub(r"<!--\g<0>-->", hidden[end : opaque.start()]), opaque[0]]
        end = opaque.end()
    return "".join([*parts, _BETWEEN.sub(r"<!--\g<0>-->", hidden[end:])])
