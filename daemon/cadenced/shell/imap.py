"""One conversation with an IMAP server (RFC 9051): blocking, for a thread of its own.

Owns what is said on the line, what each refusal means, and how it is cut off from outside. Must never know what a
message says, nor which of them were read before.
"""

import imaplib
import re
import select
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, cast

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailboxLoginError, MailBoxUnencrypted
from imap_tools.errors import MailboxFolderSelectError

from cadenced.core.accounts import Arrivals, Arrived, MailboxAccount
from cadenced.core.errors import AccessError, CadencedError, ConfigError, InClearError, TemporaryError
from cadenced.shell.certificates import greeted_in_clear, untrusted

LARGEST = 8_000_000  # bytes of one message: an answer is a few kB, and a photo in it may be
AT_ONCE = 32_000_000  # bytes of the messages of one call: the daemon's memory holds them all
BEGINNING = 1 << 17  # bytes of a larger one: its headers, of which Postfix takes 100 kB, and the text before its photos
LONGEST_WORDS = 300  # characters of a server's words that are kept
MOST_FOLDERS = 20  # named in an error: enough to see which was meant
BUSY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]")  # RFC 5530 §3: no fault of the login
WAITING = b"cadenced1"  # the tag of IDLE: none that imaplib makes


@dataclass
class Line:
    """A connection that is made at the first use. Not for two threads at once, save cut().

    Each call raises AccessError, ConfigError or TemporaryError, and can't be used any more after that. `patience` is
    how many seconds the server has for each reply.
    """

    account: MailboxAccount
    context: ssl.SSLContext | None  # None: without TLS
    patience: float
    _box: BaseMailBox | None = None
    _can: frozenset[str] = frozenset()  # capabilities, after the login
    is_cut: bool = False

    def latest(self) -> tuple[int, int]:
        with self._answers():
            client = self._select()
            return self._number("UIDVALIDITY"), self._number("UIDNEXT") - 1 if client else 0

    def fetch(self, validity: int, after: int, limit: int) -> Arrivals:
        with self._answers():
            client = self._select()
            now = self._number("UIDVALIDITY")
            first = (after if now == validity else 0) + 1
            client.untagged_responses.pop("EXISTS", None)  # what comes from here on makes idle() return at once
            found = sorted(int(uid) for uid in self._opened().uids(f"UID {first}:*", charset=None))
            new = [uid for uid in found if uid >= first]  # n:* holds the last message, whatever n is (§6.4.8)
            messages = tuple(self._read(client, now, new[:limit]))
            return Arrivals(now, messages, now != validity, more=len(messages) < len(new))

    def idle(self, seconds: float) -> bool | None:
        """Whether something came within so many seconds (RFC 2177); None when the server can't tell."""
        with self._answers():
            client = self._opened().client
            if client.state != "SELECTED":
                self._select()
            if "EXISTS" in client.untagged_responses:
                return True
            if "IDLE" not in self._can:
                return None
            return self._idle(client, seconds)

    def delete(self, validity: int, uids: Iterable[int]) -> bool:
        with self._answers():
            try:
                client = self._select(readonly=False)
            except imaplib.IMAP4.readonly:
                return False
            if "UIDPLUS" not in self._can or self._number("UIDVALIDITY") != validity:
                return False
            which = ",".join(map(str, uids))
            self._must(client.uid("STORE", which, "+FLAGS.SILENT", r"(\Deleted)"))
            self._must(client.uid("EXPUNGE", which))  # RFC 4315 §2.1: these, and no other that somebody marked
            return True

    def cut(self) -> None:
        """From another thread: whatever waits at the server ends with TemporaryError, at once."""
        self.is_cut = True
        if self._box is not None:
            with suppress(OSError):  # SSLSocket's own would take the encryption away under the other thread's feet
                socket.socket.shutdown(self._box.client.sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets go of the connection, without a word. For the thread that uses it."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()

    def _opened(self) -> BaseMailBox:
        if self._box is None:
            account = self.account
            if account.tls == "tls":
                self._box = MailBox(account.host, account.port, self.patience, ssl_context=self.context)
            else:
                self._box = MailBoxUnencrypted(account.host, account.port, self.patience)
            if self.is_cut:
                raise TemporaryError("the mailbox was closed")
            if account.tls == "starttls":
                self._encrypt(self._box.client)
            self._login(self._box)
        return self._box

    def _encrypt(self, client: imaplib.IMAP4) -> None:
        if "STARTTLS" not in client.capabilities:
            why = f"{self._where} offers no STARTTLS, so the password would travel in clear"
            raise InClearError(f'{why}. Port 993 wants tls = "tls" in [mailbox]; ask its keeper otherwise')
        client.starttls(self.context)

    def _login(self, box: BaseMailBox) -> None:
        account, client = self.account, box.client
        try:
            if "AUTH=PLAIN" in client.capabilities:
                box.login_utf8(account.username, account.password, initial_folder=None)
            else:
                box.login(account.username, account.password, initial_folder=None)
        except UnicodeEncodeError:
            why = f"{self._where} takes no login with letters beyond ASCII (it offers no AUTH=PLAIN)"
            raise AccessError(f"{why}. Choose another username or password for [mailbox]") from None
        except imaplib.IMAP4.abort:
            raise
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            if any(code in str(error).upper() for code in BUSY):
                raise TemporaryError(f"{self._where} can't check the login just now: {_words(error)}") from error
            why = f"{self._where} refuses the login {account.username!r}: {_words(error).rstrip('.')}"
            raise AccessError(f"{why}. Check username and password of [mailbox]") from error
        self._can = frozenset(b" ".join(self._must(client.capability())).decode("ascii", "replace").upper().split())

    def _select(self, *, readonly: bool = True) -> imaplib.IMAP4:
        """EXAMINE, unless something is to be deleted: nothing that we read is marked as read (§6.3.3)."""
        box, folder = self._opened(), self.account.folder
        try:
            box.folder.set(folder, readonly)
        except MailboxFolderSelectError as error:
            names = sorted((each.name for each in box.folder.list()), key=lambda name: (name != "INBOX", name))
            if folder.upper() == "INBOX" or folder in names:
                raise
            there = ", ".join(names[:MOST_FOLDERS]) + (", …" if len(names) > MOST_FOLDERS else "")
            why = f"{self._where} has no folder {folder!r} for {self.account.username}"
            raise ConfigError(f"{why}. Name another as folder in [mailbox]; there are: {there}") from error
        return box.client

    def _number(self, code: str) -> int:
        """What the server said of the folder as it was selected."""
        said = self._opened().client.untagged_responses.get(code)
        if not said:
            raise TemporaryError(f"{self._where} tells no {code} of its folder {self.account.folder!r}")
        return int(cast("bytes", said[-1]))

    def _read(self, client: imaplib.IMAP4, validity: int, uids: Sequence[int]) -> Iterator[Arrived]:
        """The messages of these UIDs, as long as they fit into AT_ONCE; those that are gone by now are left out."""
        left = AT_ONCE
        for uid, size in self._sizes(client, uids).items():
            whole = size <= LARGEST
            left -= size if whole else 0
            if left < 0:
                return
            parts = "(BODY.PEEK[])" if whole else f"(BODY.PEEK[]<0.{BEGINNING}>)"
            said = self._must(client.uid("FETCH", str(uid), parts))
            for body in (part[1] for part in said if isinstance(part, tuple)):
                yield Arrived(validity, uid, body, cut=not whole)

    def _sizes(self, client: imaplib.IMAP4, uids: Sequence[int]) -> dict[int, int]:
        if not uids:
            return {}
        sizes = {}
        for said in self._must(client.uid("FETCH", ",".join(map(str, uids)), "(RFC822.SIZE)")):
            text = said.decode("ascii", "replace") if isinstance(said, bytes) else ""
            uid, size = re.search(r"\bUID (\d+)", text), re.search(r"\bRFC822\.SIZE (\d+)", text)
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
        return {uid: sizes[uid] for uid in uids if uid in sizes}

    def _idle(self, client: imaplib.IMAP4, seconds: float) -> bool:
        """imap-tools' own would sleep over a line that came together with the server's go-ahead."""
        client.send(WAITING + b" IDLE\r\n")
        while not (said := self._line(client)).startswith(b"+"):  # news of before it may come first
            if said.startswith(WAITING):
                raise TemporaryError(f"{self._where} won't wait: {_words(said)}")
        woken = _readable(client, seconds)
        client.send(b"DONE\r\n")
        while not self._line(client).startswith(WAITING):
            pass
        return woken

    def _line(self, client: imaplib.IMAP4) -> bytes:
        said = client.readline()
        if not said.endswith(b"\r\n") or said.upper().startswith(b"* BYE"):
            raise TemporaryError(f"{self._where} ended the conversation {_words(said)}")
        return said

    def _must(self, said: tuple[str, Sequence[Any]]) -> Sequence[Any]:
        status, data = said
        if status != "OK":
            words = b" ".join(each for each in data if isinstance(each, bytes))
            raise TemporaryError(f"{self._where} won't do it: {_words(words)}")
        return [each for each in data if each is not None]

    @property
    def _where(self) -> str:
        return f"{self.account.host}:{self.account.port}"

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """What goes wrong says who must act; then the connection is not used again."""
        try:
            yield
        except CadencedError:
            self.close()
            raise
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise untrusted(self._where, error, "mailbox", self.account.ca_file) from error
        except (imaplib.IMAP4.error, ImapToolsError, OSError, ValueError) as error:
            self.close()
            raise TemporaryError(f"{self._where} cannot be read: {_cause(error)}") from error


def _readable(client: imaplib.IMAP4, seconds: float) -> bool:
    """Whether there is something to read within so many seconds. The buffers of the file and of TLS come first."""
    sock = client.sock
    patience = sock.gettimeout()
    sock.settimeout(0)
    try:
        if cast("BufferedReader", client.file).peek(1):
            return True
    except (ssl.SSLWantReadError, BlockingIOError):
        pass
    finally:
        sock.settimeout(patience)
    poll = select.poll()  # select() knows no descriptor beyond 1023
    poll.register(sock.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _cause(error: Exception) -> str:
    """What went wrong, without the number that the system gives it."""
    if isinstance(error, TimeoutError) and not error.strerror:
        return "it does not answer; do host, port and tls of [mailbox] belong together?"
    if greeted_in_clear(error):
        return 'it does not begin with TLS; port 143 wants tls = "starttls" in [mailbox]'
    return _words(getattr(error, "strerror", None) or error) or type(error).__name__


def _words(said: object) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:LONGEST_WORDS]
