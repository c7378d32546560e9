"""Invitations by a server that sends them (RFC 6638), with the events that we write: what the guests get, what of their
answers comes back, and what an organizer must never do to them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from aiohttp.test_utils import TestServer
from icalendar import Calendar

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Scheduling
from cadenced.core.errors import CadencedError, ConflictError
from cadenced.core.findings import Verdict
from cadenced.core.model import Identity, Kind
from cadenced.core.participation import Guest, Participation, PartStat
from cadenced.shell.dav import Dav
from cadenced.shell.examination import examine_calendar
from cadenced.wire.attendees import invite, organizer_of, participations, send_again, uninvite
from cadenced.wire.ical import observe, revise
from tests.contract.conftest import SERVERS
from tests.contract.parties import CADENCE, DAY, Organizer, Party, listed
from tests.interop.cyrus import address
from tests.support.events import NOW, START, baseline, fields, standing, update
from tests.support.fakedav import multistatus, response
from tests.support.fakescheduling import FakeScheduling

BOB = Guest(address("bob"), 'Bob "the Builder" O\'Neil, Jr. 🛠')
CAROL = Guest(address("carol"), "Carol")
OUTSIDER = Guest("zoe@elsewhere.example", "Zoë")
ASKED = Participation(ours=True)
INVITING = pytest.mark.parametrize("server", ["fakescheduling", *SERVERS[2:]], indirect=True, scope="session")


@pytest.fixture
def party(dav, server):
    async def find(user):
        account = server.account(user)
        return dav, account, await dav.discover(account)

    return find


@pytest.fixture
async def bob(party):
    return Party(*await party("bob"))


@pytest.fixture
async def carol(party):
    return Party(*await party("carol"))


@pytest.fixture
async def organizer(party):
    found = Organizer(*await party("alice"), Identity(f"pair-{uuid4().hex[:8]}", Kind.CALL, date(2026, 12, 1), 1))
    await found.invites(BOB, CAROL)
    yield found
    if await found.reads() is not None:
        await found.cancels()


async def test_a_server_says_whether_it_invites_by_itself_and_as_whom(dav, server, account):
    found = await dav.scheduling(account, await dav.discover(account))
    assert found.automatic is server.schedules
    if server.schedules:
        assert found.address == address(account.username)
        assert found.outbox.startswith(server.url)


async def test_an_organizer_on_a_server_that_does_not_invite_is_a_fault(server, account):
    examined = Dav()
    found = await examine_calendar(examined, replace(account, name=ORGANIZER), datetime.now(UTC))
    await examined.close()
    assert {each.subject for each in found} == {"organizer"}
    [scheduling] = [each for each in found if each.what == "scheduling"]
    if server.schedules:
        assert (scheduling.verdict, scheduling.words) == (Verdict.FINE, f"invites as {address(account.username)}")
    else:
        assert scheduling.verdict is Verdict.FAULT
        assert scheduling.words == "the server sends no invitations by itself (RFC 6638), so nobody would get any"
        assert "name a login on a server that does" in scheduling.advice


async def test_an_organizer_without_an_address_is_a_fault():
    fake, examined = FakeScheduling({"alice": "pw"}, lambda: datetime.now(UTC), lambda _user: ""), Dav()
    async with TestServer(fake.app) as running:
        account = CalendarAccount(ORGANIZER, url=str(running.make_url("/")), username="alice", password="pw")
        found = await examine_calendar(examined, account, datetime.now(UTC))
    await examined.close()
    [fault] = [each for each in found if each.verdict is Verdict.FAULT]
    assert (fault.what, fault.words) == (
        "scheduling",
        "the server knows no mail address of the login, so it can invite nobody",
    )


async def test_of_several_addresses_the_preferred_mail_address_is_the_organizer_s(site):
    hrefs = "/principals/alice/", "urn:uuid:1", "mailto:other@example.org", "MAILTO:a%2Bl@Example.org"
    marked = [f"<d:href>{href}</d:href>" for href in hrefs[:3]] + [f'<d:href preferred="1">{hrefs[3]}</d:href>']
    props = f"<c:calendar-user-address-set>{''.join(marked)}</c:calendar-user-address-set>"
    site.answers("PROPFIND", lambda _request: multistatus([response("/alice/", props)]))
    found = await site.desk.client.scheduling(site.desk.account, site.desk.collection)
    assert found == Scheduling(automatic=False, address="a+l@Example.org")


@INVITING
class TestInviting:
    async def test_it_comes_into_each_guest_s_calendar_as_we_wrote_it(self, organizer, bob, carol):
        for guest in (bob, carol):
            copy = await guest.find(organizer.uid)
            found = observe(copy.body)
            assert found.problem == ""
            assert (found.identity, found.start, found.summary) == (organizer.identity, START, fields().summary)
            assert (found.location, found.description) == (fields().location, fields().description)
            assert found.baseline == baseline(fields())
            assert organizer_of(copy.body) == CADENCE.address
            assert participations(copy.body) == {BOB.address: ASKED, CAROL.address: ASKED}

    async def test_a_name_in_people_s_own_letters_comes_through(self, organizer, carol):
        copy = await carol.find(organizer.uid)
        names = [each.params["CN"] for each in listed(Calendar.from_ical(copy.body).events[0])]
        assert names == [BOB.name, CAROL.name]

    async def test_a_guest_s_copy_is_known_by_its_uid_for_its_place_is_the_server_s_choice(
        self, organizer, bob, server
    ):
        copy = await bob.find(organizer.uid)
        assert (copy.href.rpartition("/")[2] == f"{organizer.uid}.ics") is (server.name != "xandikos")

    async def test_the_organizer_s_event_is_found_as_it_was_told(self, organizer):
        result = await organizer.client.sync(organizer.account, organizer.collection, "", {})
        there = next(each for each in result.changed if each.href == organizer.href)
        assert there.etag == (await organizer.reads()).etag

    async def test_the_server_tells_of_a_guest_whom_it_cannot_reach(self, party):
        found = Organizer(*await party("alice"), Identity(f"pair-{uuid4().hex[:8]}", Kind.CALL, date(2026, 12, 1), 1))
        await found.invites(BOB, OUTSIDER)
        parts = participations((await found.reads()).body)
        assert [parts[each.address].undelivered for each in (BOB, OUTSIDER)] == [False, True]
        await found.cancels()


@INVITING
class TestAnswers:
    @pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
    async def test_an_answer_comes_back_into_the_organizer_s_event(self, organizer, bob, partstat):
        before = await organizer.reads()
        token = (await organizer.client.sync(organizer.account, organizer.collection, "", {})).token
        await bob.says(organizer.uid, partstat)
        result = await organizer.client.sync(organizer.account, organizer.collection, token, {before.href: before.etag})
        [changed] = [each for each in result.changed if each.href == organizer.href]
        assert changed.etag != before.etag
        assert participations(changed.body)[BOB.address].partstat == partstat
        assert participations(changed.body)[BOB.address].ours is True
        assert participations(changed.body)[CAROL.address].partstat is PartStat.NEEDS_ACTION
        assert observe(changed.body) == observe(before.body)

    async def test_an_answer_is_never_overwritten_unseen(self, organizer, bob):
        before = await organizer.reads()
        await bob.says(organizer.uid, "ACCEPTED")
        with pytest.raises(ConflictError):
            await organizer.writes(before.body, before.etag)

    async def test_a_new_title_or_note_leaves_every_answer(self, organizer, bob, carol):
        await bob.says(organizer.uid, "ACCEPTED")
        await carol.says(organizer.uid, "DECLINED")
        await organizer.changes("summary", summary="Another title")
        await organizer.changes("description", description="Another note")
        assert await organizer.answers() == {"bob": "ACCEPTED", "carol": "DECLINED"}
        copy = await bob.find(organizer.uid)
        assert (observe(copy.body).summary, observe(copy.body).description) == ("Another title", "Another note")
        assert participations(copy.body)[BOB.address].partstat is PartStat.ACCEPTED

    async def test_a_new_time_asks_everybody_again(self, organizer, bob, carol, server):
        await bob.says(organizer.uid, "ACCEPTED")
        await carol.says(organizer.uid, "DECLINED")
        await organizer.changes("time", start=START + DAY)
        assert await organizer.answers() == {"bob": "NEEDS-ACTION", "carol": "NEEDS-ACTION"}
        for guest, said in ((bob, "ACCEPTED"), (carol, "DECLINED")):
            copy = await guest.find(organizer.uid)
            assert observe(copy.body).start == START + DAY
            # Xandikos leaves a guest's own answer in their own copy: it is no answer to the new time
            expected = said if server.name == "xandikos" else "NEEDS-ACTION"
            assert participations(copy.body)[guest.address].partstat == expected

    async def test_a_guest_can_answer_to_a_new_time(self, organizer, bob):
        await bob.says(organizer.uid, "ACCEPTED")
        await organizer.changes("time", start=START + DAY)
        await bob.says(organizer.uid, "DECLINED")
        assert (await organizer.answers())["bob"] == "DECLINED"

    async def test_the_same_answer_to_a_new_time_is_heard_where_the_server_asked_again(self, organizer, bob, server):
        await bob.says(organizer.uid, "DECLINED")
        await organizer.changes("time", start=START + DAY)
        await bob.says(organizer.uid, "DECLINED")
        expected = "NEEDS-ACTION" if server.name == "xandikos" else "DECLINED"  # to it, nothing has changed
        assert (await organizer.answers())["bob"] == expected

    async def test_what_only_we_read_is_not_sent_to_the_guests(self, organizer, bob):
        """So what we wrote last may be older in a guest's copy than in the organizer's event."""
        before = await bob.find(organizer.uid)
        await organizer.changes(start=START + DAY)  # a note alone: as if somebody had moved the organizer's event
        assert observe((await organizer.reads()).body).baseline == baseline(fields(START + DAY))
        assert await bob.find(organizer.uid) == before

    async def test_what_is_sent_again_reaches_a_guest_and_leaves_their_answer(self, organizer, bob):
        """So what we wrote last can be brought into their copies without a new time."""
        await bob.says(organizer.uid, "ACCEPTED")
        there, action = await organizer.reads(), update("time")
        action = replace(action, meeting=standing(fields(), organizer.identity))
        action = replace(action, baseline=replace(action.baseline, rules="9876fedc"))
        body = revise(there.body, action, NOW + DAY)
        await organizer.writes(send_again(body, [BOB.address]), there.etag)
        copy = await bob.find(organizer.uid)
        assert observe(copy.body).baseline.rules == "9876fedc"
        assert (await organizer.answers())["bob"] == "ACCEPTED"
        assert participations(copy.body)[BOB.address].partstat is PartStat.ACCEPTED

    async def test_a_guest_can_still_answer_after_several_changes(self, organizer, bob):
        for number in range(3):
            await organizer.changes("summary", summary=f"Title {number}")
        await bob.says(organizer.uid, "ACCEPTED")
        assert (await organizer.answers())["bob"] == "ACCEPTED"


@INVITING
class TestTheGuestsOwnCopy:
    async def test_a_guest_who_deletes_it_has_declined_where_the_server_says_so(self, organizer, bob, server):
        await bob.deletes(organizer.uid)
        expected = "NEEDS-ACTION" if server.name == "xandikos" else "DECLINED"
        assert (await organizer.answers())["bob"] == expected

    async def test_the_next_change_brings_back_what_a_guest_deleted(self, organizer, bob):
        await bob.deletes(organizer.uid)
        await organizer.changes("summary", summary="Another title")
        assert observe((await bob.find(organizer.uid)).body).summary == "Another title"

    async def test_a_guest_s_own_alarm_lasts_until_the_next_change(self, organizer, bob):
        await bob.adds_an_alarm(organizer.uid)
        assert "BEGIN:VALARM" in (await bob.find(organizer.uid)).body
        await organizer.changes("summary", summary="Another title")
        assert "BEGIN:VALARM" not in (await bob.find(organizer.uid)).body

    async def test_a_guest_who_moves_it_is_refused_or_never_heard_of(self, organizer, bob, server):
        before = await organizer.reads()
        if server.name == "xandikos":
            with pytest.raises(CadencedError):
                await bob.moves(organizer.uid)
            expected = START
        else:
            await bob.moves(organizer.uid)
            expected = START + DAY
        copy = observe((await bob.find(organizer.uid)).body)
        assert (copy.start, copy.baseline.start) == (expected, START)  # so it can be told from what we wrote
        assert await organizer.reads() == before


@pytest.mark.parametrize("server", ["fakescheduling", SERVERS[3]], indirect=True, scope="session")
async def test_the_next_change_undoes_a_guest_s_move_where_the_server_let_them(organizer, bob):
    await bob.moves(organizer.uid)
    await organizer.changes("summary", summary="Another title")
    assert observe((await bob.find(organizer.uid)).body).start == START


@INVITING
class TestCancelling:
    async def test_deleting_it_cancels_it_in_each_guest_s_calendar(self, organizer, bob, carol):
        await organizer.cancels()
        for guest in (bob, carol):
            copy = observe((await guest.find(organizer.uid)).body)
            assert (copy.identity, copy.cancelled, copy.start) == (organizer.identity, True, START)

    async def test_a_guest_taken_off_the_list_has_it_cancelled_and_the_other_keeps_it(self, organizer, bob, carol):
        await carol.says(organizer.uid, "ACCEPTED")
        there = await organizer.reads()
        await organizer.writes(uninvite(there.body, [BOB.address]), there.etag)
        assert observe((await bob.find(organizer.uid)).body).cancelled is True
        assert observe((await carol.find(organizer.uid)).body).cancelled is False
        assert await organizer.answers() == {"carol": "ACCEPTED"}

    async def test_what_was_cancelled_can_be_on_again(self, organizer, bob):
        await organizer.cancels()
        await organizer.invites(BOB)
        assert observe((await bob.find(organizer.uid)).body).cancelled is False

    async def test_a_guest_who_comes_later_is_invited_and_the_others_are_left_alone(self, organizer, bob, party):
        await bob.says(organizer.uid, "ACCEPTED")
        there = await organizer.reads()
        dave = Party(*await party("dave"))
        body = invite(there.body, CADENCE, [BOB, CAROL, Guest(dave.address, "Dave")])
        await organizer.writes(body, there.etag)
        assert observe((await dave.find(organizer.uid)).body).identity == organizer.identity
        assert (await organizer.answers())["bob"] == "ACCEPTED"
