"""The rows of DESIGN §7 for people who are invited by a server (RFC 6638): what they and the organizer do in their own
calendars, and what stands in all three afterwards.
"""

from datetime import timedelta

import pytest

from cadenced.core.model import State
from tests.contract.conftest import SERVERS

pytestmark = pytest.mark.parametrize("server", SERVERS[2:], indirect=True, scope="session")
DAY = timedelta(days=1)


def said(home, uid):
    """What each guest answered, as the organizer's event has it."""
    return {str(each.params["PARTSTAT"]) for each in home.organizer.event(uid)["ATTENDEE"]}


async def test_refused_by_either_it_gets_another_time_for_all_then_both_are_asked_by_mail_and_a_move_settles_it(
    invited,
):
    await invited.runs()
    uid, refused = (await invited.first()).uid, []
    for who in (invited.maya, invited.jonas):
        [stood] = {*invited.seen(uid)}
        refused.append(stood)
        who.answers(uid, "DECLINED")
        await invited.later()
        await invited.later()
        [now] = {*invited.seen(uid)}
        assert now not in (None, *refused)
        assert said(invited, uid) == {"NEEDS-ACTION"}
        await invited.later(hours=25)
    invited.jonas.deletes(uid)  # Xandikos would take the same answer again for none
    await invited.later()
    assert invited.seen(uid) == [now, now, None]
    assert [len(invited.mails(who, "Which time?")) for who in ("bob", "carol")] == [1, 1]
    assert await invited.is_quiet()
    invited.organizer.moves(uid, DAY)
    await invited.later()
    await invited.later()
    assert {*invited.seen(uid)} == {now + DAY}
    assert (await invited.meeting(uid)).state is State.STANDING
    assert said(invited, uid) == {"NEEDS-ACTION"}
    assert await invited.is_quiet()


async def test_called_off_by_the_organizer_it_is_off_for_all_until_it_is_on_again(invited):
    await invited.runs()
    before = await invited.first()
    invited.maya.answers(before.uid, "ACCEPTED")
    await invited.later()
    for status, state in (("CANCELLED", State.CANCELLED), ("CONFIRMED", State.STANDING)):
        invited.organizer.writes(before.uid, status=status)
        await invited.later()
        assert [app.event(before.uid)["STATUS"] for app in invited.apps.values()] == [status] * 3
        assert (await invited.meeting(before.uid)).state is state
        assert await invited.is_quiet()
    assert {*invited.seen(before.uid)} == {before.start}


async def test_a_guest_who_deletes_it_gets_another_time_in_all_three(invited):
    await invited.runs()
    before = await invited.first()
    invited.jonas.deletes(before.uid)
    await invited.later()
    await invited.later()
    [now] = {*invited.seen(before.uid)}
    assert now not in (None, before.start)
    assert (await invited.meeting(before.uid)).tries.refused == (before.start,)
    assert await invited.is_quiet()
