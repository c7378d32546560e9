"""Debian's Postfix on loopback, which delivers into Dovecot and never leaves the machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cadenced.cli.demo_servers import HOST, Child, free_port, running, wait_until_it_answers
from cadenced.core.accounts import MailAccount
from tests.interop.debian import Merged
from tests.interop.dovecot import DOMAIN, PEOPLE, Dovecot, address

PACKAGES = ("postfix",)
USERS = {"postfix": 64993}
GROUPS = {"postdrop": 64994}
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
REFUSED = {
    "nobody": "550 5.1.1 user unknown",
    "greylist": "450 4.2.0 greylisted, try again",
    "brimming": "452 4.2.2 mailbox full",
}  # at RCPT
GONE = f"left@gone.{DOMAIN}"  # taken, and bounced by Dovecot, which knows nobody there
LATE = f"late@slow.{DOMAIN}"  # taken, and kept: nobody listens where it should go
SWALLOWED = f"swallowed.{DOMAIN}"  # a domain whose mails vanish

MAIN = """\
compatibility_level = 3.6
mail_owner = postfix
setgid_group = postdrop
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /
myhostname = mail.{domain}
myorigin = {domain}
mydestination =
inet_interfaces = {host}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
recipient_delimiter = +
smtputf8_enable = yes
disable_dns_lookups = yes
default_transport = error:5.4.4 no way leads off this machine
relay_transport = error:5.4.4 no way leads off this machine
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_transport = lmtp:inet:{host}:{lmtp}
transport_maps = texthash:{folder}/etc/transport
smtpd_tls_chain_files = {pem}
smtpd_tls_security_level = may
smtpd_tls_session_cache_database =
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/recipients, permit
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
notify_classes =
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
delay_warning_time = 1s
maximal_queue_lifetime = 6s
bounce_queue_lifetime = 6s
"""
MASTER = """\
{host}:{smtp} inet n - n - - smtpd
{host}:{smtps} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """Running, or stopped for a while."""

    view: Merged
    dovecot: Dovecot
    folder: Path
    smtp: int = field(default_factory=free_port)
    smtps: int = field(default_factory=free_port)
    child: Child | None = None

    def account(self, tls: str = "none", **more) -> MailAccount:
        port = self.smtps if tls == "tls" else self.smtp
        sender = f"Mentoring <{address('agenda')}>"
        return MailAccount(
            **{"host": HOST, "port": port, "tls": tls, "sender": sender, "ca_file": self.dovecot.ca_file} | more
        )

    @contextmanager
    def up(self) -> Iterator[None]:
        """While it runs."""
        argv = self.view.inside("/usr/lib/postfix/sbin/master", "-s", "-c", f"{self.folder}/etc")
        with running("postfix", argv, self.folder) as self.child:
            wait_until_it_answers(self.child, self.smtp)
            yield


def postfix(view: Merged, dovecot: Dovecot) -> Postfix:
    """Ready to be started."""
    folder = view.folder / "postfix"
    (folder / "etc").mkdir(parents=True)
    found = Postfix(view, dovecot, folder)
    words = {
        "folder": folder,
        "host": HOST,
        "domain": DOMAIN,
        "lmtp": dovecot.lmtp,
        "pem": dovecot.folder / "server.pem",
    }
    (folder / "etc" / "main.cf").write_text(MAIN.format(**words))
    (folder / "etc" / "master.cf").write_text(MASTER.format(host=HOST, smtp=found.smtp, smtps=found.smtps))
    tables = {
        "mailboxes": dict.fromkeys(map(address, PEOPLE), "x"),
        "transport": {
            f"gone.{DOMAIN}": f"lmtp:inet:{HOST}:{dovecot.lmtp}",
            f"slow.{DOMAIN}": f"lmtp:inet:{HOST}:9",
            SWALLOWED: "discard:",
        },
        "recipients": {address(user): reply for user, reply in REFUSED.items()},
    }
    for name, table in tables.items():
        (folder / "etc" / name).write_text("".join(f"{key} {value}\n" for key, value in table.items()))
    _make_queues(folder)
    return found


def _make_queues(folder: Path) -> None:
    """As its package does at installation."""
    owner, dropping = USERS["postfix"], GROUPS["postdrop"]
    (folder / "spool" / "pid").mkdir(parents=True)
    (folder / "data").mkdir()
    os.chown(folder / "data", owner, owner)
    for queue in QUEUES:
        (folder / "spool" / queue).mkdir(mode=0o700)
        os.chown(folder / "spool" / queue, owner, 0)
    for queue, mode in (("public", 0o2710), ("maildrop", 0o1730)):
        (folder / "spool" / queue).mkdir()
        os.chown(folder / "spool" / queue, owner, dropping)
        (folder / "spool" / queue).chmod(mode)
    shutil.chown(folder / "spool", "root", "root")
