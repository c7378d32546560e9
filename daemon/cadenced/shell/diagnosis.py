"""What went wrong with a server, as a finding: the step that it belongs to, and what to do. The same for all protocols.

Must never know what was asked of the server.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from cadenced.core.accounts import CalendarAccount, MailAccount, MailboxAccount
from cadenced.core.errors import AccessError, CadencedError, InClearError, TemporaryError, UntrustedError
from cadenced.core.findings import Finding, Verdict
from cadenced.shell.certificates import OTHERS, names_in, refused

Account = CalendarAccount | MailAccount | MailboxAccount

AGAIN = "cadenced tries again by itself"
MOST_NAMES = 5  # of a certificate that are told: some hold a hundred
HTTPS = 443
STEPS = ((UntrustedError, "certificate"), (InClearError, "encryption"), (TemporaryError, "reached"))
PORTS = {"smtp": '587 wants tls = "starttls", and 465 "tls"', "mailbox": '993 wants tls = "tls", and 143 "starttls"'}


async def fault(subject: str, account: Account, error: CadencedError, step: str) -> Finding:
    """`step` is where an error belongs that the user has to mend: calendar, folder, …; of any other, its kind tells."""
    what = next((name for kind, name in STEPS if isinstance(error, kind)), "")
    what = what or ("login" if isinstance(error, AccessError) else step)
    words = str(error).removeprefix(f"{subject}: ")
    return Finding(subject, what, Verdict.FAULT, words, await _advice(subject, account, error))


async def _advice(subject: str, account: Account, error: CadencedError) -> str:
    """Beside what the error's own text says."""
    if isinstance(error, UntrustedError):
        return await _other_names(subject, account, error)
    if not isinstance(error, TemporaryError):
        return ""
    causes = list(_beneath(error))
    if not causes:  # it has answered
        return f"if that lasts, ask whoever keeps the server; {AGAIN}"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"check the {_setting(account)} of [{subject}], and the DNS of this machine; {AGAIN}"
    apart = f"port and tls of [{subject}] have to belong together: {PORTS[subject]}" if subject in PORTS else ""
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return apart or f"check the {_setting(account)} of [{subject}]"
    silent = any(isinstance(cause, asyncio.TimeoutError) for cause in causes)
    look = f"look whether the server runs, and whether the {_setting(account)} of [{subject}] is right"
    return f"{look}; {apart}; {AGAIN}" if silent and apart else f"{look}; {AGAIN}"


async def _other_names(subject: str, account: Account, error: UntrustedError) -> str:
    """Those in a certificate for other names than that of the server, as far as they can be seen."""
    why = refused(error)
    if why is None or why.verify_code not in OTHERS or not (where := _encrypted_from_the_start(account)):
        return ""
    names = await names_in(*where, account.ca_file)
    more = ", …" if len(names) > MOST_NAMES else ""
    held = ", ".join(names[:MOST_NAMES])
    if not names:
        return ""
    one = held if len(names) == 1 else "one of these"
    return f"it is for {held}{more}: put {one} into the {_setting(account)} of [{subject}]"


def _encrypted_from_the_start(account: Account) -> tuple[str, int] | None:
    if isinstance(account, CalendarAccount):
        parts = urlsplit(account.url)
        return (parts.hostname, parts.port or HTTPS) if parts.hostname and parts.scheme == "https" else None
    return (account.host, account.port) if account.tls == "tls" else None


def _setting(account: Account) -> str:
    if isinstance(account, CalendarAccount):
        return "url" if account.url else "address"
    return "host"


def _beneath(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
