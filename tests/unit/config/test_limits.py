"""What is said when the policies of all of a person's pairs need more than that person gives."""

import pytest

from cadenced.config.rules import more_than_given
from cadenced.core.model import Limits
from tests.support.programme import pair, person

ADVICE = (
    "not every meeting will find a time. End or pause a pair, let a policy meet more rarely or more briefly, or raise "
)
FACE_TO_FACE = (
    "pair needs 1.5 hours in a month that begins with a meeting face to face, more than the 1 of hours_per_month"
)
QUARTERLY = {"face_to_face": "3 months", "calls": None, "minutes": 90}
NAMES = ("jonas", "asha", "tom", "zoe", "kim", "lee")


def said_of(limits, *policies):
    """What is said when Maya has a pair by each of the policies."""
    maya = person("maya", limits=limits)
    pairs = [
        pair(name=name, mentor=maya, protege=person(name), **policy)
        for name, policy in zip(NAMES, policies, strict=False)
    ]
    return list(more_than_given(pairs))


@pytest.mark.parametrize(
    ("limits", "policies", "key", "text"),
    [
        (
            Limits(per_week=3),
            [{}] * 6,
            "max_per_week",
            "6 pairs need 4.14 meetings in an ordinary week, more than the 3 of max_per_week",
        ),
        (
            Limits(per_week=1),
            [{}, {"face_to_face": "6 weeks", "calls": "1 month"}],
            "max_per_week",
            "2 pairs need 1.02 meetings in an ordinary week, more than the 1 of max_per_week",
        ),
        (
            Limits(minutes_per_month=360),
            [{"minutes": 90}] * 3,
            "hours_per_month",
            "3 pairs need 7.5 hours in an ordinary month, more than the 6 of hours_per_month",
        ),
        (
            Limits(minutes_per_month=60),
            [QUARTERLY],
            "hours_per_month",
            FACE_TO_FACE,
        ),
    ],
)
def test_a_limit_that_is_too_low_is_told_with_what_is_needed(limits, policies, key, text):
    assert said_of(limits, *policies) == [("maya", key, f"Maya's {text}: {ADVICE}{key}")]


def test_both_limits_may_be_too_low():
    found = said_of(Limits(per_week=1, minutes_per_month=60), {}, {})
    assert [(who, key) for who, key, _ in found] == [("maya", "max_per_week"), ("maya", "hours_per_month")]


@pytest.mark.parametrize(
    ("limits", "policies"),
    [
        (Limits(), [{}] * 6),
        (Limits(per_week=5), [{}] * 6),
        (Limits(minutes_per_month=360), [{}] * 3),  # six hours are needed, and six are given
        (Limits(minutes_per_month=119), [{}]),  # two hours on average: no average is that sharp
        (Limits(per_week=1), [{}]),
        (Limits(minutes_per_month=120), [QUARTERLY, QUARTERLY]),  # in months of their own: an hour and a half, and half
    ],
)
def test_who_gives_what_is_needed_hears_nothing(limits, policies):
    assert said_of(limits, *policies) == []


def test_a_protege_has_limits_as_well():
    [(who, key, text)] = more_than_given([pair(protege=person("jonas", limits=Limits(minutes_per_month=90)))])
    assert (who, key) == ("jonas", "hours_per_month")
    assert text.startswith("Jonas's pair needs 2 hours in an ordinary month, more than the 1.5 of hours_per_month")


LIMITS = "[people.maya]\nhours_per_month = 2\n"
NEXT = """
[people.zoe]
name = "Zoe"
email = "zoe@example.org"
timezone = "UTC"

[pairs.maya-zoe]
mentor = "maya"
protege = "zoe"
policy = "standard"
start = """


def test_the_programme_warns_of_it(folder):
    folder.text = folder.changed("[people.maya]\n", LIMITS) + NEXT
    need = "Maya Okafor's 2 pairs need 4 hours in an ordinary month, more than the 2 of hours_per_month"
    [warning] = folder.load(folder.text + "2027-06-01\n").warnings
    assert warning == f"people.maya.hours_per_month: {need}: {ADVICE}hours_per_month"


def test_a_pair_that_follows_one_that_ended_is_not_counted_with_it(folder):
    folder.text = folder.changed("[people.maya]\n", LIMITS)
    ended = folder.changed("start = 2026-12-01\n", "start = 2026-12-01\nend = 2027-11-30\n") + NEXT
    assert folder.load(ended + "2027-12-01\n").warnings == ()
    [warning] = folder.load(ended + "2027-11-30\n").warnings
    assert "Maya Okafor's 2 pairs need 4 hours" in warning


def test_pairs_that_run_side_by_side_for_a_while_are_told_with_their_first_day(folder):
    folder.text = folder.changed("[people.maya]\n", LIMITS)
    ended = folder.changed("start = 2026-12-01\n", "start = 2026-12-01\nend = 2027-11-30\n")
    third = NEXT.replace("zoe", "kim").replace("Zoe", "Kim") + "2027-12-01\nend = 2028-11-30\n"
    [warning] = folder.load(ended + NEXT + "2027-09-01\n" + third).warnings
    assert "Maya Okafor's 2 pairs from 2027-09-01 on need 4 hours in an ordinary month" in warning
