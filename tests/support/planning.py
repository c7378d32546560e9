"""One pair that meets on Tuesdays, planned by itself, for tests of what becomes of a plan that stands."""

from datetime import timedelta

from cadenced.core.availability import Busy
from cadenced.core.jointly import plan_scene
from cadenced.core.model import Horizon
from cadenced.core.scene import Scene
from cadenced.core.slots import Taken
from tests.support.programme import at, pair, utc

NOW = utc("2026-11-24T09:00")
YEAR, HALF_YEAR, TEN_WEEKS = (Horizon(ahead=timedelta(days=days)) for days in (365, 182, 70))
TUESDAY = at("Tue 17:30")


def plan_pair(p, standing, now, horizon, taken):
    """The plan of one pair by itself."""
    return plan_scene(Scene(p, standing, now, horizon, taken))


def plan(p, standing=(), now=NOW, horizon=HALF_YEAR, busy=()):
    return plan_pair(p, standing, now, horizon, Taken(Busy(busy)))


def monthly(**more):
    return pair(agreed=TUESDAY, calls=None, **more)


def days(meetings):
    return [f"{m.start:%m-%d}" for m in meetings]


def by(**more):
    return timedelta(**more)


FIRST = plan(monthly()).meetings  # 8 Dec, 5 Jan, 9 Feb, 9 Mar, 6 Apr, 4 May
