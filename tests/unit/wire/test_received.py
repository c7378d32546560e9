"""Mails as people's programs send them: who wrote what, in answer to what, and what a calendar or a server says."""

import pytest

from cadenced.wire.deliveries import Delivery, Outcome, Report
from cadenced.wire.received import Attached, Received, read
from tests.support.programme import utc
from tests.support.received import BOUNCE, CALENDAR, GMAIL, calendar_part, mail, parts, with_parts


class TestAReplyFromGmail:
    FOUND = read(GMAIL.replace("\n", "\r\n").encode())

    def test_says_who_wrote_it_and_when(self):
        assert (self.FOUND.sender, self.FOUND.sender_name) == ("maya.okafor@gmail.example", "Maya Okáfor")
        assert self.FOUND.date == utc("2026-11-28T17:20:11")
        assert self.FOUND.subject == "Re: Three times – which one?"
        assert (self.FOUND.automatic, self.FOUND.authentic, self.FOUND.problem) == (False, None, "")

    def test_says_what_it_answers_the_nearest_first(self):
        assert self.FOUND.message_id == "<CAF=abc@mail.gmail.example>"
        assert self.FOUND.references == ("<second@example.org>", "<first@example.org>", "<thread@example.org>")

    def test_has_the_token_of_the_address_that_it_was_sent_to(self):
        assert self.FOUND.tokens("Agenda@example.org") == ("0123abcd",)
        assert self.FOUND.tokens("other@example.org") == ()

    def test_has_the_plain_text_and_not_the_html(self):
        assert self.FOUND.text.startswith("2, danke schön\n\nOn Sat, Nov 28, 2026 at 6:14")
        assert "<div" not in self.FOUND.text

    def test_is_read_with_any_line_ends(self):
        assert read(GMAIL.encode()) == self.FOUND


class TestTheText:
    def test_html_alone_is_read_line_by_line_and_what_is_quoted_is_marked(self):
        page = (
            "<html><head><title>x</title><style>p {color: red}</style></head><body><p>Yes,<br>thanks&nbsp;a lot!</p>"
            "<script>no()</script><div><div>Maya</div></div>"
            "<div class=gmail_quote><div>On Sat Mentoring wrote:<br></div>"
            "<blockquote><p>no</p><p>2</p></blockquote></div>"
        )
        found = read(mail("Content-Type: text/html; charset=utf-8", body=page))
        assert found.text.splitlines() == ["Yes,", "thanks a lot!", "Maya", "On Sat Mentoring wrote:", "> no", "> 2"]

    def test_what_outlook_sends_in_html_alone_keeps_the_line_between_answer_and_quotation(self):
        page = "<div>yes</div><hr><div id=divRplyFwdMsg><b>From:</b> Mentoring<br><b>Sent:</b> Sat</div><div>no</div>"
        found = read(mail("Content-Type: text/html", body=page))
        assert found.text.splitlines() == ["yes", "_" * 32, "From: Mentoring", "Sent: Sat", "no"]

    def test_an_attached_text_is_not_the_answer(self):
        found = with_parts(
            "Content-Type: text/plain\n\nyes", "Content-Type: text/plain\nContent-Disposition: attachment\n\nno"
        )
        assert found.text.strip() == "yes"

    def test_a_flowed_paragraph_is_one_line_again(self):
        body = "todo: read the book \nand the other one\n  indented\nyes\n-- \nMaya\n> quoted \nno"
        found = read(mail("Content-Type: text/plain; format=flowed", body=body))
        assert found.text.split("\n") == [
            *("todo: read the book and the other one", " indented", "yes", "-- ", "Maya", "> quoted ", "no")
        ]

    def test_a_message_within_it_was_said_by_somebody_else(self):
        found = with_parts(f"Content-Type: message/rfc822\n\n{mail(body='no').decode()}")
        assert (found.text, found.sender) == ("", "maya@example.org")

    def test_latin_letters_of_old_programs_are_read(self):
        raw = mail("Content-Type: text/plain; charset=iso-8859-1", body="fällt aus").decode().encode("latin-1")
        assert read(raw).text == "fällt aus"


class TestCalendars:
    def test_the_part_and_its_attachment_are_one_calendar(self):
        attachment = calendar_part(kind='application/ics; name="invite.ics"')
        found = with_parts("Content-Type: text/plain\n\nAccepted", calendar_part(), attachment)
        assert found.calendars == (Attached(CALENDAR, "REPLY"),)

    def test_a_mail_may_be_nothing_but_a_calendar(self):
        found = read(mail("Content-Type: text/calendar; method=reply", body=CALENDAR.replace("\r\n", "\n")))
        assert [each.method for each in found.calendars] == ["REPLY"]

    def test_two_that_differ_are_both_told(self):
        other = CALENDAR.replace("UID:1", "UID:2")
        found = with_parts(calendar_part(), calendar_part(other, "application/ics"))
        assert found.calendars == (Attached(CALENDAR, "REPLY"), Attached(other, ""))

    def test_utf_8_is_read_as_such_whatever_the_part_claims(self):
        text = CALENDAR.replace("UID", "COMMENT:später\r\nUID")
        assert with_parts(calendar_part(text, "text/calendar; charset=us-ascii")).calendars[0].text == text

    def test_a_forwarded_invitation_is_nobodys_answer(self):
        header, body = parts(calendar_part())
        forwarded = mail(header, body=body).decode()
        assert with_parts(f"Content-Type: message/rfc822\n\n{forwarded}").calendars == ()

    def test_googles_calendar_answers_as_a_machine_in_a_persons_name(self):
        header, body = parts("Content-Type: text/plain; format=flowed\n\nMaya has accepted", calendar_part())
        sent_by = "Sender: Google Calendar <calendar-notification@google.com>"
        found = read(mail(header, sent_by, "Auto-Submitted: auto-generated", body=body))
        assert (found.sender, found.automatic) == ("maya@example.org", True)
        assert found.calendars == (Attached(CALENDAR, "REPLY"),)


class TestReportsOfServers:
    @pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822", "message/global-headers"])
    def test_a_bounce_names_the_mail_the_address_and_the_reason(self, returned):
        found = read(BOUNCE.format(action="failed", status="5.1.1", returned=returned).encode())
        words = "550 5.1.1 <gone@bounce.example>: Recipient address rejected: User unknown"
        gone = Delivery(Outcome.FAILED, "gone@bounce.example", "maya@bounce.example", "5.1.1", words)
        assert found.report == Report((gone,), "<uid.0123@example.org>", "pair/agenda/maya")
        assert found.automatic

    @pytest.mark.parametrize("action", [*Outcome])
    def test_each_outcome_is_told(self, action):
        raw = BOUNCE.format(action=action.upper(), status="4.4.1", returned="message/rfc822").encode()
        assert [each.outcome for each in read(raw).report.deliveries] == [action]

    def test_each_recipient_is_told(self):
        raw = BOUNCE.format(action="failed", status="5.1.1", returned="message/rfc822")
        second = "\nFinal-Recipient: rfc822; b@example.org\nAction: delayed\nStatus: 4.2.2 (full)\n\n--B1"
        found = read(raw.replace("\n--B1", second, 3).replace(second, "\n--B1", 2).encode()).report
        assert [(each.recipient, each.status) for each in found.deliveries] == [
            ("gone@bounce.example", "5.1.1"),
            ("b@example.org", "4.2.2"),
        ]

    def test_what_only_looks_like_a_report_is_none(self):
        raw = BOUNCE.format(action="failed", status="5.1.1", returned="message/rfc822")
        assert read(raw.replace("multipart/report", "multipart/mixed").encode()).report is None

    def test_that_a_mail_was_read_is_no_report_but_a_machine_says_it(self):
        header, body = parts("Content-Type: message/disposition-notification\n\nDisposition: displayed", kind="report")
        found = read(mail(header, body=body))
        assert (found.report, found.automatic) == (None, True)


class TestMachines:
    @pytest.mark.parametrize(
        "header",
        [
            *(
                "Auto-Submitted: auto-replied",
                "Auto-Submitted: auto-generated; x=y",
                "Auto-Submitted: (odd) auto-notified",
            ),
            *("X-Auto-Response-Suppress: All", "Precedence: bulk", "Precedence: JUNK", "Precedence: auto_reply"),
            *(
                "Precedence: list",
                "List-Id: <l.example.org>",
                "X-Autoreply: yes",
                "Return-Path: <>",
                "Return-Path: < >",
            ),
            *("Subject: Automatic reply: Your meeting", "Subject: =?utf-8?q?Automatische_Antwort:_Treffen?="),
            "X-MS-Exchange-Inbox-Rules-Loop: maya@example.org",
        ],
    )
    def test_each_way_to_say_that_no_human_wrote_it_is_heard(self, header):
        assert read(mail(header)).automatic

    @pytest.mark.parametrize(
        "header",
        ["Auto-Submitted: no", "Auto-Submitted: No (human)", "Precedence: normal", "Return-Path: <maya@example.org>"],
    )
    def test_a_human_is_none(self, header):
        assert not read(mail(header)).automatic


class TestAuthentication:
    @pytest.mark.parametrize(
        ("results", "failed"),
        [
            ("mx; dmarc=fail (p=reject) header.from=example.org; spf=pass", True),
            ("mx; spf=fail; dkim=none", True),
            ('mx; dkim=fail reason="spf=pass; dkim=pass" header.d=x', True),
            ("mx; spf=fail; dkim=pass", False),
            ("mx; spf=fail; dmarc=pass", False),
            ("mx; spf=softfail; dkim=none", False),
            ("mx (a (nested; dmarc=fail) comment); SPF = Pass", False),
            ("mx; x-dmarc=fail; iprev=fail", False),
            ("mx; none", False),
        ],
    )
    def test_the_topmost_result_counts(self, results, failed):
        below = "Authentication-Results: evil; dmarc=pass" if failed else "Authentication-Results: evil; dmarc=fail"
        assert read(mail(f"Authentication-Results: {results}", below)).authentic is (False if failed else None)

    def test_without_any_result_nothing_failed(self):
        assert read(mail()).authentic is None

    @pytest.mark.parametrize(
        ("results", "authentic"),
        [
            (("mx.example.org; dmarc=pass header.from=example.org",), True),
            (("MX.example.org 1 (Postfix); dkim=pass (2048 bit) header.d=example.org header.s=x; spf=fail",), True),
            (("mx.example.org; dkim=pass header.i=@example.org",), True),
            (("mx.example.org; dkim=pass header.d=evil.example header.i=@evil.example",), None),
            (("mx.example.org; spf=pass smtp.mailfrom=example.org",), None),
            (('mx.example.org; dkim=pass reason="header.d=example.org"',), None),
            (("mx.example.org; none (dmarc=pass)",), None),
            (("evil; dmarc=pass",), None),
            (("mx.example.org.evil; dmarc=pass",), None),
            (("other; spf=pass", "mx.example.org; dmarc=pass"), True),
            (("mx.example.org; none", "mx.example.org; dmarc=pass"), None),
            (("mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"), False),
            (("evil; dmarc=fail",), False),
            (("; dmarc=pass",), None),
        ],
    )
    def test_only_our_own_server_s_topmost_word_vouches_for_the_author(self, results, authentic):
        found = mail(*(f"Authentication-Results: {each}" for each in results))
        assert read(found, "mx.example.org").authentic is authentic
        assert read(found).authentic in (None, False)


class TestWhoItWasSentTo:
    def test_every_header_that_may_hold_our_address_is_looked_at_once(self):
        found = read(
            mail(
                "To: Mentoring <Agenda+One@example.org>, agenda+one@example.org",
                'Cc: "a, b" <agenda+two@example.org>',
                "Delivered-To: agenda+three@example.org",
                "X-Original-To: agenda+four@example.org",
                "Envelope-To: agenda+@example.org",
            )
        )
        assert found.tokens("agenda@example.org") == ("one", "two", "three", "four")

    def test_an_address_of_another_domain_has_no_token_of_ours(self):
        found = Received(
            recipients=("agenda+x@evil.example", "agenda+x@example.org.evil.example", "xagenda+x@example.org")
        )
        assert found.tokens("agenda@example.org") == ()
