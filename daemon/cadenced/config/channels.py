"""By which channel a meeting comes into a person's calendar: the one that they name, or else what there is (DESIGN §8).

Must never know where a person stands in a file.
"""

from cadenced.core.model import Channel


def channel_of(said: Channel | None, *, calendar: bool, organizer: bool) -> Channel:
    """Their own calendar before invitations, and these before mails alone. ValueError where the one that is named can't
    work.
    """
    if said is Channel.CALDAV and not calendar:
        raise ValueError('is "caldav", which writes into a calendar of theirs, but none is named; say calendar, too')
    if said is Channel.SCHEDULING and not organizer:
        raise ValueError(
            'is "scheduling", which needs an [organizer] in cadenced.toml: '
            "a login on a server that sends invitations by itself"
        )
    if said is not None:
        return said
    if calendar:
        return Channel.CALDAV
    return Channel.SCHEDULING if organizer else Channel.NONE
