"""The program as people start it, on Radicale, Postfix and Dovecot, answered by a second program."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date

from cadenced.cli.demo_look import Calendars
from cadenced.cli.demo_servers import HOST, calendar_server, running
from tests.interop.dovecot import address, password

SETTINGS = """\
[smtp]
host = "127.0.0.1"
port = {smtps}
tls = "tls"
ca_file = "{ca}"
sender = "Mentoring <{agenda}>"
daily_cap = 50
[mailbox]
host = "127.0.0.1"
port = {imaps}
username = "{agenda}"
password_file = "mailbox.password"
ca_file = "{ca}"
authserv_id = "{server}"
[calendars.ana]
url = "{url}"
username = "ana"
password_file = "ana.password"
[store]
path = "{folder}/cadenced.db"
[service]
poll = "1 s"
log = "keyvalue"
coordinator = "{ana}"
"""
PAIRS = """\
[policies.standard]
face_to_face = {{ every = "1 month", minutes = 60 }}
calls = false
[people.ana]
name = "Ana Sousa"
email = "{ana}"
timezone = "Europe/Lisbon"
available = ["Mon-Sun 09:00-18:00"]
calendar = "ana"
[people.bjorn]
name = "Bjørn “Bear” O'Neill, PhD 🐻"
email = "{bjorn}"
timezone = "Europe/Oslo"
available = ["Mon-Sun 09:00-18:00"]
language = "de"
[pairs.ana-bjorn]
mentor = "ana"
protege = "bjorn"
start = {start}
policy = "standard"
"""
PATIENCE = 60.0
SERVER = "mx.cadence.test"  # that would say of each author whether they are true, had the other domain a DMARC record


class Programme:
    """Ana, who has a calendar, mentors Bjørn, who is invited by mail."""

    def __init__(self, folder: Path, url: str, postfix, dovecot) -> None:
        self.folder, self.url, self.postfix, self.dovecot = folder, url, postfix, dovecot
        names = {user: address(user) for user in ("ana", "bjorn", "agenda")}
        start = time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400))
        place = {"smtps": postfix.smtps, "imaps": dovecot.imaps, "ca": dovecot.ca_file, "url": url, "folder": folder}
        self.write("cadenced.toml", SETTINGS.format(**place, **names, server=SERVER))
        self.write("pairs.toml", PAIRS.format(start=start, **names))
        self.write("mailbox.password", password("agenda"))
        self.write("ana.password", "pw")

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def cadenced(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "cadenced", verb, "--config", str(self.folder), *options]
        return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)

    @contextmanager
    def daemon(self):
        argv = [sys.executable, "-m", "cadenced", "run", "--config", str(self.folder)]
        with running("cadenced", argv, self.folder, dict(os.environ)) as child:
            yield child

    def answers(self, answer: str, subject: str = "", *, checked: bool = False) -> None:
        """Bjørn's other program does, to the latest mail that has the word in its subject. `checked`: the server finds
        it true.
        """
        asked = {
            "host": HOST, "smtp": self.postfix.smtp, "imaps": self.dovecot.imaps, "ca": str(self.dovecot.ca_file),
            "user": address("bjorn"), "password": password("bjorn"), "answer": answer, "subject": subject,
            "checked": f"{SERVER}; dmarc=pass" if checked else "",
        }  # fmt: skip
        subprocess.run([sys.executable, "-m", "tests.interop.respondent", json.dumps(asked)], check=True, timeout=60)

    def starts(self):
        with Calendars(self.url, {"ana": "pw"}) as calendars:
            return {event.uid: event.start for event in calendars.events()}

    def until(self, true, child):
        end = time.monotonic() + PATIENCE
        while not (found := true()):
            child.check()
            assert time.monotonic() < end, (self.folder / "cadenced.log").read_text()
            time.sleep(0.1)
        return found


@pytest.fixture
def programme(tmp_path, postfix, dovecot):
    with calendar_server(tmp_path / "radicale", {"ana": "pw"}) as url:
        with Calendars(url, {"ana": "pw"}) as calendars:
            calendars.make()
        folder = tmp_path / "config"
        folder.mkdir()
        yield Programme(folder, url, postfix, dovecot)


def day(moment):
    """As a German subject has it."""
    return format_date(moment.astimezone(ZoneInfo("Europe/Oslo")), ", d. MMM", "de")


def test_an_invitation_goes_out_and_what_comes_back_by_mail_moves_the_event_in_radicale(programme):
    with programme.daemon() as child:
        before = programme.until(programme.starts, child)
        uid, start = min(before.items(), key=lambda each: each[1])
        programme.answers("COUNTER", day(start), checked=True)
        programme.until(lambda: programme.starts()[uid] == start + timedelta(days=1), child)
        programme.answers("DECLINED", day(start + timedelta(days=1)))
        programme.answers("ja", "Ging nicht")
        other = programme.until(lambda: (now := programme.starts()[uid]) != start + timedelta(days=1) and now, child)
        programme.answers("ausfallen", day(other))
        programme.until(lambda: "cancelled" in programme.cadenced("status").stdout, child)
    status = programme.cadenced("status", "--json")
    told = json.loads(status.stdout)
    assert told["answers"] == {"answer": 3, "asked": 1}
    assert told["mail"].keys() == {"sent"}


def test_doctor_says_that_the_mailbox_can_be_read(programme):
    done = programme.cadenced("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "INBOX" in done.stdout


def test_one_pass_reads_what_was_answered_before_it_plans(programme):
    programme.cadenced("apply")
    before = programme.starts()
    uid, start = min(before.items(), key=lambda each: each[1])
    programme.answers("DECLINED", day(start), checked=True)
    end = time.monotonic() + PATIENCE
    while programme.starts()[uid] == start:
        assert time.monotonic() < end
        done = programme.cadenced("apply")
        assert done.returncode == 0, done.stdout + done.stderr
