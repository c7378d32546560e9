"""What becomes of invitations by mail when addresses change, pauses come and go, and mail has to wait."""

from dataclasses import replace
from datetime import date, timedelta

from cadenced.core.model import Channel
from cadenced.core.records import MailState
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


class TestAPause:
    async def test_takes_invitations_back_and_resume_brings_them_again(self, post):
        await post.runs(pair(protege=invited("jonas")))
        first = post.invitations("jonas")[0]
        before = len(post.invitations("jonas"))
        await post.later(hours=1)
        post.answer(first, "pause until 1 March 2027")
        await post.later(hours=1)
        off = uids(post.invitations("jonas", "CANCEL"))
        assert off
        post.answer(first, "resume")
        await post.later(hours=1)
        await post.later(days=1)
        again = uids(post.invitations("jonas")[before:])
        assert off & post.times("maya").keys() <= again


class TestALostDatabase:
    async def test_sends_no_invitation_again_and_hears_the_answer_to_the_one_before(self, post):
        await post.runs(pair(protege=invited("jonas")))
        mails = post.invitations("jonas")
        await post.later(hours=1)
        await post.forgets()
        assert len(post.invitations("jonas")) == len(mails)
        start = invitation_in(mails[0])[1]["DTSTART"].dt
        post.reply(mails[0], "DECLINED")
        await post.later()
        assert post.times("maya")[uid_of(mails[0])] != start

    async def test_takes_back_what_was_sent_before_it(self, post):
        await post.runs(pair(protege=invited("jonas")))
        standing = uids(post.invitations("jonas"))
        await post.later(hours=1)
        await post.forgets()
        await post.runs()
        assert uids(post.invitations("jonas", "CANCEL")) == standing


class TestMailThatWaits:
    async def test_an_agenda_that_waits_with_an_invitation_is_written_anew_when_the_meeting_moves(self, post):
        post.clock.at += timedelta(days=9, hours=4)  # the first meeting is on the fourth day from here
        post.postbox.faults["jonas@example.org"] = "450 4.2.0 greylisted, try again"
        await post.runs(pair(protege=invited("jonas")))
        uid, start = min(post.times("maya").items(), key=lambda each: each[1])
        post.dav.calendar("maya", "default").move(uid, by=timedelta(hours=2))
        await post.later(hours=1)
        post.postbox.faults.clear()
        for _ in range(4):
            await post.later(days=1)
        about = [mail for mail in post.invitations("jonas") if uid_of(mail) == uid]
        assert [invitation_in(mail)[1]["DTSTART"].dt for mail in about] == [start + timedelta(hours=2)]

    async def test_an_invitation_that_waits_gives_way_to_what_is_said_later(self, post):
        post.postbox.faults["jonas@example.org"] = "450 4.2.0 greylisted, try again"
        await post.runs(pair(protege=invited("jonas")))
        await post.later(hours=1)
        await post.runs(pair(protege=invited("jonas", language="de")))
        post.postbox.faults.clear()
        await post.later(hours=2)
        mails = post.invitations("jonas")
        assert len(mails) == len(uids(mails)) == len(post.times("maya"))

    async def test_nobody_hears_that_a_meeting_is_off_to_which_they_were_never_invited(self, post):
        post.postbox.faults["jonas@example.org"] = "450 4.2.0 greylisted, try again"
        await post.runs(pair(protege=invited("jonas")))
        uid, _ = max(post.times("maya").items(), key=lambda each: each[1])
        post.dav.calendar("maya", "default").edit(uid, STATUS="CANCELLED")
        await post.later(hours=1)
        post.postbox.faults.clear()
        await post.later(hours=2)
        assert uid not in uids([*post.invitations("jonas"), *post.invitations("jonas", "CANCEL")])


class TestWhoWantsNoMoreMail:
    async def test_has_what_they_were_invited_to_kept_true_and_is_invited_to_nothing_more_until_they_resume(self, post):
        await post.runs(pair(protege=invited("jonas")))
        first = post.invitations("jonas")[0]
        known = uids(post.invitations("jonas"))
        post.answer(first, "stop")
        await post.later(hours=1)
        moved = max(post.times("maya"), key=post.times("maya").get)
        post.dav.calendar("maya", "default").move(moved, by=timedelta(days=1))
        await post.later(hours=1)
        assert invitation_in(post.invitations("jonas")[-1])[1]["DTSTART"].dt == post.times("maya")[moved]
        for _ in range(20):
            await post.later(days=1)
        assert uids(post.invitations("jonas")) == known < post.times("maya").keys()
        post.answer(first, "resume")
        await post.later(hours=1)
        assert uids(post.invitations("jonas")) >= {u for u, t in post.times("maya").items() if t > post.clock.at}

    async def test_gets_no_invitation_that_waits_and_gets_it_when_they_resume(self, post):
        await post.runs(pair(protege=invited("jonas")))
        first = post.invitations("jonas")[0]
        post.postbox.faults["jonas@example.org"] = "450 4.2.0 greylisted, try again"
        await post.later(days=14)
        waiting = post.times("maya").keys() - uids(post.invitations("jonas"))
        post.answer(first, "stop")
        await post.later(hours=1)
        post.postbox.faults.clear()
        await post.later(hours=2)
        assert waiting
        assert not waiting & uids([*post.invitations("jonas"), *post.invitations("jonas", "CANCEL")])
        post.answer(first, "resume")
        await post.later(hours=2)
        assert waiting <= uids(post.invitations("jonas"))


class TestAMentorOfThree:
    async def test_with_two_mails_a_day_hears_of_every_meeting_in_time(self, post):
        post.cap = 2
        maya = invited("maya")
        names, start = ("jonas", "aiko", "tariq"), date(2026, 11, 24)
        await post.runs(*(pair(name=f"maya-{n}", mentor=maya, protege=invited(n), start=start) for n in names))
        for _ in range(40):
            await post.later(days=1)
        late = [row for kind in ("invite", "agenda") for row in await post.rows(kind, MailState.EXPIRED)]
        assert len(await post.rows("agenda", MailState.SENT)) > 5
        assert [(row["kind"], row["key"]) for row in late] == []
