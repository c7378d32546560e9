"""An address is refused: what it was to get comes once it is corrected, or works again (DESIGN §9)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cadenced.core.model import Channel
from cadenced.core.records import MailState
from tests.support.posthouse import PostHouse, correspondence, invitation_in, method_of
from tests.support.programme import hours, pair, person

WRONG, RIGHT = "jonass@example.org", "jonas@example.org"
REFUSED = "550 5.1.1 user unknown"


@pytest.fixture
async def post(tmp_path):
    """Maya has a calendar; Jonas is invited by mail, at an address that nobody has."""
    async with correspondence(tmp_path, "maya") as house:
        house.postbox.faults[WRONG] = REFUSED
        yield house


def couple(address: str = WRONG):
    jonas = person("jonas", "Europe/Berlin", hours("Mon-Fri 08:00-18:00"), channel=Channel.INVITE)
    return pair(protege=replace(jonas, email=address))


async def works_again(post: PostHouse) -> None:
    """As `cadenced thaw` does it, which may run beside the daemon."""
    post.postbox.faults.clear()
    await post.store.resume_address(WRONG)
    await post.store.try_again(WRONG, post.clock.at)
    await post.store.clear_alert(f"address/{WRONG}", post.clock.at)
    await post.later()


async def test_a_corrected_address_gets_the_charter_the_invitations_and_the_agenda_that_failed(post):
    await post.runs(couple())
    [charter] = await post.rows("charter", MailState.FAILED)
    assert f"address/{WRONG}" in await post.alerts()
    await post.runs(couple(RIGHT))
    assert len(post.invitations("jonas")) == len(await post.meetings())
    assert charter["message_id"] in {mail["Message-ID"] for mail in post.mails("jonas")}
    assert f"address/{WRONG}" not in await post.alerts()
    assert f"address/{WRONG}" not in await post.alerts()


async def test_the_agenda_that_failed_comes_with_its_invitation_once_the_address_is_corrected(post):
    await post.runs(couple())
    meeting = next(iter((await post.meetings()).values()))
    post.clock.at = meeting.start - timedelta(days=2, hours=1)
    await post.rests()
    [agenda] = [row for row in await post.rows("agenda", MailState.FAILED) if row["uid"] == meeting.uid]
    await post.runs(couple(RIGHT))
    [mail] = [mail for mail in post.mails("jonas") if mail["Message-ID"] == agenda["message_id"]]
    assert method_of(mail) == "REQUEST"


async def test_nothing_about_the_past_comes_when_the_address_is_corrected(post):
    await post.runs(couple())
    meeting = next(iter((await post.meetings()).values()))
    post.clock.at = meeting.start - timedelta(days=2, hours=1)
    await post.rests()
    post.clock.at = meeting.end + timedelta(minutes=1)
    await post.runs(couple(RIGHT))
    assert not [mail for mail in post.mails("jonas") if meeting.uid in mail["Message-ID"]]


async def test_an_address_that_works_again_gets_all_that_failed_once(post):
    await post.runs(couple())
    await works_again(post)
    mails = post.mails("jonass")
    assert len(post.invitations("jonass")) == len(await post.meetings())
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert not await post.rows("charter", MailState.FAILED)
    await post.later(hours=1)
    assert len(post.mails("jonass")) == len(mails)


async def test_a_meeting_that_moved_meanwhile_is_told_as_it_is_now(post):
    await post.runs(couple())
    meeting = next(iter((await post.meetings()).values()))
    post.dav.calendar("maya", "default").move(meeting.uid, by=timedelta(days=1))
    await post.later()
    await works_again(post)
    [mail] = [mail for mail in post.mails("jonass") if meeting.uid in mail["Message-ID"]]
    assert invitation_in(mail)[1]["DTSTART"].dt == post.times("maya")[meeting.uid] == meeting.start + timedelta(days=1)
