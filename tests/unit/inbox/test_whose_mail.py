"""Mail of which it is not clear what it is about, or that nobody expected in the mailbox."""

from email.message import EmailMessage

from tests.support.posthouse import SENDER, text_of
from tests.support.programme import pair, person


def letter(text):
    message = EmailMessage()
    message["To"], message["Subject"] = SENDER, "Hello"
    message.set_content(text)
    return message


async def test_a_mentor_of_several_who_writes_of_none_is_read_by_the_coordinator(post):
    await post.runs(*(pair(name=f"maya-{name}", protege=person(name)) for name in ("jonas", "aiko", "tariq")))
    post.write(letter("Please stop all of this until spring."), "maya@example.org")
    post.write(letter("Buy watches"), "mallory@example.net")
    await post.later(hours=2)
    told = " ".join(" ".join(text_of(mail).split()) for mail in post.mails("petra"))
    assert "Please stop all of this until spring." in told
    assert "maya-tariq" in told
    assert "watches" not in told
    assert await post.store.mails_read() == {"foreign": 2}


async def test_without_a_coordinator_what_somebody_wrote_is_shown_for_two_weeks(post):
    post.coordinator = ""
    await post.runs(*(pair(name=f"maya-{name}", protege=person(name)) for name in ("jonas", "aiko")))
    post.write(letter("Please stop all of this until spring."), "maya@example.org")
    await post.later(hours=2)
    [alert] = await post.store.alerts()
    assert "Please stop all of this until spring." in alert.text
    await post.later(days=13)
    assert alert in await post.store.alerts()
    await post.later(days=1)
    assert alert.key not in {each.key for each in await post.store.alerts()}


async def test_who_answers_a_mail_of_a_pair_that_has_another_name_now_is_read_by_the_coordinator(post):
    await post.runs(pair())
    post.clock.at = next(iter((await post.meetings()).values())).start
    await post.rests()
    before = post.mails("jonas")[-1]
    await post.runs(pair(name="maya-and-jonas"))
    post.answer(before, "We met, and it was good.")
    await post.later(hours=2)
    assert "We met, and it was good." in " ".join(" ".join(text_of(mail).split()) for mail in post.mails("petra"))


async def test_what_the_coordinator_is_told_stays_where_they_read_it_be_it_the_mailbox(post):
    await post.runs(pair(protege=person("refuse")))
    await post.later(hours=2)
    told = post.postbox.to("petra@example.org")
    assert told
    post.imap.folders["INBOX"].put(told[0])
    before = len(post.inbox)
    await post.later(hours=2)
    assert len(post.inbox) == before
    assert len(post.postbox.to("petra@example.org")) == len(told)


async def test_a_bug_with_one_mail_keeps_no_other_from_being_read(post, monkeypatch):
    await post.runs(pair())
    taken = post.parts.inbox.desk.acknowledge

    def acknowledge(verdict, pair, who, received, now):
        if "strange" in received.text:
            raise ZeroDivisionError("a bug")
        return taken(verdict, pair, who, received, now)

    monkeypatch.setattr(type(post.parts.inbox.desk), "acknowledge", staticmethod(acknowledge))
    post.write(letter("something strange"), "maya@example.org")
    post.write(letter("help"), "maya@example.org")
    await post.later(hours=2)
    assert "move to" in text_of(post.mails("maya")[-1])
    assert "ZeroDivisionError" in " ".join(text_of(mail) for mail in post.mails("petra"))
