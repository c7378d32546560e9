"""A pair's stanza hash changes exactly when something that its plan depends on does; files are parsed only when new."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cadenced
from cadenced.config import programme

TWO_MORE = """
[people.zoe]
name = "Zoe"
email = "zoe@example.org"
timezone = "UTC"

[policies.light]
face_to_face = { every = "2 months", minutes = 60 }

[pairs.maya-zoe]
mentor = "maya"
protege = "zoe"
start = 2026-12-01
policy = "standard"

[pairs.zoe-jonas]
mentor = "zoe"
protege = "jonas"
start = 2026-12-01
policy = "light"
"""


@pytest.mark.parametrize(
    ("old", "new", "affected"),
    [
        ('every = "2 weeks"', 'every = "3 weeks"', {"maya-jonas", "maya-zoe"}),
        ('every = "2 months"', 'every = "3 months"', {"zoe-jonas"}),
        ("Jonas Weber", "Jonas Weaver", {"maya-jonas", "zoe-jonas"}),
        ("Fri 08:30-13:00", "Fri 08:30-14:00", {"maya-jonas", "maya-zoe"}),
        ('focus = ["negotiation", ', "focus = [", {"maya-jonas"}),
        ('pause = ["2027-07-15/', 'pause = ["2027-07-16/', {"maya-jonas"}),
        ('protege = "zoe"\n', 'protege = "zoe"\nend = 2027-12-31\n', {"maya-zoe"}),
        ('protege = "zoe"\n', 'protege = "zoe"\nroadmap_month = 2\n', {"maya-zoe"}),
        ('protege = "zoe"\n', 'protege = "zoe"\nmonths.3.title = "Mine"\n', {"maya-zoe"}),
        ('protege = "zoe"\n', 'protege = "zoe"\ncalls = false\n', {"maya-zoe"}),
        ('protege = "zoe"\n', '\n\n  protege = "zoe"  # a comment\n', set()),
        ('every = "2 weeks"', 'every = "14 days"', set()),
    ],
)
def test_the_hash_changes_for_the_pairs_affected_and_no_other(folder, old, new, affected):
    folder.text += TWO_MORE
    before = folder.load().stanzas
    after = folder.load(folder.changed(old, new)).stanzas
    assert {pair for pair in before if before[pair] != after[pair]} == affected


def test_a_reworded_roadmap_changes_the_hash(folder):
    before = folder.load().stanzas["maya-jonas"]
    built_in = Path(cadenced.__file__).parent / "roadmaps" / "early-career-product-manager.toml"
    folder.write(built_in.read_text().replace("Half-time", "Half of it"), "roadmaps/early-career-product-manager.toml")
    assert folder.load().stanzas["maya-jonas"] != before


def test_the_hash_is_the_same_in_every_process(folder):
    here = folder.load().stanzas["maya-jonas"]
    script = (
        "import sys; from pathlib import Path; from cadenced.config.programme import ProgrammeLoader;"
        "from cadenced.config.resolver import Known; from cadenced.config.roadmaps import load_roadmaps;"
        "d = Path(sys.argv[1]); known = Known(frozenset({'maya'}), load_roadmaps(d));"
        "print(ProgrammeLoader(d, known).load().stanzas['maya-jonas'])"
    )
    for seed in ("1", "2"):
        argv = [sys.executable, "-c", script, str(folder.path)]
        there = subprocess.run(
            argv, check=True, capture_output=True, text=True, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        assert there.stdout.strip() == here


@pytest.fixture
def parsed(monkeypatch):
    """The names of the files that were parsed."""
    names = []
    real = programme.read_source

    def noting(path):
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(programme, "read_source", noting)
    return names


def test_only_files_that_changed_are_parsed_again(folder, parsed):
    folder.write()
    folder.write(TWO_MORE, "pairs.d/more.toml")
    loader = folder.loader()
    assert len(loader.load().pairs) == 3
    folder.write(TWO_MORE.replace("2 months", "3 months"), "pairs.d/more.toml")
    os.utime(folder.path / "pairs.d" / "more.toml", ns=(1, 1))
    loader.load()
    assert parsed == ["pairs.toml", "more.toml", "more.toml"]


def test_a_file_with_an_error_is_told_again_though_it_did_not_change(folder):
    folder.text = folder.changed("Europe/Berlin", "Europe/Berln")
    folder.write()
    loader = folder.loader()
    for _ in range(2):
        with pytest.raises(programme.ConfigProblems, match="Berln"):
            loader.load()


def test_a_file_that_left_takes_its_pairs_along(folder):
    folder.write()
    more = folder.write(TWO_MORE, "pairs.d/more.toml")
    loader = folder.loader()
    loader.load()
    more.unlink()
    assert set(loader.load().pairs) == {"maya-jonas"}


MANY = 5000


def test_five_thousand_pairs_load(folder):
    people = (
        f'[people.p{n}]\nname = "Person {n}"\nemail = "p{n}@example.org"\ntimezone = "Europe/Berlin"\n'
        for n in range(MANY)
    )
    pairs = (
        f'[pairs.n{n}]\nmentor = "p{n}"\nprotege = "p{(n + 1) % MANY}"\nstart = 2026-12-01\npolicy = "standard"\n'
        for n in range(MANY)
    )
    found = folder.load(folder.text + "\n".join([*people, *pairs]))
    assert len(found.pairs) == len(set(found.stanzas.values())) == MANY + 1
