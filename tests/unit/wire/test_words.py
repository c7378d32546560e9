"""What people write back, in English and in German, and what of it is understood: an answer and politeness."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadenced.wire.buttons import ANSWERS
from cadenced.wire.vocabulary import LANGUAGES, Meant
from cadenced.wire.whens import Why
from cadenced.wire.words import LINES, Said
from tests.support.heard import NOW, heard, meant, one


class TestTheWords:
    @pytest.mark.parametrize(
        ("line", "what"),
        [
            *(
                (line, Meant.YES)
                for line in ("yes", "Yes.", "OK", "fine", "ja", "Passt!", "Ja gerne", "gern", "yes please")
            ),
            *(
                (line, Meant.YES)
                for line in ("Yes, thanks!", "Yes, that works for me. Thank you very much!", "super, passt")
            ),
            *(
                (line, Meant.YES)
                for line in ("👍 yes", "*yes*", '"yes"', "- yes", "yes :-)", "Ja, danke dir 🙂", "Hi, yes", "Hallo Ja")
            ),
            *(
                (line, Meant.NO)
                for line in ("no", "Nope", "can't", "I can’t make it", "no sorry", "No, sorry, I can't.")
            ),
            *(
                (line, Meant.NO)
                for line in ("nein", "geht nicht", "kann leider nicht", "Nein, tut mir leid", "passt nicht")
            ),
            *(
                (line, Meant.MET)
                for line in ("met", "We met!", "Yes, we met", "getroffen", "Ja, wir haben uns getroffen")
            ),
            *(
                (line, Meant.NOT_MET)
                for line in ("didn't meet", "did not meet", "No, we didn't meet", "nicht getroffen")
            ),
            *(
                (line, Meant.NOT_MET)
                for line in ("Nein, leider nicht getroffen", "Wir haben uns leider nicht getroffen")
            ),
            *(
                (line, Meant.SKIP)
                for line in ("skip", "Skip it", "let’s skip this one", "ausfallen", "Fällt aus", "fällt leider aus")
            ),
            *((line, Meant.DONE) for line in ("done", "Done ✅", "erledigt", "Fertig!", "ja, erledigt")),
            *((line, Meant.PAUSE) for line in ("pause", "Pause, please", "pausieren")),
            *((line, Meant.RESUME) for line in ("resume", "weiter", "Weiter bitte")),
            *((line, Meant.STOP) for line in ("stop", "STOP!", "unsubscribe", "stopp", "Abmelden", "abmelden bitte")),
            *((line, Meant.HELP) for line in ("help", "Hilfe!", "help please")),
        ],
    )
    def test_case_punctuation_and_politeness_do_not_matter(self, line, what):
        assert meant(line, "en") == meant(line, "de") == [what]

    @pytest.mark.parametrize(
        "line",
        [
            *(
                "yes but later",
                "yes?",
                "Yes, but not before three",
                "not done",
                "Not yes",
                "maybe",
            ),
            *(
                "I can skip lunch",
                "I can stop",
                "we met last year",
                "no, 2",
                "no. 2",
                "1 or 3",
                "1, 3",
                "yes no",
                "yes/no",
                "ja nein",
            ),
            *("don't stop", "help yourself", "done with this", "met Jonas?", "stop by at my desk", "pause for thought"),
            *(
                "yesterday",
                "okra",
                "nothing",
                "Ich kann nicht klagen",
                "das geht mir nicht aus dem Kopf",
                "2 people",
                "2026",
            ),
            *("2.5", "-2", "👎", "🤷", "nicht erledigt", "noch nicht", "I moved to Tue 3 March 14:00", "met not"),
        ],
    )
    def test_what_is_more_than_an_answer_is_not_guessed(self, line):
        assert heard(line, offers=3) == (Said(Meant.UNCLEAR, line),)

    @pytest.mark.parametrize(
        ("line", "number"),
        [
            *(
                ("2", 2),
                ("2.", 2),
                ("2)", 2),
                ("#2", 2),
                ("option 2", 2),
                ("Option 2, please!", 2),
                ("ok, 2", 2),
                ("No 2", None),
            ),
            *(
                ("Nr. 2", 2),
                ("Vorschlag 3", 3),
                ("the second one", 2),
                ("der dritte", 3),
                ("yes, 1", 1),
                ("Nummer 1 bitte", 1),
            ),
        ],
    )
    def test_a_number_chooses(self, line, number):
        said = one(line, offers=3)
        assert (said.meant, said.number, said.reason) == (Meant.CHOOSE if number else Meant.UNCLEAR, number or 0, None)

    def test_a_number_that_was_not_offered_says_so(self):
        assert one("4", offers=3) == Said(Meant.CHOOSE, "4", number=4, reason=Why.NOT_OFFERED)
        assert one("0", offers=3).reason is Why.NOT_OFFERED

    def test_where_nothing_was_offered_a_number_is_that_number(self):
        assert one("5") == Said(Meant.CHOOSE, "5", number=5)

    @pytest.mark.parametrize("line", ["todo: read “Getting to Yes”, ch. 2?", "To-do : read “Getting to Yes”, ch. 2?"])
    def test_homework_is_kept_as_it_was_written(self, line):
        assert one(line) == Said(Meant.TODO, line, text="read “Getting to Yes”, ch. 2?")

    def test_homework_that_a_mail_program_broke_in_two_is_one(self):
        text = "todo: read the book that Jonas wrote about in his last mail to all of\nthe team\ndone\n"
        first, second = heard(text)
        assert first.text == "read the book that Jonas wrote about in his last mail to all of the team"
        assert second.meant is Meant.DONE

    def test_each_line_is_an_answer(self):
        assert meant("done\ntodo: call Ana\n2\nno idea") == ["done", "todo", "choose", "not understood"]

    def test_of_many_lines_the_first_are_read(self):
        assert meant("yes\n" * 100) == ["yes"] * LINES

    @pytest.mark.parametrize("text", ["", "\n \n", "Thanks!", "Vielen Dank", "Hi Jonas,\n\nThanks\n", "…", "Sorry!"])
    def test_politeness_alone_says_nothing(self, text):
        assert heard(text) == ()

    def test_who_signs_says_nothing_by_it(self):
        assert meant("Hallo zusammen,\n\nja\n\nMaya Okafor", name="Dr. Maya Okafor") == ["yes"]
        assert meant("yes\nJonas", name="Maya Okafor") == ["yes", "not understood"]

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("Sean O'Brien", "Yes\n\nSean O'Brien"),
            ("Sean O'Brien", "Yes, Sean O’Brien"),
            ("Sean O’Brien", "yes\nO'Brien"),
            ("Sean O'Brien", "yes\nSean O´Brien"),
            ("N'Golo Kanté", "yes\nN'Golo"),
            ("Jose\N{COMBINING ACUTE ACCENT} Ruiz", "ja, José"),
            ('Robert "Bob" Smith', "yes, Bob"),
            ("Robert “Bob” Smith", 'yes\nRobert "Bob" Smith'),
            ("Anne-Marie Duval", "Yes, Anne-Marie"),
        ],
    )
    def test_a_name_is_known_however_its_signs_are_written(self, name, text):
        assert meant(text, name=f"Maya Okafor {name}") == ["yes"]

    def test_what_the_buttons_write_is_understood(self):
        for words in ANSWERS.values():
            for written in words.values():
                [said] = heard(written)
                assert said.meant is not Meant.UNCLEAR, written

    def test_no_phrase_means_two_things(self):
        phrases = [phrase for each in LANGUAGES for words in each.values() for phrase in words.split("|")]
        assert {phrase for phrase in phrases if phrases.count(phrase) > 1} <= {"pause", "ok"}


PIECES = st.sampled_from(
    [
        *(
            "yes",
            "no",
            "2",
            "move to ",
            "pause until ",
            "todo:",
            "3 March",
            "14:00",
            "next ",
            "Tue",
            "\n",
            "\n\n",
            "> ",
            "--",
        ),
        *(
            "On ",
            " wrote:",
            "Am ",
            " schrieb ",
            "From: ",
            "Sent: ",
            "Von: ",
            "Gesendet: ",
            "Thanks,",
            "Disclaimer:",
            "mail",
        ),
        *(
            "_" * 40,
            "-" * 40,
            "=" * 10,
            " ",
            "\t",
            "\u200b",
            "\u2028",
            "👍",
            "\x00",
            "?",
            "!",
            ",",
            ".",
            "9" * 30,
            "ß",
            "İ",
        ),
    ]
)


@given(
    st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)),
    st.sampled_from(["en", "de", "xx", ""]),
)
@example("On " + "a " * 2000 + "\n" + "Am a schrieb a " * 2000, "en")
@example(("Am a schrieb a" * 17 + "\n") * 500, "de")
@example("Disclaimer: " + "x mail" * 5000, "en")
@example("move to 31 December 9999 23:59", "en")
@example("move to 1 January 0001 00:00", "de")
def test_any_text_is_understood_or_is_not(text, language):
    for said in heard(text, language, offers=3, name="Maya"):
        assert said.line.strip()
        assert said.start is None or said.start > NOW
        assert (said.meant is not Meant.MOVE) or (said.start is None) != (said.reason is None)
