"""One look at a calendar: what it finds, what it never takes for absence, and how an account is judged."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.model import Horizon, State
from cadenced.core.records import AccountStatus, CopyState
from cadenced.service.wheel import Wheel
from tests.support.events import FOREIGN
from tests.support.house import POLL, with_password
from tests.support.programme import pair, programme

DAY = timedelta(days=1)


class TestWhatIsSeen:
    async def test_a_first_look_finds_the_calendar(self, house):
        await house.loads(pair())
        (seen,) = await house.wheel.look(["maya"])
        assert seen.recovered
        assert seen.row.url.endswith("/maya/default/")
        assert await house.status("maya") is AccountStatus.OK

    async def test_a_quiet_look_asks_once_and_records_nothing(self, house):
        await house.runs(pair())
        await house.later()
        await house.later()
        asked, stored = sum(house.dav.requests.values()), await house.store.accounts()
        (seen,) = await house.wheel.look(["maya"])
        assert (seen.pairs, seen.recovered) == (frozenset(), False)
        assert sum(house.dav.requests.values()) == asked + 1
        assert await house.store.accounts() == stored

    async def test_what_we_wrote_ourselves_wakes_nobody(self, house):
        await house.runs(pair())
        seen = await house.wheel.look()
        assert [each.pairs for each in seen] == [frozenset(), frozenset()]
        assert (await house.store.copies("maya"))[0].state is CopyState.LIVE

    async def test_foreign_events_are_not_kept(self, house):
        for number in range(30):
            house.calendar("maya").put(f"{number}.ics", FOREIGN.format(uid=number))
        await house.runs(pair())
        await house.later()
        assert len(await house.store.copies("maya")) == 6
        house.calendar("maya").edit("7", summary="Another dentist")
        house.calendar("maya").delete("8")
        before = dict(house.calendar("maya").bodies)
        await house.later()
        assert len(await house.store.copies("maya")) == 6
        assert house.calendar("maya").bodies == before

    async def test_a_duplicate_that_a_person_made_of_our_event_is_theirs(self, house):
        """Clients copy an event with all its properties under a new UID: our mark alone makes nothing ours."""
        await house.runs(pair())
        uid, calendar = (await house.standing())[0].uid, house.calendar("jonas")
        twin = calendar.bodies[calendar.name_of(uid)].replace(f"UID:{uid}", "UID:twin")
        calendar.put("twin.ics", twin)
        await house.later()
        assert len(await house.store.copies("jonas")) == 6
        await house.runs()
        assert list(calendar.bodies) == ["twin.ics"]

    async def test_an_event_that_the_server_keeps_elsewhere_now_is_the_same_one(self, house):
        await house.runs(pair())
        meeting, calendar = (await house.standing())[0], house.calendar("jonas")
        body = calendar.bodies[f"{meeting.uid}.ics"]
        calendar.remove(f"{meeting.uid}.ics")
        calendar.put("renamed.ics", body)
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before
        assert (await house.copy("jonas", meeting.uid)).href.endswith("/renamed.ics")
        house.calendar("maya").move(meeting.uid, by=DAY)
        await house.later()
        assert house.times("jonas")[meeting.uid] == meeting.start + DAY

    @pytest.mark.parametrize(
        "fault", ["forgets_tokens", "lists_all", "omits", "silent_put", "hides_added_then_deleted", {"page": 1}]
    )
    async def test_no_habit_of_a_server_hides_a_move_or_a_deletion(self, house, fault):
        for name, value in (fault if isinstance(fault, dict) else {fault: True}).items():
            setattr(house.dav.faults, name, value)
        await house.runs(pair())
        moved, deleted, *_ = await house.standing()
        await house.later()
        house.calendar("jonas").move(moved.uid, by=DAY)
        house.calendar("maya").delete(deleted.uid)
        await house.later()
        found = await house.meetings()
        assert house.times("maya")[moved.uid] == moved.start + DAY
        assert found[deleted.uid].tries.refused == (deleted.start,)
        assert await house.gave_way(deleted)
        before = house.dav.writes
        await house.later()
        await house.later()
        assert house.dav.writes == before

    @pytest.mark.parametrize("hidden", [False, True])
    async def test_an_event_deleted_before_it_was_ever_listed_was_refused(self, house, hidden):
        """Some servers tell nothing of what was added and deleted between two syncs."""
        house.dav.faults.hides_added_then_deleted = hidden
        await house.runs(pair())
        meeting = (await house.standing())[0]
        house.calendar("jonas").delete(meeting.uid)
        await house.later()
        assert await house.gave_way(meeting)

    async def test_nor_does_a_restart_make_us_overlook_it(self, house):
        house.dav.faults.hides_added_then_deleted = True
        await house.runs(pair(calls=None))
        await house.later()
        await house.runs(pair())
        calls = [m for m in await house.standing() if m.identity.kind == "call"]
        for call in calls:
            house.calendar("jonas").delete(call.uid)
        await house.restarts()
        assert [await house.gave_way(call) for call in calls] == [True] * len(calls)

    async def test_a_listing_without_an_event_of_ours_counts_even_with_the_token_that_we_had(self, house):
        """As by a server that answers with all it has, and counts changes in whole seconds."""
        house.dav.faults.lists_all = True
        await house.runs(pair())
        await house.later()
        meeting, row = await house.first(), (await house.store.accounts())["jonas"]
        house.calendar("jonas").delete(meeting.uid)
        await house.store.save_account(replace(row, token=f"http://sync/{len(house.calendar('jonas').log)}"))
        await house.later()
        assert await house.gave_way(meeting)

    async def test_a_listing_without_what_was_never_written_is_no_deletion(self, house):
        house.dav.faults.forgets_tokens = True
        await house.loads(pair())
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        house.dav.faults.status = 0
        await house.later()
        assert len(house.times("maya")) == len(house.times("jonas")) == 6

    async def test_a_creation_that_the_server_forgets_to_list_is_not_taken_for_a_deletion(self, house):
        """As by a server that counts changes in whole seconds."""
        await house.runs(pair())
        row = (await house.store.accounts())["jonas"]
        ahead = f"http://sync/{len(house.calendar('jonas').log)}"
        await house.store.save_account(replace(row, token=ahead))
        await house.later()
        assert {m.state for m in await house.standing()} == {State.STANDING}
        assert {c.state for c in await house.store.copies("jonas")} == {CopyState.LIVE}


class TestJudged:
    async def test_a_wrong_password_stops_that_account_alone(self, house):
        house.accounts["maya"] = with_password(house.accounts["maya"], "wrong")
        await house.runs(pair())
        assert await house.status("maya") is AccountStatus.STOPPED
        assert len(house.times("jonas")) == 6
        assert house.times("maya") == {}
        (alert,) = (await house.alerts()).values()
        assert "refuses the login 'maya'" in alert.text
        assert "wrong" not in alert.text

    async def test_a_stopped_account_is_not_asked_again(self, house):
        house.accounts["maya"] = with_password(house.accounts["maya"], "wrong")
        await house.runs(pair())
        await house.later()
        asked = sum(house.dav.requests.values())
        await house.wheel.look(["maya"])
        assert sum(house.dav.requests.values()) == asked
        assert len(await house.alerts()) == 1

    async def test_a_second_wrong_password_is_tried_once(self, house):
        house.accounts["maya"] = with_password(house.accounts["maya"], "wrong")
        await house.runs(pair())
        house.accounts["maya"] = with_password(house.accounts["maya"], "wrong, too")
        await house.runs(pair())
        asked = sum(house.dav.requests.values())
        await house.wheel.look(["maya"])
        assert sum(house.dav.requests.values()) == asked

    async def test_a_new_password_is_tried_and_the_calendar_filled(self, house):
        right = house.accounts["maya"]
        house.accounts["maya"] = with_password(right, "wrong")
        await house.runs(pair())
        house.accounts["maya"] = right
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas")
        assert await house.alerts() == {}

    async def test_a_password_changed_on_the_server_stops_a_working_account(self, house):
        await house.runs(pair())
        house.dav.users["maya"] = "new"
        await house.later()
        assert await house.status("maya") is AccountStatus.STOPPED
        house.accounts["maya"] = with_password(house.accounts["maya"], "new")
        house.calendar("maya").move((await house.standing())[0].uid, by=DAY)
        await house.runs(pair())
        assert house.times("maya") == house.times("jonas")
        asked = house.dav.requests["PROPFIND"]
        await house.later()
        await house.later()
        assert house.dav.requests["PROPFIND"] == asked  # the calendar is found once for each change of the settings

    async def test_a_new_password_without_any_other_news_is_noted_too(self, house):
        await house.runs(pair())
        await house.later()
        house.dav.users["maya"] = "new"
        house.accounts["maya"] = with_password(house.accounts["maya"], "new")
        await house.runs(pair())
        asked = house.dav.requests["PROPFIND"]
        await house.later()
        assert house.dav.requests["PROPFIND"] == asked

    async def test_a_server_that_is_down_from_the_start_is_waited_for(self, house):
        house.dav.faults.status = 503
        await house.runs(pair())
        assert await house.status("maya") is AccountStatus.UNREACHABLE
        assert await house.alerts() == {}
        house.dav.faults.status = 0
        await house.later()
        assert len(house.times("maya")) == len(house.times("jonas")) == 6

    async def test_a_new_server_that_is_down_is_waited_for_and_the_old_one_gets_no_new_login(self, house):
        await house.runs(pair())
        house.accounts["maya"] = house.account("maya", url="http://127.0.0.1:9/", password="new")
        await house.loads(pair())
        asked = house.dav.requests.copy()
        for _ in range(3):
            house.clock.at += POLL
            await house.wheel.look(["maya"])
            assert await house.status("maya") is AccountStatus.UNREACHABLE
        assert house.dav.requests == asked
        house.accounts["maya"] = house.account("maya")
        await house.loads(pair())
        await house.later()
        assert await house.status("maya") is AccountStatus.OK
        assert len(house.calendar("maya").bodies) == 6

    async def test_of_a_server_that_stays_away_for_a_day_a_human_hears_once(self, house):
        await house.runs(pair())
        house.dav.faults.status = 503
        await house.later()
        await house.later(hours=23)
        assert await house.alerts() == {}
        for _ in range(3):
            await house.later(hours=1)
        found = await house.alerts()
        assert found.keys() == {"account/maya", "account/jonas"}
        assert "answered 503" in found["account/maya"].text
        house.dav.faults.status = 0
        await house.later()
        assert await house.alerts() == {}

    async def test_a_server_that_goes_down_loses_nothing_of_what_people_did(self, house):
        await house.runs(pair())
        moved, deleted, *_ = await house.standing()
        house.calendar("jonas").move(moved.uid, by=DAY)
        house.calendar("jonas").delete(deleted.uid)
        house.dav.faults.status = 503
        await house.later()
        await house.later()
        assert {m.state for m in await house.standing()} == {State.STANDING}
        house.dav.faults.status = 0
        await house.later()
        assert (await house.meetings())[moved.uid].start == moved.start + DAY
        assert await house.gave_way(deleted)

    async def test_the_wait_that_a_server_asks_for_is_handed_on(self, house):
        house.dav.faults.status, house.dav.faults.retry_after = 429, "120"
        await house.loads(pair())
        (seen,) = await house.wheel.look(["maya"])
        assert seen.retry_after == 120

    async def test_a_server_that_sends_us_elsewhere_is_for_a_human(self, house):
        house.dav.faults.redirect = "https://elsewhere.example.org/"
        await house.runs(pair())
        assert await house.status("maya") is AccountStatus.STOPPED
        assert "elsewhere.example.org" in (await house.alerts())["account/maya"].text


async def test_an_account_that_the_wheel_was_not_told_of_is_not_looked_at(house):
    wheel = Wheel(programme(pair()), Horizon(), {}, house.store, house.client, house.clock, write=None)
    assert await wheel.look(["maya"]) == []
