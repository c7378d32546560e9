"""Answers that are written for people: `mailto:` links (RFC 6068) with the words that answers are understood by.

Owns those words in each language, and which a mail offers. Must never know how an answer is read, nor a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from cadenced.core.actions import Mail
from cadenced.wire.languages import Words

FALLBACK = "en"
SUBJECT_LONG = 120  # characters of the subject answered: some programs cut a link off at 2,000
TIMES_OFFERED = 9  # a number is one digit
RATES = 5  # of the pulse
# By language and name: what a button writes. Answers are read in each of these languages, whatever the reader's is.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "yes": "yes",
        "no": "no",
        "cant": "no",
        "none": "no",
        "met": "met",
        "not_met": "didn't meet",
        "skip": "skip",
        "done": "done",
        "pause": "pause until ",
        "help": "help",
        "stop": "stop",
    },
    "de": {
        "yes": "ja",
        "no": "nein",
        "cant": "nein",
        "none": "nein",
        "met": "getroffen",
        "not_met": "nicht getroffen",
        "skip": "ausfallen",
        "done": "erledigt",
        "pause": "Pause bis ",
        "help": "hilfe",
        "stop": "stopp",
    },
}
ASKS: Mapping[Mail, tuple[str, ...]] = {
    Mail.AGENDA: ("cant", "skip"),
    Mail.BRIEF: ("cant", "skip"),
    Mail.MOVED: ("cant", "skip"),
    Mail.INVITE: ("cant", "skip"),
    Mail.UPDATE: ("cant", "skip"),
    Mail.TASK: ("done",),
    Mail.FOLLOW_UP: ("met", "not_met"),
    Mail.PULSE: tuple(str(number) for number in range(1, RATES + 1)),
    Mail.RENEWAL: ("yes", "no"),
}
FOOT = ("pause", "help", "stop")


@dataclass(frozen=True, slots=True)
class Button:
    """`label` is what it says, `answer` what it writes."""

    label: str
    href: str
    answer: str


def buttons(reply_to: str, subject: str, words: Words, kind: Mail, offers: int = 0) -> dict[str, tuple[Button, ...]]:
    """The names `asks`, what the mail itself asks, and `small`, what can be said at any time. Both are empty without an
    address to reply to. `offers`: how many times there are to choose from.
    """
    if not reply_to:
        return {"asks": (), "small": ()}
    asks, small = _asks(kind, offers), FOOT if kind not in (Mail.ALERT, Mail.COMPLETION) else ()
    written = {name: button(reply_to, subject, *_word(words, name)) for name in (*asks, *small)}
    return {"asks": tuple(written[name] for name in asks), "small": tuple(written[name] for name in small)}


def button(reply_to: str, subject: str, label: str, answer: str) -> Button:
    """A reply to the address, about the subject, whose text is the answer. `reply_to` is an address alone."""
    about = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    fields = f"subject={_encoded(about[:SUBJECT_LONG])}&body={_encoded(answer)}"
    return Button(label, f"{mailto(reply_to)}?{fields}", answer)


def mailto(address: str) -> str:
    """Without header fields. A plus stays: it is no space in a mailto URI (RFC 6068 §5)."""
    return f"mailto:{quote(address, safe='@+')}"


def _asks(kind: Mail, offers: int) -> tuple[str, ...]:
    if kind not in (Mail.TIMES, Mail.ANSWER):
        return ASKS.get(kind, ())
    numbers = tuple(str(number) for number in range(1, min(offers, TIMES_OFFERED) + 1))
    return (*numbers, "none") if numbers else ()


def _word(words: Words, name: str) -> tuple[str, str]:
    """What it says and what it writes; a number says itself."""
    if name.isdigit():
        return name, name
    return labels(words)[name], ANSWERS.get(words.language, ANSWERS[FALLBACK])[name]


def labels(words: Words) -> dict[str, str]:
    """What each button says."""
    _ = words.gettext
    return {
        "yes": _("Yes"),
        "no": _("No"),
        "cant": _("I can’t come"),
        "none": _("None of them"),
        "met": _("We met"),
        "not_met": _("We didn’t meet"),
        "skip": _("Skip it this time"),
        "done": _("Done"),
        "pause": _("Pause until …"),
        "help": _("Help"),
        "stop": _("Stop these mails"),
    }


def _encoded(text: str) -> str:
    """RFC 6068 §2: everything but unreserved characters, in UTF-8."""
    return quote(text, safe="", errors="replace")
