"""An example pair, and every mail to it: what a user's template is tried with before it is used.

Covers what mails differ in: mentor and protege, with and without a calendar, first month and carried-over task, who
can't come, and no time to choose from. Must never be sent.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cadenced.core.actions import Mail, SendMail
from cadenced.core.model import (
    Cadence,
    Every,
    Identity,
    Kind,
    Meeting,
    Pair,
    Person,
    Roadmap,
    RoadmapMonth,
)
from cadenced.wire.letter import alert_names, letter

MONTHS = 4  # the first one, and one of each kind that has words of its own
NOW = datetime(2026, 12, 5, 8, tzinfo=UTC)
_MONTHS = tuple(
    RoadmapMonth(number, f"Title {number}", kind, "Task.", ("Question?",), ("Prepare.",), ("Homework.",), "Outcome.")
    for number, kind in enumerate(("vision", "introduction", "rehearsal", "plan") * 3, 1)
)
_MENTOR = Person("maya", "Maya Okafor", "maya@example.org", "Europe/London", (), calendar="maya")
_PROTEGE = Person("asha", "Asha Gurung", "asha@example.org", "Asia/Kathmandu", ())
PAIR = Pair(
    "example",
    _MENTOR,
    _PROTEGE,
    date(2026, 12, 1),
    _MENTOR.timezone,
    Cadence(Every(months=1), 60, where="The Lamb"),
    Cadence(Every(days=14), 30, where="https://meet.example.org/example"),
    Roadmap("example", "Example", _MONTHS),
    focus=("negotiation",),
)
MEETINGS = tuple(
    Meeting(Identity("example", kind, PAIR.start, index), start, end, (start, end), "")
    for kind, index, start, end in (
        (kind, index, NOW + timedelta(days=days), NOW + timedelta(days=days, hours=1))
        for kind, index, days in ((Kind.FACE_TO_FACE, 0, 3), (Kind.CALL, 1, 13))
    )
)
OFFERS = tuple((NOW + timedelta(days=days), NOW + timedelta(days=days, hours=1)) for days in (5, 6, 9))
WHO = ((), (_MENTOR.id,), (_PROTEGE.id,), (_MENTOR.id, _PROTEGE.id))  # can't come


def examples() -> Iterator[tuple[Mail, dict[str, object]]]:
    """Each kind of mail with the names of one that might be sent, a few times over."""
    for kind in (Mail.AGENDA, Mail.BRIEF, Mail.TASK, Mail.MOVED, Mail.TIMES):
        for month in range(1, MONTHS + 1):
            for person in PAIR.people:
                meeting = None if kind is Mail.TASK else MEETINGS[month % 2]
                mail = SendMail("example", PAIR.id, kind, person.id, meeting, NOW, NOW, month, "", month % 2 == 0)
                if kind is Mail.TIMES:
                    mail = replace(mail, times=OFFERS if month > 1 else (), who=WHO[month % len(WHO)])
                yield kind, letter(mail, PAIR, MEETINGS, NOW, programme_mailbox=month % 2 == 0).names()
    yield Mail.ALERT, alert_names(["An account refuses its password."], NOW)
