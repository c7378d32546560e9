"""What is walked: scenes of a few disturbances each, and the safeguards that are taken away one at a time."""

from dataclasses import replace

from tests.explore.scene import Scene, the_pair
from tests.explore.shelf import Care, Kind
from tests.support.programme import at, programme, utc

WISHES = (programme(the_pair()), programme(the_pair(agreed=at("Wed 15:00"))))
EARLY = utc("2026-12-04T06:00")  # three hours before the agendas are due
AGENDA = {"begins": EARLY, "hours": (0, 3)}

SMALL = (
    Scene("one person", acts=2, who=("jonas",)),
    Scene("a beginning", acts=1, faults=1, standing=False, what=("deletes",), who=("jonas",)),
    Scene("a server that hides", acts=1, faults=1, kind=Kind.HIDES, who=("maya",)),
    Scene("the agenda", faults=1, which=("crash", "lost reply", "lost database"), **AGENDA),
)
WHOLE = (
    Scene("two people and a fault", acts=2, faults=1),
    Scene("the agenda and two faults", faults=2, which=("crash", "lost reply", "lost database"), **AGENDA),
    Scene("the agenda and a move", acts=1, faults=1, what=("moves", "deletes"), **AGENDA),
    Scene("two things at once", acts=1, faults=1, at_once=2, standing=False, who=("jonas",)),
    Scene("all things at once", acts=1, faults=1, at_once=3, who=("jonas",)),
    Scene("another wish", acts=2, faults=1, wishes=WISHES, who=("maya",)),
    Scene("the database lost", acts=2, faults=1, which=("lost database",)),
    Scene("the database put back", acts=2, faults=1, which=(), backup=True, who=("jonas",)),
    Scene("called off", acts=2, faults=1, what=("cancels", "puts on", "moves", "deletes"), who=("maya",)),
    Scene(
        "an app that drops what it does not know",
        acts=2,
        faults=1,
        what=("strips", "moves", "deletes", "brings back"),
        who=("jonas",),
    ),
    Scene("a server that hides, and a fault", acts=2, faults=1, kind=Kind.HIDES, who=("maya",)),
    Scene("a server that forgets", acts=2, faults=1, kind=Kind.FORGETS, who=("jonas",)),
    Scene("an event of theirs with our UID", acts=1, faults=1, foreign=("jonas",)),
    Scene("a day goes by", acts=2, hours=(0, 25)),
)

# each is walked twice: with the safeguard, where no promise breaks, and without
_TWO = {"acts": 1, "standing": False, "lock": False, "what": ("moves",), "who": ("maya",)}
GUARDED = {
    "If-Match": Scene("two moves", acts=2, what=("moves",), who=("maya",)),
    "If-None-Match": Scene(
        "an edited event brought back", acts=3, what=("edits", "deletes", "brings back"), who=("maya",)
    ),
    "derived UID": Scene("two daemons at once", **_TWO | {"acts": 0}),
    "tombstones": Scene("a deletion", acts=1, what=("deletes",)),
    "lock": Scene("one daemon and an agenda", **AGENDA),
    "journal": Scene(
        "a deletion, and the database lost", acts=1, faults=1, what=("deletes",), which=("lost database",)
    ),
}
TAKEN = {
    "If-Match": {"care": Care(if_match=False)},
    "If-None-Match": {"care": Care(if_none_match=False)},
    "derived UID": {"care": Care(one_name=False)},
    "tombstones": {"tombstones": False},
    "lock": {"lock": False},
    "journal": {"journal": False},
}
WITHOUT = {name: replace(scene, name=f"without {name}", **TAKEN[name]) for name, scene in GUARDED.items()}
