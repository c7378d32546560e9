"""Who is written to about what, turn by turn through a year and more, with a ledger that remembers."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.actions import Mail
from cadenced.core.cadence import month_begins
from cadenced.core.messages import DAYS_BEFORE, messages, morning
from cadenced.core.model import DateRange, Horizon, State
from cadenced.core.slots import Taken
from tests.support.pairs import moved, pairs
from tests.support.planning import plan_pair
from tests.support.programme import pair, person, utc

HORIZON = Horizon()
RECURRING = (Mail.AGENDA, Mail.BRIEF, Mail.TASK)  # test_occasions.py has the rest
TURN = timedelta(hours=12)


def lived(p, since, months, hand=lambda meeting: meeting):
    """Mails about meetings and tasks, and the meetings. Turns twice a day; `hand` edits what stands, once a turn."""
    standing, sent, ledger, now = (), [], set(), since
    until = datetime.combine(month_begins(p, (p.roadmap_month or 1) + months), time(), since.tzinfo)
    while now < until:
        standing = plan_pair(p, tuple(hand(m) for m in standing), now, HORIZON, Taken()).meetings
        due = [mail for mail in messages(p, standing, ledger, now, HORIZON) if mail.due <= now]
        assert all(mail.expires > now for mail in due)
        ledger |= {mail.key for mail in due}
        sent += [mail for mail in due if mail.kind in RECURRING]
        now += TURN
    return sent, standing


def tasks(sent, person):
    """How often a person got each month's task."""
    return Counter(m.month for m in sent if m.person == person.id and m.kind in (Mail.AGENDA, Mail.TASK))


@given(pairs())
@settings(max_examples=10, deadline=None)
def test_each_month_s_task_reaches_both_just_once_by_agenda_or_by_mail(p):
    sent, meetings = lived(p, utc(f"{p.start - timedelta(days=30)}"), 7)
    for person_ in p.people:
        assert {tasks(sent, person_)[month] for month in range(1, 8)} == {1}
    assert len(meetings) >= 2 or any(mail.kind is Mail.TASK for mail in sent)


@given(pairs())
@settings(max_examples=8, deadline=None)
def test_each_meeting_is_written_about_once_to_both_before_it_begins(p):
    since = utc(f"{p.start - timedelta(days=30)}")
    sent, meetings = lived(p, since, 5)
    told = Counter((mail.meeting.identity, mail.person) for mail in sent if mail.meeting)
    over = [m for m in meetings if m.start < month_end(p, since, 5)]
    assert all(told[m.identity, each.id] == 1 for m in over for each in p.people)
    assert set(told.values()) <= {1}


def month_end(p, since, months):
    return datetime.combine(month_begins(p, 1 + months), time(), since.tzinfo)


def test_the_second_year_repeats_the_roadmap_and_no_key():
    p = pair(calls=None)
    sent, _ = lived(p, utc("2026-11-24T09:00"), 14)
    assert [tasks(sent, p.mentor)[month] for month in range(1, 15)] == [1] * 14
    assert len({mail.key for mail in sent}) == len(sent)


def test_a_quarterly_year_alternates_one_agenda_and_two_tasks():
    p = pair(face_to_face="3 months", calls=None)
    sent, _ = lived(p, utc("2026-11-24T09:00"), 9)
    kinds = [(m.month, m.kind.value) for m in sorted(sent, key=lambda m: m.due) if m.person == "maya"]
    assert kinds == [
        (1, "agenda"), (2, "task"), (3, "task"), (4, "agenda"), (5, "task"), (6, "task"), (7, "agenda"), (8, "task"),
        (9, "task"),
    ]  # fmt: skip


def test_a_quarterly_year_with_calls_needs_no_task_by_mail():
    sent, _ = lived(pair(face_to_face="3 months", calls="1 month"), utc("2026-11-24T09:00"), 9)
    assert Mail.TASK not in {mail.kind for mail in sent}
    assert [tasks(sent, pair().mentor)[month] for month in range(1, 10)] == [1] * 9


def test_a_pair_from_long_ago_gets_the_task_of_its_month_and_none_of_those_before():
    p = pair(start=date(2025, 1, 15), calls=None)
    now = utc("2026-11-16T09:00")
    plan = plan_pair(p, (), now, HORIZON, Taken())
    months = {mail.month for mail in messages(p, plan.meetings, (), now, HORIZON)}
    assert min(months) == 23  # the eleventh of the second year: 15 November 2026


def test_a_pair_that_joins_half_way_gets_no_task_from_before_it_joined():
    p = pair(roadmap_month=5, calls=None)
    sent, _ = lived(p, utc("2026-11-24T09:00"), 3)
    assert sorted(tasks(sent, p.mentor)) == [5, 6, 7]


def test_everybody_s_mail_comes_at_eight_in_the_morning_on_their_own_clock():
    zones = ("Asia/Kathmandu", "America/St_Johns")
    p = pair(mentor=person("maya", zones[0]), protege=person("jonas", zones[1]))
    for each, zone in zip(p.people, zones, strict=True):
        for day in (date(2027, 3, 14), date(2027, 7, 1), date(2027, 11, 7)):
            assert morning(each, day).astimezone(ZoneInfo(zone)).isoformat()[:16] == f"{day}T08:00"


@given(st.dates(date(2011, 1, 1), date(2035, 1, 1)), st.sampled_from(["Pacific/Apia", "Europe/London", "Africa/Cairo"]))
@settings(max_examples=100, deadline=None)
def test_a_morning_comes_on_every_day_even_on_one_that_was_not(day, zone):
    eight = morning(person("maya", zone), day).astimezone(ZoneInfo(zone))
    assert eight.hour == 8
    assert abs(eight.date() - day) <= timedelta(days=1)


def test_a_meeting_that_moves_before_its_agenda_takes_its_agenda_along():
    p = pair(calls=None)
    sent, meetings = lived(p, utc("2026-11-24T09:00"), 2, lambda m: m if m.pinned else moved(m, timedelta(days=2)))
    for mail in (m for m in sent if m.kind is Mail.AGENDA):
        meeting = next(m for m in meetings if m.identity == mail.meeting.identity)
        reader = next(each for each in p.people if each.id == mail.person)
        day = meeting.start.astimezone(ZoneInfo(reader.timezone)).date() - timedelta(days=DAYS_BEFORE[Mail.AGENDA])
        assert mail.due == morning(reader, day)


def test_a_year_in_which_every_second_meeting_is_off_still_brings_every_task():
    """The month that fell out comes along with the next one's agenda."""
    p = pair(calls=None)
    off = {date(2026, 12, 1), date(2027, 2, 1), date(2027, 4, 1)}
    sent, _ = lived(
        p,
        utc("2026-11-24T09:00"),
        6,
        lambda m: replace(m, state=State.DECLINED) if m.identity.period in off else m,
    )
    got = {(m.month, m.carried_over) for m in sent if m.person == "maya" and m.kind is Mail.AGENDA}
    assert got == {(2, True), (4, True), (6, True)}


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        (DateRange(date(2027, 1, 20), date(2027, 1, 31)), "2027-01-01"),
        (DateRange(date(2026, 12, 28), date(2027, 1, 3)), "2027-01-08"),  # a week later, as the pause takes
        (DateRange(date(2027, 1, 1), date(2027, 1, 14)), "2027-01-15"),  # the first morning after the pause
    ],
)
def test_the_task_of_a_month_without_a_meeting_comes_on_its_first_morning_outside_a_pause(pause, due):
    p = pair(face_to_face="3 months", calls=None, pause=(pause,))
    sent, _ = lived(p, utc("2026-11-24T09:00"), 2)
    mails = [mail for mail in sent if mail.month == 2 and mail.person == "maya"]
    assert [(m.kind, f"{m.due:%F}") for m in mails] == [(Mail.TASK, due)]


def test_after_a_pair_s_end_nobody_is_written_to():
    p = pair(calls=None, end=date(2027, 1, 31))
    sent, _ = lived(p, utc("2026-11-24T09:00"), 5)
    assert max(mail.month for mail in sent) == 2
