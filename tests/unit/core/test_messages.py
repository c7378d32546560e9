"""Which mail is due when, to whom, and that none is owed twice."""

from dataclasses import replace
from datetime import date, timedelta

from cadenced.core.actions import Mail
from cadenced.core.messages import messages, moved
from cadenced.core.model import DateRange, Horizon, Identity, Kind, Meeting, State
from tests.support.programme import hours, pair, person, utc

NOW = utc("2026-11-24T09:00")
RECURRING = (Mail.AGENDA, Mail.BRIEF, Mail.TASK)
SHORT, LONG = Horizon(ahead=timedelta(weeks=5)), Horizon(ahead=timedelta(weeks=10))


def meeting(start, kind=Kind.FACE_TO_FACE, period=date(2026, 12, 1), index=0, **more):
    begin = utc(start)
    end = begin + timedelta(hours=1)
    return Meeting(Identity("maya-jonas", kind, period, index), begin, end, placed=(begin, end), rules="r", **more)


FIRST = meeting("2026-12-08T17:30")
CALL = meeting("2026-12-18T08:30", Kind.CALL, index=1)
SECOND = meeting("2027-01-05T17:30", period=date(2027, 1, 1))


def owed(*meetings, p=None, ledger=(), now=NOW, horizon=SHORT, **more):
    """What is said about meetings and tasks; test_occasions.py has the rest."""
    found = (m for m in messages(p or pair(), meetings, ledger, now, horizon, **more) if m.kind in RECURRING)
    return sorted(found, key=lambda m: (m.due, m.key))


def short(mails):
    return [(m.kind.value, m.person, m.month, f"{m.due:%m-%d %H:%M}") for m in mails]


def test_the_first_meeting_of_a_month_carries_its_task_and_the_others_a_brief():
    assert short(owed(FIRST, CALL)) == [
        ("agenda", "jonas", 1, "12-05 07:00"),  # 08:00 in Berlin
        ("agenda", "maya", 1, "12-05 08:00"),
        ("brief", "jonas", 1, "12-17 07:00"),
        ("brief", "maya", 1, "12-17 08:00"),
    ]


def test_three_days_before_is_counted_on_the_reader_s_own_calendar():
    """Late on Monday in New York is Tuesday in Kathmandu."""
    p = pair(
        mentor=person("asha", "Asia/Kathmandu", hours("Mon-Sun 00:00-24:00")),
        protege=person("jo", "America/New_York"),
    )
    late = meeting("2026-12-08T01:00")
    assert short(owed(late, p=p)) == [
        ("agenda", "jo", 1, "12-04 13:00"),  # Friday, 08:00 in New York: the meeting is on Monday there
        ("agenda", "asha", 1, "12-05 02:15"),
    ]


def test_a_mail_says_why_it_is_sent():
    assert {(m.kind.value, m.reason) for m in owed(FIRST, CALL)} == {
        ("agenda", "month 1's task"),
        ("brief", "the day before"),
    }


def test_a_key_names_pair_kind_meeting_and_person():
    assert owed(FIRST)[1].key == "maya-jonas/agenda/face_to_face/2026-12-01/maya"


def test_what_stands_in_the_ledger_is_not_owed_again():
    ledger = {mail.key for mail in owed(FIRST, CALL)}
    assert owed(FIRST, CALL, ledger=ledger) == []


def test_nothing_is_owed_about_the_past():
    assert owed(FIRST, now=FIRST.start + timedelta(minutes=1)) == []


def test_a_meeting_made_at_short_notice_has_its_agenda_due_at_once():
    assert all(
        mail.due < FIRST.start - timedelta(hours=1) for mail in owed(FIRST, now=FIRST.start - timedelta(hours=1))
    )


def test_a_message_expires_when_its_meeting_begins():
    assert {mail.expires for mail in owed(FIRST)} == {FIRST.start}


def test_a_meeting_made_in_the_last_hour_is_still_written_about_and_not_after_it_began():
    assert len(owed(FIRST, now=FIRST.start - timedelta(minutes=1))) == 2
    assert owed(FIRST, now=FIRST.start) == []


def test_a_moved_meeting_moves_its_mails():
    later = replace(FIRST, start=FIRST.start + timedelta(days=2), end=FIRST.end + timedelta(days=2))
    assert [b.due - a.due for a, b in zip(owed(FIRST), owed(later), strict=True)] == [timedelta(days=2)] * 2


def test_a_meeting_that_is_off_is_not_written_about():
    assert owed(replace(FIRST, state=State.DECLINED), CALL)[0].meeting == CALL


def test_the_next_meeting_of_the_month_carries_the_task_when_the_first_is_off():
    mails = owed(replace(FIRST, state=State.DECLINED), CALL)
    assert {(m.kind, m.month) for m in mails} == {(Mail.AGENDA, 1)}


def test_where_a_call_comes_first_it_carries_the_task_and_the_meeting_gets_a_brief():
    early = replace(CALL, start=utc("2026-12-02T08:30"), end=utc("2026-12-02T09:00"))
    assert {(m.kind, m.meeting.identity.kind) for m in owed(early, FIRST)} == {
        (Mail.AGENDA, Kind.CALL),
        (Mail.BRIEF, Kind.FACE_TO_FACE),
    }


def test_a_meeting_that_took_place_stays_the_carrier_of_its_month():
    after = FIRST.end + timedelta(days=1)
    assert {(m.kind, m.meeting) for m in owed(FIRST, CALL, now=after)} == {(Mail.BRIEF, CALL)}


def test_a_meeting_that_took_place_before_one_that_is_off_carries_nothing_over():
    off = replace(CALL, state=State.DECLINED)
    mails = owed(FIRST, off, SECOND, now=FIRST.end + timedelta(days=1))
    assert {(m.kind, m.month, m.carried_over) for m in mails} == {(Mail.AGENDA, 2, False)}


def test_the_agenda_goes_again_for_the_next_meeting_when_the_one_it_went_out_for_is_off():
    """It names another time and place; the tasks are the same."""
    ledger = {mail.key for mail in owed(FIRST)}
    mails = owed(replace(FIRST, state=State.DECLINED), CALL, ledger=ledger)
    assert {(m.kind, m.meeting) for m in mails} == {(Mail.AGENDA, CALL)}


def test_the_other_gets_the_agenda_even_if_one_of_the_two_has_it():
    ledger = {"maya-jonas/agenda/face_to_face/2026-12-01/maya"}
    assert [(m.kind, m.person) for m in owed(FIRST, ledger=ledger)] == [(Mail.AGENDA, "jonas")]


def test_briefs_are_never_marked_as_carried_over():
    mails = owed(replace(FIRST, state=State.CANCELLED), SECOND, replace(CALL, start=utc("2027-01-15T08:30")))
    assert [m.carried_over for m in mails if m.kind is Mail.BRIEF] == [False, False]


def test_a_month_whose_meetings_are_all_off_gets_no_task_by_mail_on_top():
    assert owed(replace(FIRST, state=State.DECLINED), replace(CALL, state=State.CANCELLED)) == []


def test_a_month_whose_meeting_never_took_place_is_carried_over():
    mails = owed(replace(FIRST, state=State.CANCELLED), SECOND)
    assert {(m.kind, m.month, m.carried_over) for m in mails} == {(Mail.AGENDA, 2, True)}


def test_who_got_the_agenda_stays_the_carrier_when_another_meeting_moves_ahead():
    ledger = {mail.key for mail in owed(FIRST) if mail.kind is Mail.AGENDA}
    ahead = replace(CALL, start=utc("2026-12-03T08:30"), end=utc("2026-12-03T09:00"))
    assert {(m.kind, m.meeting) for m in owed(ahead, FIRST, ledger=ledger)} == {(Mail.BRIEF, ahead)}


def test_a_key_of_the_second_year_is_not_one_of_the_first():
    p = pair(face_to_face="3 months", calls=None)
    names = [m.key for m in owed(FIRST, p=p, now=utc("2028-01-02T00:00"), horizon=LONG) if m.person == "maya"]
    assert names == ["maya-jonas/task/month-14/maya", "maya-jonas/task/month-15/maya"]


def test_a_task_is_due_for_two_weeks_and_then_forgotten():
    p = pair(face_to_face="3 months", calls=None)

    def listed(now):
        return {m.month for m in owed(FIRST, p=p, now=utc(now)) if m.person == "maya"}

    assert listed("2027-01-15T07:59") == {2}  # due on 1 January at 08:00
    assert listed("2027-01-15T08:00") == set()
    assert {m.expires for m in owed(FIRST, p=p, now=utc("2027-01-02T09:00")) if m.person == "maya"} == {
        utc("2027-01-15T08:00")
    }


def test_a_month_that_reaches_beyond_the_horizon_may_still_get_its_meeting():
    p = pair(face_to_face="3 months", calls=None)
    weeks = Horizon(ahead=timedelta(weeks=9))  # to 26 January
    assert not [m for m in owed(FIRST, p=p, horizon=weeks) if m.kind is Mail.TASK]
    assert {m.month for m in owed(FIRST, p=p, horizon=LONG) if m.kind is Mail.TASK} == {2}


def test_a_first_meeting_that_was_put_before_the_start_carries_the_first_month():
    early = replace(FIRST, start=utc("2026-11-28T17:30"), end=utc("2026-11-28T18:30"))
    assert {(m.kind, m.month) for m in owed(early)} == {(Mail.AGENDA, 1)}


def test_a_month_without_a_meeting_gets_its_task_by_mail():
    p = pair(face_to_face="3 months", calls=None, start=date(2026, 11, 24))
    mails = owed(meeting("2026-12-10T17:30", period=date(2026, 11, 24)), p=p, horizon=LONG)
    assert [(m.person, m.month, f"{m.due:%m-%d %H:%M}") for m in mails if m.kind is Mail.TASK] == [
        ("jonas", 2, "12-24 07:00"),
        ("maya", 2, "12-24 08:00"),
    ]


def test_a_pause_over_a_whole_month_puts_its_task_off():
    pause = (DateRange(date(2026, 12, 20), date(2027, 1, 23)),)  # 35 days; month 2 was to begin on 24 December
    p = pair(face_to_face="3 months", calls=None, start=date(2026, 11, 24), pause=pause)
    mails = owed(meeting("2026-12-10T17:30"), p=p, now=utc("2027-01-24T09:00"), horizon=LONG)
    assert [f"{m.due:%m-%d}" for m in mails if m.month == 2 and m.person == "maya"] == ["01-28"]


def test_the_loser_of_two_moves_is_told_once_for_each_time():
    p = pair()
    one = moved(p, FIRST, p.protege, NOW)
    assert one.key == "maya-jonas/moved/face_to_face/2026-12-01@20261208T1730Z/jonas"
    assert one.due == NOW


def test_a_meeting_that_did_not_take_place_hands_its_task_to_the_next_one_of_the_month():
    after = FIRST.end + timedelta(days=1)
    mails = owed(FIRST, CALL, now=after, missed={FIRST.uid})
    assert {(m.kind, m.meeting, m.carried_over) for m in mails} == {(Mail.AGENDA, CALL, False)}


def test_a_month_whose_only_meeting_did_not_take_place_is_carried_over_though_its_agenda_went_out():
    after = FIRST.end + timedelta(days=1)
    ledger = {mail.key for mail in owed(FIRST)}
    mails = owed(FIRST, SECOND, ledger=ledger, now=after, missed={FIRST.uid})
    assert {(m.kind, m.month, m.carried_over) for m in mails} == {(Mail.AGENDA, 2, True)}
    told = owed(FIRST, SECOND, ledger=ledger, now=after, known={FIRST.uid})
    assert {(m.kind, m.month, m.carried_over) for m in told} == {(Mail.AGENDA, 2, False)}
