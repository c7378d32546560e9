"""What is said back to who answered: what was taken of it, and why something was not."""

from datetime import date

import pytest

from cadenced.core.answers import Answer, Told
from cadenced.core.fitting import Against, Misfit
from cadenced.core.hindrances import SOFT, Cause
from cadenced.core.model import DateRange
from cadenced.core.slots import Obstacle
from cadenced.core.verdict import Asked, Refused, Verdict, Why
from cadenced.wire.acknowledging import asked, refused, taken
from cadenced.wire.languages import BUILT_IN
from tests.support.programme import pair, utc

NOW = utc("2027-01-25T09:00")
PAIR = pair()
FILED = pair(pause=(DateRange(date(2027, 1, 20), date(2027, 2, 28)), DateRange(date(2027, 3, 1), date(2027, 4, 19))))
OVER = "The pause is over."
AGAIN = "You get the mails of this pair again."
IN_THE_FILE = "The programme’s file has you two pause until Monday 19 April; whoever keeps it can change that."


def told(what, person="maya", at=NOW, until=None):
    return Answer(f"<{at}/{person}/{what}>", PAIR.id, person, what, at, until=until)


def said(verdict, of=PAIR, language="en"):
    return taken(verdict, of, of.mentor, BUILT_IN.words(language), NOW)


class TestWhoResumes:
    @pytest.mark.parametrize(
        ("of", "before", "words"),
        [
            (PAIR, [told(Told.PAUSED)], OVER),
            (PAIR, [told(Told.PAUSED, "jonas", until=date(2027, 3, 1))], OVER),
            (PAIR, [told(Told.STOPPED)], AGAIN),
            (PAIR, [told(Told.PAUSED), told(Told.STOPPED)], f"{AGAIN} {OVER}"),
            (PAIR, [told(Told.STOPPED, "jonas")], "You two don’t pause."),
            (PAIR, [told(Told.PAUSED, at=utc("2027-01-01T09:00"), until=date(2027, 1, 8))], "You two don’t pause."),
            (FILED, [], IN_THE_FILE),
            (FILED, [told(Told.PAUSED)], IN_THE_FILE),
            (FILED, [told(Told.STOPPED)], f"{AGAIN} {IN_THE_FILE}"),
            (pair(pause=(DateRange(date(2027, 1, 26), date(2027, 2, 1)),)), [told(Told.PAUSED)], OVER),
        ],
    )
    def test_hears_what_that_ends_and_that_a_pause_of_the_file_goes_on(self, of, before, words):
        resumes = told(Told.RESUMED)
        assert said(Verdict((resumes,), before=tuple(before)), of) == (words,)
        [(_, _, question)] = asked(
            Verdict(asks=(Asked("resume", resumes),), before=tuple(before)), of, of.mentor, BUILT_IN.words("en"), NOW
        )
        assert question.endswith(words)

    def test_in_the_mail_in_which_they_paused_hears_that_it_is_over(self):
        assert said(Verdict((told(Told.PAUSED, until=date(2027, 3, 1)), told(Told.RESUMED))))[1] == OVER

    def test_hears_it_in_their_language(self):
        [words] = said(Verdict((told(Told.RESUMED),)), FILED, "de")
        assert "bis Montag, 19. April pausieren" in words


class TestWhoWantsAnotherTime:
    def why(self, *against, language="en", reader=PAIR.protege):
        verdict = Verdict(refused=(Refused("move to Tue 9:00", Why.BUSY, against),))
        [(said, why, instead)] = refused(verdict, PAIR, reader, BUILT_IN.words(language))
        assert (said, instead) == ("move to Tue 9:00", "")
        return why

    @pytest.mark.parametrize(
        "against",
        [
            *(Against(cause) for kind in (Obstacle, Misfit) for cause in kind),
            *(Against(cause, who) for cause in Cause if cause not in SOFT for who in ("maya", "jonas")),
        ],
        ids=str,
    )
    def test_reads_what_is_against_it_in_their_language(self, against):
        english, german = self.why(against), self.why(against, language="de")
        assert english.startswith("It does not suit both of you. ")
        assert german.startswith("Das passt euch nicht beiden. ")
        assert not set(english.split()) & set(german.split()) - {"Maya", "in"}

    def test_reads_what_each_of_the_two_has(self):
        meets, busy = Against(Cause.MEETING, "maya"), Against(Cause.BUSY, "jonas")
        assert self.why(meets, busy).endswith("Maya is in another meeting then. You have something else then.")
        assert self.why(meets, busy, reader=PAIR.mentor).endswith(
            "You are in another meeting then. Jonas has something else then."
        )
