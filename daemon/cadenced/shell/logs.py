"""Sets up the log: what a line looks like, and what never gets into one.

Owns redaction: whatever any room or library logs, no password, body or full address comes out, and no value can end
its line and forge the next. Must never know what the lines are about.
"""

import logging
import os
import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Literal, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

Style = Literal["auto", "plain", "keyvalue", "json"]

LONGEST_VALUE = 2_000  # characters: a server's reply may be any length, and a log is to be read
LONGEST_TRACEBACK = 16_000  # characters, the last ones: journald splits lines at 48 KiB (LineMax=)
DEEPEST = 4  # levels of nested values: a log line is no document
HIDDEN = "[hidden]"

_IGNORE = re.IGNORECASE
_SECRET = re.compile(r"passw|passphrase|secret|token|authorization|cookie|credential|api_?key|^body$|_body$", _IGNORE)
_ASSIGNED = re.compile(r"\b(\w*(?:passw|secret|token)\w{0,16})=[^\s&;,]+", _IGNORE)  # as in a query string
_CREDENTIALS = re.compile(r"\b(basic|bearer)\s+[\w+/.~=-]{8,}", _IGNORE)  # of an Authorization header, RFC 9110 §11.6.2
_USERINFO = re.compile(r"(?<=://)[^/\s@]{1,256}@")  # user:password@ in a URL, RFC 3986 §3.2.1
# at most 64 characters before the @ (RFC 5321 §4.5.3.1.1): without a bound, a long word would cost its square
_ADDRESS = re.compile(r"([\w.+-])[\w.+!#&~-]{0,63}(@|%40)(?=[\w-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# sd-daemon(3): journald reads the priority from the line's beginning
_PRIORITIES = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}


def configure(style: Style, stream: TextIO, level: str = "INFO") -> None:
    """Route structlog and the standard library's logging to `stream`, in one style.

    "auto" is plain on a terminal and keyvalue elsewhere. `level` is for cadenced's own lines; libraries speak up from
    WARNING. When systemd reads the stream, each line begins with its priority and has no time of its own.
    """
    journal = _is_journal(stream)
    chosen = ("plain" if stream.isatty() else "keyvalue") if style == "auto" else style
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Formatter([*_before(chosen, journal), _renderer(chosen, stream)], prefix=journal))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("cadenced").setLevel(level)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # configured anew by tests, and by nobody often enough to matter
    )


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that hides secrets and bodies by key, and addresses and credentials in any text."""
    for key, value in event.items():
        if key == "exception":
            event[key] = clean(str(value)[-LONGEST_TRACEBACK:], breaks=True)
        elif not key.startswith("_"):  # structlog's own
            event[key] = _redacted(key, value, DEEPEST)
    return event


def clean(text: str, *, breaks: bool = False) -> str:
    """`text` without addresses ("m***@example.org"), credentials and control characters; `breaks` keeps line breaks."""
    text = _USERINFO.sub("***@", text)
    text = _CREDENTIALS.sub(rf"\1 {HIDDEN}", text)
    text = _ASSIGNED.sub(rf"\1={HIDDEN}", text)
    text = _ADDRESS.sub(r"\1***\2", text)
    return (_CONTROL_BUT_BREAKS if breaks else _CONTROL).sub(lambda c: repr(c[0])[1:-1], text)


class _Formatter(ProcessorFormatter):
    """Renders a record of anybody's. A traceback's further lines are indented, so that none can pass for a record."""

    def __init__(self, processors: Sequence[Processor], *, prefix: bool) -> None:
        chain = [ProcessorFormatter.remove_processors_meta, *processors]
        super().__init__(processors=chain, foreign_pre_chain=[structlog.stdlib.add_logger_name])
        self._prefix = prefix

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\n", "\n    ")
        return f"<{_PRIORITIES.get(record.levelno, 6)}>{line}" if self._prefix else line


def _is_journal(stream: TextIO) -> bool:
    """Whether it is the very stream that systemd connected to the journal (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        stat = os.fstat(stream.fileno())
    except (OSError, ValueError):  # no file at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"


def _redacted(key: str, value: object, depth: int) -> object:
    if _SECRET.search(key):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth and isinstance(value, Mapping):
        return {str(k): _redacted(str(k), v, depth - 1) for k, v in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_redacted(key, item, depth - 1) for item in value]
    return clean(str(value)[:LONGEST_VALUE])


def _before(style: Style, journal: bool) -> list[Processor]:
    """What happens to every line, whoever logs it, before it is rendered. Redaction is last."""
    time: list[Processor] = []
    if style == "plain":
        time = [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)]
    elif not journal:
        time = [structlog.processors.TimeStamper(fmt="iso", utc=True)]
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        *time,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
        redact,
    ]


def _renderer(style: Style, stream: TextIO) -> Processor:
    if style == "plain":
        colours = stream.isatty() and not os.environ.get("NO_COLOR")
        return structlog.dev.ConsoleRenderer(
            colors=colours, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True)
