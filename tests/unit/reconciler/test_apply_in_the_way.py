"""What stands where an event of ours belongs: foreign, garbage, or our own from before."""

from datetime import timedelta

import pytest

from cadenced.core.model import State
from tests.support.events import FOREIGN, lines
from tests.support.programme import at, pair

DAY = timedelta(days=1)
ELSEWHERE = pair(agreed=at("Tue 12:00"), agreed_calls=at("Thu 12:00"))  # a policy under which every meeting moves


async def uids(house):
    return list(await house.meetings())


class TestInTheWay:
    @pytest.fixture
    async def uid(self, house):
        """Of a meeting to come, before it stands anywhere."""
        await house.loads(pair())
        (decision,) = await house.wheel.decide(["maya-jonas"])
        return decision.meetings[0].uid

    async def test_a_foreign_event_in_the_place_of_ours_is_reported_and_left(self, house, uid):
        foreign = FOREIGN.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.rests()
        await house.later(days=1)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign
        (alert,) = (await house.alerts()).values()
        assert "a foreign event stands where a meeting of maya-jonas belongs" in alert.text
        assert uid in house.times("maya")
        before = house.dav.writes
        await house.later()
        assert house.dav.writes == before

    async def test_when_it_is_removed_ours_is_written(self, house, uid):
        house.calendar("jonas").put(f"{uid}.ics", FOREIGN.format(uid="stranger"))
        await house.rests()
        house.calendar("jonas").remove(f"{uid}.ics")
        await house.later()
        assert house.times("jonas") == house.times("maya")
        assert await house.alerts() == {}

    async def test_a_foreign_event_with_our_uid_and_no_mark_is_foreign_still(self, house, uid):
        foreign = FOREIGN.format(uid=uid)
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.rests()
        house.calendar("jonas").edit(uid, summary="Dentist!")
        edited = house.calendar("jonas").bodies[f"{uid}.ics"]
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == edited

    async def test_a_foreign_event_that_stood_there_when_a_creation_was_cut_off_is_foreign(self, house, uid):
        foreign = FOREIGN.format(uid=uid)
        await house.wheel.look()
        house.dav.faults.status = 503
        await house.turns()
        house.dav.faults.status = 0
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign

    async def test_our_uid_elsewhere_in_the_calendar_is_reported_and_tried_again(self, house, uid):
        foreign = FOREIGN.format(uid=uid)
        house.calendar("jonas").put("elsewhere.ics", foreign)
        await house.rests()
        (alert,) = (await house.alerts()).values()
        assert "another has its UID" in alert.text
        assert house.calendar("jonas").bodies["elsewhere.ics"] == foreign
        tried = house.dav.requests["PUT"]
        await house.later(days=1)
        assert len(await house.alerts()) == 1
        assert house.dav.requests["PUT"] == tried + 1
        house.calendar("jonas").remove("elsewhere.ics")
        await house.later(days=1)
        assert uid in house.times("jonas")
        assert await house.alerts() == {}

    async def test_our_own_event_elsewhere_in_the_calendar_is_adopted(self, house):
        """As after an export and an import."""
        await house.runs(pair())
        before = house.times("jonas")
        bodies = list(house.calendar("jonas").bodies.values())
        house.empties()
        for number, body in enumerate(bodies):
            house.calendar("jonas").put(f"import-{number}.ics", body)
        house.lose_database()
        await house.runs(pair())
        assert house.times("jonas") == before
        assert all(name.startswith("import-") for name in house.calendar("jonas").bodies)
        assert await house.alerts() == {}

    async def test_a_foreign_event_that_takes_the_place_of_ours_is_not_overwritten(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]
        foreign = FOREIGN.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign
        assert list(await house.alerts()) == [f"pair/maya-jonas/foreign/{uid}/jonas"]
        await house.runs()
        assert house.calendar("jonas").bodies == {f"{uid}.ics": foreign}

    async def test_what_stands_where_nothing_belongs_any_more_is_nobody_s_concern(self, house):
        await house.runs(pair())
        call = next(m for m in await house.standing() if m.identity.kind == "call")
        house.calendar("jonas").put(f"{call.uid}.ics", FOREIGN.format(uid="stranger"))
        await house.later()
        assert len(await house.alerts()) == 1
        await house.runs(pair(calls=None))
        assert await house.alerts() == {}

    async def test_a_foreign_event_in_the_place_of_one_that_was_deleted_brings_nothing_back(self, house):
        await house.runs(pair())
        uid, calendar = (await uids(house))[0], house.calendar("jonas")
        for _ in range(2):  # the second time on one day, so that it is not proposed again at once
            calendar.delete(uid)
            await house.later()
        calendar.put(f"{uid}.ics", FOREIGN.format(uid="stranger"))
        await house.later()
        assert (await house.meetings())[uid].state is State.DECLINED
        assert await house.alerts() == {}

    async def test_a_deleted_event_that_comes_back_without_our_mark_is_ours(self, house):
        await house.runs(pair())
        uid, calendar = (await uids(house))[0], house.calendar("jonas")
        plain = "\r\n".join(line for line in lines(calendar.bodies[f"{uid}.ics"]) if not line.startswith("X-CADENCED"))
        calendar.delete(uid)
        await house.later()
        calendar.put(f"{uid}.ics", plain)
        await house.later()
        assert (await house.meetings())[uid].state is State.STANDING

    async def test_nor_when_it_comes_right_before_our_update(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]
        await house.loads(ELSEWHERE)
        await house.wheel.look()
        foreign = FOREIGN.format(uid="stranger")
        house.calendar("jonas").put(f"{uid}.ics", foreign)
        await house.turns()
        await house.later(days=1)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == foreign

    @pytest.mark.parametrize(
        "garbage", ["", "BEGIN:VCALENDAR", "\x00\xff", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nEND:VEVENT"]
    )
    async def test_garbage_in_our_own_event_is_reported_and_left(self, house, garbage):
        await house.runs(pair())
        uid, calendar = (await uids(house))[0], house.calendar("jonas")
        whole = calendar.bodies[f"{uid}.ics"]
        calendar.put(f"{uid}.ics", garbage.format(uid=uid))
        await house.later()
        await house.runs(ELSEWHERE)
        assert calendar.bodies[f"{uid}.ics"] == garbage.format(uid=uid)
        (alert,) = (await house.alerts()).values()
        assert "cannot be read" in alert.text
        calendar.put(f"{uid}.ics", whole)
        await house.later()
        assert await house.alerts() == {}

    async def test_garbage_where_nothing_belongs_any_more_is_left_too(self, house):
        await house.runs(pair())
        call = next(m for m in await house.standing() if m.identity.kind == "call")
        house.calendar("jonas").edit(call.uid, lambda event: event.pop("DTSTART"))
        before = house.calendar("jonas").bodies[f"{call.uid}.ics"]
        await house.later()
        await house.runs(pair(calls=None))
        assert house.calendar("jonas").bodies[f"{call.uid}.ics"] == before
        assert call.uid not in house.times("maya")

    async def test_an_event_made_an_all_day_one_is_reported_and_left(self, house):
        await house.runs(pair())
        uid = (await uids(house))[0]

        def change(event):
            for key in ("DTSTART", "DTEND"):
                day = event.pop(key).dt.date()
                event.add(key, day if key == "DTSTART" else day + DAY)

        house.calendar("jonas").edit(uid, change)
        before = house.calendar("jonas").bodies[f"{uid}.ics"]
        await house.later()
        await house.runs(ELSEWHERE)
        assert house.calendar("jonas").bodies[f"{uid}.ics"] == before
        assert "all-day" in (await house.alerts())[f"pair/maya-jonas/garbled/{uid}/jonas"].text
