"""Keeps mentoring relationships alive: meetings in existing calendars, agendas by mail."""

__version__ = "0.1.0"
