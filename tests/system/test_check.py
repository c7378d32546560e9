"""What `check` says of people's time, and where else it is said."""

from tests.system.conftest import BEFORE, PAIRS

WARNING = (
    "people.maya.hours_per_month: Maya Okafor's pair needs 2 hours in an ordinary month, more than the 1.5 of "
    "hours_per_month: not every meeting will find a time. End or pause a pair, let a policy meet more rarely or more "
    "briefly, or raise hours_per_month"
)


def test_somebody_who_gives_less_than_the_policies_need_is_named_wherever_the_programme_is_shown(installation):
    installation.save(PAIRS.replace("[people.maya]\n", "[people.maya]\nhours_per_month = 1.5\n"))
    for verb in (["check"], ["plan", "--offline", "--now", BEFORE], ["status"]):
        shown = installation.run(*verb)
        assert shown.returncode == 0, shown.stderr
        assert WARNING in " ".join((shown.stdout + shown.stderr).split()), verb
        assert installation.json(*verb)["warnings"] == [WARNING]


def test_an_unknown_region_is_told_with_its_line_before_any_server_is_asked(installation):
    installation.save(PAIRS.replace("[people.maya]\n", '[people.maya]\nholidays = "GB-Scotland"\n'))
    done = installation.run("check")
    assert done.returncode == 2
    assert done.stderr.strip().endswith(
        'pairs.toml:6: people.maya.holidays: "GB-Scotland" is no part of GB with holidays of its own; '
        'did you mean "GB-SCT"?'
    )
