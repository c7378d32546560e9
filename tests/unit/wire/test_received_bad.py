"""Mails that no program should send, and some do: each is read as far as it goes, and says where it ends.

What would take for ever, or all memory, without the limits is here as it is: such a test would not fail, it would not
end.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cadenced.wire.mime import DEPTH, PARTS
from cadenced.wire.received import CALENDARS, LARGEST, LARGEST_CALENDAR, LARGEST_TEXT, Received, read
from tests.support.received import BOUNCE, CALENDAR, GMAIL, calendar_part, mail, parts, with_parts

YES = "Content-Type: text/plain\n\nyes"


def nested(depth, innermost=YES):
    """Multiparts, each within the one before."""
    text = innermost
    for level in range(depth):
        text = f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n{text}\n--b{level}--'
    return f"From: maya@example.org\n{text}".encode()


class TestManyParts:
    def test_of_ten_thousand_parts_the_first_are_read(self):
        found = with_parts(YES, *["Content-Type: text/plain\n\nno"] * 10_000)
        assert found.text.splitlines()[0] == "yes"
        assert found.text.count("no") == PARTS - 1
        assert found.problem == f"it has more than {PARTS} parts"

    def test_parts_within_parts_are_counted_together(self):
        inner = "\n".join(parts(*[YES] * PARTS)).replace("\n", "\n\n", 1).replace("--b", "--c").replace('"b"', '"c"')
        found = with_parts(*[inner] * PARTS)
        assert found.text.count("yes") <= PARTS
        assert found.problem == f"it has more than {PARTS} parts"

    def test_ten_thousand_parts_of_nothing_are_no_more_than_that(self):
        raw = mail('Content-Type: multipart/mixed; boundary="b"', body="--b\n" * 10_000)
        assert read(raw).problem == f"it has more than {PARTS} parts"

    @pytest.mark.parametrize("depth", [DEPTH + 1, 5000])
    def test_what_lies_too_deep_is_not_looked_for(self, depth):
        found = read(nested(depth))
        assert (found.text, found.problem) == ("", f"its parts lie deeper than {DEPTH} levels")

    def test_what_lies_as_deep_as_may_be_is_read(self):
        assert (read(nested(DEPTH)).text, read(nested(DEPTH)).problem) == ("yes", "")

    def test_messages_within_messages_are_not_opened(self):
        assert read(b"From: maya@example.org\n" + b"Content-Type: message/rfc822\n\n" * 100_000).problem == ""

    def test_parts_whose_end_is_missing_are_read(self):
        raw = mail('Content-Type: multipart/mixed; boundary="b"', body=f"preamble\n--b\n{YES}")
        assert read(raw).text == "yes"

    def test_a_boundary_that_is_missing_leaves_nothing_to_read(self):
        assert read(mail("Content-Type: multipart/mixed", body=f"--b\n{YES}\n--b--")).text == ""

    def test_a_boundary_of_signs_is_a_boundary(self):
        raw = mail('Content-Type: multipart/mixed; boundary="(.*)+\'?"', body=f"--(.*)+'?\n{YES}\n--(.*)+'?--")
        assert read(raw).text == "yes"


class TestSizes:
    def test_what_is_too_large_is_read_as_far_as_the_limit(self):
        found = read(mail(body="yes\n" + "x" * LARGEST))
        assert (found.text[:4], found.sender) == ("yes\n", "maya@example.org")
        assert len(found.text) <= LARGEST_TEXT
        assert found.problem == "it is larger than 8 MB, and was read no further"

    def test_a_header_of_ten_megabytes_hides_no_other(self):
        found = read(mail(f"Subject: {'x' * 10_000_000}"))
        assert (found.sender, found.message_id) == ("maya@example.org", "<m@example.org>")
        assert len(found.subject) == 1000

    @pytest.mark.parametrize("header", ["To", "References", "Authentication-Results", "Content-Type", "From", "Date"])
    @pytest.mark.parametrize(
        "filling", ["(", "<", '"', "a@b,", "=?utf-8?q?", ";a=", "\\", "@", " ", "<a@b>", "*0*=", ";:"]
    )
    def test_no_header_takes_for_ever(self, header, filling):
        read(mail(f"{header}: {filling * (1_000_000 // len(filling))}"))

    def test_hundred_thousand_headers_are_read_as_far_as_the_limit(self):
        assert read(mail(*["X-Header: 1"] * 100_000)).sender == "maya@example.org"

    def test_a_calendar_of_five_megabytes_is_passed_over_and_the_next_one_read(self):
        large = CALENDAR.replace("UID", f"COMMENT:{'x' * 5_000_000}\r\nUID")
        found = with_parts(YES, calendar_part(large, encoding="8bit"), calendar_part())
        assert [each.text for each in found.calendars] == [CALENDAR]
        assert (found.text.strip(), found.problem) == ("yes", "a calendar in it is larger than 256 kB")

    def test_a_calendar_a_byte_too_large_when_decoded_is_passed_over(self):
        fits = CALENDAR.ljust(LARGEST_CALENDAR)
        assert len(with_parts(calendar_part(fits)).calendars) == 1
        assert with_parts(calendar_part(f"{fits} ")).calendars == ()

    def test_of_many_calendars_the_first_are_told(self):
        found = with_parts(*[calendar_part(CALENDAR.replace("UID:1", f"UID:{n}")) for n in range(CALENDARS + 1)])
        assert len(found.calendars) == CALENDARS
        assert found.problem == f"it has more than {CALENDARS} calendars"

    @pytest.mark.parametrize(
        "page", ["<div>" * 100_000, "<blockquote>" * 100_000, "<" * 1_000_000, "<p>x" * 200_000, "&amp" * 200_000]
    )
    def test_no_page_takes_for_ever(self, page):
        assert len(read(mail("Content-Type: text/html", body=page)).text) <= LARGEST_TEXT

    def test_a_report_of_a_hundred_thousand_recipients_is_read_as_far_as_the_limit(self):
        one = "\nFinal-Recipient: rfc822; b@example.org\nAction: failed\nStatus: 5.1.1\n"
        raw = BOUNCE.format(action="failed", status="5.1.1", returned="message/rfc822").replace(
            "\n--B1", one * 50_000 + "\n--B1"
        )
        assert len(read(raw.encode()).report.deliveries) == 100


class TestLetters:
    @pytest.mark.parametrize(
        "charset",
        [
            *(
                "nonsense",
                "unknown-8bit",
                "",
                "base64",
                "zip",
                "hex",
                "punycode",
                "unicode_escape",
                "idna",
                "undefined",
            ),
            *("\x00", "utf-8\x00"),
        ],
    )
    def test_an_unknown_charset_is_read_as_utf_8(self, charset):
        found = read(
            mail(
                f'Content-Type: text/plain; charset="{charset}"',
                f"Subject: =?{charset or 'x'}?q?hi?=",
                body="fällt aus",
            )
        )
        assert found.text == "fällt aus"
        assert "hi" in found.subject

    def test_broken_base64_is_read_as_far_as_it_goes(self):
        assert read(mail("Content-Transfer-Encoding: base64", body="eWVz!@#\nCg=")).text.strip() != "no"
        assert read(mail("Content-Transfer-Encoding: base64", body="eWVzIQ")).text == "yes!"

    @pytest.mark.parametrize("encoding", ["x-uuencode", "nonsense", "quoted-printable; x", "7bit"])
    def test_another_encoding_is_taken_as_it_stands(self, encoding):
        assert read(mail(f"Content-Transfer-Encoding: {encoding}", body="yes")).text == "yes"

    def test_raw_letters_in_headers_are_read(self):
        assert read(mail("Subject: Später")).subject == "Später"
        assert read(mail("Subject: Spaeter").replace(b"ae", b"\xe4")).subject == "Später"

    def test_zeros_and_controls_stay_out_of_what_is_one_line(self):
        found = read(mail("Subject: a\x00b\x1bc =?utf-8?q?=0D=0ABcc:_evil@example.org?="))
        assert found.subject == "a b c Bcc: evil@example.org"


class TestHeaders:
    def test_a_subject_with_line_breaks_is_one_line(self):
        raw = mail("Subject: =?utf-8?b?SGkNCkJjYzogZXZpbEBleGFtcGxlLm9yZw0KDQpubw==?=", body="yes")
        assert read(raw).subject == "Hi Bcc: evil@example.org no"
        assert read(raw).text == "yes"

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ('"Okafor, \\"Maya\\" (she) 👩‍💻" <maya@example.org>', 'Okafor, "Maya" (she) 👩‍💻'),
            ("=?utf-8?b?T2thZm9yLCAiTWF5YSIg8J+Rqe+4jw==?= <maya@example.org>", 'Okafor, "Maya" 👩️'),
            ('"evil@example.org" <maya@example.org>', "evil@example.org"),
            ('"a <evil@example.org>" <maya@example.org>', "a <evil@example.org>"),
            ("=?utf-8?q?=3Cevil=40example=2Eorg=3E=2C?= <maya@example.org>", "<evil@example.org>,"),
            ("maya@example.org", ""),
        ],
    )
    def test_a_name_may_hold_anything_and_is_no_address(self, written, name):
        found = read(mail(f"From: {written}"))
        assert (found.sender, found.sender_name, found.problem) == ("maya@example.org", name, "")

    @pytest.mark.parametrize(
        ("froms", "problem"),
        [
            ([], "it has no From"),
            (["From: maya@example.org", "From: jonas@example.org"], "it has more than one From"),
            (["From: maya@example.org, jonas@example.org"], "its From names several people"),
            (["From: nobody"], "its From names nobody"),
            (["From: "], "its From names nobody"),
            (["From: maya@@example.org"], "its From names nobody"),
        ],
    )
    def test_without_one_sender_there_is_none(self, froms, problem):
        raw = "\n".join([*froms, "Subject: yes", "", "yes"]).encode()
        found = read(raw)
        assert (found.sender, found.problem, found.text) == ("", problem, "yes")

    @pytest.mark.parametrize(
        "date",
        [
            "",
            "yesterday",
            "Sat, 99 Nov 2026 18:00 +0000",
            "Mon, 01 Jan 2026 00:00 +99999999",
            "1 Jan 99999 00:00 +0000",
        ],
    )
    def test_a_date_that_is_none_is_none(self, date):
        assert read(mail(f"Date: {date}")).date is None

    def test_nothing_at_all_is_a_mail_that_says_nothing(self):
        assert read(b"") == Received(problem="it has no From")


SEEDS = [
    GMAIL.encode(),
    BOUNCE.format(action="failed", status="5.1.1", returned="message/rfc822").encode(),
    mail(*parts(calendar_part())[:1], body=parts(calendar_part())[1]),
    nested(4),
    mail("Content-Type: text/html", body="<p>yes<blockquote>no</blockquote>"),
]
PIECES = st.sampled_from(
    [
        *(
            b"\n",
            b"\r\n",
            b"\r",
            b"\n\n",
            b"--b",
            b"--",
            b": ",
            b";",
            b'"',
            b"=?utf-8?q?",
            b"?=",
            b"\x00",
            b"\xff",
            b"<",
        ),
        *(b">", b"@", b"charset*0*=x''%ff", b"\xe2\x80\xa8", b"Content-Type: message/rfc822\n"),
        b"Content-Type: multipart/mixed; boundary=b\n",
    ]
)


@st.composite
def mutated(draw):
    """A mail with pieces put in and taken out."""
    raw = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        end = min(len(raw), start + draw(st.integers(0, 40)))
        raw = raw[:start] + draw(st.one_of(PIECES, st.binary(max_size=8))) + raw[end:]
    return raw


@given(st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=30).map(b"".join), mutated()))
@example(b"Content-Type: multipart/mixed; boundary*=x''%ff\n\n--\n")
@example(b"Content-Type: text/plain; charset*0=\n\nx")
@example(b'From: "\nDate: +\nContent-Type: text/html\n\n<?xml version="1.0" encoding="x"?>')
def test_any_bytes_are_a_mail(raw):
    found = read(raw)
    assert "\n" not in found.subject + found.sender + found.sender_name
    assert found.sender == found.sender.lower()
    assert read(raw) == found
