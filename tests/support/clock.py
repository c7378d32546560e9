"""A clock for tests: it stands still until somebody moves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class HandClock:
    at: datetime  # aware

    def now(self) -> datetime:
        return self.at

    def go(self, **by: float) -> None:
        self.at += timedelta(**by)
