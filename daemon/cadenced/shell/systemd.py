"""Tells systemd how the service is (sd_notify(3)), and does nothing where there is no systemd.

Must never know why the service is ready or stuck, nor let a missing listener hurt it.
"""

import contextlib
import os
import socket

from cadenced.shell.clock import monotonic_microseconds

LONGEST_STATUS = 200  # characters: `systemctl status` shows one line, and a datagram has an end


def ready() -> None:
    """The service does its work: at start, and again after `reloading()`."""
    _notify("READY=1")


def reloading() -> None:
    """A reload has begun. By MONOTONIC_USEC Type=notify-reload tells it from an older one (systemd.service(5))."""
    _notify("RELOADING=1", f"MONOTONIC_USEC={monotonic_microseconds()}")


def stopping() -> None:
    _notify("STOPPING=1")


def watchdog() -> None:
    """The wheel turns: not calling this for WatchdogSec lets systemd start the service anew."""
    _notify("WATCHDOG=1")


def status(text: str) -> None:
    """One line for `systemctl status`. Line breaks would begin another assignment, so they become blanks."""
    _notify("STATUS=" + " ".join(text.split())[:LONGEST_STATUS])


def watchdog_interval() -> float | None:
    """Seconds within which systemd wants a `watchdog()`, or None when it doesn't (sd_watchdog_enabled(3))."""
    meant_for = os.environ.get("WATCHDOG_PID", "")
    limit = os.environ.get("WATCHDOG_USEC", "")
    if (meant_for and meant_for != str(os.getpid())) or not limit.isdecimal() or not int(limit):
        return None
    return int(limit) / 1_000_000


def _notify(*assignments: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace, unix(7)
        address = "\0" + address[1:]
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        contextlib.suppress(OSError),  # a supervisor that is gone or busy is no reason to stop
    ):
        sender.setblocking(False)
        sender.connect(address)
        sender.send("\n".join(assignments).encode())
