"""Answers in words: what a person means by the first lines of a mail, in English and in German.

Owns what of a line must be understood before it counts. Must never know what was asked, nor what an answer changes: a
bare number is that number, and nothing else. A line that says more than one such answer and some politeness is not
understood, for nothing is guessed from the middle of a sentence. Never raises, whatever the text is.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime

from cadenced.wire import vocabulary
from cadenced.wire.replying import own_lines
from cadenced.wire.vocabulary import ANSWERS, FRIENDLY, NUMBERS, Meant
from cadenced.wire.whens import Here, Why, day, here, moment

LINES = 8  # of an answer that are read: who says more writes a letter, and a person must read it
TODO = 500  # characters of a piece of homework
WRAPPED = 60  # columns from which on a mail program may have broken a line in two
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SIGNS = frozenset({"So", "Sk", "Cf", "Mn", "Co", "Cn", "Cs"})  # emoji and what joins them
_MARKS = re.compile("['’‘ʼ`´*_~\"“”„«»]")
_SMILEY = re.compile(r"(?:^|\s)[:;]-?[)(DPp](?=\s|$)")
# each run of signs is tried once, from its beginning: from each of its signs would take the square of it
_CLAUSE = re.compile(r"(?<![,;.!:()])[,;.!:()]++(?=\s|$)|\s[-–—]++\s|(?<![–—])[–—]++$|^[-–—•]++\s")
_KIND = tuple(sorted(vocabulary.POLITE, key=len, reverse=True))
_POLITE = re.compile(rf"\b(?:{'|'.join(_KIND)})\b(?:\s{vocabulary.THANKED}\b)?")
_NUMBER = re.compile(rf"(?:(?:{vocabulary.COUNTED})\s?)?#?(\d{{1,2}})[.)]?")
_ABBREVIATED = re.compile(r"\bnr\.\s*")
_GREETING = re.compile(rf"(?:{vocabulary.GREETINGS})\b", re.IGNORECASE)
_NAMES = re.compile(r"(?:\s(?:there|all|zusammen|team|alle|you|[A-ZÄÖÜ]\S*)){0,3}\s?[,!.]?")
_TODO = re.compile(rf"(?:[-*•]\s*)?(?:{vocabulary.TODO})\s*:\s*(\S.*)", re.IGNORECASE)
_BEFORE = re.compile(r"(?:(?:no|nein|sorry|please|bitte|leider)\b[\s,.!]+)*")
_BETWEEN = " ,.!"
_MOVE = re.compile(vocabulary.MOVE)
_PAUSE = re.compile(vocabulary.PAUSE)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of an answer; `line` is as it was written. `number` is of CHOOSE, `text` of TODO.

    Of MOVE `start` is the moment in UTC, and of PAUSE `until` is the day that was named, or None: until they resume.
    Where `reason` says why that can't be, there is none.
    """

    meant: Meant
    line: str
    number: int = 0
    start: datetime | None = None
    until: date | None = None
    text: str = ""
    reason: Why | None = None


def understood(  # noqa: PLR0913 — who writes, when, and what they were asked
    text: str, language: str, timezone: str, now: datetime, *, offers: int = 0, name: str = ""
) -> tuple[Said, ...]:
    """What the writer says, line by line; nothing where they only greet, thank or sign, and FRIENDLY where a word may
    be more than that. `language` and `timezone` (an
    IANA name) are the writer's, and `name` what they sign with. `now` is aware: the moment at which they wrote, by
    which "tomorrow" is reckoned. A number must name one of as many times as `offers` says; 0 where none were offered.
    """
    where = here(language, timezone, now)
    own = _names(_plain(_normal(name)))
    found = list[Said]()
    for line in own_lines(text)[:LINES]:
        said = _said(_CONTROLS.sub(" ", _normal(line)).strip(), where, own)
        if said is None:
            continue
        if said.meant is Meant.UNCLEAR and found and found[-1].meant is Meant.TODO and len(found[-1].line) >= WRAPPED:
            found[-1] = replace(found[-1], text=f"{found[-1].text} {said.line}"[:TODO], line=said.line)
            continue
        if said.meant is Meant.CHOOSE and offers and not 1 <= said.number <= offers:
            said = replace(said, reason=Why.NOT_OFFERED)
        found.append(said)
    return tuple(found)


def _said(line: str, where: Here, own: frozenset[str]) -> Said | None:
    """What one line says; None for a greeting, thanks, or a name."""
    if todo := _TODO.fullmatch(line):
        return Said(Meant.TODO, line, text=todo[1][:TODO])
    plain = _plain(line)
    if said := _timed(line, plain, where):
        return said
    if plain and _names(plain) <= own:
        return None
    if "?" in plain:
        return Said(Meant.UNCLEAR, line)
    if not plain and (signs := {each for each in line if unicodedata.category(each) == "So"}):
        return Said(Meant.FRIENDLY if signs <= vocabulary.APPROVING else Meant.UNCLEAR, line)
    greeting = _GREETING.match(line)
    said = _answered(line, plain[greeting.end() :] if greeting else plain, own)
    unclear = said is not None and said.meant is Meant.UNCLEAR
    return None if greeting and unclear and _NAMES.fullmatch(line[greeting.end() :]) else said


def _timed(line: str, plain: str, where: Here) -> Said | None:
    """A move or a pause, with all that follows taken for the time."""
    asked = _around(plain)
    if move := _MOVE.fullmatch(asked.rstrip("? ")):
        when = moment(move["when"] or move["when2"], where)
        return Said(Meant.MOVE, line, reason=when) if isinstance(when, Why) else Said(Meant.MOVE, line, start=when)
    if pause := _PAUSE.fullmatch(asked):
        until = day(pause["until"] or "", where)
        return Said(Meant.PAUSE, line, reason=until) if isinstance(until, Why) else Said(Meant.PAUSE, line, until=until)
    return None


def _answered(line: str, plain: str, own: frozenset[str]) -> Said | None:
    """Each clause must be an answer or politeness, and the answers must agree."""
    found, friendly = set[tuple[Meant, int]](), False
    for clause in _CLAUSE.split(_ABBREVIATED.sub("nr ", plain)):
        words = " ".join(_POLITE.sub(" ", clause).split())
        said = _clause(words) if words and not _signed(words, own) else set()
        if said is None:
            return Said(Meant.UNCLEAR, line)
        found |= said
        friendly |= words in FRIENDLY
    kinds = {meant for meant, _ in found}
    if not kinds & {Meant.NO, Meant.NOT_MET} and kinds != {Meant.YES}:  # "yes, 2", "ja, getroffen"
        found.discard((Meant.YES, 0))
    if Meant.NOT_MET in kinds:  # "no, we didn't meet"
        found.discard((Meant.NO, 0))
    if not found:
        return Said(Meant.FRIENDLY, line) if friendly else None
    [(meant, number)] = found if len(found) == 1 else [(Meant.UNCLEAR, 0)]
    return Said(meant, line, number=number)


def _signed(words: str, own: frozenset[str]) -> bool:
    """Whether they are only the end of a letter: "LG Jonas"."""
    rest = " ".join(each for each in words.split() if not _names(each) <= own)
    return words not in ANSWERS and (not rest or rest in vocabulary.SIGNED)


def _clause(words: str) -> set[tuple[Meant, int]] | None:
    """Its answers: none of what is only friendly. None when any of it is neither."""
    if (one := _phrase(words)) is not None:
        return one
    each = words.split()
    for split in range(1, len(each)):
        before, after = " ".join(each[:split]), " ".join(each[split:])
        first, second = _phrase(before), _phrase(after)
        if (
            first is not None and second is not None and (split == 1 or after in FRIENDLY)
        ):  # "ja passt", not "i can stop"
            return first | second
    return None


def _phrase(words: str) -> set[tuple[Meant, int]] | None:
    if words in ANSWERS:
        return {(ANSWERS[words], 0)}
    if number := _NUMBER.fullmatch(words):
        return {(Meant.CHOOSE, int(number[1]))}
    if words in NUMBERS:
        return {(Meant.CHOOSE, NUMBERS[words])}
    return set() if words in FRIENDLY else None


def _normal(text: str) -> str:
    """In one way of writing the same signs; NFKC would make a space and a mark of the accent that stands for an
    apostrophe.
    """
    return unicodedata.normalize("NFKC", text.replace("´", "'"))


def _plain(line: str) -> str:
    """In small letters, without smileys, signs, quotation marks and apostrophes."""
    seen = "".join(each for each in line if unicodedata.category(each) not in _SIGNS)
    return " ".join(_MARKS.sub("", _SMILEY.sub(" ", seen)).lower().split())


def _around(plain: str) -> str:
    """Without the politeness before and after it."""
    rest = (plain[found.end() :] if (found := _BEFORE.match(plain)) else plain).rstrip(_BETWEEN)
    while last := next(filter(rest.endswith, _KIND), ""):
        shorter = rest.removesuffix(last)
        if not shorter.endswith(tuple(_BETWEEN)):
            break
        rest = shorter.rstrip(_BETWEEN)
    return rest


def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, re.split(r"[\s,./-]+", text)))
