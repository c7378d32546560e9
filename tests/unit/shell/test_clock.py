"""The clock is aware and in UTC, whichever it is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cadenced.shell.clock import FixedClock, SystemClock


def test_the_machines_clock_is_in_utc():
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_stands_still_and_speaks_utc():
    clock = FixedClock(datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_fixed_clock_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="no UTC offset"):
        FixedClock(datetime(2026, 12, 1, 9)).now()
