"""DOMAIN's rules about a pair, each with its reason.

Must never know where in a file a pair stands.
"""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cadenced.config.problems import nearest
from cadenced.config.shapes import FOCUS
from cadenced.core.model import Pair

# DOMAIN: the three formats and their cadence. "Once a month" is met by every four weeks, too.
FACE_TO_FACE = (timedelta(days=28), timedelta(days=92))
CALLS = (timedelta(days=14), timedelta(days=31))


def broken_rules(pair: Pair) -> Iterator[tuple[str, str]]:
    """The key and the reason of each rule that the pair breaks."""
    mentor, protege = pair.people
    if mentor.id == protege.id or mentor.email.lower() == protege.email.lower():
        yield "mentor", "nobody mentors themselves: a mentor brings what the protégé can't see"
    if protege.manager and protege.manager.lower() in (mentor.email.lower(), mentor.id):
        yield (
            "mentor",
            (
                f"{mentor.name} is {protege.name}'s manager. A mentor's advice must be disinterested, and much of it "
                "is about dealing with the manager; choose somebody outside the reporting line"
            ),
        )
    if pair.end is not None and pair.end < pair.start:
        yield "end", "lies before the start"
    for word in pair.focus:
        if word not in FOCUS:
            yield "focus", f'"{word}" is no focus area{nearest(word, FOCUS) or "; there are: " + ", ".join(FOCUS)}'


def outside_guidance(pair: Pair) -> Iterator[tuple[str, str]]:
    """The key and the reason of each cadence outside the bounds that make mentorships last."""
    often, rarely = FACE_TO_FACE
    length = pair.face_to_face.every.nominal
    if length < often:
        yield "face_to_face", "face to face more often than once a month overtaxes the mentor"
    if length > rarely:
        yield "face_to_face", "face to face more rarely than every three months, the relationship grows stale"
    if pair.calls is None:
        return
    often, rarely = CALLS
    length = pair.calls.every.nominal
    if length < often:
        yield "calls", "calls more often than every two weeks overtax the mentor"
    if length > rarely:
        yield "calls", "calls more rarely than once a month leave no way to correct course; face-to-face alone may do"


def overlapping(pairs: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    """The ids of pairs of the same two people that overlap in time: the later one and the earlier one."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault((pair.mentor.id, pair.protege.id), []).append(pair)
    for same in found.values():
        same.sort(key=lambda pair: pair.start)
        for earlier, later in itertools.pairwise(same):
            if later.start <= (earlier.end or date.max):
                yield later.id, earlier.id
