"""What cadenced promises about mail, held against what the post office took.

Like promises.py: judged by the town's papers, the calendars and the chronicle. Of the service's own ledger only what a
message says it is about is believed, as it stood when the message was taken.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.simulation import town
from tests.simulation.chronicle import CALM, Chronicle
from tests.simulation.readings import Seen, meetings, starts
from tests.simulation.servers import Delivery
from tests.simulation.town import add_months, paused
from tests.simulation.world import START, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAYS_BEFORE = {"agenda": 3, "brief": 1}
# answers to what somebody just did, and what the coordinator is told
UNCAPPED = {"moved", "times", "update", "cancel", "answer", "alert"}
TASK_KEEPS = 14 * DAY  # the task of a month without a meeting is sent in its first half
PATIENCE = 2 * HOUR  # the longest pause between two attempts is an hour


class MailPromises:
    def __init__(self, world: World, chronicle: Chronicle) -> None:
        self._world, self._chronicle = world, chronicle
        self._first: dict[str, Delivery] = {}  # by Message-ID
        self._day: dict[tuple[str, date], int] = defaultdict(int)  # mails that count, by person and their own day
        self._told: dict[str, dict[str, datetime]] = defaultdict(dict)  # uid to kind/person to when
        self._began = START
        world.post.judge = self.judge

    def judge(self, delivery: Delivery) -> None:
        """At the moment that a message is taken."""
        try:
            self._judge(delivery)
        except AssertionError as broken:
            self._world.faults.append(f"{broken} ({delivery.message_id} to {delivery.recipient})")

    def _judge(self, delivery: Delivery) -> None:
        row = delivery.row
        assert row, "a mail that the ledger knows nothing of"
        before = self._first.setdefault(delivery.message_id, delivery)
        if before is not delivery:
            self._again(before, delivery)
            return
        if row["person"] in town.CITIZENS:
            assert delivery.recipient == town.CITIZENS[row["person"]].email, f"addressed to {row['person']}"
            self._within_the_cap(delivery)
        if row["kind"] in DAYS_BEFORE:
            self._about_a_meeting(delivery)
            self._told[row["uid"]][f"{row['kind']}/{row['person']}"] = delivery.at

    def _again(self, before: Delivery, delivery: Delivery) -> None:
        """Twice only after a lost reply, and then the same bytes. What was on the wire when the service was killed may
        be taken a little later.
        """
        lost = not before.confirmed or any(abs(k - before.at) < HOUR / 60 for k in self._chronicle.kills)
        assert lost, f"delivered a second time, after {before.at}"
        assert before.content == delivery.content, "sent again, and other than before"
        self._first[delivery.message_id] = delivery

    def _within_the_cap(self, delivery: Delivery) -> None:
        person, kind = delivery.row["person"], delivery.row["kind"]
        if kind not in UNCAPPED:
            day = delivery.at.astimezone(ZoneInfo(town.CITIZENS[person].timezone)).date()
            self._day[person, day] += 1
            assert self._day[person, day] <= 2, f"more than two mails to {person} on {day}"

    def _about_a_meeting(self, delivery: Delivery) -> None:
        row, now = delivery.row, delivery.at
        assert now < row["start"], f"about what began at {row['start']}"
        due = _morning(row["person"], row["start"], DAYS_BEFORE[row["kind"]])
        assert now >= due, f"sent before {due}, though it is about {row['start']}"
        if self._chronicle.calm(row["pair"], now):
            assert row["pair"] in self._world.couples, "to a pair that left"
            copies = meetings(self._world, row["pair"]).get(row["uid"], {})
            there = starts(copies)
            assert not self._chronicle.off(row["uid"], there), "about a meeting that is off"
            assert row["start"] in there.values(), f"names {row['start']}, when the meeting begins at {there}"

    def check(self) -> None:
        """Since the last time: who had a meeting without a word before it, or a month without its task."""
        since, self._began = self._began, self._world.now
        self._overruled_people_were_told()
        for pair, couple in self._world.couples.items():
            if pair not in self._chronicle.left:
                self._nobody_meets_unprepared(couple, since)

    def check_months(self) -> None:
        """At the end: the months without a meeting."""
        for pair, couple in self._world.couples.items():
            if pair not in self._chronicle.left and pair not in self._chronicle.policies:
                self._lonely_months_got_their_task(couple)

    def _overruled_people_were_told(self) -> None:
        """Both moved it, and the other's time was taken."""
        for at, uid, person in self._chronicle.overruled:
            moves = self._chronicle.moved.get(uid)
            last = moves is not None and moves[-1][0] <= at and moves[-1][1][0] > at + CALM  # and not begun since
            if last and at + CALM < self._world.now <= at + CALM + DAY and self._undisturbed_since(at, uid):
                told = (d.row for d in self._first.values() if d.at > at and d.row["kind"] == "moved")
                assert any((row["uid"], row["person"]) == (uid, person) for row in told), (
                    f"{person} was not told of {uid}"
                )

    def _undisturbed_since(self, at: datetime, uid: str) -> bool:
        chronicle, first = self._chronicle, at - HOUR
        troubles = (*chronicle.troubles, *chronicle.mail_troubles)
        calm = chronicle.calm(chronicle.pair_of[uid], self._world.now)
        quiet = not any(span.overlaps(first, self._world.now) for span in troubles)
        return calm and quiet and not chronicle.off(uid, self._starts(uid))

    def _starts(self, uid: str) -> dict[str, datetime]:
        return starts(meetings(self._world, self._chronicle.pair_of[uid]).get(uid, {}))

    def _nobody_meets_unprepared(self, couple: town.Couple, since: datetime) -> None:
        months: dict[int, list[Seen]] = defaultdict(list)
        for uid, copies in meetings(self._world, couple.name).items():
            seen = next(iter(copies.values()))
            if not self._chronicle.off(uid, starts(copies)):
                months[self._month(couple, seen)].append(seen)
        for met in months.values():
            met.sort(key=lambda seen: (seen.start, seen.uid))
            for seen in met:
                if since <= seen.start < self._world.now and not self._excused(couple, seen):
                    self._both_were_told(couple, seen, met)

    def _both_were_told(self, couple: town.Couple, seen: Seen, month: list[Seen]) -> None:
        for person in couple.people:
            told = {kind.partition("/")[0] for kind in self._told[seen.uid] if kind.endswith(f"/{person}")}
            if not told and not self._capped(person, seen):
                raise AssertionError(f"{person} heard nothing before {seen.identity} at {seen.start}")
            agendas = [each.uid for each in month if f"agenda/{person}" in self._told[each.uid]]
            by_mail = self._has_task(couple, person, self._month(couple, seen))
            if seen is month[0] and not (agendas or by_mail) and not self._capped(person, seen):
                raise AssertionError(f"{person} has no agenda for the month of {seen.identity} at {seen.start}")

    def _excused(self, couple: town.Couple, seen: Seen) -> bool:
        """Somebody did something so late, or the service or the post was down, that there was no time left."""
        first = seen.start - CALM
        late = couple.name in self._chronicle.disturbed and self._chronicle.disturbed[couple.name] > first
        down = any(span.overlaps(first, seen.start) for span in self._chronicle.troubles)
        no_post = any(span.overlaps(seen.start - PATIENCE, seen.start) for span in self._chronicle.mail_troubles)
        pause = paused(couple, self._day_of(couple, seen))  # somebody put it there, who knows
        return late or down or no_post or pause or seen.start < START + 2 * DAY

    def _capped(self, person: str, seen: Seen) -> bool:
        """On one of the days that a mail about a meeting could have been sent, the person had two others."""
        day = seen.start.astimezone(ZoneInfo(town.CITIZENS[person].timezone)).date()
        return any(self._day[person, day - n * DAY] >= 2 for n in range(4))

    def _lonely_months_got_their_task(self, couple: town.Couple) -> None:
        standing = meetings(self._world, couple.name).values()
        held = {self._month(couple, seen) for copies in standing for seen in copies.values()}
        for number in range(1, 20):
            first = _begins(couple, number)
            begins = datetime.combine(first, time(), ZoneInfo("UTC"))
            known = begins > START + DAY and begins + TASK_KEEPS < self._world.now
            if known and number not in held and not paused(couple, first) and self._undisturbed(couple, begins):
                for person in couple.people:
                    sent = any(self._is_task(each, couple, person, begins) for each in self._first.values())
                    assert sent, f"{person} of {couple.name} has no task for month {number}, which has no meeting"

    def _undisturbed(self, couple: town.Couple, begins: datetime) -> bool:
        """Whether a month that begins then has no meeting because the policy has none, and the task could be sent."""
        chronicle = self._chronicle
        mine = {uid for uid, pair in chronicle.pair_of.items() if pair == couple.name}
        moved = [at for uid in mine for at, _ in chronicle.moved.get(uid, [])]
        deleted = [each.at for each in chronicle.refusals if each.uid in mine]
        by_hand = any(abs(at - begins) < 120 * DAY for at in (*moved, *deleted))
        troubles = (*chronicle.troubles, *chronicle.mail_troubles)
        return not by_hand and not any(span.overlaps(begins, begins + TASK_KEEPS) for span in troubles)

    def _is_task(self, delivery: Delivery, couple: town.Couple, person: str, begins: datetime) -> bool:
        row = delivery.row
        mine = (row["kind"], row["pair"], row["person"]) == ("task", couple.name, person)
        return mine and begins - DAY <= delivery.at <= begins + TASK_KEEPS + DAY

    def _has_task(self, couple: town.Couple, person: str, number: int) -> bool:
        key = f"{couple.name}/task/month-{number}/{person}"
        return any(each.row["key"] == key for each in self._first.values())

    def _month(self, couple: town.Couple, seen: Seen) -> int:
        """The roadmap month, counted from 1."""
        day, number = self._day_of(couple, seen), 1
        while _begins(couple, number + 1) <= day:
            number += 1
        return number if _begins(couple, 1) <= day else 0

    @staticmethod
    def _day_of(couple: town.Couple, seen: Seen) -> date:
        return seen.start.astimezone(ZoneInfo(town.CITIZENS[couple.mentor].timezone)).date()


@lru_cache(maxsize=1024)
def _begins(couple: town.Couple, number: int) -> date:
    """The first day of a roadmap month: so many days that are in no pause lie before it."""
    day, left = couple.start, (add_months(couple.start, number - 1) - couple.start).days
    while left:
        left -= not paused(couple, day)
        day += DAY
    return day


def _morning(person: str, start: datetime, days: int) -> datetime:
    zone = ZoneInfo(town.CITIZENS[person].timezone)
    return datetime.combine(start.astimezone(zone).date() - days * DAY, time(8), zone)
