"""The log as its readers get it: a person at a terminal, journald, a machine. And what they never get."""

import io
import json
import logging
import os
import pty

import pytest
import structlog

from cadenced.shell.logs import HIDDEN, LONGEST_VALUE, clean, configure


@pytest.fixture(autouse=True)
def _put_back():
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("cadenced").setLevel(logging.NOTSET)
    structlog.reset_defaults()


@pytest.fixture
def stream():
    return io.StringIO()


def log():
    return structlog.get_logger("cadenced.test")


def test_off_a_terminal_a_line_is_key_and_value_with_its_time(stream):
    configure("auto", stream)
    log().info("wrote an event", pair="maya-jonas", count=2)
    time, line = stream.getvalue().split(" ", 1)
    assert time.startswith("timestamp=20")
    assert time.endswith("Z")
    assert line == 'level=info event="wrote an event" pair=maya-jonas count=2\n'


def test_under_systemd_a_line_begins_with_its_priority_and_has_no_time(tmp_path, monkeypatch):
    with (tmp_path / "journal").open("w+") as stream:
        stat = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{stat.st_dev}:{stat.st_ino}")
        configure("auto", stream)
        log().info("fine")
        log().error("broken")
        stream.seek(0)
        assert stream.read() == "<6>level=info event=fine\n<3>level=error event=broken\n"


def test_a_stream_that_is_not_the_journals_gets_no_priority(tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNAL_STREAM", "1:1")
    with (tmp_path / "log").open("w+") as stream:
        configure("auto", stream)
        log().info("fine")
        stream.seek(0)
        assert stream.read().startswith("timestamp=")


def test_on_a_terminal_a_line_is_for_people_and_in_colour(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in at_a_terminal()


def test_no_color_is_obeyed(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in at_a_terminal()


def at_a_terminal() -> str:
    """What `configure("auto", …)` writes for one line, read from the other end of a terminal."""
    reader, writer = pty.openpty()
    with open(reader, "rb", buffering=0) as there, open(writer, "w") as here:  # noqa: PTH123 - descriptors, not paths
        configure("auto", here)
        log().info("wrote an event", pair="maya-jonas")
        here.flush()
        text = there.read(4096).decode()
    assert "wrote an event" in text
    assert "level=" not in text
    return text


def test_json_is_one_object_a_line(stream):
    configure("json", stream)
    log().warning("slow", seconds=2.5, accounts=["a", "b"])
    line = json.loads(stream.getvalue())
    assert (line["level"], line["event"], line["seconds"], line["accounts"]) == ("warning", "slow", 2.5, ["a", "b"])


def test_the_level_holds_for_our_own_lines(stream):
    configure("keyvalue", stream, "WARNING")
    log().info("chatter")
    assert stream.getvalue() == ""
    configure("keyvalue", stream, "DEBUG")
    log().debug("detail")
    assert "event=detail" in stream.getvalue()


def test_libraries_speak_up_from_warning_and_say_who_they_are(stream):
    configure("keyvalue", stream, "DEBUG")
    logging.getLogger("aiohttp.client").info("connected to %s", "maya@example.org")
    logging.getLogger("aiohttp.client").warning("refused by %s", "maya@example.org")
    assert "connected" not in stream.getvalue()
    assert 'event="refused by m***@example.org"' in stream.getvalue()
    assert "logger=aiohttp.client" in stream.getvalue()


@pytest.mark.parametrize("style", ["plain", "keyvalue", "json"])
@pytest.mark.parametrize(
    "said",
    [
        {"password": "hunter2"},
        {"SMTP_Passwd": "hunter2"},
        {"authorization": "hunter2"},
        {"sync_token": "hunter2"},
        {"client_secret": "hunter2"},
        {"body": "hunter2"},
        {"request_body": "hunter2"},
        {"account": {"name": "maya", "password": "hunter2"}},
        {"tries": [{"token": "hunter2"}]},
        {"url": "https://maya:hunter2@example.org/dav/"},
        {"url": "https://example.org/?access_token=hunter2&x=1"},
        {"header": "Authorization: Basic hunter2hunter2"},
        {"error": ValueError("Bearer hunter2.hunter2")},
    ],
)
def test_a_secret_never_gets_into_a_line(stream, style, said):
    configure(style, stream)
    log().info("login", **said)
    assert "login" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()


@pytest.mark.parametrize("style", ["plain", "keyvalue", "json"])
def test_an_address_is_shortened_wherever_it_stands(stream, style):
    configure(style, stream)
    log().info(
        "for maya@example.org", to=["jonas+x@example.org"], href="/dav/petra%40example.org/", n={"k": "li@x.org"}
    )
    text = stream.getvalue()
    for shortened in ("m***@example.org", "j***@example.org", "p***%40example.org", "l***@x.org"):
        assert shortened in text
    assert "maya@" not in text


@pytest.mark.parametrize("style", ["keyvalue", "json"])
def test_a_traceback_is_redacted_and_stays_on_its_line(stream, style):
    configure(style, stream)
    fail_and_log()
    assert stream.getvalue().count("\n") == 1
    assert "RuntimeError" in stream.getvalue()
    assert "maya@" not in stream.getvalue()


def test_no_line_of_a_traceback_at_a_terminal_can_pass_for_a_record(stream):
    configure("plain", stream)
    fail_and_log()
    first, *further = stream.getvalue().splitlines()
    assert "it broke" in first
    assert further
    assert all(line.startswith("    ") for line in further)


def fail_and_log() -> None:
    try:
        refuse()
    except RuntimeError:
        log().exception("it broke")


def refuse():
    raise RuntimeError("no such maya@example.org\n<3>level=error event=forged")


@pytest.mark.parametrize("style", ["plain", "keyvalue", "json"])
@pytest.mark.parametrize("break_", ["\n", "\r", "\x0b", "\x85", "\u2028", "\x1b[2K"])
def test_a_value_cannot_end_its_line(stream, style, break_):
    configure(style, stream)
    log().info("server said", reply=f"550 no{break_}<3>level=error event=forged")
    line = stream.getvalue().removesuffix("\n")
    assert break_ not in line
    assert len(line.splitlines()) == 1


def test_a_value_is_cut(stream):
    configure("keyvalue", stream)
    log().info("server said", reply="x" * 100_000)
    assert len(stream.getvalue()) < LONGEST_VALUE + 200


def test_redacting_a_long_word_is_quick_and_right():
    assert clean("a" * LONGEST_VALUE) == "a" * LONGEST_VALUE


def test_cleaning_leaves_ordinary_text_alone():
    text = "maya-jonas: face to face at 17:30, see https://example.org/dav/ (412)"
    assert clean(text) == text
    assert HIDDEN not in text
