"""What befalls servers and service: nights without an answer, lost replies, kills in the middle of a word.

Must never know what people do meanwhile, nor what the service ought to make of it.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import timedelta

from tests.simulation import town
from tests.simulation.chronicle import Chronicle, Span
from tests.simulation.hands import DAY, HOUR, MINUTE, Hands
from tests.simulation.readings import Seen, events
from tests.simulation.servers import Trap
from tests.simulation.world import POLL, World


class Troubles:
    """`spawn` lets something go on by itself."""

    def __init__(
        self,
        world: World,
        chronicle: Chronicle,
        rng: random.Random,
        spawn: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._world, self._chronicle, self._rng, self._spawn = world, chronicle, rng, spawn
        self._hands = Hands(world, chronicle, rng)

    async def a_calendar_is_emptied_and_restored(self) -> None:
        citizen = self._rng.choice([name for couple in self._world.couples.values() for name in couple.people])
        if not self._world.keeps_calendar(citizen) or len(events(self._world, citizen)) < 2:
            return  # whoever has a single meeting refuses that one
        calendar = self._world.calendar(citizen)
        span = self._trouble(f"{citizen}'s calendar is emptied")
        bodies = dict(calendar.bodies)
        for name in bodies:
            calendar.remove(name)
        await self._pass(POLL + HOUR)
        known = dict(calendar.etags)
        await self._pass(self._rng.randint(0, 60) * HOUR)
        if calendar.etags != known:
            self._world.faults.append(f"{citizen}'s calendar was emptied, and somebody wrote there")
        for name, body in bodies.items():
            calendar.put(name, body)
        self._over(span, f"{citizen}'s calendar is restored")

    # servers

    async def a_host_is_down_for_a_night(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} is down")
        self._world.network.refusing.add(host.port)
        self._world.network.cut(host.port)
        await self._pass(self._rng.randint(2, 14) * HOUR)
        self._world.network.refusing.discard(host.port)
        self._over(span, f"{host.name} is up")

    async def a_host_is_silent(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} does not answer")
        self._world.network.silent.add(host.port)
        await self._pass(self._rng.randint(2, 14) * HOUR)
        self._world.network.silent.discard(host.port)
        self._over(span, f"{host.name} answers")

    async def a_host_is_overloaded(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        span = self._trouble(f"{host.name} answers 503")
        host.dav.faults.status, host.dav.faults.retry_after = 503, self._rng.choice(("", "1800"))
        await self._pass(self._rng.randint(1, 10) * HOUR)
        host.dav.faults.status = 0
        self._over(span, f"{host.name} answers as usual")

    async def a_host_loses_replies(self) -> None:
        """What is written there next takes effect, and the line breaks before the answer."""
        if target := self._hands.coming(both=True):
            self._chronicle.disturbed |= dict.fromkeys(self._world.couples, self._world.now)
            other = self._hands.other_copy(*target)
            self._world.host_of(other[0]).dav.faults.lost_replies = self._rng.randint(1, 2)
            self._hands.move(*target, self._hands.some_time(target[1]))

    async def a_host_forgets_its_tokens(self) -> None:
        host = self._rng.choice(list(self._world.hosts.values()))
        self._world.trace.note(f"{host.name} forgets its tokens")
        host.dav.faults.forgets_tokens = True
        await self._pass(DAY)
        host.dav.faults.forgets_tokens = False

    async def the_post_is_greylisting(self) -> None:
        span = self._mail_trouble("the post says 450")
        self._world.post.greylisting = True
        await self._mail_waits(self._rng.randint(1, 9) * HOUR)
        self._world.post.greylisting = False
        self._over(span, "the post takes mail again")

    async def the_post_is_down(self) -> None:
        span = self._mail_trouble("the post is down")
        self._world.network.refusing.add(town.MAIL_PORT)
        self._world.network.cut(town.MAIL_PORT)
        await self._mail_waits(self._rng.randint(1, 20) * HOUR)
        self._world.network.refusing.discard(town.MAIL_PORT)
        self._over(span, "the post is up")

    async def the_post_loses_replies(self) -> None:
        self._world.trace.note("the post loses its next replies")
        self._world.post.losing = self._rng.randint(1, 3)

    # the service

    async def the_service_rests(self) -> None:
        if self._world.life is not None:
            span = self._trouble("the service rests", mail=True)
            await self._world.stop()
            await self._pass(self._rng.choice((MINUTE, HOUR, 8 * HOUR, 30 * HOUR)))
            self._restart(span)

    async def the_service_is_killed(self) -> None:
        self._kill()

    async def the_service_is_killed_while_writing(self) -> None:
        """In the middle of a change that somebody's move, or an edit of the programme, brings about."""
        if target := self._hands.coming(both=True):
            method, after = self._rng.choice(("PUT", "PUT", "PUT", "DELETE")), self._rng.random() < 0.5
            citizen, _ = self._rng.choice((target, self._hands.other_copy(*target)))
            self._world.host_of(citizen).traps.append(Trap(method, self._kill, after))
            if method == "PUT":
                self._hands.move(*target, self._hands.some_time(target[1]))

    async def the_service_is_killed_while_sending(self) -> None:
        self._world.post.traps.append(Trap("DATA", self._kill))

    async def the_store_is_lost(self) -> None:
        """When all is quiet: what nobody had looked at by then, nobody can know afterwards."""
        while self._world.life is None or not self._chronicle.all_calm(self._world.everyone, self._world.now):
            await self._pass(HOUR)
        span = self._trouble("the store is lost", mail=True)
        await self._world.stop()
        self._world.lose_store()
        await self._pass(self._rng.randint(1, 60) * MINUTE)
        self._restart(span)

    # what they have in common

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

    async def _mail_waits(self, time: timedelta) -> None:
        """Until somebody moves or calls off what a waiting mail may be about, and then as long again, at least."""
        await self._pass(time)
        for _ in range(3):
            if target := self._hands.coming(within=4 * DAY):
                self._rng.choice((self._put_off, self._put_off, self._hands.cancel))(*target)
        await self._pass(max(time, POLL + HOUR))

    def _put_off(self, citizen: str, seen: Seen) -> None:
        self._hands.move(citizen, seen, self._rng.randint(1, 9) * DAY)

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
            if self._world.half_saved:
                self._world.trace.note("whoever starts it reads why it would not, and mends the file")
                self._world.save()
            self._world.start()
        self._over(span, "the service is back")
