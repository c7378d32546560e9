"""By which channel meetings reach a person, and the organizer who invites those without a calendar login."""

import pytest

from cadenced.config import ConfigProblems, load
from cadenced.config.settings import load_settings
from cadenced.core.accounts import ORGANIZER
from cadenced.core.model import Channel
from tests.unit.config.conftest import SETTINGS

INVITES = """
[organizer]
url = "https://cloud.example.org/dav"
"""
JONAS = 'timezone = "Europe/Berlin"'


@pytest.fixture
def settings(folder):
    def make(more=INVITES):
        folder.write(SETTINGS + more, "cadenced.toml")
        return load_settings(folder.path)

    return make


def people(folder, **said):
    """The channels of the mentor, who has a calendar, and of the protege, who has none."""
    text = folder.text
    for name, channel in said.items():
        place = {"maya": 'calendar = "maya"', "jonas": JONAS}[name]
        text = text.replace(place, f'{place}\nchannel = "{channel}"')
    return [person.channel for person in folder.pair(text).people]


@pytest.mark.parametrize(
    ("organizer", "expected"),
    [(False, [Channel.CALDAV, Channel.NONE]), (True, [Channel.CALDAV, Channel.SCHEDULING])],
)
def test_people_have_the_best_channel_that_there_is(folder, organizer, expected):
    folder.organizer = organizer
    assert people(folder) == expected


def test_people_may_choose_less_than_there_is(folder):
    folder.organizer = True
    assert people(folder, maya="scheduling", jonas="none") == [Channel.SCHEDULING, Channel.NONE]
    assert people(folder, maya="none", jonas="scheduling") == [Channel.NONE, Channel.SCHEDULING]


@pytest.mark.parametrize(("channel", "account"), [("caldav", "maya"), ("scheduling", ORGANIZER), ("none", None)])
def test_a_calendar_is_written_to_by_its_own_channel_alone(folder, channel, account):
    folder.organizer = True
    mentor = folder.pair(folder.changed('calendar = "maya"', f'calendar = "maya"\nchannel = "{channel}"')).mentor
    assert (mentor.calendar, mentor.account) == ("maya", account)


def test_with_a_mailbox_who_has_no_calendar_is_invited_by_mail_and_by_a_server_rather_than_that(folder):
    folder.mailbox = True
    assert people(folder) == [Channel.CALDAV, Channel.INVITE]
    assert folder.pair().protege.account == "invite/jonas@example.org"
    folder.organizer = True
    assert people(folder) == [Channel.CALDAV, Channel.SCHEDULING]
    assert people(folder, jonas="invite") == [Channel.CALDAV, Channel.INVITE]


@pytest.mark.parametrize(
    ("place", "channel", "words"),
    [
        (JONAS, "caldav", 'is "caldav", which writes into a calendar of theirs, but none is named; say calendar, too'),
        (JONAS, "scheduling", 'is "scheduling", which needs an [organizer] in cadenced.toml: a login on a server that'),
        ('calendar = "maya"', "scheduling", 'is "scheduling", which needs an [organizer] in cadenced.toml'),
        (JONAS, "invite", 'is "invite", which needs a [mailbox] in cadenced.toml: invitations are answered by mail'),
        (JONAS, "pigeon", "\"pigeon\": input should be 'caldav', 'scheduling', 'invite' or 'none'"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_at_its_line(folder, place, channel, words):
    problem = folder.problem(folder.changed(place, f'{place}\nchannel = "{channel}"'))
    where, _, text = problem.partition(".channel: ")
    assert where in ("pairs.toml:16: people.jonas", "pairs.toml:11: people.maya")
    assert text.startswith(words)


def test_settings_that_could_not_be_read_are_blamed_for_no_channel(folder):
    folder.write(folder.changed(JONAS, f'{JONAS}\nchannel = "scheduling"'))
    folder.write(SETTINGS.replace("host", "hots"), "cadenced.toml")
    with pytest.raises(ConfigProblems) as found:
        load(folder.path)
    assert "channel" not in str(found.value)


class TestOrganizer:
    def test_without_one_nobody_is_invited(self, settings):
        assert settings("").organizer_account() is None

    def test_it_is_an_account_like_others_with_a_name_of_its_own(self, settings, folder):
        more = (
            'username = "cadence"\ncalendar = "Mentoring"\nca_file = "ca.pem"\npassword_command = ["echo", "hunter2"]\n'
        )
        account = settings(INVITES + more).organizer_account()
        assert (account.name, account.section) == (ORGANIZER, "organizer")
        assert (account.url, account.username, account.calendar) == (
            "https://cloud.example.org/dav",
            "cadence",
            "Mentoring",
        )
        assert account.password == "hunter2"
        assert account.ca_file == folder.path / "ca.pem"
        assert "hunter2" not in repr(account)

    def test_its_password_may_come_from_the_environment_or_from_systemd(self, settings, monkeypatch, tmp_path):
        found = settings(INVITES + 'username = "cadence"\n')
        (tmp_path / "organizer.password").write_text("from systemd\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        assert found.organizer_account().password == "from systemd"
        monkeypatch.setenv("CADENCED_ORGANIZER__PASSWORD", "hunter2")
        assert settings(INVITES + 'username = "cadence"\n').organizer_account().password == "hunter2"

    def test_it_may_come_from_the_environment_alone(self, settings, monkeypatch):
        monkeypatch.setenv("CADENCED_ORGANIZER__ADDRESS", "cadence@example.org")
        assert settings("").organizer_account().address == "cadence@example.org"

    def test_its_password_is_not_read_before_it_is_asked_for(self, settings):
        found = settings(INVITES + 'password_command = ["/nonexistent/pass"]\n')
        assert found.organizer_account(secrets=False).password == ""
        with pytest.raises(ConfigProblems, match=r"cadenced\.toml:8: organizer: .*/nonexistent/pass cannot be run"):
            found.organizer_account()

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            (
                INVITES + 'password = "x"',
                "cadenced.toml:10: organizer.password: secrets don't belong in this file; say ",
            ),
            ("\n[organizer]\n", "cadenced.toml:8: organizer: says neither url nor address"),
            (INVITES + "colour = 1", "cadenced.toml:10: organizer.colour: is no known key"),
            (INVITES + 'name = ""', "cadenced.toml:10: organizer.name: must be a text on one line, and not empty"),
            (
                '\n[calendars.organizer]\nurl = "https://x.example.org"\n',
                "cadenced.toml:8: calendars.organizer: is what [organizer] is called; name this calendar otherwise",
            ),
        ],
    )
    def test_a_mistake_is_shown_with_its_place(self, settings, folder, more, expected):
        with pytest.raises(ConfigProblems) as found:
            settings(more)
        [problem] = [str(each).replace(f"{folder.path}/", "") for each in found.value.problems]
        assert problem.startswith(expected)

    @pytest.mark.parametrize(
        ("sender", "more", "name"),
        [
            ("Cadence <agenda@example.org>", "", "Cadence"),
            ("agenda@example.org", "", "cadenced"),
            ("Cadence <agenda@example.org>", 'name = "Mentoring at Example"', "Mentoring at Example"),
        ],
    )
    def test_people_see_the_sender_of_the_mails_or_the_name_that_it_says(self, folder, sender, more, name):
        folder.write(SETTINGS.replace("Cadence <agenda@example.org>", sender) + INVITES + more, "cadenced.toml")
        assert load_settings(folder.path).organizer_name() == name

    def test_it_comes_with_the_other_accounts_and_makes_the_channel_known(self, folder):
        folder.write()
        folder.write(SETTINGS + INVITES, "cadenced.toml")
        whole = load(folder.path).whole()
        assert sorted(whole.calendars) == ["maya", ORGANIZER]
        assert whole.programme.pairs["maya-jonas"].protege.channel is Channel.SCHEDULING

    def test_a_password_that_cannot_be_had_stops_the_whole(self, folder):
        folder.write()
        folder.write(SETTINGS + INVITES + 'username = "cadence"\n', "cadenced.toml")
        with pytest.raises(ConfigProblems, match="organizer: has a username, but no password: say password_file"):
            load(folder.path).whole()
        assert ORGANIZER in load(folder.path).whole(secrets=False).calendars
