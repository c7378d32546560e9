"""`python -m cadenced`."""

from cadenced.cli.app import main

main()
