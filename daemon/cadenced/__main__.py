"""`python -m cadenced`."""

from cadenced.cli import main

main()
