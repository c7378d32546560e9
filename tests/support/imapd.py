"""A small IMAP server (RFC 9051) in the test's own loop: as much as a reader of one folder says to it.

It is held to the same contract as Dovecot (tests/contract/test_mailbox.py), and can be told to misbehave.
"""

import asyncio
import re
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

PASSWORD = 'pä$$ "wörd" \\ ✓'
USER = "agenda@example.org"
FOLDER = "Antworten & Rückfragen"
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\)|[^\s"]+)')


@dataclass
class Folder:
    """Messages by UID, with their flags. `changed` is set at each change, and made anew."""

    validity: int = 1000
    next_uid: int = 1
    bodies: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, *bodies: bytes) -> None:
        for body in bodies:
            self.bodies[self.next_uid], self.flags[self.next_uid] = body, set()
            self.next_uid += 1
        self.tell()

    def remove(self, uid: int) -> None:
        del self.bodies[uid], self.flags[uid]
        self.tell()

    def renumber(self) -> None:
        """Gives every message a new UID, as a server does whose index was lost (§2.3.1.1)."""
        bodies = list(self.bodies.values())
        self.validity, self.next_uid, self.bodies, self.flags = self.validity + 1, 1, {}, {}
        self.put(*bodies)

    def tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def among(self, which: str) -> list[int]:
        """The UIDs of a sequence-set; `*` is the highest, and a range's ends may stand in either order (§9)."""
        found: set[int] = set()
        for part in which.split(","):
            ends = sorted(int(end) if end != "*" else max(self.bodies, default=0) for end in part.split(":"))
            found |= {uid for uid in self.bodies if ends[0] <= uid <= ends[-1]}
        return sorted(found)


@dataclass
class Imapd:
    """`refuses` answers a command by its first word: "NO [UNAVAILABLE] not now"."""

    tls: str = "none"
    context: ssl.SSLContext | None = None
    capabilities: str = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS"
    passwords: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    folders: dict[str, Folder] = field(default_factory=lambda: {"INBOX": Folder(), FOLDER: Folder()})
    refuses: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)  # the commands, without their tags and arguments
    go_ahead: str = "+ idling"  # to IDLE, and whatever else comes in the same packet
    port: int = 0
    connections: int = 0
    running: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: it freezes
    idling: asyncio.Event = field(default_factory=asyncio.Event)  # somebody waits
    before: Callable[[str], None] = lambda _: None  # called with each command before it is carried out
    _listener: asyncio.Server | None = None
    _sessions: dict[asyncio.Task, "Session"] = field(default_factory=dict)

    async def start(self) -> None:
        self.running.set()
        encrypted = self.context if self.tls == "tls" else None
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=encrypted)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a server that goes down: everybody hears BYE."""
        self._listener.close()
        await self.cut(b"* BYE going down\r\n")

    async def cut(self, last_words: bytes = b"") -> None:
        """Ends every conversation, without a word unless there is one."""
        sessions = dict(self._sessions)
        for task, session in sessions.items():
            session.writer.write(last_words)
            task.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def say(self, line: str) -> None:
        """To everybody who is connected."""
        for session in self._sessions.values():
            session.say(line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        session, task = Session(self, reader, writer), asyncio.current_task()
        self._sessions[task] = session
        try:
            await session.talk()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            del self._sessions[task]
            writer.transport.abort()  # to close it politely would wait for the other side


@asynccontextmanager
async def imap_server(**more) -> AsyncIterator[Imapd]:
    server = Imapd(**more)
    await server.start()
    try:
        yield server
    finally:
        server.running.set()
        await server.stop()


@dataclass
class Session:
    server: Imapd
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    user: str = ""
    folder: Folder | None = None
    seen: list[int] = field(default_factory=list)  # the UIDs that the other side knows of, by sequence number
    readonly: bool = True
    tag: str = ""

    def say(self, line: str | bytes) -> None:
        self.writer.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    async def talk(self) -> None:
        self.say("* OK ready")
        while line := (await self.reader.readline()).decode():
            self.tag, _, rest = line.rstrip("\r\n").partition(" ")
            words = [re.sub(r"\\(.)", r"\1", quoted) if quoted else bare for quoted, bare in _WORD.findall(rest)]
            name, *arguments = words
            name = f"UID {arguments.pop(0)}".upper() if name.upper() == "UID" else name.upper()
            self.server.said.append(name)
            self.server.before(name)
            await self.server.running.wait()
            if said := self.server.refuses.get(name):
                self.say(f"{self.tag} {said}")
            elif status := await self._do(name, arguments):
                self.say(f"{self.tag} {status}")
            await self.writer.drain()
            if name == "LOGOUT":
                return

    async def _do(self, name: str, arguments: list[str]) -> str:
        """What stands behind the tag; empty where it was said already."""
        open_to_all = {"CAPABILITY", "LOGIN", "AUTHENTICATE", "STARTTLS", "LOGOUT", "NOOP"}
        known = getattr(self, f"_{name.replace(' ', '_').lower()}", None)
        if known is None:
            return "BAD what?"
        if not self.user and name not in open_to_all:
            return "NO log in first"
        if self.folder is None and (name.startswith("UID ") or name == "IDLE"):
            return "BAD no folder is selected"
        result = known(*arguments)
        status = result if isinstance(result, str) else await result
        if self.folder is not None:
            self._news()
        return status

    def _news(self) -> None:
        """What happened in the folder since the last command (§7.5.1)."""
        for uid in [uid for uid in self.seen if uid not in self.folder.bodies]:
            self.say(f"* {self.seen.index(uid) + 1} EXPUNGE")
            self.seen.remove(uid)
        if len(self.seen) != len(self.folder.bodies):
            self.seen = sorted(self.folder.bodies)
            self.say(f"* {len(self.seen)} EXISTS")

    def _noop(self) -> str:
        return "OK done"

    def _logout(self) -> str:
        self.say("* BYE")
        return "OK done"

    def _capability(self) -> str:
        self.say(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    async def _starttls(self) -> str:
        self.say(f"{self.tag} OK begin")
        await self.writer.drain()
        await self.writer.start_tls(self.server.context)
        return ""

    def _login(self, user: str, password: str) -> str:
        if self.server.passwords.get(user) != password:
            return "NO [AUTHENTICATIONFAILED] wrong"
        self.user = user
        return "OK done"

    async def _authenticate(self, mechanism: str) -> str:
        if f"AUTH={mechanism}" not in self.server.capabilities:
            return "NO not by that"
        self.say("+ ")
        _, user, password = b64decode(await self.reader.readline()).decode().split("\0")
        return self._login(user, password)

    def _list(self, _reference: str, _pattern: str) -> str:
        for name in self.server.folders:
            self.say(b'* LIST () "/" "' + utf7_encode(name) + b'"')
        return "OK done"

    def _examine(self, name: str, *, readonly: bool = True) -> str:
        self.folder = self.server.folders.get(utf7_decode(name.encode()))
        if self.folder is None:
            return "NO [NONEXISTENT] no such folder"
        self.readonly, self.seen = readonly, sorted(self.folder.bodies)
        self.say(f"* {len(self.seen)} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.folder.validity}] valid")
        self.say(f"* OK [UIDNEXT {self.folder.next_uid}] next")
        return f"OK [READ-{'ONLY' if readonly else 'WRITE'}] selected"

    def _select(self, name: str) -> str:
        return self._examine(name, readonly=False)

    def _uid_search(self, _key: str, which: str) -> str:
        self.say(f"* SEARCH {' '.join(map(str, self.folder.among(which)))}".rstrip())
        return "OK done"

    def _uid_fetch(self, which: str, items: str) -> str:
        for uid in self.folder.among(which):
            self._news()
            self.writer.write(f"* {self.seen.index(uid) + 1} FETCH (UID {uid} ".encode())
            self.say(b" ".join(self._items(uid, items)) + b")")
        return "OK done"

    def _items(self, uid: int, items: str) -> Iterator[bytes]:
        body = self.folder.bodies[uid]
        for item in items.strip("()").split():
            if item == "RFC822.SIZE":
                yield f"{item} {len(body)}".encode()
                continue
            peek, section, first, count = re.fullmatch(r"BODY(\.PEEK)?\[(|HEADER)\](?:<(\d+)\.(\d+)>)?", item).groups()
            if not peek and not self.readonly:
                self.folder.flags[uid].add("\\Seen")
            part = body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if section else body
            origin = f"<{first}>" if first else ""
            part = part[int(first) :][: int(count)] if first else part
            yield f"BODY[{section}]{origin} {{{len(part)}}}\r\n".encode() + part

    def _uid_store(self, which: str, how: str, flags: str) -> str:
        if self.readonly or how != "+FLAGS.SILENT":
            return "NO not so"
        for uid in self.folder.among(which):
            self.folder.flags[uid] |= set(flags.strip("()").split())
        return "OK done"

    def _uid_expunge(self, which: str) -> str:
        if self.readonly or "UIDPLUS" not in self.server.capabilities:
            return "NO not so"
        for uid in self.folder.among(which):
            if "\\Deleted" in self.folder.flags[uid]:
                self.folder.remove(uid)
        return "OK done"

    async def _idle(self) -> str:
        self.say(self.server.go_ahead)
        self._news()
        self.server.idling.set()
        done = asyncio.ensure_future(self.reader.readline())
        try:
            while not done.done():
                changed = asyncio.ensure_future(self.folder.changed.wait())
                await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                self._news()
        finally:
            self.server.idling.clear()
            done.cancel()
        await self.server.running.wait()
        return "OK done" if done.result() == b"DONE\r\n" else "BAD done?"
