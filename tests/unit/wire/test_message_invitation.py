"""The shape of mails that carry an invitation or answer somebody, and the headers by which they are told."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadenced.core.actions import Mail
from cadenced.wire.body import body
from cadenced.wire.occasions import answer_names
from tests.support.mails import NOW, composer, due, meeting, parsed, text_of, write
from tests.support.programme import pair

NAMES = [
    "Siobhán O'Neill",
    'Jo "the rock" Weber',
    "Weber, Jonas",
    "Jonas 🚀 Weber",
    "Jonas <jonas@example.org>",
    "Zoë Łukasz Ångström",
]
EVENT = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Jürgen 🚀 & co, longer than seventy-five octets allow\r\n"
CALENDAR = ("REQUEST", f"{EVENT}END:VCALENDAR\r\n".encode())
THEIRS = "<CAF+=abc.def@mail.gmail.com>"


def invited(kind=Mail.INVITE, calendar=CALENDAR, p=None, *, plus=True):
    p = p or pair()
    about = meeting(p)
    return composer(plus=plus).compose(due(p, p.protege, kind, about), p, [about], NOW, calendar)


def answered(p=None, *, plus=True, in_reply_to=THEIRS, **more):
    p = p or pair()
    names = answer_names(p, p.protege, NOW, programme_mailbox=plus, taken=["Paused."])
    return composer(plus=plus).compose_answer(
        "maya-jonas/answer/1/jonas", p, p.protege, names, NOW, in_reply_to=in_reply_to, **more
    )


def types(part):
    """Each part's type, with what it consists of."""
    inner = [types(each) for each in part.iter_parts()] if part.is_multipart() else None
    return (part.get_content_type(), inner) if inner else part.get_content_type()


def test_an_invitation_is_the_last_alternative_and_a_file_beside_it():
    message = parsed(invited())
    assert types(message) == (
        "multipart/mixed",
        [("multipart/alternative", ["text/plain", "text/html", "text/calendar"]), "application/ics"],
    )
    assert not message.defects
    alternative, attached = message.iter_parts()
    calendar = list(alternative.iter_parts())[-1]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar["Content-Transfer-Encoding"] == attached["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True) == CALENDAR[1]
    assert (attached.get_filename(), attached.is_attachment()) == ("invite.ics", True)


def test_an_agenda_may_be_the_invitation():
    mail = invited(Mail.AGENDA)
    assert "Task 1." in text_of(mail)
    assert types(parsed(mail))[0] == "multipart/mixed"


def test_a_message_with_a_calendar_is_seven_bit_in_short_lines_and_the_same_bytes_each_time():
    mail = invited(p=replace(pair(), id="maya-jonas"))
    assert mail.body.isascii()
    lines = mail.body.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 78
    assert invited().body == mail.body


@given(st.binary(max_size=500))
def test_no_calendar_can_end_a_part(data):
    message = message_from_bytes(body("text", "html", ("REPLY", data)), policy=default)
    alternative, attached = message.iter_parts()
    assert list(alternative.iter_parts())[-1].get_payload(decode=True) == attached.get_payload(decode=True) == data


@pytest.mark.parametrize("method", ["", "request", "REQUEST; x=1", "REQUEST\r\nBcc: eve@example.org"])
def test_a_method_that_is_none_is_refused(method):
    with pytest.raises(ValueError, match="no iTIP method"):
        invited(calendar=(method, b""))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_it_is_written_in_every_kind(name):
    p = pair(protege=replace(pair().protege, name=name))
    for mail in (invited(p=p), answered(p), write(p, kind=Mail.CHARTER), write(p, kind=Mail.PULSE)):
        head = parsed(mail)
        assert [(a.display_name, a.addr_spec) for a in head["To"].addresses] == [(name, "jonas@example.org")]
        assert "Bcc" not in head


def test_an_answer_joins_the_conversation_that_it_answers_and_says_that_a_machine_wrote_it():
    head = parsed(answered(references=["<one@example.org>", "<two@example.org>"]))
    assert head["In-Reply-To"] == THEIRS
    assert head["References"].split() == ["<one@example.org>", "<two@example.org>", THEIRS]
    assert head["Auto-Submitted"] == "auto-replied"
    assert head["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_an_answer_s_identity_is_that_of_its_key():
    assert answered().message_id == answered(in_reply_to="<other@example.org>").message_id
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", answered().message_id)


@pytest.mark.parametrize(
    "evil",
    [
        "",
        "no identifier",
        "<a b@c>",
        "<a@b>\r\nBcc: eve@example.org",
        "<\x00@b>",
        "<ü@b>",
        f"<{'a' * 2000}@b>",
        "<a@b><c@d>",
    ],
)
def test_what_is_no_identifier_is_not_referred_to(evil):
    head = parsed(answered(in_reply_to=evil, references=[evil, "<one@example.org>", evil]))
    assert head["References"] == head["In-Reply-To"] == "<one@example.org>"
    assert "Bcc" not in head
    assert "References" not in parsed(answered(in_reply_to=evil))


def test_a_long_conversation_is_remembered_by_its_last_mails():
    references = [f"<{number}.{'x' * 60}@example.org>" for number in range(500)]
    mail = answered(references=[*references, THEIRS])
    head = parsed(mail)
    assert head["References"].split() == [*references[-9:], THEIRS]
    assert b"=?" not in mail.body.partition(b"\r\n\r\n")[0]


def test_people_can_leave_by_the_button_of_their_mail_program():
    for mail in (
        invited(),
        answered(),
        write(by=composer(plus=True)),
        write(kind=Mail.CHARTER, by=composer(plus=True)),
    ):
        head = parsed(mail)
        (reply,) = head["Reply-To"].addresses
        assert head["List-Unsubscribe"].strip() == f"<mailto:{reply.addr_spec}?subject=stop&body=stop>"
        assert "List-Unsubscribe-Post" not in head  # RFC 8058 is about https


def test_where_replies_go_to_the_other_person_nobody_leaves_by_mail():
    for mail in (invited(plus=False), answered(plus=False), write()):
        assert "List-Unsubscribe" not in parsed(mail)
    alert = composer(plus=True).compose_alert("alert", "petra@example.org", ["One."], NOW)
    assert "List-Unsubscribe" not in parsed(alert)


def test_the_way_out_stays_whole_however_long_the_domain_is():
    domain = "mail.a-rather-long-department-name.subsidiary-of-something.example-company-international.example.org"
    mail = write(by=composer(sender=f"agenda@{domain}", plus=True))
    head = parsed(mail)
    assert head["List-Unsubscribe"].strip().endswith(f"@{domain}?subject=stop&body=stop>")
    assert b"=?" not in mail.body.partition(b"\r\n\r\n")[0]


def test_all_mails_of_a_month_are_one_conversation():
    p = pair()
    kinds = (Mail.CHARTER, Mail.AGENDA, Mail.FOLLOW_UP, Mail.PULSE, Mail.INVITE, Mail.COMPLETION)
    assert len({parsed(write(p, kind=kind))["References"] for kind in kinds}) == 1


def test_an_answer_and_an_alert_have_their_own_composers():
    p = pair()
    for kind in (Mail.ANSWER, Mail.ALERT):
        with pytest.raises(ValueError, match="compose_"):
            composer().compose(due(p, p.mentor, kind), p, [], NOW)
