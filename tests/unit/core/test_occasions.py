"""What comes once: at the start and the end, in some months, and after a meeting."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.core.actions import Mail
from cadenced.core.answers import FOR_EVER
from cadenced.core.messages import messages
from cadenced.core.model import DateRange, Horizon, Identity, Kind, Meeting, State
from tests.support.pairs import pairs, pauses
from tests.support.programme import ROADMAP, hours, pair, person, utc

NOW = utc("2026-11-20T09:00")
HORIZON = Horizon()
RECURRING = (Mail.AGENDA, Mail.BRIEF, Mail.TASK)
KINDS = {6: "introduction", 7: "checkpoint", 12: "renewal"}
YEAR = replace(ROADMAP, months=tuple(replace(m, kind=KINDS.get(m.number, m.kind)) for m in ROADMAP.months))


def a_pair(**more):
    return replace(pair(**more), roadmap=YEAR)


def meeting(start, kind=Kind.FACE_TO_FACE, index=0, length=60, **more):
    begin = utc(start)
    end = begin + timedelta(minutes=length)
    period = begin.date().replace(day=1)
    return Meeting(Identity("maya-jonas", kind, period, index), begin, end, (begin, end), "r", **more)


FIRST = meeting("2026-12-08T17:30")
CALL = meeting("2026-12-18T08:30", Kind.CALL, 1)


def owed(*meetings, p=None, ledger=(), now=NOW, **more):
    found = (m for m in messages(p or a_pair(), meetings, ledger, now, HORIZON, **more) if m.kind not in RECURRING)
    return sorted(found, key=lambda m: (m.due, m.key))


def of(kind, *meetings, **more):
    """When mails of the kind are due, by person, as the clock in London has it in winter."""
    return [(m.person, f"{m.due:%m-%d %H:%M}") for m in owed(*meetings, **more) if m.kind is kind]


def test_the_charter_comes_a_week_before_the_start_to_each_at_eight():
    assert of(Mail.CHARTER) == [("jonas", "11-24 07:00"), ("maya", "11-24 08:00")]
    assert {m.key for m in owed()} == {f"maya-jonas/charter/start/{who}" for who in ("maya", "jonas")}
    assert {m.month for m in owed()} == {1}


def test_a_pair_that_we_hear_of_after_its_start_gets_its_charter_at_once_and_after_thirty_days_never():
    (first, second) = owed(now=utc("2026-12-31T06:59"))
    assert max(first.due, second.due) < utc("2026-12-01T00:00")
    assert [m.person for m in owed(now=utc("2026-12-31T07:30"))] == ["maya"]  # it is eight in Berlin, not in London
    assert owed(now=utc("2026-12-31T08:00")) == []


def test_who_joined_half_way_and_has_begun_agreed_on_everything_long_ago():
    p = a_pair(roadmap_month=5)
    assert [m.month for m in owed(p=p) if m.kind is Mail.CHARTER] == [5, 5]
    assert of(Mail.CHARTER, p=p, now=utc("2026-12-01T09:00")) == []


def test_a_pause_over_the_start_lets_the_charter_wait():
    p = a_pair(pause=(DateRange(date(2026, 11, 20), date(2026, 12, 10)),))
    assert of(Mail.CHARTER, p=p) == [("jonas", "12-11 07:00"), ("maya", "12-11 08:00")]
    long = replace(p, pause=(DateRange(date(2026, 11, 20), date(2027, 2, 28)),))
    assert of(Mail.CHARTER, p=long) == [("jonas", "03-01 07:00"), ("maya", "03-01 08:00")]
    for_ever = replace(p, pause=(DateRange(date(2026, 11, 20), FOR_EVER),))
    assert of(Mail.CHARTER, p=for_ever) == []


def test_the_morning_after_a_meeting_both_are_asked_whether_it_took_place():
    assert of(Mail.FOLLOW_UP, FIRST) == [("jonas", "12-09 07:00"), ("maya", "12-09 08:00")]
    asked = [m for m in owed(FIRST) if m.kind is Mail.FOLLOW_UP]
    assert {(m.meeting, m.month) for m in asked} == {(FIRST, 1)}
    assert asked[0].key == "maya-jonas/follow_up/face_to_face/2026-12-01/jonas"


def test_the_morning_after_is_one_that_a_night_parts_from_the_meeting_on_the_reader_s_own_clock():
    p = a_pair(
        mentor=person("maya", "Asia/Kathmandu", hours("Mon-Sun 00:00-24:00")),
        protege=person("jonas", "America/New_York"),
    )
    late = meeting("2026-12-08T01:00")  # 06:45 on Tuesday in Kathmandu, 20:00 on Monday in New York
    assert of(Mail.FOLLOW_UP, late, p=p) == [("jonas", "12-08 13:00"), ("maya", "12-09 02:15")]
    whole_night = meeting("2026-12-08T20:00", length=13 * 60)  # to nine in London, after the morning mail
    assert of(Mail.FOLLOW_UP, whole_night, p=a_pair()) == [("jonas", "12-10 07:00"), ("maya", "12-10 08:00")]


def test_a_call_is_asked_about_only_when_it_carries_the_month_s_task():
    assert {m.meeting for m in owed(FIRST, CALL) if m.kind is Mail.FOLLOW_UP} == {FIRST}
    assert {m.meeting for m in owed(CALL) if m.kind is Mail.FOLLOW_UP} == {CALL}


def test_a_meeting_that_is_off_is_not_asked_about():
    for state in (State.DECLINED, State.CANCELLED):
        assert of(Mail.FOLLOW_UP, replace(FIRST, state=state)) == []


def test_nobody_is_asked_what_is_known():
    after = FIRST.end + timedelta(hours=1)
    assert len(of(Mail.FOLLOW_UP, FIRST, now=after)) == 2
    assert of(Mail.FOLLOW_UP, FIRST, now=after, known={FIRST.uid}) == []
    assert of(Mail.FOLLOW_UP, FIRST, now=after, missed={FIRST.uid}) == []


def test_when_the_meeting_did_not_take_place_the_call_that_gets_its_task_is_asked_about():
    asked = owed(FIRST, CALL, now=FIRST.end + timedelta(days=2), missed={FIRST.uid})
    assert {m.meeting for m in asked if m.kind is Mail.FOLLOW_UP} == {CALL}


def test_a_week_after_the_meeting_nobody_is_asked_any_more():
    week = FIRST.end + timedelta(days=7)
    assert len(of(Mail.FOLLOW_UP, FIRST, now=week - timedelta(minutes=1))) == 2
    assert of(Mail.FOLLOW_UP, FIRST, now=week) == []


def test_a_pause_that_begins_after_the_meeting_puts_the_question_off_to_its_end_within_the_week():
    short = DateRange(date(2026, 12, 9), date(2026, 12, 11))
    long = DateRange(date(2026, 12, 9), date(2026, 12, 20))
    assert of(Mail.FOLLOW_UP, FIRST, p=a_pair(pause=(short,))) == [("jonas", "12-12 07:00"), ("maya", "12-12 08:00")]
    assert of(Mail.FOLLOW_UP, FIRST, p=a_pair(pause=(long,))) == []


def test_months_six_seven_and_twelve_ask_on_their_eighth_day():
    p = a_pair(calls=None)
    for month, kind, day in ((6, Mail.INTRODUCTION, "05-08"), (7, Mail.PULSE, "06-08"), (12, Mail.RENEWAL, "11-08")):
        now = utc("2026-12-01T00:00") + timedelta(days=30.4 * (month - 1) + 2)
        mails = [m for m in owed(p=p, now=now) if m.month == month]
        assert {(m.kind, f"{m.due:%m-%d}") for m in mails} == {(kind, day)}
        assert {m.key for m in mails} == {f"maya-jonas/{kind}/month-{month}/{who}" for who in ("maya", "jonas")}


def test_the_second_year_asks_again_under_keys_of_its_own():
    p = a_pair(start=date(2025, 12, 1))
    mails = owed(p=p, now=utc("2027-05-10T09:00"))
    assert {m.key for m in mails if m.kind is Mail.INTRODUCTION} == {
        f"maya-jonas/introduction/month-18/{who}" for who in ("maya", "jonas")
    }


def test_what_a_month_asks_comes_on_its_eighth_day_that_is_in_no_pause():
    now = utc("2027-05-01T12:00")
    fortnight = a_pair(pause=(DateRange(date(2027, 5, 5), date(2027, 5, 19)),))
    assert [due for _, due in of(Mail.INTRODUCTION, p=fortnight, now=now)] == ["05-23 06:00", "05-23 07:00"]
    month = a_pair(pause=(DateRange(date(2027, 5, 5), date(2027, 6, 4)),))
    assert [due for _, due in of(Mail.INTRODUCTION, p=month, now=now)] == ["06-08 06:00", "06-08 07:00"]
    for_ever = a_pair(pause=(DateRange(date(2027, 5, 5), FOR_EVER),))
    assert of(Mail.INTRODUCTION, p=for_ever, now=now) == []


def test_what_was_not_asked_when_a_pause_began_is_asked_after_it_while_its_month_goes_on():
    p = a_pair(pause=(DateRange(date(2027, 5, 10), date(2027, 6, 9)),))
    assert of(Mail.INTRODUCTION, p=p, now=utc("2027-05-09T12:00"))[1] == ("maya", "05-08 07:00")
    assert of(Mail.INTRODUCTION, p=p, now=utc("2027-05-10T12:00"))[1] == ("maya", "06-10 07:00")


def test_the_mid_point_and_the_renewal_move_with_the_roadmap():
    p = a_pair(pause=(DateRange(date(2027, 2, 1), date(2027, 3, 31)),))  # 59 days
    assert [due for _, due in of(Mail.PULSE, p=p, now=utc("2027-07-20T12:00"))] == ["08-06 06:00", "08-06 07:00"]
    assert [due for _, due in of(Mail.RENEWAL, p=p, now=utc("2027-12-20T12:00"))] == ["01-06 07:00", "01-06 08:00"]


def test_a_month_that_is_over_asks_nothing():
    assert len(of(Mail.PULSE, now=utc("2027-06-30T22:00"))) == 2
    assert of(Mail.PULSE, now=utc("2027-07-01T07:00")) == []


def test_where_an_end_is_agreed_on_nobody_is_asked_for_another_year():
    now = utc("2027-11-02T09:00")
    assert len(of(Mail.RENEWAL, now=now)) == 2
    assert of(Mail.RENEWAL, p=a_pair(end=date(2027, 12, 15)), now=now) == []


def test_the_morning_after_the_last_day_both_are_thanked_once():
    p = a_pair(end=date(2027, 1, 31))
    mails = [m for m in owed(p=p, now=utc("2027-01-30T09:00")) if m.kind is Mail.COMPLETION]
    assert [(m.person, f"{m.due:%m-%d %H:%M}", m.month) for m in mails] == [
        ("jonas", "02-01 07:00", 2),
        ("maya", "02-01 08:00", 2),
    ]
    assert owed(p=p, now=utc("2027-02-02T09:00"), ledger={m.key for m in mails}) == []


def test_no_pause_outlasts_the_last_day():
    p = a_pair(end=date(2027, 1, 31), pause=(DateRange(date(2027, 1, 10), FOR_EVER),))
    assert of(Mail.COMPLETION, p=p, now=utc("2027-01-30T09:00")) == [("jonas", "02-01 07:00"), ("maya", "02-01 08:00")]


def test_a_pair_that_ended_a_month_ago_is_left_in_peace():
    p = a_pair(end=date(2027, 1, 31))
    assert len(owed(p=p, now=utc("2027-03-03T06:59"))) == 2
    assert owed(p=p, now=utc("2027-03-03T08:00")) == []


def test_after_the_last_day_the_last_meeting_is_asked_about_no_more():
    p = a_pair(end=date(2026, 12, 8))
    assert {m.kind for m in owed(FIRST, p=p, now=FIRST.end)} == {Mail.CHARTER, Mail.COMPLETION}


@st.composite
def moments(draw):
    """A pair, anything that may have been in its calendars, and a moment of its first year and a half."""
    p = replace(draw(pairs()), roadmap=YEAR)
    p = replace(p, pause=draw(pauses(p.start)), roadmap_month=draw(st.sampled_from([None, 1, 5, 12])))
    p = replace(p, end=draw(st.sampled_from([None, p.start + timedelta(days=100), p.start + timedelta(days=400)])))
    noon = utc(f"{p.start}T12:00")
    found = []
    for number in range(draw(st.integers(0, 6))):
        begin = noon + timedelta(hours=draw(st.integers(-24 * 5, 24 * 500)))
        kind = draw(st.sampled_from(list(Kind)))
        identity = Identity(p.id, kind, p.start, number)
        state = draw(st.sampled_from(list(State)))
        found.append(Meeting(identity, begin, begin + timedelta(hours=1), (begin, begin), "r", state))
    return p, found, noon + timedelta(hours=draw(st.integers(-24 * 60, 24 * 500)))


@given(moments(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_nothing_is_about_the_past_no_key_comes_twice_and_planning_twice_gives_the_same(moment, missed):
    p, meetings, now = moment
    more = {"missed": {m.uid for m in meetings if m.end < now}} if missed else {}
    mails = list(messages(p, meetings, (), now, HORIZON, **more))
    assert mails == list(messages(p, meetings, (), now, HORIZON, **more))
    assert len({m.key for m in mails}) == len(mails)
    for mail in mails:
        assert mail.due < mail.expires
        assert mail.expires > now
        assert mail.reason
        if mail.kind is Mail.FOLLOW_UP:
            assert mail.meeting.end < mail.due
            assert now < mail.meeting.end + timedelta(days=7)
    assert list(messages(p, meetings, {m.key for m in mails}, now, HORIZON, **more)) == []


@given(moments())
@settings(max_examples=100, deadline=None)
def test_what_is_due_now_was_announced_a_day_ago_or_is_of_a_meeting_that_changed(moment):
    """A plan that is kept comes true: the daemon sleeps until the next moment that was listed."""
    p, meetings, now = moment
    before = {(m.key, m.due) for m in messages(p, meetings, (), now - timedelta(days=1), HORIZON)}
    due = {(m.key, m.due) for m in messages(p, meetings, (), now, HORIZON) if now - timedelta(days=1) < m.due <= now}
    assert due <= before
