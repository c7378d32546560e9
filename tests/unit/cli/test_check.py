"""How `check` tells what a programme asks of people: of each, or of a large one in numbers."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from cadenced.cli.check import show_checked
from cadenced.cli.many import MANY
from tests.support.programme import pair, person, programme


def checked(count, width=120, warnings=()) -> str:
    """What is said of so many pairs, of which each mentor has two."""
    pairs = [pair(name=f"p{n}", mentor=person(f"m{n // 2}"), protege=person(f"q{n}")) for n in range(count)]
    stream = io.StringIO()
    show_checked(
        replace(programme(*pairs), warnings=tuple(warnings)), Console(file=stream, width=width, soft_wrap=True)
    )
    return stream.getvalue()


def test_each_pair_of_a_small_programme_has_a_line_and_the_verdict_comes_last():
    told = checked(MANY).splitlines()
    assert sum(line.startswith("p") for line in told) == MANY + 1  # and the head
    assert told[-1] == f"The configuration is right: {MANY} pairs, 75 people."
    assert "M0 gives 48 hours a year over all pairs." in told


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_large_programme_is_told_in_numbers_between_two_verdicts(width):
    warnings = [f"pairs.p{n}: the two never meet" for n in range(1200)]
    assert checked(5000, width, warnings).splitlines() == [
        "The configuration is right: 5,000 pairs, 7,500 people, 1,200 warnings.",
        "",
        "24 hours a year of each of the two: 5,000 pairs",
        "48 hours a year over all pairs: 2,500 mentors, as M0",
        "warning: 1,200 pairs, as p0: the two never meet",
        "",
        "The configuration is right: 5,000 pairs, 7,500 people, 1,200 warnings.",
    ]
