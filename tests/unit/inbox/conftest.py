"""Every test here sends real mails and reads real ones: SMTP, IMAP and CalDAV on loopback."""

import pytest

from tests.support.posthouse import correspondence


@pytest.fixture
async def post(tmp_path):
    """Maya, who has a calendar, mentors Jonas, who has none and is invited by mail."""
    async with correspondence(tmp_path, "maya") as house:
        yield house
