"""Who takes part in an event, as text: its ORGANIZER and ATTENDEE lines (RFC 5545 §3.8.4), for a server that sends
invitations by itself (RFC 6638).

Owns how a guest is written and read. Every other line stays as it was, to the byte. No line says SCHEDULE-AGENT: the
server is the agent. Must never know whom to invite, nor what an answer means for a meeting.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import quote, unquote

from icalendar import Parameters
from icalendar.parser import Contentline

from cadenced.core.participation import Guest, Invitation, Participation, PartStat
from cadenced.wire.contentlines import main_event, name_of, own, split, unfold, value_of

KEEPS = "@!$'*+&="  # in a mailto URI (RFC 6068 §2), beside the unreserved: servers compare addresses as they stand
ASKED = {"PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
ANSWER = frozenset({*ASKED, "SCHEDULE-STATUS"})  # what is renewed with it
FORCE = "SCHEDULE-FORCE-SEND"  # RFC 6638 §7.2; Cyrus 3.6 obeys, and lets it stand
OURS = "X-CADENCED-GUEST"  # tells whom we invited from whom a human did
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')


def invite(body: str, organizer: Guest, guests: Iterable[Guest]) -> str:
    """The event with this organizer, and with those guests who are not on its list yet, who are asked. Whoever is on it
    keeps their line, and with that their answer. ValueError when the body holds no event.

    TRANSP:OPAQUE, which is what an event without TRANSP is, goes: Cyrus 3.6 puts a second one into the guests' copies
    when the event changes, and then refuses their answers.
    """
    lines = split(body)
    event = main_event(lines)
    mine = {number: name_of(lines[number]) for number in own(lines, event)}
    listed = {_address(lines[number]) for number, name in mine.items() if name == "ATTENDEE"}
    heads = [number for number, name in mine.items() if name == "ORGANIZER"]
    gone = {number for number, name in mine.items() if name == "TRANSP" and value_of(lines[number]) == "OPAQUE"}
    heard = {n: _with(lines[n], {}, {FORCE}) for n, name in mine.items() if name == "ATTENDEE" and FORCE in lines[n]}
    new = [_attendee(guest) for guest in guests if guest.address.lower() not in listed]
    if [_address(lines[number]) for number in heads] != [organizer.address.lower()]:
        new.insert(0, _line("ORGANIZER", {"CN": organizer.name}, organizer))
        gone |= set(heads)
    end = event.stop - 1
    kept = [heard.get(number, line) for number, line in enumerate(lines[:end]) if number not in gone]
    return _joined([*kept, *new, *lines[end:]]) if new or gone or heard else body


def with_guests(body: str, organizer: Guest, invitation: Invitation) -> str:
    """The event with all that an invitation says. ValueError when the body holds no event."""
    body = invite(uninvite(body, invitation.gone), organizer, invitation.guests)
    return send_again(ask_again(body, invitation.asked), invitation.resent)


def uninvite(body: str, addresses: Collection[str]) -> str:
    """The event without these guests: their server takes it from them."""
    return _each_guest(body, addresses, lambda _line: None)


def ask_again(body: str, addresses: Collection[str]) -> str:
    """The event with the answers of these guests taken back: for a new time, and for nothing else, since whoever had
    accepted must answer anew.
    """
    return _each_guest(body, addresses, _unanswered)


def send_again(body: str, addresses: Collection[str]) -> str:
    """The event as these guests get it even where a server finds nothing new in it for them; their answers stay."""
    return _each_guest(body, addresses, lambda line: _with(line, {FORCE: "REQUEST"}, frozenset({FORCE})))


def participations(body: str) -> Mapping[str, Participation]:
    """What each guest said, by address in small letters. ValueError when the body holds no event."""
    lines = split(body)
    guests = (lines[number] for number in own(lines, main_event(lines)) if name_of(lines[number]) == "ATTENDEE")
    return {_address(line): _participation(_parameters(line)) for line in guests}


def organizer_of(body: str) -> str:
    """The organizer's address in small letters; empty where the event is nobody's invitation. ValueError when the body
    holds no event.
    """
    lines = split(body)
    found = (lines[number] for number in own(lines, main_event(lines)) if name_of(lines[number]) == "ORGANIZER")
    return next(map(_address, found), "")


def _each_guest(body: str, addresses: Collection[str], change: Callable[[str], str | None]) -> str:
    """The text with each of their lines changed, or left out for None."""
    lines, wanted = split(body), {address.lower() for address in addresses}
    new: dict[int, str | None] = {
        number: change(lines[number])
        for number in own(lines, main_event(lines))
        if name_of(lines[number]) == "ATTENDEE" and _address(lines[number]) in wanted
    }
    kept = (new.get(number, line) for number, line in enumerate(lines))
    return _joined(line for line in kept if line is not None) if new else body


def _attendee(guest: Guest) -> str:
    said = {"CN": guest.name, "CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", **ASKED, OURS: "TRUE"}
    return _line("ATTENDEE", said, guest)


def _line(name: str, said: Mapping[str, str], guest: Guest) -> str:
    """Quoted as RFC 5545 §3.2 and RFC 6868 have it, and folded."""
    quoted = str(Parameters(said).to_ical(sorted=False), "utf-8")
    return _folded(f"{name};{quoted}:mailto:{quote(guest.address, safe=KEEPS)}")


def _unanswered(line: str) -> str:
    """With its answer taken back, and what the server said of the last message. All else that it says stays."""
    return _with(line, ASKED, ANSWER)


def _with(line: str, new: Mapping[str, str], gone: Collection[str]) -> str:
    """With these parameters, and without those."""
    said = _PARAMETER.sub(lambda each: "" if each[1].upper() in gone else each[0], _head(line)).removesuffix(":")
    added = "".join(f";{name}={value}" for name, value in new.items())
    return _folded(f"{said}{added}:{value_of(line)}")


def _folded(line: str) -> str:
    return str(Contentline(line).to_ical(), "utf-8")  # type: ignore[no-untyped-call]


def _participation(said: Mapping[str, str]) -> Participation:
    word = said.get("PARTSTAT", PartStat.NEEDS_ACTION).upper()
    known = PartStat(word) if word in {*PartStat} else PartStat.TENTATIVE
    return Participation(known, said.get("SCHEDULE-STATUS", ""), ours=OURS in said)


def _address(line: str) -> str:
    """In small letters. Apple's server writes a path instead, and the address beside it as EMAIL (RFC 7986 §6.2)."""
    scheme, _, address = value_of(line).strip().partition(":")
    found = unquote(address) if scheme.lower() == "mailto" else _parameters(line).get("EMAIL", "")
    return found.lower()


def _parameters(line: str) -> dict[str, str]:
    """As they stand, without their quotes."""
    return {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(_head(line))}


def _head(line: str) -> str:
    return unfold(line).removesuffix(value_of(line))


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
