"""What `doctor` says of real servers that work, and of each way in which they may not."""


def findings(installation) -> dict[tuple[str, str], dict]:
    return {(each["subject"], each["what"]): each for each in installation.json("doctor")}


def test_servers_that_work_are_told_side_by_side(installation):
    done = installation.run("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "calendars.maya\n  ✓ reached" in done.stdout
    found = findings(installation)
    assert {what for subject, what in found if subject == "calendars.jonas"} == {
        "reached",
        "login",
        "calendar",
        "sync",
        "scheduling",
        "clock",
        "busy",
    }
    assert found["calendars.jonas", "sync"]["words"] == "by token"
    assert found["calendars.jonas", "scheduling"]["words"] == "none"
    assert '"Mentoring", which may be written' in found["calendars.jonas", "calendar"]["words"]
    assert found["calendars.jonas", "busy"]["words"] == 'by the events of "Mentoring"'
    assert found["smtp", "reached"]["verdict"] == "fine"


def test_a_wrong_password_a_wrong_name_and_a_server_that_is_down_are_told_apart(installation):
    installation.password("jonas", "wrong")
    toml = installation.config / "cadenced.toml"
    named = toml.read_text().replace(
        f'username = "{installation.users["maya"]}"', f'username = "{installation.users["maya"]}"\ncalendar = "Wrok"'
    )
    toml.write_text(named.replace(f"port = {installation.port}", "port = 9"))
    done = installation.run("doctor")
    assert done.returncode == 3
    found = findings(installation)
    assert found["calendars.jonas", "login"]["verdict"] == "fault"
    assert "check username and password" in found["calendars.jonas", "login"]["words"]
    assert len([line for line in done.stdout.splitlines() if len(line) > 80]) == 0
    assert 'no calendar is called "Wrok"; there are: Mentoring' in found["calendars.maya", "calendar"]["words"]
    assert "cannot be reached" in found["smtp", "reached"]["words"]
    assert "look whether the server runs" in found["smtp", "reached"]["advice"]
    assert installation.events() == []


def test_an_organizer_on_a_server_that_sends_no_invitations_is_told_before_anybody_waits_for_one(installation):
    toml = installation.config / "cadenced.toml"
    login = f'url = "{installation.url}"\nusername = "{installation.users["maya"]}"\npassword_file = "maya.password"\n'
    toml.write_text(f"{toml.read_text()}\n[organizer]\n{login}")
    assert installation.run("doctor").returncode == 3
    found = findings(installation)
    assert found["organizer", "calendar"]["verdict"] == "fine"
    assert found["organizer", "scheduling"]["verdict"] == "fault"
    assert "sends no invitations by itself" in found["organizer", "scheduling"]["words"]
    assert "leave [organizer] out" in found["organizer", "scheduling"]["advice"]
    assert installation.run("apply").returncode != 0
    assert installation.run("thaw", "organizer").returncode == 0
