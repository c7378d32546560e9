"""A pair that pauses: its roadmap stands still meanwhile, nobody is written to, and no task is lost or comes twice."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.actions import Mail
from cadenced.core.answers import FOR_EVER, Answer, Told, paused
from cadenced.core.cadence import month_begins, roadmap_month
from cadenced.core.due import first_open, local_day
from cadenced.core.messages import messages
from cadenced.core.model import DateRange, Horizon, Identity, Kind, Meeting, State
from cadenced.core.slots import Taken
from tests.support.pairs import pairs
from tests.support.planning import plan_pair
from tests.support.programme import pair, utc

DAY = timedelta(days=1)
HORIZON = Horizon()
FIRST = date(2026, 12, 1)
LONG = DateRange(date(2027, 1, 20), date(2027, 4, 19))  # 90 days
NOW = utc("2027-01-15T09:00")
ABOUT_MEETINGS = (Mail.AGENDA, Mail.BRIEF)


def pausing(*ranges, **more):
    return pair(**{"calls": None, "pause": ranges} | more)


def begins(p, *months):
    return [month_begins(p, month).isoformat() for month in months]


def meeting(start, period=None, kind=Kind.FACE_TO_FACE, index=0, **more):
    begin = utc(start)
    end = begin + timedelta(hours=1)
    identity = Identity("maya-jonas", kind, period or begin.date().replace(day=1), index)
    return Meeting(identity, begin, end, placed=(begin, end), rules="r", **more)


def told(*meetings):
    return {f"{m.identity.pair}/agenda/{m.identity.kind}/{m.identity.period}/{who}" for m in meetings for who in WHO}


WHO = ("maya", "jonas")
JANUARY = meeting("2027-01-05T17:30")
AFTER = meeting("2027-04-20T16:30")  # on the first evening after the long pause


def owed(p, *meetings, now=NOW, ledger=(), kinds=(*ABOUT_MEETINGS, Mail.TASK), **more):
    """What maya is owed: kind, month and when, as the clock in UTC has it."""
    found = [m for m in messages(p, meetings, ledger, now, HORIZON, **more) if m.person == "maya" and m.kind in kinds]
    return [(m.kind.value, m.month, f"{m.due:%m-%d %H:%M}") for m in sorted(found, key=lambda m: (m.due, m.key))]


def test_the_days_of_a_pause_are_added_to_the_months_after_it():
    p = pausing(LONG)
    assert begins(p, 1, 2, 3, 4, 5) == ["2026-12-01", "2027-01-01", "2027-05-02", "2027-05-30", "2027-06-30"]
    assert roadmap_month(p, date(2027, 1, 19)) == roadmap_month(p, date(2027, 5, 1)) == 2
    assert roadmap_month(p, date(2027, 5, 2)) == 3


def test_months_that_a_pause_puts_off_are_still_counted_from_the_start_and_never_chained():
    p = pausing(DateRange(date(2027, 2, 10), date(2027, 2, 19)), start=date(2027, 1, 31))
    assert begins(p, 2, 3, 4) == ["2027-03-10", "2027-04-10", "2027-05-10"]  # 28 Feb, 31 Mar and 30 Apr, ten days on


def test_the_days_of_several_pauses_add_up_and_no_day_counts_twice():
    first, second = DateRange(date(2026, 12, 10), date(2026, 12, 19)), DateRange(date(2027, 1, 11), date(2027, 1, 20))
    assert begins(pausing(second, first), 2, 3) == ["2027-01-11", "2027-02-21"]
    within, over = DateRange(date(2026, 12, 12), date(2026, 12, 14)), DateRange(date(2026, 12, 15), date(2026, 12, 29))
    assert begins(pausing(first, within, over), 2) == begins(pausing(replace(first, last=over.last)), 2)


def test_a_month_that_was_to_begin_with_a_pause_begins_with_it_and_takes_place_after_it():
    """So a pause changes nothing about the day on which it begins."""
    p = pausing(DateRange(date(2027, 1, 1), date(2027, 1, 31)))
    assert begins(p, 2, 3) == ["2027-01-01", "2027-03-04"]
    assert roadmap_month(p, date(2027, 1, 1)) == roadmap_month(p, date(2027, 3, 3)) == 2


def test_a_pause_before_the_start_puts_off_nothing_and_one_over_it_counts_from_the_start():
    assert begins(pausing(DateRange(date(2026, 11, 1), date(2026, 11, 30))), 1, 2) == ["2026-12-01", "2027-01-01"]
    assert begins(pausing(DateRange(date(2026, 11, 20), date(2026, 12, 10))), 1, 2) == ["2026-12-01", "2027-01-11"]


def test_a_pair_that_joined_half_way_pauses_like_any_other():
    assert begins(pausing(LONG, roadmap_month=5), 5, 6, 7) == ["2026-12-01", "2027-01-01", "2027-05-02"]


def test_in_a_pause_without_an_end_the_month_stays_and_no_other_ever_begins():
    p = pausing(DateRange(date(2027, 1, 20), FOR_EVER))
    assert roadmap_month(p, date(2060, 1, 1)) == 2
    assert month_begins(p, 2) == date(2027, 1, 1)
    assert month_begins(p, 3) == month_begins(p, 14) == date.max
    assert first_open(date(2027, 1, 20), date.max, p.pause) is None


@st.composite
def ranges(draw, around=FIRST):
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = around + timedelta(draw(st.integers(-60, 400)))
        found.append(DateRange(first, draw(st.sampled_from([first + timedelta(draw(st.integers(0, 120))), FOR_EVER]))))
    return tuple(found)


@given(ranges(), st.sampled_from([FIRST, date(2026, 12, 31), date(2027, 1, 30)]), st.sampled_from([None, 1, 5]))
@settings(max_examples=60, deadline=None)
def test_a_month_is_as_long_as_without_pauses_counted_day_by_day(found, start, opening):
    p, plain = pausing(*found, start=start, roadmap_month=opening), pausing(start=start)
    open_days, day = 0, start
    while day < start + timedelta(days=600):
        month = roadmap_month(p, day)
        assert month == roadmap_month(plain, start + timedelta(open_days)) + (opening or 1) - 1
        assert month_begins(p, month) <= day < month_begins(p, month + 1)
        open_days += not any(each.first <= day <= each.last for each in found)
        day += DAY


@st.composite
def what_they_said(draw, since=FIRST, count=3):
    """Pauses and ends of them, by mail."""
    found, at = [], utc(f"{since}T00:00")
    for number in range(draw(st.integers(1, count))):
        at += timedelta(hours=draw(st.integers(1, 24 * 100)))
        until = draw(st.sampled_from([None, at.date() + timedelta(draw(st.integers(0, 90)))]))
        kind = draw(st.sampled_from([Told.PAUSED, Told.PAUSED, Told.RESUMED]))
        found.append(Answer(f"<{number}@example.org>", "maya-jonas", "maya", kind, at, until=until))
    return found


@given(what_they_said(), ranges())
@settings(max_examples=60, deadline=None)
def test_what_is_said_by_mail_changes_the_month_of_no_day_before_the_next(said, found):
    p = pausing(*found)
    for number, each in enumerate(said):
        before, after = paused(p, said[:number]), paused(p, said[: number + 1])
        for days in range(-200, 1):
            day = each.at.date() + timedelta(days)
            assert roadmap_month(before, day) == roadmap_month(after, day)


def test_the_task_of_the_month_after_a_pause_is_the_one_after_that_before_it():
    """The pair of which months 3 and 4 were lost."""
    told_, _ = lived(pausing(LONG), 5)
    assert [(m, kind, f"{day:%F}") for m, kind, day in told_ if m < 5] == [
        (1, "agenda", "2026-12-04"),
        (2, "agenda", "2027-01-04"),
        (3, "agenda", "2027-05-07"),
        (4, "agenda", "2027-06-04"),
    ]


def test_an_agenda_that_a_pause_keeps_back_comes_on_the_first_morning_after_it():
    assert owed(pausing(LONG), JANUARY, AFTER, ledger=told(JANUARY)) == [("brief", 2, "04-20 07:00")]
    later = meeting("2027-05-05T16:30")
    short = DateRange(date(2027, 4, 20), date(2027, 5, 3))
    p = pausing(LONG, short)
    assert owed(p, JANUARY, later, ledger=told(JANUARY)) == [("brief", 2, "05-04 07:00")]
    assert owed(pausing(short), later, kinds=ABOUT_MEETINGS) == [("agenda", 5, "05-04 07:00")]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2027-04-20T07:30", "04-20 07:00"),
        ("2027-04-20T07:00", "04-19 23:00"),  # not when it begins, at eight in London, but as the pause ends
        ("2027-04-20T05:00", "04-19 23:00"),
        ("2027-04-19T23:00", "04-17 07:00"),  # it begins as the pause ends: three days before, as ever
    ],
)
def test_nobody_goes_unprepared_to_a_meeting_right_after_a_pause(start, due):
    assert owed(pausing(LONG), meeting(start, period=date(2027, 4, 1))) == [("agenda", 2, due)]


def test_what_was_late_when_a_pause_began_waits_for_its_end():
    p = pausing(DateRange(date(2027, 4, 18), date(2027, 4, 19)))
    assert owed(p, AFTER, now=utc("2027-04-17T12:00"))[0] == ("agenda", 5, "04-17 07:00")  # it is due, and sent
    assert owed(p, AFTER, now=utc("2027-04-18T12:00"))[0] == ("agenda", 5, "04-20 07:00")


def test_about_a_meeting_that_stands_in_a_pause_nobody_is_written_to():
    """A human put it there, who knows."""
    there = meeting("2027-02-02T17:30")
    p, everything = pausing(LONG), tuple(Mail)
    assert owed(p, JANUARY, there, ledger=told(JANUARY), now=utc("2027-01-25T09:00"), kinds=everything) == []
    assert owed(p, JANUARY, there, ledger=told(JANUARY), now=utc("2027-02-03T09:00"), kinds=everything) == []
    assert owed(p, there, now=utc("2027-01-25T09:00")) == [("task", 2, "04-20 07:00")]  # it carries no task


def test_a_meeting_whose_agenda_went_out_before_the_pause_is_asked_about_after_it_and_only_within_the_week():
    there = meeting("2027-01-21T17:30")
    for last, asked in ((date(2027, 1, 24), [("follow_up", 2, "01-25 08:00")]), (date(2027, 2, 1), [])):
        p = pausing(DateRange(date(2027, 1, 20), last))
        now = utc("2027-01-21T20:00")
        assert owed(p, there, now=now, ledger=told(there), kinds=(*ABOUT_MEETINGS, Mail.FOLLOW_UP)) == asked


def test_a_task_that_went_out_for_a_meeting_which_a_pause_puts_into_the_month_before_is_not_sent_again():
    """Month 3 was to begin on 1 February; its agenda came on 30 January, the pause by mail the day after."""
    p = pausing(DateRange(date(2027, 1, 31), date(2027, 2, 27)))
    there = meeting("2027-02-02T17:30")
    assert roadmap_month(p, date(2027, 2, 2)) == 2
    march = meeting("2027-03-02T17:30"), meeting("2027-03-20T17:30", kind=Kind.CALL, index=1)
    now, ledger = utc("2027-01-31T12:00"), told(JANUARY, there)
    assert owed(p, JANUARY, there, *march, now=now, ledger=ledger) == [
        ("brief", 3, "03-01 08:00"),
        ("brief", 3, "03-19 08:00"),
    ]
    missed = owed(p, JANUARY, there, *march, now=now, ledger=ledger, missed={there.uid})
    assert missed[0] == ("agenda", 3, "02-28 08:00")  # they did not meet, and begin with it after the pause


def test_a_file_that_says_afterwards_that_the_pair_paused_sends_no_task_again():
    """Both meetings took place, and told the tasks 3 and 4."""
    p = pausing(LONG)
    met = [JANUARY, meeting("2027-02-02T17:30"), meeting("2027-03-02T17:30")]
    coming = [meeting(f"2027-{month:02}-05T16:30") for month in (5, 6, 7)]
    now = utc("2027-04-21T09:00")
    found = [(kind, month) for kind, month, _ in owed(p, *met, *coming, now=now, ledger=told(*met))]
    assert found == [("brief", 3), ("brief", 4), ("agenda", 5)]


def test_a_month_whose_task_came_by_mail_gets_no_agenda_when_a_pause_puts_a_meeting_into_it():
    p = pausing(DateRange(date(2027, 1, 10), date(2027, 2, 20)), face_to_face="3 months")
    march = meeting("2027-03-02T17:30")
    ledger = {f"maya-jonas/task/month-2/{who}" for who in WHO}
    assert owed(p, march, now=utc("2027-02-21T09:00"), ledger=ledger)[0] == ("brief", 2, "03-01 08:00")
    off = replace(march, state=State.CANCELLED)
    next_one = meeting("2027-03-25T17:30", kind=Kind.CALL, index=1, period=march.identity.period)
    mails = list(messages(p, [off, next_one], ledger, utc("2027-02-21T09:00"), HORIZON))
    assert [(m.month, m.carried_over) for m in mails if m.kind is Mail.AGENDA] == [(3, False)] * 2


def test_a_month_that_lost_its_meeting_to_a_pause_gets_its_task_on_the_morning_after_it():
    now = utc("2027-01-21T09:00")  # of a pause that began yesterday
    assert owed(pausing(LONG), now=now) == [("task", 2, "04-20 07:00")]
    assert owed(pausing(LONG), AFTER, now=now) == [("agenda", 2, "04-20 07:00")]
    assert owed(pausing(DateRange(LONG.first, FOR_EVER)), now=now) == []


@pytest.mark.parametrize(("now", "due"), [("2027-02-18T07:59", True), ("2027-02-18T08:00", False)])
def test_a_task_by_mail_keeps_for_two_weeks_after_the_pause(now, due):
    p = pausing(DateRange(date(2027, 1, 5), date(2027, 2, 3)))
    assert (("task", 2, "02-04 08:00") in owed(p, now=utc(now))) is due


def lived(p, months, said=()):
    """Which task came to whom how and when, as their agendas and the mails of months without a meeting told: of what
    took place. Turns daily, and whenever mail falls due.
    """
    standing, sent, ledger = (), [], set()
    now = utc(f"{p.start - timedelta(days=30)}T00:30")
    end = month_begins(paused(p, said), (p.roadmap_month or 1) + months)
    while now < utc(f"{end}T00:00"):
        today = paused(p, [each for each in said if each.at <= now])
        standing = plan_pair(today, standing, now, HORIZON, Taken()).meetings
        found = list(messages(today, standing, ledger, now, HORIZON))
        due = [mail for mail in found if mail.due <= now]
        assert all(mail.expires > now and kept_to(today, mail, now) for mail in due)
        ledger |= {mail.key for mail in due}
        sent += [(mail, now) for mail in due]
        now = min([now + DAY, *(mail.due for mail in found if mail.due > now)])
    held = {m.identity for m in standing if m.state is State.STANDING}
    tasks = [(m, at) for m, at in sent if m.kind is Mail.TASK or (m.kind is Mail.AGENDA and m.meeting.identity in held)]
    return [[(m.month, m.kind.value, at.date()) for m, at in tasks if m.person == who.id] for who in p.people]


def kept_to(p, mail, now):
    """Nothing comes in a pause but what prepares for a meeting at its very end."""
    reader = next(each for each in p.people if each.id == mail.person)
    today = local_day(reader.timezone, now)
    opens = first_open(today, date.max, p.pause)
    return opens == today or (mail.kind in ABOUT_MEETINGS and local_day(p.timezone, mail.meeting.start) == opens)


@st.composite
def pausing_pairs(draw):
    """Pauses that the file has from the start, and such as somebody asks for by mail."""
    p = replace(draw(pairs()), roadmap_month=draw(st.sampled_from([None, 5])))
    found = []
    for _ in range(draw(st.integers(0, 2))):
        first = p.start + timedelta(draw(st.integers(-40, 330)))
        found.append(DateRange(first, first + timedelta(draw(st.sampled_from([0, 6, 20, 45, 90, 150])))))
    said = draw(what_they_said(p.start, 3)) if draw(st.booleans()) else []
    if said:
        said.append(Answer("<last@example.org>", p.id, "maya", Told.RESUMED, said[-1].at + timedelta(days=50)))
    return replace(p, pause=tuple(found)), said


@given(pausing_pairs())
@settings(max_examples=12, deadline=None)
def test_each_of_twelve_months_tasks_comes_to_both_just_once_whatever_pauses_they_take(made):
    p, said = made
    opening = p.roadmap_month or 1
    for tasks in lived(p, 12, said):
        got = Counter(month for month, _, _ in tasks)
        assert {month: got[month] for month in range(opening, opening + 12)} == dict.fromkeys(
            range(opening, opening + 12), 1
        )
