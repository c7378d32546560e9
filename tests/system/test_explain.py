"""`cadenced explain`: why each meeting has its time, as people and as programs read it."""

from tests.system.conftest import BEFORE


def test_each_meeting_is_explained_in_words_and_with_its_week(installation):
    installation.run("apply", "--now", BEFORE)
    done = installation.run("explain", "maya-jonas", "--now", BEFORE)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "maya-jonas: Maya Okafor and Jonas O'Neill, times in London"
    assert "Tue  8 Dec 15:30, face to face" in lines
    assert "  It stands, and what stands stays while both can." in lines
    assert any(line.startswith("  ▶ Tue  8 Dec 15:30") for line in lines)
    assert any("Mon 7  Tue 8" in line for line in lines)
    assert any("██" in line for line in lines)
    assert not [line for line in lines if len(line) > 80]


def test_a_narrow_terminal_has_all_of_it_in_narrow_lines(installation):
    wide, narrow = (
        installation.run("explain", "maya-jonas", "--now", BEFORE, env={"COLUMNS": width}).stdout
        for width in ("120", "60")
    )
    assert max(map(len, narrow.splitlines())) <= 60
    assert narrow.split() == wide.split()


def test_what_ruled_times_out_is_counted_for_programs(installation):
    away = 'calendar = "maya"\ntime_off = ["2026-12-07/2026-12-11"]'
    installation.save(installation.pairs.read_text().replace('calendar = "maya"', away))
    found = installation.json("explain", "maya-jonas", "--now", BEFORE)["meetings"][0]
    assert found["reasons"]["Maya Okafor is on leave"] > 20
    assert sum(found["reasons"].values()) == found["ruled_out"] == len(found["against"])
    assert len(found["candidates"]) == found["possible"]


def test_an_appointment_is_named_as_what_rules_times_out(installation):
    with installation.calendars() as calendars:
        calendars.calendar(installation.users["jonas"]).add_event(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20261124T090000Z\r\n"
            "DTSTART:20261208T150000Z\r\nDTEND:20261208T170000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    found = installation.json("explain", "maya-jonas", "--now", BEFORE)
    first = found["meetings"][0]
    assert first["start"] != "2026-12-08T15:30:00+00:00"
    against = {each["start"]: each["against"] for each in first["against"]}
    assert against["2026-12-08T15:30:00+00:00"] == "Jonas O'Neill is busy"
    assert "Dentist" not in str(found)
    assert first["candidates"][0]["start"] == first["start"]


def test_a_pair_that_is_not_there_is_told_with_its_neighbour(installation):
    done = installation.run("explain", "maya-jonsa")
    assert done.returncode == 2
    assert done.stderr == '"maya-jonsa" is no pair in pairs.toml; did you mean "maya-jonas"?\n'


def test_without_any_server_it_explains_what_would_be_planned(installation):
    done = installation.run("explain", "maya-jonas", "--offline", "--now", BEFORE)
    assert "a time the two agreed on" in done.stdout
