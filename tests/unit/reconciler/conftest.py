"""Every test here turns the real wheel: a store on disk, and a calendar server over HTTP."""

import pytest

from tests.support.house import living


@pytest.fixture
async def house(tmp_path):
    """Maya mentors Jonas; each has a calendar."""
    async with living(tmp_path, "maya", "jonas") as house:
        yield house
