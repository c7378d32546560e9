"""Hands finished messages to a submission service over SMTP (RFC 5321, RFC 6409, RFC 8314).

Owns the connection, and what each reply means. Must never know what a message says, nor whether to try again.
"""

import os
import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPReadTimeoutError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from cadenced.core.accounts import MailAccount, Outcome, Verdict
from cadenced.core.errors import AccessError, ConfigError, InClearError, TemporaryError
from cadenced.shell.certificates import greeted_in_clear, refused, untrusted

REPLY = 60.0  # seconds for one reply
FINAL = 600.0  # seconds for the reply to the final dot: the server delivers before it answers (RFC 5321 §4.5.3.2.6)
LONGEST_REPLY = 300  # characters of a server's words that are kept


@dataclass
class Mailer:
    """Connections, reused until close(): one for each message that is in flight. `patience` as REPLY and FINAL."""

    patience: tuple[float, float] = (REPLY, FINAL)
    _idle: list[aiosmtplib.SMTP] = field(default_factory=list)
    _contexts: dict[Path | None, ssl.SSLContext] = field(default_factory=dict)

    async def open(self, account: MailAccount) -> None:
        """Connects and logs in, unless a connection is free. TemporaryError when the server can't be reached or is not
        ready.

        AccessError when it refuses the login, offers no TLS where we ask for it, or shows a certificate that can't be
        trusted: then nothing was said that a listener could use. ConfigError when ca_file cannot be used.
        """
        self._idle.append(await self._taken(account))

    async def send(self, account: MailAccount, recipient: str, body: bytes) -> Outcome:
        """One attempt at one message, and at its copy. What goes wrong with the connection is part of the outcome.

        Raises as open(), and AccessError when the server won't have our sender: then no message of ours can go out.
        """
        client = await self._taken(account)
        try:
            return await self._handed_over(client, account, recipient, body)
        except AccessError:  # told between two messages
            raise
        except BaseException:
            client.close()  # in the middle of DATA the replies would be off by one
            raise
        finally:
            if client.is_connected:
                self._idle.append(client)

    async def close(self) -> None:
        """Says goodbye; never raises. While no message is in flight."""
        idle, self._idle = self._idle, []
        for client in idle:
            try:
                await client.quit(timeout=self.patience[0])
            except (SMTPException, OSError):
                client.close()

    async def _taken(self, account: MailAccount) -> aiosmtplib.SMTP:
        """A connection that nobody else uses."""
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
        client, where = self._made(account), f"{account.host}:{account.port}"
        try:
            await client.connect()
        except SMTPAuthenticationError as error:
            if 400 <= error.code < 500:
                raise TemporaryError(f"{where} can't check the login just now: {_words(error)}") from error
            why = f"{where} refuses the login {account.username!r}: {_words(error)}. Check username and password"
            raise AccessError(f"{why} of [smtp]") from error
        except (SMTPException, OSError) as error:
            raise _unopened(account, error) from error
        return client

    async def _handed_over(self, client: aiosmtplib.SMTP, account: MailAccount, recipient: str, body: bytes) -> Outcome:
        reply_within, final_within = self.patience
        sender = parseaddr(account.sender)[1]
        handed_over = False
        try:
            await client.mail(sender, timeout=reply_within)
            await client.rcpt(recipient, timeout=reply_within)
            if account.copy_to and account.copy_to.lower() != recipient.lower():
                await self._copy(client, account.copy_to)
            handed_over = True  # from here on a lost reply may hide a delivery
            said = await client.data(body, timeout=final_within)
        except SMTPSenderRefused as error:
            await self._again(client)
            if error.code >= 500:
                raise AccessError(f"{account.host} refuses {sender} as sender: {_words(error)}") from error
            return Outcome("later", _words(error))
        except SMTPResponseException as error:
            await self._again(client)
            gone = isinstance(error, SMTPRecipientRefused)
            return Outcome(_verdict(error.code, gone=gone), _words(error))
        except (SMTPException, OSError) as error:
            client.close()
            return Outcome("unknown" if handed_over else "later", _line(f"{type(error).__name__}: {error}"))
        return Outcome("sent", _line(f"{said.code} {said.message}"))

    async def _copy(self, client: aiosmtplib.SMTP, address: str) -> None:
        """Its refusal is no matter of the message, unless the server ends the conversation (RFC 5321 §3.8)."""
        try:
            await client.rcpt(address, timeout=self.patience[0])
        except SMTPRecipientRefused as error:
            if error.code == 421:
                raise

    async def _again(self, client: aiosmtplib.SMTP) -> None:
        """Ends a refused transaction, so that the next message begins a new one (RFC 5321 §4.1.1.5)."""
        try:
            await client.rset(timeout=self.patience[0])
        except (SMTPException, OSError):
            client.close()

    def _made(self, account: MailAccount) -> aiosmtplib.SMTP:
        """TLS is said explicitly: the library's default would send the password in clear to a server without it."""
        encrypted = account.tls != "none"
        return aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            username=account.username or None,
            password=account.password if account.username else None,
            local_hostname=parseaddr(account.sender)[1].rpartition("@")[2],
            timeout=self.patience[0],
            use_tls=account.tls == "tls",
            start_tls=account.tls == "starttls",
            tls_context=self._context(account.ca_file) if encrypted else None,
        )

    def _context(self, ca_file: Path | None) -> ssl.SSLContext:
        if ca_file not in self._contexts:  # making one costs 30 ms
            try:
                self._contexts[ca_file] = ssl.create_default_context(cafile=ca_file)
            except (OSError, ssl.SSLError) as error:
                raise ConfigError(f"smtp.ca_file: {ca_file} cannot be used: {error}") from None
        return self._contexts[ca_file]


def _unopened(account: MailAccount, error: BaseException) -> AccessError | TemporaryError:
    """The library wraps what happened; what lies beneath tells who must act."""
    where = f"{account.host}:{account.port}"
    if (why := refused(error)) is not None:
        return untrusted(where, why, "smtp", account.ca_file)
    if isinstance(error, SMTPException) and "STARTTLS" in str(error):
        advice = 'Nothing was sent. Port 465 wants tls = "tls"; ask its keeper otherwise'
        return InClearError(f"{where} offers no STARTTLS, so the password would travel in clear. {advice}")
    root = error.__cause__ or error
    if account.tls == "tls" and greeted_in_clear(root):
        return TemporaryError(f'{where} does not begin with TLS: port 587 wants tls = "starttls" in [smtp]')
    if isinstance(root, SMTPReadTimeoutError) and account.tls != "tls":
        return TemporaryError(f'{where} says nothing before TLS begins: port 465 wants tls = "tls" in [smtp]')
    number = root.errno if isinstance(root, OSError) and not isinstance(root, ssl.SSLError) else None
    told = os.strerror(number) if number and number > 0 else _line(getattr(root, "strerror", None) or str(root))
    return TemporaryError(f"{where} cannot be reached: {told}")


def _verdict(code: int, *, gone: bool) -> Verdict:
    if code < 500:
        return "later"
    return "refused" if gone else "rejected"


def _words(error: SMTPResponseException) -> str:
    return _line(f"{error.code} {error.message}")


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_REPLY]
