"""What a pair becomes: policy, person and roadmap put together, the pair's own word last."""

from datetime import date, time

import pytest

from cadenced.core.model import Cadence, DateRange, Every, WeeklyHours, WeeklyTime

MINE = "face_to_face = { at = "


def test_a_pair_overrides_its_policy_key_by_key(folder):
    pair = folder.pair()
    agreed = (WeeklyTime(1, time(17, 30)), WeeklyTime(3, time(17, 30)))
    assert pair.face_to_face == Cadence(Every(months=1), 60, agreed, "The Lamb")
    assert pair.calls == Cadence(Every(days=14), 30)


def test_a_pair_has_the_zone_of_the_mentor_unless_it_says_another(folder):
    assert folder.pair().timezone == "Europe/London"
    assert folder.pair(folder.changed("start", 'timezone = "Asia/Tokyo"\nstart')).timezone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("pairs_own", "place"),
    [("", "The Lamb"), ('where = "Video"', "Video"), ('face_to_face = { where = "Bar" }\nwhere = "Video"', "Bar")],
)
def test_the_nearest_word_about_the_place_counts(folder, pairs_own, place):
    text = folder.text[: folder.text.index(MINE)] + pairs_own
    assert folder.pair(text).face_to_face.where == place


def test_calls_can_be_switched_off(folder):
    assert folder.pair(folder.text + "calls = false\n").calls is None


def test_a_pair_may_have_the_calls_that_its_policy_has_not(folder):
    policy = folder.changed('calls = { every = "2 weeks", minutes = 30 }', "calls = false")
    assert folder.pair(policy).calls is None
    assert folder.pair(policy + 'calls = { every = "3 weeks", minutes = 20 }\n').calls == Cadence(Every(days=21), 20)


def test_days_and_hours_are_read_as_written(folder):
    pair = folder.pair(folder.changed("start = 2026-12-01", 'start = "2026-12-01"\nend = 2027-12-31'))
    assert (pair.start, pair.end) == (date(2026, 12, 1), date(2027, 12, 31))
    assert pair.pause == (DateRange(date(2027, 7, 15), date(2027, 8, 31)),)
    assert pair.mentor.available[0] == WeeklyHours(0, 8 * 60 + 30, 18 * 60)
    assert [hours.weekday for hours in pair.mentor.available] == [0, 1, 2, 3, 4]


def test_a_manager_who_is_a_person_is_known_by_address(folder):
    petra = '\n[people.petra]\nname = "P"\nemail = "petra@example.org"\ntimezone = "UTC"\n'
    by_id = folder.changed('"petra@example.org"', '"petra"') + petra
    assert folder.pair(by_id).protege.manager == "petra@example.org"


def test_people_without_a_zone_live_in_the_default_one(folder):
    folder.text = folder.changed('timezone = "Europe/Berlin"\n', "")
    assert folder.problem() == (
        "pairs.toml:12: people.jonas.timezone: is missing; [defaults] in cadenced.toml may name one for everybody"
    )
    assert folder.loader("Europe/Paris").load().pairs["maya-jonas"].protege.timezone == "Europe/Paris"


def test_a_pair_rewords_single_months(folder):
    plain = folder.pair().roadmap
    own = folder.pair(folder.text + '[pairs.maya-jonas.months.3]\ntitle = "Mine"\nhomework = []\n').roadmap
    assert (own.months[2].title, own.months[2].homework) == ("Mine", ())
    assert own.months[2].task == plain.months[2].task
    assert [m for m in own.months if m.number != 3] == [m for m in plain.months if m.number != 3]


@pytest.mark.parametrize("month", ["0", "13", "x"])
def test_a_month_that_no_year_has_is_refused(folder, month):
    problem = folder.problem(folder.text + f'[pairs.maya-jonas.months.{month}]\ntitle = "Mine"\n')
    assert problem.startswith(f"pairs.toml:26: pairs.maya-jonas.months.{month}: ")


def test_several_files_are_one_programme(folder):
    cut = folder.text.index("[pairs.")
    folder.write(folder.text[cut:], "pairs.d/maya.toml")
    assert folder.pair(folder.text[:cut]).mentor.name == "Maya Okafor"
