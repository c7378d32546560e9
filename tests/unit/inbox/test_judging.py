"""What a mail is taken for: which month it speaks of."""

from datetime import date

from cadenced.core.answers import Answer, Told
from cadenced.core.model import DateRange
from cadenced.core.records import PairState
from cadenced.inbox.judging import Context, Judge
from cadenced.wire.received import read
from tests.support.programme import pair, utc

NOW = utc("2027-05-10T09:00")
MAIL = b"From: maya@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ndone\r\n"


async def nothing_fits(*_):
    raise AssertionError("no time was asked for")


async def month_of_what_was_done(p, *said):
    context = Context("<9@example.org>", p, p.mentor, None, NOW, proved=True)
    [answer] = (await Judge(context, PairState(answers=said), nothing_fits).judge(read(MAIL), None)).answers
    return answer.month


async def test_a_task_is_done_in_the_roadmap_month_which_pauses_of_file_and_mail_have_put_off():
    paused = Answer("<1@x>", "maya-jonas", "jonas", Told.PAUSED, utc("2027-01-20T10:00"), until=date(2027, 4, 19))
    assert await month_of_what_was_done(pair()) == 6
    assert await month_of_what_was_done(pair(), paused) == 3
    assert await month_of_what_was_done(pair(pause=(DateRange(date(2027, 1, 20), date(2027, 4, 19)),))) == 3
