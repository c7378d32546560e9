"""What becomes of invitations by mail when addresses change, pauses come and go, and mail has to wait."""

from dataclasses import replace
from datetime import timedelta

from cadenced.core.model import Channel
from tests.support.posthouse import invitation_in
from tests.support.programme import hours, pair, person


def invited(name, address="", **more):
    """Somebody who is invited by mail."""
    whole = person(name, "Europe/Berlin", hours("Mon-Fri 08:00-18:00"), channel=Channel.INVITE, **more)
    return replace(whole, email=address) if address else whole


def uid_of(mail):
    return str(invitation_in(mail)[1]["UID"])


def uids(mails):
    return {uid_of(mail) for mail in mails}


class TestAnAddressThatChanges:
    async def test_is_told_that_all_is_taken_back_and_nobody_else_is(self, post):
        await post.runs(pair(mentor=invited("maya"), protege=invited("jonas")))
        standing = uids(post.invitations("maya"))
        await post.later(hours=1)
        await post.runs(pair(mentor=invited("maya", "maya.new@example.org"), protege=invited("jonas")))
        assert uids(post.invitations("maya", "CANCEL")) == standing
        assert uids(post.invitations("maya.new")) == standing
        assert post.invitations("jonas", "CANCEL") == post.invitations("maya.new", "CANCEL") == []


class TestAPairThatLeaves:
    async def test_takes_its_invitations_back_however_long_the_mail_server_is_away(self, post):
        await post.runs(pair(protege=invited("jonas")))
        standing = uids(post.invitations("jonas"))
        await post.later(hours=1)
        post.postbox.faults["jonas@example.org"] = "450 4.2.0 greylisted, try again"
        await post.runs()
        for _ in range(2):
            await post.later(hours=25)
        post.postbox.faults.clear()
        await post.later(hours=2)
        assert uids(post.invitations("jonas", "CANCEL")) == standing
