"""One calendar as its login reaches it: its requests, what their replies mean, and reading its events.

Owns the difference between "it is not there" and "it cannot be told". Must never know what changed there, nor write.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cadenced.core.accounts import CalendarAccount, Collection, Resource
from cadenced.core.errors import AccessError, MissingError, PermanentError, TemporaryError
from cadenced.shell.dav import LARGEST, Ask, Dav, Reply, TooLargeError, path_of, url_of
from cadenced.shell.multistatus import CAL, CUT, DAV, GONE, LIST, Multistatus, multiget_report, parse

BATCH = 100  # hrefs in one multiget: reading by hundreds is fastest on every server measured
EVENT = 4 << 20  # bytes read of one event: more than wire/ical.py would parse, so the rest is not missed
WHOLE = 256 << 20  # bytes of all events read in one look: far above a real calendar, far below what a machine has
XML = "application/xml; charset=utf-8"
NONE: Mapping[str, str] = {}


class TooManyError(PermanentError):
    """More events than are read in one look."""


@dataclass
class Reading:
    """What became of the hrefs asked for. `unreadable` are there, and the server does not hand them out."""

    found: list[Resource] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class OpenCalendar:
    dav: Dav
    account: CalendarAccount
    collection: Collection

    @property
    def path(self) -> str:
        return path_of(self.collection.url)

    @property
    def host(self) -> str:
        return urlsplit(self.collection.url).netloc

    async def ask(
        self, method: str, href: str, body: str = "", headers: Mapping[str, str] = NONE, cap: int = LARGEST
    ) -> Reply:
        """A request about what is at `href`."""
        return await self.dav.request(self.account, Ask(method, url_of(href, self.collection.url), body, headers, cap))

    async def ask_xml(self, method: str, body: str, depth: str) -> Reply:
        """A request about the calendar itself."""
        return await self.ask(method, self.path, body, {"Depth": depth, "Content-Type": XML})

    def members(self, reply: Reply) -> Multistatus:
        """What a reply about the whole calendar lists; raises whatever else it means.

        TemporaryError for an answer beside the question: a page of a proxy, a list cut off. MissingError also where the
        207 itself says that the calendar is gone, which is not the same as an empty one.
        """
        self._judge(reply.status)
        if 200 <= reply.status < 300 and reply.status != 207:
            raise TemporaryError(f"{self.host} answers {reply.status}, and lists nothing, when asked for a calendar")
        if reply.status != 207:
            raise PermanentError(f"{self.host} answers {reply.status} when asked for a calendar's events")
        listed = parse(reply.body, self.collection.url)
        for member in listed.members:
            if member.href.rstrip("/") == self.path.rstrip("/") and member.status not in (200, CUT):
                self._judge(member.status)
                raise TemporaryError(f"{self.host} answers {member.status} within its list of the calendar")
        return listed

    async def require(self) -> None:
        """Raises MissingError when it is the calendar that is gone, not just what was looked for in it."""
        self.members(await self.ask_xml("PROPFIND", LIST, "0"))

    async def get(self, href: str) -> Resource | None:
        """The event at `href`; None when the server says that there is none (404, 410) in a calendar that is there.

        Of an event beyond EVENT the first part, which no reader takes for a whole one. PermanentError for any other
        answer.
        """
        try:
            reply = await self.ask("GET", href, cap=EVENT)
        except TooLargeError as error:
            reply = error.reply
        if reply.status in GONE:
            await self.require()
            return None
        if reply.status != 200:
            raise PermanentError(f"{self.host} answers {reply.status} when asked for an event")
        return Resource(path_of(href, self.collection.url), reply.etag, reply.body.decode("utf-8", "replace"))

    async def read(self, hrefs: Sequence[str]) -> Reading:
        """The events at `hrefs`, by multiget; singly those that it leaves out, or gives no strong ETag."""
        reading, size = Reading(), 0
        for batch in (hrefs[i : i + BATCH] for i in range(0, len(hrefs), BATCH)):
            before = len(reading.found)
            told = await self._multiget(batch)
            reading.found += (told[href] for href in batch if href in told)
            for href in (href for href in batch if href not in told):
                await self._read_singly(href, reading)
            size += sum(len(each.body) for each in reading.found[before:])
            if size > WHOLE:
                raise TooManyError(f"the events in {self.collection.url} have more than {WHOLE >> 20} MB together")
        return reading

    async def _read_singly(self, href: str, reading: Reading) -> None:
        try:
            single = await self.get(href)
        except (AccessError, MissingError):
            raise
        except PermanentError:  # one event that is kept from us keeps us from no other
            reading.unreadable.add(href)
            return
        if single is None:
            reading.gone.add(href)
        else:
            reading.found.append(single)

    async def _multiget(self, hrefs: Sequence[str]) -> dict[str, Resource]:
        try:
            reply = await self.ask_xml("REPORT", multiget_report(hrefs), "1")
        except TooLargeError:
            return {}
        return _told(reply)

    def _judge(self, status: int) -> None:
        named = self.collection.name or self.collection.url
        if status in GONE:
            raise MissingError(f"the calendar {named} is not there any more ({status}).")
        if status in (401, 403):
            raise AccessError(
                f"{self.host} keeps the calendar {named} from the login {self.account.username!r} ({status})"
            )


def _told(reply: Reply) -> dict[str, Resource]:
    """The events in a multiget's reply, by href. None where it is no XML: Radicale, for one, writes a control character
    in an event as it is.
    """
    try:
        members = parse(reply.body, reply.url).members if reply.status == 207 else ()
    except TemporaryError:
        return {}
    found = {}
    for member in members:
        etag, data = member.text(f"{DAV}getetag"), member.raw(f"{CAL}calendar-data")
        if data is not None and etag and not etag.startswith("W/"):
            found[member.href] = Resource(member.href, etag, data)
    return found
