"""The verbs as people and programs use them, on real servers."""

import json

from tests.system.conftest import BEFORE, PAIRS


def test_init_check_and_an_offline_plan_need_no_server(installation, tmp_path):
    again = installation.run("check")
    assert again.returncode == 0, again.stderr
    assert "The configuration is right: 1 pair, 2 people." in again.stdout
    planned = installation.run("plan", "--offline", "--now", BEFORE)
    assert planned.returncode == 0, planned.stderr
    assert "maya-jonas: Maya Okafor and Jonas O'Neill, meetings in London time" in planned.stdout


def test_every_error_of_the_file_is_told_at_once_with_its_line(installation):
    installation.save(
        PAIRS.replace('policy = "standard"', 'policy = "standrad"').replace("Europe/London", "Europe/Lodnon")
    )
    done = installation.run("check")
    assert done.returncode == 2
    first, second = sorted(done.stderr.strip().splitlines())
    assert 'pairs.toml:23: pairs.maya-jonas.policy: "standrad" is no policy; did you mean "standard"?' in first
    assert '"Europe/Lodnon" is no time zone; did you mean "Europe/London"?' in second
    assert installation.run("plan", "--now", BEFORE).returncode == 2


def test_plan_tells_every_action_with_its_reason_and_writes_nothing(installation):
    plan = installation.json("plan", "--now", BEFORE)
    assert plan["now"] == "2026-11-24T09:00:00Z"
    first = next(each for each in plan["actions"] if each["action"] == "create_event")
    assert first == {
        "action": "create_event",
        "pair": "maya-jonas",
        "kind": "face_to_face",
        "period": "2026-12-01",
        "meeting": "maya-jonas/face_to_face/2026-12-01",
        "person": "jonas",
        "start": "2026-12-08T21:15:00+05:45",
        "end": "2026-12-08T22:15:00+05:45",
        "timezone": "Asia/Kathmandu",
        "due": None,
        "reason": "early in its period; a time the two agreed on",
        "calendar": "jonas",
        "uid": first["uid"],
    }
    agenda = next(each for each in plan["actions"] if each["kind"] == "agenda" and each["person"] == "maya")
    assert (agenda["action"], agenda["due"], agenda["month"]) == (
        "send_mail",
        "2026-12-05T08:00:00Z".replace("Z", "+00:00"),
        1,
    )
    assert installation.events() == []
    assert not (installation.folder / "state").exists()


def test_plan_and_status_of_one_pair_are_its_own_and_a_name_that_is_none_is_told_with_the_nearest(installation):
    second = PAIRS.partition("[pairs.maya-jonas]")[2].replace("2026-12-01", "2028-12-01").replace("Tue", "Wed")
    ends = PAIRS.replace("start = 2026-12-01", "start = 2026-12-01\nend = 2027-11-30")
    installation.save(f"{ends}[pairs.again]{second}")
    whole, one = (installation.json("plan", *pair, "--now", BEFORE) for pair in ([], ["maya-jonas"]))
    assert {each["pair"] for each in one["actions"]} == {"maya-jonas"}
    assert one["actions"] == [each for each in whole["actions"] if each["pair"] == "maya-jonas"]
    assert one["actions"] != whole["actions"]
    assert [each["pair"] for each in installation.json("status", "again")["pairs"]] == ["again"]
    for verb in ("plan", "status"):
        done = installation.run(verb, "maya-jona")
        assert (done.returncode, done.stderr) == (
            2,
            '"maya-jona" is no pair in pairs.toml; did you mean "maya-jonas"?\n',
        )


def test_detailed_exit_codes_tell_a_program_whether_there_is_work(installation):
    assert installation.run("plan", "--now", BEFORE, "--detailed-exitcode").returncode == 10
    assert installation.run("apply", "--now", BEFORE).returncode == 0
    quiet = installation.run("plan", "--now", BEFORE, "--detailed-exitcode")
    assert quiet.returncode == 0
    assert "Nothing to do now" in quiet.stdout


def test_apply_writes_both_copies_and_a_second_run_nothing(installation):
    first = installation.json("apply", "--now", BEFORE)
    events = installation.events()
    assert first["written"] == len(events) > 6
    assert len({event.uid for event in events}) * 2 == len(events)
    assert installation.json("apply", "--now", BEFORE)["written"] == 0
    assert installation.events() == events


def test_apply_sends_what_is_due_once(installation):
    assert installation.json("apply", "--now", BEFORE)["sent"] == 2
    on_the_day = "2026-12-05T08:30Z"
    assert installation.json("apply", "--now", on_the_day)["sent"] == 2
    assert installation.json("apply", "--now", on_the_day)["sent"] == 0
    assert sorted((mail.recipient, mail.subject.strip()[:16]) for mail in installation.mails) == [
        ("jonas@example.org", "Tue 1 Dec: how y"),
        ("jonas@example.org", "Tue 8 Dec, 21:15"),
        ("maya@example.org", "Tue 1 Dec: how y"),
        ("maya@example.org", "Tue 8 Dec, 15:30"),
    ]


def test_status_tells_the_next_meeting_and_which_calendars_work(installation):
    installation.run("apply", "--now", BEFORE)
    status = installation.json("status", "--now", BEFORE)
    assert status["pairs"][0]["coming"][0]["start"] == "2026-12-08T15:30:00+00:00"
    assert status["calendars"] == {name: {"status": "ok", "problem": ""} for name in ("jonas", "maya")}
    assert "Tue 8 Dec 2026 15:30 London" in installation.run("status", "--now", BEFORE).stdout


def test_a_calendar_that_cannot_be_reached_is_told_by_the_exit_code_and_the_other_is_written(installation):
    toml = installation.config / "cadenced.toml"
    toml.write_text(toml.read_text().replace(installation.url, "http://127.0.0.1:9/", 1))
    done = installation.run("apply", "--now", BEFORE)
    assert done.returncode == 3
    assert "calendar maya: 127.0.0.1:9 cannot be reached" in done.stdout
    assert {event.user for event in installation.events()} == {installation.users["jonas"]}


def test_a_moment_without_a_zone_is_refused(installation):
    done = installation.run("plan", "--now", "2026-12-01T09:00")
    assert done.returncode == 2
    assert "names no time zone; end it with Z" in done.stderr


def test_a_folder_without_a_configuration_says_how_to_get_one(installation, tmp_path):
    installation.folder = tmp_path / "nothing"
    done = installation.run("plan")
    assert done.returncode == 2
    assert "cadenced init" in done.stderr


def test_a_store_that_is_damaged_is_not_guessed_at(installation):
    installation.run("apply", "--now", BEFORE)
    store = installation.folder / "state" / "cadenced.db"
    store.write_bytes(b"\0" * 100 + store.read_bytes()[100:])
    done = installation.run("apply", "--now", BEFORE)
    assert done.returncode == 4
    assert "is damaged" in done.stderr
    assert "Move the file away" in done.stderr


def test_a_store_that_is_lost_is_rebuilt_without_a_second_event_or_mail(installation):
    on_the_day = "2026-12-05T08:30Z"
    installation.run("apply", "--now", on_the_day)
    before, mails = installation.events(), installation.mails
    (installation.folder / "state" / "cadenced.db").unlink()
    again = installation.json("apply", "--now", on_the_day)
    assert (again["written"], again["sent"]) == (0, 0)
    assert (installation.events(), installation.mails) == (before, mails)


def test_what_a_program_reads_is_json_and_nothing_else(installation):
    for verb in ("check", "plan", "apply", "status"):
        options = [] if verb == "check" else ["--now", BEFORE]
        json.loads(installation.run(verb, "--json", *options).stdout)


def test_what_is_logged_meanwhile_goes_to_standard_error(installation):
    assert installation.run("apply", "--now", BEFORE).returncode == 0
    with (installation.folder / "state" / "cadenced.db.journal").open("a") as journal:
        journal.write("#deadbeef.5 words that nobody wrote\n")
    done = installation.run("status", "--json", "--now", BEFORE)
    json.loads(done.stdout)
    assert "lines of the journal are passed over" in done.stderr


def test_a_calendar_that_works_is_not_thawed(installation):
    installation.run("apply", "--now", BEFORE)
    done = installation.run("thaw", "maya")
    assert (done.returncode, done.stderr) == (2, "calendar maya is not frozen: there is nothing to thaw\n")


def test_a_mail_server_that_cannot_be_reached_is_told_by_the_exit_code_and_calendars_are_written(installation):
    toml = installation.config / "cadenced.toml"
    toml.write_text(toml.read_text().replace(f"port = {installation.port}", "port = 9"))
    done = installation.run("apply", "--now", BEFORE)
    assert done.returncode == 3
    assert "2 mails wait for the mail server: the first is tried on" in done.stdout
    assert "mail server: 127.0.0.1:9 cannot be reached: Connection refused" in done.stdout
    assert installation.events() != []
