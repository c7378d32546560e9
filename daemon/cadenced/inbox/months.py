"""Which roadmap month somebody means who says in answer to a mail that its task is done, or adds something to do.

Owns that rule. Must never know the words that they say it in.
"""

from datetime import datetime

from cadenced.core.actions import Mail
from cadenced.core.answers import Told, took_place
from cadenced.core.cadence import roadmap_month
from cadenced.core.due import key, local_day
from cadenced.core.model import Pair, State
from cadenced.core.records import OutboxRow, PairState

SPEAK_OF_ONE = (Mail.AGENDA, Mail.BRIEF, Mail.FOLLOW_UP)  # meeting, and so of its month


def month_of(told: Told, mail: OutboxRow | None, pair: Pair, state: PairState, now: datetime) -> int:
    """The month of the mail, however late it is answered, counted through all cycles; the one that it is `now` (aware)
    where there is no such mail. `pair` has its pauses by mail.

    Until its meeting an agenda asks whether the homework from before is done. What is to be done is at least this
    month's: the next agenda shows it.
    """
    today = _month_at(pair, now)
    if mail is None:
        return today
    if mail.kind == Mail.TASK:
        month = int(mail.key.split("/")[2].removeprefix("month-"))
    elif mail.kind in SPEAK_OF_ONE and mail.start is not None:
        month = _month_at(pair, mail.start)
    else:
        return today
    if told is Told.TODO:
        return max(month, today)
    if mail.kind == Mail.AGENDA and mail.start is not None and now < mail.start:
        return max(pair.roadmap_month or 1, month - (2 if _fell_out(pair, state, month - 1) else 1))
    return month


def _fell_out(pair: Pair, state: PairState, month: int) -> bool:
    """Whether its task is carried over, so that it gave no homework (DESIGN §5)."""
    _, missed = took_place(state.answers)
    meetings = [each for each in state.meetings if _month_at(pair, each.start) == month]
    held = any(each.state is State.STANDING and each.uid not in missed for each in meetings)
    by_mail = any(key(pair.id, Mail.TASK, f"month-{month}", person.id) in state.mails for person in pair.people)
    return bool(meetings) and not held and not by_mail


def _month_at(pair: Pair, moment: datetime) -> int:
    return roadmap_month(pair, local_day(pair.timezone, moment))
