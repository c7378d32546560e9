"""Whose word counts: anybody can write a mail in anybody's name, and only who has a mail of ours can name its token."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from cadenced.core.model import State
from cadenced.core.records import MailState
from tests.support.posthouse import SENDER, TRUE, invitation_in, text_of
from tests.support.programme import pair
from tests.unit.inbox.test_deliveries import REPORT
from tests.unit.inbox.test_invitations import invited

JONAS = "jonas@example.org"


def letter(text, to=SENDER, **headers):
    """A fresh mail: in answer to nothing."""
    message = EmailMessage()
    message["To"], message["Subject"] = to, "Hello"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def standing(post):
    return {uid: (m.state, m.start) for uid, m in (await post.meetings()).items()}


def one_line(mail):
    return " ".join(text_of(mail).split())


class TestAMailThatAnybodyCouldHaveWritten:
    @pytest.mark.parametrize(
        "text", ["skip", "stop", "pause until 1 September", "no", "todo: read http://evil.example"]
    )
    async def test_changes_nothing_and_is_asked_back_at_the_address_of_record(self, post, text):
        await post.runs(pair())
        before, sent = await standing(post), len(post.mails("jonas"))
        post.write(letter(text), JONAS)
        await post.later(hours=2)
        assert await standing(post) == before
        assert (await post.store.load_pair("maya-jonas")).answers == ()
        [question] = post.mails("jonas")[sent:]
        assert "Answer this one with “yes”" in one_line(question)
        assert await post.store.mails_read() == {"asked": 1}
        assert post.mails("petra") == []

    async def test_is_done_once_its_person_says_yes_and_only_once(self, post):
        await post.runs(pair())
        [first, *_] = await post.meetings()
        post.write(letter("skip"), JONAS)
        await post.later(hours=1)
        question = post.mails("jonas")[-1]
        post.answer(question, "Yes, it was me")
        await post.later(hours=1)
        post.answer(question, "yes")
        await post.later(hours=1)
        assert (await post.meetings())[first].state is State.CANCELLED
        assert "is off" in text_of(post.mails("jonas")[-1])
        assert len((await post.store.load_pair("maya-jonas")).answers) == 1
        post.answer(question, "yes")
        await post.later(hours=1)
        assert len((await post.store.load_pair("maya-jonas")).answers) == 1

    async def test_is_dropped_where_its_person_says_no(self, post):
        await post.runs(pair())
        before = await standing(post)
        post.write(letter("stop"), JONAS)
        await post.later(hours=1)
        sent = len(post.mails("jonas"))
        post.answer(post.mails("jonas")[-1], "no")
        await post.later(hours=1)
        assert await standing(post) == before
        assert len(post.mails("jonas")) == sent

    async def test_is_none_the_better_for_what_can_be_guessed(self, post):
        """Message-IDs are derived from names that a file of pairs holds, and anybody can write any header."""
        await post.runs(pair())
        before = await standing(post)
        named = {"In_Reply_To": post.mails("jonas")[0]["Message-ID"], "Authentication_Results": "evil; dmarc=pass"}
        post.write(letter("skip", **named), JONAS)
        post.write(letter("skip", to="agenda+0123456789abcdef0123@example.org"), JONAS)
        theirs = str(post.mails("jonas")[0]["Reply-To"])
        post.write(letter("skip", to=theirs), "maya@example.org")  # the other one's address
        await post.later(hours=1)
        assert await standing(post) == before
        assert await post.store.mails_read() == {"asked": 3}

    async def test_cannot_be_confirmed_by_another_one_of_its_kind(self, post):
        await post.runs(pair())
        before = await standing(post)
        post.write(letter("skip"), JONAS)
        await post.later(hours=1)
        post.write(letter("yes", In_Reply_To=post.mails("jonas")[-1]["Message-ID"]), JONAS)
        await post.later(hours=1)
        assert await standing(post) == before

    async def test_counts_where_our_own_server_found_its_author_true(self, post):
        await post.runs(pair())
        [first, *_] = await post.meetings()
        post.write(letter("skip", Authentication_Results=TRUE), JONAS)
        await post.later(hours=1)
        assert (await post.meetings())[first].state is State.CANCELLED

    async def test_gets_what_changes_nothing_at_once(self, post):
        await post.runs(pair())
        post.write(letter("help"), JONAS)
        await post.later(hours=1)
        assert "move to" in text_of(post.mails("jonas")[-1])


class TestACalendarProgram:
    async def test_whose_mail_names_nothing_of_ours_is_believed_that_somebody_comes(self, post):
        await post.runs(invited())
        sent = len(post.mails("jonas"))
        post.program(post.invitations("jonas")[0], "REPLY", "ACCEPTED", checked="")
        await post.later(hours=1)
        assert await post.store.mails_read() == {"answer": 1}
        assert len(post.mails("jonas")) == sent

    async def test_and_its_person_is_asked_back_what_it_says_no_to(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid, start = str(invitation_in(first)[1]["UID"]), invitation_in(first)[1]["DTSTART"].dt
        await post.later(hours=1)
        post.program(first, "REPLY", "DECLINED", checked="")
        await post.later()
        assert post.times("maya")[uid] == start
        post.answer(post.mails("jonas")[-1], "yes")
        await post.later()
        assert post.times("maya")[uid] != start

    async def test_and_so_is_the_other_time_that_it_wants(self, post):
        await post.runs(invited())
        first = post.invitations("jonas")[0]
        uid, start = str(invitation_in(first)[1]["UID"]), invitation_in(first)[1]["DTSTART"].dt
        await post.later(hours=1)
        post.program(
            first,
            "COUNTER",
            "TENTATIVE",
            checked="",
            DTSTART=start + timedelta(days=1),
            DTEND=start + timedelta(days=1, hours=1),
        )
        await post.later()
        assert post.times("maya")[uid] == start
        post.answer(post.mails("jonas")[-1], "yes")
        await post.later()
        assert post.times("maya")[uid] == start + timedelta(days=1)


class TestTokens:
    async def test_are_another_in_each_installation_and_known_without_the_database(self, post):
        await post.runs(pair())
        secret = await post.store.secret()
        mail = post.mails("jonas")[0]
        [first, *_] = await post.meetings()
        await post.forgets()
        assert await post.store.secret() == secret
        assert len(secret) == 32
        post.answer(mail, "skip")
        await post.later(hours=1)
        assert (await post.meetings())[first].state is State.CANCELLED

    async def test_of_before_an_upgrade_are_recognised_and_their_people_asked_back(self, post):
        await post.runs(pair())
        mail = post.mails("jonas")[0]
        [row] = await post.store.mails_known_by((), (mail["Message-ID"],))
        old = {"token": "fedcba98765432100123", "key": row.key}
        await post.store._database.run(
            lambda c: c.exec_driver_sql("UPDATE outbox SET token = :token WHERE key = :key", old)
        )
        post.write(letter("skip", to="agenda+fedcba98765432100123@example.org"), JONAS)
        await post.later(hours=1)
        assert await post.store.mails_read() == {"asked": 1}

    async def test_stand_in_the_message_id_where_the_server_takes_no_subaddresses(self, post):
        post.plus = False
        await post.runs(pair())
        [first, *_] = await post.meetings()
        mail = post.mails("jonas")[0]
        assert str(mail["Reply-To"]).endswith(f"<{SENDER}>")
        post.answer(mail, "skip")
        await post.later(hours=1)
        assert (await post.meetings())[first].state is State.CANCELLED


class TestWhatServersSay:
    @pytest.mark.parametrize("message_id", ["", "<x@example.net>"], ids=["its message id", "nothing"])
    async def test_stops_nobody_where_it_names_what_could_be_guessed(self, post, message_id):
        await post.runs(pair())
        [row] = await post.store.mails_known_by((), (post.mails("jonas")[0]["Message-ID"],))
        said = {"action": "failed", "status": "5.1.1", "words": "gone", "number": 1, "token": "0123456789abcdef0123"}
        text = REPORT.format(sender=SENDER, subject="Undelivered", message_id=message_id or row.message_id, **said)
        post.imap.folders["INBOX"].put(text.replace("\n", "\r\n").encode())
        await post.later()
        assert await post.store.stopped_addresses() == {}
        assert await post.store.mails_read() == {"foreign": 1}

    async def test_that_our_mail_came_back_to_us_is_not_believed_of_a_copy_that_anybody_could_have_written(self, post):
        await post.runs(pair())
        [row] = await post.store.mails_known_by((), (post.mails("jonas")[0]["Message-ID"],))
        unknown = {"state": str(MailState.UNKNOWN), "key": row.key}
        await post.store._database.run(
            lambda c: c.exec_driver_sql("UPDATE outbox SET state = :state WHERE key = :key", unknown)
        )
        forged = letter("hello")
        forged["From"], forged["Message-ID"] = SENDER, row.message_id
        post.imap.folders["INBOX"].put(forged.as_bytes(policy=SMTP))
        await post.later()
        assert (await post.store.mails_known_by((), (row.message_id,)))[0].state is MailState.UNKNOWN
        assert len(post.inbox) == 1
