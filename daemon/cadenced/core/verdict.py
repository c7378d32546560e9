"""What is made of one mail: what it tells, what of it can't be done and why, in values.

Must never know how it is said in a language.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cadenced.core.answers import Answer
from cadenced.core.fitting import Against
from cadenced.core.model import Meeting
from cadenced.core.slots import Window


class Why(StrEnum):
    """Why something was not done."""

    UNCLEAR = "not understood"
    OVER = "that meeting is over"
    OFF = "there is no such meeting any more"
    NOT_YET = "it has not taken place yet"
    NO_QUESTION = "nothing was asked"
    NO_TIMES = "there are no times to choose from"
    PAST = "that is in the past"
    NO_TIME = "no day and time can be told"
    TWO_DAYS = "that could be two days"
    OTHER_WEEKDAY = "that date is another weekday"
    NO_CLOCK = "the time of day is missing"
    NIGHT = "that could be at night or in the afternoon"
    NO_SUCH_HOUR = "the clocks change then"
    BUSY = "it does not suit both"
    DELEGATED = "nobody else can come instead"
    LONG = "that is too long"
    OTHER_TIME = "it has another time by now"
    NONE_SUITS = "none of the times suits"
    OLD = "a newer invitation has gone out since"
    LARGE = "the mail is too large"


@dataclass(frozen=True, slots=True)
class Refused:
    """`said` are their words, `against` what rules out the time that they want."""

    said: str
    why: Why
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is only done once its person says yes to it; `said` are their words."""

    said: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one mail. `offers` are times that would suit both. `countered`: the event of which a program proposed another
    time, as it was sent, with its sequence, for it must be told that this is not taken (RFC 5546 §3.2.8). `refreshed`:
    likewise, the one that it asks for once more (§3.2.6). `by_program`: what was said, its own window shows already.
    `asks`: what anybody could have written in their name. `before`: what the two had told us.
    """

    answers: tuple[Answer, ...] = ()
    refused: tuple[Refused, ...] = ()
    meeting: Meeting | None = None
    offers: tuple[Window, ...] = ()
    help: bool = False
    countered: tuple[str, int] | None = None
    refreshed: tuple[str, int] | None = None
    to_coordinator: str = ""  # what a human should read
    by_program: bool = False
    asks: tuple[Asked, ...] = ()
    before: tuple[Answer, ...] = field(default=(), compare=False)

    @property
    def needs_reply(self) -> bool:
        return bool(self.asks or self.refused or self.help or self.refreshed or (self.answers and not self.by_program))
