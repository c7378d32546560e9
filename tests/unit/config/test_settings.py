"""cadenced.toml and the environment: what counts, what is refused, and where passwords come from."""

from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from cadenced.config import ConfigProblems
from cadenced.config.settings import load_settings
from cadenced.core.errors import ConfigError
from cadenced.core.model import Horizon
from tests.unit.config.conftest import SETTINGS


@pytest.fixture
def settings(folder):
    def make(text=SETTINGS):
        folder.write(text, "cadenced.toml")
        return load_settings(folder.path)

    return make


@pytest.fixture
def problems(settings, folder):
    def find(text=SETTINGS):
        with pytest.raises(ConfigProblems) as found:
            settings(text)
        return [str(each).replace(f"{folder.path}/", "") for each in found.value.problems]

    return find


def test_what_is_not_said_has_a_default(settings, monkeypatch, tmp_path):
    found = settings()
    assert found.horizon() == Horizon(timedelta(weeks=10), timedelta(days=3), timedelta(hours=24))
    assert (found.smtp.port, found.smtp.tls, found.smtp.daily_cap) == (587, "starttls", 2)
    assert found.service.poll == timedelta(seconds=60)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert found.store_path() == tmp_path / ".local/state/cadenced/cadenced.db"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/cadenced:/other")
    assert found.store_path() == Path("/var/lib/cadenced/cadenced.db")


def test_a_relative_path_is_relative_to_the_file(settings, tmp_path):
    text = SETTINGS.replace("[calendars", 'ca_file = "ca.pem"\n[calendars') + '\n[store]\npath = "state/x.db"\n'
    found = settings(text)
    assert found.store_path() == tmp_path / "state/x.db"
    assert found.mail_account().ca_file == tmp_path / "ca.pem"


def test_the_environment_wins_over_the_file(settings, monkeypatch):
    monkeypatch.setenv("CADENCED_SMTP__HOST", "other.example.org")
    monkeypatch.setenv("CADENCED_DEFAULTS__HORIZON", "8 weeks")
    found = settings()
    assert (found.smtp.host, found.smtp.sender) == ("other.example.org", "Cadence <agenda@example.org>")
    assert found.horizon().ahead == timedelta(weeks=8)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Mentoring, Ltd. <a@example.org>", '"Mentoring, Ltd." <a@example.org>'),
        (r"\"Mentoring, Ltd.\" <a@example.org>", '"Mentoring, Ltd." <a@example.org>'),
        ("O'Neill 🐻 <a@example.org>", "O'Neill 🐻 <a@example.org>"),
        ("a@example.org", "a@example.org"),
        ("<a@example.org>", "a@example.org"),
    ],
)
def test_the_sender_may_have_any_name(settings, said, meant):
    assert settings(SETTINGS.replace("Cadence <agenda@example.org>", said)).smtp.sender == meant


def test_an_account_may_come_from_the_environment_alone(settings, monkeypatch):
    monkeypatch.setenv("CADENCED_CALENDARS__ZOE__ADDRESS", "zoe@example.org")
    assert settings().calendar_accounts()["zoe"].address == "zoe@example.org"


def test_a_dash_in_the_name_of_an_account_is_an_underscore_in_the_environment(settings, monkeypatch):
    monkeypatch.setenv("CADENCED_CALENDARS__ANA_MARIA__PASSWORD", "hunter2")
    text = SETTINGS.replace("maya", "ana-maria") + 'username = "ana"\n'
    assert settings(text).calendar_accounts()["ana-maria"].password == "hunter2"


@pytest.mark.parametrize("password", ["hunter2", "123", "null", '{"a": 1}', "", " spaced ", "päss"])
def test_a_password_from_the_environment_stays_as_it_is(settings, monkeypatch, password):
    monkeypatch.setenv("CADENCED_SMTP__PASSWORD", password)
    assert settings().mail_account().password == password


def test_an_empty_variable_says_nothing(settings, problems, folder, monkeypatch):
    """As a line of an EnvironmentFile= that nobody filled in."""
    for name in ("SMTP__PASSWORD", "SMTP__PORT", "CALENDARS__MAYA__URL", "ORGANIZER__USERNAME", "SERVICE"):
        monkeypatch.setenv(f"CADENCED_{name}", "")
    folder.write("hunter2", "secret").chmod(0o600)
    text = SETTINGS.replace("[calendars", 'password_file = "secret"\n[calendars')
    found = settings(text)
    assert (found.mail_account().password, found.smtp.port, found.organizer) == ("hunter2", 587, None)
    assert found.calendars["maya"].url == "https://cloud.example.org/dav"
    [problem] = problems(text.replace("password_file", "port = 0\npassword_file"))
    assert problem.startswith("cadenced.toml:5: smtp.port: ")


def test_a_password_is_shown_nowhere(settings, monkeypatch):
    monkeypatch.setenv("CADENCED_SMTP__PASSWORD", "hunter2")
    monkeypatch.setenv("CADENCED_CALENDARS__MAYA__PASSWORD", "hunter2")
    found = settings()
    assert found.mail_account().password == found.calendar_accounts()["maya"].password == "hunter2"
    assert "hunter2" not in f"{found} {found!r} {found.mail_account()!r} {found.calendar_accounts()!r}"


@pytest.mark.parametrize("place", ["[smtp]\n", "[calendars.maya]\n"])
def test_a_password_in_the_file_is_refused_with_the_ways_there_are(problems, place):
    name = place.strip("[]\n")
    [problem] = problems(SETTINGS.replace(place, f'{place}password = "hunter2"\n'))
    assert f"{name}.password: secrets don't belong in this file" in problem
    variable = "CADENCED_" + name.upper().replace(".", "__") + "__PASSWORD"
    for way in ("password_file", "password_command", variable, f"credential {name}.password"):
        assert way in problem
    assert "hunter2" not in problem


def test_a_username_without_a_password_names_every_account(settings):
    text = SETTINGS.replace("[calendars", 'username = "agenda"\n[calendars')
    text += 'username = "maya"\n[calendars.zoe]\naddress = "zoe@example.org"\nusername = "zoe"\n'
    found = settings(text)
    with pytest.raises(ConfigError, match="smtp: has a username, but no password"):
        found.mail_account()
    with pytest.raises(ConfigProblems) as error:
        found.calendar_accounts()
    assert [name in str(error.value) for name in ("calendars.maya:", "calendars.zoe:")] == [True, True]


def test_passwords_are_not_read_before_they_are_asked_for(settings):
    text = SETTINGS + 'password_command = ["/nonexistent/pass"]\n'
    assert settings(text).calendars["maya"].password is None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("host", "hots", 'cadenced.toml:2: smtp.hots: is no known key; did you mean "host"?'),
        ("[smtp]", "[smpt]", 'cadenced.toml:1: smpt: is no known key; did you mean "smtp"?'),
        (
            "host",
            'tls = "ssl"\nhost',
            "cadenced.toml:2: smtp.tls: \"ssl\": input should be 'starttls', 'tls' or 'none'",
        ),
        (
            "host",
            "port = 99999\nhost",
            "cadenced.toml:2: smtp.port: 99999: input should be less than or equal to 65535",
        ),
        (
            "Cadence <agenda@example.org>",
            "Cadence <agenda",
            'cadenced.toml:3: smtp.sender: "agenda" is no mail address',
        ),
        ("Cadence <", r"Cadence\nBcc: <", "cadenced.toml:3: smtp.sender: must be a text on one line"),
        ("https://", "http://", "cadenced.toml:6: calendars.maya.url: http would send the password in clear"),
        ("https://", "https://maya:hunter2@", "cadenced.toml:6: calendars.maya.url: has a login in the URL"),
        ("https://", "ftp://", "cadenced.toml:6: calendars.maya.url: is no URL of a server"),
        ("cloud.", "cloud..", 'cadenced.toml:6: calendars.maya.url: "cloud..example.org" is no name of a server'),
        ("mail.", "mail..", 'cadenced.toml:2: smtp.host: "mail..example.org" is no name of a server; write it like'),
        ("mail.", "m" * 64 + ".", f'cadenced.toml:2: smtp.host: "{"m" * 64}.example.org" is no name of a server'),
        ('url = "https://cloud.example.org/dav"', "", "cadenced.toml:5: calendars.maya: says neither url nor address"),
        ("calendars.maya", "calendars.Maya", "cadenced.toml:5: calendars.Maya: an id has small letters"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_the_way_out(problems, old, new, expected):
    assert old in SETTINGS
    found = problems(SETTINGS.replace(old, new))
    assert any(each.startswith(expected) for each in found), found
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('[defaults]\nhorizon = "5 weeks"', "cadenced.toml:8: defaults: horizon must be between 6 and 104 weeks"),
        ('[defaults]\nhorizon = "ages"', 'cadenced.toml:9: defaults.horizon: "ages" is no length of time'),
        ('[defaults]\nfreeze = "20 weeks"', "cadenced.toml:8: defaults: freeze and notice must be shorter"),
        ('[defaults]\ntimezone = "Berlin"', 'cadenced.toml:9: defaults.timezone: "Berlin" is no time zone'),
        ('[service]\npoll = "0 s"', "cadenced.toml:8: service: poll must be between 1 second and 1 day"),
        ('[service]\ncoordinator = "petra"', 'cadenced.toml:9: service.coordinator: "petra" is no mail address'),
        ("[service]\ncoordinator = 5", 'cadenced.toml:9: service.coordinator: "5" is no mail address'),
        ('password_file = "a"\npassword_command = ["b"]', "cadenced.toml:5: calendars.maya: has both"),
        (
            'password_command = "echo secret"',
            "cadenced.toml:8: calendars.maya.password_command: a list belongs here: write it as […]",
        ),
    ],
)
def test_values_outside_their_bounds_are_refused(problems, more, expected):
    [problem] = problems(SETTINGS + "\n" + more + "\n")
    assert problem.startswith(expected)


def test_the_calendars_to_read_are_all_some_or_none(settings):
    def read(line):
        return settings(SETTINGS + f"{line}\n").calendar_accounts(secrets=False)["maya"].read

    assert read("") is None
    assert read('read = ["Work", "Jürgen & Söhne"]') == ("Work", "Jürgen & Söhne")
    assert read("read = []") == ()


def test_the_environment_names_calendars_to_read_as_json(settings, monkeypatch):
    monkeypatch.setenv("CADENCED_CALENDARS__MAYA__READ", '["Work"]')
    assert settings().calendar_accounts(secrets=False)["maya"].read == ("Work",)


@pytest.mark.parametrize("value", ['"Work"', '[""]', "true"])
def test_what_is_no_list_of_names_is_no_list_of_calendars(problems, value):
    [problem] = problems(SETTINGS + f"read = {value}\n")
    assert problem.startswith("cadenced.toml:")
    assert "calendars.maya.read" in problem


def test_an_organizer_is_nobody_whose_calendars_could_be_read(problems):
    [problem] = problems(SETTINGS + '\n[organizer]\nurl = "https://x.example.org/"\nread = ["Work"]\n')
    assert "read belongs into [calendars.NAME]" in problem


@pytest.mark.parametrize("section", ["calendars.bob", "organizer"])
def test_a_colon_in_the_name_of_a_calendar_s_login_is_told_before_any_server_is_asked(problems, section):
    more = f'[{section}]\nurl = "https://cloud.example.org/dav"\nusername = "DOM:bob"\n'
    expected = f"cadenced.toml:9: {section}.username: has a colon, which no login to a calendar server can have; "
    assert problems(SETTINGS + more) == [f"{expected}write it as the server lists it"]


def test_a_colon_in_the_name_of_a_mail_login_is_no_mistake(settings):
    assert settings(SETTINGS.replace("sender", 'username = "DOM:bob"\nsender')).smtp.username == "DOM:bob"


TRUSTING = """\
[smtp]
host = "mail.example.org"
sender = "Cadence <agenda@example.org>"
ca_file = "{0}"
[mailbox]
host = "imap.example.org"
username = "agenda"
ca_file = "{0}"
[calendars.maya]
url = "https://cloud.example.org/dav"
ca_file = "{0}"
[organizer]
url = "https://cloud.example.org/dav"
ca_file = "{0}"
"""


@pytest.mark.parametrize(
    "held", ["a certificate", "", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"]
)
def test_a_ca_file_without_certificates_is_told_at_every_section_before_any_server_is_asked(settings, folder, held):
    folder.write(held, "ca.pem")
    with pytest.raises(ConfigProblems) as found:
        settings(TRUSTING.format("ca.pem")).certificates()
    told = [(each.line, each.path) for each in found.value.problems]
    assert sorted(told) == [(1, "smtp"), (5, "mailbox"), (9, "calendars.maya"), (12, "organizer")]
    assert {each.text for each in found.value.problems} == {
        f"ca_file: {folder.path / 'ca.pem'} holds no certificates in PEM, which begin with -----BEGIN CERTIFICATE-----"
    }


def test_a_ca_file_with_a_certificate_is_one(settings, folder):
    trustme.CA().cert_pem.write_to_path(folder.path / "ca.pem")
    settings(TRUSTING.format("ca.pem")).certificates()


def test_mail_in_clear_stays_on_this_machine(settings, problems):
    clear = SETTINGS.replace("host =", 'tls = "none"\nhost =')
    [problem] = problems(clear)
    assert 'tls = "none" would send mail and password in clear to mail.example.org' in problem
    for host in ("localhost", "127.0.0.1", "::1"):
        assert settings(clear.replace("mail.example.org", host)).smtp.host == host


def test_a_mistake_in_the_environment_names_the_variable(problems, monkeypatch):
    monkeypatch.setenv("CADENCED_SMTP__PORT", "many")
    monkeypatch.setenv("CADENCED_SMTP__PASWORD", "hunter2")
    monkeypatch.setenv("CADENCED_CALENDARS__ZOE__USERNAME", "zoe")
    found = problems()
    assert [each.split(":")[0] for each in found] == [
        "environment variable CADENCED_CALENDARS__ZOE__USERNAME",
        "environment variable CADENCED_SMTP__PASWORD",
        "environment variable CADENCED_SMTP__PORT",
    ]
    assert "hunter2" not in "".join(found)


def test_a_whole_section_in_the_environment_must_be_json(problems, monkeypatch):
    monkeypatch.setenv("CADENCED_SMTP", "mail.example.org")
    [problem] = problems()
    assert problem.startswith("environment: ")
    assert "CADENCED_SMTP__HOST" in problem


def test_all_errors_are_told_at_once(problems):
    text = SETTINGS.replace("host", "hots").replace("[calendars", 'password = "x"\n[calendars') + "colour = 1\n"
    assert [each.split(": ")[1] for each in problems(text)] == [
        "smtp.host",
        "smtp.hots",
        "smtp.password",
        "calendars.maya.colour",
    ]
