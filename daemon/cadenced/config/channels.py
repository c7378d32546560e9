"""By which channel a meeting comes into a person's calendar: the one that they name, or else what there is (DESIGN §8).

Must never know where a person stands in a file.
"""

from cadenced.core.model import Channel


def channel_of(said: Channel | None, *, calendar: bool, organizer: bool, mailbox: bool) -> Channel:
    """Their own calendar before invitations, by a server before by mail, and these before mails alone. ValueError where
    the one that is named can't work.
    """
    if said is Channel.CALDAV and not calendar:
        raise ValueError('is "caldav", which writes into a calendar of theirs, but none is named; say calendar, too')
    if said is Channel.SCHEDULING and not organizer:
        raise ValueError(
            'is "scheduling", which needs an [organizer] in cadenced.toml: '
            "a login on a server that sends invitations by itself"
        )
    if said is Channel.INVITE and not mailbox:
        raise ValueError(
            'is "invite", which needs a [mailbox] in cadenced.toml: invitations are answered by mail, and it must be '
            "read what comes back"
        )
    if said is not None:
        return said
    ways = {Channel.CALDAV: calendar, Channel.SCHEDULING: organizer, Channel.INVITE: mailbox}
    return next((channel for channel, works in ways.items() if works), Channel.NONE)
