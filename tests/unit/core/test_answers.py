"""What people ask of us by mail for the pair: pauses, and no more mail."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.answers import FOR_EVER, Answer, Told, paused, stopped
from cadenced.core.model import DateRange
from tests.support.programme import pair, utc

PAIR = pair()  # in London
FIRST = date(2026, 12, 1)
PEOPLE = ("maya", "jonas")


def told(what, at="2026-12-01T09:00", person="jonas", until=None, name=""):
    return Answer(name or f"<{at}/{person}/{what}>", "maya-jonas", person, what, utc(at), until=until)


def days(*answers, of=PAIR):
    return [(each.first, each.last) for each in paused(of, answers).pause]


class TestPauses:
    def test_without_any_the_pair_is_as_the_file_has_it(self):
        assert paused(PAIR, [told(Told.DONE), told(Told.RESUMED), told(Told.STOPPED)]) is PAIR

    def test_one_is_from_the_day_that_it_is_asked_for_to_its_last(self):
        assert days(told(Told.PAUSED, until=date(2026, 12, 31))) == [(FIRST, date(2026, 12, 31))]

    def test_one_without_an_end_lasts_until_either_of_them_resumes(self):
        pause = told(Told.PAUSED)
        assert days(pause) == [(FIRST, FOR_EVER)]
        assert days(pause, told(Told.RESUMED, "2027-02-10T09:00", "maya")) == [(FIRST, date(2027, 2, 9))]

    def test_who_resumes_on_the_same_day_has_not_paused(self):
        assert days(told(Told.PAUSED), told(Told.RESUMED, "2026-12-01T10:00")) == []

    def test_who_pauses_again_after_that_pauses(self):
        again = told(Told.PAUSED, "2026-12-01T11:00", until=date(2026, 12, 9))
        assert days(told(Told.PAUSED), told(Told.RESUMED, "2026-12-01T10:00"), again) == [(FIRST, date(2026, 12, 9))]

    def test_a_pause_that_is_over_is_not_drawn_out_by_a_late_resume(self):
        pause = told(Told.PAUSED, until=date(2026, 12, 9))
        assert days(pause, told(Told.RESUMED, "2027-02-10T09:00")) == [(FIRST, date(2026, 12, 9))]

    def test_those_of_the_file_stay_whoever_resumes(self):
        filed = DateRange(date(2026, 12, 20), date(2027, 1, 10))
        found = days(told(Told.PAUSED), told(Told.RESUMED, "2026-12-24T09:00"), of=pair(pause=(filed,)))
        assert found == [(filed.first, filed.last), (FIRST, date(2026, 12, 23))]

    def test_its_days_are_those_of_the_pair_s_zone(self):
        """At nine in the evening in London it is the next morning in Auckland, and the same afternoon in New York."""
        pause = told(Told.PAUSED, "2026-12-01T21:00", until=date(2026, 12, 31))
        resume = told(Told.RESUMED, "2026-12-10T02:00")
        assert days(pause, of=pair(timezone="Pacific/Auckland"))[0][0] == date(2026, 12, 2)
        assert days(pause, resume, of=pair(timezone="America/New_York")) == [(FIRST, date(2026, 12, 8))]


class TestStopped:
    def test_who_stops_gets_no_more_and_the_other_does(self):
        assert stopped([told(Told.STOPPED)]) == {"jonas"}

    def test_who_resumes_wants_mail_again_and_speaks_for_nobody_else(self):
        stops = [told(Told.STOPPED, person=who) for who in PEOPLE]
        assert stopped([*stops, told(Told.RESUMED, "2026-12-02T09:00", "maya")]) == {"jonas"}

    def test_who_pauses_wants_mail(self):
        assert stopped([told(Told.PAUSED), told(Told.DONE)]) == frozenset()


TELLINGS = st.lists(
    st.tuples(
        st.sampled_from([Told.PAUSED, Told.RESUMED, Told.STOPPED]),
        st.sampled_from(PEOPLE),
        st.integers(0, 20),
        st.none() | st.integers(0, 20),
    ),
    max_size=8,
)


def in_time(tellings):
    """Each on its day of December; of one day in the order in which they are told."""
    moment = utc("2026-12-01T09:00")
    return [
        Answer(
            f"<{number:02}>",
            "maya-jonas",
            who,
            what,
            moment + timedelta(day),
            until=FIRST + timedelta(day + length) if what is Told.PAUSED and length is not None else None,
        )
        for number, (what, who, day, length) in enumerate(tellings)
    ]


@given(TELLINGS, st.randoms(use_true_random=False))
def test_in_whatever_order_answers_are_read_they_mean_the_same(tellings, random):
    answers = in_time(tellings)
    shuffled = random.sample(answers, len(answers))
    assert paused(PAIR, shuffled) == paused(PAIR, answers)
    assert stopped(shuffled) == stopped(answers)


@given(TELLINGS)
def test_days_are_paused_as_somebody_with_a_diary_would_cross_them_out(tellings):
    """Who pauses crosses out days, and who resumes wipes the crosses from that day on."""
    answers, crossed = in_time(tellings), set()
    for each in sorted(answers, key=lambda each: (each.at, each.id)):
        begins = (each.at.date() - FIRST).days
        if each.told is Told.PAUSED:
            crossed |= set(range(begins, (each.until - FIRST).days + 1 if each.until else 100))
        elif each.told is Told.RESUMED:
            crossed -= set(range(begins, 100))
    pauses = paused(PAIR, answers).pause
    for day in range(60):
        here = FIRST + timedelta(day)
        assert any(each.first <= here <= each.last for each in pauses) is (day in crossed)
