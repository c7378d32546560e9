"""Whether a time that somebody proposes by mail can be taken, and which others could (RFC 5546 §3.2.7, COUNTER).

Owns nothing that decides: the planner's own rules count, as if the meeting had no time yet. Must never know a mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cadenced.core.explaining import planned
from cadenced.core.hindrances import SOFT, Cause, Hindrance
from cadenced.core.model import Meeting, State
from cadenced.core.plan import Planner
from cadenced.core.scene import Scene
from cadenced.core.slots import Obstacle, Quest, Window, obstacle, offers

LONGEST = timedelta(days=1)  # what lasts longer is no meeting; where clocks change, each minute of it is looked at
MINUTE = timedelta(minutes=1)


class Misfit(StrEnum):
    """What rules out any time, in words."""

    NO_CALLS = "the policy has no calls any more"
    LENGTH = "it ends before it begins, or lasts longer than a day"


@dataclass(frozen=True, slots=True)
class Against:
    """What rules a time out, and for which of the two, by id, where that is known. Whom somebody meets instead is not
    in it: the other one reads it.
    """

    cause: Cause | Obstacle | Misfit
    person: str = ""

    def __str__(self) -> str:
        return f"{self.person}: {self.cause}" if self.person else str(self.cause)


@dataclass(frozen=True, slots=True)
class Fit:
    """`against` rules the time out, or is empty; `offers` are times that both could make."""

    against: tuple[Against, ...] = ()
    offers: tuple[Window, ...] = ()


def fit(scene: Scene, hindrances: Sequence[Hindrance], meeting: Meeting, span: Window) -> Fit:
    """`span` is aware, in UTC. Anywhere that both can will do, be it outside the meeting's period: it is their word."""
    others = replace(scene, standing=[each for each in scene.standing if each.identity != meeting.identity])
    asked = planned(others)[1].get(meeting.identity)
    cadence = scene.pair.cadence(meeting.identity.kind)
    if cadence is None:
        return Fit((Against(Misfit.NO_CALLS),))
    search = asked[0] if asked else Planner(others).ground.search
    wall, length = search.hours.wall(span[0]), span[1] - span[0]
    quest = asked[1] if asked else Quest(meeting.identity, cadence, (), wall)
    declined = (meeting.start,) if meeting.state is State.DECLINED else ()
    quest = quest._replace(refused=(*meeting.tries.refused, *declined))
    if not timedelta() < length <= LONGEST:
        return Fit((Against(Misfit.LENGTH),), offers(search, quest))
    wanted = quest._replace(cadence=replace(cadence, minutes=length // MINUTE))
    found = obstacle(search, wanted, wall, span, fits=_agreed(quest, wall))
    if found is None:
        return Fit()
    return Fit(_against(found, span, hindrances), offers(search, quest))


def _against(found: Obstacle, span: Window, hindrances: Sequence[Hindrance]) -> tuple[Against, ...]:
    """Each once; where nobody is known to be elsewhere, the two meet then."""
    here = (each for each in hindrances if each.cause not in SOFT and each.start < span[1] and span[0] < each.end)
    causes = dict.fromkeys(Against(each.cause, each.person) for each in here) if found is Obstacle.TAKEN else ()
    return tuple(causes) or (Against(found),)


def _agreed(quest: Quest, wall: datetime) -> bool:
    return any((each.weekday, each.at) == (wall.weekday(), wall.time()) for each in quest.cadence.at)
