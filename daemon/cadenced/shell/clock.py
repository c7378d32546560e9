"""The clock, and chance: no other file reads the one or draws the other. Everybody else takes `now` as an argument.

Must never know what either is used for.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """The time of `--now`: `at` is aware, in any zone; it stands still."""

    at: datetime

    def now(self) -> datetime:
        """Aware, in UTC. ValueError when `at` is naive: its zone would have to be guessed."""
        if self.at.tzinfo is None:
            raise ValueError(f"{self.at.isoformat()} has no UTC offset")
        return self.at.astimezone(UTC)


def fresh_secret() -> str:
    """128 bits that nobody can guess, in hexadecimal."""
    return secrets.token_hex(16)


def monotonic_microseconds() -> int:
    """CLOCK_MONOTONIC, which systemd asks for in MONOTONIC_USEC (sd_notify(3))."""
    return time.monotonic_ns() // 1000
