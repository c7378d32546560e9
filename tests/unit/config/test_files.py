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


def test_an_unreadable_file_hides_no_error_of_another_and_invents_none(folder):
    folder.write(folder.changed("Europe/Berlin", "Europe/Berln"), "pairs.d/more.toml")
    problems = folder.problems("[people.x")
    assert [problem.split(": ")[0] for problem in problems] == ["pairs.d/more.toml:15", "pairs.toml:1"]
