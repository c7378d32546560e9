"""TOML and environment in, Programme and Settings out. The only room that knows pydantic."""

from cadenced.config.installation import Installation, find_directory, load, write_installation
from cadenced.config.problems import ConfigProblems, Problem

__all__ = ["ConfigProblems", "Installation", "Problem", "find_directory", "load", "write_installation"]
