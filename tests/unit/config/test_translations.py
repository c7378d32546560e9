"""Other languages: whose they may be, roadmaps in them, and a pair's own words, which stay."""

import tomllib
from pathlib import Path

import pytest

from cadenced.config import ConfigProblems, load
from cadenced.config.roadmaps import load_roadmaps
from tests.unit.config.conftest import SETTINGS

ROADMAPS = Path(__file__).parents[3] / "daemon" / "cadenced" / "roadmaps"
BUILT_IN = "early-career-product-manager"
FRENCH = 'msgid "call"\nmsgstr "appel"\n'


def roadmap(title, task="Talk."):
    months = (f'[[months]]\nnumber = {n}\ntitle = "{title} {n}"\ntask = "{task}"\n' for n in range(1, 13))
    return f'title = "{title}"\n{"".join(months)}'


def speaking(folder, language):
    return folder.changed('name = "Jonas Weber"', f'name = "Jonas Weber"\nlanguage = "{language}"')


def test_a_language_that_nobody_writes_is_refused_with_those_there_are(folder):
    said = folder.problem(speaking(folder, "xx"))
    assert (
        said == 'pairs.toml:14: people.jonas.language: "xx" is no language that mails are written in; there are: de, en'
    )


def test_a_language_that_is_nearly_one_is_told(folder):
    assert 'did you mean "de"?' in folder.problem(speaking(folder, "DE"))


def test_whoever_names_no_language_reads_english(folder):
    pair = folder.pair(speaking(folder, "de"))
    assert (pair.mentor.language, pair.protege.language) == ("en", "de")


def test_a_catalogue_in_the_folder_makes_its_language_one(folder):
    folder.write(SETTINGS, "cadenced.toml")
    folder.write(speaking(folder, "fr"))
    folder.write(FRENCH, "locales/fr.po")
    installation = load(folder.path)
    programme = installation.loader.load()
    assert programme.pairs["maya-jonas"].protege.language == "fr"
    [warning] = programme.warnings
    assert warning.startswith("locales/fr.po: ")
    assert "texts are not translated, and are told in English" in warning
    assert installation.languages.words("fr").gettext("call") == "appel"


def test_a_broken_catalogue_is_told_with_its_line_and_nobody_s_language_beside(folder):
    folder.write(SETTINGS, "cadenced.toml")
    folder.write(speaking(folder, "fr"))
    folder.write('msgid "a"\nmsgstr "%(b)s"\n', "locales/fr.po")
    with pytest.raises(ConfigProblems) as found:
        load(folder.path)
    [only] = found.value.problems
    assert str(only).endswith("locales/fr.po:1: %(b)s is not in the English text, which has: none")


def test_the_built_in_roadmap_speaks_german(folder):
    found = load_roadmaps(folder.path)[BUILT_IN]
    assert found.in_language("de")[0].title == "Wo willst du hin?"
    assert found.in_language("en")[0].title == found.in_language("fr")[0].title == "Where do you want to be?"


@pytest.mark.parametrize("path", sorted(ROADMAPS.glob("*.*.toml")), ids=lambda path: path.stem)
def test_a_built_in_translation_has_the_shape_of_what_it_translates(path):
    translated = tomllib.loads(path.read_text())
    original = tomllib.loads((ROADMAPS / f"{path.stem.partition('.')[0]}.toml").read_text())

    def shape(months):
        return [{key: len(each) if isinstance(each, list) else None for key, each in m.items()} for m in months]

    assert shape(translated["months"]) == shape(original["months"])
    assert [(m["number"], m["kind"]) for m in translated["months"]] == [
        (m["number"], m["kind"]) for m in original["months"]
    ]
    for mine, theirs in zip(translated["months"], original["months"], strict=True):
        assert all(mine[key] != theirs[key] for key in mine if key not in {"number", "kind"})


def test_a_user_translates_a_roadmap_of_their_own(folder):
    folder.write(roadmap("Mine"), "roadmaps/mine.toml")
    folder.write(roadmap("Meins"), "roadmaps/mine.de.toml")
    found = load_roadmaps(folder.path)
    assert sorted(found) == [BUILT_IN, "mine"]
    assert (found["mine"].in_language("de")[2].title, found["mine"].in_language("en")[2].title) == ("Meins 3", "Mine 3")


def test_a_user_rewords_the_built_in_translation_alone(folder):
    folder.write(roadmap("Meins"), f"roadmaps/{BUILT_IN}.de.toml")
    found = load_roadmaps(folder.path)[BUILT_IN]
    assert found.in_language("de")[0].title == "Meins 1"
    assert found.in_language("en")[0].title == "Where do you want to be?"


def test_a_user_s_roadmap_in_place_of_a_built_in_one_is_not_told_in_the_old_one_s_words(folder):
    folder.write(roadmap("Mine"), f"roadmaps/{BUILT_IN}.toml")
    assert load_roadmaps(folder.path)[BUILT_IN].in_language("de")[0].title == "Mine 1"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nosuch.de.toml", 'translates "nosuch", which is no roadmap; there are: early-career-product-manager'),
        (f"{BUILT_IN}.xx.toml", '"xx" is no language that mails are written in; there are: de, en'),
    ],
)
def test_a_translation_of_nothing_or_into_nothing_is_refused(folder, name, said):
    folder.write(roadmap("Meins"), f"roadmaps/{name}")
    with pytest.raises(ConfigProblems) as found:
        load_roadmaps(folder.path)
    assert said in str(found.value)


def test_of_a_roadmap_that_is_wrong_nothing_is_said_of_its_translation(folder):
    folder.write('title = "Mine"\nmonths = []\n', "roadmaps/mine.toml")
    folder.write(roadmap("Meins"), "roadmaps/mine.de.toml")
    with pytest.raises(ConfigProblems) as found:
        load_roadmaps(folder.path)
    assert len(found.value.problems) == 1


def test_a_pair_s_own_words_hold_in_every_language_and_the_rest_is_translated(folder):
    pair = folder.pair(f'{folder.text}\n[pairs.maya-jonas.months.8]\ntitle = "Product camp, Pokhara"\n')
    for language in ("en", "de"):
        assert pair.roadmap.in_language(language)[7].title == "Product camp, Pokhara"
    assert pair.roadmap.in_language("de")[7].task.startswith("Netzwerk und Sichtbarkeit")
    assert hash(pair.roadmap) == hash(pair.roadmap)


def test_a_new_translation_is_a_reason_to_look_at_a_pair_again(folder):
    before = folder.load().stanzas
    folder.write(roadmap("Meins"), f"roadmaps/{BUILT_IN}.de.toml")
    assert folder.load().stanzas != before
    assert folder.load().stanzas == folder.load().stanzas
