"""Every mail to the example pair that comes once, or answers somebody: what a user's template is tried with before it
is used.

Covers what they differ in: mentor and protege, with and without a mailbox that reads answers, and all an answer may
say. Must never be sent.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from cadenced.core.actions import Mail, SendMail
from cadenced.wire.example import MEETINGS, NOW, OFFERS, PAIR
from cadenced.wire.letter import letter
from cadenced.wire.occasions import STATES, answer_names, occasion_names

ONCE = (Mail.CHARTER, Mail.FOLLOW_UP, Mail.INTRODUCTION, Mail.PULSE, Mail.RENEWAL, Mail.COMPLETION)
WITHOUT_FOCUS = replace(PAIR, focus=(), calls=None)


def occasion_examples() -> Iterator[tuple[Mail, dict[str, object]]]:
    """Each kind of mail with the names of one that might be sent, a few times over."""
    for kind, person, mailbox in product((*ONCE, *STATES), PAIR.people, (True, False)):
        meeting = MEETINGS[mailbox] if kind is Mail.FOLLOW_UP or kind in STATES else None
        pair = PAIR if mailbox else WITHOUT_FOCUS
        mail = SendMail("example", pair.id, kind, person.id, meeting, NOW, NOW, 1, "")
        names = letter(mail, pair, MEETINGS, NOW, programme_mailbox=mailbox).names()
        yield kind, names | occasion_names(mail, pair, NOW)
    for person, mailbox in product(PAIR.people, (True, False)):
        for more in (
            {"taken": ("Paused until 1 January.",)},
            {"taken": ("Moved.",), "meeting": MEETINGS[0]},
            {"refused": (("move to 30 Feb", "There is no such day.", "Name another."),), "meeting": MEETINGS[0]},
            {"refused": (("2", "That time is taken.", ""),), "meeting": MEETINGS[0], "times": OFFERS},
            {"commands": (("yes", "The time suits you."),)},
        ):
            yield Mail.ANSWER, answer_names(PAIR, person, NOW, programme_mailbox=mailbox, **more)
