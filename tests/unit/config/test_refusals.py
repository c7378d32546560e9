"""Each thing that pairs.toml refuses, with its place and its reason."""

import pytest

from cadenced.config import ConfigProblems
from cadenced.config.problems import grouped

REFUSED = [
    ("focus =", "months = 3\nfocus =", "23: pairs.maya-jonas.months", "3: a table belongs here"),
    (
        '"Europe/Berlin"',
        '"Europe/Berln"',
        "15: people.jonas.timezone",
        '"Europe/Berln" is no time zone; did you mean "Europe/Berlin"?',
    ),
    (
        'protege = "jonas"',
        'protege = "jonsa"',
        "20: pairs.maya-jonas.protege",
        '"jonsa" is nobody in [people]; did you mean "jonas"?',
    ),
    (
        'policy = "standard"',
        'policy = "standart"',
        "22: pairs.maya-jonas.policy",
        '"standart" is no policy; did you mean "standard"?',
    ),
    (
        "focus =",
        'roadmap = "early-carer-product-manager"\nfocus =',
        "23: pairs.maya-jonas.roadmap",
        '"early-carer-product-manager" is no roadmap; did you mean "early-career-product-manager"?',
    ),
    (
        'calendar = "maya"',
        'calendar = "maja"',
        "10: people.maya.calendar",
        '"maja" is no calendar account in cadenced.toml; did you mean "maya"?',
    ),
    (
        '"negotiation"',
        '"negotiations"',
        "23: pairs.maya-jonas.focus.0",
        '"negotiations" is no focus area; did you mean "negotiation"?',
    ),
    (
        "minutes = 60",
        "minuts = 60",
        "2: policies.standard.face_to_face.minuts",
        'is no known key; did you mean "minutes"?',
    ),
    ("manager =", "maneger =", "16: people.jonas.maneger", 'is no known key; did you mean "manager"?'),
    ("[people.maya]", "[poeple.maya]", "5: poeple", 'is no known key; did you mean "people"?'),
    ("at = [", "att = [", "24: pairs.maya-jonas.face_to_face.att", 'is no known key; did you mean "at"?'),
    (
        "minutes = 30",
        "minutes = 4",
        "3: policies.standard.calls.minutes",
        "4: input should be greater than or equal to 5",
    ),
    (
        "minutes = 30",
        "minutes = 481",
        "3: policies.standard.calls.minutes",
        "481: input should be less than or equal to 480",
    ),
    (
        "Thu 17:30",
        "Thu 5pm",
        "24: pairs.maya-jonas.face_to_face.at.1",
        '"Thu 5pm" is no weekly time; write it like "Tue 17:30"',
    ),
    (
        "Fri 08:30-13:00",
        "Fri 13:00-08:30",
        "9: people.maya.available.1",
        '"Fri 13:00-08:30": the hours must end after they begin, and by 24:00; name two spans for a night',
    ),
    (
        "2027-07-15/",
        "2027-02-30/",
        "25: pairs.maya-jonas.pause.0",
        '"2027-02-30" is no day that exists; write it like 2026-12-01; days are written "2027-07-15/2027-08-31"',
    ),
    (
        "start = 2026-12-01",
        "start = 1926-12-01",
        "21: pairs.maya-jonas.start",
        '"1926-12-01" is not between 2000 and 2199',
    ),
    ("start = 2026-12-01", "", "18: pairs.maya-jonas.start", "is missing"),
    ("start = 2026-12-01", "start = 2026-02-30", "21", "is no valid TOML: Invalid date or datetime"),
    ("start = 2026-12-01", "start = ", "21", "is no valid TOML: Invalid value"),
    ("focus =", "end = 2026-11-30\nfocus =", "23: pairs.maya-jonas.end", "lies before the start"),
    (
        "focus =",
        "roadmap_month = 13\nfocus =",
        "23: pairs.maya-jonas.roadmap_month",
        "13: input should be less than or equal to 12",
    ),
    (
        "jonas@example.org",
        "jonas at example.org",
        "14: people.jonas.email",
        '"jonas at example.org" is no mail address; write it like "maya@example.org"',
    ),
    ("Jonas Weber", "Jonas\\nBcc: x", "13: people.jonas.name", "must be a text on one line, and not empty"),
    (
        "[pairs.maya-jonas]",
        "[pairs.Maya_Jonas]",
        "18: pairs.Maya_Jonas",
        "an id has small letters, digits and dashes, 63 at most, and begins with a letter or digit",
    ),
    (
        '"petra@example.org"',
        '"petra@"',
        "16: people.jonas.manager",
        '"petra@" is no mail address; write it like "maya@example.org"',
    ),
    (
        '"petra@example.org"',
        '"petra"',
        "16: people.jonas.manager",
        '"petra" is neither an address nor anybody in [people]; there are: jonas, maya',
    ),
    (", minutes = 60", "", "24: pairs.maya-jonas.face_to_face", "neither the policy nor the pair says minutes"),
]


@pytest.mark.parametrize(("old", "new", "place", "words"), REFUSED)
def test_a_mistake_is_shown_with_its_place_and_the_way_out(folder, old, new, place, words):
    [problem] = [each for each in folder.problems(folder.changed(old, new)) if each.startswith(f"pairs.toml:{place}: ")]
    assert problem.removeprefix(f"pairs.toml:{place}: ").startswith(words)


def test_a_number_is_no_start(folder):
    assert "is no day that exists" in folder.problem(folder.changed("start = 2026-12-01", "start = 45000"))


@pytest.mark.parametrize("manager", ["maya@example.org", "MAYA@Example.org", "maya"])
def test_the_manager_is_never_the_mentor(folder, manager):
    problem = folder.problem(folder.changed("petra@example.org", manager))
    assert problem.startswith("pairs.toml:19: pairs.maya-jonas.mentor: Maya Okafor is Jonas Weber's manager.")
    assert "disinterested" in problem


def test_nobody_mentors_themselves(folder):
    assert "nobody mentors themselves" in folder.problem(folder.changed('mentor = "maya"', 'mentor = "jonas"'))
    same = folder.problem(folder.changed("jonas@", "Maya@"))
    assert "has the same address as jonas, Maya@example.org: each of the two needs their own" in same


def test_an_empty_list_of_hours_is_not_taken_for_office_hours(folder):
    problem = folder.problem(folder.changed("[people.jonas]", "[people.jonas]\navailable = []"))
    assert "people.jonas.available: holds no hours; leave it out for Mon-Fri 09:00-17:00" in problem


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("1 month", "27 days", "face to face more often than once a month overtaxes the mentor"),
        ("1 month", "14 weeks", "the relationship grows stale"),
        ("2 weeks", "13 days", "calls more often than every two weeks overtax the mentor"),
        ("2 weeks", "2 months", "calls = false leaves them out"),
    ],
)
def test_a_cadence_outside_the_guidance_needs_saying_so(folder, old, new, reason):
    outside = folder.changed(old, new)
    problem = folder.problem(outside)
    assert reason in problem
    line, key = (3, "calls") if "calls" in reason else (2, "face_to_face")
    assert problem.startswith(f"pairs.toml:{line}: policies.standard.{key}: ")
    assert "outside_guidance = true in [policies.standard]" in problem
    for table in ("[policies.standard]", "[pairs.maya-jonas]"):
        allowed = folder.load(outside.replace(table, f"{table}\noutside_guidance = true"))
        [warning] = allowed.warnings
        assert reason in warning


def test_a_policy_outside_the_guidance_is_told_once_and_a_pair_s_own_words_at_the_pair(folder):
    often = folder.changed("1 month", "27 days")
    pair = often[often.index("[pairs.") :]
    later = pair.replace("maya-jonas", "again").replace("2026-12-01", "2030-12-01").split("pause")[0]
    assert folder.problem(often.replace("policy =", "end = 2029-01-01\npolicy =") + later).count("overtaxes") == 1
    own = folder.problem(folder.changed('at = ["Tue', 'every = "27 days", at = ["Tue'))
    assert "pairs.maya-jonas.face_to_face: face to face more often" in own
    assert "outside_guidance = true in [pairs.maya-jonas]" in own


@pytest.mark.parametrize(
    ("old", "new"), [("1 month", "4 weeks"), ("1 month", "3 months"), ("1 month", "13 weeks"), ("2 weeks", "1 month")]
)
def test_the_bounds_themselves_are_within_the_guidance(folder, old, new):
    assert folder.load(folder.changed(old, new)).warnings == ()


def test_two_people_with_one_address_are_warned_of(folder):
    zoe = '\n[people.zoe]\nname = "Zoe"\nemail = "JONAS@example.org"\ntimezone = "UTC"\n'
    [warning] = folder.load(folder.text + zoe).warnings
    assert warning == "people.zoe.email: is that of 'jonas', too: what is meant for one of them, both will read"


AGAIN = """
[pairs.again]
mentor = "maya"
protege = "jonas"
policy = "standard"
"""


def test_the_same_two_people_are_one_pair_at_a_time(folder):
    assert folder.problem(folder.text + AGAIN + "start = 2029-01-01\n") == (
        "pairs.toml:27: pairs.again: the same two people are the pair 'maya-jonas' at that time; end it first"
    )


def test_the_same_two_people_may_begin_again_after_the_end(folder):
    ended = folder.changed("start = 2026-12-01", "start = 2026-12-01\nend = 2028-12-31")
    assert len(folder.load(ended + AGAIN + "start = 2029-01-01\n").pairs) == 2


def test_a_long_pair_overlaps_with_the_third_as_well(folder):
    ended = folder.changed("start = 2026-12-01", "start = 2026-12-01\nend = 2040-12-31")
    second = AGAIN + "start = 2028-01-01\nend = 2028-12-31\n"
    third = AGAIN.replace("again", "third") + "start = 2030-01-01\n"
    assert len(folder.problems(ended + second + third)) == 2


def test_roles_may_be_the_other_way_round_in_another_pair(folder):
    back = AGAIN.replace('"maya"', '"x"').replace('"jonas"', '"maya"').replace('"x"', '"jonas"')
    assert len(folder.load(folder.text + back + "start = 2029-01-01\n").pairs) == 2


def test_all_errors_are_told_at_once(folder):
    folder.text = folder.changed('"Europe/Berlin"', '"Europe/Berln"')
    folder.text = folder.changed('policy = "standard"', 'policy = "standart"\ncolour = "red"')
    folder.text = folder.changed("1 month", "1 day")
    folder.write('[people.zoe]\nname = "Zoe"\nemail = "zoe"\ntimezone = "UTC"\n', "pairs.d/more.toml")
    assert [problem.split(": ")[:2] for problem in folder.problems()] == [
        ["pairs.d/more.toml:3", "people.zoe.email"],
        ["pairs.toml:15", "people.jonas.timezone"],
        ["pairs.toml:22", "pairs.maya-jonas.policy"],
        ["pairs.toml:23", "pairs.maya-jonas.colour"],
    ]


def test_one_unknown_name_does_not_hide_another_error_of_the_pair(folder):
    folder.text = folder.changed('mentor = "maya"', 'mentor = "maja"')
    folder.text = folder.changed("1 month", "1 day")
    assert [problem.split(": ")[1] for problem in folder.problems()] == [
        "policies.standard.face_to_face",
        "pairs.maya-jonas.mentor",
    ]


def test_an_id_stands_in_one_file_only(folder):
    folder.write('[people.maya]\nname = "M"\nemail = "m@example.org"\ntimezone = "UTC"\n', "pairs.d/more.toml")
    assert folder.problem() == "pairs.d/more.toml:1: people.maya: stands in pairs.toml, too; each id stands once"


def test_a_hundred_errors_are_shown_and_the_others_counted(folder):
    people = "".join(f'[people.p{n}]\nname = "P"\nemail = "p@example.org"\ntimezone = "X{n}"\n' for n in range(130))
    folder.write(folder.text + people)
    with pytest.raises(ConfigProblems) as found:
        folder.loader().load()
    assert len(found.value.problems) == 130
    assert str(found.value).endswith("and 30 more")


def test_the_same_error_of_many_is_one_line_with_the_first_of_them_and_their_number(folder):
    pairs = "".join(
        f'[pairs.p{n}]\nmentor = "maya"\nprotege = "jonas"\nstart = {2030 + n}-12-01\nend = {2030 + n}-12-31\n'
        f'policy = "{"standrad" if n % 2 else "quaterly"}"\n'
        for n in range(66)
    )
    with pytest.raises(ConfigProblems) as found:
        folder.load(folder.text + pairs)
    first, second = str(found.value).splitlines()
    assert first.endswith('pairs.p0.policy: "quaterly" is no policy; there are: standard (and 32 more like it)')
    assert second.endswith('pairs.p1.policy: "standrad" is no policy; did you mean "standard"? (and 32 more like it)')


def test_the_same_error_of_a_few_stays_where_it_is_among_the_others(folder):
    folder.text = folder.changed('"Europe/London"', '"Europe/Lodnon"').replace("Mon-Thu", "Mon-Thx")
    folder.text = folder.text.replace('"Europe/Berlin"', '"Europe/Lodnon"')
    with pytest.raises(ConfigProblems) as found:
        folder.load()
    lines = [int(line.split(":")[1]) for line in str(found.value).splitlines()]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_warnings_that_differ_in_whom_they_are_about_alone_are_one_the_most_frequent_first():
    few = [f"pairs.p{n}: they never meet" for n in (1, 2)]
    many = [f"people.m{n}.hours_per_month: M{n}'s pair needs 2 hours" for n in range(1700)]
    called = {f"m{n}": f"M{n}" for n in range(1700)}
    assert grouped([*few, *many, "locales/xx.po: a text lacks"], called) == [
        "1,700 people, as m0: hours_per_month: M0's pair needs 2 hours",
        "pairs p1, p2: they never meet",
        "locales/xx.po: a text lacks",
    ]


def test_warnings_of_pairs_that_say_different_things_stay_apart():
    warnings = ["pairs.p1: they never meet", "pairs.p2: they meet too often", "pairs.p3: they never meet"]
    assert grouped(warnings, {"m1": "M1"}) == ["pairs p1, p3: they never meet", "pairs.p2: they meet too often"]
