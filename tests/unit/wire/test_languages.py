"""Languages: complete as they are built in, added by one file, and never the end of a mail."""

from datetime import date
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.errors import ConfigError
from cadenced.wire.languages import BUILT_IN, ENGLISH, Languages, filled, flaws, places
from tests.support.catalogues import ROOT, extracted

CATALOGUES = sorted((ROOT / "locales").glob("*.po"))
FRENCH = """
msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "call"
msgstr "appel"

msgid "every month"
msgid_plural "every %(num)s months"
msgstr[0] "chaque mois"
msgstr[1] "tous les %(num)s mois"
"""


def catalogue(path: Path):
    with path.open("rb") as file:
        return read_po(file, locale=Locale.parse(path.stem, sep="-"), abort_invalid=True)


def texts(of) -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    return {
        tuple(each.id) if each.pluralizable else each.id: tuple(each.string) if each.pluralizable else each.string
        for each in of
        if each.id
    }


def test_german_is_built_in_beside_english():
    assert BUILT_IN.names == ("de", "en")
    assert BUILT_IN.words("de").gettext("call") == "Telefonat"
    assert BUILT_IN.words("en").gettext("call") == "call"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_built_in_catalogue_has_every_text_and_no_other(path):
    wanted, found = texts(extracted()), texts(catalogue(path))
    assert len(wanted) > 200
    assert wanted.keys() - found.keys() == set(), "run python -m tests.support.catalogues, and translate what is new"
    assert found.keys() - wanted.keys() == set(), "run python -m tests.support.catalogues"
    untranslated = {english for english, said in found.items() if not (said if isinstance(said, str) else all(said))}
    assert untranslated == set()


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_built_in_catalogue_keeps_every_value_in_its_place(path):
    assert list(flaws(path.stem, path.read_text())) == []
    for english, said in texts(catalogue(path)).items():
        if isinstance(said, str):
            assert places(said) == places(english), english
        else:
            assert places(said[-1]) == places(english[-1]), english


def test_the_texts_that_are_looked_for_are_those_of_templates_and_of_modules():
    found = texts(extracted())
    assert "First, the homework" in found  # a template's
    assert "strategic thinking" in found  # a module's
    assert ("every month", "every %(num)s months") in found
    assert "EEEE d MMMM" in found  # how a day is written


def test_a_user_adds_a_language_by_one_file_and_what_it_lacks_is_english():
    languages = Languages({"fr": FRENCH})
    assert languages.names == ("de", "en", "fr")
    words = languages.words("fr")
    assert words.language == "fr"
    assert words.gettext("call") == "appel"
    assert words.gettext("face to face") == "face to face"
    assert [words.ngettext("every month", "every %(num)s months", n) for n in (1, 3)] == [
        "chaque mois",
        "tous les 3 mois",
    ]
    assert words.written(date(2026, 12, 8), "EEEE d MMMM") == "mardi 8 décembre"


def test_what_a_user_s_language_lacks_is_known_and_a_built_in_one_lacks_nothing():
    lacking = Languages({"fr": FRENCH, "de": 'msgid "call"\nmsgstr "Anruf"\n'}).lacking
    assert "face to face" in lacking("fr")
    assert not {"call", "every month"} & set(lacking("fr"))
    assert lacking("de") == lacking("en") == []


def test_a_user_rewords_a_built_in_language_text_by_text():
    words = Languages({"de": 'msgid "call"\nmsgstr "Anruf"\n'}).words("de")
    assert words.gettext("call") == "Anruf"
    assert words.gettext("face to face") == "Treffen"


def test_a_language_with_a_region_is_written_as_mails_say_it():
    words = Languages({"pt-BR": 'msgid "call"\nmsgstr "ligação"\n'}).words("pt-BR")
    assert (words.language, str(words.locale), words.gettext("call")) == ("pt-BR", "pt_BR", "ligação")


def test_a_language_that_is_not_there_is_english():
    assert BUILT_IN.words("tlh").language == ENGLISH


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("xx-nosuch", "", 'locales/xx-nosuch.po:1: "xx-nosuch" is no language; name the file after one, as in "fr.po"'),
        ("fr", 'msgid "a"\nmsgstr "%(b)s"\n', "locales/fr.po:1: %(b)s is not in the English text, which has: none"),
        ("fr", 'msgid "a"\nmsgstr "100 %"\n', "locales/fr.po:1: % is not in the English text, which has: none"),
        (
            "fr",
            'msgid "%(a)s"\nmsgstr "%(a)999999d"\n',
            "locales/fr.po:1: % is not in the English text, which has: %(a)s",
        ),
        ("fr", 'msgid "a"\nmsgstr "b"\nand so on\n', "locales/fr.po:3: "),
        (
            "fr",
            'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n',
            "locales/fr.po:1: has 1 of the 3 forms that its Plural-Forms ask for",
        ),
    ],
)
def test_a_catalogue_that_would_fail_later_is_refused_at_once_with_its_line(name, source, said):
    with pytest.raises(ConfigError) as caught:
        Languages({name: source})
    assert said in str(caught.value)


def test_every_flaw_of_every_catalogue_is_named_at_once():
    bad = 'msgid "a"\nmsgstr "%(b)s"\n\nmsgid "c"\nmsgstr "%(d)s"\n'
    with pytest.raises(ConfigError) as caught:
        Languages({"fr": bad, "it": bad})
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "locales/fr.po:1", "locales/fr.po:4", "locales/it.po:1", "locales/it.po:4",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_value_stands_in_a_text_as_it_is(before, value):
    text = before.replace("%", "%%")
    assert filled(f"{text}%(value)s", {"value": value}) == before + value


@pytest.mark.parametrize("text", ["100 %", "%(name)300000000s", "%300000000d", "%(name)r", "%(nobody)s"])
def test_a_text_has_no_widths_and_no_values_that_are_not_there(text):
    with pytest.raises(ValueError, match="%"):
        filled(text, {"name": "Maya"})
