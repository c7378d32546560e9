"""What cadenced promises about calendars, held against what stands there and what people did. See also post.py.

Every judgement is made of calendars, chronicle and the town's own papers, never of the service's code or store. A pair
is judged when it is calm: when the service has had the time to follow. Each check is a promise, or an AssertionError.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from cadenced.core.model import Identity, Kind
from tests.simulation import town
from tests.simulation.chronicle import CALM, Chronicle
from tests.simulation.readings import Seen, events, keepers, meetings, starts
from tests.simulation.town import add_months, paused
from tests.simulation.world import POLL, START, World

PATIENCE = timedelta(days=3)  # a meeting that was changed rests a day


class CalendarPromises:
    def __init__(self, world: World, chronicle: Chronicle) -> None:
        self._world, self._chronicle = world, chronicle
        self._past: dict[tuple[str, str], str] = {}  # what is over, as it stood then

    def check(self) -> int:
        """All that can be asked of this moment; returns of how many pairs."""
        self.foreign_events_are_never_touched()
        self.a_refused_time_never_comes_back()
        self.nobody_is_in_two_places()
        calm = [pair for pair in self._world.everyone if self._chronicle.calm(pair, self._world.now)]
        for pair in calm:
            found = meetings(self._world, pair)
            self.edits_are_kept(pair, found)
            self.both_copies_agree(found)
            self.a_refused_meeting_is_asked_about(pair, found)
            self.moves_are_followed(found)
            self.nobody_is_forgotten(pair, found)
            self.the_past_is_left_alone(found)
            self.meetings_are_within_hours(pair, found)
            self.who_left_has_nothing_ahead(pair, found)
        return len(calm)

    def foreign_events_are_never_touched(self) -> None:
        if any(span.end is None for span in self._chronicle.troubles):
            return  # a calendar may be empty
        for (citizen, name), body in self._chronicle.foreign.items():
            calendar = self._world.calendar(citizen)
            assert calendar.bodies.get(name) == body, f"{citizen}'s own event {name} was touched"

    def a_refused_time_never_comes_back(self) -> None:
        """But by a human's hand."""
        for refusal in self._chronicle.refusals:
            seen = events(self._world, refusal.citizen).get(refusal.uid)
            there = seen is not None and seen.start == refusal.start
            moves = self._chronicle.moved.get(refusal.uid, [])
            by_hand = any(at > refusal.at and times[0] == refusal.start for at, times in moves)
            assert not there or by_hand, f"{refusal.citizen} deleted {seen.identity}, and it came back at {seen.start}"

    def a_refused_meeting_is_asked_about(self, pair: str, found: dict[str, dict[str, Seen]]) -> None:
        """Where it has no other time: by mail, and it stays an alert."""
        for uid, copies in found.items():
            seen = next(iter(copies.values()))
            waits = uid not in self._chronicle.cancelled and not self._is_on(uid, copies)
            since = max((each.at for each in self._chronicle.refusals if each.uid == uid), default=START)
            if waits and since + PATIENCE < self._world.now < seen.start and pair in self._world.couples:
                asked = set(self._world.asked(uid))
                people = set(self._world.couples[pair].people)
                assert asked >= people, f"{seen.identity} was refused, and only {asked} were asked for another time"

    def edits_are_kept(self, pair: str, found: dict[str, dict[str, Seen]]) -> None:
        for (citizen, uid), props in self._chronicle.edits.items():
            seen = found.get(uid, {}).get(citizen)
            if seen is not None:
                for name, text in props.items():
                    assert seen.prop(name) == text, f"{citizen}'s {name} of {seen.identity} became {seen.prop(name)!r}"
            elif self._belongs(pair, citizen, uid) and {"SUMMARY", "DESCRIPTION", "LOCATION"} & props.keys():
                gone_by = pair in self._chronicle.left
                assert gone_by, f"{citizen}'s copy of {uid} is gone, with what they wrote: {props}"

    def both_copies_agree(self, found: dict[str, dict[str, Seen]]) -> None:
        for uid, copies in found.items():
            if self._is_on(uid, copies) and not self._was_over_before_we_looked(uid, copies):
                times = {seen.times for seen in copies.values()}
                assert len(times) == 1, f"two times of one meeting: {_told(copies)}"

    def moves_are_followed(self, found: dict[str, dict[str, Seen]]) -> None:
        """The last move holds; or, of several that the service saw at once, any: LAST-MODIFIED decides, and an edit of
        the text renews it.
        """
        for uid, moves in self._chronicle.moved.items():
            if uid in found and self._is_on(uid, found[uid]) and not self._was_over_before_we_looked(uid, found[uid]):
                last = moves[-1][0]
                wanted = {times for at, times in moves if at > last - POLL}
                for citizen, seen in found[uid].items():
                    assert seen.times in wanted, f"{citizen}'s copy is not where it was put: {_told({citizen: seen})}"

    def nobody_is_forgotten(self, pair: str, found: dict[str, dict[str, Seen]]) -> None:
        """A coming meeting stands in both calendars."""
        for uid, copies in found.items():
            seen = next(iter(copies.values()))
            if self._is_on(uid, copies) and seen.start > self._world.now and pair not in self._chronicle.left:
                missing = set(keepers(self._world, pair)) - copies.keys()
                assert not missing, f"{missing} know nothing of {seen.identity}: {_told(copies)}"

    def the_past_is_left_alone(self, found: dict[str, dict[str, Seen]]) -> None:
        for uid, copies in found.items():
            for citizen, seen in copies.items():
                calendar = self._world.calendar(citizen)
                if seen.end + CALM < self._world.now:
                    body = calendar.bodies[calendar.name_of(uid)]
                    before = self._past.setdefault((citizen, uid), body)
                    assert body == before, f"{citizen}'s copy of {seen.identity} was written after it was over"

    def meetings_are_within_hours(self, pair: str, found: dict[str, dict[str, Seen]]) -> None:
        for uid, copies in found.items():
            for seen in copies.values():
                if not self._chronicle.moved.get(uid):
                    assert self._suits(pair, seen), f"{seen.identity} was put to {seen.start}, when somebody can't"

    def who_left_has_nothing_ahead(self, pair: str, found: dict[str, dict[str, Seen]]) -> None:
        if pair not in self._world.couples:
            ahead = [
                seen.identity for copies in found.values() for seen in copies.values() if seen.start > self._world.now
            ]
            assert not ahead, f"{pair} left the programme, and still has {ahead}"

    def nobody_is_in_two_places(self) -> None:
        """Where no human has had a hand in it."""
        for citizen in (each.name for each in town.CITIZENS.values() if each.host):
            placed = [s for s in events(self._world, citizen).values() if not self._chronicle.in_human_hands(s.uid)]
            for one, other in _neighbours(placed):
                assert one.end <= other.start, f"{citizen} is in two places: {one.identity} and {other.identity}"

    def every_period_had_its_meeting(self) -> None:
        """At the end: each face-to-face period that is over has one, unless a human would not have it."""
        for pair, versions in self._policies().items():
            found = meetings(self._world, pair)
            for couple, since, until in versions:
                for first, end in _periods(couple):
                    if since <= first and end <= until and not _wholly_paused(couple, first, end):
                        self._period_had_its_meeting(couple, first, end, found)

    def _period_had_its_meeting(self, couple: town.Couple, first: date, end: date, found) -> None:
        here = [s for copies in found.values() for s in list(copies.values())[:1] if s.face_to_face]
        zone = ZoneInfo(town.CITIZENS[couple.mentor].timezone)
        filled = [s for s in here if s.period == first or first <= s.start.astimezone(zone).date() < end]
        uid = Identity(couple.name, Kind.FACE_TO_FACE, first).uid
        declined = any(each.uid == uid for each in self._chronicle.refusals)
        assert filled or declined, f"{couple.name} had no meeting between {first} and {end}"
        ours = [s for s in filled if first <= s.start.astimezone(zone).date() < end]
        ours = [s for s in ours if not self._chronicle.in_human_hands(s.uid)]
        assert len(ours) <= 1, f"{couple.name} had several meetings between {first} and {end}: {ours}"

    def _policies(self) -> dict[str, list[tuple[town.Couple, date, date]]]:
        """For each pair its policies, each with the days from and until which it held, and nothing else changed."""
        found, today, notice = {}, (self._world.now - CALM).date(), timedelta(days=4)
        for pair in self._world.everyone:
            changes = self._chronicle.policies.get(pair, [])
            versions = [(START, town.COUPLES.get(pair)), *changes, (self._world.now, None)]
            found[pair] = [
                (couple, since.date() + notice, min(until.date() - notice, today))
                for (since, couple), (until, _) in pairwise(versions)
                if couple is not None
            ]
        return found

    def _suits(self, pair: str, seen: Seen) -> bool:
        couple = self._world.everyone[pair]
        wall = seen.start.astimezone(ZoneInfo(town.CITIZENS[couple.mentor].timezone))
        if (wall.weekday(), wall.time()) in couple.agreed_times:
            return True
        return all(_available(town.CITIZENS[name], seen) for name in couple.people)

    def _is_on(self, uid: str, copies: dict[str, Seen]) -> bool:
        return not self._chronicle.off(uid, starts(copies))

    def _belongs(self, pair: str, citizen: str, uid: str) -> bool:
        """Whether a copy that is gone was one of this pair's."""
        return self._chronicle.pair_of.get(uid) == pair and citizen in self._world.everyone[pair].people

    def _was_over_before_we_looked(self, uid: str, copies: dict[str, Seen]) -> bool:
        """Moved so late, or to a time so near, that it was past by the time anybody could follow."""
        moves = self._chronicle.moved.get(uid)
        late = moves and any(min(times[1] for _, times in moves[-2:]) <= at + CALM for at, _ in moves[-1:])
        return bool(late) or (bool(moves) and any(seen.end <= moves[-1][0] + CALM for seen in copies.values()))


def _available(citizen: town.Citizen, seen: Seen) -> bool:
    zone = ZoneInfo(citizen.timezone)
    start, end = seen.start.astimezone(zone), seen.end.astimezone(zone)
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return any(h.weekday == start.weekday() and h.start <= first and last <= h.end for h in citizen.hours)


def _neighbours(placed: list[Seen]):
    ordered = sorted(placed, key=lambda seen: (seen.start, seen.uid))
    return pairwise(ordered)


def _told(copies: dict[str, Seen]) -> str:
    return ", ".join(f"{citizen}: {seen.identity} {seen.start}-{seen.end}" for citizen, seen in copies.items())


def _periods(couple: town.Couple) -> Iterator[tuple[date, date]]:
    count, unit = couple.every.split()
    for number in range(60):
        bounds = (number * int(count), (number + 1) * int(count))
        if unit.startswith("week"):
            first, end = (couple.start + timedelta(weeks=n) for n in bounds)
        else:
            first, end = (add_months(couple.start, n) for n in bounds)
        yield first, end


def _wholly_paused(couple: town.Couple, first: date, end: date) -> bool:
    return all(paused(couple, first + timedelta(days=n)) for n in range((end - first).days))
