"""What is no TOML file at all."""

import pytest

from cadenced.config import ConfigProblems


def test_a_file_that_is_not_utf8(folder):
    path = folder.write()
    path.write_bytes("name = 'Jürgen'".encode("latin-1"))
    with pytest.raises(ConfigProblems, match=r"pairs.toml: is not UTF-8 \(byte 9\); save it as UTF-8"):
        folder.loader().load()


def test_a_byte_order_mark_does_no_harm(folder):
    assert folder.pair("\ufeff" + folder.text)


def test_a_folder_in_the_place_of_the_file(folder):
    (folder.path / "pairs.toml").mkdir()
    with pytest.raises(ConfigProblems, match=r"pairs\.toml: cannot be read: Is a directory"):
        folder.loader().load()


def test_a_missing_file(folder):
    with pytest.raises(ConfigProblems, match=r"pairs\.toml: cannot be read: No such file"):
        folder.loader().load()


def test_a_folder_of_files_needs_no_pairs_toml(folder):
    folder.write(name="pairs.d/all.toml")
    assert folder.loader().load().pairs


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "1" * 5000])
def test_absurd_toml_is_an_error_like_any_other(folder, text):
    assert folder.problem(text).startswith("pairs.toml: is no valid TOML: ")


@pytest.mark.parametrize("said", ["2026-13-01", "2026-02-30", "2026-12-1", "01.12.2026", "2026/12/01"])
def test_what_looks_like_a_day_and_is_none_is_told_as_one(folder, said):
    problem = folder.problem(folder.changed("start = 2026-12-01", f"start = {said}"))
    assert problem.startswith("pairs.toml:21: is no valid TOML: ")
    assert problem.endswith(" (does the day exist? write it like 2026-12-01)")


def test_a_table_that_stands_twice_is_told_with_the_line_of_the_first(folder):
    problem = folder.problem(folder.text + "[people.maya]\n")
    assert problem == "pairs.toml:26: is no valid TOML: Cannot declare ('people', 'maya') twice, first in line 5"


def test_an_unreadable_file_hides_no_error_of_another_and_invents_none(folder):
    folder.write(folder.changed("Europe/Berlin", "Europe/Berln"), "pairs.d/more.toml")
    problems = folder.problems("[people.x")
    assert [problem.split(": ")[0] for problem in problems] == ["pairs.d/more.toml:15", "pairs.toml:1"]
