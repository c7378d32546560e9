"""What cadenced promises to a village, held against its calendars after every round. Read with eyes of our own.

Of the service, only its open alerts and the fact that a mail was sent are believed: that a human was asked.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from cadenced.core.model import Horizon, Kind, Pair, Person
from cadenced.reconciler.busywatch import BEYOND
from tests.simulation.lives.annals import Annals, Eyes
from tests.simulation.lives.village import Village
from tests.simulation.readings import Seen
from tests.simulation.town import add_months

DAY = timedelta(days=1)
FREEZE = timedelta(days=3)  # what begins sooner is not moved by us
FOLLOWS = timedelta(days=2)  # in which the service has followed: a meeting may rest for a day
QUARTER = 3  # months, and two weeks: the longest gap there is
SELDOM = timedelta(days=5)  # a pair without news has its turn within that
SIGHT = Horizon().ahead + BEYOND - FOLLOWS  # a meeting may be further ahead than diaries are read; it gives way later


class Vows:
    def __init__(self, village: Village, annals: Annals, eyes: Eyes) -> None:
        self._village, self._annals, self._eyes = village, annals, eyes
        self._holidays = {name: _days_off(who) for name, who in village.people.items()}
        self._silent: dict[tuple[str, datetime, datetime | None], datetime] = {}  # pair, last and next: since when
        self.judged = Counter[str]()

    # what the service has just done

    def judge_writes(self, touched: set[str], now: datetime) -> None:
        for uid in sorted(touched):
            copies = self._eyes.events.get(uid)
            before = self._annals.stood.get(uid)
            if copies:
                self._judge_write(next(iter(copies.values())), copies, now)
            elif before is not None and not self._annals.refused(uid, before.start):
                self._gone(before, now)

    def _judge_write(self, seen: Seen, copies: dict[str, Seen], now: datetime) -> None:
        annals, before = self._annals, self._annals.stood.get(seen.uid)
        if not annals.on(copies) or seen.start < now:
            return
        self._copies_agree(seen, copies)
        if before is not None and seen.times == before.times:
            return
        annals.stood[seen.uid] = seen
        if annals.by_human(seen.uid, seen.times):
            return
        self.judged["placed"] += 1
        if seen.uid in annals.fallen or (before is not None and before.start != seen.start):
            self._changed(seen, now)
        annals.fallen.discard(seen.uid)
        self._placed_well(seen, now)

    def _gone(self, before: Seen, now: datetime) -> None:
        """Taken off by the service. Where that follows the file, as for leave, its return is no change either."""
        del self._annals.stood[before.uid]
        if before.start > now and self._changed(before, now):
            self._annals.fallen.add(before.uid)
            self.judged["fell out"] += 1

    def _copies_agree(self, seen: Seen, copies: dict[str, Seen]) -> None:
        keepers = {person.id for person in self._pair(seen).people if person.calendar}
        assert copies.keys() == keepers, f"only {sorted(copies)} know of {_told(seen)}"
        assert len({each.times for each in copies.values()}) == 1, f"two times of one meeting: {_told(seen)}"

    def _changed(self, seen: Seen, now: datetime) -> bool:
        """Not more than three times, nor twice a day; but what follows a saved file, or a human's move, is no whim.
        Whether it counts.
        """
        changes = self._annals.changes[seen.uid]
        since = self._annals.edited.get(seen.pair)
        if since is not None and now - since < FOLLOWS:
            return False
        assert not changes or now - changes[-1] >= DAY, f"changed twice in a day: {changes[-1]}, {_told(seen)}"
        changes.append(now)
        assert len(changes) <= 3, f"changed a fourth time: {changes}, {_told(seen)}"
        self.judged["changed"] += 1
        return True

    def _placed_well(self, seen: Seen, now: datetime) -> None:
        pair = self._pair(seen)
        assert not self._annals.refused(seen.uid, seen.start), f"a refused time comes back: {_told(seen)}"
        assert seen.start >= now + DAY, f"placed at short notice: {_told(seen)}"
        assert self._within_hours(pair, seen), f"outside somebody's hours: {_told(seen)}"
        for person in pair.people:
            for day in _days(person, seen):
                assert day not in self._holidays[person.id], f"on {person.id}'s holiday: {_told(seen)}"
                assert self._annals.away(person.id, day) is None, f"in {person.id}'s leave: {_told(seen)}"
            if person.calendar and seen.start < now + SIGHT:
                taken = self._village.diaries[person.id].taken(*seen.times)
                assert not taken, f"{person.id} has {taken[0]} then: {_told(seen)}"
            self._nothing_else(person, seen)
            self._within_limits(person, seen)

    def _nothing_else(self, person: Person, seen: Seen) -> None:
        for other in self._standing(person):
            apart = other.uid == seen.uid or other.end <= seen.start or seen.end <= other.start
            assert apart, f"{person.id} is in two places: {_told(seen)}, {_told(other)}"

    def _within_limits(self, person: Person, seen: Seen) -> None:
        limits, zone = person.limits, ZoneInfo(person.timezone)
        if limits.per_week is None and limits.minutes_per_month is None:
            return
        day = seen.start.astimezone(zone).date()
        everything = [(each.start.astimezone(zone).date(), each) for each in self._standing(person)]
        week = [each for at, each in everything if at - at.weekday() * DAY == day - day.weekday() * DAY]
        month = [each for at, each in everything if (at.year, at.month) == (day.year, day.month)]
        minutes = sum((each.end - each.start) // timedelta(minutes=1) for each in month)
        assert limits.per_week is None or len(week) <= limits.per_week, f"{person.id} has {len(week)} in a week: {day}"
        most = limits.minutes_per_month
        assert most is None or minutes <= most, f"{person.id} has {minutes} minutes in a month: {_told(seen)}"
        self.judged["limited"] += 1

    # how things stand

    def judge_day(self, now: datetime, alerts: set[str]) -> None:
        for pair in self._village.pairs:
            found = [copies for copies in self._eyes.events.values() if copies and _any(copies).pair == pair.id]
            calm = now - self._annals.disturbed.get(pair.id, datetime.min.replace(tzinfo=UTC)) > FOLLOWS
            for copies in found:
                self._stands_well(pair, copies, now, alerts)
                if calm:
                    self._judge_calm(copies, now, alerts)
            if calm:
                self._never_silent(pair, found, now, alerts)
                self.judged["days"] += 1

    def _stands_well(self, pair: Pair, copies: dict[str, Seen], now: datetime, alerts: set[str]) -> None:
        """What we placed, and is still to come; of leave and appointments that came later, there was time to follow."""
        seen = _any(copies)
        if seen.start < now or not self._annals.on(copies) or self._annals.moves.get(seen.uid):
            return
        assert self._within_hours(pair, seen), f"outside somebody's hours: {_told(seen)}"
        asked = f"pair/{pair.id}/asked/{seen.uid}" in alerts
        for person in pair.people:
            for day in _days(person, seen):
                assert day not in self._holidays[person.id], f"on {person.id}'s holiday: {_told(seen)}"
                told = self._annals.away(person.id, day)
                assert told is None or self._too_late(told, seen, now), f"in {person.id}'s leave: {_told(seen)}"
            for block in self._village.diaries[person.id].taken(*seen.times) if person.calendar else ():
                was_asked = self._annals.asked[pair.id] and seen.start - now < FREEZE + FOLLOWS  # and nobody answered
                known = max(block.since, seen.start - SIGHT)
                fine = asked or was_asked or self._too_late(known, seen, now)
                assert fine, f"over what {person.id} has since {block.since}: {_told(seen)}"

    def _too_late(self, since: datetime, seen: Seen, now: datetime) -> bool:
        """Whether something that is known since then could not, or not yet, move a meeting."""
        return now - since < FOLLOWS or seen.start - since < FREEZE + FOLLOWS

    def _judge_calm(self, copies: dict[str, Seen], now: datetime, alerts: set[str]) -> None:
        seen = _any(copies)
        if seen.start < now:
            return
        if self._annals.on(copies):
            self._copies_agree(seen, copies)
            moves = self._annals.moves.get(seen.uid)
            followed = not moves or moves[-1][1] == seen.times
            assert followed, f"it was moved to {moves[-1][1]}: {_told(seen)}"
        elif not any(each.cancelled for each in copies.values()):
            since = max(each.at for each in self._annals.refusals[seen.uid])
            told = any(at >= since for at in self._annals.asked[seen.pair])
            asked = f"pair/{seen.pair}/asked/{seen.uid}" in alerts or told  # the question lapses with its place
            assert asked, f"refused, and nobody was asked: {_told(seen)}"
            self.judged["asked"] += 1

    def _never_silent(self, pair: Pair, found: list[dict[str, Seen]], now: datetime, alerts: set[str]) -> None:
        """A meeting within the longest gap; or a human has been asked, or told of it."""
        open_now = any(key.startswith((f"pair/{pair.id}/asked/", f"pair/{pair.id}/gap/")) for key in alerts)
        meetings = [copies for copies in found if _any(copies).identity.kind is Kind.FACE_TO_FACE]
        standing = sorted(_any(copies).start for copies in meetings if self._annals.on(copies))
        begin = datetime.combine(pair.start, datetime.min.time(), UTC)
        last = max([begin, *(start for start in standing if start <= now)])
        coming = min((start for start in standing if start > now), default=None)
        if coming is not None and coming <= _latest(pair, max(last, self._village_began)):
            return
        if now - self._silent.setdefault((pair.id, last, coming), now) < SELDOM:
            return  # the next meeting is written when the pair's turn comes
        asked = any(at > last for at in self._annals.asked[pair.id])
        assert open_now or asked, f"{pair.id} goes silent: last {last}, next {coming}"
        self.judged["silent, and told" if open_now else "silent, and asked"] += 1

    _village_began = datetime(2026, 11, 24, tzinfo=UTC)

    # what they have in common

    def _pair(self, seen: Seen) -> Pair:
        return next(pair for pair in self._village.pairs if pair.id == seen.pair)

    def _standing(self, person: Person) -> Iterator[Seen]:
        mine = {pair.id for pair in self._village.pairs if person.id in {each.id for each in pair.people}}
        for copies in self._eyes.events.values():
            if copies and _any(copies).pair in mine and self._annals.on(copies):
                yield _any(copies)

    def _within_hours(self, pair: Pair, seen: Seen) -> bool:
        cadence = pair.cadence(seen.identity.kind)
        wall = seen.start.astimezone(ZoneInfo(pair.timezone))
        agreed = {(each.weekday, each.at) for each in cadence.at}
        return (wall.weekday(), wall.time()) in agreed or all(_available(person, seen) for person in pair.people)


def _any(copies: dict[str, Seen]) -> Seen:
    return next(iter(copies.values()))


def _available(person: Person, seen: Seen) -> bool:
    start, end = (each.astimezone(ZoneInfo(person.timezone)) for each in seen.times)
    first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    return any(h.weekday == start.weekday() and h.start <= first and last <= h.end for h in person.available)


def _days(person: Person, seen: Seen) -> set[date]:
    zone = ZoneInfo(person.timezone)
    return {each.astimezone(zone).date() for each in seen.times}


def _days_off(person: Person) -> set[date]:
    if not person.holidays:
        return set()
    country, _, part = person.holidays.partition("-")
    return set(holidays.country_holidays(country, subdiv=part or None, years=range(2026, 2029)))


def _latest(pair: Pair, last: datetime) -> datetime:
    """One and a half intervals later, or three months and two weeks, by the pair's clock."""
    every, zone = pair.face_to_face.every, ZoneInfo(pair.timezone)
    wall = last.astimezone(zone).replace(tzinfo=None)
    quarter = datetime.combine(add_months(wall.date(), QUARTER), wall.time()) + 14 * DAY
    return min(wall + 1.5 * timedelta(days=31 * every.months + every.days), quarter).replace(tzinfo=zone)


def _told(seen: Seen) -> str:
    return f"{seen.identity} at {seen.start:%Y-%m-%d %H:%M} ({seen.uid})"
