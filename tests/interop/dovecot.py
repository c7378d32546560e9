"""Debian's Dovecot on loopback: mailboxes that are read by IMAP and filled by LMTP."""

import os
import shutil
import signal
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from cadenced.cli.demo_servers import HOST, Child, free_port, running, wait_until_it_answers
from cadenced.core.accounts import MailboxAccount
from tests.interop.debian import Merged

PACKAGES = ("dovecot-imapd", "dovecot-lmtpd")
USERS = {"dovecot": 64991, "dovenull": 64992}  # its own in the view: for the login, before it knows who it is
DOMAIN = "cadence.test"
PEOPLE = ("agenda", "ana", "bjorn", "full")  # the service's own mailbox, two people, and one whose mailbox is full
KEEPS = "mail"  # the user that owns the mails; there on every Debian

CONFIG = """\
protocols = imap lmtp
listen = {host}
base_dir = {folder}/run
state_dir = {folder}/run
hostname = mail.{domain}
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
imap_idle_notify_interval = 2 s
mail_plugins = quota
mail_max_userip_connections = 100
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
  override_fields = uid={keeps} gid={keeps} home={folder}/mail/%n
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


def password(user: str) -> str:
    return f"pw ü-{user}"


def address(user: str) -> str:
    return f"{user}@{DOMAIN}"


@dataclass
class Dovecot:
    """Running, or stopped for a while. Its files lie in `folder`, which others may enter."""

    view: Merged
    folder: Path
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    child: Child | None = None

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def account(self, user: str = "agenda", tls: str = "tls", **more) -> MailboxAccount:
        port = self.imaps if tls == "tls" else self.imap
        known = {"username": address(user), "password": password(user), "ca_file": self.ca_file}
        return MailboxAccount(**{"host": HOST, "port": port, "tls": tls, **known, **more})

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    @contextmanager
    def up(self) -> Iterator[None]:
        """While it runs."""
        argv = self.view.inside("/usr/sbin/dovecot", "-F", "-c", f"{self.folder}/dovecot.conf")
        with running("dovecot", argv, self.folder) as self.child:
            wait_until_it_answers(self.child, self.imaps)
            try:
                yield
            finally:
                held = self.processes()
                for pid in held[:-1]:  # as systemd does: the master alone would wait for those who idle
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
        while any(Path(f"/proc/{pid}").exists() for pid in held):  # its conversations end a little after it
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Those that hold conversations, and the master last."""
        master = self.child.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [*map(int, children), master]


def dovecot(view: Merged) -> Dovecot:
    """Ready to be started."""
    folder = view.folder / "dovecot"
    (folder / "mail").mkdir(parents=True)
    (folder / "run").mkdir()
    found = Dovecot(view, folder)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(found.ca_file)
    authority.issue_cert("localhost", HOST).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    rules = {"full": "userdb_quota_rule=*:bytes=1"}
    lines = (f"{address(user)}:{{PLAIN}}{password(user)}::::::{rules.get(user, '')}\n" for user in PEOPLE)
    (folder / "users").write_text("".join(lines))
    (folder / "users").chmod(0o644)  # of a folder that is gone after the tests
    shutil.chown(folder / "mail", KEEPS, KEEPS)
    ports = {"imap": found.imap, "imaps": found.imaps, "lmtp": found.lmtp}
    words = {"folder": folder, "host": HOST, "domain": DOMAIN, "keeps": KEEPS, **ports}
    (folder / "dovecot.conf").write_text(CONFIG.format(**words))
    return found
