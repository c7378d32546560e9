"""Observe, plan, diff, apply for one pair. Must never know a protocol's bytes, nor SQL, nor mail."""
