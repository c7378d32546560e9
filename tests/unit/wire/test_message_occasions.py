"""What the mails say that come once: to the mentor and to the protege in their own words."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import html as lxml_html

from cadenced.core.actions import Mail
from cadenced.core.model import Kind
from cadenced.wire.occasions import answer_names, stanza
from tests.support.mails import NOW, composer, html_of, line_of_text, meeting, parsed, text_of, write
from tests.support.programme import pair

ONCE = [Mail.CHARTER, Mail.FOLLOW_UP, Mail.INTRODUCTION, Mail.PULSE, Mail.RENEWAL, Mail.COMPLETION]
INVITED = [Mail.INVITE, Mail.UPDATE, Mail.CANCEL]
WITH_END = replace(pair(), end=date(2027, 11, 30), focus=("negotiation",))
EVIL = "<script>alert('1')</script> & \"x\""


def once(kind, to="protege", p=WITH_END, *, plus=True, **more):
    return write(p, to, kind=kind, by=composer(plus=plus), **more)


def answer(to="protege", p=WITH_END, *, plus=True, **names):
    person = getattr(p, to)
    spoken = answer_names(p, person, NOW, programme_mailbox=plus, **names)
    return composer(plus=plus).compose_answer("k", p, person, spoken, NOW, in_reply_to="<theirs@example.org>")


def buttons_of(composed):
    """What the buttons and the small links say."""
    links = lxml_html.fromstring(html_of(composed)).xpath("//a[contains(@href, 'body=')]")
    return [link.text_content() for link in links]


def every_mail():
    for kind in (*ONCE, *INVITED):
        for to in ("mentor", "protege"):
            for plus in (True, False):
                yield once(kind, to, plus=plus)
    offers = [(NOW + timedelta(days=d), NOW + timedelta(days=d, hours=1)) for d in (2, 3, 4)]
    refused = [("2", "That time is taken.", "Choose another one.")]
    yield answer(taken=["The pair pauses until 1 September."])
    yield answer(refused=refused, meeting=meeting(WITH_END), times=offers, commands=[("yes", "The time suits you.")])


def test_what_was_taken_is_not_followed_by_the_time_that_the_meeting_had_before():
    moved = "It is moved to Wed 9 Dec, 12:00, for Maya, too."
    mail = answer(taken=[moved], meeting=meeting(WITH_END))
    for text in (text_of(mail), html_of(mail)):
        assert moved in text
        assert "8 December" not in text
    assert "8 December" in text_of(answer(refused=[("met", "It is to come.", "")], meeting=meeting(WITH_END)))


def test_a_subject_says_when_and_what():
    assert once(Mail.CHARTER).subject == "Tue 1 Dec: how you and Maya begin"
    assert once(Mail.FOLLOW_UP).subject == "Tue 8 Dec: did you meet Maya?"
    call = meeting(WITH_END, "2026-12-18T11:00", Kind.CALL, 1)
    assert once(Mail.FOLLOW_UP, "mentor", about=call).subject == "Fri 18 Dec: did you talk to Jonas?"
    assert once(Mail.INTRODUCTION, "mentor", month=6).subject == "By Mon 31 May: whom should Jonas meet?"
    assert once(Mail.INTRODUCTION, month=6).subject == "By Mon 31 May: what Maya needs to introduce you"
    assert once(Mail.PULSE, month=7).subject == "By Wed 30 Jun: from 1 to 5, how is it going with Maya?"
    assert once(Mail.RENEWAL, month=12).subject == "By Tue 30 Nov: another year with Maya?"
    assert once(Mail.COMPLETION, month=12).subject == "Complete since Tue 30 Nov: your mentorship with Maya"
    assert once(Mail.INVITE).subject == "Tue 8 Dec, 18:30 (17:30 London): meeting with Maya"
    assert once(Mail.UPDATE).subject == "Now Tue 8 Dec, 18:30 (17:30 London): meeting with Maya"
    assert once(Mail.CANCEL).subject == "Off: meeting with Maya on Tue 8 Dec"


def test_no_mail_is_heavy_nor_wider_than_plain_text_is_read():
    for mail in every_mail():
        assert len(mail.body) < 30_000
        assert mail.problem == ""
        assert max(map(len, text_of(mail).splitlines())) <= 72
        assert "\n\n\n" not in text_of(mail)


def test_no_text_is_left_without_its_values():
    for mail in every_mail():
        for text in (mail.subject, text_of(mail), lxml_html.fromstring(html_of(mail)).find("body").text_content()):
            assert "%(" not in text
            assert "{{" not in text
            assert "None" not in text.replace("None of them", "")


@pytest.mark.parametrize("to", ["mentor", "protege"])
@pytest.mark.parametrize("kind", [*ONCE, *INVITED])
def test_what_people_wrote_is_text_and_never_markup(kind, to):
    p = WITH_END
    months = tuple(
        replace(m, title=EVIL, task=EVIL, questions=(EVIL,), prepare=(EVIL,), homework=(EVIL,), outcome=EVIL)
        for m in p.roadmap.months
    )
    evil = replace(
        p,
        roadmap=replace(p.roadmap, months=months),
        mentor=replace(p.mentor, name=EVIL),
        protege=replace(p.protege, name=EVIL),
        face_to_face=replace(p.face_to_face, where=EVIL),
    )
    document = lxml_html.fromstring(html_of(once(kind, to, evil)))
    assert not document.xpath("//script")
    assert "alert('1')" in document.text_content().replace("’", "'")
    assert "Bcc" not in parsed(once(kind, to, evil))


def test_what_somebody_said_is_shown_to_them_as_text():
    html = html_of(answer(refused=[(EVIL, EVIL, EVIL)], commands=[(EVIL, EVIL)]))
    assert "<script" not in html


def test_the_charter_says_what_it_takes_and_turns_giving_and_wanting_round_for_the_other():
    mentor, protege = (text_of(once(Mail.CHARTER, to)) for to in ("mentor", "protege"))
    for text in (mentor, protege):
        assert "About 24 hours a year for each of you" in text
        assert "nobody's" in text
    gives = "  - Contacts, and introductions to them"
    assert mentor.index("WHAT YOU GIVE") < mentor.index(gives) < mentor.index("WHAT JONAS GIVES")
    assert protege.index("WHAT MAYA GIVES") < protege.index(gives)
    assert "WHERE JONAS WANTS TO GROW\n  Negotiation" in mentor
    assert "WHERE YOU WANT TO GROW" in protege


def test_the_charter_knows_whether_it_has_begun():
    assert "has begun, on Tuesday 1 December" in line_of_text(once(Mail.CHARTER))
    assert "begins on Tuesday 1 December" in line_of_text(once(Mail.CHARTER, now=NOW - timedelta(days=11)))


def test_the_first_day_is_the_same_wherever_the_reader_lives():
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        p = replace(WITH_END, protege=replace(WITH_END.protege, timezone=zone))
        assert once(Mail.CHARTER, p=p).subject.startswith("Tue 1 Dec")


def test_the_morning_after_asks_for_one_word_and_tells_the_homework():
    protege, mentor = once(Mail.FOLLOW_UP), once(Mail.FOLLOW_UP, "mentor")
    assert buttons_of(protege)[:2] == ["We met", "We didn’t meet"]
    assert "Did it take place? Answer “met” or “didn't meet”." in line_of_text(protege)
    assert "HOMEWORK, UNTIL YOU MEET AGAIN\n  - Homework 1." in text_of(protege)
    assert "WHAT JONAS TOOK HOME\n  - Homework 1." in text_of(mentor)
    assert "Outcome 1." in text_of(protege)
    assert "Outcome 1." not in text_of(mentor)


def test_where_nobody_reads_answers_none_is_asked_for():
    for kind in (*ONCE, *INVITED):
        mail = once(kind, plus=False)
        assert buttons_of(mail) == []
        assert "Answer “" not in text_of(mail)
        assert "reply “" not in text_of(mail)


def test_an_introduction_gives_the_mentor_a_draft_and_asks_the_protege_for_what_it_lacks():
    mentor, protege = once(Mail.INTRODUCTION, "mentor"), once(Mail.INTRODUCTION)
    assert "may I introduce Jonas (jonas@example.org) to you?" in line_of_text(mentor)
    assert "[Jonas's line: what I do, and for whom]" in text_of(mentor)
    assert "One line on what you do, and for whom" in text_of(protege)
    assert "maya@example.org" in text_of(protege)
    assert "Dear" not in text_of(protege)


def test_the_half_way_mark_is_a_number():
    for to in ("mentor", "protege"):
        assert buttons_of(once(Mail.PULSE, to))[:5] == ["1", "2", "3", "4", "5"]
        assert "Answer with a number from 1 to 5." in line_of_text(once(Mail.PULSE, to))
    assert line_of_text(once(Mail.PULSE)) != line_of_text(once(Mail.PULSE, "mentor"))


def test_another_year_or_an_end_are_both_right():
    text = line_of_text(once(Mail.RENEWAL, month=12))
    assert "Answer “yes” or “no”." in text
    assert "Nobody is asked for a reason" in text


def test_a_pair_s_last_mail_thanks_both_and_hands_the_protege_a_pair():
    mentor, protege = once(Mail.COMPLETION, "mentor"), once(Mail.COMPLETION)
    assert "Thank you: for your time" in line_of_text(mentor)
    assert "[pairs." not in text_of(mentor)
    assert "A thank-you to Maya is always right" in line_of_text(protege)
    for text in (text_of(protege), lxml_html.fromstring(html_of(protege)).text_content()):
        found = text[text.index("[policies.") : text.index('roadmap = "plain"') + len('roadmap = "plain"')]
        assert tomllib.loads(found) == tomllib.loads(stanza(WITH_END))


def test_the_stanza_makes_the_protege_a_mentor_as_often_as_the_two_met():
    found = tomllib.loads(stanza(pair(face_to_face="6 weeks", calls="1 month", end=date(2027, 1, 31))))
    assert found["pairs"] == {
        "jonas-somebody": {
            "mentor": "jonas",
            "protege": "somebody",
            "start": date(2027, 2, 28),
            "policy": "jonas-mentors",
            "roadmap": "plain",
        }
    }
    assert found["policies"]["jonas-mentors"] == {
        "face_to_face": {"every": "42 days", "minutes": 60},
        "calls": {"every": "1 month", "minutes": 30},
    }
    assert tomllib.loads(stanza(pair(calls=None)))["policies"]["jonas-mentors"]["calls"] is False


def test_the_stanza_survives_plain_text_whatever_ids_people_have():
    p = replace(WITH_END, protege=replace(WITH_END.protege, id="j" * 63), roadmap=replace(pair().roadmap, id="r" * 63))
    text = text_of(once(Mail.COMPLETION, p=p))
    found = text[text.index("[policies.") : text.index("The programme reads what")]
    assert tomllib.loads(found) == tomllib.loads(stanza(p))


def test_an_invitation_reads_well_without_its_calendar_part():
    text = line_of_text(once(Mail.INVITE))
    assert "You meet Maya." in text
    assert "Tuesday 8 December 18:30 Berlin, 17:30 London 60 minutes, face to face, The Lamb" in text
    assert buttons_of(once(Mail.INVITE))[:2] == ["I can’t come", "Skip it this time"]
    off = line_of_text(once(Mail.CANCEL))
    assert "This no longer takes place." in off
    assert "You can't come?" not in off


def test_an_answer_says_first_what_was_taken():
    mail = answer(taken=["The pair pauses until 1 September.", "A todo was added."])
    assert mail.subject == "The pair pauses until 1 September."
    assert "Hello Jonas, The pair pauses until 1 September. A todo was added." in line_of_text(mail)


def test_an_answer_that_refuses_says_why_and_what_would_work():
    times = [(NOW + timedelta(days=d), NOW + timedelta(days=d, hours=1)) for d in (2, 3, 4)]
    refused = [("move to 30 Feb", "There is no such day.", "Choose one of these.")]
    mail = answer(refused=refused, meeting=meeting(WITH_END), times=times)
    assert mail.subject == "Not done: move to 30 Feb"
    text = line_of_text(mail)
    assert "“move to 30 Feb” was not done. There is no such day. Choose one of these." in text
    assert "2. Tuesday 8 December, 09:00 Berlin, 08:00 London" in text
    assert buttons_of(mail)[:4] == ["1: Mon 7 Dec", "2: Tue 8 Dec", "3: Wed 9 Dec", "None of them"]


def test_help_lists_what_can_be_said():
    mail = answer(commands=[("yes", "The time suits you."), ("stop", "No more mails.")])
    assert mail.subject == "What you can answer"
    assert "WHAT YOU CAN ANSWER\n  - yes: The time suits you.\n  - stop: No more mails." in text_of(mail)


def test_a_line_break_in_what_was_said_makes_no_header():
    for mail in (answer(refused=[("a\r\nBcc: eve@example.org", "b", "c")]), answer(taken=["a\nBcc: eve@example.org"])):
        assert "Bcc" not in parsed(mail)


def test_a_user_s_template_of_a_new_kind_is_tried_with_its_own_names():
    by = composer(plus=True, charter_txt_j2="Subject: {{ starts.short }}\n{{ asks|length }} {{ small|length }}")
    assert write(WITH_END, kind=Mail.CHARTER, by=by).subject == "Tue 1 Dec"
