"""What `cadenced demo` tells: the real daemon at work on real servers of this machine, and what comes of it.

Owns the order of the story. Must never know how a server is started, read or shown.
"""

import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Never

from rich.console import Console
from rich.text import Text

from cadenced.cli import demo_show as show
from cadenced.cli.demo_example import PASSWORD, Stage, live_through_the_past, plan_now, set_stage
from cadenced.cli.demo_expected import Expected
from cadenced.cli.demo_look import Calendars, Delivered, Event, delivered
from cadenced.cli.demo_servers import Child, calendar_server, mail_server, require_servers, running
from cadenced.cli.options import reported
from cadenced.cli.show_plan import show_plan
from cadenced.core.errors import TemporaryError

ARRIVES_WITHIN = 60.0  # seconds: it takes three on an idle machine
LOOK_EVERY = 1.0  # seconds between two looks at the calendars


@dataclass(frozen=True, slots=True)
class Set:
    """Everything that stands, ready for the daemon."""

    stage: Stage
    url: str
    maildir: Path
    calendars: Calendars


def tell() -> None:
    """The whole story; on a terminal it goes on until Ctrl-C."""
    out = Console(highlight=False)
    with reported(), _ended_by_sigterm(), ExitStack() as stack:
        require_servers()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cadenced-demo-")))
        with out.status("Starting a calendar server and a mail server …"):
            ready = _set_up(stack, folder)
            planned = plan_now(ready.stage)
        show.heading(out, "The plan", f"cadenced plan --config {ready.stage.folder}")
        show_plan(planned, out)
        daemon = stack.enter_context(running("cadenced", ready.stage.argv("run"), folder))
        with out.status("The daemon is at work …"):
            events, mails = _wait(ready, daemon, Expected.of(planned, delivered(ready.maildir)))
        _show(out, ready, events, mails)
        if sys.stdout.isatty():
            _watch(out, ready, daemon, events)


def _set_up(stack: ExitStack, folder: Path) -> Set:
    stage = set_stage(folder / "config")
    url = stack.enter_context(calendar_server(folder / "calendars", stage.passwords))
    port = stack.enter_context(mail_server(folder / "mail"))
    calendars = stack.enter_context(Calendars(url, stage.passwords))
    calendars.make()
    stage.point_at(url, port)
    live_through_the_past(stage)
    return Set(stage, url, folder / "mail" / "maildir", calendars)


def _wait(ready: Set, daemon: Child, expected: Expected) -> tuple[list[Event], list[Delivered]]:
    """The events and mails, once all that is expected arrived. TemporaryError names what is missing."""
    end = time.monotonic() + ARRIVES_WITHIN
    while True:
        daemon.check()
        events, mails = ready.calendars.events(), delivered(ready.maildir)
        missing = expected.missing(events, mails)
        if not missing:
            return events, mails
        if time.monotonic() > end:
            raise TemporaryError(f"not there after {ARRIVES_WITHIN:.0f} s:\n" + "\n".join(missing))
        time.sleep(LOOK_EVERY / 4)


def _show(out: Console, ready: Set, events: Sequence[Event], mails: Sequence[Delivered]) -> None:
    names = ready.stage.names
    show.heading(out, "In their calendars", "read back over CalDAV with the caldav library; times of the event's zone")
    show.show_events(out, events, names)
    show.heading(out, "In their mailboxes", "delivered by SMTP into a Maildir")
    show.show_mails(out, mails)
    show.show_text(out, mails[-1])
    show.heading(out, "See for yourself", "as long as this runs")
    show.show_where(out, ready.url, names, PASSWORD, ready.stage.folder)


def _watch(out: Console, ready: Set, daemon: Child, events: list[Event]) -> None:
    """Tells what changes in the calendars, until Ctrl-C."""
    out.print()
    out.print(Text("Edit that file, or move an event in a calendar app. Ctrl-C ends it.", "dim"))
    try:
        while True:
            time.sleep(LOOK_EVERY)
            daemon.check()
            before, events = events, ready.calendars.events()
            for line in show.changes(before, events, ready.stage.names):
                out.print(Text(line))
    except KeyboardInterrupt:
        out.print()
        out.print(Text("Everything has ended, and nothing is left behind.", style="dim"))


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM unwinds like Ctrl-C, so that no child outlives us."""

    def end(_number: int, _frame: FrameType | None) -> Never:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
