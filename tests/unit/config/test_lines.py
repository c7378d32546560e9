"""A key's line, wherever TOML lets it stand."""

import pytest

from cadenced.config.lines import line_of

TEXT = '''\
title = "x"
[pairs.a]
start = 2026-12-01
face_to_face = { at = ["Tue 17:30"] }
pause = [
  "2027-01-01",
  "2027-02-30",
]
"quoted key" = 1
months.3.title = "dotted"

[pairs . "b"]   # spaces, quotes
note = """
[pairs.c]
start = 1
"""
end = 2

[[months]]
number = 1
[[months]]
number = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["title"], 1),
        (["pairs"], 2),
        (["pairs", "a"], 2),
        (["pairs", "a", "start"], 3),
        (["pairs", "a", "face_to_face", "at", 0], 4),
        (["pairs", "a", "pause", 1], 5),
        (["pairs", "a", "quoted key"], 9),
        (["pairs", "a", "months", 3, "title"], 10),
        (["pairs", "a", "missing"], 2),
        (["pairs", "b", "end"], 17),
        (["pairs", "c", "start"], 2),  # stands in a text: it is none
        (["months", 1, "number"], 22),
        (["nothing"], 1),
    ],
)
def test_a_key_is_found_or_what_stands_around_it(path, line):
    assert line_of(TEXT, path) == line
