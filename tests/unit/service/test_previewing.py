"""A year of a pair on one page: which year that is, what stands on it, and that nobody's name can break it."""

import asyncio
import shutil
from datetime import datetime
from importlib import resources
from pathlib import Path

import pytest
from lxml import html as lxml_html

from cadenced.config import load
from cadenced.core.answers import Answer, Told
from cadenced.core.errors import ConfigError
from cadenced.service.previewing import Previewed, preview_once
from cadenced.shell.store import Store
from tests.support.programme import utc

NOW = utc("2026-11-24T09:00")
EVIL = "<script>alert('1')</script> & \\\"x\\\" 🎉"  # as TOML has it
MAILBOX = '\n[mailbox]\nhost = "mail.example.org"\nusername = "agenda@example.org"\n'


def example(place: Path) -> Path:
    """The example installation, whose servers don't exist: asking one would fail."""
    made = place / "config"
    made.mkdir()
    for name in ("cadenced.toml", "pairs.toml"):
        shutil.copy(str(resources.files("cadenced") / "config" / "example" / name), made / name)
    settings = made / "cadenced.toml"
    settings.write_text(settings.read_text() + f'\n[store]\npath = "{place}/cadenced.db"\n')
    return made


@pytest.fixture
def folder(tmp_path) -> Path:
    return example(tmp_path)


def change(folder: Path, name: str, *edits: tuple[str, str]) -> None:
    text = (folder / name).read_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text)


async def page(folder: Path, pair: str = "asha-tom", now: datetime = NOW, language: str | None = None):
    return lxml_html.fromstring((await preview_once(load(folder), pair, now, language)).html)


@pytest.fixture(scope="module")
def maya(tmp_path_factory) -> Previewed:
    """The year of Maya and Jonas, as the example has it."""
    made = example(tmp_path_factory.mktemp("maya"))
    return asyncio.run(preview_once(load(made), "maya-jonas", NOW))


def text_of(element) -> str:
    return " ".join(element.text_content().split())


def test_the_year_has_twelve_months_with_their_meetings_their_events_and_their_mails(maya):
    document = lxml_html.fromstring(maya.html)
    sections = document.findall(".//section")
    assert [text_of(each.find(".//p[@class='over']"))[:14] for each in sections[:2]] == [
        "Month 1 of 12,",
        "Month 2 of 12,",
    ]
    assert len(sections) == 12
    first = text_of(sections[0].find(".//div[@class='when']"))
    assert "17:30 London, 18:30 Berlin" in first.replace("\xa0", " ")
    assert "60 minutes, face to face, The Lamb" in first
    assert "In Maya’s calendar, Tuesday 8 December, 17:30–18:30" in first
    assert "In Jonas’s calendar, Tuesday 8 December, 18:30–19:30" in first
    events = [text_of(each) for each in sections[0].find(".//div[@class='when']").findall(".//b")]
    assert events == ["Jonas Weber: Where do you want to be?", "Maya Okafor: Where do you want to be?"]


def test_each_mail_is_there_as_it_would_look_and_as_plain_text(maya):
    document = lxml_html.fromstring(maya.html)
    frames = document.findall(".//iframe")
    assert len(frames) == len(document.findall(".//pre")) == maya.mails > 60
    for frame, plain in zip(frames, document.findall(".//pre"), strict=True):
        mail = lxml_html.fromstring(frame.get("srcdoc"))
        assert mail.findtext(".//title")
        assert frame.get("title").endswith(mail.findtext(".//title"))
        assert max(len(line) for line in plain.text.splitlines() if "://" not in line) <= 72


def test_the_picture_has_a_mark_for_each_meeting_and_each_mail(maya):
    picture = lxml_html.fromstring(maya.html).find(".//svg")
    assert len(picture.findall("circle")) == maya.meetings
    assert len(picture.xpath("rect[@class='of-mail']")) == maya.mails
    assert all(mark.findtext("title") for mark in picture.xpath("*[starts-with(@class, 'of-')]"))
    assert [text_of(each) for each in picture.xpath("rect[@class='pause']")] == ["Pause"]
    assert picture.get("role") == "img"
    named = picture.get("aria-labelledby").split()
    assert [picture.find(f"*[@id='{name}']").tag for name in named] == ["title", "desc"]


async def test_names_that_look_like_markup_are_text_everywhere(folder):
    change(folder, "pairs.toml", ("Tom Lindqvist", EVIL), ('where = "Video"', f'where = "{EVIL}"'))
    found = await preview_once(load(folder), "asha-tom", NOW)
    document = lxml_html.fromstring(found.html)
    assert len(document.findall(".//script")) == 1
    assert "<script>alert" not in found.html
    assert "<script>alert('1')</script> & \"x\" 🎉" in text_of(document.find(".//h1"))
    assert all("<script" not in frame.get("srcdoc") for frame in document.findall(".//iframe"))


async def test_each_reads_their_own_language_and_the_page_has_one_that_both_read(folder):
    change(folder, "pairs.toml", ('name = "Tom', 'language = "de"\nname = "Tom'))
    mixed = await page(folder)
    languages = {lxml_html.fromstring(frame.get("srcdoc")).get("lang") for frame in mixed.findall(".//iframe")}
    assert languages == {"de", "en"}
    assert mixed.get("lang") == "en"
    german = await page(folder, language="de")
    assert german.get("lang") == "de"
    assert {lxml_html.fromstring(f.get("srcdoc")).get("lang") for f in german.findall(".//iframe")} == {"de"}


async def test_a_pair_under_way_begins_with_the_month_that_it_is_in(folder):
    document = await page(folder, now=utc("2027-03-10T09:00"))
    titles = [text_of(each)[:21] for each in document.xpath("//section//p[@class='over']")]
    assert titles[0].startswith("Month 4 of 12,")
    assert titles[-1] == "Month 3 of 12, year 2"


def spans(document) -> list[str]:
    """The roadmap months' days."""
    over = [text_of(each) for each in document.xpath("//section//p[@class='over']")]
    return [text.partition(", ")[2].replace("\xa0", " ") for text in over]


async def test_a_pause_makes_its_month_longer_and_the_year_too(folder):
    change(folder, "pairs.toml", ("start = 2026-12-07\n", 'start = 2026-12-07\npause = ["2027-01-20/2027-04-19"]\n'))
    document = await page(folder)
    assert spans(document)[:3] == ["7 Dec to 6 Jan", "7 Jan to 7 May", "8 May to 4 Jun"]
    assert len(spans(document)) == 12
    assert "7 December 2026 to 5 March 2028" in text_of(document.find(".//header")).replace("\xa0", " ")
    assert len(document.find(".//svg").xpath("rect[@class='pause']")) == 1


async def test_what_the_two_said_of_pauses_is_on_the_page_too_and_one_without_an_end_takes_a_year(folder, tmp_path):
    store = Store.open(tmp_path / "cadenced.db")
    said = Answer("<1@x>", "asha-tom", "tom", Told.PAUSED, utc("2027-01-20T10:00"))
    await store.record_mail("<1@x>", "answer", [said], [], said.at)
    store.close()
    document = await page(folder, now=utc("2027-01-21T09:00"))
    assert spans(document)[:2] == ["7 Jan to 9 Feb", "10 Feb to 8 Mar"]
    assert len(spans(document)) == 12


async def test_a_pair_that_ends_is_shown_to_its_end_and_one_that_ended_not_at_all(folder):
    change(folder, "pairs.toml", ("start = 2026-12-07\n", "start = 2026-12-07\nend = 2027-02-28\n"))
    assert len((await page(folder)).findall(".//section")) == 3
    with pytest.raises(ConfigError, match='the last day of "asha-tom" was 2027-02-28'):
        await page(folder, now=utc("2027-03-10T09:00"))


async def test_who_is_invited_by_mail_gets_an_invitation_to_each_meeting_unless_an_agenda_brings_it(folder):
    change(folder, "cadenced.toml", ("[service]", f"{MAILBOX}[service]"))
    change(folder, "pairs.toml", ('name = "Tom Lindqvist"', 'name = "Tom Lindqvist"\nchannel = "invite"'))
    document = await page(folder)
    subjects = [text_of(each) for each in document.xpath("//span[@class='subject']")]
    assert len(set(subjects)) > 60
    titles = [lxml_html.fromstring(f.get("srcdoc")).findtext(".//h1") for f in document.findall(".//iframe")]
    invitations = [title for title in titles if title.startswith("On ")]
    assert len(invitations) == len(set(invitations)) > 30


async def test_a_copy_of_the_page_in_the_config_folder_wins(folder):
    (folder / "templates").mkdir()
    (folder / "templates" / "preview.html.j2").write_text("{{ mentor.name }}: {{ months|length }}")
    assert (await preview_once(load(folder), "asha-tom", NOW)).html == "Asha Gurung: 12"


@pytest.mark.parametrize(
    ("template", "wrong"),
    [("\n{% if %}", "preview.html.j2:2: "), ("{{ nothing }}", "'nothing' is undefined")],
)
async def test_a_copy_that_fails_is_named(folder, template, wrong):
    (folder / "templates").mkdir()
    (folder / "templates" / "preview.html.j2").write_text(template)
    with pytest.raises(ConfigError) as error:
        await preview_once(load(folder), "asha-tom", NOW)
    assert "templates/preview.html.j2" in str(error.value)
    assert wrong in str(error.value)


def test_the_page_tells_the_browser_to_fetch_nothing(maya):
    document = lxml_html.fromstring(maya.html)
    (policy,) = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; ")
    assert not document.xpath("//link | //img | //@src")
    assert {frame.get("sandbox") for frame in document.findall(".//iframe")} == {"allow-same-origin"}
