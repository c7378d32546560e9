"""What an examination of servers found, as values: for `cadenced doctor`.

Must never know a protocol, nor how a finding is shown.
"""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    FINE = "fine"
    NOTE = "note"  # it works, and somebody may want to know
    FAULT = "fault"  # somebody must act


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is "smtp", "organizer" or "calendars.NAME"; `what` one of its sides: reached, login, calendar, sync, …

    `words` say what was found; `advice` what to do, where there is something to do.
    """

    subject: str
    what: str
    verdict: Verdict
    words: str
    advice: str = ""
