"""DOMAIN's rules about a pair, each with its reason.

Must never know where in a file a pair stands.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cadenced.core.model import Cadence, Pair

# DOMAIN: the three formats and their cadence. "Once a month" is met by every four weeks, too.
FACE_TO_FACE = (timedelta(days=28), timedelta(days=92))
CALLS = (timedelta(days=14), timedelta(days=31))


def broken_rules(pair: Pair) -> Iterator[tuple[str, str]]:
    """The key and the reason of each rule that the pair breaks."""
    mentor, protege = pair.people
    if mentor.id == protege.id or mentor.email.lower() == protege.email.lower():
        yield "mentor", "nobody mentors themselves: a mentor brings what the protégé can't see"
    if protege.manager and protege.manager.lower() == mentor.email.lower():
        yield (
            "mentor",
            (
                f"{mentor.name} is {protege.name}'s manager. A mentor's advice must be disinterested, and much of it "
                "is about dealing with the manager; choose somebody outside the reporting line"
            ),
        )
    if pair.end is not None and pair.end < pair.start:
        yield "end", "lies before the start"


def outside_guidance(face_to_face: Cadence | None, calls: Cadence | None) -> Iterator[tuple[str, str]]:
    """The key and the reason of each cadence outside the bounds that make mentorships last."""
    if face_to_face is not None:
        if face_to_face.every.nominal < FACE_TO_FACE[0]:
            yield "face_to_face", "face to face more often than once a month overtaxes the mentor"
        if face_to_face.every.nominal > FACE_TO_FACE[1]:
            yield "face_to_face", "face to face more rarely than every three months, the relationship grows stale"
    if calls is not None:
        if calls.every.nominal < CALLS[0]:
            yield "calls", "calls more often than every two weeks overtax the mentor"
        if calls.every.nominal > CALLS[1]:
            yield "calls", "calls more rarely than once a month come too late; calls = false leaves them out"


def overlapping(pairs: Iterable[Pair]) -> Iterator[tuple[str, str]]:
    """The ids of pairs of the same two people that overlap in time: the later one and the earlier one."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        found.setdefault((pair.mentor.id, pair.protege.id), []).append(pair)
    for same in found.values():
        same.sort(key=lambda pair: pair.start)
        longest = same[0]
        for pair in same[1:]:
            if pair.start <= (longest.end or date.max):
                yield pair.id, longest.id
            longest = max(longest, pair, key=lambda each: each.end or date.max)
