"""The inbox: what people answer by mail, and what mail servers say became of ours.

Owns that each mail counts once, and that nothing is lost which nobody understands. Must never know a calendar, nor the
outbox's loop.
"""

from cadenced.inbox.inbox import Inbox

__all__ = ["Inbox"]
