"""What anybody may write costs no more than it is long: the daemon reads it in its own loop."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadenced.wire.headers import authentic
from cadenced.wire.mime import parse
from cadenced.wire.replying import LINES, LONGEST, own_lines
from cadenced.wire.vocabulary import ANSWERS, FRIENDLY, POLITE
from cadenced.wire.words import understood
from tests.support.programme import utc

NOW = utc("2026-11-24T09:00")
BEARABLE = (
    0.6  # seconds of one core: an ordinary mail takes a hundredth, and what takes the square of a line ten times it
)
HEADS = ("am ", "on ", "von: ", "from: 1 ", "move to ", "pause until ", "sent from ", "hi ", "todo: ", "-", "")
PIECES = (
    "1 schrieb ",
    "am 1 schrieb ",
    "on 1 wrote ",
    "... ",
    "!.",
    "(",
    ")",
    "– ",
    "—",
    "auf x verschieben ",
    "' ",
    ">",
    ":-) ",
)


def cost(read):
    before = time.thread_time()
    read()
    return time.thread_time() - before


def read_twice(text):
    understood(text, "de", "Europe/Berlin", NOW, offers=3, name="Jonas Weber")
    own_lines(text)


def mail_of(head, piece, end, width):
    line = head + piece * (width // len(piece) + 1)
    return "\n".join([line[: width - len(end)] + end] * LINES)


@pytest.mark.parametrize("width", [LONGEST, 159])
@pytest.mark.parametrize("piece", PIECES)
def test_a_mail_of_long_lines_is_read_at_once(piece, width):
    for head in HEADS:
        for end in ("", "x", ":"):
            assert cost(lambda: read_twice(mail_of(head, piece, end, width))) < BEARABLE  # noqa: B023


WORDS = st.sampled_from(sorted({*ANSWERS, *FRIENDLY, *POLITE, *PIECES, *HEADS} - {""}))


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(HEADS), st.sampled_from(("", " ", ", ", ". ")))
def test_so_is_whatever_is_made_of_the_words_that_count(words, head, between):
    text = mail_of(head, between.join(words) + between, "x", LONGEST)
    assert cost(lambda: read_twice(text)) < BEARABLE


@pytest.mark.parametrize("value", ["(" * 8000 + ")" * 8000, "(" * 16000, "()" * 8000, '"(' * 8000, "x; dkim=" * 2000])
def test_so_are_the_headers_that_servers_add(value):
    mail = parse(f"Authentication-Results: {value}\r\n".encode() * 7 + b"From: maya@example.org\r\n\r\n")
    assert cost(lambda: authentic(mail, "mx.example.org")) < BEARABLE / 6
