"""What catalogues must hold: every text that a template or a module has for translation, as gettext's tools find it.

`python -m tests.support.catalogues` renews them all.
"""

from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2] / "daemon" / "cadenced"
KEYWORDS = {**DEFAULT_KEYWORDS, "written": (2,)}  # Words.written(day, pattern)
METHODS = [("templates/*.j2", "jinja2"), ("wire/*.py", "python"), ("service/*.py", "python"), ("inbox/*.py", "python")]
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
OPTIONS = {"templates/*.j2": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def extracted() -> Catalog:
    """All of them, each with the places where it stands."""
    found = Catalog()
    for file, line, text, comments, _ in extract_from_dir(
        ROOT, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(text, locations=[(file, line)], auto_comments=comments)
    return found


def renew(path: Path) -> None:
    """Puts new texts into a catalogue, untranslated, and takes out those that nothing says any more."""
    catalogue = read_po(path.open("rb"), locale=Locale.parse(path.stem, sep="-"))
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    write(path, catalogue)


def write(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        file.write(HEADER.format(language=path.stem, plurals=catalogue.plural_forms).encode())
        write_po(file, catalogue, width=110, include_lineno=False, omit_header=True)


if __name__ == "__main__":
    for each in sorted((ROOT / "locales").glob("*.po")):
        renew(each)
