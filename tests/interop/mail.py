"""Debian's Postfix and Dovecot together: mails that are really sent, and really arrive.

`python -m tests.interop.mail check` says whether they can run here; `… run` keeps them until Ctrl-C, to look at.
"""

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.interop import debian, dovecot, postfix


def why_not() -> str:
    """Why they cannot run here, in words; empty when they can."""
    return debian.why_no_view("Postfix and Dovecot")


@contextmanager
def mail_servers() -> Iterator[tuple[postfix.Postfix, dovecot.Dovecot]]:
    """Both, once they answer."""
    with _folder() as folder:
        users, packages = {**dovecot.USERS, **postfix.USERS}, (*dovecot.PACKAGES, *postfix.PACKAGES)
        view = debian.merged(folder, packages, users, postfix.GROUPS)
        mailboxes = dovecot.dovecot(view)
        post = postfix.postfix(view, mailboxes)
        with mailboxes.up(), post.up():
            yield post, mailboxes


@contextmanager
def dovecot_alone() -> Iterator[dovecot.Dovecot]:
    """Ready to be started, and stopped, and started."""
    with _folder() as folder:
        yield dovecot.dovecot(debian.merged(folder, dovecot.PACKAGES, dovecot.USERS, {}))


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary one that the servers' users may enter; it is gone with the block, and all that they wrote."""
    with tempfile.TemporaryDirectory(prefix="cadenced-mail-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def main(verb: str) -> str:
    if (reason := why_not()) or verb == "check":
        return reason
    with mail_servers() as (post, mailboxes):
        words = f"SMTP {post.smtp} (TLS {post.smtps}), IMAP {mailboxes.imap} (TLS {mailboxes.imaps})"
        print(f"{words}; users: {', '.join(map(dovecot.address, dovecot.PEOPLE))}; CA: {mailboxes.ca_file}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
