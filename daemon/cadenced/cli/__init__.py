"""One verb per file. Reads options, prints results; decides nothing."""


def main() -> None:
    """Run the command line."""
