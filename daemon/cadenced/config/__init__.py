"""TOML and environment in, Programme and Settings out. The only room that knows pydantic."""
