"""A VTIMEZONE says of every moment of its years what the IANA data says, in three readers' eyes."""

from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
from icalendar import Timezone

from cadenced.wire.timezones import YEARS, vtimezone

ZONES = [
    "Europe/London",
    "Europe/Dublin",  # winter is the exception there: a negative daylight saving
    "Africa/Casablanca",  # negative, and about Ramadan: twice a year, at other days each year
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Auckland",
    "America/Santiago",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "UTC",
    "Etc/GMT+5",
]
YEAR = 2027
HALF_HOUR = timedelta(minutes=30)


def lines(name, year=YEAR):
    return vtimezone(name, year).replace("\r\n ", "").split("\r\n")


@cache
def observances(name, year):
    """Each onset in local time, with the offsets before and after it (RFC 5545 §3.6.5)."""
    found = []
    for part in Timezone.from_ical(vtimezone(name, year)).subcomponents:
        moments = [part["DTSTART"].dt, *(each.dt for each in getattr(part.get("RDATE"), "dts", []))]
        found += [(moment, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td) for moment in moments]
    return sorted(found)


def offset_at(moment, name, year):
    """By the letter: the latest onset, each taken in the offset before it, that is not after the moment."""
    offset = None
    for onset, before, after in observances(name, year):
        if onset - before <= moment.replace(tzinfo=None):
            offset = after
    return offset


def moments(year=YEAR, step=timedelta(hours=31)):
    """Through all the years that the component covers."""
    moment, end = datetime(year - YEARS, 1, 1, tzinfo=UTC), datetime(year + YEARS + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        yield moment
        moment += step


def about_changes(name, year=YEAR):
    """Moments within two hours of each change of the clock, every half hour."""
    zone = ZoneInfo(name)
    for moment in moments(year, timedelta(hours=12)):
        if moment.astimezone(zone).utcoffset() != (moment + timedelta(hours=12)).astimezone(zone).utcoffset():
            yield from (moment + n * HALF_HOUR for n in range(-4, 28))


@pytest.mark.parametrize("name", ZONES)
def test_by_the_letter_of_the_rfc_each_moment_has_its_offset(name):
    zone = ZoneInfo(name)
    for moment in (*moments(), *about_changes(name)):
        assert offset_at(moment, name, YEAR) == moment.astimezone(zone).utcoffset(), moment


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("reader", ["icalendar", "dateutil"])
def test_other_readers_agree_about_every_local_time_that_there_is_once(name, reader):
    zone, text = ZoneInfo(name), vtimezone(name, YEAR)
    theirs = Timezone.from_ical(text).to_tz() if reader == "icalendar" else tzical(StringIO(text)).get()
    for moment in (*moments(), *about_changes(name)):
        local = moment.astimezone(zone).replace(tzinfo=None)
        offsets = {local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        if len(offsets) == 1:
            assert local.replace(tzinfo=theirs).utcoffset() == offsets.pop(), local


def test_a_day_that_an_island_skipped_is_skipped():
    """Samoa had no 30 December 2011."""
    before, after = datetime(2011, 12, 30, 9, 59, tzinfo=UTC), datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    assert offset_at(before, "Pacific/Apia", 2011) == timedelta(hours=-10)
    assert offset_at(after, "Pacific/Apia", 2011) == timedelta(hours=14)
    assert "TZOFFSETFROM:-1000" in lines("Pacific/Apia", 2011)
    assert "TZOFFSETTO:+1400" in lines("Pacific/Apia", 2011)


def test_an_onset_is_told_in_the_clock_before_it():
    assert "RDATE:20270328T010000,20280326T010000" in lines("Europe/London")
    assert "RDATE:20271031T020000,20281029T020000" in lines("Europe/London")


@pytest.mark.parametrize(("name", "offset"), [("UTC", "+0000"), ("Asia/Kathmandu", "+0545"), ("Etc/GMT+5", "-0500")])
def test_a_zone_without_changes_has_one_observance(name, offset):
    assert [line for line in lines(name) if line.startswith("TZOFFSET")] == [
        f"TZOFFSETFROM:{offset}",
        f"TZOFFSETTO:{offset}",
    ]


@pytest.mark.parametrize("name", ZONES)
def test_it_is_a_valid_component(name):
    """RFC 5545 §3.6.5: a TZID, and in each observance a start and both offsets."""
    component = Timezone.from_ical(vtimezone(name, YEAR))
    assert component.errors == []
    assert component["TZID"] == name
    assert component.subcomponents
    for part in component.subcomponents:
        assert part.name in ("STANDARD", "DAYLIGHT")
        assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"} <= set(part)
        assert part["DTSTART"].dt.tzinfo is None
    assert vtimezone(name, YEAR).endswith("END:VTIMEZONE\r\n")


@pytest.mark.parametrize("year", [1970, 2026, 2399])
def test_the_years_that_an_event_may_have_are_covered(year):
    """A European winter and summer, as far as the rules are known."""
    assert offset_at(datetime(year, 1, 15, tzinfo=UTC), "Europe/Berlin", year) == timedelta(hours=1)
    summer = datetime(year, 7, 15, tzinfo=UTC)
    assert offset_at(summer, "Europe/Berlin", year) == summer.astimezone(ZoneInfo("Europe/Berlin")).utcoffset()
