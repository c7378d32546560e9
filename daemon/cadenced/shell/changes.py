"""What a calendar holds, or what changed there since a sync-token (RFC 6578); hrefs and ETags, never events.

Owns when a listing is whole. Must never know what is done with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cadenced.core.errors import PermanentError, TemporaryError
from cadenced.shell.multistatus import CUT, DAV, GONE, LIST, Multistatus, sync_report
from cadenced.shell.opened import OpenCalendar

PAGES = 1000  # parts of a truncated sync (RFC 6578 §3.6); the smallest part seen holds 100 members


@dataclass
class Listing:
    """Members with their ETags ("" where none is told), those that are gone, and those that are there but not readable.
    With `full`, what is in none of them is not in the calendar.
    """

    token: str
    full: bool = False
    etags: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)

    def take(self, part: Multistatus, path: str) -> None:
        own = path.rstrip("/")
        for member in part.members:
            if member.href.rstrip("/") == own or member.href.endswith("/"):
                continue
            self.etags.pop(member.href, None)
            self.removed.discard(member.href)
            if member.status in GONE:
                self.removed.add(member.href)
            elif member.status == 200:
                self.etags[member.href] = member.text(f"{DAV}getetag")
            elif member.status != CUT:
                self.unreadable.add(member.href)
        self.token = part.token or self.token

    def repeats(self, known: Mapping[str, str], written: Mapping[str, str]) -> bool:
        """Whether a server may have answered a token with its whole listing (DAViCal and SOGo do once they have
        forgotten it): it lists what neither changed nor was `written` by us. Then what it doesn't list may be gone.
        """
        same = (href for href, etag in self.etags.items() if etag and known.get(href) == etag)
        return any(written.get(href) != known[href] for href in same)


async def since(calendar: OpenCalendar, token: str) -> Listing | None:
    """What changed since the token ("": everything there is), or None when the server cannot tell: it has forgotten the
    token, or doesn't know this report at all. Whatever else kept it from telling, the full listing will meet, too.
    """
    listing = Listing(token, full=not token)
    for _ in range(PAGES):
        reply = await calendar.ask_xml("REPORT", sync_report(listing.token), "0")
        if reply.status != 207:
            return None
        part, before = calendar.members(reply), listing.token
        listing.take(part, calendar.path)
        if not part.token:
            return None  # RFC 6578 §6.2 asks for one: this is no answer to a sync
        if not part.cut:
            return listing
        if part.token == before:
            return None  # the next part would be the same one
    return None


async def everything(calendar: OpenCalendar, token: str) -> Listing:
    """The whole calendar, with a token to go on from: `token`, or where that is empty one that the server gives."""
    if not token and (listing := await since(calendar, "")) is not None:
        return listing
    listing = Listing("", full=True)
    part = calendar.members(await calendar.ask_xml("PROPFIND", LIST, "1"))
    if not part.members:  # RFC 4918 §9.1: not even the calendar itself
        raise TemporaryError(f"{calendar.host} lists nothing at all when asked for a calendar")
    if part.cut:
        raise PermanentError(f"{calendar.host} does not list the whole calendar {calendar.collection.url}")
    listing.take(part, calendar.path)
    listing.token = token
    return listing
