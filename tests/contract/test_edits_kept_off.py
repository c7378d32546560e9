"""What a person's edit must not lead to (DESIGN §5, §7), on servers as people have them: a calendar that was emptied, a
meeting about to begin, its neighbours, and events that are not ours.
"""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from cadenced.core.model import Identity, Kind, State
from cadenced.core.records import AccountStatus
from tests.contract.conftest import SERVERS
from tests.support.busy import calendar, vevent
from tests.support.posthouse import text_of

pytestmark = pytest.mark.parametrize("server", SERVERS[1:], indirect=True, scope="session")
DAY = timedelta(days=1)


def event(start, uid="", *lines):
    """Something else, of an hour. It gets a UID of its own."""
    return calendar(vevent(f":{start:%Y%m%dT%H%M%SZ}", "DURATION:PT1H", *lines, uid=uid or str(uuid4())))


class TestEmptied:
    async def test_the_account_is_frozen_a_human_told_and_nothing_deleted_or_made_until_they_say_so(self, home):
        await home.runs()
        before = await home.meetings()
        home.jonas.empties()
        await home.later()
        assert await home.is_quiet()
        assert await home.status("jonas") is AccountStatus.FROZEN
        assert home.jonas.times() == {}
        assert home.maya.times() == {m.uid: m.start for m in before}
        assert {m.state for m in await home.meetings()} == {State.STANDING}
        [told] = home.mails("petra")
        assert "cadenced thaw jonas" in " ".join(text_of(told).split())
        await home.parts.store.thaw("jonas")
        await home.later()
        assert home.jonas.times() == home.maya.times() == {m.uid: m.start for m in before}
        assert await home.alerts() == {}
        assert await home.is_quiet()

    async def test_a_calendar_that_was_deleted_is_waited_for_and_written_anew_when_they_say_so(self, home):
        await home.runs()
        before = await home.meetings()
        home.jonas.deletes_calendar()
        await home.later()
        await home.later(days=1)
        assert await home.status("jonas") is AccountStatus.FROZEN
        assert "is not there any more" in (await home.alerts())["account/jonas"]
        assert len(home.mails("petra")) == 1
        home.jonas.makes_calendar()
        await home.later()
        assert home.jonas.times() == {}
        assert home.maya.times() == {m.uid: m.start for m in before}
        await home.parts.store.thaw("jonas")
        await home.later()
        assert home.jonas.times() == home.maya.times() == {m.uid: m.start for m in before}
        assert await home.alerts() == {}
        assert await home.is_quiet()


class TestOthers:
    async def test_a_meeting_moved_into_another_period_keeps_its_identity_and_its_neighbour_gives_way(self, home):
        await home.runs()
        december, january = await home.meetings()
        home.jonas.moves(december.uid, 30 * DAY)
        await home.later()
        there = december.start + 30 * DAY
        assert home.seen(december.uid) == [there] * 2
        [given] = {*home.seen(january.uid)}
        assert given - there >= 15 * DAY
        assert {m.uid for m in await home.meetings()} == {december.uid, january.uid}
        assert await home.is_quiet()

    async def test_what_comes_up_over_a_meeting_moves_it_in_both_but_not_when_it_is_about_to_begin(self, home):
        await home.runs()
        soon, later = await home.meetings()
        home.clock.at = soon.start - timedelta(hours=60)
        await home.rests()
        for meeting in (soon, later):
            home.jonas.adds(f"{uuid4()}.ics", event(meeting.start))
        await home.later()
        assert home.seen(soon.uid) == [soon.start] * 2
        [given] = {*home.seen(later.uid)}
        assert given not in (None, later.start)
        assert (await home.standing()).in_the_way == [f"{soon.start:%-d %b}: Jonas is busy then"]
        await home.later(hours=25)
        assert home.seen(soon.uid) == [soon.start] * 2
        assert home.seen(later.uid) == [given] * 2
        home.maya.moves(soon.uid, timedelta(hours=3))  # as people may at any time
        await home.later()
        assert home.seen(soon.uid) == [soon.start + timedelta(hours=3)] * 2
        assert (await home.standing()).in_the_way == []


class TestForeign:
    @pytest.fixture
    def uid(self, home):
        """Of the meeting that will be the first."""
        return Identity(home.name, Kind.FACE_TO_FACE, date(2026, 12, 1)).uid

    async def test_an_event_of_others_at_our_place_stays_as_it_is_and_ours_comes_when_it_has_gone(self, home, uid):
        home.jonas.adds(f"{uid}.ics", event(home.clock.at + 60 * DAY, "dentist"))
        before = home.jonas.things()["dentist"]
        await home.runs()
        assert home.jonas.things()["dentist"] == before
        [start] = {m.start for m in await home.meetings() if m.uid == uid}
        assert home.seen(uid) == [start, None]
        assert [key for key in await home.alerts() if key.endswith(f"foreign/{uid}/jonas")]
        assert await home.is_quiet()
        home.jonas.deletes("dentist")
        await home.later()
        assert home.seen(uid) == [start] * 2
        assert await home.alerts() == {}

    async def test_an_event_of_others_under_our_uid_stays_as_it_is(self, home, uid):
        home.jonas.adds("theirs.ics", event(home.clock.at + 60 * DAY, uid))
        before = home.jonas.things()[uid]
        await home.runs()
        await home.later(days=1)
        assert home.jonas.things()[uid] == before
        assert [key for key in await home.alerts() if key.endswith(f"taken/{uid}/jonas")]
        assert home.maya.times()[uid] == (await home.meeting(uid)).start
        await home.loads()
        assert home.jonas.things() == {uid: before}
        assert home.maya.things() == {}

    async def test_a_copy_that_an_app_made_of_our_event_is_theirs(self, home):
        """With all our marks, but under another UID; and they take it to another day."""
        await home.runs()
        first = await home.first()
        body = home.jonas.things()[first.uid].body.replace(first.uid, "copied")
        home.jonas.adds("copied.ics", body)
        home.jonas.moves("copied", -DAY)
        before = home.jonas.things()["copied"]
        await home.later()
        assert home.seen(first.uid) == [first.start] * 2
        home.maya.moves(first.uid, DAY)
        await home.later()
        assert home.seen(first.uid) == [first.start + DAY] * 2
        assert home.jonas.things()["copied"] == before
        await home.loads()
        assert home.jonas.things() == {"copied": before}
