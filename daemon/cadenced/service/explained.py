"""What `explain` reports, as plain data.

Owns the shape of `explain --json`. Must never know a terminal.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cadenced.core.explaining import Candidate, Explanation
from cadenced.core.hindrances import Hindrance
from cadenced.core.model import Pair
from cadenced.service.report import meeting_json, rfc3339

SHOWN = 20  # candidates of each sort in JSON


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair's coming meetings, each with its explanation. `hindrances` are for the picture of a week."""

    now: datetime
    pair: Pair
    explanations: tuple[Explanation, ...]
    hindrances: tuple[Hindrance, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "pair": self.pair.id,
            "timezone": self.pair.timezone,
            "meetings": [self._meeting(each) for each in self.explanations],
        }

    def _meeting(self, each: Explanation) -> dict[str, Any]:
        possible = [c for c in each.candidates if not c.against]
        ruled_out = [c for c in each.candidates if c.against]
        return meeting_json(each.meeting, self.pair.timezone) | {
            "stands": not each.new,
            "reason": each.meeting.reason,
            "changes": each.meeting.tries.changes,
            "refused": [rfc3339(start, self.pair.timezone) for start in each.meeting.tries.refused],
            "target": rfc3339(each.target, self.pair.timezone) if each.target else None,
            "possible": len(possible),
            "candidates": [self._candidate(c) for c in possible[:SHOWN]],
            "ruled_out": len(ruled_out),
            "against": [self._candidate(c) for c in ruled_out[:SHOWN]],
        }

    def _candidate(self, each: Candidate) -> dict[str, Any]:
        return {
            "start": rfc3339(each.start, self.pair.timezone),
            "end": rfc3339(each.end, self.pair.timezone),
            "place": each.tier,
            "cost": each.cost,
            "parts": dict(each.parts),
            "against": each.against or None,
        }
