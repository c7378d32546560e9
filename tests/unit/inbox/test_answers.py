"""People answer a mail in their own words, and what was asked is settled (issue by issue of DESIGN §7 and §9)."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from cadenced.core.actions import Mail
from cadenced.core.model import State
from tests.support.posthouse import SENDER, correspondence, text_of
from tests.support.programme import hours, pair, person, utc


@pytest.fixture
async def both(tmp_path):
    """Maya mentors Jonas; each has a calendar."""
    async with correspondence(tmp_path, "maya", "jonas") as house:
        yield house


def couple(**more):
    jonas = person("jonas", "Europe/Berlin", hours("Mon-Fri 08:00-18:00"), calendar="jonas", language="de")
    return pair(protege=jonas, **more)


async def agenda(post, who="jonas"):
    """The pair's first agenda, which somebody has just got, and its meeting."""
    await post.runs(couple())
    meeting = next(iter((await post.meetings()).values()))
    post.clock.at = meeting.start - timedelta(days=2, hours=1)
    await post.rests()
    mails = [mail for mail in post.mails(who) if meeting.uid in mail["Message-ID"]]
    return mails[-1], meeting


def last(post, who="jonas"):
    return text_of(post.mails(who)[-1])


class TestWords:
    async def test_no_gives_both_another_time_and_says_so_in_one_mail(self, both):
        mail, meeting = await agenda(both)
        before = len(both.mails("jonas"))
        both.answer(mail, "Nein, leider.")
        await both.later()
        assert both.times("maya")[meeting.uid] == both.times("jonas")[meeting.uid] != meeting.start
        answers = [each for each in both.mails("jonas")[before:] if each["Auto-Submitted"] == "auto-replied"]
        assert len(answers) == 1
        assert "Du kannst" in text_of(answers[0])
        assert answers[0]["In-Reply-To"] in both.inbox[max(both.inbox)].decode()

    async def test_move_moves_the_event_in_both_calendars_for_good(self, both):
        mail, meeting = await agenda(both, "maya")
        wanted = meeting.start + timedelta(days=3)
        both.answer(mail, f"move to {wanted:%a} {wanted.day} {wanted:%B %H:%M}, please")
        await both.later()
        assert both.times("maya")[meeting.uid] == both.times("jonas")[meeting.uid] == wanted
        assert (await both.meetings())[meeting.uid].pinned
        assert "moved" in last(both, "maya")

    async def test_a_move_to_where_the_other_can_t_is_refused_with_times_that_would_do_and_one_is_taken(self, both):
        mail, meeting = await agenda(both, "maya")
        both.answer(mail, f"move to {meeting.start + timedelta(days=1):%d %B} 22:30")
        await both.later()
        assert both.times("maya")[meeting.uid] == meeting.start
        answer = both.mails("maya")[-1]
        [row] = [row for row in await both.rows("answer") if row["message_id"] == answer["Message-ID"]]
        assert "These times would do" in text_of(answer)
        both.answer(answer, "3")
        await both.later()
        assert both.times("jonas")[meeting.uid] == both.times("maya")[meeting.uid] != meeting.start
        assert row["offers"].count("[") == 4

    async def test_skip_calls_it_off_in_both_calendars_and_yes_puts_it_on_again(self, both):
        mail, meeting = await agenda(both)
        both.answer(mail, "ausfallen")
        await both.later()
        assert meeting.uid not in {**both.times("maya"), **both.times("jonas")}
        assert (await both.meetings())[meeting.uid].state is State.CANCELLED
        both.answer(mail, "doch, ja")
        await both.later(hours=1)
        both.answer(mail, "ja")
        await both.later(hours=1)
        assert both.times("maya")[meeting.uid] == both.times("jonas")[meeting.uid] == meeting.start

    async def test_pause_until_a_day_takes_the_meetings_off_and_resume_brings_them_back(self, both):
        mail, meeting = await agenda(both)
        coming = {uid for uid, start in both.times("maya").items() if start > meeting.end}
        both.answer(mail, "Pause bis 20. Februar 2027")
        await both.later()
        assert not [s for s in both.times("maya").values() if both.clock.at + timedelta(days=3) < s < utc("2027-02-20")]
        assert "20. Februar" in last(both)
        await both.later(hours=1)
        both.answer(mail, "weiter")
        await both.later()
        assert "Die Pause ist vorbei." in last(both)
        await both.later(days=1)
        assert coming & both.times("maya").keys()

    async def test_stop_ends_the_mails_to_who_says_so_and_tells_the_coordinator(self, both):
        mail, _ = await agenda(both)
        both.answer(mail, "stopp")
        await both.later()
        count = len(both.mails("jonas"))
        for _ in range(20):
            await both.later(days=2)
        assert len(both.mails("jonas")) == count
        assert len(both.mails("maya")) > 1
        both.answer(mail, "weiter")
        await both.later()
        assert "Du bekommst wieder Mails" in last(both)
        assert "no more mail" in " ".join(text_of(mail) for mail in both.mails("petra"))

    async def test_todo_and_done_are_kept_and_acknowledged(self, both):
        mail, _ = await agenda(both, "maya")
        both.answer(mail, "todo: Read “Getting to Yes”, chapters 1–3\ndone")
        await both.later()
        answers = (await both.store.load_pair("maya-jonas")).answers
        assert [str(each.told) for each in answers] == ["todo", "done"]
        assert "Getting to Yes" in last(both, "maya")

    async def test_help_lists_what_can_be_answered(self, both):
        mail, _ = await agenda(both)
        both.answer(mail, "Hilfe!")
        await both.later()
        assert "verschieben auf" in last(both)
        assert (await both.store.load_pair("maya-jonas")).answers == ()

    async def test_what_nobody_understands_goes_to_the_coordinator_once_and_is_acknowledged(self, both):
        mail, _ = await agenda(both, "maya")
        both.answer(mail, "Could you perhaps ask Jonas whether he has read what I sent him?")
        await both.later()
        await both.later(hours=2)
        told = [" ".join(text_of(mail).split()) for mail in both.mails("petra")]
        quoted = [text for text in told if "whether he has read what I sent him" in text]
        assert len(quoted) == 1
        assert "TO ASK JONAS" not in quoted[0]
        assert await both.alerts() == {}
        assert "not clear" in last(both, "maya")

    async def test_a_mail_out_of_the_blue_counts_for_the_one_pair_of_who_writes(self, both):
        await both.runs(couple())
        message = EmailMessage()
        message["To"], message["Subject"] = SENDER, "Hello"
        message.set_content("help")
        both.write(message, "maya@example.org")
        await both.later()
        assert "move to" in last(both, "maya")

    async def test_an_out_of_office_is_never_answered(self, both):
        mail, _ = await agenda(both)
        count = len(both.postbox.delivered)
        both.answer(mail, "nein", Auto_Submitted="auto-replied")
        await both.later()
        assert len(both.postbox.delivered) == count
        assert await both.store.mails_read() == {"automatic": 1}

    async def test_two_services_that_write_to_each_other_come_to_an_end(self, both):
        """Each mail of ours comes back as a reply that does not say that a program wrote it."""
        mail, _ = await agenda(both)
        for number in range(40):
            both.answer(mail, f"What did you mean by that? {number}")
            await both.later(minutes=10)
            mail = both.mails("jonas")[-1]
        assert len([each for each in both.mails("jonas") if each["Auto-Submitted"] == "auto-replied"]) <= 10

    async def test_what_was_read_is_known_after_a_restart_and_without_the_database(self, both):
        mail, meeting = await agenda(both)
        both.answer(mail, "nein")
        await both.later()
        there = both.times("maya")[meeting.uid]
        await both.restarts()
        assert both.times("maya")[meeting.uid] == there
        assert len(await both.rows(Mail.ANSWER)) == 1
