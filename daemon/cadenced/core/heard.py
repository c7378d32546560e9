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
from cadenced.core.merge import NEVER
from cadenced.core.model import Meeting, State

BY_MAIL = "mail/"  # and a person's id: where their word stands, as if it were an account; no account has a slash
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
        return max(written, key=_decided)
    if remembered is None:
        return None
    off = remembered.state is State.CANCELLED
    times = (remembered.start, remembered.end)
    texts = ("", "", "")
    baseline = Baseline(*times, remembered.placed, remembered.rules, *texts, NEVER, remembered.tries, cancelled=off)
    return Copy("", "", "", ObservedEvent(remembered.uid, None, baseline, *times, cancelled=off))


def _decided(copy: Copy) -> tuple[datetime, str]:
    return (_since(copy), copy.account)


def _moved(told: Sequence[Answer], base: Copy) -> Copy | None:
    """The last time that somebody wanted, unless somebody said no to it since."""
    wanted = [each for each in told if each.told is Told.MOVED and each.start and each.end]
    if not wanted or wanted[-1].at <= _since(base):
        return None
    last = wanted[-1]
    if any(each.told is Told.DECLINED and each.start == last.start and each.at > last.at for each in told):
        return None
    return _as(base, last, replace(base.event, start=last.start, end=last.end))


def _off_or_on(told: Sequence[Answer], base: Copy) -> Copy | None:
    last = next((each for each in reversed(told) if each.told in ON_OR_OFF), None)
    if last is None or last.at <= _since(base) or (off := last.told is Told.SKIPPED) is _is_off(base):
        return None
    return _as(base, last, replace(base.event, cancelled=off))


def _declines(told: Sequence[Answer], base: Copy) -> dict[str, Baseline | None]:
    """Everybody's last word about the time that they spoke of last."""
    found: dict[str, Baseline | None] = {}
    for each in told:
        if each.told in YES_OR_NO:
            found.pop(BY_MAIL + each.person, None)
        if each.told is Told.DECLINED and each.start and each.end and base.event.baseline:
            no = replace(base.event.baseline, start=each.start, end=each.end, decided=each.at, cancelled=False)
            found[BY_MAIL + each.person] = replace(no, tries=replace(no.tries, refused=()))
    return found


def _since(base: Copy) -> datetime:
    return base.event.baseline.decided if base.event.baseline else NEVER


def _is_off(base: Copy) -> bool:
    return base.event.baseline is not None and base.event.baseline.cancelled


def _as(base: Copy, answer: Answer, event: ObservedEvent) -> Copy:
    return Copy(BY_MAIL + answer.person, base.href, base.etag, replace(event, last_modified=answer.at))
