"""Mail that asks nothing of anybody: thanks, answers to alerts, and what goes on and on."""

import pytest

from tests.support.posthouse import text_of
from tests.support.programme import pair, person
from tests.unit.inbox.test_who_writes import letter, one_line

ABSENT = "Thank you for your message, I am on a business trip until Monday."


async def troubled(post):
    """Petra, who coordinates, is a mentor, too; and what she is told of an address that is refused."""
    petra = person("petra")
    await post.runs(
        pair(name="petra-refuse", mentor=petra, protege=person("refuse")),
        pair(name="petra-aiko", mentor=petra, protege=person("aiko")),
    )
    await post.later(hours=2)
    return post.mails("petra", "eeds you")[-1]


class TestAnAlert:
    async def test_that_is_answered_makes_no_other_one_whoever_answers(self, post):
        alert = await troubled(post)
        for text in (ABSENT, "I'll see to it.", "stop"):
            post.answer(alert, text)
            await post.later(hours=2)
        assert post.mails("petra", "eeds you")[-1]["Message-ID"] == alert["Message-ID"]
        assert await post.store.mails_read() == {"to an alert": 3}
        assert (await post.store.load_pair("petra-aiko")).answers == ()

    async def test_that_is_answered_without_the_database_makes_none_either(self, post):
        alert = await troubled(post)
        await post.forgets()
        post.answer(alert, ABSENT)
        await post.later(hours=2)
        assert await post.store.mails_read() == {"to an alert": 1}

    async def test_about_what_one_person_writes_comes_a_few_times_a_day(self, post):
        await troubled(post)
        before = len(post.mails("petra", "eeds you"))
        for number in range(24):
            post.write(letter(f"{ABSENT} {number}"), "petra@example.org")
            await post.later(hours=1)
        told = [one_line(mail) for mail in post.mails("petra", "eeds you")[before:]]
        assert len(told) == 5
        assert [("only in the mailbox" in text) for text in told] == [False] * 4 + [True]
        await post.later(days=1)
        post.write(letter("And who reads this?"), "petra@example.org")
        await post.later(hours=2)
        assert "And who reads this?" in text_of(post.mails("petra", "eeds you")[-1])


class TestPoliteness:
    @pytest.mark.parametrize(
        "text",
        [
            *("Thanks!", "Vielen Dank, LG Jonas", "Hi, many thanks for this", "👍", "Great, thanks Maya!", "🙏🙂"),
            *(
                "Danke für die Erinnerung!",
                "Noted, thank you.\n\nBest regards\nJonas",
                "Perfect",
                "Danke, schönes Wochenende",
            ),
        ],
    )
    async def test_is_answered_by_nobody_and_told_nobody(self, post, text):
        await post.runs(pair())
        mail, sent = post.mails("jonas")[0], len(post.postbox.delivered)
        post.answer(mail, text)
        await post.later(hours=2)
        assert len(post.postbox.delivered) == sent
        assert await post.store.mails_read() == {"polite": 1}

    @pytest.mark.parametrize("text", ["Great!", "👍"])
    async def test_could_be_the_answer_where_something_was_asked(self, post, text):
        await post.runs(pair())
        post.clock.at = next(iter((await post.meetings()).values())).start
        await post.later(days=1)
        [question] = post.mails("jonas", "did you meet")
        post.answer(question, text)
        await post.later(hours=2)
        assert "not clear" in text_of(post.mails("jonas")[-1])

    async def test_beside_an_answer_changes_nothing_about_it(self, post):
        await post.runs(pair())
        post.answer(post.mails("jonas")[0], "skip\nGreat, looking forward\n👍")
        await post.later(hours=2)
        assert await post.store.mails_read() == {"answer": 1}
        assert "Not done" not in post.mails("jonas")[-1]["Subject"]


class TestALargeMail:
    async def test_is_answered_by_the_text_above_its_photo(self, post):
        await post.runs(pair())
        reply = letter("done", to=str(post.mails("jonas")[0]["Reply-To"]))
        reply.add_attachment(b"x" * 9_000_000, maintype="image", subtype="jpeg", filename="a.jpg")
        post.write(reply, "jonas@example.org")
        await post.later(hours=2)
        assert [str(each.told) for each in (await post.store.load_pair("maya-jonas")).answers] == ["done"]
        assert "The task is done" in text_of(post.mails("jonas")[-1])

    async def test_is_refused_as_too_large_where_its_text_comes_last(self, post):
        await post.runs(pair())
        reply = letter("", to=str(post.mails("jonas")[0]["Reply-To"]))
        reply.set_content(b"x" * 9_000_000, maintype="image", subtype="jpeg", filename="a.jpg")
        reply.make_mixed()
        post.write(reply, "jonas@example.org")
        await post.later(hours=2)
        assert "too large" in one_line(post.mails("jonas")[-1])
        assert await post.store.mails_read() == {"refused": 1}
