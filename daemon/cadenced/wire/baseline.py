"""What we last wrote into an event, as one line of text: it travels in the event itself, in the store and the journal.

Owns that line, which must be read for ever. Must never know iCalendar.
"""

from dataclasses import replace
from datetime import UTC, datetime

from cadenced.core.events import Baseline
from cadenced.core.model import Tries

STAMP = "%Y%m%dT%H%M%SZ"
UNTRIED = ("0", "", "", "on")


def baseline_text(baseline: Baseline) -> str:
    """One line of plain ASCII that no server escapes or folds into something else."""
    texts = (baseline.summary, baseline.location, baseline.description)
    times = (baseline.start, baseline.end, *baseline.placed, baseline.decided)
    tries = baseline.tries
    tried = (str(tries.changes), stamp(tries.last) if tries.last else "-", "/".join(map(stamp, tries.refused)))
    words = ["1", *map(stamp, times), baseline.rules, *texts, *tried, "off" if baseline.cancelled else "on"]
    return " ".join(word or "-" for word in words)


def parse_baseline(text: str) -> Baseline | None:
    """The inverse of baseline_text; None for anything else."""
    version, *words = ["" if word == "-" else word for word in text.split()] or [""]
    words += UNTRIED if len(words) == 9 else ()  # as events have it that were written before we tried again
    if version != "1" or len(words) != 13:
        return None
    try:
        start, end, first, last, decided = map(_moment_of, words[:5])
        rules, summary, location, description, changes, tried, refused, standing = words[5:]
        starts = tuple(map(_moment_of, refused.split("/") if refused else ()))
        tries = Tries(int(changes), _moment_of(tried) if tried else None, starts)
    except ValueError:
        return None
    texts = (summary, location, description)
    return Baseline(start, end, (first, last), rules, *texts, decided, tries, cancelled=standing == "off")


def taken_off(written: str, now: datetime) -> str:
    """The baseline's text of a meeting whose event we took away, as it was when its time was last refused: should it
    ever come back, at a refused time it must not. Empty where nobody refused one that is still to come.
    """
    baseline = parse_baseline(written)
    *before, last = sorted(baseline.tries.refused) if baseline and baseline.tries.refused else [now]
    if baseline is None or last <= now:
        return ""
    tries = Tries(max(0, baseline.tries.changes - 1), refused=tuple(before))  # what the file does now does not count
    end = last + (baseline.end - baseline.start)
    return baseline_text(replace(baseline, start=last, end=end, decided=now, tries=tries, cancelled=False))


def stamp(moment: datetime) -> str:
    """As in 20261201T093000Z (RFC 5545 §3.3.5, form #2). `moment` is aware."""
    return f"{moment.astimezone(UTC):{STAMP}}"


def _moment_of(text: str) -> datetime:
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC)
