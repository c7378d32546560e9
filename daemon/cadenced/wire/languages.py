"""Languages: the texts of mails and events in each, from gettext catalogues, and how each writes dates.

Owns which languages there are, and what is wrong with a catalogue. The texts in the source are English and stand in for
whatever a catalogue lacks. Must never know a template, a mail or an event.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import NullTranslations
from importlib import resources
from io import BytesIO

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from cadenced.core.errors import ConfigError

ENGLISH = "en"
SUFFIX = ".po"
FOLDER = "locales/"  # before a name: where a user finds the file
_PLACE = re.compile(r"%(?:%|\((\w+)\)s)?")


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str
    locale: Locale
    catalogue: NullTranslations

    def gettext(self, text: str, **values: object) -> str:
        """`text` in this language, each %(name)s in it replaced."""
        return filled(self.catalogue.gettext(text), values)

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """The form that goes with `number`, which is %(num)s in it."""
        return filled(self.catalogue.ngettext(one, many, number), {"num": number, **values})

    def written(self, day: date, pattern: str) -> str:
        """`pattern` is CLDR's (UTS 35 part 4) and English; the catalogue may have the language's own for it."""
        return format_date(day, self.catalogue.gettext(pattern), self.locale)


@dataclass(frozen=True)
class Languages:
    """The built-in languages and a user's: `user` holds sources of catalogues by language, as in {"pt-BR": "msgid …"}.

    Text by text, a user's catalogue wins over the built-in one of that language.
    """

    user: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, Words] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Raises ConfigError with all that is wrong in a user's catalogues, with file and line."""
        wrong = [
            f"{FOLDER}{name}{SUFFIX}:{line}: {text}"
            for name, source in self.user.items()
            for line, text in flaws(name, source)
        ]
        if wrong:
            raise ConfigError("\n".join(wrong))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({ENGLISH, *_sources(), *self.user}))

    def words(self, language: str) -> Words:
        """English for a language that is not there."""
        if language not in self._known:
            known = language if language in self.names else ENGLISH
            self._known[language] = Words(known, Locale.parse(known, sep="-"), self._catalogue(known))
        return self._known[language]

    def lacking(self, language: str) -> list[str]:
        """The English texts for which a user's language has none: of a built-in one, which is whole, none."""
        if language == ENGLISH or language in _sources():
            return []
        said = _said(_read(language, self.user[language]))
        return sorted(_texts() - said)

    def _catalogue(self, language: str) -> NullTranslations:
        found = NullTranslations()
        for sources in (_sources(), self.user):
            if language in sources:
                above = _compiled(language, sources[language])
                above.add_fallback(found)
                found = above
        return found


BUILT_IN = Languages()


def filled(text: str, values: Mapping[str, object]) -> str:
    """`text` with each %(name)s replaced, and %% as %. ValueError for any other % and for a name without a value: no
    width and no precision, with which a few characters could fill the memory.
    """

    def value(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%"
        if place[1] is None:
            raise ValueError('a % in a text is written "%%"')
        if place[1] not in values:
            raise ValueError(f"%({place[1]})s has no value")
        return str(values[place[1]])

    return _PLACE.sub(value, text)


def flaws(language: str, source: str) -> Iterator[tuple[int, str]]:
    """The lines of a catalogue that can't be used, each with what is wrong with it."""
    try:
        catalogue = _read(language, source)
    except (ValueError, UnknownLocaleError):
        yield 1, f'"{language}" is no language; name the file after one, as in "fr{SUFFIX}" or "pt-BR{SUFFIX}"'
    except PoFileError as error:
        yield error.lineno + 1, str(error)
    else:
        for message in catalogue:
            if message.id and (wrong := _misplaced(message) or _formless(message)):
                yield message.lineno or 1, wrong


def places(text: str | Sequence[str]) -> set[str]:
    """What stands for something else in a text, or in the forms of one: %(name)s, and a stray %."""
    texts = (text,) if isinstance(text, str) else text
    return {found[0] for each in texts for found in _PLACE.finditer(each) if found[0] != "%%"}


def _misplaced(message: Message) -> str:
    """What is wrong with a translation: it may leave a value out, as a form for one does, but not name one that the
    English text does not.
    """
    known = places(message.id or ()) | ({"%(num)s"} if message.pluralizable else set())
    unknown = sorted(places(message.string or ()) - known)
    return (
        f"{unknown[0]} is not in the English text, which has: {', '.join(sorted(known)) or 'none'}" if unknown else ""
    )


def _formless(message: Message) -> str:
    """A number that falls on a form that is not there would be told in English."""
    said = [form for form in message.string or () if form] if message.pluralizable else []
    wanted = len(message.string or ())
    return f"has {len(said)} of the {wanted} forms that its Plural-Forms ask for" if 0 < len(said) < wanted else ""


def _read(language: str, source: str) -> Catalog:
    locale = Locale.parse(language, sep="-")
    return read_po(BytesIO(source.encode()), locale=locale, charset="utf-8", ignore_obsolete=True, abort_invalid=True)


def _compiled(language: str, source: str) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, _read(language, source))
    compiled.seek(0)
    return Translations(compiled)


@cache
def _sources() -> dict[str, str]:
    folder = resources.files("cadenced") / "locales"
    catalogues = (each for each in folder.iterdir() if each.name.endswith(SUFFIX))
    return {each.name.removesuffix(SUFFIX): each.read_text("utf-8") for each in catalogues}


@cache
def _texts() -> frozenset[str]:
    """Every text there is, by the catalogues that are whole."""
    return frozenset().union(*(_said(_read(name, source)) for name, source in _sources().items()))


def _said(catalogue: Catalog) -> frozenset[str]:
    """The texts that it translates; of one with several forms, the first."""
    translated = (each for each in catalogue if each.id and each.string and all(each.string))
    return frozenset(each.id if isinstance(each.id, str) else each.id[0] for each in translated)
