"""Invitations by mail to who has no calendar with us, and what their program answers (RFC 5546, RFC 6047)."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from cadenced.core.model import Channel, State
from tests.support.posthouse import SENDER, invitation_in, method_of, text_of
from tests.support.programme import hours, pair, person

DAY = timedelta(days=1)


def invited(**more):
    """Maya and Jonas, who is invited by mail."""
    jonas = person("jonas", "Europe/Berlin", hours("Mon-Fri 08:00-18:00"), channel=Channel.INVITE)
    return pair(protege=jonas, **more)


def starts(mails):
    return {str(invitation_in(mail)[1]["UID"]): invitation_in(mail)[1]["DTSTART"].dt for mail in mails}


class TestInvited:
    async def test_he_gets_an_invitation_to_each_meeting_and_she_an_event(self, post):
        await post.runs(invited())
        mails = post.invitations("jonas")
        assert starts(mails) == post.times("maya")
        assert len(mails) == len(post.times("maya")) == 6
        event = invitation_in(mails[0])[1]
        assert str(event["ORGANIZER"]) == f"mailto:{SENDER}"
        assert str(event["ATTENDEE"]) == "mailto:jonas@example.org"
        assert "ORGANIZER" not in post.dav.calendar("maya", "default").events()[str(event["UID"])]

    async def test_another_turn_and_a_restart_send_nothing_more(self, post):
        await post.runs(invited())
        before = len(post.postbox.delivered)
        await post.later()
        await post.restarts()
        assert len(post.postbox.delivered) == before

    async def test_one_mail_is_invitation_and_agenda_where_both_are_due_within_a_day(self, post):
        post.clock.at += timedelta(days=9, hours=4)  # the first meeting is on the fourth day from here
        await post.runs(invited())
        first = next(mail for mail in post.invitations("jonas") if "month 1" in mail["Subject"])
        uid = str(invitation_in(first)[1]["UID"])
        await post.later(days=1)
        about = [mail for mail in post.invitations("jonas") if str(invitation_in(mail)[1]["UID"]) == uid]
        assert [mail["Message-ID"] for mail in about] == [first["Message-ID"]]
        assert len(await post.rows("agenda")) >= 2

    async def test_her_move_is_brought_to_him_with_a_higher_sequence(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid = str(invitation_in(first)[1]["UID"])
        await post.later(days=1)
        post.dav.calendar("maya", "default").move(uid, by=DAY)
        await post.later()
        update = post.invitations("jonas")[-1]
        event = invitation_in(update)[1]
        assert (str(event["UID"]), event["DTSTART"].dt) == (uid, post.times("maya")[uid])
        assert int(event["SEQUENCE"]) > int(invitation_in(first)[1]["SEQUENCE"])

    async def test_a_pair_that_leaves_takes_its_invitations_back(self, post):
        await post.runs(invited())
        uids = set(post.times("maya"))
        await post.later(hours=1)
        await post.runs()
        cancelled = post.invitations("jonas", "CANCEL")
        assert {str(invitation_in(mail)[1]["UID"]) for mail in cancelled} == uids
        assert all("Off" in mail["Subject"] for mail in cancelled)

    async def test_who_gets_a_calendar_has_the_event_there_and_the_invitation_taken_back(self, post):
        await post.runs(invited())
        uids = set(post.times("maya"))
        post.dav.add("jonas", "jonaspw")
        await post.later(hours=1)
        await post.runs(pair())
        assert post.times("jonas") == post.times("maya")
        assert {str(invitation_in(mail)[1]["UID"]) for mail in post.invitations("jonas", "CANCEL")} == uids


class TestReplies:
    async def test_accepted_changes_nothing_and_is_known(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        post.reply(first, "ACCEPTED")
        before, mails = post.times("maya"), len(post.mails("jonas"))
        await post.later()
        assert post.times("maya") == before
        assert await post.store.mails_read() == {"answer": 1}
        assert len(post.mails("jonas")) == mails

    async def test_declined_gives_both_another_time_under_the_same_uid(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid, start = str(invitation_in(first)[1]["UID"]), invitation_in(first)[1]["DTSTART"].dt
        await post.later(hours=1)
        post.reply(first, "DECLINED")
        await post.later()
        assert post.times("maya")[uid] != start
        assert starts(post.invitations("jonas")[-1:]) == {uid: post.times("maya")[uid]}

    async def test_a_counter_that_suits_both_is_taken(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid = str(invitation_in(first)[1]["UID"])
        await post.later(hours=1)
        post.counter(first, by=DAY)
        await post.later()
        wanted = invitation_in(first)[1]["DTSTART"].dt + DAY
        assert post.times("maya")[uid] == wanted
        assert starts(post.invitations("jonas")[-1:]) == {uid: wanted}
        assert (await post.meetings())[uid].pinned

    async def test_a_counter_that_does_not_is_declined_with_three_times(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid, start = str(invitation_in(first)[1]["UID"]), invitation_in(first)[1]["DTSTART"].dt
        post.counter(first, by=timedelta(hours=9))
        await post.later()
        assert post.times("maya")[uid] == start
        [declined] = post.invitations("jonas", "DECLINECOUNTER")
        assert declined["Auto-Submitted"] == "auto-replied"
        [row] = await post.rows("answer")
        assert len(row["offers"]) > 2
        post.answer(declined, "2")
        await post.later()
        assert post.times("maya")[uid] != start

    async def test_a_counter_to_when_the_other_meets_somebody_else_is_declined_without_saying_whom(self, post):
        mine = invited()
        mine = replace(mine, protege=replace(mine.protege, language="de"))
        await post.runs(mine, pair(name="maya-zoe", protege=person("zoe", "Europe/London", channel=Channel.INVITE)))
        first = post.invitations("jonas")[0]
        begin = invitation_in(first)[1]["DTSTART"].dt
        taken = min(meeting.start for meeting in (await post.meetings("maya-zoe")).values())
        post.counter(first, by=taken - begin)
        await post.later()
        [declined] = post.invitations("jonas", "DECLINECOUNTER")
        why = "Das passt euch nicht beiden. Maya ist dann in einem anderen Treffen."
        assert why in " ".join(text_of(declined).split())
        assert invitation_in(declined)[1]["COMMENT"] == why
        assert "zoe" not in declined.as_string().lower()

    async def test_a_counter_that_a_program_sends_by_itself_and_does_not_suit_is_told_the_coordinator(self, post):
        await post.runs(invited())
        post.counter(post.invitations("jonas")[0], by=timedelta(hours=9))
        last = max(post.inbox)
        post.inbox[last] = b"Auto-Submitted: auto-replied\r\n" + post.inbox[last]
        await post.later(hours=2)
        told = " ".join(" ".join(text_of(mail).split()) for mail in post.mails("petra"))
        assert "COUNTER, which was not done: it does not suit both (outside somebody's hours)" in told

    async def test_a_counter_in_the_past_is_declined(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        post.counter(first, by=timedelta(days=-60))
        await post.later()
        assert len(post.invitations("jonas", "DECLINECOUNTER")) == 1
        assert starts([first]).items() <= post.times("maya").items()

    async def test_nobody_can_be_sent_instead(self, post):
        await post.runs(invited())
        before = post.times("maya")
        post.reply(post.invitations("jonas")[0], "DELEGATED")
        await post.later()
        assert post.times("maya") == before
        [answer] = post.mails("jonas", "Not done")
        assert "Nobody else can come instead" in answer.get_body(("plain",)).get_content()

    async def test_an_answer_to_an_older_invitation_is_refused(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid = str(invitation_in(first)[1]["UID"])
        await post.later(days=1)
        post.dav.calendar("maya", "default").move(uid, by=DAY)
        await post.later()
        before = post.times("maya")
        post.reply(first, "DECLINED")
        await post.later()
        assert post.times("maya") == before
        assert await post.store.mails_read() == {"refused": 1}

    async def test_the_same_answer_twice_counts_once(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        await post.later(hours=1)
        for _ in range(2):
            post.reply(first, "DECLINED")
        bodies = post.inbox
        last = max(bodies)
        bodies[last] = bodies[last - 1]
        await post.later()
        assert len((await post.store.load_pair("maya-jonas")).answers) == 1

    async def test_neither_a_stranger_nor_an_answer_in_somebody_else_s_name_changes_anything(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        before = post.times("maya")
        post.reply(first, "DECLINED", sender="mallory@example.net")
        post.reply(first, "DECLINED", sender="maya@example.org")
        post.reply(first, "DECLINED", attendee="maya@example.org")
        await post.later()
        assert post.times("maya") == before
        assert (await post.store.load_pair("maya-jonas")).answers == ()
        assert (await post.store.mails_read())["foreign"] == 1

    async def test_an_answer_about_a_meeting_that_is_over_changes_nothing(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid = str(invitation_in(first)[1]["UID"])
        await post.later(days=30)
        post.reply(first, "DECLINED")
        await post.later()
        assert (await post.meetings())[uid].state is State.STANDING
        assert (await post.store.load_pair("maya-jonas")).answers == ()
        assert method_of(post.mails("jonas")[-1]) != "CANCEL"

    async def test_who_asks_for_an_invitation_gets_it_once_more_as_it_was_sent(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        post.program(first, "REFRESH", "NEEDS-ACTION")
        await post.later(hours=1)
        again = post.invitations("jonas")[-1]
        sent, then = invitation_in(first)[1], invitation_in(again)[1]
        assert again["Auto-Submitted"] == "auto-replied"
        assert [then[n] for n in ("UID", "SEQUENCE", "DTSTART")] == [sent[n] for n in ("UID", "SEQUENCE", "DTSTART")]
        post.reply(again, "DECLINED")
        await post.later()
        assert post.times("maya")[str(sent["UID"])] != sent["DTSTART"].dt

    async def test_an_answer_for_another_pair_changes_nothing_there(self, post):
        ida = person("ida", "Europe/Berlin", hours("Mon-Fri 08:00-18:00"), channel=Channel.INVITE)
        await post.runs(invited(), pair(name="maya-ida", protege=ida))
        theirs = post.invitations("ida")[0]
        before = post.times("maya")
        post.reply(theirs, "DECLINED", sender="jonas@example.org", attendee="jonas@example.org")
        post.reply(theirs, "DECLINED", sender="jonas@example.org")
        await post.later()
        assert post.times("maya") == before
        for name in ("maya-jonas", "maya-ida"):
            assert (await post.store.load_pair(name)).answers == ()

    async def test_two_calendars_that_differ_are_taken_for_neither(self, post):
        await post.runs(invited())
        first, second = post.invitations("jonas")[:2]
        before = post.times("maya")
        post.reply(first, "DECLINED")
        post.reply(second, "ACCEPTED")
        one, other = list(post.inbox.values())[-2:]
        mail, calendar = message_from_bytes(one, policy=default), message_from_bytes(other, policy=default)
        mail.make_mixed()
        mail.attach(next(part for part in calendar.walk() if part.get_content_type() == "text/calendar"))
        for uid in sorted(post.inbox)[-2:]:
            post.imap.folders["INBOX"].remove(uid)
        post.imap.folders["INBOX"].put(mail.as_bytes())
        await post.later()
        assert post.times("maya") == before
        assert (await post.store.load_pair("maya-jonas")).answers == ()
        assert await post.store.mails_read() == {"refused": 1}
