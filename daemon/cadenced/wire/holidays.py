"""Public holidays by country or part of one (ISO 3166-1 and -2), by the library `holidays`.

Owns which regions there are, and what their holidays are called. Must never know a person. The library is imported when
it is first asked: that takes a while, and a programme in which nobody keeps holidays does without.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from holidays.holiday_base import HolidayBase

YEARS = 4096  # remembered, of some 15 days each: every region that people live in, a few years of each


@lru_cache(maxsize=YEARS)
def holidays_in(region: str, year: int) -> Mapping[date, str]:
    """The days of a year that are public holidays in `region` ("GB-ENG"), and their names. Where one is observed on
    another day, because it falls on a weekend, both are in it.

    A country without a part has the days that are kept in all of it. Names are English, where somebody has translated
    them. ValueError for a region that parts() and countries() don't know; a year for which nothing is known is empty.
    """
    country, dash, part = region.partition("-")
    if countries().get(country) != country or (dash and parts(country).get(part) != region):
        raise ValueError(f'no holidays are known of "{region}"')
    entity = _entity(country)
    own = entity.default_language or "en"
    with catch_warnings():
        simplefilter("ignore")  # it warns of years that it does not know
        found = entity(years=year, subdiv=part or None, language=own if own.startswith("en") else "en_US")
    return MappingProxyType(dict(sorted(found.items())))


@cache
def countries() -> Mapping[str, str]:
    """What countries are called, mapped to their codes: "DE", "DEU" and "Germany" to "DE"."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    return MappingProxyType({spelling: names[1] for names in COUNTRIES.values() for spelling in names})


@cache
def parts(country: str) -> Mapping[str, str]:
    """What the parts of a country (its code) are called, mapped to their regions: "ENG" and "England" to "GB-ENG".

    Empty where none is known to keep other days than the whole country.
    """
    entity = _entity(country)
    codes = {part: part for part in entity.subdivisions} | dict(entity.subdivisions_aliases)
    return MappingProxyType({spelling: f"{country}-{code}" for spelling, code in codes.items()})


def part_called(name: str) -> str | None:
    """The region of which a part has that name, in whatever country; the first of several."""
    wanted = name.strip().casefold()
    for country in sorted({*countries().values()}):
        for spelling, region in parts(country).items():
            if len(spelling) > len(country) + 1 and spelling.casefold() == wanted:
                return region
    return None


def _entity(country: str) -> "type[HolidayBase]":
    import holidays  # noqa: PLC0415

    found: type[HolidayBase] = getattr(holidays, country).get_entity()  # only this country's module is loaded
    return found
