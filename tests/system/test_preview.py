"""`cadenced preview`: as people run it, on the example that `init` writes, whose servers don't exist."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def folder(tmp_path):
    run(tmp_path, "init", "config")
    return tmp_path


def run(folder, *argv, **environment):
    clean = {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    argv = [sys.executable, "-m", "cadenced", *argv]
    return subprocess.run(
        argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False, env=os.environ | clean | environment
    )


def test_a_year_is_written_into_the_current_folder_and_nothing_else_is(folder):
    done = run(folder, "preview", "maya-jonas", "--now", "2026-11-24T09:00Z")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("preview.html: Maya Okafor and Jonas Weber, ")
    assert (folder / "preview.html").read_text().startswith("<!doctype html>")
    assert {path.name for path in folder.iterdir()} == {"config", "preview.html"}


def test_it_may_be_written_again_but_not_over_anything_else(folder):
    for _ in range(2):
        assert run(folder, "preview", "asha-tom").returncode == 0
    done = run(folder, "preview", "asha-tom", "--out", "config/pairs.toml")
    assert done.returncode == 2
    assert done.stderr == "config/pairs.toml is there already and no preview; name another file with --out\n"
    assert (folder / "config" / "pairs.toml").read_text().startswith("# pairs.toml")


def test_a_folder_that_is_not_there_is_told(folder):
    done = run(folder, "preview", "asha-tom", "--out", "nowhere/year.html")
    assert (done.returncode, done.stderr) == (2, "cannot write nowhere/year.html: No such file or directory\n")


def test_one_of_several_pairs_must_be_named_and_a_misspelt_one_is_told_with_its_neighbour(folder):
    done = run(folder, "preview")
    assert done.returncode == 2
    assert done.stderr == "which pair? There are: asha-tom, maya-jonas, maya-siobhan\n"
    assert run(folder, "preview", "maya-jonsa").stderr.endswith('did you mean "maya-jonas"?\n')


def test_a_language_that_nobody_translated_is_told(folder):
    done = run(folder, "preview", "asha-tom", "--language", "tlh")
    assert (done.returncode, done.stderr.split(";")[0]) == (2, '"tlh" is no language that mails are written in')


def test_it_opens_in_the_browser_that_people_have(folder):
    browser = folder / "browser"
    browser.write_text(f"#!/bin/sh\necho \"$1\" > '{folder}/opened'\n")
    browser.chmod(0o755)
    done = run(folder, "preview", "asha-tom", "--out", "the year.html", "--open", BROWSER=f"{browser} %s")
    assert done.returncode == 0, done.stderr
    assert (folder / "opened").read_text() == f"{(folder / 'the year.html').as_uri()}\n"
