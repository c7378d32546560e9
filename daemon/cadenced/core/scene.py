"""What the plan of one pair is made from, and what it comes to, as values.

Must never know how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cadenced.core.events import Baseline
from cadenced.core.model import Horizon, Meeting, Pair
from cadenced.core.slots import Taken


@dataclass(frozen=True, slots=True)
class Ask:
    """A meeting that needs its people's word: `times` (start and end, UTC) are such as both could make; `why` says what
    it is about.
    """

    meeting: Meeting
    times: tuple[tuple[datetime, datetime], ...]
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`meetings`: all that should stand or stood, in order of time. `dropped`: what stands and no longer should.

    `fallen`: those of them, now or before, of which it is remembered that nothing was free for them. `again`: when a
    meeting may be changed that was changed a short time ago.
    """

    meetings: tuple[Meeting, ...]
    dropped: tuple[Meeting, ...] = ()
    fallen: tuple[Meeting, ...] = ()
    gaps: tuple[str, ...] = ()  # places without a meeting because nothing was free, in words
    asks: tuple[Ask, ...] = ()
    again: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What the plan of one pair is made from. `now` is aware; `standing` is what merge.settle() made of calendars and
    store; `fallen` fell out before. `graves`: by UID what people refused of which nothing else is known any more.
    """

    pair: Pair
    standing: Sequence[Meeting]
    now: datetime
    horizon: Horizon
    taken: Taken
    graves: Mapping[str, Baseline] = field(default_factory=dict)
    fallen: Sequence[Meeting] = ()
