"""What `--now` takes for a moment, and what it says of the rest."""

import re

import pytest

from cadenced.cli.options import parse_now
from cadenced.core.errors import ConfigError
from tests.support.programme import utc


def test_a_moment_with_its_offset_is_one():
    assert parse_now("2026-12-01T10:00+01:00") == utc("2026-12-01T09:00")
    assert parse_now(None) is None


@pytest.mark.parametrize("text", ["2026-12-01", "2026-12-01T09:30", "20261201T0930", "2026-12-01 09:30:15"])
def test_what_is_advised_where_the_zone_is_missing_is_a_moment_itself(text):
    with pytest.raises(ConfigError, match="names no time zone") as found:
        parse_now(text)
    advised = re.search(r"like (\S+)$", str(found.value))[1]
    assert parse_now(advised).date() == utc("2026-12-01T00:00").date()


@pytest.mark.parametrize("text", ["9999-12-31T23:59Z", "2200-01-01T00:00Z", "1999-12-31T23:59Z", "0001-01-01T00:00Z"])
def test_a_moment_at_which_nobody_could_meet_is_refused(text):
    with pytest.raises(ConfigError, match=f"--now: '{text}' lies outside the years 2000 to 2199"):
        parse_now(text)


@pytest.mark.parametrize("text", ["2000-01-01T00:00Z", "2199-12-31T23:59Z"])
def test_the_bounds_themselves_are_moments(text):
    assert parse_now(text) == utc(text.removesuffix("Z"))
