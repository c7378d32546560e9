"""Decides. Values in, values out: standard library only; no async, no I/O, no clock (`now` is an argument)."""
