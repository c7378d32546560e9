"""Public holidays as the library tells them, by dates that anybody can look up."""

import subprocess
import sys
from datetime import date

import pytest

from cadenced.wire.holidays import countries, holidays_in, parts


def named(region, year, day):
    return holidays_in(region, year).get(date(year, *day))


def test_parts_of_a_country_keep_days_of_their_own():
    assert named("GB-ENG", 2027, (3, 29)) == "Easter Monday"
    assert named("GB-SCT", 2027, (3, 29)) is None
    assert named("GB-SCT", 2027, (11, 30)) == "Saint Andrew's Day"
    assert named("GB-ENG", 2027, (11, 30)) is None
    assert (named("GB-ENG", 2027, (8, 30)), named("GB-SCT", 2027, (8, 2))) == (
        "Late Summer Bank Holiday",
        "Summer Bank Holiday",
    )


def test_corpus_christi_is_kept_in_bavaria_and_not_in_berlin():
    assert named("DE-BY", 2027, (5, 27)) == "Corpus Christi"
    assert named("DE-BE", 2027, (5, 27)) is None
    assert named("DE-BE", 2027, (3, 8)) == "Women's Day"


def test_a_country_without_a_part_has_the_days_that_are_kept_in_all_of_it():
    assert {day for region in parts("GB").values() for day in holidays_in(region, 2027)} > set(holidays_in("GB", 2027))
    assert all(holidays_in("GB", 2027).items() <= holidays_in(region, 2027).items() for region in parts("GB").values())
    assert {"Good Friday", "Christmas Day", "New Year's Day", "May Day"} <= set(holidays_in("GB", 2027).values())


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("US-CA", (11, 25), "Thanksgiving Day"),
        ("US-CA", (3, 31), "Cesar Chavez Day"),
        ("CA-ON", (9, 6), "Labour Day"),  # in the English of the country, where that is its own
        ("CH-ZH", (8, 1), "National Day"),
        ("IE", (2, 1), "Saint Brigid's Day"),
        ("SE", (1, 6), "Epiphany"),
        ("NP", (9, 19), "Constitution Day"),  # where Kathmandu is
        ("NP", (4, 14), "Nepali New Year"),
        ("WS", (6, 1), "Independence Day"),  # where Apia is
    ],
)
def test_a_holiday_falls_on_its_day_and_has_an_english_name(region, day, name):
    assert named(region, 2027, day) == name


def test_a_day_that_is_observed_on_another_is_told_on_both():
    """In 2027 Christmas Day is a Saturday in England, and Independence Day a Sunday in the United States."""
    christmas = {day.isoformat(): name for day, name in holidays_in("GB-ENG", 2027).items() if day.month == 12}
    assert christmas == {
        "2027-12-25": "Christmas Day",
        "2027-12-26": "Boxing Day",
        "2027-12-27": "Christmas Day (observed)",
        "2027-12-28": "Boxing Day (observed)",
    }
    assert named("US-CA", 2027, (7, 5)) == "Independence Day (observed)"


def test_a_new_year_that_is_observed_in_the_old_one_belongs_to_the_old_one():
    """1 January 2028 is a Saturday, and kept on the Friday before."""
    assert named("US-CA", 2027, (12, 31)) == "New Year's Day (observed)"
    assert all(day.year == 2028 for day in holidays_in("US-CA", 2028))


def test_holidays_come_in_order():
    assert list(holidays_in("NP", 2027)) == sorted(holidays_in("NP", 2027))


def test_a_year_of_which_little_or_nothing_is_known_warns_nobody():
    """Of India some moving feasts are known from 2001 to 2035, and nothing after 2100."""
    assert named("IN", 2000, (1, 26)) == named("IN", 2027, (1, 26)) == "Republic Day"
    assert holidays_in("IN", 2150) == {}


def test_the_language_is_english_on_every_machine(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de_DE")
    assert named("DE-BE", 2031, (10, 3)) == "German Unity Day"


def test_what_is_asked_again_is_not_computed_again():
    assert holidays_in("GB-ENG", 2027) is holidays_in("GB-ENG", 2027)


@pytest.mark.parametrize("region", ["", "XX", "UK", "gb", "GB-XX", "GB-England", "NP-P3", "GB-"])
def test_only_codes_are_regions(region):
    with pytest.raises(ValueError, match="no holidays are known"):
        holidays_in(region, 2027)


def test_a_country_goes_by_its_names_and_codes():
    assert [countries().get(name) for name in ("GB", "GBR", "UK", "UnitedKingdom", "XX")] == ["GB"] * 4 + [None]
    assert [parts("DE").get(name) for name in ("BY", "Bayern")] == ["DE-BY", "DE-BY"]
    assert parts("NP") == {}


def test_every_region_of_every_country_can_be_asked():
    regions = {
        *countries().values(),
        *(region for country in countries().values() for region in parts(country).values()),
    }
    assert len(regions) > 800
    assert sum(bool(holidays_in(region, 2027)) for region in regions) > 0.95 * len(regions)


def test_the_library_is_loaded_when_it_is_asked_and_no_sooner():
    script = (
        "import sys; import cadenced.config; assert 'holidays' not in sys.modules;"
        "from cadenced.wire.holidays import countries; countries(); assert 'holidays' in sys.modules;"
        "assert 'holidays.countries.germany' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
