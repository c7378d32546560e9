"""Every mail that there is, in English and in German: what the browser looks at.

The real composer writes them, with the texts of the real roadmap, long names and long words, for readers in two zones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property, partial
from itertools import product
from pathlib import Path

from cadenced.config.roadmaps import load_roadmaps
from cadenced.core.actions import Mail
from cadenced.core.answers import Answer, Told
from cadenced.core.model import Kind, Pair
from cadenced.wire.message import Composed, Composer
from cadenced.wire.occasions import answer_names
from tests.support.mails import ABOUT_A_MONTH, NOW, composer, due, html_of, meeting, text_of
from tests.support.programme import pair, person

LANGUAGES = ("en", "de")
MONTHS = {Mail.CHARTER: 1, Mail.INTRODUCTION: 6, Mail.PULSE: 7, Mail.RENEWAL: 12, Mail.COMPLETION: 12}
OFFERS = tuple((NOW + timedelta(days=days), NOW + timedelta(days=days, hours=1)) for days in (5, 6, 9))
LINK = "https://meet.example.org/rooms/the-mentoring-programme/maya-and-jonas?pwd=Zm9vYmFyYmF6cXV1eA"
INVITATIONS = (Mail.INVITE, Mail.UPDATE, Mail.CANCEL)
TOLD = (
    Answer("1", "maya-jonas", "asha", Told.TODO, NOW, month=4, text=f"Read {LINK} and tell what of it holds here"),
    Answer("2", "maya-jonas", "asha", Told.DONE, NOW, month=9),
)
CALL: dict = {"call": True}
TALKS: dict[Mail, dict[str, dict]] = {  # what a mail may be about, of the kinds that are about a meeting
    **{kind: {"": {}, "call": CALL} for kind in (Mail.BRIEF, Mail.FOLLOW_UP, Mail.MOVED, *INVITATIONS)},
    Mail.AGENDA: {"": {"carried_over": True}, "call": CALL},
    Mail.TIMES: {"": {"times": OFFERS}, "call": {"times": OFFERS, **CALL}, "none": {"who": ("maya",)}},
}
ANSWERS: dict[str, dict] = {
    "taken": {"taken": ("Moved.",)},
    "refused": {"refused": (("2", "That time is taken.", "Choose another."),), "times": OFFERS},
    "help": {"commands": (("yes", "The time suits you."), ("move to Tue 3 March 14:00", "Another time."))},
}


@dataclass(frozen=True)
class Sample:
    """`name` says which mail it is, as a file's name. It is written when it is first looked at."""

    name: str
    language: str
    write: Callable[[], Composed]

    @cached_property
    def composed(self) -> Composed:
        return self.write()

    @property
    def html(self) -> str:
        return html_of(self.composed)

    @property
    def text(self) -> str:
        return text_of(self.composed)


@cache
def samples() -> tuple[Sample, ...]:
    """The coordinator's comes once: it is in English."""
    found = [sample for language in LANGUAGES for sample in _to_pairs(language)]
    return (*found, Sample("en-alert", "en", _alert))


def _to_pairs(language: str) -> Iterator[Sample]:
    for kind, to, plus in product(Mail, ("mentor", "protege"), (True, False)):
        variants = {} if kind is Mail.ALERT else ANSWERS if kind is Mail.ANSWER else TALKS.get(kind, {"": {}})
        for what, more in variants.items():
            name = "-".join(filter(None, (language, kind, to, what, "" if plus else "no-mailbox")))
            author = _answer if kind is Mail.ANSWER else _write
            yield Sample(name, language, partial(author, language, to, plus, kind, more))


def _write(language: str, to: str, plus: bool, kind: Mail, more: dict) -> Composed:
    both = couple(language)
    call = meeting(both, "2026-12-18T11:00", Kind.CALL, 1) if "call" in more else None
    about = None if kind in ABOUT_A_MONTH else call or meeting(both)
    rest = {name: value for name, value in more.items() if name != "call"}
    mail = due(both, getattr(both, to), kind, about, MONTHS.get(kind, 10 if call else 4), **rest)
    return _writer(plus).compose(mail, both, [about] if about else [], NOW, told=TOLD)


def _answer(language: str, to: str, plus: bool, kind: Mail, more: dict) -> Composed:
    both = couple(language)
    person = getattr(both, to)
    names = answer_names(both, person, NOW, programme_mailbox=plus, meeting=meeting(both), **more)
    return _writer(plus).compose_answer("k", both, person, names, NOW, in_reply_to="<theirs@example.org>")


def _alert() -> Composed:
    texts = ["The calendar 'maya' refuses its password.", f"A long address: {LINK * 3}"]
    return _writer(True).compose_alert("alert", "petra@example.org", texts, NOW)


@cache
def _writer(plus: bool) -> Composer:
    return composer(plus=plus)


@cache
def couple(language: str) -> Pair:
    roadmap = load_roadmaps(Path("nowhere"))["early-career-product-manager"]
    maya = person("maya", "Europe/London", calendar="maya", language=language)
    asha = person("asha", "Asia/Kathmandu", language=language)
    whole = pair(
        mentor=replace(maya, name="Maya Okafor"),
        protege=replace(asha, name="Ashalakshmi “Asha” Gurung-Weissenbacher"),
        focus=("negotiation", "executive-presence"),
        end=date(2027, 11, 30),
    )
    return replace(whole, roadmap=roadmap, calls=replace(whole.calls, where=LINK) if whole.calls else None)
