"""The XML of WebDAV and CalDAV: requests as text, 207 replies as values (RFC 4918 §13, RFC 6578, RFC 4791).

Must never know a connection. Whatever a server sends: no entity is expanded, nothing is fetched, and what is not whole
is an error.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from cadenced.core.errors import PermanentError, TemporaryError
from cadenced.shell.dav import path_of

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'

DISCOVER = f"""{_HEAD}<d:propfind {_SPACES}><d:prop><d:current-user-principal/><d:resourcetype/><d:displayname/>\
<d:current-user-privilege-set/><c:calendar-home-set/><c:supported-calendar-component-set/><c:schedule-inbox-URL/>\
<c:schedule-default-calendar-URL/></d:prop></d:propfind>"""
# of a home's calendars and of a principal alone: Cyrus breaks off when it is asked such things at its root
CALENDARS = DISCOVER.replace("<d:displayname/>", "<d:displayname/><c:schedule-calendar-transp/>")
PRINCIPAL = DISCOVER.replace("<d:displayname/>", "<d:displayname/><c:calendar-user-address-set/>")
INVITING = f"""{_HEAD}<d:propfind {_SPACES}><d:prop><c:calendar-user-address-set/><c:schedule-outbox-URL/></d:prop>\
</d:propfind>"""
WRITE = frozenset({f"{DAV}all", f"{DAV}write", f"{DAV}write-content", f"{DAV}bind"})  # RFC 3744 §3; bind: to create
GONE = frozenset({404, 410})
CUT = 507  # of the collection: the list goes on, or ends too early (RFC 6578 §3.6)
LIST = f"{_HEAD}<d:propfind {_SPACES}><d:prop><d:getetag/><d:resourcetype/></d:prop></d:propfind>"


@dataclass(frozen=True, slots=True)
class Member:
    """One response of a 207. `status` is that of the response as a whole, where it has one; else 200."""

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
        """The hrefs within a property; first the one that a server of Apple's kin marks as preferred."""
        if self.props is None:
            return []
        found = sorted(self.props.iterfind(f"{name}/{DAV}href"), key=lambda each: each.get("preferred") != "1")
        return [(each.text or "").strip() for each in found]

    def is_a(self, kind: str) -> bool:
        return self.props is not None and self.props.find(f"{DAV}resourcetype/{kind}") is not None

    def holds_events(self) -> bool:
        """Whether a calendar takes VEVENTs (RFC 4791 §5.2.3: it does unless it says otherwise)."""
        sets = self.props.find(f"{CAL}supported-calendar-component-set") if self.props is not None else None
        return sets is None or any(comp.get("name") == "VEVENT" for comp in sets.iterfind(f"{CAL}comp"))

    def is_transparent(self) -> bool:
        """Whether nothing in a calendar keeps anybody busy (RFC 6638 §9.1)."""
        return self.props is not None and self.props.find(f"{CAL}schedule-calendar-transp/{CAL}transparent") is not None

    def may_be_written(self) -> bool:
        """Whether the login may write here, as far as the server tells."""
        return self.rights() is not False

    def rights(self) -> bool | None:
        """Whether the login may write here (RFC 3744 §5.4); None where the server names no privilege."""
        sets = self.props.find(f"{DAV}current-user-privilege-set") if self.props is not None else None
        named = [each.tag for each in sets.iterfind(f"{DAV}privilege/*")] if sets is not None else []
        return any(each in WRITE for each in named) if named else None


@dataclass(frozen=True, slots=True)
class Multistatus:
    members: tuple[Member, ...]
    token: str = ""

    @property
    def cut(self) -> bool:
        return any(member.status == CUT for member in self.members)


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
    """A 207's members, their hrefs as paths. TemporaryError when it is no multistatus, or cut off; PermanentError when
    it declares entities, which nobody needs who means well.
    """
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        raise TemporaryError(f"the server's reply is no XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise PermanentError("the server's reply declares a document type of its own, which no calendar server does")
    if root.tag != f"{DAV}multistatus":
        raise TemporaryError(f"the server's reply is no multistatus but {root.tag}")
    try:
        members = tuple(_members(root, base))
    except ValueError as error:
        raise TemporaryError(f"the server's reply names an impossible address: {error}") from None
    return Multistatus(members, (root.findtext(f"{DAV}sync-token") or "").strip())


def conditions(body: bytes) -> Sequence[str]:
    """The preconditions that an error body names (RFC 4918 §16), without their namespace."""
    try:
        root = etree.fromstring(body, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return ()
    named = root.iterchildren("{*}*") if root.tag == f"{DAV}error" else ()
    return tuple(etree.QName(child).localname for child in named)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _members(root: etree._Element, base: str) -> Iterator[Member]:
    """A response tells of one resource's properties, or of the same status for several (RFC 4918 §14.24)."""
    for response in root.iterfind(f"{DAV}response"):
        props = None
        for propstat in response.iterfind(f"{DAV}propstat"):
            found = propstat.find(f"{DAV}prop") if _status(propstat) == 200 else None
            if found is not None and props is not None:
                props.extend(list(found))
            elif found is not None:
                props = found
        for href in response.iterfind(f"{DAV}href"):
            yield Member(path_of((href.text or "").strip(), base), _status(response), props)


def _status(element: etree._Element) -> int:
    """The code in a status line; 200 where there is none."""
    words = (element.findtext(f"{DAV}status") or "HTTP/1.1 200 OK").split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 200
