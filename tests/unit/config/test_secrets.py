"""Where a password may stand, and what happens when it can't be had from there."""

import sys

import pytest

from cadenced.config import secrets
from cadenced.config.secrets import SecretPlaces
from cadenced.core.errors import ConfigError


@pytest.fixture
def places(tmp_path):
    def make(value=None, file=None, command=None):
        return SecretPlaces("smtp", value, file, command, tmp_path)

    return make


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("hunter2\nnot this\n")
    path.chmod(0o600)
    return path


def python(script):
    return [sys.executable, "-c", script]


def test_without_any_place_there_is_none(places):
    assert places().read() is None


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_gives_its_first_line(places, file, mode):
    file.chmod(mode)
    assert places(file=file).read() == "hunter2"


def test_a_relative_file_is_relative_to_the_configuration(places, file):
    assert places(file=file.relative_to(file.parent)).read() == "hunter2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
def test_a_file_that_others_reach_is_refused_with_the_cure(places, file, mode):
    file.chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {file}"):
        places(file=file).read()


def test_a_missing_file(places, tmp_path):
    with pytest.raises(ConfigError, match=r"smtp\.password_file: .*none cannot be read: No such file"):
        places(file=tmp_path / "none").read()


def test_an_empty_file_is_no_password(places, file):
    file.write_text("\n")
    with pytest.raises(ConfigError, match="its first line is empty"):
        places(file=file).read()


def test_a_file_with_an_endless_line_is_no_password(places, file):
    file.write_text("x" * (secrets.LONGEST + 1))
    with pytest.raises(ConfigError, match="too long"):
        places(file=file).read()


def test_a_command_gives_the_first_line_that_it_prints(places):
    assert places(command=python("print('hunter2'); print('more')")).read() == "hunter2"


def test_a_command_is_no_shell(places):
    assert places(command=[*python("import sys; print(sys.argv[1])"), "$(id)"]).read() == "$(id)"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("import sys; sys.exit('locked')"), "ended with 1: locked"),
        (python("pass"), "its first line is empty"),
        (["/nonexistent/pass"], "cannot be run: .*No such file"),
    ],
)
def test_a_command_that_gives_none_says_why(places, command, words):
    with pytest.raises(ConfigError, match=words):
        places(command=command).read()


def test_a_command_that_waits_for_somebody_is_ended(places, monkeypatch):
    monkeypatch.setattr(secrets, "COMMAND_TAKES", 0.2)
    with pytest.raises(ConfigError, match=r"did not end within 0\.2 seconds"):
        places(command=python("import time; time.sleep(60)")).read()


def test_a_credential_of_systemd_is_found_by_its_name(places, tmp_path, monkeypatch):
    (tmp_path / "smtp.password").write_text("from systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert places().read() == "from systemd"


def test_the_environment_wins_over_all_other_places(places, file, tmp_path, monkeypatch):
    (tmp_path / "smtp.password").write_text("from systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert places("from environment", file=file).read() == "from environment"


def test_no_message_shows_the_password(places, file):
    file.write_text("x" * 5000)
    with pytest.raises(ConfigError) as error:
        places(file=file).read()
    assert "xxx" not in str(error.value)
