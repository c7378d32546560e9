"""A human's edit is an instruction (DESIGN §7), on servers as people have them: each row of the table, done in their
own calendar by what is no part of cadenced, and what stands in both calendars afterwards.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import vDDDTypes

from cadenced.core.model import State
from tests.contract.apps import App, alarm, guest
from tests.contract.conftest import SERVERS
from tests.interop.cyrus import address
from tests.support.posthouse import text_of

pytestmark = pytest.mark.parametrize("server", SERVERS[1:], indirect=True, scope="session")
DAY = timedelta(days=1)


def categories(event):
    """Some servers write a line for each."""
    found = event["CATEGORIES"]
    return [str(name) for line in (found if isinstance(found, list) else [found]) for name in line.cats]


class TestMoved:
    @pytest.mark.parametrize(("mover", "stamps"), [("maya", True), ("jonas", False)])
    async def test_by_either_it_is_at_the_new_time_in_both_and_stays_there(self, home, mover, stamps):
        await home.runs()
        before = await home.first()
        home.apps[mover].stamps = stamps
        home.apps[mover].moves(before.uid, DAY)
        await home.later()
        assert home.seen(before.uid) == [before.start + DAY] * 2
        assert (await home.meeting(before.uid)).pinned
        assert await home.is_quiet()

    async def test_by_an_app_that_writes_another_zone_and_a_duration_it_is_at_that_moment_in_both(self, home):
        await home.runs()
        before = await home.first()
        zone = ZoneInfo("America/New_York")

        def travels(event):
            event["DTSTART"] = vDDDTypes((before.start + DAY).astimezone(zone))
            event.add("duration", timedelta(minutes=90))
            del event["DTEND"]

        home.jonas.edits(before.uid, travels)
        await home.later()
        assert home.seen(before.uid) == [before.start + DAY] * 2
        theirs = home.maya.event(before.uid)
        assert theirs["DTEND"].dt - theirs["DTSTART"].dt == timedelta(minutes=90)
        assert await home.is_quiet()

    async def test_a_new_length_is_taken_over(self, home):
        await home.runs()
        uid = (await home.first()).uid
        home.jonas.moves(uid, timedelta(), longer=timedelta(minutes=30))
        await home.later()
        lengths = [(e := app.event(uid))["DTEND"].dt - e["DTSTART"].dt for app in home.apps.values()]
        assert lengths == [timedelta(minutes=90)] * 2
        assert await home.is_quiet()

    @pytest.mark.parametrize(("last", "other"), [("maya", "jonas"), ("jonas", "maya")])
    async def test_of_two_moves_the_later_holds_and_the_other_is_told_by_mail(self, home, last, other):
        await home.runs()
        before = await home.first()
        home.apps[other].moves(before.uid, DAY)
        home.clock.at += timedelta(minutes=1)
        home.apps[last].moves(before.uid, 2 * DAY)
        await home.later()
        assert home.seen(before.uid) == [before.start + 2 * DAY] * 2
        assert len(home.mails(other, "Now", f"{before.start + 2 * DAY:%-d %b}")) == 1
        assert home.mails(last, "Now") == []
        assert await home.is_quiet()
        assert len(home.mails(other, "Now")) == 1

    async def test_of_two_moves_at_one_moment_the_mentor_s_holds(self, home):
        await home.runs()
        before = await home.first()
        home.maya.moves(before.uid, DAY)
        home.jonas.moves(before.uid, 2 * DAY)
        await home.later()
        assert home.seen(before.uid) == [before.start + DAY] * 2
        assert [len(home.mails(who, "Now")) for who in home.apps] == [0, 1]
        assert await home.is_quiet()

    async def test_what_the_other_wrote_between_our_look_and_our_write_is_kept(self, home):
        await home.runs()
        before = await home.first()
        home.maya.moves(before.uid, DAY)
        await home.parts.wheel.look()
        home.jonas.writes(before.uid, summary="Coffee")
        await home.parts.wheel.turn(await home.parts.wheel.due())
        assert home.seen(before.uid) == [before.start + DAY] * 2
        assert str(home.jonas.event(before.uid)["SUMMARY"]) == "Coffee"
        await home.rests()
        assert await home.is_quiet()


class TestRefused:
    async def test_twice_it_gets_another_time_then_both_are_asked_by_mail_and_a_move_settles_it(self, home):
        await home.runs()
        uid, refused = (await home.first()).uid, []
        for _ in range(2):
            [stood] = {*home.seen(uid)}
            before = [app.event(uid)["SEQUENCE"] for app in home.apps.values()]
            refused.append(stood)
            home.jonas.deletes(uid)
            await home.later()
            [now] = {*home.seen(uid)}
            assert now not in (None, *refused)
            assert all(app.event(uid)["SEQUENCE"] > old for app, old in zip(home.apps.values(), before, strict=True))
            await home.later(hours=25)
        refused.append(now)
        home.jonas.deletes(uid)
        await home.later()
        assert home.seen(uid) == [now, None]
        asked = [home.mails(who, "Which time?") for who in home.apps]
        assert [len(mails) for mails in asked] == [1, 1]
        assert [text_of(mail).count("  3. ") for [mail] in asked] == [1, 1]
        assert await home.is_quiet()
        home.maya.moves(uid, 2 * DAY)
        await home.later()
        assert home.seen(uid) == [now + 2 * DAY] * 2
        assert (await home.meeting(uid)).state is State.STANDING
        assert await home.alerts() == {}
        assert await home.is_quiet()
        assert [len(home.mails(who, "Which time?")) for who in home.apps] == [1, 1]

    async def test_by_both_at_once_it_is_at_one_other_time_in_both(self, home):
        await home.runs()
        before = await home.first()
        for app in home.apps.values():
            app.deletes(before.uid)
        await home.later()
        [now] = {*home.seen(before.uid)}
        assert now not in (None, before.start)
        assert (await home.meeting(before.uid)).tries.refused == (before.start,)
        assert await home.is_quiet()

    async def test_by_one_and_moved_by_the_other_it_is_in_both_where_it_was_moved(self, home):
        await home.runs()
        before = await home.first()
        home.maya.deletes(before.uid)
        home.jonas.moves(before.uid, DAY)
        await home.later()
        assert home.seen(before.uid) == [before.start + DAY] * 2
        assert await home.is_quiet()


class TestCalledOff:
    async def test_it_is_off_in_both_and_on_again_in_both_when_somebody_says_so(self, home):
        await home.runs()
        first, *others = await home.meetings()
        home.jonas.writes(first.uid, status="CANCELLED")
        await home.later()
        assert [app.event(first.uid)["STATUS"] for app in home.apps.values()] == ["CANCELLED"] * 2
        assert await home.is_quiet()
        assert (await home.meeting(first.uid)).state is State.CANCELLED
        assert [home.seen(m.uid) for m in others] == [[m.start] * 2 for m in others]
        assert not [mail for who in home.apps for mail in home.mails(who, "Which time?")]
        home.maya.writes(first.uid, status="CONFIRMED")
        await home.later()
        assert [app.event(first.uid)["STATUS"] for app in home.apps.values()] == ["CONFIRMED"] * 2
        assert home.seen(first.uid) == [first.start] * 2
        assert await home.is_quiet()


class TestEdited:
    async def test_what_somebody_wrote_is_kept_in_their_copy_alone_through_moves_by_either(self, home):
        await home.runs()
        first, second, *_ = await home.meetings()
        texts = {"summary": "Coffee, with ☕", "location": "My office; 2nd floor", "description": "Bring:\nthe list"}

        def decorates(event):
            event.add_component(alarm())
            event.add("color", "tomato")
            event.add("categories", ["Work", "Growth"])
            event.add("x-apple-travel-duration", "PT30M")

        home.jonas.writes(first.uid, **texts)
        home.jonas.writes(second.uid, location=texts["location"])
        home.jonas.edits(first.uid, decorates)
        await home.later()
        theirs = home.maya.event(first.uid)
        home.maya.moves(first.uid, DAY)
        home.maya.moves(second.uid, DAY)
        await home.later()
        home.jonas.moves(first.uid, DAY)
        await home.later()
        assert home.seen(first.uid) == [first.start + 2 * DAY] * 2
        event = home.jonas.event(first.uid)
        assert {name: str(event[name]) for name in texts} == texts
        assert (event["COLOR"], event["X-APPLE-TRAVEL-DURATION"]) == ("tomato", "PT30M")
        assert categories(event) == ["Work", "Growth"]
        assert [str(each["DESCRIPTION"]) for each in event.walk("VALARM")] == ["Off you go"]
        other = home.maya.event(first.uid)
        assert {name: other.get(name) for name in texts} == {name: theirs.get(name) for name in texts}
        assert "COLOR" not in other
        assert other.walk("VALARM") == []
        assert home.jonas.event(second.uid)["LOCATION"] == texts["location"]
        assert home.seen(second.uid) == [second.start + DAY] * 2
        assert await home.is_quiet()

    async def test_a_text_stays_while_those_that_nobody_wrote_follow_the_programme(self, home):
        await home.runs()
        uid = (await home.first()).uid
        home.jonas.writes(uid, summary="Coffee")
        await home.later()
        await home.moves_to("The Crown")
        assert [str(app.event(uid)["LOCATION"]) for app in home.apps.values()] == ["The Crown"] * 2
        assert str(home.jonas.event(uid)["SUMMARY"]) == "Coffee"
        assert str(home.maya.event(uid)["SUMMARY"]) != "Coffee"
        assert await home.is_quiet()

    async def test_a_guest_whom_somebody_invited_keeps_their_line_and_answer_through_a_move_by_the_other(self, home):
        """As an app does it: with its person for organizer. A server that schedules brings the event to the guest."""
        await home.runs()
        before = await home.first()

        def invites(event):
            event["ORGANIZER"] = guest(address("bob"))
            event.add("attendee", guest(address("bob"), partstat="ACCEPTED"))
            event.add("attendee", guest(address("carol"), partstat="ACCEPTED"))

        home.jonas.edits(before.uid, invites)
        await home.later()
        home.maya.moves(before.uid, DAY)
        await home.later()
        assert home.seen(before.uid) == [before.start + DAY] * 2
        people = {str(each).lower(): each.params["PARTSTAT"] for each in home.jonas.event(before.uid)["ATTENDEE"]}
        assert people == {f"mailto:{address('bob')}": "ACCEPTED", f"mailto:{address('carol')}": "ACCEPTED"}
        assert "ATTENDEE" not in home.maya.event(before.uid)
        assert await home.is_quiet()
        if home.server.schedules:
            theirs = App(home.server, "carol", home.usual("carol"), home.clock)
            assert theirs.times()[before.uid] == before.start + DAY
            theirs.deletes(before.uid)  # that calendar is others', too


async def test_a_client_that_drops_our_properties_makes_the_event_no_less_ours(home):
    await home.runs()
    before = await home.first()

    def strips(event):
        for name in [name for name in event if name.startswith("X-CADENCED")]:
            del event[name]
        for name in ("DTSTART", "DTEND"):
            event[name].dt += DAY

    home.jonas.edits(before.uid, strips)
    await home.later()
    assert home.seen(before.uid) == [before.start + DAY] * 2
    assert await home.alerts() == {}
    assert await home.is_quiet()


async def test_an_app_that_says_all_times_in_utc_moves_nothing(home):
    await home.runs()
    before = await home.first()

    def translates(event):
        for name in ("DTSTART", "DTEND"):
            event[name] = vDDDTypes(event[name].dt.astimezone(UTC))

    home.maya.edits(before.uid, translates)
    await home.later()
    assert home.seen(before.uid) == [before.start] * 2
    assert not (await home.meeting(before.uid)).pinned
    assert await home.is_quiet()
