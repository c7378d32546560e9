"""The guests of a pair's meetings, for people whose channel is "scheduling" (DESIGN §8): what they said, and what they
did to the copies that the organizer's server put into their calendars.

A guest's own copy says nothing but its time, whether it is there, and whether it is on: their answer counts as the
organizer's event has it, for Xandikos leaves an old one in their copy when the time is new. Must never know how a
meeting is settled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from cadenced.core.accounts import ORGANIZER
from cadenced.core.events import Baseline, Copy
from cadenced.core.model import Channel, Meeting, Pair, Person, State
from cadenced.core.participation import Guest, Participation, PartStat, Party
from cadenced.core.records import CopyRow, CopyState
from cadenced.reconciler import traces
from cadenced.reconciler.organizer import Host
from cadenced.wire.attendees import participations
from cadenced.wire.baseline import parse_baseline

Events = Mapping[str, Mapping[str, Copy]]  # by uid and account


class Guests:
    """`rows` are the pair's; `events` what stands and may be written: the organizer's are among it."""

    def __init__(self, pair: Pair, rows: Sequence[CopyRow], events: Events, host: Host) -> None:
        self._pair, self._host, self._events = pair, host, events
        self.people = [person for person in pair.people if person.channel is Channel.SCHEDULING]
        self.own = traces.copies([row for row in rows if host.brought(row)])
        self._listed = {row.uid: _listed(row.body) for row in rows if row.account == ORGANIZER}

    def tidied(self, row: CopyRow) -> bool:
        """Whether a guest deleted what was cancelled already, or over: that was no refusal."""
        said = parse_baseline(row.written) if row.state is CopyState.DELETED else None
        return said is not None and said.decided >= said.end and row.account in {p.calendar for p in self.people}

    def listed(self, uid: str) -> Mapping[str, Participation]:
        return self._listed.get(uid, {})

    def declines(self, uid: str, known: Meeting | None, now: datetime) -> Iterator[tuple[str, Baseline]]:
        """Who declined, by key(), with the time that they declined: the one that we wrote, for who moves the
        organizer's event by hand may leave old answers there. Who declines what was `known` to stand until it was over
        says no to nothing.
        """
        event = self._organizers(uid)
        if event is None or (said := event.event.baseline) is None:
            return
        if known and said.end <= now and (known.start, known.state) == (said.start, State.STANDING):
            return
        for person in self.people:
            part = self.listed(uid).get(person.email.lower())
            if part is not None and part.partstat is PartStat.DECLINED:
                yield key(person), said

    def edits(self, uid: str) -> Iterator[Copy]:
        """What guests did to their own copies, of which the organizer's server tells nobody: the organizer's event, as
        they have it.
        """
        yield from (copy for _, copy in self._moves(uid))
        yield from self._called_off(uid)

    def _moves(self, uid: str) -> Iterator[tuple[Person, Copy]]:
        """Who moved their own copy."""
        for person, ours, copy in self._copies(uid):
            said, times = ours.event.baseline, (copy.event.start, copy.event.end)
            if said is None or copy.event.cancelled or None in times:
                continue
            if times not in (_times(said), (ours.event.start, ours.event.end)):
                edited = copy.event.last_modified
                moved = replace(
                    ours.event, start=times[0], end=times[1], last_modified=edited, cancelled=said.cancelled
                )
                yield person, Copy(copy.account, copy.href, copy.etag, moved)

    def _called_off(self, uid: str) -> Iterator[Copy]:
        """Their own copies that a human cancelled, and not the server: it does so for who is taken off the list, and
        what is written after that invites them anew.
        """
        for person, ours, copy in self._copies(uid):
            said, edited, since = ours.event.baseline, copy.event.last_modified, ours.event.last_modified
            stands = said is not None and not (said.cancelled or ours.event.cancelled)
            newer = edited is not None and since is not None and edited >= since
            invited = person.email.lower() in self.listed(uid)
            if stands and invited and newer and copy.event.cancelled and not _was_cancelled(copy):
                off = replace(ours.event, last_modified=edited, cancelled=True)
                yield Copy(copy.account, copy.href, copy.etag, off)

    def _copies(self, uid: str) -> Iterator[tuple[Person, Copy, Copy]]:
        """Each guest with the organizer's event and their own copy, if they have that as we wrote it last: of one that
        is older, what is newer is on its way to them.
        """
        ours = self._organizers(uid)
        if ours is None or ours.event.baseline is None:
            return
        for person in self.people:
            copy = self.own.get(uid, {}).get(person.calendar or "")
            there = copy.event.baseline if copy is not None else None
            if copy is not None and there is not None and _times(ours.event.baseline) == _times(there):
                yield person, ours, copy

    def party(self, meeting: Meeting) -> Party:
        """Whom the organizer's event of a meeting invites. Not the organizer itself: in its calendar it stands."""
        invited = {p.email.lower(): Guest(p.email, p.name) for p in self.people if not self.is_host(p)}
        moves = [(person, copy.event) for person, copy in self._moves(meeting.uid)]
        here = {person for person, event in moves if (event.start, event.end) == (meeting.start, meeting.end)}
        event = self._organizers(meeting.uid)
        by_hand = event is not None and event.event.baseline is not None and _moved(event)
        return Party(
            tuple(invited.values()),
            self.listed(meeting.uid),
            frozenset(person.email.lower() for person in self._pair.people),
            frozenset(person.email.lower() for person in here),
            astray=by_hand or len(here) < len(moves),
        )

    def is_host(self, person: Person) -> bool:
        return person.email.lower() == self._host.address

    def undelivered(self, person: Person, now: datetime) -> str:
        """What the server said of an event to come that it could not bring them; or nothing."""
        coming = (uid for uid in sorted(self._listed) if (c := self._organizers(uid)) and (c.event.end or now) > now)
        parts = (self.listed(uid).get(person.email.lower()) for uid in coming)
        return next((part.delivery for part in parts if part is not None and part.undelivered), "")

    def _organizers(self, uid: str) -> Copy | None:
        copy = self._events.get(uid, {}).get(ORGANIZER)
        return copy if copy is not None and not copy.event.problem else None


def key(person: Person) -> str:
    """What their answer is known by beside the accounts."""
    return f"{ORGANIZER}/{person.id}"


def _listed(body: str) -> Mapping[str, Participation]:
    try:
        return participations(body)
    except ValueError:
        return {}


def _times(baseline: Baseline) -> tuple[datetime, datetime]:
    return (baseline.start, baseline.end)


def _was_cancelled(copy: Copy) -> bool:
    return copy.event.baseline is not None and copy.event.baseline.cancelled


def _moved(copy: Copy) -> bool:
    baseline = copy.event.baseline
    return baseline is not None and (copy.event.start, copy.event.end) != _times(baseline)
