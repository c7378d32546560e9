"""What happens in a year, drawn from a seed: what people do to their calendars, and what befalls servers and service.

Owns the timetable and its dice. Must never know what the service ought to make of it.
"""

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta

from tests.simulation import town
from tests.simulation.chronicle import Chronicle, Span
from tests.simulation.hands import DAY, HOUR, Hands, private_event
from tests.simulation.readings import meetings
from tests.simulation.servers import Trap
from tests.simulation.world import START, World

MINUTE = timedelta(minutes=1)
YEAR = timedelta(days=365)
QUIET = timedelta(days=7)  # at the end, when nobody does anything
OFTEN = {  # how many times a year
    "somebody_moves": 40,
    "somebody_moves_far": 8,
    "somebody_lengthens": 8,
    "somebody_moves_at_the_last_moment": 8,
    "somebody_had_it_earlier": 2,
    "somebody_writes": 40,
    "somebody_deletes": 8,
    "somebody_cancels": 5,
    "somebody_duplicates": 3,
    "both_move": 8,
    "much_at_once": 6,
    "somebody_acts_while_it_is_written": 10,
    "a_calendar_is_emptied_and_restored": 1,
    "a_host_is_down_for_a_night": 3,
    "a_host_is_silent": 1,
    "a_host_is_overloaded": 2,
    "a_host_loses_replies": 4,
    "a_host_forgets_its_tokens": 1,
    "the_post_is_greylisting": 3,
    "the_post_is_down": 2,
    "the_post_loses_replies": 3,
    "the_service_rests": 4,
    "the_service_is_killed": 1,
    "the_service_is_killed_while_writing": 4,
    "the_service_is_killed_while_sending": 3,
    "the_store_is_lost": 1,
    "the_file_is_broken_and_mended": 1,
}
EDITS = (  # of the programme, in this order
    "the_place_changes",
    "a_pair_joins",
    "the_cadence_changes",
    "a_pair_pauses",
    "a_pair_leaves",
    "a_pair_comes_back",
)


class Script:
    def __init__(self, world: World, chronicle: Chronicle) -> None:
        self._world, self._chronicle = world, chronicle
        self._rng = random.Random(f"{world.seed}/script")
        self._hands = Hands(world, chronicle, self._rng)
        self._going_on: set[asyncio.Task[None]] = set()

    def furnish(self) -> None:
        """The events that everybody has anyway."""
        for citizen in (each.name for each in town.CITIZENS.values() if each.host):
            for number in range(4):
                start = START + timedelta(days=self._rng.randint(1, 300), minutes=30 * self._rng.randint(0, 16))
                rule = "FREQ=WEEKLY;COUNT=20" if number == 0 else ""
                self._hands.keep(citizen, f"own-{number}.ics", private_event(f"{citizen}-{number}", start, rule))

    def timetable(self) -> list[tuple[datetime, str]]:
        begin, end = START + DAY, START + YEAR
        found = [(self._between(begin, end), name) for name, count in OFTEN.items() for _ in range(count)]
        span = (end - begin) / len(EDITS)
        found += [(self._between(begin + span * i, begin + span * (i + 1)), name) for i, name in enumerate(EDITS)]
        return sorted(found)

    async def run(self) -> None:
        """The year; what still goes on at its end is waited for."""
        for moment, name in self.timetable():
            await asyncio.sleep(max(0.0, (moment - self._world.now).total_seconds()))
            self._spawn(getattr(self, f"_{name}")())
        while self._going_on:
            await asyncio.sleep(HOUR.total_seconds())

    def _spawn(self, act: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(act)
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)
        task.add_done_callback(self._failed)

    def _failed(self, task: asyncio.Task[None]) -> None:
        if error := task.exception():
            self._world.faults.append(f"the script failed: {error!r}")
            raise error

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self._rng.randint(0, int((last - first).total_seconds())))

    # people

    async def _somebody_moves(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, self._hands.some_time(target[1]))

    async def _somebody_moves_far(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, self._rng.randint(15, 45) * DAY + self._rng.randint(-3, 3) * HOUR)

    async def _somebody_lengthens(self) -> None:
        if target := self._hands.coming():
            self._hands.move(*target, timedelta(), self._rng.choice((15, 30, 60, -15)) * MINUTE)

    async def _somebody_moves_at_the_last_moment(self) -> None:
        if target := self._hands.coming(within=3 * DAY):
            self._hands.move(*target, self._rng.choice((1, 2, 3, 24, 48)) * HOUR)

    async def _somebody_had_it_earlier(self) -> None:
        """They met already, and one of them puts that into the calendar."""
        if target := self._hands.coming(within=4 * DAY):
            self._hands.move(*target, -5 * DAY)

    async def _somebody_writes(self) -> None:
        if target := self._hands.coming():
            self._hands.write(*target)

    async def _somebody_deletes(self) -> None:
        if target := self._hands.coming():
            self._hands.delete(*target)

    async def _somebody_cancels(self) -> None:
        if target := self._hands.coming():
            self._hands.cancel(*target)

    async def _somebody_duplicates(self) -> None:
        if target := self._hands.coming():
            self._hands.duplicate(*target)

    async def _both_move(self) -> None:
        """The one, and a little later the other, who could not know yet."""
        if (first := self._hands.coming(both=True)) and (second := self._hands.other_copy(*first)):
            self._hands.move(*first, self._hands.some_time(first[1]))
            calendar, uid = self._world.calendar(second[0]), second[1].uid
            before = calendar.etags[calendar.name_of(uid)]
            await asyncio.sleep(self._rng.randint(1, 300))
            if self._chronicle.off(uid) is None and calendar.etags.get(calendar.name_of(uid)) == before:
                self._hands.move(*second, self._hands.some_time(second[1]) + 15 * MINUTE)
                self._chronicle.overruled.append((self._world.now, uid, first[0]))

    async def _much_at_once(self) -> None:
        """Several edits of one meeting by both, within minutes or hours."""
        if target := self._hands.coming(both=True):
            for _ in range(self._rng.randint(2, 5)):
                self._act(*target)
                await asyncio.sleep(self._rng.choice((1, 60, 3600, 7200)))
                target = self._rng.choice([target, self._hands.other_copy(*target) or target])

    def _act(self, citizen: str, seen) -> None:
        """One edit of a copy as it stands now, if it still does."""
        now = self._hands.copy_of(citizen, seen.uid)
        if now is not None and now.start > self._world.now + HOUR:
            if self._rng.random() < 0.5:
                self._hands.move(citizen, now, self._hands.some_time(now))
            else:
                self._hands.write(citizen, now)

    async def _somebody_acts_while_it_is_written(self) -> None:
        """The one moves it; and when the service comes to write that into the other copy, somebody is at it just then."""
        if (first := self._hands.coming(both=True)) and (second := self._hands.other_copy(*first)):
            deed = self._rng.choice((self._act, self._act, self._hands.delete, self._hands.cancel))
            citizen, seen = second

            def act() -> None:
                if self._hands.copy_of(citizen, seen.uid) is not None:
                    deed(citizen, seen)

            host = self._host_of(citizen)
            host.traps.append(Trap("PUT", act, path=f"/{citizen}/default/{seen.uid}"))
            self._hands.move(*first, self._hands.some_time(first[1]))

    async def _a_calendar_is_emptied_and_restored(self) -> None:
        citizen = self._rng.choice([name for couple in self._world.couples.values() for name in couple.people])
        if not self._world.keeps_calendar(citizen):
            return
        calendar = self._world.calendar(citizen)
        span = self._trouble(f"{citizen}'s calendar is emptied")
        bodies = dict(calendar.bodies)
        for name in bodies:
            calendar.remove(name)
        await self._pass(self._rng.randint(1, 60) * HOUR)
        self._chronicle.written_meanwhile += [f"{citizen}: {name}" for name in calendar.bodies]
        for name, body in bodies.items():
            calendar.put(name, body)
        self._over(span, f"{citizen}'s calendar is restored")

    # servers

    async def _a_host_is_down_for_a_night(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} is down")
        self._world.network.refusing.add(host.port)
        self._world.network.cut(host.port)
        await self._pass(self._rng.randint(2, 14) * HOUR)
        self._world.network.refusing.discard(host.port)
        self._over(span, f"{host.name} is up")

    async def _a_host_is_silent(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} does not answer")
        self._world.network.silent.add(host.port)
        await self._pass(self._rng.randint(2, 14) * HOUR)
        self._world.network.silent.discard(host.port)
        self._over(span, f"{host.name} answers")

    async def _a_host_is_overloaded(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} answers 503")
        host.dav.faults.status, host.dav.faults.retry_after = 503, self._rng.choice(("", "1800"))
        await self._pass(self._rng.randint(1, 10) * HOUR)
        host.dav.faults.status = 0
        self._over(span, f"{host.name} answers as usual")

    async def _a_host_loses_replies(self) -> None:
        """What is written there next takes effect, and the line breaks before the answer."""
        if target := self._hands.coming(both=True):
            self._chronicle.disturbed |= dict.fromkeys(self._world.couples, self._world.now)
            other = self._hands.other_copy(*target)
            self._host_of(other[0]).dav.faults.lost_replies = self._rng.randint(1, 2)
            self._hands.move(*target, self._hands.some_time(target[1]))

    async def _a_host_forgets_its_tokens(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        self._world.trace.note(f"{host.name} forgets its tokens")
        host.dav.faults.forgets_tokens = True
        await self._pass(DAY)
        host.dav.faults.forgets_tokens = False

    async def _the_post_is_greylisting(self) -> None:
        span = self._mail_trouble("the post says 450")
        self._world.post.greylisting = True
        await self._pass(self._rng.randint(1, 9) * HOUR)
        self._world.post.greylisting = False
        self._over(span, "the post takes mail again")

    async def _the_post_is_down(self) -> None:
        span = self._mail_trouble("the post is down")
        self._world.network.refusing.add(town.MAIL_PORT)
        self._world.network.cut(town.MAIL_PORT)
        await self._pass(self._rng.randint(1, 20) * HOUR)
        self._world.network.refusing.discard(town.MAIL_PORT)
        self._over(span, "the post is up")

    async def _the_post_loses_replies(self) -> None:
        self._world.trace.note("the post loses its next replies")
        self._world.post.losing = self._rng.randint(1, 3)

    # the service

    async def _the_service_rests(self) -> None:
        if self._world.life is not None:
            span = self._trouble("the service rests", mail=True)
            await self._world.stop()
            await self._pass(self._rng.choice((MINUTE, HOUR, 8 * HOUR, 30 * HOUR)))
            self._restart(span)

    async def _the_service_is_killed(self) -> None:
        self._kill()

    async def _the_service_is_killed_while_writing(self) -> None:
        """In the middle of a change that somebody's move, or an edit of the programme, brings about."""
        if target := self._hands.coming(both=True):
            method, after = self._rng.choice(("PUT", "PUT", "PUT", "DELETE")), self._rng.random() < 0.5
            host = self._host_of(target[0]) if method == "DELETE" else self._host_of(self._hands.other_copy(*target)[0])
            host.traps.append(Trap(method, self._kill, after))
            if method == "PUT":
                self._hands.move(*target, self._hands.some_time(target[1]))

    async def _the_service_is_killed_while_sending(self) -> None:
        self._world.post.traps.append(Trap("DATA", self._kill))

    async def _the_store_is_lost(self) -> None:
        """When all is quiet: what nobody had looked at by then, nobody can know afterwards."""
        while self._world.life is None or not all(
            self._chronicle.calm(pair, self._world.now) for pair in self._world.everyone
        ):
            await self._pass(HOUR)
        span = self._trouble("the store is lost", mail=True)
        await self._world.stop()
        self._world.lose_store()
        await self._pass(self._rng.randint(1, 60) * MINUTE)
        self._restart(span)

    # the programme

    async def _the_file_is_broken_and_mended(self) -> None:
        self._world.trace.note("somebody saves half a file")
        self._world.save("[people.maya]\nname = ")
        await self._pass(self._rng.randint(1, 20) * HOUR)
        self._world.trace.note("and mends it")
        self._world.save()

    async def _the_place_changes(self) -> None:
        self._edit(replace(self._world.couples["maya-jonas"], where="The Crown", minutes=90))

    async def _a_pair_joins(self) -> None:
        self._edit(replace(town.JOINING, start=self._world.now.date().replace(day=1)))

    async def _the_cadence_changes(self) -> None:
        name = self._rng.choice(("ruth-chen", "asha-tom"))
        every, calls = self._rng.choice((("6 weeks", "1 month"), ("1 month", ""), ("2 months", "2 weeks")))
        self._edit(replace(self._world.couples[name], every=every, calls=calls))

    async def _a_pair_pauses(self) -> None:
        first = self._world.now.date() + timedelta(days=self._rng.randint(0, 30))
        pause = (*self._world.couples["oliver-aroha"].pause, f"{first}/{first + timedelta(days=24)}")
        self._edit(replace(self._world.couples["oliver-aroha"], pause=pause))

    async def _a_pair_leaves(self) -> None:
        found = meetings(self._world, "maya-siobhan")
        over = {u for u, copies in found.items() if all(s.end <= self._world.now for s in copies.values())}
        self._chronicle.leave("maya-siobhan", over, self._world.now)
        self._edit(self._world.couples.pop("maya-siobhan"), leaves=True)

    async def _a_pair_comes_back(self) -> None:
        self._edit(self._world.everyone["maya-siobhan"])

    def _edit(self, couple: town.Couple, *, leaves: bool = False) -> None:
        self._world.trace.note(f"the file is edited: {couple.name} {'leaves' if leaves else couple}")
        self._world.everyone[couple.name] = couple
        if not leaves:
            self._world.couples[couple.name] = couple
        self._chronicle.policies[couple.name].append((self._world.now, None if leaves else couple))
        self._chronicle.disturbed |= dict.fromkeys(self._world.everyone, self._world.now)
        self._world.save()

    # the dice's servants

    def _host_of(self, citizen: str):
        return self._world.hosts[town.CITIZENS[citizen].host]

    def _trouble(self, what: str, *, mail: bool = False) -> Span:
        self._world.trace.note(what)
        span = Span(self._world.now)
        self._chronicle.troubles.append(span)
        if mail:
            self._chronicle.mail_troubles.append(span)
        return span

    def _mail_trouble(self, what: str) -> Span:
        self._world.trace.note(what)
        span = Span(self._world.now)
        self._chronicle.mail_troubles.append(span)
        return span

    def _over(self, span: Span, what: str) -> None:
        span.end = self._world.now
        self._world.trace.note(what)

    async def _pass(self, time: timedelta) -> None:
        await asyncio.sleep(time.total_seconds())

    def _kill(self) -> None:
        if self._world.life is not None:
            self._chronicle.kills.append(self._world.now)
            self._world.kill()
            self._spawn(self._wake_up())

    async def _wake_up(self) -> None:
        span = self._trouble("nobody is there", mail=True)
        await self._pass(self._rng.choice((5, 50, 500)) * MINUTE)
        self._restart(span)

    def _restart(self, span: Span) -> None:
        if self._world.life is None:
            self._world.start()
        self._over(span, "the service is back")
