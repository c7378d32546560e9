"""What was said by mail of one meeting, as if it had been done in a calendar (DESIGN §7): a time that somebody wants is
a copy that they moved, "can't" is a copy that they deleted, "skip" one that they cancelled.

Owns when an answer still holds: until something was decided after it, or somebody said otherwise. Must never know how
an answer came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from cadenced.core.answers import Answer, Told
from cadenced.core.events import Baseline, Copy, ObservedEvent
from cadenced.core.merge import BY_MAIL, NEVER
from cadenced.core.model import Meeting, State

YES_OR_NO = (Told.ACCEPTED, Told.TENTATIVE, Told.DECLINED, Told.MOVED)
ON_OR_OFF = (Told.ACCEPTED, Told.MOVED, Told.SKIPPED)


@dataclass(frozen=True, slots=True)
class Heard:
    """`copies` are those that people would have left, `declines` what they said no to, by the place of their word."""

    copies: tuple[Copy, ...] = ()
    declines: Mapping[str, Baseline | None] = field(default_factory=dict)


def heard(answers: Sequence[Answer], copies: Sequence[Copy], remembered: Meeting | None) -> Heard:
    """`answers` are those about one meeting. Its `copies` say what was decided last; where there are none, as with two
    who have no calendar with us, what the store remembers does.
    """
    if not answers or (base := _base(copies, remembered)) is None:
        return Heard()
    told = sorted(answers, key=lambda answer: (answer.at, answer.id))
    return Heard(tuple(filter(None, (_moved(told, base), _off_or_on(told, base)))), _declines(told, base))


def _base(copies: Sequence[Copy], remembered: Meeting | None) -> Copy | None:
    written = [copy for copy in copies if copy.event.baseline is not None and copy.event.start is not None]
    if written:
        return _as_written(max(written, key=_decided))
    if remembered is None:
        return None
    off = remembered.state is State.CANCELLED
    times = (remembered.start, remembered.end)
    texts = ("", "", "")
    baseline = Baseline(*times, remembered.placed, remembered.rules, *texts, NEVER, remembered.tries, cancelled=off)
    return Copy("", "", "", ObservedEvent(remembered.uid, None, baseline, *times, cancelled=off))


def _decided(copy: Copy) -> tuple[datetime, str]:
    return (_since(copy), copy.account)


def _as_written(copy: Copy) -> Copy:
    """Without what its human did to it since, which is their word and nobody else's."""
    if (last := copy.event.baseline) is None:
        return copy
    return replace(copy, event=replace(copy.event, start=last.start, end=last.end, cancelled=last.cancelled))


def _moved(told: Sequence[Answer], base: Copy) -> Copy | None:
    """The last time that somebody wanted, unless somebody said no to it since."""
    wanted = [each for each in told if each.told is Told.MOVED and each.start and each.end]
    if not wanted or wanted[-1].at <= _since(base):
        return None
    last = wanted[-1]
    since = told[told.index(last) + 1 :]
    if any(each.told is Told.DECLINED and each.start == last.start for each in since):
        return None
    return _as(base, last, BY_MAIL + last.person, replace(base.event, start=last.start, end=last.end))


def _off_or_on(told: Sequence[Answer], base: Copy) -> Copy | None:
    last = next((each for each in reversed(told) if each.told in ON_OR_OFF), None)
    if last is None or last.at <= _since(base) or (off := last.told is Told.SKIPPED) is _is_off(base):
        return None
    return _as(base, last, f"{BY_MAIL}{last.person}/{last.told}", replace(base.event, cancelled=off))


def _declines(told: Sequence[Answer], base: Copy) -> dict[str, Baseline | None]:
    """What each said no to and did not take back, by accepting that time; nobody's no outlives that somebody wants that
    very time later: who can't still may say so again.
    """
    noes: dict[str, dict[datetime, Answer]] = {}
    for each in told:
        if (start := each.start) is None or each.told not in YES_OR_NO:
            continue
        for person, theirs in noes.items():
            if person == each.person or each.told is Told.MOVED:
                theirs.pop(start, None)
        if each.told is Told.DECLINED and _counts(each, base):
            noes.setdefault(each.person, {})[start] = each
    return {BY_MAIL + person: _no(list(theirs.values()), base) for person, theirs in noes.items() if theirs}


def _counts(no: Answer, base: Copy) -> bool:
    """What is over can't be refused; and what was given way to already, a human may have chosen again since."""
    written = base.event.baseline
    heeded = written is not None and no.at <= written.decided and no.start in written.tries.refused
    return no.end is not None and no.at < no.end and not heeded


def _no(theirs: Sequence[Answer], base: Copy) -> Baseline | None:
    """One person's noes: to the time that it has, or else to the last, with the others as refused before."""
    last = max(theirs, key=lambda each: (each.start == base.event.start, each.at))
    if (written := base.event.baseline) is None or last.start is None or last.end is None:  # for the type checker
        return None
    before = tuple(each.start for each in theirs if each.start is not None and each is not last)
    tries = replace(written.tries, refused=before)
    return replace(written, start=last.start, end=last.end, decided=last.at, cancelled=False, tries=tries)


def _since(base: Copy) -> datetime:
    return base.event.baseline.decided if base.event.baseline else NEVER


def _is_off(base: Copy) -> bool:
    return base.event.baseline is not None and base.event.baseline.cancelled


def _as(base: Copy, answer: Answer, place: str, event: ObservedEvent) -> Copy:
    """By its place settle() tells apart who moved it and who called it off, be it the same person."""
    return Copy(place, base.href, base.etag, replace(event, last_modified=answer.at))
