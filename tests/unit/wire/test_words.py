"""What people write back, in English and in German, and what of it is understood: an answer and politeness."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadenced.wire.buttons import WORDS
from cadenced.wire.received import read
from cadenced.wire.vocabulary import LANGUAGES, Meant
from cadenced.wire.whens import Why
from cadenced.wire.words import LINES, Said, understood
from tests.support.programme import utc
from tests.unit.wire.test_received import GMAIL

NOW = utc("2026-11-28T17:00")  # a Saturday


def heard(text, language="en", *, timezone="Europe/Berlin", now=NOW, **more):
    return understood(text, language, timezone, now, **more)


def meant(text, language="en", **more):
    return [str(each.meant) for each in heard(text, language, **more)]


def one(text, language="en", **more):
    [said] = heard(text, language, **more)
    return said


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
                for line in ("👍 yes", "*yes*", '"yes"', "- yes", "yes :-)", "Ja, danke dir 🙂", "Hi, yes")
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
                "no problem",
                "not done",
                "Not yes",
                "maybe",
                "perfect",
            ),
            *(
                "I can skip lunch",
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

    def test_what_the_buttons_write_is_understood(self):
        for words in WORDS.values():
            for _, written in words.values():
                [said] = heard(written)
                assert said.meant is not Meant.UNCLEAR, written

    def test_no_phrase_means_two_things(self):
        phrases = [phrase for each in LANGUAGES for words in each.values() for phrase in words.split("|")]
        assert {phrase for phrase in phrases if phrases.count(phrase) > 1} <= {"pause", "ok"}


class TestMoving:
    @pytest.mark.parametrize(
        "line",
        [
            *(
                "move to Wed 3 March 14:00",
                "Please move it to 3 March 2 pm, thanks!",
                "Could we move to March 3rd at 2pm?",
            ),
            *(
                "move to 2027-03-03 14:00",
                "Sorry, move to Wed, 3 Mar 2027 14:00.",
                "reschedule to 14:00 on Wednesday 3 March",
            ),
            *(
                "verschieben auf Mi 3. März 14:00",
                "Bitte auf Mittwoch, den 3. März um 14 Uhr verschieben",
                "move to 3.3. 14:00",
            ),
            *(
                "verschieben auf 3.3.27 14.00 Uhr",
                "Verschieben auf 3. März, 14 Uhr, danke",
                "Können wir verschieben auf 3.3. 14 Uhr?",
            ),
        ],
    )
    def test_the_time_is_on_the_writers_clock(self, line):
        for language in ("en", "de"):
            assert one(line, language) == Said(Meant.MOVE, line, start=utc("2027-03-03T13:00"))
        assert one(line, timezone="America/New_York").start == utc("2027-03-03T19:00")

    @pytest.mark.parametrize(
        ("day", "start"),
        [
            *(("tomorrow", "2026-11-29T13:00"), ("übermorgen", "2026-11-30T13:00"), ("today 18:30 not", None)),
            *(
                ("Tuesday", "2026-12-01T13:00"),
                ("next Tuesday", "2026-12-01T13:00"),
                ("kommenden Di", "2026-12-01T13:00"),
            ),
        ],
    )
    def test_a_day_near_by_is_reckoned_from_when_they_wrote(self, day, start):
        assert one(f"move to {day} 14:00").start == (utc(start) if start else None)

    @pytest.mark.parametrize(
        ("when", "why"),
        [
            *(("Friday", Why.NO_CLOCK), ("3 March", Why.NO_CLOCK), ("14:00", Why.NO_TIME), ("soon", Why.NO_TIME)),
            *(("Tue 3 March 14:00", Why.OTHER_WEEKDAY), ("3/4 14:00", Why.TWO_DAYS), ("Saturday 14:00", Why.TWO_DAYS)),
            *(("3 March 3:00", Why.NIGHT), ("28 March 02:30", Why.NO_SUCH_HOUR), ("29 February 14:00", Why.NO_TIME)),
            *(("28 November 2026 10:00", Why.PAST), ("3 March 2026 14:00", Why.PAST), ("today 10:00", Why.PAST)),
            *(("3 March 25:00", Why.NO_TIME), ("3 March 14:60", Why.NO_TIME), ("3 March 13 pm", Why.NO_TIME)),
            *(
                ("3 March 14:00 EST", Why.NO_TIME),
                ("3 March 14:00 or 4 March 15:00", Why.NO_TIME),
                ("32 March 14:00", Why.NO_TIME),
            ),
            *(
                ("3 Smarch 14:00", Why.NO_TIME),
                ("in two weeks 14:00", Why.NO_TIME),
                ("3 March 14:00-15:00", Why.NO_TIME),
            ),
            *(
                ("3 March 0000 14:00", Why.NO_TIME),
                ("3 March 14:00 if Jonas can", Why.NO_TIME),
                ("9" * 300, Why.NO_TIME),
            ),
            ("x" * 200, Why.NO_TIME),
        ],
    )
    def test_a_time_that_is_not_plain_says_why(self, when, why):
        said = one(f"move to {when}")
        assert (said.meant, said.start, said.reason) == (Meant.MOVE, None, why)

    def test_next_tuesday_is_two_days_where_one_lies_in_this_week(self):
        monday = utc("2026-11-30T09:00")
        assert one("move to next Tuesday 14:00", now=monday).reason is Why.TWO_DAYS
        assert one("move to Tuesday 14:00", now=monday).start == utc("2026-12-01T13:00")

    def test_three_slash_four_is_plain_in_german(self):
        assert one("verschieben auf 3/4 14:00", "de").start == utc("2027-04-03T12:00")
        assert one("move to 13/4 14:00").start == utc("2027-04-13T12:00")

    def test_of_an_hour_that_comes_twice_it_is_the_first(self):
        assert one("move to 31 October 2027 02:30").start == utc("2027-10-31T00:30")


class TestPausing:
    @pytest.mark.parametrize(
        "line",
        ["pause until 1 September", "Pause bis 1. September", "pause bis zum 1.9.", "pause till Sept 1st, please"],
    )
    def test_a_day_is_named(self, line):
        said = one(line)
        assert (said.meant, str(said.until), said.reason) == (Meant.PAUSE, "2027-09-01", None)

    @pytest.mark.parametrize(
        ("line", "why"),
        [("pause until", Why.NO_DAY), ("pause until 1.1.2020", Why.PAST), ("Pause bis bald", Why.NO_DAY)],
    )
    def test_a_day_that_cannot_be_says_why(self, line, why):
        assert one(line) == Said(Meant.PAUSE, line, reason=why)


QUOTED = {
    "Gmail": "yes\n\nOn Sat, Nov 28, 2026 at 6:14\u202fPM M <agenda+abc@example.org>\nwrote:\n\n> Hi Maya,\n> 2\n",
    "Gmail in German": "ja\n\nAm Sa., 28. Nov. 2026 um 18:14 Uhr schrieb M <\nagenda+abc@example.org>:\n\n> 2\n",
    "Outlook": (
        "Yes\n\n________________________________\nFrom: M <agenda@example.org>\nSent: Saturday, November 28, 2026 "
        "6:14 PM\nTo: Maya Okafor <maya@example.org>\nSubject: Three times\n\nHi Maya,\n\n2\n"
    ),
    "Outlook in German": (
        "Ja, danke\n\nVon: Mentoring <agenda@example.org>\nGesendet: Samstag, 28. November 2026 18:14\nAn: Maya\n"
        "Betreff: Drei Zeiten\n\nHallo Maya,\n2\n"
    ),
    "an old Outlook": (
        "ja\n\n-----Ursprüngliche Nachricht-----\nVon: Mentoring\nGesendet: Samstag\nAn: Maya\nBetreff: T\n\nHallo\n2\n"
    ),
    "Outlook on a telephone": (
        "ja\n\nOutlook für iOS<https://aka.ms/o0ukef> beziehen\n________________________________\n"
        "Von: M <m@example.org>\nGesendet: Samstag\nAn: Maya\nBetreff: x\n\n2\n"
    ),
    "Apple Mail": "Yes\n\n> On 28 Nov 2026, at 18:14, Mentoring <agenda@example.org> wrote:\n> \n> 2\n",
    "an iPhone": "Yes\n\nSent from my iPhone\n\n> On 28 Nov 2026, at 18:14, M <a@example.org> wrote:\n> \n> 2\n",
    "an iPhone in German": "Ja\n\nVon meinem iPhone gesendet\n\n> Am 28.11.2026 um 18:14 schrieb M <a@b>:\n> 2\n",
    "Thunderbird, above": "yes\n\nOn 28/11/2026 18:14, Mentoring wrote:\n> Hi Maya\n> 2\n\n-- \nMaya\n",
    "Thunderbird, below": "On 28/11/2026 18:14, Mentoring wrote:\n> Hi Maya\n> 2\n\nyes\n\n-- \nMaya\n",
    "Thunderbird in German": "Am 28.11.26 um 18:14 schrieb Mentoring:\n> Hallo\n> 2\n\nja\n\n-- \nMaya\n",
    "GMX": "ja\n\nGesendet: Samstag, 28. November 2026 um 18:14 Uhr\nVon: M <a@b.example>\nAn: m@x\nBetreff: x\n2\n",
    "GMX on a telephone": (
        "ja\n--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit GMX Mail gesendet.\n"
        "Am 28.11.26, 18:14 schrieb M <a@example.org>:\n> 2\n"
    ),
    "Samsung": "ja\n\n-------- Ursprüngliche Nachricht --------\nVon: M\nDatum: 28.11.26 18:14\nAn: N\nBetreff: x\n2\n",
    "Yahoo": "yes\n\n    On Saturday 28 November 2026 at 18:14:00 CET, M <a@example.org> wrote:  \n \n Hi Maya\n 2\n",
    "Proton": (
        "yes\n\nSent with Proton Mail secure email.\n\n"
        "On Saturday, November 28th, 2026 at 6:14 PM, M <a@example.org> wrote:"
        "\n\n> 2\n"
    ),
    "a signature": "yes\n\nBest regards,\nMaya Okafor\nHead of Product\n+44 20 7946 0000\n",
    "a German signature": "Ja, gerne!\n\nViele Grüße aus Köln\nMaya\n--\nMaya Okafor | Tel. 2\n",
    "a short signature": "ja\nLG Maya\n2\n",
}


class TestWhatMailProgramsPutAround:
    @pytest.mark.parametrize("program", QUOTED)
    def test_what_is_quoted_and_what_is_signed_is_no_answer(self, program):
        assert meant(QUOTED[program]) == ["yes"]

    @pytest.mark.parametrize(
        "text",
        [
            "From: Mentoring <a@example.org>\nSent: Saturday\nTo: Maya\nSubject: x\n\nno\n",
            "> no\n> 2\n",
            "On 28/11/2026 18:14, Mentoring wrote:\n> no\n",
            "\n\nAm 28.11.26 um 18:14 schrieb Mentoring:\nnein\n",
        ],
    )
    def test_who_only_quotes_says_nothing(self, text):
        assert heard(text) == ()

    def test_a_line_of_any_length_is_an_answer(self):
        text = "read " * 90
        assert one(f"todo: {text}\n\nOn 28/11/2026 18:14, Mentoring wrote:\n> no\n").text == text.strip()

    def test_a_long_head_of_a_quoted_mail_is_none(self):
        head = f"On Sat, Nov 28, 2026 at 6:14 PM {'Mentoring ' * 20} <agenda@example.org> wrote:"
        assert meant(f"yes\n\n{head}\n> no\n") == meant(f"yes\n\n{head}\nno\n") == ["yes"]

    def test_a_list_is_no_signature(self):
        assert meant("- done\n- 2\n") == ["done", "choose"]

    def test_a_mail_is_understood_from_its_bytes(self):
        assert [each.number for each in heard(read(GMAIL.encode()).text, "de", offers=3)] == [2]


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
