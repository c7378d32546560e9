"""What a mail costs that is made to be slow to read, against an ordinary one of the same length."""

from itertools import product
from time import thread_time

from cadenced.wire.replying import LINES, LONGEST, own_lines
from cadenced.wire.words import understood
from tests.bench.stopwatch import stopwatch
from tests.support.programme import utc

NOW = utc("2026-11-24T09:00")
HEADS = ("am ", "on ", "von: ", "from: 1 ", "move to ", "pause until ", "sent from ", "hi ", "todo: ", "-", "")
PIECES = (
    *("1 schrieb ", "am 1 schrieb ", "on 1 wrote ", "... ", "!.", "(", ")", "– ", "—", "auf x verschieben ", "' ", ">"),
    ":-) ",
)
ORDINARY = "We meet at the station and talk about the plan for spring. "


def hostile() -> tuple[float, float, str]:
    """The dearest of all, and as long a mail of plain sentences."""
    dearest, words = max((_cost(head, piece), f"{head}{piece}…") for head, piece in product(HEADS, PIECES))
    return dearest, _cost("", ORDINARY), f"lines of {words!r}"


def _cost(head: str, piece: str) -> float:
    line = (head + piece * (LONGEST // len(piece) + 1))[: LONGEST - 1] + "x"
    text = "\n".join([line] * LINES)
    with stopwatch(thread_time) as seconds:
        understood(text, "de", "Europe/Berlin", NOW, offers=3, name="Jonas Weber")
        own_lines(text)
    return seconds()
