"""Two people's hours, each on their own clock, whatever the clocks do; judged minute by minute with zoneinfo alone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cadenced.core.availability import Busy, SharedHours, _offset_all_day, _shift
from cadenced.core.model import DateRange
from tests.support.pairs import WEEKS, within_hours
from tests.support.programme import hours, pair, person, utc

# Both hemispheres, half and quarter hours, changes at midnight and at 00:01, in Ramadan, by half an hour; a lost day.
ZONES = (
    "UTC", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin", "Europe/Athens", "Europe/Istanbul",
    "Europe/Moscow", "Europe/Samara", "Europe/Volgograd", "Atlantic/Azores", "Atlantic/Reykjavik", "America/Nuuk",
    "America/Scoresbysund", "America/St_Johns", "America/Moncton", "America/Halifax", "America/New_York",
    "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "America/Havana", "America/Asuncion", "America/Santiago", "America/Sao_Paulo", "America/Caracas",
    "America/Argentina/Buenos_Aires", "America/Mexico_City", "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun",
    "Africa/Johannesburg", "Africa/Windhoek", "Africa/Juba", "Asia/Amman", "Asia/Beirut", "Asia/Damascus", "Asia/Gaza",
    "Asia/Jerusalem", "Asia/Tehran", "Asia/Kabul", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Pyongyang",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide", "Australia/Eucla", "Australia/Lord_Howe", "Australia/Sydney",
    "Antarctica/Casey", "Antarctica/Troll", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Fakaofo",
    "Pacific/Fiji", "Pacific/Kiritimati", "Pacific/Norfolk", "Pacific/Tongatapu", "Pacific/Pago_Pago",
)  # fmt: skip
MOMENT = st.datetimes(datetime(2000, 1, 2), datetime(2040, 12, 30), timezones=st.just(UTC))
ALWAYS = hours("Mon-Sun 00:00-24:00")
MINUTE = timedelta(minutes=1)


@cache
def changes(zone: ZoneInfo) -> list[datetime]:
    """The first minutes at which a zone's offset is another one, 2000 to 2040: found by looking twice a day."""
    found, moment = [], utc("1999-12-25")
    while moment < utc("2041-01-08"):
        after = moment + timedelta(hours=12)
        if moment.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(_change_between(zone, moment, after))
        moment = after
    return found


def _change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    minutes = (after - before) // MINUTE
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, minutes
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if (before + middle * MINUTE).astimezone(zone).utcoffset() == offset else (low, middle)
        )
    return before + high * MINUTE


def truth(zone: ZoneInfo, day: date) -> timedelta | None:
    """The one offset of all quarters of an hour of a day, when each exists, and once; else None."""
    found = set()
    for minute in range(0, 1440, 15):
        wall = datetime.combine(day, time(minute // 60, minute % 60))
        for fold in (0, 1):
            instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
            exists = instant.astimezone(zone).replace(tzinfo=None) == wall
            found.add(wall - instant.replace(tzinfo=None) if exists else None)
    return found.pop() if len(found) == 1 else None


@pytest.mark.parametrize("name", ZONES)
def test_each_day_of_forty_years_has_the_offset_that_zoneinfo_says(name):
    zone = ZoneInfo(name)
    odd = set()
    for change in changes(zone):
        here = change.astimezone(zone).date()
        odd |= {here + timedelta(days) for days in (-2, -1, 0, 1)}
    bounds = [utc("2000-01-01"), *changes(zone), utc("2041-01-01")]
    for since, until in pairwise(sorted(bounds)):
        offset = since.astimezone(zone).utcoffset()
        day, last = (moment.astimezone(zone).date() for moment in (since, until))
        while day < last:
            if day not in odd:
                assert _offset_all_day(zone, day) == offset, day
            day += timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
def test_each_day_that_changes_a_clock_is_known_for_one(name):
    zone = ZoneInfo(name)
    some = changes(zone) if len(changes(zone)) < 8 else changes(zone)[::11]
    for change in some:
        here = change.astimezone(zone).date()
        for day in (here - timedelta(days=1), here, here + timedelta(days=1)):
            assert _offset_all_day(zone, day) == truth(zone, day), day


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), MOMENT)
@settings(max_examples=300, deadline=None)
def test_two_clocks_are_as_far_apart_as_zoneinfo_says_all_of_a_steady_day_and_the_next(ours, theirs, moment):
    ours, theirs = ZoneInfo(ours), ZoneInfo(theirs)
    here = moment.astimezone(ours).replace(tzinfo=None)
    shift = _shift(ours, theirs, here.date())
    if shift.steady:
        for instant in (moment, moment + timedelta(days=1)):
            mine, other = (instant.astimezone(zone).replace(tzinfo=None) for zone in (ours, theirs))
            assert other - mine == timedelta(minutes=shift.minutes)


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 10_000), st.integers(-1440, 1440))
@settings(max_examples=300, deadline=None)
def test_no_day_that_changes_one_of_the_clocks_is_steady(ours, theirs, number, minutes):
    zones = ZoneInfo(ours), ZoneInfo(theirs)
    both = sorted(changes(zones[0]) + changes(zones[1]))
    if not both:
        return
    moment = both[number % len(both)] + timedelta(minutes=minutes)
    day = moment.astimezone(zones[0]).date()
    before, after = (moment.astimezone(zone) for zone in zones)
    if _shift(*zones, day).steady:
        assert after.replace(tzinfo=None) - before.replace(tzinfo=None) == timedelta(
            minutes=_shift(*zones, day).minutes
        )


@given(st.sampled_from(ZONES), MOMENT)
@settings(max_examples=300, deadline=None)
def test_a_wall_time_becomes_its_first_instant_or_none(name, moment):
    zone = ZoneInfo(name)
    shared = SharedHours(pair(timezone=name))
    here = moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    instants = {here.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    exist = [each for each in instants if shared.wall(each) == here]
    assert shared.utc(here) == min(exist, default=None)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("Europe/Berlin", "2027-03-28T01:30", "2027-03-28T00:30"),
        ("Europe/Berlin", "2027-03-28T02:30", None),  # skipped: 02:00 becomes 03:00
        ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),  # twice: the first counts
        ("America/Sao_Paulo", "2018-11-04T00:30", None),  # midnight became 01:00
        ("America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30"),  # midnight became 23:00
        ("Asia/Beirut", "2026-03-29T00:30", None),
        ("Africa/Cairo", "2026-04-24T00:30", None),
        ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", None),  # half an hour
        ("Australia/Lord_Howe", "2026-10-04T02:45", "2026-10-03T15:45"),
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30"),  # Ramadan: 03:00 became 02:00
        ("Africa/Casablanca", "2026-03-22T02:30", None),
        ("Pacific/Apia", "2011-12-29T23:30", "2011-12-30T09:30"),
        ("Pacific/Apia", "2011-12-30T12:00", None),  # a day that never was
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00"),
        ("Asia/Kathmandu", "2026-06-01T00:00", "2026-05-31T18:15"),
        ("America/St_Johns", "2006-10-28T23:30", "2006-10-29T02:00"),  # 00:01 became 23:01
    ],
)
def test_wall_times_by_hand(zone, wall, instant):
    expected = utc(instant) if instant else None
    assert SharedHours(pair(timezone=zone)).utc(datetime.fromisoformat(wall)) == expected


def couple(ours, theirs, mine=ALWAYS, yours=ALWAYS):
    return pair(mentor=person("maya", ours, mine), protege=person("jonas", theirs, yours), timezone=ours)


def fits(p, start, minutes):
    shared = SharedHours(p)
    return shared.fits(start, shared.wall(start), minutes)


@st.composite
def moments(draw):
    """Two zones and a moment, as a rule within hours of a change of one of their clocks."""
    ours, theirs = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ZONES))
    near = changes(ZoneInfo(ours)) + changes(ZoneInfo(theirs))
    if near and draw(st.integers(0, 3)):
        moment = draw(st.sampled_from(near)) + timedelta(minutes=15 * draw(st.integers(-150, 150)))
    else:
        moment = draw(MOMENT).replace(minute=draw(st.sampled_from([0, 15, 30, 45])), second=0, microsecond=0)
    return ours, theirs, moment


@given(moments(), st.sampled_from(WEEKS), st.sampled_from(WEEKS), st.sampled_from([5, 30, 60, 90, 480]))
@example(("Europe/Berlin", "Europe/Berlin", utc("2027-03-28T00:30")), hours("Sun 00:00-03:00"), ALWAYS, 60)
@example(("Europe/London", "Europe/Berlin", utc("2027-10-31T00:30")), ALWAYS, hours("Sun 02:15-04:00"), 60)
@example(("Pacific/Pago_Pago", "Pacific/Kiritimati", utc("2027-06-01T10:30")), ALWAYS, hours("Wed 00:00-01:00"), 30)
@example(("America/St_Johns", "UTC", utc("2006-10-29T03:00")), ALWAYS, hours("Sun 03:00-04:00"), 60)
@settings(max_examples=600, deadline=None)
def test_a_meeting_fits_just_when_each_of_its_minutes_lies_in_the_hours_of_both(place, mine, yours, minutes):
    ours, theirs, start = place
    p = couple(ours, theirs, mine, yours)
    end = start + timedelta(minutes=minutes)
    assert fits(p, start, minutes) == all(within_hours(each, start, end) for each in p.people)


@given(moments(), st.sampled_from(WEEKS), st.sampled_from(WEEKS))
@settings(max_examples=200, deadline=None)
def test_the_hours_of_a_steady_day_are_those_in_which_a_meeting_fits(place, mine, yours):
    ours, theirs, moment = place
    p = couple(ours, theirs, mine, yours)
    shared = SharedHours(p)
    day = shared.wall(moment).date()
    if _shift(ZoneInfo(ours), ZoneInfo(theirs), day).steady:
        listed = shared.on(day)
        for minute in range(0, 1440, 15):
            start = shared.utc(datetime.combine(day, time(minute // 60, minute % 60)))
            both = all(within_hours(each, start, start + MINUTE) for each in p.people)
            assert both == any(first <= minute < last for first, last in listed)


def test_hours_of_a_person_26_hours_away_are_seen_on_the_right_day():
    """Wednesday from midnight to one on Kiritimati is Monday night, 23:00 to midnight, in Pago Pago."""
    p = couple("Pacific/Pago_Pago", "Pacific/Kiritimati", ALWAYS, hours("Wed 00:00-01:00"))
    assert SharedHours(p).on(date(2027, 5, 31)) == ((1380, 1440),)
    assert SharedHours(p).on(date(2027, 6, 1)) == ()


@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2027, 3, 28), date(2027, 10, 31)])
def test_all_of_a_day_around_a_clock_change_is_looked_at(day):
    assert SharedHours(couple("Europe/London", "Europe/Berlin", WEEKS[0], WEEKS[0])).on(day) == ((0, 1440),)


def test_a_person_without_hours_keeps_office_hours():
    p = couple("Europe/London", "Europe/London", (), ALWAYS)
    assert SharedHours(p).on(date(2027, 6, 1)) == ((540, 1020),)
    assert SharedHours(p).on(date(2027, 6, 5)) == ()


def test_hours_that_touch_are_one_span():
    p = couple("UTC", "UTC", hours("Mon 09:00-12:00", "Mon 12:00-15:00"))
    assert SharedHours(p).on(date(2027, 5, 31)) == ((540, 900),)
    assert fits(p, utc("2027-05-31T11:30"), 60)


def test_a_night_may_be_talked_through_where_the_next_day_s_hours_begin_at_midnight():
    p = couple("UTC", "UTC", hours("Mon 20:00-24:00", "Tue 00:00-02:00"))
    assert fits(p, utc("2027-05-31T23:30"), 60)
    assert not fits(p, utc("2027-06-01T01:30"), 60)


def test_a_week_goes_round():
    assert fits(couple("UTC", "UTC", hours("Sun 20:00-24:00", "Mon 00:00-02:00")), utc("2027-06-06T23:30"), 60)


def test_pauses_are_closed_on_both_their_ends():
    shared = SharedHours(pair(pause=(DateRange(date(2027, 1, 10), date(2027, 1, 20)),)))
    assert [shared.paused(date(2027, 1, day)) for day in (9, 10, 20, 21)] == [False, True, True, False]


def test_nothing_takes_place_after_the_end_but_on_the_last_day():
    shared = SharedHours(pair(end=date(2027, 1, 10)))
    assert [shared.paused(day) for day in (date(2027, 1, 10), date(2027, 1, 11), date(2199, 1, 1))] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("first", "last", "is_open"),
    [
        ("2027-01-10", "2027-01-21", False),  # the window ends before the 21st begins
        ("2027-01-10", "2027-01-21T00:01", True),
        ("2027-01-09T23:59", "2027-01-21", True),
        ("2027-01-15T09:00", "2027-01-15T10:00", False),
    ],
)
def test_a_window_is_open_while_one_of_its_days_is(first, last, is_open):
    shared = SharedHours(pair(pause=(DateRange(date(2027, 1, 10), date(2027, 1, 20)),)))
    assert shared.open((datetime.fromisoformat(first), datetime.fromisoformat(last))) is is_open


HOUR = utc("2027-01-01T10:00"), utc("2027-01-01T11:00")


@pytest.mark.parametrize(
    ("start", "end", "busy"),
    [
        ("09:00", "10:00", False),  # ends as it begins
        ("11:00", "12:00", False),
        ("09:00", "10:01", True),
        ("10:59", "12:00", True),
        ("10:15", "10:30", True),
        ("09:00", "12:00", True),
    ],
)
def test_busy_time_is_half_open(start, end, busy):
    assert Busy([HOUR]).overlaps(utc(f"2027-01-01T{start}"), utc(f"2027-01-01T{end}")) is busy


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)))


@given(SPANS, SPANS, st.integers(0, 80), st.integers(1, 20))
def test_busy_time_is_the_union_of_all_that_was_said(some, more, start, length):
    def at(minute):
        return HOUR[0] + timedelta(minutes=minute)

    told = [(at(a), at(a + b)) for a, b in (*some, *more)]
    busy = Busy(told[: len(some)]).plus(told[len(some) :])
    expected = any(a < at(start + length) and at(start) < b for a, b in told)
    assert busy.overlaps(at(start), at(start + length)) == expected
    assert bool(busy) == bool(told)
