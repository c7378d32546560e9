"""What the coordinator is told of the store itself, and of what is over by then."""

import pytest

from tests.support.posthouse import correspondence, text_of
from tests.support.programme import pair


@pytest.fixture
async def post(tmp_path):
    async with correspondence(tmp_path, "maya", "jonas") as house:
        yield house


async def test_damaged_lines_of_the_journal_are_told_once_by_the_start_that_met_them(post):
    await post.runs(pair())
    journal = post.store.journal.path
    journal.write_bytes(journal.read_bytes().replace(b"sent ", b"send ", 1))
    await post.forgets()
    await post.parts.recover()
    await post.later(hours=2)
    [mail] = post.mails("petra")
    assert "1 damaged lines of the store's journal" in " ".join(text_of(mail).split())
    await post.restarts()
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
