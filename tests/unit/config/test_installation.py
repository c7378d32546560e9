"""The folder: where it is looked for, what `init` writes, what comes with it."""

import re
import stat
from pathlib import Path

import pytest

from cadenced.config import ConfigProblems, find_directory, load, write_installation
from cadenced.config.roadmaps import load_roadmaps
from cadenced.core.errors import ConfigError
from tests.unit.config.conftest import SETTINGS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A place without any configuration, and an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def test_the_example_is_right_and_warns_of_nothing():
    installation = load(ROOT / "config")
    programme = installation.loader.load()
    assert programme.warnings == ()
    assert {person.name for pair in programme.pairs.values() for person in pair.people} >= {"Siobhán O'Neill"}
    assert any(
        pair.mentor.timezone == "Asia/Kathmandu" and not pair.protege.calendar for pair in programme.pairs.values()
    )


def test_init_writes_the_example(tmp_path):
    written = write_installation(tmp_path / "new" / "config")
    assert [path.name for path in written] == ["cadenced.toml", "pairs.toml"]
    for path in written:
        assert path.read_text() == (ROOT / "config" / path.name).read_text()
    assert stat.S_IMODE((tmp_path / "new" / "config").stat().st_mode) & 0o077 == 0o055


def test_the_credentials_of_the_service_are_all_that_the_example_needs(tmp_path, monkeypatch):
    handed = re.findall(r"^LoadCredential=([^:]+):", (ROOT / "systemd" / "credentials.conf").read_text(), re.MULTILINE)
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    for name in handed:
        (credentials / name).write_text("pw\n")
    write_installation(tmp_path / "config")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    whole = load(tmp_path / "config").whole()
    assert len(handed) == 1 + len(whole.calendars)


def test_init_overwrites_nothing(tmp_path):
    (tmp_path / "pairs.toml").write_text("mine")
    with pytest.raises(ConfigError, match=r"pairs\.toml is there already"):
        write_installation(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.toml"]
    assert (tmp_path / "pairs.toml").read_text() == "mine"


def test_init_says_where_it_cannot_write(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"cannot write to .*file"):
        write_installation(tmp_path / "file" / "config")


def test_the_folder_is_looked_for_in_the_usual_places(elsewhere, monkeypatch):
    with pytest.raises(ConfigError, match=r"config, .*home/\.config/cadenced, /etc/cadenced.*cadenced init"):
        find_directory(None)
    at_home = elsewhere / "home" / ".config" / "cadenced"
    write_installation(at_home)
    assert find_directory(None) == at_home
    with pytest.raises(
        ConfigError, match=r"pairs\.toml is a file; --config takes the folder that it is in: .*cadenced$"
    ):
        find_directory(at_home / "pairs.toml")
    write_installation(elsewhere / "xdg" / "cadenced")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(elsewhere / "xdg"))
    assert find_directory(None) == elsewhere / "xdg" / "cadenced"
    write_installation(Path("config"))
    assert find_directory(None) == Path("config")
    write_installation(elsewhere / "managed")
    monkeypatch.setenv("CONFIGURATION_DIRECTORY", str(elsewhere / "managed"))
    assert find_directory(None) == elsewhere / "managed"


def test_the_folder_that_is_named_must_be_one(elsewhere):
    write_installation(elsewhere / "config")
    with pytest.raises(ConfigError, match=r"no cadenced\.toml in nowhere; `cadenced init nowhere`"):
        find_directory(Path("nowhere"))


def test_errors_of_all_files_are_told_at_once(folder):
    folder.write(SETTINGS.replace("host", "hots").replace("calendars.maya", "calendars.zoe"), "cadenced.toml")
    folder.write(folder.changed("Europe/Berlin", "Europe/Berln"))
    folder.write("title = 'x'\nmonths = []\n", "roadmaps/mine.toml")
    (folder.write("x", "templates/agenda.txt.j2")).write_bytes(b"\xff")
    with pytest.raises(ConfigProblems) as found:
        load(folder.path)
    assert sorted((Path(each.file).name, each.path) for each in found.value.problems) == [
        ("agenda.txt.j2", ""),
        ("cadenced.toml", "smtp.host"),
        ("cadenced.toml", "smtp.hots"),
        ("mine.toml", "months"),
        ("pairs.toml", "people.jonas.timezone"),
    ]


def test_accounts_that_could_not_be_read_are_not_missed(folder):
    folder.write(SETTINGS.replace("host", "hots"), "cadenced.toml")
    folder.write(folder.changed('timezone = "Europe/Berlin"\n', ""))
    with pytest.raises(ConfigProblems) as found:
        load(folder.path)
    assert {Path(each.file).name for each in found.value.problems} == {"cadenced.toml"}


def test_a_new_load_takes_over_what_was_parsed(folder):
    folder.write(SETTINGS, "cadenced.toml")
    folder.write()
    before = load(folder.path)
    before.loader.load()
    after = load(folder.path, before)
    assert list(after.loader.sources.values()) == list(before.loader.sources.values()) != []


def test_an_account_that_left_is_missed_though_no_pair_changed(folder):
    folder.write(SETTINGS, "cadenced.toml")
    folder.write()
    before = load(folder.path)
    before.loader.load()
    folder.write(SETTINGS.replace("calendars.maya", "calendars.zoe"), "cadenced.toml")
    with pytest.raises(ConfigProblems, match=r"people\.maya\.calendar"):
        load(folder.path, before).loader.load()


def test_a_users_templates_come_along(folder):
    folder.write(SETTINGS, "cadenced.toml")
    folder.write("Hello", "templates/agenda.txt.j2")
    folder.write("no template", "templates/notes.txt")
    assert load(folder.path).templates == {"agenda.txt.j2": "Hello"}


MONTH = '[[months]]\nnumber = {}\ntitle = "Month"\ntask = "Talk."\n'


def test_a_users_roadmap_adds_and_overrides(folder):
    text = 'title = "Mine"\n' + "".join(MONTH.format(number) for number in range(12, 0, -1))
    folder.write(text, "roadmaps/mine.toml")
    folder.write(text, "roadmaps/early-career-product-manager.toml")
    found = load_roadmaps(folder.path)
    assert [found[each].title for each in ("mine", "early-career-product-manager")] == ["Mine", "Mine"]
    assert [month.number for month in found["mine"].months] == list(range(1, 13))


@pytest.mark.parametrize("numbers", [range(1, 12), [*range(1, 12), 11], []])
def test_a_roadmap_has_each_month_once(folder, numbers):
    folder.write(
        'title = "Mine"\nmonths = []\n' if not numbers else 'title = "Mine"\n' + "".join(map(MONTH.format, numbers)),
        "roadmaps/mine.toml",
    )
    with pytest.raises(ConfigProblems, match="months 1 to 12, each once"):
        load_roadmaps(folder.path)


def test_the_built_in_roadmap_says_everything_in_every_month(folder):
    [roadmap] = load_roadmaps(folder.path).values()
    first = "vision plan assess recognition exposure introduction"
    second = "checkpoint visibility preparation rehearsal decision renewal"
    assert [month.kind for month in roadmap.months] == f"{first} {second}".split()
    for month in roadmap.months:
        assert month.title
        assert month.outcome
        assert 2 <= month.task.count(". ") + 1 <= 5, month.number
        assert 3 <= len(month.questions) <= 5
        assert all(question.count("?") >= 1 for question in month.questions)
        assert 2 <= len(month.prepare) <= 3
        assert 1 <= len(month.homework) <= 2
