"""What the demo's servers hold, seen by clients that are not ours: the caldav library, and files of a Maildir.

Must never know what cadenced planned, nor how anything is shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from caldav.davclient import DAVClient
from caldav.lib.error import DAVError

from cadenced.core.errors import TemporaryError

CALENDAR = "mentoring"  # both the name and the last segment of its URL
TIMEOUT = 10  # seconds: the server is on this machine


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A VEVENT as the server has it. `start` and `end` keep the zone that it was written in."""

    start: datetime
    end: datetime
    summary: str
    uid: str
    user: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message in the Maildir. `recipient` is a bare address; `text` its plain part."""

    date: datetime
    recipient: str
    subject: str
    text: str
    message_id: str


class Calendars:
    """Everybody's calendar on one server, by caldav. A context manager: it holds connections."""

    def __init__(self, url: str, passwords: Mapping[str, str]) -> None:
        self._clients: dict[str, Any] = {  # half of caldav is untyped
            user: DAVClient(url=url, username=user, password=password, auth_type="basic", timeout=TIMEOUT)
            for user, password in passwords.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for client in self._clients.values():
            client.close()

    def make(self) -> None:
        """One calendar for each user: Radicale makes none by itself."""
        for client in self._clients.values():
            client.principal().make_calendar(name=CALENDAR.title(), cal_id=CALENDAR)

    def calendar(self, user: str) -> Any:
        """The calendar of one user, as caldav has it."""
        return self._clients[user].principal().calendar(cal_id=CALENDAR)

    def events(self) -> list[Event]:
        """All events of all users, by time. TemporaryError when the server doesn't answer."""
        try:
            return sorted(event for user in self._clients for event in _events(user, self.calendar(user)))
        except (DAVError, OSError) as error:
            raise TemporaryError(f"the demo's calendar server does not answer: {error}") from error


def _events(user: str, calendar: Any) -> Iterator[Event]:
    for found in calendar.search(event=True):
        event = found.get_icalendar_component()
        yield Event(event.start, event.end, str(event.get("summary", "")), str(event["uid"]), user)


def delivered(maildir: Path) -> list[Delivered]:
    """The messages delivered so far, by date."""
    if not maildir.is_dir():  # nothing ever came
        return []
    messages = (_read(path) for folder in ("new", "cur") for path in (maildir / folder).iterdir())
    return sorted(messages, key=lambda each: (each.date, each.recipient))


def _read(path: Path) -> Delivered:
    with path.open("rb") as file:
        message = message_from_binary_file(file, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Delivered(
        parsedate_to_datetime(str(message["Date"])),
        getaddresses([str(message["To"])])[0][1],
        str(message["Subject"]),
        body.get_content() if body else "",
        str(message["Message-ID"]).strip(),
    )
