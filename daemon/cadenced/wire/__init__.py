"""Translates between bytes and values, through libraries. No I/O, no decisions."""
