"""The wheel with an organizer on servers that send invitations: the whole life of a meeting, as its guests see it."""

from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest

from cadenced.core.accounts import ORGANIZER
from cadenced.core.model import Channel, Meeting, Pair, State
from cadenced.shell.calendars import CalDav
from cadenced.wire.attendees import participations
from cadenced.wire.ical import observe
from tests.contract.conftest import SERVERS
from tests.contract.parties import DAY, Party
from tests.interop.cyrus import address
from tests.support.house import HandClock, House
from tests.support.programme import hours, pair, person

INVITING = pytest.mark.parametrize("server", ["fakescheduling", *SERVERS[2:]], indirect=True, scope="session")
WEEK = hours("Mon-Sun 08:00-20:00")


def couple(name: str, mentor: str = "Bob", **more) -> Pair:
    """Bob gave no account; Carol's may be read."""
    guest = {"channel": Channel.SCHEDULING, "available": WEEK}
    bob = replace(person("bob", **guest), email=address("bob"), name=mentor)
    carol = replace(person("carol", calendar="carol", **guest), email=address("carol"))
    return pair(name=name, mentor=bob, protege=carol, calls=None, **more)


class Life:
    """One meeting of one pair, on a server that other tests use as well."""

    def __init__(self, house: House, parties: dict[str, Party]) -> None:
        self.house, self.parties, self.name = house, parties, f"pair-{uuid4().hex[:8]}"

    async def runs(self, *pairs: Pair) -> None:
        await self.house.runs(*pairs)
        await self.house.later()  # guests' copies are seen

    async def meeting(self) -> Meeting:
        return await self.house.first(self.name)

    async def seen(self, uid: str) -> list:
        """The start of each one's copy: the organizer's, Bob's, Carol's."""
        return [observe((await self.parties[user].find(uid)).body).start for user in ("alice", "bob", "carol")]

    async def answers(self, uid: str) -> list[str]:
        found = participations((await self.parties["alice"].find(uid)).body)
        return [str(found[address(user)].partstat) for user in ("bob", "carol")]


@pytest.fixture
async def life(server, tmp_path):
    house = House(tmp_path, SimpleNamespace(users={}), None, HandClock(), CalDav(deadline=30))
    house.accounts = {
        ORGANIZER: replace(server.account("alice"), name=ORGANIZER, shown="Mentoring"),
        "carol": server.account("carol"),
    }
    parties = {}
    for user in ("alice", "bob", "carol"):
        account = server.account(user)
        parties[user] = Party(house.client, account, await house.client.discover(account))
    life = Life(house, parties)
    yield life
    await house.runs()
    await house.close()


@INVITING
async def test_two_people_are_invited_answer_and_are_told_when_it_is_off(life):
    await life.runs(couple(life.name))
    first = await life.meeting()
    assert await life.seen(first.uid) == [first.start] * 3

    await life.parties["bob"].says(first.uid, "ACCEPTED")
    await life.runs(couple(life.name, mentor="Robert"))
    assert "Robert" in observe((await life.parties["carol"].find(first.uid)).body).summary
    assert await life.answers(first.uid) == ["ACCEPTED", "NEEDS-ACTION"]

    await life.parties["carol"].says(first.uid, "DECLINED")
    await life.house.later()
    second = await life.meeting()
    assert second.start != first.start
    assert await life.seen(first.uid) == [second.start] * 3
    assert await life.answers(first.uid) == ["NEEDS-ACTION", "NEEDS-ACTION"]

    await life.house.later()
    await life.parties["carol"].deletes(first.uid)
    await life.house.later(days=1, minutes=1)
    third = await life.meeting()
    assert third.start not in (first.start, second.start)
    assert third.tries.refused == (first.start, second.start)
    assert await life.seen(first.uid) == [third.start] * 3

    await life.house.later()
    quiet = [(await party.find(first.uid)).etag for party in life.parties.values()]
    await life.house.later(days=1)
    assert [(await party.find(first.uid)).etag for party in life.parties.values()] == quiet

    await life.runs()
    assert await life.parties["alice"].find(first.uid) is None
    copies = [observe((await life.parties[user].find(first.uid)).body) for user in ("bob", "carol")]
    assert [(copy.start, copy.cancelled) for copy in copies] == [(third.start, True)] * 2


@pytest.mark.parametrize("server", ["fakescheduling", SERVERS[3]], indirect=True, scope="session")
async def test_a_guest_who_moves_their_own_copy_takes_everybody_along(life):
    await life.runs(couple(life.name))
    first = await life.meeting()
    for moves in (1, 2):
        await life.parties["carol"].moves(first.uid)
        await life.house.later()
        now = await life.meeting()
        assert (now.start, now.state, now.pinned) == (first.start + moves * DAY, State.STANDING, True)
        assert await life.seen(first.uid) == [now.start] * 3
        await life.house.later()


@pytest.mark.parametrize("server", ["fakescheduling", SERVERS[3]], indirect=True, scope="session")
async def test_a_meeting_that_a_guest_calls_off_in_their_own_copy_is_off_for_everybody(life):
    await life.runs(couple(life.name))
    first = await life.meeting()
    await life.parties["carol"].calls_off(first.uid)
    await life.house.later()
    assert (await life.meeting()).state is State.CANCELLED
    copies = [observe((await party.find(first.uid)).body) for party in life.parties.values()]
    assert [(copy.start, copy.cancelled) for copy in copies] == [(first.start, True)] * 3
    await life.house.later()
    assert (await life.meeting()).state is State.CANCELLED


@INVITING
async def test_a_move_by_the_organizer_reaches_the_guests_and_a_guest_may_still_decline(life):
    await life.runs(couple(life.name))
    first = await life.meeting()
    await life.parties["bob"].says(first.uid, "ACCEPTED")
    await life.parties["alice"].moves(first.uid)
    await life.house.later()
    assert await life.seen(first.uid) == [first.start + DAY] * 3
    written = [observe((await life.parties[user].find(first.uid)).body).baseline for user in ("alice", "bob", "carol")]
    assert [each.start for each in written] == [first.start + DAY] * 3
    await life.parties["bob"].says(first.uid, "DECLINED")
    await life.house.later(days=1, minutes=1)
    now = await life.meeting()
    assert now.tries.refused == (first.start + DAY,)
    assert now.start != first.start + DAY


@INVITING
async def test_a_guest_who_gives_an_account_and_takes_it_back_has_one_event_all_along(life):
    await life.runs(couple(life.name))
    first = await life.meeting()
    alone = couple(life.name)
    alone = replace(alone, protege=replace(alone.protege, channel=Channel.CALDAV))
    await life.runs(alone)
    for _ in range(3):
        await life.house.later()
    copy = await life.parties["carol"].find(first.uid)
    assert (observe(copy.body).start, "ATTENDEE" in copy.body) == (first.start, False)
    assert [*participations((await life.parties["alice"].find(first.uid)).body)] == [address("bob")]
    await life.runs(couple(life.name))
    copy = await life.parties["carol"].find(first.uid)
    assert (observe(copy.body).cancelled, "ATTENDEE" in copy.body) == (False, True)
    assert await life.seen(first.uid) == [first.start] * 3
