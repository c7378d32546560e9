"""What pairs.toml says of people's time beside their hours: holidays, time off, limits, and travel to a meeting."""

from datetime import date, timedelta

import pytest

from cadenced.config import ConfigProblems, load
from cadenced.config.programme import ProgrammeLoader
from cadenced.config.resolver import Known
from cadenced.config.roadmaps import load_roadmaps
from cadenced.core.model import DateRange, Limits
from tests.unit.config.conftest import SETTINGS
from tests.unit.config.test_stanzas import TWO_MORE

MAYA, JONAS = "[people.maya]\n", "[people.jonas]\n"
PAIR = "face_to_face = { at ="
POLICY = 'where = "The Lamb" }'


@pytest.fixture
def said(folder):
    """The pair when Jonas says something more."""
    return lambda words, **known: load_with(folder, folder.changed(JONAS, f"{JONAS}{words}\n"), **known)


def load_with(folder, text, **known):
    folder.write(text)
    known = Known(frozenset({"maya"}), load_roadmaps(folder.path), **known)
    return ProgrammeLoader(folder.path, known).load().pairs["maya-jonas"]


def test_who_says_nothing_has_no_holidays_no_time_off_and_no_limits(folder):
    pair = folder.pair()
    for person in pair.people:
        assert (person.holidays, person.time_off, person.limits) == ("", (), Limits())
    assert pair.face_to_face.travel == timedelta()


@pytest.mark.parametrize("region", ["DE", "DE-BE", "GB-ENG", "NP", "CH-ZH", "US-CA"])
def test_holidays_are_those_of_a_country_or_a_part_of_one(said, region):
    assert said(f'holidays = "{region}"').protege.holidays == region


def test_people_who_name_no_holidays_keep_those_of_the_programme(said):
    assert said("", holidays="DE").protege.holidays == "DE"
    assert said('holidays = "GB"', holidays="DE").protege.holidays == "GB"
    assert said("holidays = false", holidays="DE").protege.holidays == ""


def test_the_programmes_holidays_stand_in_the_settings(folder):
    folder.write(SETTINGS + '\n[defaults]\nholidays = "DE-BE"\n', "cadenced.toml")
    folder.write()
    people = load(folder.path).loader.load().pairs["maya-jonas"].people
    assert [person.holidays for person in people] == ["DE-BE", "DE-BE"]


def test_the_programmes_holidays_are_refused_in_the_same_words(folder):
    folder.write(SETTINGS + '\n[defaults]\nholidays = "DE-BX"\n', "cadenced.toml")
    folder.write()
    with pytest.raises(ConfigProblems) as found:
        load(folder.path)
    [problem] = found.value.problems
    assert (problem.line, problem.path) == (9, "defaults.holidays")
    assert problem.text.startswith('"DE-BX" is no part of DE with holidays of its own')


def test_time_off_is_single_days_and_ranges_and_dates_may_stand_bare(said):
    pair = said('time_off = ["2027-07-15/2027-08-01", "2027-12-24", 2027-12-31]')
    assert pair.protege.time_off == (
        DateRange(date(2027, 7, 15), date(2027, 8, 1)),
        DateRange(date(2027, 12, 24), date(2027, 12, 24)),
        DateRange(date(2027, 12, 31), date(2027, 12, 31)),
    )


@pytest.mark.parametrize(
    ("words", "limits"),
    [
        ("max_per_week = 3", Limits(per_week=3)),
        ("hours_per_month = 6", Limits(minutes_per_month=360)),
        ("hours_per_month = 1.25", Limits(minutes_per_month=75)),
        ("hours_per_month = 0.001", Limits(minutes_per_month=1)),  # so little is still a limit, and none is not
        ("max_per_week = 1\nhours_per_month = 2", Limits(1, 120)),
    ],
)
def test_limits_are_meetings_a_week_and_hours_a_month(said, words, limits):
    assert said(words).protege.limits == limits


@pytest.mark.parametrize(
    ("policy", "pair", "minutes"),
    [
        ("", "", 0),
        ('travel = "30 min", ', "", 30),
        ("", 'travel = "1 hour", ', 60),
        ('travel = "30 min", ', 'travel = "4 hours", ', 240),
        ('travel = "30 min", ', 'travel = "0 min", ', 0),
    ],
)
def test_the_pairs_own_travel_counts_before_that_of_its_policy(folder, policy, pair, minutes):
    folder.text = folder.changed(POLICY, f"{policy}{POLICY}")
    folder.text = folder.changed(PAIR, PAIR.replace("at =", f"{pair}at ="))
    assert folder.pair().face_to_face.travel == timedelta(minutes=minutes)


NO_COUNTRY = 'is no country whose holidays are known; write it like "DE", or "GB-ENG" for a part of one'
REFUSED = [
    ('holidays = "UK"', "holidays", f'"UK" {NO_COUNTRY}; did you mean "GB"?'),
    ('holidays = "Germany"', "holidays", f'"Germany" {NO_COUNTRY}; did you mean "DE"?'),
    ('holidays = "gb-ENG"', "holidays", f'"gb" {NO_COUNTRY}; did you mean "GB-ENG"?'),
    ('holidays = "XX"', "holidays", f'"XX" {NO_COUNTRY}'),
    ("holidays = true", "holidays", f'"true" {NO_COUNTRY}'),
    ('holidays = "England"', "holidays", f'"England" {NO_COUNTRY}; did you mean "GB-ENG"?'),
    ('holidays = "uk_eng"', "holidays", f'"uk_eng" {NO_COUNTRY}; did you mean "GB-ENG"?'),
    ('holidays = "Germani"', "holidays", f'"Germani" {NO_COUNTRY}; did you mean "DE"?'),
    ('holidays = ["GB-ENG", "DE"]', "holidays", "a text belongs here, and not a list"),
    (
        'holidays = "GB-England"',
        "holidays",
        '"GB-England" is no part of GB with holidays of its own; did you mean "GB-ENG"?',
    ),
    ('holidays = "GB-eng"', "holidays", '"GB-eng" is no part of GB with holidays of its own; did you mean "GB-ENG"?'),
    (
        'holidays = "GB-XX"',
        "holidays",
        '"GB-XX" is no part of GB with holidays of its own; there are: GB-ENG, GB-NIR, GB-SCT, GB-WLS',
    ),
    ('holidays = "NP-P3"', "holidays", '"NP-P3": no part of NP is known to keep other holidays; say "NP"'),
    (
        'time_off = ["2027-12-24", "24.12.2027"]',
        "time_off.1",
        '"24.12.2027" is no day that exists; write it like 2026-12-01; days are written "2027-07-15/2027-08-31"',
    ),
    ('time_off = ["2027-08-01/2027-07-15"]', "time_off.0", '"2027-08-01/2027-07-15" ends before it begins'),
    ('time_off = "2027-12-24"', "time_off", '"2027-12-24": a list belongs here: write it as ["2027-12-24"]'),
    ("time_off = 2027-12-24", "time_off", "2027-12-24: a list belongs here: write it as [2027-12-24]"),
    ("limits = 3", "limits", "is no known key"),
    ('time_off = [["2027-12-24"]]', "time_off.0", "a text belongs here, and not a list"),
    ('time_off = ["2027-07-15/"]', "time_off.0", '"2027-07-15/" has no last day; days are written "2027-07-15/'),
    ('time_off = ["2027-W07"]', "time_off.0", '"2027-W07" is no day that exists; write it like 2026-12-01'),
    ('time_off = ["20270715"]', "time_off.0", '"20270715" is no day that exists; write it like 2026-12-01'),
    ("max_per_week = 0", "max_per_week", "0: input should be greater than or equal to 1"),
    ("max_per_week = 2.5", "max_per_week", "2.5: input should be a valid integer"),
    ('max_per_week = "3"', "max_per_week", '"3": input should be a valid integer'),
    ("max_per_week = true", "max_per_week", "true: input should be a valid integer"),
    ("hours_per_month = 0", "hours_per_month", "0: input should be greater than 0"),
    ("hours_per_month = -1.5", "hours_per_month", "-1.5: input should be greater than 0"),
    ("hours_per_month = 745", "hours_per_month", "745: input should be less than or equal to 744"),
    ("hours_per_month = nan", "hours_per_month", "nan: input should be "),
    ("hours_per_month = inf", "hours_per_month", "inf: input should be less than or equal to 744"),
    ('hours_per_month = "6"', "hours_per_month", '"6": input should be a valid number'),
    ("hours_per_month = true", "hours_per_month", "true: input should be a valid number"),
    ("max_pr_week = 3", "max_pr_week", 'is no known key; did you mean "max_per_week"?'),
]


@pytest.mark.parametrize(("words", "key", "text"), REFUSED)
def test_a_mistake_about_somebodys_time_is_shown_with_its_line_and_the_way_out(folder, words, key, text):
    problem = folder.problem(folder.changed(JONAS, f"{JONAS}{words}\n"))
    assert problem.startswith(f"pairs.toml:13: people.jonas.{key}: {text}")


TOO_FAR = "is too far: what is kept free before and after a meeting is 4 hours each at most"
NO_TRAVEL = "nobody travels to a call; it belongs into face_to_face"


@pytest.mark.parametrize(
    ("old", "new", "place", "text"),
    [
        (POLICY, f'travel = "5 hours", {POLICY}', "2: policies.standard.face_to_face.travel", f'"5 hours" {TOO_FAR}'),
        (
            PAIR,
            f'{PAIR[:-4]}travel = "241 min", at =',
            "24: pairs.maya-jonas.face_to_face.travel",
            f'"241 min" {TOO_FAR}',
        ),
        (
            PAIR,
            f'{PAIR[:-4]}travel = "far", at =',
            "24: pairs.maya-jonas.face_to_face.travel",
            '"far" is no length of time',
        ),
        (
            PAIR,
            f"{PAIR[:-4]}travel = 30, at =",
            "24: pairs.maya-jonas.face_to_face.travel",
            '"30" is no length of time',
        ),
        ("minutes = 30 }", 'minutes = 30, travel = "30 min" }', "3: policies.standard.calls.travel", NO_TRAVEL),
        (PAIR, f'calls = {{ travel = "0 min" }}\n{PAIR}', "24: pairs.maya-jonas.calls.travel", NO_TRAVEL),
    ],
)
def test_travel_is_for_meetings_and_within_four_hours(folder, old, new, place, text):
    assert folder.problem(folder.changed(old, new)).startswith(f"pairs.toml:{place}: {text}")


@pytest.mark.parametrize(
    ("old", "new", "affected"),
    [
        (MAYA, f'{MAYA}holidays = "GB"\n', {"maya-jonas", "maya-zoe"}),
        (MAYA, f"{MAYA}time_off = [2027-12-24]\n", {"maya-jonas", "maya-zoe"}),
        (MAYA, f"{MAYA}max_per_week = 3\n", {"maya-jonas", "maya-zoe"}),
        (MAYA, f"{MAYA}hours_per_month = 30\n", {"maya-jonas", "maya-zoe"}),
        (POLICY, f'travel = "30 min", {POLICY}', {"maya-jonas", "maya-zoe"}),
        (PAIR, f'{PAIR[:-4]}travel = "30 min", at =', {"maya-jonas"}),
        (MAYA, f"{MAYA}holidays = false\n", set()),
    ],
)
def test_the_hash_changes_for_the_pairs_whose_time_it_is(folder, old, new, affected):
    folder.text += TWO_MORE
    before = folder.load().stanzas
    after = folder.load(folder.changed(old, new)).stanzas
    assert {pair for pair in before if before[pair] != after[pair]} == affected


def test_the_hash_changes_with_the_programmes_holidays(folder):
    folder.write()
    plain, english = (
        ProgrammeLoader(folder.path, Known(frozenset({"maya"}), load_roadmaps(folder.path), holidays=region)).load()
        for region in ("", "GB-ENG")
    )
    assert plain.stanzas["maya-jonas"] != english.stanzas["maya-jonas"]
