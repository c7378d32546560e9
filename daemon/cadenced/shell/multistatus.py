"""The XML of WebDAV and CalDAV: requests as text, 207 replies as values (RFC 4918 §13, RFC 6578, RFC 4791).

Must never know a connection. Whatever a server sends: no entity is expanded, nothing is fetched.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from cadenced.core.errors import PermanentError
from cadenced.shell.dav import path_of

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'

DISCOVER = f"""{_HEAD}<d:propfind {_SPACES}><d:prop><d:current-user-principal/><d:resourcetype/><d:displayname/>\
<c:calendar-home-set/><c:supported-calendar-component-set/><c:schedule-default-calendar-URL/></d:prop></d:propfind>"""
LIST = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:getetag/><d:resourcetype/></d:prop></d:propfind>"


@dataclass(frozen=True, slots=True)
class Member:
    """One response of a 207. `status` is 404 or 507 where the response as a whole is one; else 200."""

    href: str
    status: int
    props: etree._Element | None

    def text(self, name: str) -> str:
        found = self.props.find(name) if self.props is not None else None
        return (found.text or "").strip("\r\n\t ") if found is not None else ""

    def raw(self, name: str) -> str | None:
        found = self.props.find(name) if self.props is not None else None
        return found.text if found is not None else None

    def hrefs(self, name: str) -> list[str]:
        """The hrefs within a property."""
        if self.props is None:
            return []
        return [(each.text or "").strip() for each in self.props.iterfind(f"{name}/{DAV}href")]

    def is_a(self, kind: str) -> bool:
        return self.props is not None and self.props.find(f"{DAV}resourcetype/{kind}") is not None

    def holds_events(self) -> bool:
        """Whether a calendar takes VEVENTs (RFC 4791 §5.2.3: it does unless it says otherwise)."""
        sets = self.props.find(f"{CAL}supported-calendar-component-set") if self.props is not None else None
        return sets is None or any(comp.get("name") == "VEVENT" for comp in sets.iterfind(f"{CAL}comp"))


@dataclass(frozen=True, slots=True)
class Multistatus:
    members: tuple[Member, ...]
    token: str = ""


def sync_report(token: str) -> str:
    """The body of a sync-collection report (RFC 6578 §3.2)."""
    return (
        f"{_HEAD}<d:sync-collection {_SPACES}><d:sync-token>{escape(token)}</d:sync-token>"
        "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
    )


def multiget_report(hrefs: Iterable[str]) -> str:
    """The body of a calendar-multiget report (RFC 4791 §7.9)."""
    listed = "".join(f"<d:href>{escape(href)}</d:href>" for href in hrefs)
    props = "<d:prop><d:getetag/><c:calendar-data/></d:prop>"
    return f"{_HEAD}<c:calendar-multiget {_SPACES}>{props}{listed}</c:calendar-multiget>"


def parse(body: bytes, base: str) -> Multistatus:
    """A 207's members, their hrefs as paths. PermanentError when it is no multistatus, or cut off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise PermanentError(f"the server's reply is no XML: {error}") from None
    if root.tag != f"{DAV}multistatus":
        raise PermanentError(f"the server's reply is no multistatus but {root.tag}")
    members = tuple(_members(root, base))
    return Multistatus(members, (root.findtext(f"{DAV}sync-token") or "").strip())


def conditions(body: bytes) -> Sequence[str]:
    """The preconditions that an error body names (RFC 4918 §16), without their namespace."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return ()
    return tuple(etree.QName(child).localname for child in root) if root.tag == f"{DAV}error" else ()


def _members(root: etree._Element, base: str) -> Iterator[Member]:
    for response in root.iterfind(f"{DAV}response"):
        href = path_of((response.findtext(f"{DAV}href") or "").strip(), base)
        props = None
        for propstat in response.iterfind(f"{DAV}propstat"):
            if _status(propstat) == 200:
                props = propstat.find(f"{DAV}prop")
        yield Member(href, _status(response), props)


def _status(element: etree._Element) -> int:
    """The code in a status line; 200 where there is none."""
    words = (element.findtext(f"{DAV}status") or "HTTP/1.1 200 OK").split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 200
