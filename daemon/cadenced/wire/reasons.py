"""Why people are asked for another time, in a sentence: by who can't come, whether they still could, and to what.

Owns those sentences, which both parts of a mail say alike. Must never know how it was found out.
"""

from cadenced.wire.languages import Words
from cadenced.wire.times import When


def N_(text: str) -> str:  # noqa: N802 — the name that gettext's tools look for
    """Marks a text for the catalogues."""
    return text


# By cause: of a call that is still to come, of one that is over, and of a meeting alike.
_CANT = {
    "reader": (
        N_("You can't come to your call with %(other)s on %(day)s at %(times)s."),
        N_("You couldn't come to your call with %(other)s on %(day)s at %(times)s."),
        N_("You can't come to your meeting with %(other)s on %(day)s at %(times)s."),
        N_("You couldn't come to your meeting with %(other)s on %(day)s at %(times)s."),
    ),
    "other": (
        N_("%(other)s can't come to your call on %(day)s at %(times)s."),
        N_("%(other)s couldn't come to your call on %(day)s at %(times)s."),
        N_("%(other)s can't come to your meeting on %(day)s at %(times)s."),
        N_("%(other)s couldn't come to your meeting on %(day)s at %(times)s."),
    ),
    "both": (
        N_("Neither of you can come to your call with %(other)s on %(day)s at %(times)s."),
        N_("Neither of you could come to your call with %(other)s on %(day)s at %(times)s."),
        N_("Neither of you can come to your meeting with %(other)s on %(day)s at %(times)s."),
        N_("Neither of you could come to your meeting with %(other)s on %(day)s at %(times)s."),
    ),
    "somebody": (
        N_("One of you can't come to your call with %(other)s on %(day)s at %(times)s."),
        N_("One of you couldn't come to your call with %(other)s on %(day)s at %(times)s."),
        N_("One of you can't come to your meeting with %(other)s on %(day)s at %(times)s."),
        N_("One of you couldn't come to your meeting with %(other)s on %(day)s at %(times)s."),
    ),
}
# Of a call, and of a meeting.
_UNFIT = {
    "busy": (
        N_("One of you has something else at the time of your call with %(other)s on %(day)s at %(times)s."),
        N_("One of you has something else at the time of your meeting with %(other)s on %(day)s at %(times)s."),
    ),
    "neighbour": (
        N_("Your call with %(other)s on %(day)s at %(times)s no longer fits between your other meetings."),
        N_("Your meeting with %(other)s on %(day)s at %(times)s no longer fits between your other meetings."),
    ),
}


def why(cause: str, other: str, at: When, words: Words, *, call: bool) -> str:
    """`cause` is a letter's: "reader", "other", "both", "somebody", "busy" or "neighbour"; `other` a first name."""
    if cause in _CANT:
        over = not at.soon
        text = _CANT[cause][(0 if call else 2) + over]
    else:
        text = _UNFIT[cause][0 if call else 1]
    return words.gettext(text, other=other, day=at.long, times=at.times)
