"""`cadenced demo`: see it work, without a server or an account of one's own."""


def demo() -> None:
    """Show the real daemon at work on real servers, on loopback. On a terminal it goes on until Ctrl-C."""
    from cadenced.cli.demo_story import tell  # noqa: PLC0415 - brings clients that no other verb needs

    tell()
