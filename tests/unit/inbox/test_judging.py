"""What a mail is taken for: which month it speaks of."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cadenced.core.actions import Mail, SendMail
from cadenced.core.answers import Answer, Told
from cadenced.core.messages import messages
from cadenced.core.model import DateRange, Horizon, Identity, Kind, Meeting, State
from cadenced.core.records import MailEntry, MailState, OutboxRow, PairState
from cadenced.inbox.judging import Context, Judge
from cadenced.wire.letter import letter
from cadenced.wire.received import read
from tests.support.programme import pair, utc

NOW = utc("2027-05-10T09:00")
MAIL = b"From: maya@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n"
RARELY = pair(calls=None)
DAY = timedelta(days=1)
NOTHING_KNOWN = PairState()


async def nothing_fits(*_):
    raise AssertionError("no time was asked for")


async def told(p, text, *, now=NOW, mail=None, state=NOTHING_KNOWN, **more):
    context = Context("<9@example.org>", p, p.mentor, mail and row(mail), now, proved=True, **more)
    received = read(MAIL % text.encode())
    return (await Judge(context, state, nothing_fits).judge(received, None)).answers


async def month_of_what_was_done(p, *said):
    [answer] = await told(p, "done", state=PairState(answers=said))
    return answer.month


async def test_a_task_is_done_in_the_roadmap_month_which_pauses_of_file_and_mail_have_put_off():
    paused = Answer("<1@x>", "maya-jonas", "jonas", Told.PAUSED, utc("2027-01-20T10:00"), until=date(2027, 4, 19))
    assert await month_of_what_was_done(pair()) == 6
    assert await month_of_what_was_done(pair(), paused) == 3
    assert await month_of_what_was_done(pair(pause=(DateRange(date(2027, 1, 20), date(2027, 4, 19)),))) == 3


def meeting(month, **more):
    """Face to face, on the ninth of that month of a pair that starts in December."""
    first = date(2026 + (month > 1), (month + 10) % 12 + 1, 1)
    start = utc(f"{first.replace(day=9)}T17:30")
    times = (start, start + timedelta(hours=1))
    return Meeting(Identity(RARELY.id, Kind.FACE_TO_FACE, first), *times, placed=times, rules="r", **more)


def sent(meetings, kind, month, ledger=()):
    """The mail of a kind about that month, to Maya."""
    now = utc("2026-11-24T09:00") if month == 1 else meeting(month - 1).end + DAY
    found = messages(RARELY, meetings, ledger, now, Horizon())
    return next(each for each in found if (each.kind, each.month, each.person) == (kind, month, "maya"))


def row(mail: SendMail) -> OutboxRow:
    about = (mail.meeting.uid, mail.meeting.start) if mail.meeting else ("", None)
    return OutboxRow(
        mail.key, mail.pair, mail.kind, mail.person, about[0], "maya@example.org", "<1@x>", b"", mail.due, mail.expires,
        mail.due.date(), start=about[1],
    )  # fmt: skip


def asked_about(mail, answers, meetings):
    """The homework that an agenda asks about, and whether it says that it is done."""
    said = letter(mail, RARELY, meetings, mail.due, programme_mailbox=True, told=answers)
    return said.last.title, said.done


class TestInAnswerTo:
    @pytest.mark.parametrize("days", [31, 50])
    async def test_a_task_by_mail_what_is_done_is_that_task_however_late_it_is(self, days):
        january, february = meeting(1), meeting(3)
        task = sent([january, february], Mail.TASK, 2)
        answers = await told(RARELY, "done", now=task.due + days * DAY, mail=task)
        ledger = {task.key, task.key.replace("maya", "jonas")}
        third = sent([january, february], Mail.AGENDA, 3, ledger)
        assert asked_about(third, answers, [january, february]) == ("Title 2", True)
        fourth = sent([january, february, meeting(4)], Mail.AGENDA, 4, ledger)
        assert asked_about(fourth, answers, [january, february, meeting(4)]) == ("Title 3", False)

    @pytest.mark.parametrize("off", [False, True])
    async def test_an_agenda_what_is_done_is_the_homework_that_it_asks_about_until_they_meet(self, off):
        standing = [meeting(1), meeting(2, state=State.CANCELLED if off else State.STANDING), meeting(3)]
        agenda = sent(standing, Mail.AGENDA, 3)
        answers = await told(RARELY, "done", now=agenda.due, mail=agenda, state=PairState(saved=tuple(standing)))
        assert asked_about(agenda, answers, standing) == ("Title 1" if off else "Title 2", True)

    async def test_an_agenda_what_is_done_is_the_homework_from_before_be_its_task_carried_over_once_they_say_so(self):
        standing = (meeting(1), meeting(2), meeting(3))
        missed = Answer("<1@x>", RARELY.id, "maya", Told.NOT_MET, standing[1].end + DAY, standing[1].uid)
        task = sent(standing[::2], Mail.TASK, 2)
        by_mail = {task.key: MailEntry(MailState.SENT, "", None, "maya@example.org", task.expires)}
        agenda = sent(standing, Mail.AGENDA, 3)
        for mails, month in (({}, 1), (by_mail, 2)):
            state = PairState(saved=standing, answers=(missed,), mails=mails)
            [answer] = await told(RARELY, "done", now=agenda.due, mail=agenda, state=state)
            assert answer.month == month

    async def test_the_first_agenda_what_is_done_is_the_first_month_s_task(self):
        agenda = sent([meeting(1)], Mail.AGENDA, 1)
        [answer] = await told(RARELY, "done", now=agenda.due, mail=agenda)
        assert answer.month == 1

    @pytest.mark.parametrize("kind", [Mail.AGENDA, Mail.FOLLOW_UP])
    async def test_a_mail_about_a_meeting_that_is_over_what_is_done_is_its_month_s_task(self, kind):
        mail = sent([meeting(3)], kind, 3)
        [answer] = await told(RARELY, "done", now=meeting(4).start, mail=mail)
        assert answer.month == 3

    @pytest.mark.parametrize(("late", "month"), [(timedelta(), 3), (40 * DAY, 4)])
    async def test_an_agenda_what_they_add_is_in_the_next_one(self, late, month):
        """This one has gone out, and may have done so in the month before."""
        early = replace(meeting(3), start=utc("2027-02-02T09:00"), end=utc("2027-02-02T10:00"))
        agenda = sent([early], Mail.AGENDA, 3)
        [answer] = await told(RARELY, "todo: read", now=agenda.due + late, mail=agenda)
        assert answer.month == month
        following = sent([early, meeting(month + 1)], Mail.AGENDA, month + 1)
        assert letter(following, RARELY, [], agenda.due, programme_mailbox=True, told=[answer]).todos == ("read",)

    async def test_an_invitation_to_a_meeting_months_away_what_is_done_is_this_month_s(self):
        agenda = sent([meeting(6)], Mail.AGENDA, 6)
        invitation = replace(agenda, kind=Mail.INVITE)
        [answer] = await told(RARELY, "done", now=utc("2027-01-10T09:00"), mail=invitation)
        assert answer.month == 2

    async def test_the_question_whether_they_meant_it_the_month_stays(self):
        task = sent([meeting(1), meeting(3)], Mail.TASK, 2)
        held = await told(RARELY, "done", now=task.due, mail=task)
        [answer] = await told(RARELY, "yes", now=task.due + 40 * DAY, asked=held)
        assert (answer.told, answer.month) == (Told.DONE, 2)
