"""What the HTML part promises: everything escaped, readable in both schemes, light, and whole in a narrow window."""

import re
from dataclasses import replace
from html import unescape

import pytest
from lxml import html as lxml_html

from cadenced.core.actions import Mail
from tests.support.mails import NOW, composer, html_of, write
from tests.support.programme import pair, person

KINDS = [kind for kind in Mail if kind not in (Mail.ANSWER, Mail.ALERT)]
READS_ANSWERS = composer(plus=True)
EVIL = "<script>alert('1')</script> & \"x\""


def every_html():
    """Each kind for each reader, with all their parts."""
    for kind in KINDS:
        for to in ("mentor", "protege"):
            more = {"times": ((NOW, NOW),) * 3} if kind is Mail.TIMES else {}
            whole = replace(pair(), focus=("negotiation",))
            yield html_of(write(whole, to, kind=kind, month=4, carried_over=True, **more))
            yield html_of(write(pair(mentor=person("maya"), protege=person("jonas")), to, kind=kind))
            yield html_of(write(whole, to, kind=kind, by=READS_ANSWERS, **more))
    yield html_of(composer().compose_alert("alert", "petra@example.org", ["One.", "Two."], NOW))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("to", ["mentor", "protege"])
def test_what_people_wrote_is_text_and_never_markup(kind, to):
    p = pair()
    month = replace(
        p.roadmap.months[0], title=EVIL, task=EVIL, questions=(EVIL,), prepare=(EVIL,), homework=(EVIL,), outcome=EVIL
    )
    months = (month, month, month, *p.roadmap.months[3:])
    p = replace(
        p,
        roadmap=replace(p.roadmap, months=months),
        mentor=replace(p.mentor, name=EVIL),
        protege=replace(p.protege, name=EVIL),
        face_to_face=replace(p.face_to_face, where=EVIL),
    )
    html = html_of(write(p, to, kind=kind, month=3, carried_over=True))
    assert "<script" not in html
    assert "alert('1')" in unescape(html).replace("’", "'")


def test_a_link_cannot_leave_its_attribute():
    p = replace(pair(), face_to_face=replace(pair().face_to_face, where='https://x.example/" onclick="alert(1)'))
    document = lxml_html.fromstring(html_of(write(p)))
    assert not document.xpath("//*[@onclick]")
    assert document.xpath("//a[contains(@href, 'onclick')]")


def test_an_alert_is_escaped():
    assert "<script" not in html_of(composer().compose_alert("alert", "petra@example.org", [EVIL], NOW))


def test_every_mail_names_its_language_its_schemes_and_its_title():
    for html in every_html():
        document = lxml_html.fromstring(html)
        assert document.get("lang") == "en"
        assert document.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
        assert document.findtext(".//title")
        assert html.startswith("<!DOCTYPE html>")


def test_a_mail_fetches_nothing():
    for html in every_html():
        document = lxml_html.fromstring(html)
        assert not document.xpath("//img | //link | //script | //iframe | //@src | //@background")
        assert "url(" not in html
        assert "@import" not in html


def test_styles_are_inlined_and_only_the_media_rules_stay():
    for html in every_html():
        (style,) = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
        assert "prefers-color-scheme: dark" in style
        assert style.lstrip().startswith("@media")
        for element in lxml_html.fromstring(html).xpath("//body//*[@class]"):
            assert element.get("style"), element.get("class")


def test_no_template_tag_survives():
    for html in every_html():
        assert not re.search(r"\{[{%#]|[\ue000\ue001]|<!--(?!\[)", html)


def test_nothing_is_wider_than_a_narrow_window():
    for html in every_html():
        assert not re.search(r"(?<!max-)(?<!-)width:\s*(\d{3,})px", html)
        outside_outlook = re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
        assert all(width == "100%" or int(width) < 100 for width in re.findall(r' width="([^"]+)"', outside_outlook))


def colours(declarations: str) -> dict[str, str]:
    """The text and background colours that a style sets."""
    found = re.findall(r"(?:^|;|\s)(color|background-color):\s*(#[0-9a-fA-F]{6})", declarations)
    return dict(found)


def dark_rules(html: str) -> dict[str, dict[str, str]]:
    """Of each class, what it is in the dark."""
    block = html.partition("(prefers-color-scheme: dark) {")[2].partition("</style>")[0]
    rules: dict[str, dict[str, str]] = {}
    for selectors, declarations in re.findall(r"([.\w, -]+)\{([^}]*)\}", block):
        for selector in selectors.split(","):
            rules.setdefault(selector.strip().removeprefix("."), {}).update(colours(declarations))
    return rules


def texts(html: str, *, dark: bool):
    """Each text that people see, with its colour and the one behind it."""
    rules = dark_rules(html) if dark else {}

    def walk(element, seen):
        seen = seen | colours(element.get("style") or "")
        for name in (element.get("class") or "").split():
            seen = seen | rules.get(name, {})
        if (element.text or "").strip(" \n\xa0"):
            yield element.text.strip(), seen
        for child in element:
            if isinstance(child.tag, str) and child.get("class") != "preview":
                yield from walk(child, seen)
            if (child.tail or "").strip():
                yield child.tail.strip(), seen

    return list(walk(lxml_html.fromstring(html).find("body"), {}))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast_in_both_schemes(dark):
    counted, backgrounds = 0, set()
    for html in every_html():
        for text, seen in texts(html, dark=dark):
            assert contrast(seen["color"], seen["background-color"]) >= 4.5, (text, seen)
            counted += 1
            backgrounds.add(seen["background-color"])
    assert counted > 200
    assert len(backgrounds) == 3  # the page, the card, and the box with the date
    assert all((luminance(colour) < 0.1) is dark for colour in backgrounds)


def test_the_strip_shows_where_in_the_year_the_pair_stands():
    for month, cells in ((1, "n" + "-" * 11), (4, "pppn" + "-" * 8), (12, "p" * 11 + "n"), (14, "pn" + "-" * 10)):
        document = lxml_html.fromstring(html_of(write(month=month)))
        classes = [cell.get("class") for cell in document.xpath("//td[contains(@class, 'cell')]")]
        letters = {"cell past": "p", "cell now": "n", "cell next": "-"}
        assert "".join(letters[each] for each in classes) == cells


def test_a_clock_time_stays_on_one_line_with_its_place():
    assert "18:30\xa0Berlin, 17:30\xa0London" in html_of(write())
