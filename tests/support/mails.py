"""Mails for tests: written by the real composer, read with the standard library's parser."""

from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from cadenced.core.actions import Mail, SendMail
from cadenced.core.messages import key
from cadenced.core.model import Identity, Kind, Meeting, Pair, Person
from cadenced.wire.message import Composed, Composer
from tests.support.programme import pair, utc

NOW = utc("2026-12-05T08:00")
ABOUT_A_MONTH = (Mail.TASK, Mail.CHARTER, Mail.INTRODUCTION, Mail.PULSE, Mail.RENEWAL, Mail.COMPLETION)
SENDER = "Mentoring <agenda@example.org>"


def composer(*, plus: bool = False, sender: str = SENDER, **templates: str) -> Composer:
    """Templates by name, with underscores for dots: agenda_txt_j2="…"."""
    sources = {name.replace("_", "."): source for name, source in templates.items()}
    return Composer(sender, plus_addressing=plus, answers=plus, templates=sources)


def meeting(p: Pair, start: str = "2026-12-08T17:30", kind: Kind = Kind.FACE_TO_FACE, index: int = 0) -> Meeting:
    begin = utc(start)
    end = begin + timedelta(minutes=60)
    return Meeting(Identity(p.id, kind, date(2026, 12, 1), index), begin, end, (begin, end), "")


def due(p: Pair, person: Person, kind: Mail = Mail.AGENDA, about: Meeting | None = None, month: int = 1, **more):
    """What the messages of core would ask for."""
    place = str(about.identity) if about else f"month-{month}"
    name = key(p.id, kind, place, person.id)
    return SendMail(name, p.id, kind, person.id, about, NOW, NOW + timedelta(days=3), month, "", **more)


def write(
    p: Pair | None = None,
    to: str = "protege",
    *,
    kind: Mail = Mail.AGENDA,
    about: Meeting | None = None,
    month: int = 1,
    by: Composer | None = None,
    now=NOW,
    **more,
) -> Composed:
    """One mail of `kind`: what a test does not say is ordinary."""
    p = p or pair()
    about = about or (None if kind in ABOUT_A_MONTH else meeting(p))
    mail = due(p, getattr(p, to), kind, about, month, **more)
    return (by or composer()).compose(mail, p, [about] if about else [], now)


def parsed(composed: Composed) -> EmailMessage:
    return message_from_bytes(composed.body, policy=default)


def text_of(composed: Composed) -> str:
    return parsed(composed).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(composed: Composed) -> str:
    return parsed(composed).get_body(("html",)).get_content().replace("\r\n", "\n")


def line_of_text(composed: Composed) -> str:
    """The text part without its line breaks, to look for a sentence in."""
    return " ".join(text_of(composed).split())
