"""Every mail in a real browser: everybody can read it, at every width, in light and dark, with images off or on."""

import pytest
from lxml import html as lxml_html

from tests.browser.mails import LANGUAGES, Sample, samples

pytestmark = pytest.mark.browser
WIDTHS = ((600, False), (320, True))  # each with a scheme, so that both are looked at in both
LARGEST = 30_000  # bytes: mail programs cut off what is much longer, and phones load it on the way
COLUMNS = 72
OF_PAGES = ("landmark-one-main", "region")  # axe's rules for pages; a mail is shown within one that has its landmarks


@pytest.fixture
def file(tmp_path):
    def kept(sample: Sample):
        path = tmp_path / "mail.html"
        path.write_text(sample.html)
        return path

    return kept


def named(sample: Sample) -> str:
    return sample.name


@pytest.mark.parametrize("sample", samples(), ids=named)
def test_a_mail_can_be_read_by_everybody_at_every_width_in_light_and_dark(sample, tab, file):
    path = file(sample)
    for width, dark in WIDTHS:
        tab.open(path, width=width, dark=dark)
        assert tab.evaluate("document.compatMode") == "CSS1Compat"
        assert tab.sticks_out() == 0, f"wider than {width} px"
        assert tab.faults(*OF_PAGES) == []
        assert tab.asked == [path.as_uri()], "a mail fetches nothing"


@pytest.mark.parametrize("sample", samples(), ids=named)
def test_a_mail_is_light_names_its_language_and_has_no_image_to_miss(sample):
    document = lxml_html.fromstring(sample.html)
    assert document.get("lang") == sample.language
    assert len(sample.composed.body) < LARGEST
    assert not document.xpath("//img | //*[contains(@style, 'url(')] | //@background")


@pytest.mark.parametrize("sample", samples(), ids=named)
def test_plain_text_has_72_columns_save_for_addresses_that_must_stay_whole(sample):
    for line in sample.text.splitlines():
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= COLUMNS or longest > COLUMNS - 4, line


def test_a_dark_mail_is_dark_and_a_light_one_light(tab, file):
    path = file(samples()[0])
    background = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    seen = []
    for dark in (False, True):
        tab.open(path, width=600, dark=dark)
        seen.append(tab.evaluate(background))
    assert seen == ["rgb(255, 255, 255)", "rgb(28, 32, 35)"]


def test_axe_sees_a_text_that_is_too_pale_and_a_width_that_is_too_much(tab, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text("<!doctype html><html><title>x</title><p style='color:#aaa;width:700px'>Pale.</p></html>")
    tab.open(path, width=600, dark=False)
    found = {each.split(":")[0] for each in tab.faults(*OF_PAGES)}
    assert found == {"color-contrast", "html-has-lang", "page-has-heading-one"}
    assert tab.sticks_out() > 0


def test_every_language_has_every_mail():
    by_language = [{s.name.partition("-")[2] for s in samples() if s.language == each} for each in LANGUAGES]
    assert all(names >= by_language[1] for names in by_language)
    assert {name.partition("-")[0] for name in by_language[0] - by_language[1]} == {"alert"}
