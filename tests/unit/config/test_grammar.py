"""The little languages: what is written comes back, and what is no word of them is told what would be."""

from contextlib import suppress
from datetime import date, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.config import grammar
from cadenced.core.model import DateRange, Every, WeeklyHours, WeeklyTime

DAYS = [name[:3] for name in grammar.DAYS]
dates = st.dates(date(grammar.EARLIEST, 1, 1), date(grammar.LATEST, 12, 31))


@given(st.integers(1, 999), st.sampled_from(["day", "week", "month"]))
def test_an_interval_comes_back(count, unit):
    expected = Every(months=count) if unit == "month" else Every(days=count * {"day": 1, "week": 7}[unit])
    assert grammar.every(f"{count} {unit}{'s' * (count != 1)}") == expected


@given(st.integers(0, 6), st.times())
def test_a_weekly_time_comes_back(weekday, at):
    at = at.replace(second=0, microsecond=0)
    assert grammar.weekly_time(f"{DAYS[weekday]} {at:%H:%M}") == WeeklyTime(weekday, at)


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1439), st.integers(1, 1440))
def test_weekly_hours_come_back_day_by_day(days, start, length):
    end = min(start + length, 1440)
    text = f"{','.join(DAYS[d] for d in days)} {start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    assert grammar.weekly_hours(text) == tuple(WeeklyHours(day, start, end) for day in sorted(days))


@given(dates, dates)
def test_a_range_of_days_comes_back_in_order_alone(first, last):
    if first <= last:
        assert grammar.date_range(f"{first}/{last}") == DateRange(first, last)
    else:
        with pytest.raises(ValueError, match="ends before it begins"):
            grammar.date_range(f"{first}/{last}")


@given(st.integers(0, 999_999), st.sampled_from(list(grammar.UNITS)))
def test_a_duration_comes_back(count, unit):
    assert grammar.duration(f"{count} {unit}") == timedelta(seconds=count * grammar.UNITS[unit])


LANGUAGES = [
    grammar.every,
    grammar.duration,
    grammar.travel,
    grammar.region,
    grammar.weekly_time,
    grammar.weekly_hours,
    grammar.date_range,
    grammar.day,
    grammar.zone,
    grammar.address,
    grammar.identifier,
    grammar.one_line,
]


@pytest.mark.parametrize("parse", LANGUAGES)
@given(text=st.text(max_size=30) | st.from_regex(r"[\w ]{1,6}[ ,-]\d{1,2}:\d\d(-\d{1,2}:\d\d)?", fullmatch=True))
def test_any_other_text_is_refused_and_nothing_worse(parse, text):
    with suppress(ValueError):
        parse(text)


def test_a_range_of_weekdays_may_pass_the_weekend():
    assert [hours.weekday for hours in grammar.weekly_hours("Fri-Mon 10:00-12:00")] == [0, 4, 5, 6]


def test_weekdays_may_be_written_out():
    assert grammar.weekly_time("Tuesday 9:05") == WeeklyTime(1, time(9, 5))


def test_a_single_day_is_a_range():
    assert grammar.date_range("2027-01-06") == DateRange(date(2027, 1, 6), date(2027, 1, 6))


@pytest.mark.parametrize("name", ["Europe/Kyiv", "Asia/Kathmandu", "Pacific/Apia", "UTC"])
def test_zones_are_known_by_name(name):
    assert name in available_timezones()
    assert grammar.zone(name) == name


@pytest.mark.parametrize("text", ["o'neill@example.org", "a.b+c@sub.example.org", "root@localhost", "X@EXAMPLE.ORG"])
def test_addresses_that_servers_take(text):
    assert grammar.address(text) == text


WRONG = [
    (grammar.every, "fortnightly", "6 weeks"),
    (grammar.every, "0 months", "6 weeks"),
    (grammar.every, "1 year", "6 weeks"),
    (grammar.duration, "soon", "24 hours"),
    (grammar.travel, "5 hours", "4 hours each at most"),
    (grammar.travel, "by train", "30 min"),
    (grammar.region, "England", "GB-ENG"),
    (grammar.region, "GB-", "there are: GB-ENG, GB-NIR, GB-SCT, GB-WLS"),
    (grammar.weekly_time, "Tue 24:00", "Tue 17:30"),
    (grammar.weekly_time, "Tue 17.30", "Tue 17:30"),
    (grammar.weekly_time, "Monkey 17:30", "Mon, Tue"),
    (grammar.weekly_hours, "Mon 18:00-09:00", "end after they begin"),
    (grammar.weekly_hours, "Mon 09:00-24:30", "by 24:00"),
    (grammar.weekly_hours, "weekdays", "Mon-Thu 08:30-18:00"),
    (grammar.weekly_hours, "Mon-Fry 09:00-17:00", "Mon, Tue"),
    (grammar.date_range, "2027-02-30", "2027-07-15/2027-08-31"),
    (grammar.date_range, "2027-07-15 - 2027-08-31", "2027-07-15/2027-08-31"),
    (grammar.day, "9999-12-31", "between 2000 and 2199"),
    (grammar.zone, "Europe/Berln", 'did you mean "Europe/Berlin"'),
    (grammar.zone, "europe/berlin", 'did you mean "Europe/Berlin"'),
    (grammar.address, "maya", "maya@example.org"),
    (grammar.address, "@localhost", "maya@example.org"),
    (grammar.address, "a..b@example.org", "maya@example.org"),
    (grammar.address, "maya@example", "maya@example.org"),
    (grammar.address, "maya@example.org\r\nBcc: x@example.org", "maya@example.org"),
    (grammar.address, "größe@example.org", "maya@example.org"),
    (grammar.identifier, "Maya", "small letters"),
    (grammar.identifier, "a/b", "small letters"),
    (grammar.one_line, "Maya\nOkafor", "one line"),
    (grammar.one_line, "  ", "not empty"),
]


@pytest.mark.parametrize(("parse", "text", "right"), WRONG)
def test_the_error_says_what_would_be_right(parse, text, right):
    with pytest.raises(ValueError) as wrong:
        parse(text)
    assert right in str(wrong.value)
