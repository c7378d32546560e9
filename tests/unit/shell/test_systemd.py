"""sd_notify against a real datagram socket, bound the way systemd does it."""

import os
import socket

import pytest

from cadenced.shell import systemd


@pytest.fixture(params=["path", "abstract"])
def listener(request, tmp_path, monkeypatch):
    """The other end of $NOTIFY_SOCKET."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@cadenced-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind("\0" + name[1:] if name.startswith("@") else name)
        there.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield there


def heard(listener: socket.socket) -> str:
    return listener.recv(4096).decode()


@pytest.mark.parametrize(
    ("say", "message"),
    [(systemd.ready, "READY=1"), (systemd.stopping, "STOPPING=1"), (systemd.watchdog, "WATCHDOG=1")],
)
def test_systemd_hears_it(listener, say, message):
    say()
    assert heard(listener) == message


def test_a_reload_says_when_it_began(listener):
    systemd.reloading()
    first, second = heard(listener).split("\n")
    assert first == "RELOADING=1"
    assert second.removeprefix("MONOTONIC_USEC=").isdecimal()


def test_a_status_is_one_line_that_assigns_nothing_else(listener):
    systemd.status("8 pairs,\nMAINPID=1 " + "x" * 1000)
    message = heard(listener)
    assert message.startswith("STATUS=8 pairs, MAINPID=1 xxx")
    assert "\n" not in message
    assert len(message) <= len("STATUS=") + systemd.LONGEST_STATUS


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "/nowhere/notify"])
def test_without_a_listener_nothing_happens(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    systemd.ready()


def test_a_listener_that_does_not_read_holds_nobody_up(listener):
    for _ in range(10_000):  # far more than its buffer takes
        systemd.watchdog()


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        ("60000000", None, 60.0),
        ("1500000", "ours", 1.5),
        ("60000000", "1", None),
        ("", None, None),
        ("0", None, None),
        ("soon", None, None),
    ],
)
def test_the_watchdog_interval_is_ours_or_none(monkeypatch, usec, pid, seconds):
    monkeypatch.setenv("WATCHDOG_USEC", usec)
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid or "")
    assert systemd.watchdog_interval() == seconds
