"""The answers that mails write for people: links that any mail program reads, in words that are understood."""

from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.actions import Mail
from cadenced.wire.buttons import ANSWERS, ASKS, FOOT, button, buttons, labels
from cadenced.wire.languages import BUILT_IN
from cadenced.wire.vocabulary import Meant
from cadenced.wire.words import understood
from tests.support.mails import NOW

ADDRESS = "agenda+0123456789abcdef0123@example.org"
MEANT = {
    "yes": Meant.YES,
    "no": Meant.NO,
    "cant": Meant.NO,
    "none": Meant.NO,
    "met": Meant.MET,
    "not_met": Meant.NOT_MET,
    "skip": Meant.SKIP,
    "done": Meant.DONE,
    "pause": Meant.PAUSE,
    "help": Meant.HELP,
    "stop": Meant.STOP,
}


def answers(kind, language="en", offers=0, name="asks"):
    return [each.answer for each in buttons(ADDRESS, "Hi", BUILT_IN.words(language), kind, offers)[name]]


def parts(href):
    """What a mail program makes of the link: RFC 6068 §2, where a plus is a plus."""
    url = urlsplit(href.replace("+", "%2B"))
    fields = {name: value for name, (value,) in parse_qs(url.query, strict_parsing=True).items()}
    return url.scheme, unquote(url.path), fields


def test_each_mail_offers_what_it_asks():
    assert answers(Mail.FOLLOW_UP) == ["met", "didn't meet"]
    assert answers(Mail.PULSE) == ["1", "2", "3", "4", "5"]
    assert answers(Mail.RENEWAL) == ["yes", "no"]
    assert answers(Mail.AGENDA) == answers(Mail.BRIEF) == ["no", "skip"]
    assert answers(Mail.TASK) == ["done"]
    assert answers(Mail.CHARTER) == answers(Mail.COMPLETION) == answers(Mail.CANCEL) == []


def test_every_time_that_is_offered_has_its_number():
    assert answers(Mail.TIMES, offers=3) == ["1", "2", "3", "no"]
    assert answers(Mail.TIMES, offers=1) == ["1", "no"]
    assert answers(Mail.TIMES, offers=0) == []
    assert answers(Mail.TIMES, offers=40)[-2:] == ["9", "no"]


def test_a_break_help_and_an_end_are_offered_by_each_mail_that_others_will_follow():
    assert answers(Mail.CHARTER, name="small") == ["pause until ", "help", "stop"]
    assert answers(Mail.COMPLETION, name="small") == answers(Mail.ALERT, name="small") == []


def test_where_nothing_reads_answers_nothing_is_offered():
    assert buttons("", "Hi", BUILT_IN.words("en"), Mail.PULSE) == {"asks": (), "small": ()}


def test_a_german_reader_answers_in_german():
    language = "de"
    assert answers(Mail.FOLLOW_UP, language) == ["getroffen", "nicht getroffen"]
    assert answers(Mail.RENEWAL, language) == ["ja", "nein"]
    assert answers(Mail.AGENDA, language, name="small") == ["Pause bis ", "hilfe", "stopp"]


def test_a_reader_of_a_language_without_words_answers_in_english():
    assert answers(Mail.FOLLOW_UP, "fr") == ["met", "didn't meet"]


@pytest.mark.parametrize("language", ANSWERS)
@pytest.mark.parametrize("reads", ANSWERS)
def test_what_a_button_writes_is_understood_in_whatever_language_it_is_read(language, reads):
    for name, written in ANSWERS[language].items():
        (said,) = understood(written, reads, "Europe/Berlin", NOW)
        assert said.meant is MEANT[name], written


@pytest.mark.parametrize(("language", "day"), [("en", "1 September"), ("de", "1. September")])
def test_a_break_needs_a_last_day_beside_what_the_button_writes(language, day):
    written = ANSWERS[language]["pause"]
    (said,) = understood(f"{written}{day}", language, "Europe/Berlin", NOW)
    assert (said.until, said.reason) == (date(2027, 9, 1), None)
    (forgot,) = understood(written, language, "Europe/Berlin", NOW)
    assert forgot.reason is not None


@pytest.mark.parametrize("language", ANSWERS)
def test_no_language_lacks_a_button(language):
    needed = {name for names in (*ASKS.values(), FOOT, ("none",)) for name in names if not name.isdigit()}
    assert needed == ANSWERS[language].keys() == labels(BUILT_IN.words(language)).keys() == MEANT.keys()


def test_a_button_is_a_reply_with_the_answer_in_it():
    link = button(ADDRESS, "Tue 8 Dec: did you meet Jonas?", "We didn't meet", "didn't meet")
    assert parts(link.href) == (
        "mailto",
        ADDRESS,
        {"subject": "Re: Tue 8 Dec: did you meet Jonas?", "body": "didn't meet"},
    )
    assert (link.label, link.answer) == ("We didn't meet", "didn't meet")


def test_a_reply_to_a_reply_is_one_reply():
    assert parts(button(ADDRESS, "RE: Hello", "x", "x").href)[2]["subject"] == "RE: Hello"


@given(st.text(), st.text(min_size=1))
def test_whatever_a_subject_holds_it_stays_in_its_field(subject, answer):
    href = button(ADDRESS, subject, "x", answer).href
    assert href.isascii()
    assert not set(href) & set(" <>\"'\r\n#")
    scheme, address, fields = parts(href)
    assert (scheme, address) == ("mailto", ADDRESS)
    assert fields["body"] == answer.encode(errors="replace").decode()
    assert len(href) < 2000 + 12 * len(answer)
