"""The servers that the reader of a mailbox is held against, each with a folder and the hands of somebody else in it."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from imap_tools import MailBoxUnencrypted

from cadenced.core.accounts import MailboxAccount
from tests.interop.dovecot import Dovecot
from tests.support.imapd import FOLDER, PASSWORD, USER, Folder, Imapd, imap_server
from tests.support.smtpd import certificate

T = TypeVar("T")


class Room(Protocol):
    """A folder on a running server, as everybody but us sees it."""

    account: MailboxAccount
    starttls: MailboxAccount

    async def put(self, *bodies: bytes) -> None: ...

    async def flags(self) -> dict[int, set[str]]: ...

    async def mark(self, uid: int, flag: str) -> None: ...

    async def remove(self, uid: int) -> None:
        """Only this one."""
        ...

    async def renumber(self) -> None: ...

    async def stop(self) -> None: ...

    async def start(self) -> None: ...

    def frozen(self) -> Iterator[None]:
        """A context in which the server says nothing."""
        ...


@dataclass
class SmallRoom:
    server: Imapd
    account: MailboxAccount
    starttls: MailboxAccount

    @property
    def folder(self) -> Folder:
        return self.server.folders[FOLDER]

    async def put(self, *bodies: bytes) -> None:
        self.folder.put(*bodies)

    async def flags(self) -> dict[int, set[str]]:
        return self.folder.flags

    async def mark(self, uid: int, flag: str) -> None:
        self.folder.flags[uid].add(flag)

    async def remove(self, uid: int) -> None:
        self.folder.remove(uid)

    async def renumber(self) -> None:
        self.folder.renumber()

    async def stop(self) -> None:
        await self.server.stop()

    async def start(self) -> None:
        await self.server.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self.server.running.clear()
        yield
        self.server.running.set()


@asynccontextmanager
async def small_room(tmp_path) -> AsyncIterator[SmallRoom]:
    context, ca_file = certificate(tmp_path)
    folders = {"INBOX": Folder(), FOLDER: Folder()}
    encrypted = imap_server(tls="tls", context=context, folders=folders)
    upgraded = imap_server(
        tls="starttls", context=context, folders=folders, capabilities="IMAP4rev1 STARTTLS IDLE UIDPLUS AUTH=PLAIN"
    )
    async with encrypted as server, upgraded as other:
        account = MailboxAccount("127.0.0.1", server.port, "tls", USER, PASSWORD, ca_file, FOLDER)
        yield SmallRoom(server, account, replace(account, tls="starttls", port=other.port))


@dataclass
class DovecotRoom:
    """A fresh folder; `running` is what keeps the server up, until it is stopped."""

    server: Dovecot
    running: ExitStack
    folder: str

    @property
    def account(self) -> MailboxAccount:
        return self.server.account(folder=self.folder)

    @property
    def starttls(self) -> MailboxAccount:
        return self.server.account(tls="starttls", folder=self.folder)

    async def put(self, *bodies: bytes) -> None:
        await self._by_hand(lambda box: [box.append(body, self.folder) for body in bodies])

    async def flags(self) -> dict[int, set[str]]:
        return await self._by_hand(
            lambda box: {int(each.uid): set(each.flags) - {"\\Recent"} for each in box.fetch(mark_seen=False)}
        )

    async def mark(self, uid: int, flag: str) -> None:
        await self._by_hand(lambda box: box.client.uid("STORE", str(uid), "+FLAGS", f"({flag})"))

    async def remove(self, uid: int) -> None:
        await self.mark(uid, "\\Deleted")
        await self._by_hand(lambda box: box.client.uid("EXPUNGE", str(uid)))

    async def renumber(self) -> None:
        def work(box: MailBoxUnencrypted) -> None:
            bodies = [each.obj.as_bytes() for each in box.fetch(mark_seen=False)]
            box.folder.set("INBOX")
            box.folder.delete(self.folder)
            box.folder.create(self.folder)
            for body in bodies:
                box.append(body, self.folder)

        await self._by_hand(work)

    async def stop(self) -> None:
        await asyncio.to_thread(self.running.close)

    async def start(self) -> None:
        self.running.enter_context(self.server.up())

    @contextmanager
    def frozen(self) -> Iterator[None]:
        held = self.server.processes()
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in held:
                os.kill(pid, signal.SIGCONT)

    async def made(self) -> "DovecotRoom":
        await self._by_hand(lambda box: box.folder.create(self.folder), "INBOX")
        return self

    async def _by_hand(self, work: Callable[[MailBoxUnencrypted], T], folder: str = "") -> T:
        """Done by another program, over a connection of its own."""

        def conversation() -> T:
            account = self.server.account(tls="starttls")
            with MailBoxUnencrypted(account.host, account.port, timeout=20) as box:
                box.client.starttls(self.server.context())
                box.login_utf8(account.username, account.password, folder or self.folder)
                return work(box)

        return await asyncio.to_thread(conversation)
