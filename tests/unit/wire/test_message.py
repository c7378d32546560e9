"""The headers of a mail, who it is from and to, and that the same mail is the same bytes everywhere."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cadenced.core.actions import Mail
from cadenced.core.errors import ConfigError
from cadenced.core.model import Kind
from cadenced.wire.message import Composer
from tests.support.mails import NOW, SENDER, composer, due, meeting, parsed, text_of, write
from tests.support.programme import pair, person

ROOT = Path(__file__).parents[3]
KINDS = [Mail.AGENDA, Mail.BRIEF, Mail.TASK, Mail.MOVED, Mail.TIMES]


def named(name):
    return pair(protege=replace(person("jonas", "Europe/Berlin"), name=name))


@pytest.mark.parametrize("kind", KINDS)
def test_no_machine_answers_a_mail(kind):
    head = parsed(write(kind=kind))
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_it_is_from_the_sender_to_one_person_and_dated_now():
    head = parsed(write())
    assert head["From"] == "Mentoring <agenda@example.org>"
    assert head["To"] == "Jonas <jonas@example.org>"
    assert head["Date"].datetime == NOW


def test_a_sender_may_be_an_address_alone():
    assert parsed(write(by=composer(sender="agenda@example.org")))["From"] == "agenda@example.org"


@pytest.mark.parametrize("sender", ["", "Mentoring", "Mentoring <>", "a b c@example.org"])
def test_a_sender_that_is_no_address_is_refused(sender):
    with pytest.raises(ConfigError, match=r"smtp\.sender"):
        composer(sender=sender)


@pytest.mark.parametrize(
    "name",
    [
        "Siobhán O'Neill",
        'Jo "the rock" Weber',
        "Weber, Jonas",
        "Jonas 🚀 Weber",
        "Jonas <jonas@example.org>",
        "Zoë Łukasz Ångström",
    ],
)
def test_a_name_arrives_as_it_is_written(name):
    head = parsed(write(named(name)))
    assert [(a.display_name, a.addr_spec) for a in head["To"].addresses] == [(name, "jonas@example.org")]


@pytest.mark.parametrize(
    "evil", ["Jonas\r\nBcc: eve@example.org", "Jonas\nBcc: eve@example.org", "Jonas\x00\u2028Bcc: x"]
)
def test_a_line_break_in_a_name_makes_no_header(evil):
    for to in ("mentor", "protege"):
        head = parsed(write(named(evil), to))
        assert "Bcc" not in head
        assert len(head.keys()) == 12


def test_a_line_break_in_a_title_makes_no_header():
    p = pair()
    months = (replace(p.roadmap.months[0], title="Title\r\nBcc: eve@example.org"), *p.roadmap.months[1:])
    head = parsed(write(replace(p, roadmap=replace(p.roadmap, months=months))))
    assert "Bcc" not in head
    assert head["Subject"].endswith("month 1 with Maya, Title Bcc: eve@example.org")


def test_a_subject_says_when_in_both_zones_and_what():
    assert write().subject == "Tue 8 Dec, 18:30 (17:30 London): month 1 with Maya, Title 1"
    assert write(to="mentor").subject == "Tue 8 Dec, 17:30 (18:30 Berlin): month 1 with Jonas, Title 1"
    assert write(kind=Mail.BRIEF).subject == "Tue 8 Dec, 18:30 (17:30 London): meeting with Maya"
    assert write(kind=Mail.MOVED).subject == "Now Tue 8 Dec, 18:30 (17:30 London): meeting with Maya"
    assert write(kind=Mail.TASK, month=2).subject == "1 to 31 Jan: month 2 with Maya, by mail, Title 2"


def test_what_is_returned_is_what_the_headers_say():
    composed = write()
    head = parsed(composed)
    assert composed.recipient == "jonas@example.org"
    assert composed.message_id == head["Message-ID"]
    assert composed.subject == head["Subject"]
    assert composed.problem == ""


def test_the_message_id_is_rooted_in_the_meeting_at_the_sender_s_domain():
    p = pair()
    assert re.fullmatch(rf"<{meeting(p).uid}\.[0-9a-f]{{12}}@example\.org>", write(p).message_id)
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", write(kind=Mail.TASK).message_id)


def test_every_message_has_an_identity_of_its_own():
    ids = [write(to=to, kind=kind).message_id for kind in KINDS for to in ("mentor", "protege")]
    assert len(set(ids)) == len(ids)


def test_a_moved_meeting_keeps_the_identity_of_its_mails():
    p = pair()
    assert write(p, about=meeting(p, "2026-12-10T09:00")).message_id == write(p).message_id


def test_a_pair_s_month_is_one_conversation():
    p = pair()
    call = meeting(p, "2026-12-18T11:00", Kind.CALL, 1)
    mails = [write(p), write(p, kind=Mail.BRIEF, about=call), write(p, kind=Mail.MOVED, about=call)]
    roots = {parsed(mail)["References"] for mail in mails}
    assert len(roots) == 1
    assert {parsed(mail)["In-Reply-To"] for mail in mails} == roots
    assert re.fullmatch(r"<[0-9a-f-]{36}@example\.org>", *roots)
    assert parsed(write(p, month=2))["References"] not in roots
    assert parsed(write(replace(p, id="other")))["References"] not in roots


def test_identifiers_stay_whole_however_long_the_domain_is():
    """EmailMessage folds a long In-Reply-To or References into encoded words unless told what it is."""
    domain = "mail.a-rather-long-department-name.subsidiary-of-something.example-company-international.example.org"
    mail = write(by=composer(sender=f"agenda@{domain}", plus=True))
    assert b"=?" not in mail.body.partition(b"\r\n\r\n")[0]
    assert f"@{domain}>" in parsed(mail)["References"]
    assert f"@{domain}" in parsed(mail)["Reply-To"]


@pytest.mark.parametrize("plus", [True, False])
def test_where_no_answer_is_read_a_reply_goes_to_the_other_person_and_the_mail_says_so(plus):
    by = Composer(SENDER, plus_addressing=plus, templates={})
    for to, other in (("protege", "Maya <maya@example.org>"), ("mentor", "Jonas <jonas@example.org>")):
        mail = write(to=to, by=by)
        assert parsed(mail)["Reply-To"] == other
        assert f"A reply to this mail goes to {other.split()[0]}." in text_of(mail)


def test_with_plus_addressing_a_reply_goes_to_the_programme_with_a_token_of_the_message():
    tokens = set()
    for to in ("mentor", "protege"):
        mail = write(to=to, by=composer(plus=True))
        (address,) = parsed(mail)["Reply-To"].addresses
        user, _, token = address.username.partition("+")
        assert (user, address.domain) == ("agenda", "example.org")
        assert re.fullmatch(r"[0-9a-f]{20}", token)
        assert "The programme reads what you reply" in text_of(mail)
        tokens.add(token)
    assert len(tokens) == 2


def test_an_alert_gathers_what_needs_a_human():
    mail = composer(plus=True).compose_alert("alert/1", "petra@example.org", ["One fails.", "Two fails."], NOW)
    head = parsed(mail)
    assert (mail.recipient, head["To"], mail.subject) == ("petra@example.org", "petra@example.org", "2 things need you")
    assert "agenda+" in head["Reply-To"]
    assert "References" not in head
    assert "One fails." in text_of(mail)
    assert "Two fails." in text_of(mail)
    assert head.get_body(("html",)).get_content().count("fails.") == 3  # once more in the preview


def test_an_alert_about_one_thing_says_it_in_the_subject():
    text = "The account jonas refuses its password.\nPut a new one into secrets/jonas, and save the file once more."
    mail = composer().compose_alert("alert/1", "petra@example.org", [text], NOW)
    assert mail.subject == "Needs you: The account jonas refuses its password. Put a new one into …"
    assert "Reply-To" not in parsed(mail)


def test_an_alert_has_an_end():
    mail = composer().compose_alert("alert/1", "petra@example.org", ["x " * 5000] * 500, NOW)
    assert len(mail.body) < 60_000
    assert "And 480 more." in text_of(mail)


def test_an_alert_is_not_about_a_pair():
    p = pair()
    with pytest.raises(ValueError, match="compose_alert"):
        composer().compose(due(p, p.mentor, Mail.ALERT), p, [], NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_seven_bit_with_the_line_ends_of_the_wire(kind):
    body = write(named("Siobhán 🚀"), kind=kind, to="mentor").body
    assert body.isascii()
    lines = body.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 78


def test_text_comes_first_and_html_is_the_richer_alternative():
    message = parsed(write())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in message.iter_parts()] == ["utf-8", "utf-8"]
    assert not message.defects


def test_no_text_can_end_a_part():
    p = pair()
    months = (replace(p.roadmap.months[0], task="A\n--=_part--\n--=_part\nB"), *p.roadmap.months[1:])
    message = parsed(write(replace(p, roadmap=replace(p.roadmap, months=months))))
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert "--=_part--" in message.get_body(("plain",)).get_content()


def test_the_same_mail_is_the_same_bytes():
    assert [write(kind=kind) for kind in KINDS] == [write(kind=kind) for kind in KINDS]


def test_the_same_mail_is_the_same_bytes_in_another_process():
    code = "import hashlib; from tests.support.mails import write; print(hashlib.sha256(write().body).hexdigest())"
    digests = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
        digests.add(done.stdout)
    assert digests == {hashlib.sha256(write().body).hexdigest() + "\n"}


def test_the_date_is_the_only_header_that_tells_when_it_was_written():
    earlier, later = (parsed(write(now=NOW + timedelta(minutes=m))) for m in (0, 5))
    assert [name for name in earlier.keys() if earlier[name] != later[name]] == ["Date"]  # noqa: SIM118 — of a message
