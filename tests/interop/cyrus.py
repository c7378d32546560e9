"""Debian's Cyrus IMAP as a calendar server on loopback: unpacked, not installed, so that the machine stays as it was.

Its packages conflict with other mail servers and want one of their own; a server that only speaks CalDAV needs neither.
`python -m tests.interop.cyrus check` says whether it can run here; `… run` keeps one until Ctrl-C, to look at.
"""

import imaplib
import os
import shutil
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cadenced.cli.demo_servers import HOST, free_port, running, wait_until_it_answers
from tests.interop import debian

PACKAGES = ("cyrus-caldav", "cyrus-imapd", "sasl2-bin")  # httpd; imapd, for making mailboxes; for making passwords
ADMIN = "cyrus"
DOMAIN = "example.org"
RUNS_AS = "nobody"  # there on every Debian, and owner of nothing
USERS = {name: f"{name}pw" for name in ("alice", "bob", "carol", "dave")}

IMAPD = """\
configdirectory: {folder}/conf
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
defaultpartition: default
partition-default: {folder}/spool
sievedir: {folder}/sieve
servername: localhost
cyrus_user: {user}
cyrus_group: nogroup
admins: {admin}
unixhierarchysep: yes
altnamespace: no
allowplaintext: yes
httpmodules: caldav
caldav_allowscheduling: on
calendar_user_address_set: {domain}
httpkeepalive: 60s
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
lmtpsocket: {folder}/run/socket/lmtp
idlesocket: {folder}/run/socket/idle
notifysocket: {folder}/run/socket/notify
sendmail: /bin/false
syslog_prefix: cyrus
umask: 077
"""
MASTER = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {folder}/imapd.conf -U 30" listen="{host}:{imap}" prefork=0 maxchild=4
  http cmd="{bin}/httpd -C {folder}/imapd.conf" listen="{host}:{http}" prefork=2 maxchild=100
}}
EVENTS {{
  checkpoint cmd="{bin}/ctl_cyrusdb -C {folder}/imapd.conf -c" period=30
}}
"""


def address(user: str) -> str:
    """By which invitations reach the user: Cyrus makes it from the name."""
    return f"{user}@{DOMAIN}"


def why_not() -> str:
    """Why Cyrus cannot run here, in words; empty when it can."""
    return debian.why_not("Cyrus")


@dataclass(frozen=True)
class Unpacked:
    """The packages' files below `root`."""

    root: Path

    @property
    def binaries(self) -> Path:
        return self.root / "usr" / "lib" / "cyrus" / "bin"

    def environment(self) -> dict[str, str]:
        """Where the programs find their libraries, on whatever architecture: what the machine has is not unpacked."""
        folders = sorted({str(path.parent) for path in self.root.rglob("lib*.so.*")})
        found = (*self.root.rglob("sasl2/lib*.so*"), *Path("/usr/lib").glob("*/sasl2/lib*.so*"))
        plugins = sorted({str(path.parent) for path in found})
        return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders), "SASL_PATH": ":".join(plugins)}


@contextmanager
def cyrus(users: Mapping[str, str]) -> Iterator[str]:
    """Cyrus with these users and passwords, each with a calendar home. Its URL, once it answers.

    Everything lies in a temporary folder that Cyrus' own user may enter, and is gone with the block.
    """
    with tempfile.TemporaryDirectory(prefix="cadenced-cyrus-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        unpacked, http, imap = Unpacked(debian.unpack(folder, PACKAGES)), free_port(), free_port()
        environment = unpacked.environment()
        _configure(unpacked, folder, http, imap)
        for user, password in {**users, ADMIN: f"{ADMIN}pw"}.items():
            saslpasswd = [unpacked.root / "usr/sbin/saslpasswd2", "-p", "-c", "-u", "localhost"]
            debian.run([*map(str, saslpasswd), "-f", f"{folder}/sasldb2", user], environment, password)
        debian.run(
            ["chown", "-R", f"{RUNS_AS}:nogroup", *(str(folder / part) for part in ("conf", "spool", "sieve", "run"))]
        )
        shutil.chown(folder / "sasldb2", RUNS_AS)
        argv = [f"{unpacked.binaries}/master", "-D", "-C", f"{folder}/imapd.conf", "-M", f"{folder}/cyrus.conf"]
        with running("cyrus", [*argv, "-p", f"{folder}/run/master.pid"], folder, environment) as child:
            wait_until_it_answers(child, imap)
            wait_until_it_answers(child, http)
            _make_homes(f"http://{HOST}:{http}", imap, users)
            yield f"http://{HOST}:{http}/"


def _configure(unpacked: Unpacked, folder: Path, http: int, imap: int) -> None:
    for part in ("conf", "spool", "sieve", "run/proc", "run/lock", "run/socket"):
        (folder / part).mkdir(parents=True)
    (folder / "conf" / "user_deny.db").touch()
    (folder / "imapd.conf").write_text(IMAPD.format(folder=folder, user=RUNS_AS, admin=ADMIN, domain=DOMAIN))
    (folder / "cyrus.conf").write_text(
        MASTER.format(folder=folder, bin=unpacked.binaries, host=HOST, http=http, imap=imap)
    )


def _make_homes(url: str, imap: int, users: Mapping[str, str]) -> None:
    """A calendar home needs the user's INBOX, and comes into being when it is first looked at."""
    with imaplib.IMAP4(HOST, imap, timeout=30) as admin:
        admin.login(ADMIN, f"{ADMIN}pw")
        for user in users:
            status, said = admin.create(f"user/{user}")
            if status != "OK":
                raise RuntimeError(f"no mailbox for {user}: {said!r}")
    for user, password in users.items():
        login = b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {login}", "Depth": "1"}
        request = urllib.request.Request(f"{url}/dav/calendars/user/{user}/", method="PROPFIND", headers=headers)
        urllib.request.urlopen(request, timeout=30).close()


def main(verb: str) -> str:
    if (reason := why_not()) or verb == "check":
        return reason
    with cyrus(USERS) as url:
        print(f"{url}  users: {', '.join(USERS)}, password: the name and pw", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
