"""What the coordinator is told of the store itself, and of what is over by then."""

from datetime import timedelta

import pytest

from cadenced.core.actions import Mail
from cadenced.service.telling import TOLD
from tests.support.posthouse import correspondence, text_of
from tests.support.programme import pair
from tests.support.records import mail


@pytest.fixture
async def post(tmp_path):
    async with correspondence(tmp_path, "maya", "jonas") as house:
        yield house


async def damaged(post):
    """Starts with a line of the journal that nobody can read."""
    await post.runs(pair())
    journal = post.store.journal.path
    journal.write_bytes(journal.read_bytes().replace(b"sent ", b"send ", 1))
    await post.forgets()
    await post.parts.recover()


async def starts(post):
    """Anew, as far as the first thing that a daemon does."""
    loaded = post.parts.loaded
    await post.parts.close()
    post.open()
    await post.parts.install(loaded)
    await post.parts.recover()


async def test_damaged_lines_of_the_journal_are_told_once_by_the_start_that_met_them(post):
    await damaged(post)
    await post.later(hours=2)
    [mail] = post.mails("petra")
    assert "1 damaged lines of the store's journal" in " ".join(text_of(mail).split())
    await post.restarts()
    await post.parts.recover()
    assert await post.alerts() == {}


async def test_that_lines_were_damaged_is_told_by_a_later_start_where_the_one_that_met_them_told_nobody(post):
    await damaged(post)
    await starts(post)
    await post.later(hours=2)
    [mail] = post.mails("petra")
    assert "1 damaged lines of the store's journal" in " ".join(text_of(mail).split())
    assert await post.alerts() == {}


async def test_without_a_coordinator_it_is_shown_for_a_while_however_often_the_service_starts(post):
    post.coordinator = ""
    await damaged(post)
    await starts(post)
    await post.later(days=13)
    assert list(await post.alerts()) == ["journal"]
    await post.later(days=2)
    assert await post.alerts() == {}


async def test_what_an_older_version_told_of_the_journal_and_left_standing_is_over_with_the_next_start(post):
    await post.runs(pair())
    await post.store.raise_alert("journal", "2 damaged lines", post.clock.at)
    await post.store.tell(mail(kind=str(Mail.ALERT)), await post.store.alerts(), post.clock.at)
    await post.parts.recover()
    assert await post.alerts() == {}


async def test_a_torn_line_is_nothing_to_tell(post):
    await post.runs(pair())
    journal = post.store.journal.path
    journal.write_bytes(journal.read_bytes() + b"#653ec7f1.17c answered %3C1\n")
    await post.forgets()
    await post.parts.recover()
    assert await post.alerts() == {}


async def test_an_address_that_left_the_programme_with_its_pair_concerns_nobody(post):
    post.postbox.faults["jonas@example.org"] = "550 5.1.1 user unknown"
    await post.runs(pair())
    assert "address/jonas@example.org" in await post.alerts()
    await post.runs()
    assert await post.alerts() == {}


async def test_what_was_told_on_a_day_that_is_to_come_keeps_nothing_from_being_told(post):
    await post.runs(pair())
    await post.store.set_meta(TOLD, (post.clock.at + timedelta(days=400)).isoformat())
    await post.store.raise_alert("guard", "Nothing is moved so far", post.clock.at)
    await post.later()
    assert len(post.mails("petra")) == 1
