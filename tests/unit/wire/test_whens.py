"""Days and times as people write them: taken where they can mean one moment only."""

import pytest

from cadenced.wire.vocabulary import Meant
from cadenced.wire.whens import Why
from cadenced.wire.words import Said
from tests.support.heard import one
from tests.support.programme import utc


class TestMoving:
    @pytest.mark.parametrize(
        "line",
        [
            *(
                "move to Wed 3 March 14:00",
                "Please move it to 3 March 2 pm, thanks!",
                "Could we move to March 3rd at 2pm?",
            ),
            *(
                "move to 2027-03-03 14:00",
                "Sorry, move to Wed, 3 Mar 2027 14:00.",
                "reschedule to 14:00 on Wednesday 3 March",
            ),
            *(
                "verschieben auf Mi 3. März 14:00",
                "Bitte auf Mittwoch, den 3. März um 14 Uhr verschieben",
                "move to 3.3. 14:00",
            ),
            *(
                "verschieben auf 3.3.27 14.00 Uhr",
                "Verschieben auf 3. März, 14 Uhr, danke",
                "Können wir verschieben auf 3.3. 14 Uhr?",
            ),
        ],
    )
    def test_the_time_is_on_the_writers_clock(self, line):
        for language in ("en", "de"):
            assert one(line, language) == Said(Meant.MOVE, line, start=utc("2027-03-03T13:00"))
        assert one(line, timezone="America/New_York").start == utc("2027-03-03T19:00")

    @pytest.mark.parametrize(
        ("day", "start"),
        [
            *(("tomorrow", "2026-11-29T13:00"), ("übermorgen", "2026-11-30T13:00"), ("today 18:30 not", None)),
            *(
                ("Tuesday", "2026-12-01T13:00"),
                ("next Tuesday", "2026-12-01T13:00"),
                ("kommenden Di", "2026-12-01T13:00"),
            ),
        ],
    )
    def test_a_day_near_by_is_reckoned_from_when_they_wrote(self, day, start):
        assert one(f"move to {day} 14:00").start == (utc(start) if start else None)

    @pytest.mark.parametrize(
        ("when", "why"),
        [
            *(("Friday", Why.NO_CLOCK), ("3 March", Why.NO_CLOCK), ("14:00", Why.NO_TIME), ("soon", Why.NO_TIME)),
            *(("Tue 3 March 14:00", Why.OTHER_WEEKDAY), ("3/4 14:00", Why.TWO_DAYS), ("Saturday 14:00", Why.TWO_DAYS)),
            *(("3 March 3:00", Why.NIGHT), ("28 March 02:30", Why.NO_SUCH_HOUR), ("29 February 14:00", Why.NO_TIME)),
            *(("28 November 2026 10:00", Why.PAST), ("3 March 2026 14:00", Why.PAST), ("20 November 14:00", Why.PAST)),
            *(("3 March 25:00", Why.NO_TIME), ("3 March 14:60", Why.NO_TIME), ("3 March 13 pm", Why.NO_TIME)),
            *(
                ("3 March 14:00 EST", Why.NO_TIME),
                ("3 March 14:00 or 4 March 15:00", Why.NO_TIME),
                ("32 March 14:00", Why.NO_TIME),
            ),
            *(
                ("3 Smarch 14:00", Why.NO_TIME),
                ("in two weeks 14:00", Why.NO_TIME),
                ("3 March 14:00-15:00", Why.NO_TIME),
            ),
            *(
                ("3 March 0000 14:00", Why.NO_TIME),
                ("3 March 14:00 if Jonas can", Why.NO_TIME),
                ("9" * 300, Why.NO_TIME),
            ),
            ("x" * 200, Why.NO_TIME),
        ],
    )
    def test_a_time_that_is_not_plain_says_why(self, when, why):
        said = one(f"move to {when}")
        assert (said.meant, said.start, said.reason) == (Meant.MOVE, None, why)

    def test_next_tuesday_is_two_days_where_one_lies_in_this_week(self):
        monday = utc("2026-11-30T09:00")
        assert one("move to next Tuesday 14:00", now=monday).reason is Why.TWO_DAYS
        assert one("move to Tuesday 14:00", now=monday).start == utc("2026-12-01T13:00")

    def test_a_year_ends_between_today_and_the_day_that_is_meant(self):
        assert one("move to 2 January 14:00").start == utc("2027-01-02T13:00")
        january = utc("2027-01-02T09:00")
        assert one("move to 30 December 14:00", now=january).reason is Why.PAST
        assert one("move to today 14:00", now=january).start == utc("2027-01-02T13:00")

    def test_three_slash_four_is_plain_in_german(self):
        assert one("verschieben auf 3/4 14:00", "de").start == utc("2027-04-03T12:00")
        assert one("move to 13/4 14:00").start == utc("2027-04-13T12:00")

    def test_of_an_hour_that_comes_twice_it_is_the_first(self):
        assert one("move to 31 October 2027 02:30").start == utc("2027-10-31T00:30")


class TestPausing:
    @pytest.mark.parametrize(
        "line",
        ["pause until 1 September", "Pause bis 1. September", "pause bis zum 1.9.", "pause till Sept 1st, please"],
    )
    def test_a_day_is_named(self, line):
        said = one(line)
        assert (said.meant, str(said.until), said.reason) == (Meant.PAUSE, "2027-09-01", None)

    @pytest.mark.parametrize(
        ("line", "why"),
        [("pause until", Why.NO_DAY), ("pause until 1.1.2020", Why.PAST), ("Pause bis bald", Why.NO_DAY)],
    )
    def test_a_day_that_cannot_be_says_why(self, line, why):
        assert one(line) == Said(Meant.PAUSE, line, reason=why)
