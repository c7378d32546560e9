"""What mail programs put around an answer: quotations and signatures, in English and in German."""

import pytest

from cadenced.wire.received import read
from tests.support.heard import heard, meant, one
from tests.support.received import GMAIL

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
    "a short signature of two": "ja\nLG D'Angelo O’Neill\n2\n",
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
