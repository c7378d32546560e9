"""What is walked: scenes of a few disturbances each, and the safeguards that are taken away one at a time.

Of two daemons at one store the lock refuses the second, until the first is gone; then every promise holds. Without a
lock, or apart, on two machines with a store each and the same calendars, these still do: at most one event of a meeting
in a calendar, no edit overwritten, nothing of others touched, and both come to rest at one time. What can't: each mail
once, for neither knows what the other sends (MAIL_TWICE); and a deletion kept that one of them can't know of, apart
where its own store has no record that the event stood, without a lock where its look began before the event was there.
Two that run at once are walked without faults: with one there are more states than LIMIT.
"""

from dataclasses import replace

from cadenced.core.model import Channel
from tests.explore.scene import Scene, the_pair
from tests.explore.shelf import Care, Kind
from tests.support.programme import at, hours, person, programme, utc

WISHES = (programme(the_pair()), programme(the_pair(agreed=at("Wed 15:00"))))
EARLY = utc("2026-12-04T06:00")  # three hours before the agendas are due
GUEST = person("jonas", "Europe/Berlin", hours("Mon-Fri 09:00-17:00"), channel=Channel.SCHEDULING)
_HERE = the_pair(protege=GUEST)
INVITED = (programme(_HERE),)
ELSEWHERE = programme(replace(_HERE, face_to_face=replace(_HERE.face_to_face, where="The Bell")))
AGENDA = {"begins": EARLY, "hours": (0, 3)}

SMALL = (
    Scene("one person", acts=2, who=("jonas",)),
    Scene("a beginning", acts=1, faults=1, standing=False, what=("deletes",), who=("jonas",)),
    Scene("a server that hides", acts=1, faults=1, kind=Kind.HIDES, who=("maya",)),
    Scene("the agenda", faults=1, which=("crash", "lost reply", "lost database"), **AGENDA),
    Scene("a guest who answers", acts=2, what=("declines", "accepts"), who=("jonas",), wishes=INVITED),
    Scene("a no by mail", acts=1, faults=1, what=("says no",), which=("crash", "lost database"), who=("jonas",)),
    Scene("a second daemon before the lock", acts=1, faults=1, second=True, who=("jonas",)),
)
WHOLE = (
    Scene("two people and a fault", acts=1, faults=1),
    Scene("two people who move and delete, and a fault", acts=2, faults=1, what=("moves", "deletes")),
    Scene("two people who move and edit, and a fault", acts=2, faults=1, what=("moves", "edits")),
    Scene("the agenda and two faults", faults=2, which=("crash", "lost reply", "lost database"), **AGENDA),
    Scene("the agenda and a move", acts=1, faults=1, what=("moves", "deletes"), **AGENDA),
    Scene("two things at once", acts=1, at_once=2, standing=False, what=("deletes",), who=("jonas",)),
    Scene("two things at once, and a fault", faults=1, which=("crash",), at_once=2, standing=False),
    Scene("all things at once", acts=1, at_once=3, who=("jonas",)),
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
    Scene("a guest and a fault", acts=1, faults=1, what=("declines", "accepts", "moves", "deletes"), wishes=INVITED),
    Scene("a guest, and a move", acts=2, what=("declines", "accepts", "moves", "deletes"), wishes=INVITED),
    Scene("a guest, and another place", acts=2, what=("declines", "accepts"), wishes=(*INVITED, ELSEWHERE)),
    Scene("a guest and a beginning", acts=1, faults=1, standing=False, what=("declines",), wishes=INVITED),
    Scene(
        "a guest, and the database lost", acts=1, faults=1, what=("declines",), which=("lost database",), wishes=INVITED
    ),
    Scene("a no by mail, and a move", acts=2, what=("says no", "moves", "deletes")),
    Scene("a second daemon before the lock, and a beginning", faults=1, second=True, standing=False),
    Scene("two daemons and no lock", acts=1, second=True, lock=False, who=("jonas",)),
    Scene("two daemons apart", acts=1, second=True, apart=True, who=("jonas",)),
    Scene("two daemons apart, and a beginning", second=True, apart=True, standing=False),
)

# each is walked twice: with the safeguard, where no promise breaks, and without
GUARDED = {
    "If-Match": Scene("two moves", acts=2, what=("moves",), who=("maya",)),
    "If-None-Match": Scene(
        "an edited event brought back", acts=3, what=("edits", "deletes", "brings back"), who=("maya",)
    ),
    "derived UID": Scene("two daemons at once", second=True, lock=False, standing=False),
    "tombstones": Scene("a deletion", acts=1, what=("deletes",)),
    "lock": Scene("a second daemon and an agenda", second=True, **AGENDA),
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

# of two machines neither knows what the other sent
MAIL_TWICE = Scene("two daemons apart, and an agenda", second=True, apart=True, **AGENDA)
