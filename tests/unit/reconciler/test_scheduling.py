"""Meetings to which an organizer invites: people who gave no account get them from the server (DESIGN §8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.accounts import ORGANIZER, Scheduling
from cadenced.core.model import Channel, State
from cadenced.core.records import AccountStatus
from tests.support.events import FOREIGN
from tests.support.organizer_house import (
    HOST,
    JONAS,
    MAYA,
    answers,
    by_themselves,
    guests,
    inviting,
    listed,
    says,
    with_account,
)
from tests.support.programme import utc

DAY = timedelta(days=1)
ASKED = {"maya": "NEEDS-ACTION", "jonas": "NEEDS-ACTION"}


@pytest.fixture
async def house(tmp_path):
    """Neither of the two gave an account."""
    async with inviting(tmp_path) as house:
        yield house


@pytest.fixture
async def known(tmp_path):
    """Jonas' calendar may be read."""
    async with inviting(tmp_path, "jonas") as house:
        yield house


@pytest.fixture
async def open_house(tmp_path):
    """Both calendars may be read or written."""
    async with inviting(tmp_path, "maya", "jonas") as house:
        yield house


async def is_quiet(house):
    """Whether further turns write nothing, even where every pair is due."""
    before = house.dav.writes
    await house.later()
    await house.later(days=1)
    return house.dav.writes == before


def cancelled(house, user):
    return {uid for uid, event in house.calendar(user).events().items() if event.get("STATUS") == "CANCELLED"}


class TestInviting:
    async def test_each_meeting_stands_once_with_the_organizer_and_comes_to_both_guests(self, house):
        await house.runs(guests())
        meetings = await house.meetings()
        assert len(meetings) > 3
        for user in (HOST, "maya", "jonas"):
            assert house.times(user) == {uid: meeting.start for uid, meeting in meetings.items()}
        assert all(answers(house, uid) == ASKED for uid in meetings)
        assert await house.alerts() == {}

    async def test_guests_read_who_invites_them_and_whom_they_meet(self, house):
        await house.runs(guests())
        event = house.event("jonas", (await house.first()).uid)
        assert event["ORGANIZER"] == f"mailto:{HOST}@example.org"
        assert event["ORGANIZER"].params["CN"] == "Mentoring"
        assert event["SUMMARY"] == "Maya and Jonas: Title 1"

    async def test_the_next_turns_write_nothing(self, house):
        await house.runs(guests())
        assert await is_quiet(house)

    async def test_after_a_restart_and_without_the_database_nothing_is_written_either(self, house):
        await house.runs(guests())
        before = house.dav.writes
        await house.restarts()
        house.lose_database()
        await house.runs(guests())
        assert house.dav.writes == before

    async def test_someone_with_a_calendar_of_their_own_is_not_invited_and_the_other_is(self, open_house):
        house = open_house
        await house.runs(guests(mentor=by_themselves(MAYA)))
        meetings = await house.meetings()
        for user in ("maya", "jonas", HOST):
            assert house.times(user) == {uid: meeting.start for uid, meeting in meetings.items()}
        first = await house.first()
        assert "ORGANIZER" not in house.event("maya", first.uid)
        assert answers(house, first.uid) == {"jonas": "NEEDS-ACTION"}
        assert house.event("jonas", first.uid)["SUMMARY"] == "Maya: Title 1"
        assert await is_quiet(house)

    async def test_whom_the_server_cannot_reach_is_told_to_the_coordinator_with_what_to_do(self, house):
        lost = replace(JONAS, email="jonas@elsewhere.example")
        await house.runs(guests(protege=lost))
        await house.later()
        text = (await house.alerts())["pair/maya-jonas/undelivered/jonas"].text
        assert "jonas@elsewhere.example" in text
        assert "3.7" in text
        assert "give them a calendar" in text
        await house.runs(guests())
        await house.later()
        assert await house.alerts() == {}
        assert answers(house, (await house.first()).uid) == ASKED

    async def test_an_organizer_who_is_one_of_the_two_is_a_fault_of_the_file(self, house):
        host = replace(JONAS, email=f"{HOST}@example.org")
        await house.runs(guests(protege=host))
        assert "a login of its own" in (await house.alerts())["pair/maya-jonas/organizer/jonas"].text
        assert answers(house, (await house.first()).uid) == {"maya": "NEEDS-ACTION"}

    async def test_a_server_that_sends_no_invitations_gets_no_event_and_a_human_hears_of_it(self, house, monkeypatch):
        async def none(*_):
            return Scheduling(automatic=False)

        monkeypatch.setattr(house.client, "scheduling", none)
        await house.runs(guests())
        assert await house.status(ORGANIZER) is AccountStatus.STOPPED
        assert "sends no invitations" in (await house.alerts())["account/organizer"].text
        assert house.times(HOST) == {}


class TestAnswers:
    async def test_an_answer_outlasts_a_new_title(self, house):
        await house.runs(guests())
        first = await house.first()
        says(house, "jonas", first.uid, "ACCEPTED")
        await house.later()
        await house.runs(guests(mentor=replace(MAYA, name="Maya Lang")))
        assert house.event("jonas", first.uid)["SUMMARY"] == "Maya Lang and Jonas: Title 1"
        assert answers(house, first.uid) == ASKED | {"jonas": "ACCEPTED"}
        assert house.times("jonas")[first.uid] == first.start
        assert await is_quiet(house)

    async def test_a_meeting_that_was_accepted_stays(self, house):
        await house.runs(guests())
        first = await house.first()
        for user in ("maya", "jonas"):
            says(house, user, first.uid, "ACCEPTED")
        assert await is_quiet(house)
        assert (await house.first()) == first

    async def test_who_declines_gets_another_time_and_both_are_asked_anew(self, house):
        await house.runs(guests())
        first = await house.first()
        sequence = house.event("jonas", first.uid)["SEQUENCE"]
        says(house, "maya", first.uid, "ACCEPTED")
        says(house, "jonas", first.uid, "DECLINED")
        await house.later()
        now = (await house.meetings())[first.uid]
        assert now.state is State.STANDING
        assert now.start != first.start
        assert now.tries.refused == (first.start,)
        for user in ("maya", "jonas", HOST):
            assert house.times(user)[first.uid] == now.start
        assert answers(house, first.uid) == ASKED
        assert house.event("jonas", first.uid)["SEQUENCE"] == sequence + 1
        assert await is_quiet(house)

    async def test_after_two_new_proposals_both_are_asked_by_mail_and_the_event_stays(self, house):
        await house.runs(guests())
        first = await house.first()
        for _ in range(3):
            says(house, "jonas", first.uid, "DECLINED")
            await house.later(days=1, minutes=1)
        now = (await house.meetings())[first.uid]
        assert now.state is State.DECLINED
        assert now.tries.changes == 2
        asked = {mail.person for mail in await house.mails("times")}
        assert asked == {"maya", "jonas"}
        assert await is_quiet(house)

    async def test_who_accepts_after_all_has_the_meeting_again(self, house):
        await house.runs(guests())
        first = await house.first()
        for _ in range(3):
            says(house, "jonas", first.uid, "DECLINED")
            await house.later(days=1, minutes=1)
        says(house, "jonas", first.uid, "ACCEPTED")
        await house.later()
        assert (await house.meetings())[first.uid].state is State.STANDING
        assert answers(house, first.uid)["jonas"] == "ACCEPTED"

    async def test_what_somebody_declines_when_it_is_over_was_no_refusal(self, house):
        await house.runs(guests())
        first = await house.first()
        await house.later(seconds=(first.end + timedelta(minutes=1) - house.clock.at).total_seconds())
        says(house, "jonas", first.uid, "DECLINED")
        await house.later()
        assert (await house.meetings())[first.uid] == first

    async def test_a_guest_of_the_two_may_decline_and_stays_on_the_list(self, house):
        await house.runs(guests())
        first = await house.first()
        more = "mailto:friend@example.org"

        def bring(event):
            event.add("attendee", more, parameters={"PARTSTAT": "DECLINED"})

        house.calendar(HOST).edit(first.uid, bring)
        await house.later()
        await house.runs(guests(mentor=replace(MAYA, name="Maya Lang")))
        assert (await house.meetings())[first.uid].start == first.start
        assert more in listed(house.event(HOST, first.uid))


class TestTheOrganizersEvent:
    async def test_a_move_by_the_coordinator_is_followed_and_whoever_declined_is_asked_again(self, house):
        await house.runs(guests())
        first = await house.first()
        says(house, "maya", first.uid, "ACCEPTED")
        says(house, "jonas", first.uid, "DECLINED")
        house.calendar(HOST).move(first.uid, by=DAY)
        await house.later()
        now = (await house.meetings())[first.uid]
        assert (now.start, now.pinned, now.state) == (first.start + DAY, True, State.STANDING)
        assert answers(house, first.uid) == {"maya": "ACCEPTED", "jonas": "NEEDS-ACTION"}
        assert await is_quiet(house)

    async def test_a_meeting_that_the_coordinator_calls_off_is_off(self, house):
        await house.runs(guests())
        first = await house.first()
        house.calendar(HOST).edit(first.uid, status="CANCELLED")
        await house.later()
        assert (await house.meetings())[first.uid].state is State.CANCELLED
        assert first.uid in cancelled(house, "jonas")
        assert await is_quiet(house)

    async def test_a_meeting_that_the_coordinator_deletes_gets_another_time(self, house):
        await house.runs(guests())
        first = await house.first()
        house.calendar(HOST).delete(first.uid)
        await house.later()
        now = (await house.meetings())[first.uid]
        assert now.start != first.start
        for user in (HOST, "maya", "jonas"):
            assert house.times(user)[first.uid] == now.start


class TestACopyThatWeMayRead:
    async def test_a_guest_who_moves_their_own_copy_takes_the_organizer_and_the_other_along(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        says(house, "maya", first.uid, "ACCEPTED")
        says(house, "jonas", first.uid, "ACCEPTED")
        await house.later()
        house.calendar("jonas").move(first.uid, by=DAY)
        await house.later()
        now = (await house.meetings())[first.uid]
        assert (now.start, now.pinned) == (first.start + DAY, True)
        for user in (HOST, "maya", "jonas"):
            assert house.times(user)[first.uid] == first.start + DAY
        assert answers(house, first.uid) == {"maya": "NEEDS-ACTION", "jonas": "ACCEPTED"}
        assert await is_quiet(house)

    async def test_a_guest_may_move_it_again_and_again(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        for count in (1, 2, 3):
            house.calendar("jonas").move(first.uid, by=DAY)
            await house.later()
            assert house.times("maya")[first.uid] == first.start + count * DAY

    async def test_a_guest_may_move_what_the_coordinator_has_moved(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        house.calendar(HOST).move(first.uid, by=DAY)
        await house.later()
        house.calendar("jonas").move(first.uid, by=DAY)
        await house.later()
        assert house.times(HOST)[first.uid] == house.times("maya")[first.uid] == first.start + 2 * DAY
        assert await is_quiet(house)

    async def test_of_two_moves_the_later_holds_and_the_other_is_told(self, open_house):
        house = open_house
        await house.runs(guests(mentor=by_themselves(MAYA), protege=with_account(JONAS)))
        first = await house.first()
        house.calendar("jonas").move(first.uid, by=DAY)
        house.clock.at += timedelta(minutes=1)
        house.calendar("maya").move(first.uid, by=2 * DAY)
        await house.later()
        for user in (HOST, "maya", "jonas"):
            assert house.times(user)[first.uid] == first.start + 2 * DAY
        assert [mail.person for mail in await house.mails("moved")] == ["jonas"]
        assert await is_quiet(house)

    async def test_a_guest_whose_move_did_not_hold_has_the_time_that_does(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        house.calendar(HOST).move(first.uid, by=2 * DAY)
        house.calendar("jonas").move(first.uid, by=-DAY)
        house.calendar(HOST).edit(first.uid, lambda _event: house.clock.at)
        house.clock.at += timedelta(minutes=1)
        house.calendar(HOST).edit(first.uid, comment="later")
        await house.later()
        for user in (HOST, "maya", "jonas"):
            assert house.times(user)[first.uid] == first.start + 2 * DAY
        assert await is_quiet(house)

    async def test_a_guest_who_deletes_their_copy_gets_another_time(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        house.calendar("jonas").delete(first.uid)
        await house.later()
        now = (await house.meetings())[first.uid]
        assert now.start != first.start
        for user in (HOST, "maya", "jonas"):
            assert house.times(user)[first.uid] == now.start
        assert await is_quiet(house)

    async def test_a_deletion_counts_where_the_server_tells_the_organizer_nothing_of_it(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        await house.later()
        calendar = house.calendar("jonas")
        calendar.post = lambda _before, after: after  # as Xandikos
        calendar.delete(first.uid)
        await house.later()
        assert answers(house, first.uid)["jonas"] == "NEEDS-ACTION"
        assert (await house.meetings())[first.uid].tries.refused == (first.start,)
        assert house.times("jonas")[first.uid] == house.times(HOST)[first.uid] != first.start

    async def test_what_a_guest_writes_into_their_copy_is_left_alone_and_neither_are_they_heard(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        house.calendar("jonas").edit(first.uid, summary="Coffee!")
        assert await is_quiet(house)
        assert (await house.first()) == first

    async def test_a_meeting_that_a_guest_calls_off_in_their_copy_is_off_for_all(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        says(house, "maya", first.uid, "ACCEPTED")
        await house.later()
        house.calendar("jonas").edit(first.uid, status="CANCELLED")
        await house.later()
        assert (await house.meetings())[first.uid].state is State.CANCELLED
        for user in (HOST, "maya", "jonas"):
            assert cancelled(house, user) == {first.uid}
        assert await is_quiet(house)
        house.lose_database()
        await house.runs(guests(protege=with_account(JONAS)))
        assert (await house.meetings())[first.uid].state is State.CANCELLED

    async def test_what_a_guest_called_off_is_on_again_when_the_coordinator_says_so(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        house.calendar("jonas").edit(first.uid, status="CANCELLED")
        await house.later()
        house.calendar(HOST).edit(first.uid, status="CONFIRMED")
        await house.later()
        assert (await house.meetings())[first.uid].state is State.STANDING
        for user in (HOST, "maya", "jonas"):
            assert cancelled(house, user) == set()
        assert await is_quiet(house)

    async def test_what_the_server_cancelled_for_who_was_off_the_list_calls_nothing_off_when_they_are_back(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        await house.later()
        await house.runs(guests(protege=replace(with_account(JONAS), channel=Channel.NONE)))
        await house.later()
        assert first.uid in cancelled(house, "jonas")
        await house.loads(guests(protege=with_account(JONAS)))
        for _ in range(2):  # what he has is not looked at meanwhile
            await house.wheel.look([ORGANIZER])
            await house.turns()
            house.clock.at += timedelta(minutes=2)
        assert answers(house, first.uid) == ASKED
        await house.later()
        assert {meeting.state for meeting in await house.standing()} == {State.STANDING}
        assert cancelled(house, "jonas") == set()

    async def test_an_old_answer_in_a_guest_s_copy_is_no_answer(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        first = await house.first()
        calendar = house.calendar("jonas")
        calendar.post = lambda _before, after: after
        says(house, "jonas", first.uid, "DECLINED")
        assert await is_quiet(house)
        assert (await house.first()) == first


class TestBusyTime:
    """Of guests without an account of their own, as the organizer's server tells it."""

    async def test_a_meeting_goes_where_a_guest_is_free(self, house):
        """Their usual first place is Monday morning."""
        until = utc("2026-12-07T10:30")
        body = FOREIGN.format(uid="dentist").replace("20261208T183000Z", f"{until:%Y%m%dT%H%M%SZ}")
        house.calendar("jonas").put("dentist.ics", body.replace("20261208T173000Z", "20261207T080000Z"))
        await house.runs(guests())
        first = await house.first()
        assert first.start >= until
        assert house.times("maya")[first.uid] == house.times("jonas")[first.uid] == first.start
        await house.later(hours=2)
        assert await is_quiet(house)

    async def test_a_meeting_of_ours_keeps_its_guests_from_nothing(self, house):
        await house.runs(guests())
        meetings = await house.meetings()
        for user in ("maya", "jonas"):
            says(house, user, next(iter(meetings)), "ACCEPTED")
        await house.later(hours=2)
        await house.runs(guests(mentor=replace(MAYA, name="Maya Lang")))
        await house.later(hours=2)
        assert await house.meetings() == meetings


class TestLeaving:
    async def test_a_pair_that_leaves_has_its_events_taken_off_and_the_guests_are_told(self, open_house):
        house = open_house
        await house.runs(guests(mentor=with_account(MAYA), protege=with_account(JONAS)))
        uids = set(house.times(HOST))
        await house.runs()
        assert house.times(HOST) == {}
        assert cancelled(house, "maya") == cancelled(house, "jonas") == uids
        assert await is_quiet(house)
        assert set(house.times("jonas")) == uids
        assert await house.store.pair_names() == []

    async def test_a_guest_who_tidies_up_what_was_cancelled_has_refused_nothing(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        meetings = await house.meetings()
        await house.runs()
        await house.later()
        [first, *others] = meetings
        house.calendar("jonas").delete(first)
        await house.later()
        await house.runs(guests(protege=with_account(JONAS)))
        assert await house.meetings() == meetings
        assert others

    async def test_someone_else_s_pair_takes_over_the_guest_list(self, house):
        await house.runs(guests())
        first = await house.first()
        tom = replace(JONAS, id="tom", name="Tom", email="tom@example.org")
        await house.runs(guests(protege=tom))
        assert set(answers(house, first.uid)) == {"maya", "tom"}
        assert first.uid in cancelled(house, "jonas")

    async def test_a_guest_who_gives_an_account_gets_events_of_their_own(self, known):
        house = known
        await house.runs(guests(protege=with_account(JONAS)))
        meetings = await house.meetings()
        await house.runs(guests(protege=by_themselves(JONAS)))
        for _ in range(4):
            await house.later()
        assert house.times("jonas") == {uid: m.start for uid, m in meetings.items()}
        assert all("ORGANIZER" not in event for event in house.calendar("jonas").events().values())
        assert all(answers(house, uid) == {"maya": "NEEDS-ACTION"} for uid in meetings)
        assert await is_quiet(house)

    async def test_when_the_last_guest_gives_an_account_the_organizer_s_event_goes(self, open_house):
        house = open_house
        await house.runs(guests(mentor=with_account(MAYA), protege=with_account(JONAS)))
        meetings = await house.meetings()
        await house.runs(guests(mentor=by_themselves(MAYA), protege=by_themselves(JONAS)))
        for _ in range(4):
            await house.later()
        assert house.times(HOST) == {}
        for user in ("maya", "jonas"):
            assert house.times(user) == {uid: m.start for uid, m in meetings.items()}
            assert cancelled(house, user) == set()
        assert await is_quiet(house)

    async def test_who_wants_to_be_invited_from_now_on_has_their_own_events_taken_out_first(self, open_house):
        house = open_house
        await house.runs(guests(mentor=by_themselves(MAYA), protege=by_themselves(JONAS)))
        meetings = await house.meetings()
        await house.runs(guests(mentor=by_themselves(MAYA), protege=with_account(JONAS)))
        await house.later()
        assert house.times("jonas") == {uid: m.start for uid, m in meetings.items()}
        assert all("ORGANIZER" in event for event in house.calendar("jonas").events().values())
        assert await is_quiet(house)

    async def test_who_has_no_channel_any_more_is_taken_off_the_list(self, house):
        await house.runs(guests())
        first = await house.first()
        await house.runs(guests(protege=replace(JONAS, channel=Channel.NONE)))
        assert answers(house, first.uid) == {"maya": "NEEDS-ACTION"}
        assert first.uid in cancelled(house, "jonas")


class TestFaults:
    async def test_a_reply_that_is_lost_makes_no_second_invitation(self, house):
        house.dav.faults.lost_replies = 2
        await house.runs(guests())
        for _ in range(3):
            await house.later(minutes=2)
        meetings = await house.meetings()
        for user in (HOST, "maya", "jonas"):
            assert house.times(user) == {uid: m.start for uid, m in meetings.items()}
        assert await is_quiet(house)

    async def test_an_answer_that_comes_between_look_and_write_is_not_lost(self, house):
        await house.runs(guests())
        first = await house.first()
        await house.loads(guests(mentor=replace(MAYA, name="Maya Lang")))
        await house.wheel.look()
        says(house, "jonas", first.uid, "ACCEPTED")
        await house.turns()
        assert answers(house, first.uid)["jonas"] == "ACCEPTED"
        assert house.event("jonas", first.uid)["SUMMARY"] == "Maya Lang and Jonas: Title 1"

    async def test_a_decline_is_known_after_the_database_was_lost(self, house):
        await house.runs(guests())
        first = await house.first()
        says(house, "jonas", first.uid, "DECLINED")
        house.lose_database()
        await house.runs(guests())
        now = (await house.meetings())[first.uid]
        assert now.start != first.start
        assert house.times("jonas")[first.uid] == now.start
