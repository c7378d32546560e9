"""The page of `cadenced preview` in a real browser: readable by everybody, whole at every width, and asking nobody."""

import asyncio
import re
from pathlib import Path

import pytest

from cadenced.config import load
from cadenced.config.installation import write_installation
from cadenced.service.previewing import preview_once
from tests.support.programme import utc

pytestmark = pytest.mark.browser
WIDTHS = ((1280, False), (600, True), (320, False))
OPENED = """new Promise(done => {
  const mail = document.querySelector("details.mail"), frame = mail.querySelector("iframe");
  const look = () => frame.style.height ? done(frame.offsetHeight) : setTimeout(look, 20);
  mail.open = true;
  look();
})"""  # the height of the first mail's frame, once it was fitted
SETTLED = "new Promise(done => setTimeout(done, 200))"
COLOURS = """[...document.querySelectorAll("svg text")].map(text => getComputedStyle(text).fill).flatMap(
  fill => [".card", ".when"].map(each => [fill, getComputedStyle(document.querySelector(each)).backgroundColor])
)"""


@pytest.fixture(scope="module", params=["en", "de"])
def year(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("preview")
    write_installation(folder / "config")
    settings = folder / "config" / "cadenced.toml"
    (folder / "config" / "secret").touch(mode=0o600)
    mailbox = '[mailbox]\nhost = "mail.example.org"\nusername = "agenda@example.org"\npassword_file = "secret"\n'
    settings.write_text(f'{settings.read_text()}\n{mailbox}[store]\npath = "{folder}/cadenced.db"\n')
    installation = load(folder / "config")
    made = asyncio.run(preview_once(installation, "maya-jonas", utc("2026-11-24T09:00"), request.param))
    (folder / "preview.html").write_text(made.html)
    return folder / "preview.html"


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of "rgb(…)"."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("width", "dark"), WIDTHS)
def test_the_page_can_be_read_by_everybody_at_every_width_in_light_and_dark(year, tab, width, dark):
    tab.open(year, width=width, dark=dark)
    assert tab.sticks_out() == 0
    assert [fault for fault in tab.faults() if "<text" not in fault] == []
    assert tab.asked == [year.as_uri()]


@pytest.mark.parametrize("dark", [False, True])
def test_words_in_the_picture_have_enough_contrast_which_axe_cannot_tell(year, tab, dark):
    tab.open(year, width=1280, dark=dark)
    pairs = {tuple(each) for each in tab.evaluate(COLOURS)}
    assert len(pairs) == 4  # of numbers and of names, each on a month and beside one
    for fill, behind in pairs:
        darker, lighter = sorted((luminance(fill), luminance(behind)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (fill, behind)


def test_a_mail_opens_as_tall_as_it_is_and_runs_nothing(year, tab):
    tab.open(year, width=1280, dark=False)
    tall = tab.evaluate(OPENED)
    assert tall > 700
    assert tab.evaluate("document.querySelector('iframe').contentDocument.body.offsetHeight") in range(tall - 3, tall)
    assert tab.evaluate("document.querySelector('iframe').sandbox.value") == "allow-same-origin"


def test_what_is_clicked_in_a_mail_opens_nothing(year, tab):
    tab.open(year, width=1280, dark=False)
    tab.evaluate(OPENED)
    tab.evaluate("document.querySelector('iframe').contentDocument.querySelector('a').click()")
    tab.evaluate(SETTLED)
    assert tab.evaluate("document.querySelector('iframe').contentDocument.URL") == "about:srcdoc"
    assert all(url.startswith(("file:", "about:")) for url in tab.asked)


def test_one_button_opens_all_mails(year, tab):
    tab.open(year, width=1280, dark=False)
    tab.evaluate("document.getElementById('all').click()")
    assert tab.evaluate("[...document.querySelectorAll('details.mail')].every(mail => mail.open)")
