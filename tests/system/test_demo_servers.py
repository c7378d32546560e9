"""The demo's servers: real ones start, are read by clients that are not ours, and leave nothing behind."""

import os
import smtplib
import sys
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from cadenced.cli.demo_look import Calendars, delivered
from cadenced.cli.demo_servers import HOST, calendar_server, free_port, mail_server, running, wait_until_it_answers
from cadenced.core.errors import TemporaryError

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//test//EN
BEGIN:VEVENT
UID:one
DTSTAMP:20261201T000000Z
DTSTART:20261202T093000Z
DTEND:20261202T100000Z
SUMMARY:Call
END:VEVENT
END:VCALENDAR
"""


def test_an_event_written_to_the_calendar_server_is_read_back(tmp_path):
    passwords = {"maya": "one", "jonas": "two"}
    with calendar_server(tmp_path / "calendars", passwords) as url, Calendars(url, passwords) as calendars:
        calendars.make()
        assert calendars.events() == []
        calendars.calendar("jonas").add_event(EVENT)
        (event,) = calendars.events()
    assert (event.user, event.uid, event.summary) == ("jonas", "one", "Call")
    assert event.start == datetime(2026, 12, 2, 9, 30, tzinfo=UTC)


def test_a_calendar_server_that_is_gone_is_a_temporary_error(tmp_path):
    with Calendars(f"http://{HOST}:{free_port()}/", {"maya": "x"}) as calendars, pytest.raises(TemporaryError):
        calendars.events()


def test_a_mail_is_delivered_into_the_maildir(tmp_path):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "Maya <maya@example.org>", "Grüße"
    message["Date"], message["Message-ID"] = datetime(2026, 12, 1, 8, tzinfo=UTC), "<one@example.org>"
    message.set_content("Hello, Maya.")
    with mail_server(tmp_path / "mail") as port:
        assert delivered(tmp_path / "mail" / "maildir") == []
        with smtplib.SMTP(HOST, port) as client:
            client.send_message(message)
        (mail,) = delivered(tmp_path / "mail" / "maildir")
    assert (mail.recipient, mail.subject, mail.message_id) == ("maya@example.org", "Grüße", "<one@example.org>")
    assert mail.text.strip() == "Hello, Maya."


def test_a_child_is_gone_after_its_block(tmp_path):
    with running("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path) as child:
        assert child.process.poll() is None
    with pytest.raises(ProcessLookupError):
        os.kill(child.process.pid, 0)


def test_a_child_that_fails_says_its_last_words(tmp_path):
    failing = running("failing", [sys.executable, "-c", "raise SystemExit('no such file')"], tmp_path)
    with failing as child, pytest.raises(TemporaryError, match="failing ended with 1:\nno such file"):
        wait_until_it_answers(child, free_port())
