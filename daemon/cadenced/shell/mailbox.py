"""The mailbox that answers come back to, for asyncio: every conversation takes place in a thread of its own.

Owns how long a call may take, and how it is ended from outside. Must never know what a message says.
"""

import asyncio
import ssl
from collections.abc import Callable, Collection
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from cadenced.core.accounts import Arrivals, MailboxAccount
from cadenced.core.errors import ConfigError, TemporaryError
from cadenced.shell.imap import Line

REPLY = 30.0  # seconds for one reply: a server that freezes says nothing at all
WHOLE = 300.0  # seconds for one call: a server that says a byte now and then never misses REPLY
LONGEST_WAIT = 25 * 60.0  # seconds: servers cut who idles for thirty minutes (RFC 2177)
LOOK_EVERY = 60.0  # seconds between two looks at a server that can't tell when something comes

T = TypeVar("T")


@dataclass
class Mailbox:
    """One connection at a time, reused until close() or until something goes wrong. Not for two tasks at once.

    Every call raises AccessError when the server refuses the login or can't be trusted, ConfigError when the folder or
    ca_file is not there, TemporaryError when it is down, slow, or ends the conversation. One that is cancelled ends.
    """

    patience: float = REPLY
    whole: float = WHOLE
    look_every: float = LOOK_EVERY
    _line: Line | None = None
    _busy: Future[Any] | None = None  # what the thread does with the line, or did last
    _closing: asyncio.Event = field(default_factory=asyncio.Event)
    _contexts: dict[Path | None, ssl.SSLContext] = field(default_factory=dict)

    async def latest(self, account: MailboxAccount) -> tuple[int, int]:
        """The folder's validity, and the highest UID that may be in use by now: where a new reader begins."""
        return await self._do(account, Line.latest)

    async def fetch(self, account: MailboxAccount, validity: int, after: int, limit: int) -> Arrivals:
        """Up to `limit` messages with a UID above `after`, oldest first; all of them where the folder's validity is no
        longer this one. No flag is read or changed. Messages that are gone by now are left out.
        """
        return await self._do(account, partial(Line.fetch, validity=validity, after=after, limit=limit))

    async def wait(self, account: MailboxAccount, seconds: float) -> bool:
        """Until something may have come, so many seconds at most and never longer than LONGEST_WAIT. Whether it may:
        servers say now and then that they are still there, so only fetch() tells.
        """
        seconds = min(seconds, LONGEST_WAIT)
        told = await self._do(account, partial(Line.idle, seconds=seconds), seconds)
        if told is not None:
            return told
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), min(seconds, self.look_every))
        return True

    async def delete(self, account: MailboxAccount, validity: int, uids: Collection[int]) -> bool:
        """Removes these messages for good, and no other. Whether it did: not where the server can't remove single ones
        (RFC 4315), where the folder is read-only, or where the UIDs have become those of other messages.
        """
        return not uids or await self._do(account, partial(Line.delete, validity=validity, uids=uids))

    async def close(self) -> None:
        """Ends what is under way, at once, and lets go of the connection. A later call begins anew."""
        self._closing.set()
        self._closing = asyncio.Event()
        line, self._line = self._line, None
        if line is not None:
            line.cut()
            if self._busy is None or self._busy.done():
                line.close()  # else the thread does

    async def _do(self, account: MailboxAccount, work: Callable[[Line], T], waiting: float = 0) -> T:
        line = self._line_to(account)
        self._busy = _in_a_thread(line, work)
        try:
            async with asyncio.timeout(self.whole + waiting):
                return await asyncio.wrap_future(self._busy)
        except BaseException as error:  # cancelled, too: in the middle of a reply the next one would be off by one
            await self.close()
            if isinstance(error, TimeoutError):
                why = f"{account.host}:{account.port} did not end within {self.whole:.0f} s"
                raise TemporaryError(why) from None
            raise

    def _line_to(self, account: MailboxAccount) -> Line:
        if self._line is not None and self._line.account != account:
            self._line.close()
            self._line = None
        if self._line is None:
            context = None if account.tls == "none" else self._context(account.ca_file)
            self._line = Line(account, context, self.patience)
        return self._line

    def _context(self, ca_file: Path | None) -> ssl.SSLContext:
        if ca_file not in self._contexts:
            try:
                self._contexts[ca_file] = ssl.create_default_context(cafile=ca_file)
            except (OSError, ssl.SSLError) as error:
                raise ConfigError(f"mailbox.ca_file: {ca_file} cannot be used: {error}") from None
        return self._contexts[ca_file]


def _in_a_thread(line: Line, work: Callable[[Line], T]) -> Future[T]:
    """A thread that the interpreter's end does not wait for: a server that freezes would keep it."""
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()  # so that nothing but the thread sets it

    def run() -> None:
        try:
            result.set_result(work(line))
        except BaseException as error:  # noqa: BLE001 (whoever awaits it gets it)
            line.close()
            result.set_exception(error)
        if line.is_cut:
            line.close()

    Thread(target=run, name="mailbox", daemon=True).start()
    return result
