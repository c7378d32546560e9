"""One WebDAV request at a time, over HTTP: deadlines, caps, TLS, and which error means what.

Owns the transport. Must never know what a calendar is. Redirects are refused: following one would send a PUT again
without its body, or a password to another host.

aiohttp itself sends a PUT or DELETE a second time when the line is cut before the reply. That is safe only because each
of ours carries a precondition: where the first one took effect, the second one meets a 412.
"""

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from cadenced import __version__
from cadenced.core.accounts import CalendarAccount
from cadenced.core.errors import AccessError, ConfigError, InClearError, PermanentError, TemporaryError
from cadenced.shell.certificates import refused, untrusted

CONNECT = 10.0  # seconds to reach a server that is there
WHOLE = 60.0  # seconds for a reply, body included: a sync report of a slow server takes a few
PER_HOST = 8  # connections; Radicale's own default limit, and more would only queue there
LARGEST = 64 << 20  # bytes of one reply: a listing of 200,000 events
LONGEST_RETRY_AFTER = 3600.0  # seconds: no header, mistaken or not, silences a calendar for longer
LONGEST_SHOWN = 200  # characters of an address that is none
KEEPS = "@:+,;=~!$&'()*"  # in a path, beside the unreserved: servers differ in whether they encode them
SOON = frozenset({302, 303, 307, 408, 423, 425, 429})  # sent on, slow, locked, early, too many: for a while only
LIKE_ANSWERS = frozenset({501, 507})  # of the 5xx: "not here" and "no room" will not be different in a minute

SessionFactory = Callable[[ssl.SSLContext | None], aiohttp.ClientSession]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `cap` is the number of bytes that its reply may have; `onward`: a redirect is an answer."""

    method: str
    url: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cap: int = LARGEST
    onward: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def etag(self) -> str:
        """The strong ETag, or "" (RFC 9110 §8.8.3): a weak one can't guard a write."""
        found = self.headers.get("ETag", "")
        return "" if found.startswith("W/") else found


class TooLargeError(PermanentError):
    """A reply beyond its cap. `reply` is what was read of it."""

    def __init__(self, text: str, reply: Reply) -> None:
        super().__init__(text)
        self.reply = reply


@dataclass
class Dav:
    """Sends requests for accounts. One session, and so one pool, for each set of trusted certificates."""

    make_session: SessionFactory | None = None
    whole: float = WHOLE
    _sessions: dict[Path | None, aiohttp.ClientSession] = field(default_factory=dict)

    async def request(self, account: CalendarAccount, ask: Ask) -> Reply:
        """Any reply that is an answer, whatever its status below 500. The rest is raised as who must act.

        AccessError: 401. UntrustedError: a certificate that can't be trusted. TemporaryError: no connection, a
        deadline, 423, 429, 5xx, a redirect for a while. PermanentError: a redirect for good, or a reply beyond its cap.
        ConfigError: no address that a password may be sent to.
        """
        _refuse_unsafe(ask.url)
        host = _host(ask.url)
        try:
            async with asyncio.timeout(self.whole):
                return await self._send(account, ask)
        except aiohttp.ClientConnectorCertificateError as error:
            if (why := refused(error)) is None:
                raise TemporaryError(f"{host} cannot be reached: {error.certificate_error}") from error
            raise untrusted(host, why, account.section, account.ca_file) from error
        except TimeoutError as error:
            raise TemporaryError(f"{host} did not answer in time (at most {self.whole:g} seconds)") from error
        except (aiohttp.ClientError, OSError) as error:
            raise TemporaryError(f"{host} cannot be reached: {_cause(error)}") from error

    async def _send(self, account: CalendarAccount, ask: Ask) -> Reply:
        headers = dict(ask.headers)
        if account.username:  # from the start: an anonymous PROPFIND may be answered, with nothing in it
            headers["Authorization"] = aiohttp.encode_basic_auth(account.username, account.password, "utf-8")
        sent = self._session(account.ca_file).request(
            ask.method,
            URL(ask.url, encoded=True),
            data=ask.body.encode() or None,
            headers=headers,
            allow_redirects=False,
        )
        async with sent as answer:
            body = await _read(answer, ask.cap)
            reply = _judged(Reply(answer.status, _combined(answer.headers), body, str(answer.url)), account, ask)
        if len(body) > ask.cap:
            raise TooLargeError(f"{_host(ask.url)} sent more than {ask.cap} bytes", reply)
        return reply

    def _session(self, ca_file: Path | None) -> aiohttp.ClientSession:
        if ca_file not in self._sessions:
            self._sessions[ca_file] = (self.make_session or _session)(_context(ca_file))
        return self._sessions[ca_file]

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()


def path_of(href: str, base: str = "") -> str:
    """An href in one form, an absolute path: servers answer with full URLs, and encode "@" or don't.

    By bytes and by segment, so that what is encoded in another charset, or as a slash, stays what it is. ValueError
    when it is no reference at all.
    """
    segments = urlsplit(urljoin(base, href)).path.split("/")
    return "/".join(quote(unquote_to_bytes(segment), safe=KEEPS) for segment in segments)


def led_to(href: str, base: str) -> str:
    """The URL that a server means where it names another place. PermanentError when it is no reference at all."""
    try:
        return urljoin(base, href)
    except ValueError:
        raise PermanentError(f"{base} leads on to {href[:LONGEST_SHOWN]!r}, which is no address") from None


def url_of(path: str, base: str) -> str:
    """The URL of an absolute path on the server of `base`, and on no other, whatever the path looks like."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _session(context: ssl.SSLContext | None) -> aiohttp.ClientSession:
    """Identity encoding, for Cyrus weakens the ETag of what it compresses; Basic auth from the start."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit_per_host=PER_HOST, ssl=context if context is not None else True),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
        headers={"User-Agent": f"cadenced/{__version__}", "Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
    )


def _context(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"ca_file {ca_file} cannot be used: {error}") from None


async def _read(answer: aiohttp.ClientResponse, cap: int) -> bytes:
    """The body; of one beyond its cap, just enough to see that it is."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(1 << 16):
        body += chunk
        if len(body) > cap:
            break
    return bytes(body)


def _combined(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Those of one name as one (RFC 9110 §5.3): Cyrus says in four of them what it can do."""
    return CIMultiDict((name, ", ".join(headers.getall(name))) for name in headers)


def _judged(reply: Reply, account: CalendarAccount, ask: Ask) -> Reply:
    host = _host(reply.url)
    if reply.status == 401:
        where = f"check username and password of {account.section}"
        raise AccessError(f"{host} refuses the login {account.username!r}: {where}")
    if 300 <= reply.status < 400 and ask.onward:
        return reply
    told = ""
    if 300 <= reply.status < 400:
        told = f", to send us on to {reply.headers.get('Location', 'nowhere')}"
    if reply.status in SOON or (reply.status >= 500 and reply.status not in LIKE_ANSWERS):
        told = f"{told}; if it does so for good, put that address as url" if told else ""
        raise TemporaryError(f"{host} answered {reply.status}{told}", retry_after=_retry_after(reply))
    if told:
        raise PermanentError(f"{host} answered {reply.status}{told}; put that address as url")
    return reply


def _retry_after(reply: Reply) -> float | None:
    """Seconds (RFC 9110 §10.2.3); a date is understood relative to the server's own clock."""
    said, now = reply.headers.get("Retry-After", ""), reply.headers.get("Date", "")
    try:
        if said.isdecimal():
            seconds = float(said)
        else:
            seconds = (parsedate_to_datetime(said) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, seconds), LONGEST_RETRY_AFTER)


def _refuse_unsafe(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as is done to ask for it: a redirect may name what no server is called
    except ValueError:  # a port, an IPv6 address or a name that is none
        parts, port = urlsplit(""), None
    if "@" in parts.netloc:
        raise ConfigError(f"the address of {parts.hostname} holds a login; say username and password beside it instead")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConfigError(f"{url!r} is no address of a calendar server; it begins with https:// and a server's name")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise InClearError(f"http://{parts.hostname} would send the password in clear; use https://")


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _cause(error: Exception) -> str:
    """What kept a request from being answered, without the words of libraries about it."""
    if isinstance(error, aiohttp.ClientSSLError):
        why = getattr(error.os_error, "reason", None) or error.os_error.strerror or "no reason is told"
        return f"it speaks no TLS that we know ({why}); has it another port, or does its address begin with http://?"
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno or 0  # negative: the resolver's; else asyncio's own text repeats the address
        return os.strerror(number) if number > 0 else error.os_error.strerror or str(error)
    if isinstance(error, aiohttp.ClientResponseError):
        return "what it answers is no HTTP; is this the address of the calendar server?"
    return str(error) or type(error).__name__
