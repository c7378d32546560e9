"""What `explain` reports, as plain data.

Owns the shape of `explain --json`. Must never know a terminal.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cadenced.core.explaining import Candidate, Explanation, Gap
from cadenced.core.model import Pair
from cadenced.service.report import meeting_json, rfc3339

SHOWN = 500  # candidates of each sort in JSON: all of a month; a quarter in which everybody is free has more


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair's coming meetings, each with its explanation. `gaps`: places for which no time was found. `blocked`: why
    an account could not be asked.
    """

    now: datetime
    pair: Pair
    explanations: tuple[Explanation, ...]
    gaps: tuple[Gap, ...] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "pair": self.pair.id,
            "timezone": self.pair.timezone,
            "meetings": [self._meeting(each) for each in self.explanations],
            "gaps": [{"gap": each.words, "reasons": dict(each.against)} for each in self.gaps],
            "blocked": dict(self.blocked),
        }

    def _meeting(self, each: Explanation) -> dict[str, Any]:
        """`possible` and `ruled_out` count all; of `candidates` (cheapest first) and `against` (in order of time) there
        are SHOWN at most. `reasons` says how many times each reason ruled out, the commonest first. `stood` is the
        start that the meeting had until now, null where it is new.
        """
        possible = [c for c in each.candidates if not c.against]
        ruled_out = [c for c in each.candidates if c.against]
        return meeting_json(each.meeting, self.pair.timezone) | {
            "stands": each.before is not None and not each.moves,
            "stood": self._at(each.before.start if each.before else None),
            "reason": each.meeting.reason,
            "changes": each.meeting.tries.changes,
            "refused": [self._at(start) for start in each.meeting.tries.refused],
            "target": self._at(each.target),
            "best": self._at(each.best.start if each.best else None),
            "because": each.because or None,
            "possible": len(possible),
            "candidates": [self._candidate(c) for c in possible[:SHOWN]],
            "ruled_out": len(ruled_out),
            "reasons": dict(Counter(c.against for c in ruled_out).most_common()),
            "against": [self._candidate(c) for c in ruled_out[:SHOWN]],
        }

    def _candidate(self, each: Candidate) -> dict[str, Any]:
        return {
            "start": self._at(each.start),
            "end": self._at(each.end),
            "cost": each.cost,
            "parts": dict(each.parts),
            "against": each.against or None,
        }

    def _at(self, moment: datetime | None) -> str | None:
        return rfc3339(moment, self.pair.timezone) if moment is not None else None
