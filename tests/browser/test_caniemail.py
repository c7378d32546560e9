"""What our HTML asks of mail programs beyond what the major ones all show, each with what becomes of it there.

By caniemail's data, which come with its package. A template that begins to use something else fails here, by its name.
"""

import json
import subprocess
from pathlib import Path

import pytest

from tests.browser.mails import samples

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).with_name("caniemail.mjs")
MAJOR = (
    "apple-mail.*",
    "gmail.*",
    "outlook.*",
    "protonmail.*",
    "samsung-email.android",
    "thunderbird.macos",  # of Windows hardly anything was tested, and it is the same program
    "yahoo.*",
)
LIMIT = "a rarer use of it, that no mail makes"
ALLOWED = {  # and what becomes of it where it is not shown
    # the document
    "<body> element": "the outermost table has its colours, too",
    "<style> element": "it has the dark scheme and narrower margins alone; all else stands in style attributes",
    "@media": "the same; the light scheme is then shown, at any width",
    "color-scheme meta tag": "programs that darken mails by themselves may do so",
    "lang attribute": LIMIT,
    "role attribute": "a screen reader may say that there is a table",
    "aria-hidden attribute": "a screen reader may read out twelve empty cells",
    "align attribute": LIMIT,
    "<ul>, <ol> and <dl>": LIMIT,
    "mailto: links": "no bcc, which no button has",
    # where things stand: Outlook on Windows knows them for table cells alone
    "width attribute": LIMIT,
    "width property": LIMIT,
    "height attribute": LIMIT,
    "height property": "the strip of twelve months becomes a line's height thicker",
    "max-width": "Outlook on Windows has a table of 600 pixels around it, in a comment for it alone",
    "margin": "paragraphs stand a little closer or further",
    "padding": "the same, and a button is only as large as its word",
    "display": LIMIT,
    "display:none": "the line that a list of mails shows may be seen in the mail; it repeats what stands there",
    "max-height property": "the same",
    "overflow": "the same",
    "border-spacing": "no gap: cellspacing says the same",
    "white-space": "a task of several paragraphs becomes one",
    "word-break": "a very long word is broken elsewhere, or may widen the page",
    # how they look
    "background": "only colours are used",
    "border": "a thin line may be missing",
    "border-radius": "corners are square",
    "font-size": LIMIT,
    "font-weight": "600 becomes bold, and is meant to",
    "letter-spacing": "letters stand a hair apart",
    "line-height": "lines stand a little closer or further",
    "system-ui, ui-serif, ui-sans-serif, ui-rounded, ui-monospace": "the next font of the list is taken",
    "text-align": LIMIT,
    "text-decoration": "a link is told by its colour, and by what it says",
}


def used(*files: Path) -> dict[str, list[str]]:
    """By feature, the mail programs that don't show it, or not wholly."""
    argv = ["node", str(SCRIPT), ",".join(MAJOR), *map(str, files)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def features(tmp_path_factory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("mails")
    for sample in samples():
        (folder / f"{sample.name}.html").write_text(sample.html)
    return used(*sorted(folder.iterdir()))


def test_mails_use_nothing_that_a_major_mail_program_lacks_save_what_is_allowed(features):
    assert {name: where for name, where in features.items() if name not in ALLOWED} == {}


def test_nothing_is_allowed_that_no_mail_uses_any_more(features):
    assert set(ALLOWED) - set(features) == set()


def test_a_new_feature_is_found_by_its_name(tmp_path):
    mail = tmp_path / "new.html"
    mail.write_text("<html><body><p style='display: grid'>Hello.</p></body></html>")
    assert "display:grid" in used(mail)
