"""The daemon as it runs unattended: real processes, real calendars, real mail."""

import os
import signal
from datetime import date, timedelta

from cadenced.cli.demo_example import move_dates
from cadenced.cli.demo_look import Event
from cadenced.cli.demo_servers import free_port
from cadenced.shell.clock import SystemClock
from tests.system.conftest import PAIRS, Installation


def soon() -> str:
    """The example with a start that the daemon's own clock makes near: its first meeting is some days ahead."""
    days = (SystemClock().now().date() - date(2026, 12, 1)).days
    return move_dates(PAIRS, days // 7 + 1)


def copies(installation: Installation) -> list[Event]:
    """Both copies of the first meeting; empty until the first turn is done."""
    events = installation.events() if "event=turned" in installation.log else []
    return [event for event in events if event.uid == events[0].uid]


def starts(installation: Installation) -> set:
    return {event.start for event in copies(installation)}


def test_a_saved_file_is_followed_in_both_calendars(installation):
    installation.write(soon())
    with installation.daemon() as child:
        before = installation.until(lambda: copies(installation), child)
        installation.save(soon().replace("Tue 15:30", "Wed 14:00"))
        old = {event.start for event in before}
        installation.until(lambda: old.isdisjoint(starts(installation)), child)
        after = copies(installation)
    assert {event.uid for event in after} == {event.uid for event in before}
    assert {(event.start.strftime("%a %H:%M")) for event in after if event.user == installation.users["maya"]} == {
        "Wed 14:00"
    }


def test_a_file_with_an_error_changes_nothing_and_the_error_is_told(installation):
    installation.write(soon())
    with installation.daemon() as child:
        installation.until(lambda: copies(installation), child)
        before = installation.events()
        installation.save(soon().replace('protege = "jonas"', 'protege = "jonsa"'))
        installation.until(lambda: "the last good one goes on" in installation.log, child)
        assert 'did you mean "jonas"?' in installation.log.replace('\\"', '"')
        status = installation.run("status")
        assert '"jonsa" is nobody in [people]; did you mean "jonas"?' in status.stdout
        assert installation.events() == before
        installation.save(soon())
        installation.until(lambda: installation.log.count("event=loaded") == 2, child)
        assert installation.json("status")["config_error"] is None


def test_a_person_s_move_is_carried_to_the_other_calendar(installation):
    installation.write(soon())
    with installation.daemon() as child:
        first, _ = installation.until(lambda: copies(installation), child)

        def later(event):
            event["DTSTART"].dt += timedelta(hours=1)
            event["DTEND"].dt += timedelta(hours=1)

        installation.change("jonas", first.uid, later)
        installation.until(lambda: starts(installation) == {first.start + timedelta(hours=1)}, child)
        status = installation.until(lambda: installation.json("status")["pairs"][0]["coming"], child)
    assert status[0]["pinned"]


def test_a_deletion_is_not_undone_but_another_time_proposed_and_a_second_one_stands_in_status(installation):
    def found(uid):
        return [event.start for event in installation.events() if event.uid == uid]

    installation.write(soon())
    with installation.daemon() as child:
        first, _ = installation.until(lambda: copies(installation), child)
        installation.delete("jonas", first.uid)
        installation.until(lambda: first.start not in (new := found(first.uid)) and len(new) == 2, child)
        assert len(set(found(first.uid))) == 1
        assert installation.run("plan", "--detailed-exitcode").returncode == 0
        installation.delete("jonas", first.uid)
        installation.until(lambda: "somebody can't" in installation.run("status").stdout, child)
        assert installation.run("plan", "--detailed-exitcode").returncode == 0
    assert first.uid not in {event.uid for event in installation.events("jonas")}


def test_sigterm_ends_it_cleanly_and_a_second_start_writes_nothing(installation):
    installation.write(soon())
    with installation.daemon() as child:
        installation.until(lambda: copies(installation), child)
        before = installation.events()
        child.process.send_signal(signal.SIGTERM)
        assert child.process.wait(10) == 0
    assert "Traceback" not in installation.log
    with installation.daemon() as child:
        installation.until(lambda: "event=loaded" in installation.log, child)
        assert installation.run("plan", "--detailed-exitcode").returncode == 0
    assert installation.events() == before


def test_sighup_reads_the_files_again(installation):
    installation.write(soon())
    with installation.daemon() as child:
        child.process.send_signal(signal.SIGHUP)
        installation.until(lambda: installation.log.count("event=loaded") == 2, child)


def test_a_store_has_one_daemon(installation):
    installation.write(soon())
    with installation.daemon() as child:
        second = installation.run("run")
        assert second.returncode == 4
        assert f"another cadenced (pid {child.process.pid}) keeps the store" in second.stderr


def test_systemd_hears_that_it_is_ready_alive_and_stopping(installation, listener, tmp_path):
    installation.write(soon())
    heard: list[str] = []

    def hears(word: str) -> bool:
        while True:
            try:
                heard.extend(listener.recv(4096).decode().splitlines())
            except BlockingIOError:
                return any(line.startswith(word) for line in heard)

    env = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000"}
    with installation.daemon(env) as child:
        installation.until(lambda: hears("READY=1"), child)
        installation.until(lambda: hears("WATCHDOG=1"), child)
        installation.until(lambda: hears("STATUS=1 pairs, 2 calendars"), child)
    installation.until(lambda: hears("STOPPING=1"))


def test_a_wrong_password_stops_that_account_alone_and_a_human_hears_of_it_once(installation):
    installation.write(soon())
    installation.password("jonas", "wrong")
    with installation.daemon() as child:
        installation.until(lambda: installation.events("maya"), child)
        installation.until(lambda: installation.mails, child)
        assert installation.json("status")["calendars"]["jonas"]["status"] == "stopped"
        assert installation.events("jonas") == []
        installation.password("jonas", "pw")
        child.process.send_signal(signal.SIGHUP)
        installation.until(lambda: copies(installation), child)
    (alert,) = [mail for mail in installation.mails if mail.recipient == "petra@example.org"]
    assert "refuses the login" in alert.text


def test_a_calendar_server_that_is_down_at_the_start_is_written_to_when_it_comes(installation):
    installation.write(soon())
    toml = installation.config / "cadenced.toml"
    original = toml.read_text()
    toml.write_text(original.replace(installation.url, f"http://127.0.0.1:{free_port()}/"))
    with installation.daemon() as child:
        installation.until(lambda: "the calendar does not work" in installation.log, child)
        assert installation.events() == []
        toml.write_text(original)
        installation.until(lambda: copies(installation), child)


def test_the_log_has_no_password_body_or_full_address(installation):
    installation.write(soon())
    installation.password("jonas", "a-wrong-password")
    with installation.daemon() as child:
        installation.until(lambda: installation.mails, child)
    assert "a-wrong-password" not in installation.log
    assert "@example.org" not in installation.log.replace("***@example.org", "")
    assert "BEGIN:VCALENDAR" not in installation.log


def test_killed_in_the_middle_it_goes_on_without_a_second_event(installation):
    installation.write(soon())
    with installation.daemon() as child:
        installation.until(installation.events, child)
        os.kill(child.process.pid, signal.SIGKILL)
        child.process.wait()
    with installation.daemon() as child:
        installation.until(lambda: installation.run("plan", "--detailed-exitcode").returncode == 0, child)
    events = installation.events()
    assert len({(event.user, event.uid) for event in events}) == len(events)
    assert len({event.uid for event in events}) * 2 == len(events)
