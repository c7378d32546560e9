"""What somebody means, for tests: heard on a Saturday in Berlin."""

from cadenced.wire.words import understood
from tests.support.programme import utc

NOW = utc("2026-11-28T17:00")  # a Saturday


def heard(text, language="en", *, timezone="Europe/Berlin", now=NOW, **more):
    return understood(text, language, timezone, now, **more)


def meant(text, language="en", **more):
    return [str(each.meant) for each in heard(text, language, **more)]


def one(text, language="en", **more):
    [said] = heard(text, language, **more)
    return said
