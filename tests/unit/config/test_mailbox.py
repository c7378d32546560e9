"""The mailbox that answers come back to: what may be said of it, what is refused, and where its password may stand."""

import sys
from pathlib import Path

import pytest

from cadenced.config import ConfigProblems, load
from cadenced.config.settings import load_settings
from cadenced.core.accounts import MailboxAccount
from cadenced.core.model import Channel
from tests.unit.config.conftest import SETTINGS

MAILBOX = '\n[mailbox]\nhost = "imap.example.org"\nusername = "agenda"\n'
LOCAL = MAILBOX.replace("imap.example.org", "{host}") + 'tls = "none"\n'


@pytest.fixture
def settings(folder):
    def make(more=MAILBOX):
        folder.write(SETTINGS + more, "cadenced.toml")
        return load_settings(folder.path)

    return make


def problems(folder, act):
    with pytest.raises(ConfigProblems) as found:
        act()
    return [str(each).replace(f"{folder.path}/", "") for each in found.value.problems]


def test_without_one_nobody_reads_what_is_answered(settings):
    assert settings("").mailbox_account() is None


def test_what_is_not_said_of_it_has_a_default(settings):
    account = settings().mailbox_account(secrets=False)
    assert account == MailboxAccount("imap.example.org", 993, "tls", "agenda", "", None, "INBOX")


def test_all_of_it_may_be_said(settings, folder):
    more = (
        'port = 143\ntls = "starttls"\nfolder = "Mentoring/In"\nca_file = "ca.pem"\npassword_command = ["echo", "pw"]\n'
        'authserv_id = "mx.example.org"\n'
    )
    account = settings(MAILBOX + more).mailbox_account()
    ca_file = folder.path / "ca.pem"
    place = ("imap.example.org", 143, "starttls", "agenda", "pw", ca_file, "Mentoring/In")
    assert account == MailboxAccount(*place, "mx.example.org")
    assert "pw" not in repr(account)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_in_clear_it_is_read_on_this_machine(settings, host):
    assert settings(LOCAL.format(host=host)).mailbox_account(secrets=False).tls == "none"


@pytest.mark.parametrize("host", ["imap.example.org", "192.168.1.2", "localhost.example.org", "0.0.0.0"])
def test_in_clear_it_is_read_nowhere_else(settings, folder, host):
    [problem] = problems(folder, lambda: settings(LOCAL.format(host=host)))
    words = f'tls = "none" would send mail and password in clear to {host}; use "tls" or "starttls"'
    assert problem == f"cadenced.toml:8: mailbox: {words}"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            'password = "hunter2"',
            "cadenced.toml:11: mailbox.password: secrets don't belong in this file; say password_file",
        ),
        ('fodler = "INBOX"', 'cadenced.toml:11: mailbox.fodler: is no known key; did you mean "folder"?'),
        ("port = 0", "cadenced.toml:11: mailbox.port: "),
        ("port = 65536", "cadenced.toml:11: mailbox.port: "),
        ('tls = "ssl"', "cadenced.toml:11: mailbox.tls: \"ssl\": input should be 'tls', 'starttls' or 'none'"),
        ('folder = ""', "cadenced.toml:11: mailbox.folder: must be a text on one line, and not empty"),
        ('folder = "a\\r\\nb"', "cadenced.toml:11: mailbox.folder: must be a text on one line, and not empty"),
        ('copies = "maybe"', "cadenced.toml:11: mailbox.copies: "),
        (
            'password_file = "pw"\npassword_command = ["pass"]',
            "cadenced.toml:8: mailbox: has both a password_file and a",
        ),
    ],
)
def test_a_mistake_is_shown_at_its_line_with_what_would_do(settings, folder, more, expected):
    [problem] = problems(folder, lambda: settings(MAILBOX + more + "\n"))
    assert problem.startswith(expected)
    assert "hunter2" not in problem


def test_a_password_in_the_file_is_told_where_it_belongs(settings, folder):
    [problem] = problems(folder, lambda: settings(MAILBOX + 'password = "hunter2"\n'))
    for place in ("password_file (chmod 600)", "password_command", "CADENCED_MAILBOX__PASSWORD", "mailbox.password"):
        assert place in problem


def test_a_host_must_be_named(settings, folder):
    [problem] = problems(folder, lambda: settings('\n[mailbox]\nusername = "agenda"\n'))
    assert problem.startswith("cadenced.toml:8: mailbox.host: ")


def test_a_host_must_be_one_that_can_be_asked_for(settings, folder):
    [problem] = problems(folder, lambda: settings(LOCAL.format(host="imap..example.org")))
    assert problem.startswith(
        'cadenced.toml:9: mailbox.host: "imap..example.org" is no name of a server; write it like'
    )


class TestPassword:
    def test_from_a_file_that_nobody_else_can_read(self, settings, folder):
        path = folder.write("hunter2\n", "secret")
        path.chmod(0o600)
        found = settings(MAILBOX + 'password_file = "secret"\n')
        assert found.mailbox_account().password == "hunter2"
        path.chmod(0o644)
        [problem] = problems(folder, found.mailbox_account)
        assert problem.startswith(
            "cadenced.toml:8: mailbox: password_file: others can read secret (mode 0644); run  chmod"
        )

    def test_from_a_command(self, settings):
        command = f'password_command = ["{Path(sys.executable)}", "-c", "print(\'hunter2\')"]\n'
        assert settings(MAILBOX + command).mailbox_account().password == "hunter2"

    def test_from_systemd_and_before_that_from_the_environment(self, settings, monkeypatch, tmp_path):
        (tmp_path / "mailbox.password").write_text("from systemd\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        assert settings().mailbox_account().password == "from systemd"
        monkeypatch.setenv("CADENCED_MAILBOX__PASSWORD", "hunter2")
        assert settings().mailbox_account().password == "hunter2"

    def test_is_not_read_before_it_is_asked_for(self, settings, folder):
        found = settings(MAILBOX + 'password_command = ["/nonexistent/pass"]\n')
        assert found.mailbox_account(secrets=False).password == ""
        [problem] = problems(folder, found.mailbox_account)
        assert problem.startswith("cadenced.toml:8: mailbox: password_command: /nonexistent/pass cannot be run")

    def test_that_cannot_be_had_stops_the_whole(self, folder):
        folder.write()
        folder.write(SETTINGS + MAILBOX, "cadenced.toml")
        [problem] = problems(folder, lambda: load(folder.path).whole())
        assert problem.startswith("cadenced.toml:8: mailbox: has a username, but no password: say password_file")
        assert load(folder.path).whole(secrets=False).mailbox.username == "agenda"


def test_it_may_come_from_the_environment_alone_which_is_named_when_it_is_wrong(settings, folder, monkeypatch):
    for key, value in {"HOST": "imap.example.org", "USERNAME": "agenda", "PASSWORD": "pw"}.items():
        monkeypatch.setenv(f"CADENCED_MAILBOX__{key}", value)
    assert settings("").mailbox_account().host == "imap.example.org"
    monkeypatch.setenv("CADENCED_MAILBOX__PORT", "many")
    [problem] = problems(folder, lambda: settings(""))
    assert problem.startswith("environment variable CADENCED_MAILBOX__PORT")


def test_it_makes_known_that_people_can_be_invited_by_mail(folder):
    folder.write()
    folder.write(SETTINGS + MAILBOX, "cadenced.toml")
    whole = load(folder.path).whole(secrets=False)
    assert whole.programme.pairs["maya-jonas"].protege.channel is Channel.INVITE


def test_without_a_username_there_is_no_mailbox_to_read(settings, folder):
    found = problems(folder, lambda: settings('\n[mailbox]\nhost = "imap.example.org"\n'))
    assert [each.split(": ", 1)[1] for each in found] == ["mailbox.username: is missing"]


def test_who_is_to_hear_of_what_needs_a_human_is_no_mailbox_that_only_a_program_reads(settings, folder):
    more = MAILBOX + '\n[service]\ncoordinator = "Agenda@example.org"\n'
    [problem] = problems(folder, lambda: settings(more))
    assert "service.coordinator: is the mailbox that cadenced reads itself" in problem
    assert settings('\n[service]\ncoordinator = "agenda@example.org"\n').service.coordinator == "agenda@example.org"


def test_a_certificate_that_is_not_there_is_told_before_any_server_is_asked(settings, folder):
    [problem] = problems(folder, lambda: settings(MAILBOX + 'ca_file = "ca.pem"\n').certificates())
    assert problem.endswith("mailbox: ca_file: ca.pem cannot be read: No such file or directory")
