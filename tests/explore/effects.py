"""The doors of the daemon, each call of which stops there until the explorer lets it happen.

What changes nothing that is explored (alerts, busy times, discovery) is answered at once.
"""

from collections.abc import Generator
from typing import Any, NamedTuple

from cadenced.core.accounts import ORGANIZER, Collection, Scheduling

READS = frozenset({"accounts", "copies", "due_pairs", "load_pair", "pair_names", "sync", "get"})
HOST = "programme@example.org"  # as whom the organizer invites
ANSWERS: dict[str, Any] = {
    "alerts": [],
    "raise_alert": True,
    "clear_alert": False,
    "busy_of": {},
    "busy_seen": {},
    "keep_busy": False,
    "keep_busy_accounts": None,
    "stopped_addresses": {},
    "count_sent": 0,
    "to_read": (),
    "open": None,
    "close": None,
    "scheduling": Scheduling(automatic=True, address=HOST),
    "free_busy_of": {},
    "save_busy": False,
}
OF_NOTHING = {"save_copies": None, "drop_copies": None, "enqueue": 0, "withdraw": [], "wake": None}  # a call with []
PAIR = "maya-jonas"


class Request(NamedTuple):
    """One call at a door: `door` is "calendar", "store" or "mail"."""

    door: str
    name: str
    arguments: tuple[Any, ...]

    @property
    def reads(self) -> bool:
        return self.name in READS

    def __await__(self) -> Generator["Request", Any, Any]:
        return (yield self)


class Door:
    """Fits any of the Protocols of reconciler/ports.py, service/wheel.py and outbox.py."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            if name in ANSWERS:
                return ANSWERS[name]
            if name == "discover":
                return Collection(arguments[0].name, folder_of(arguments[0].name))
            if name in OF_NOTHING and not arguments[0]:
                return OF_NOTHING[name]
            return await Request(self._name, name, arguments)

        return call


def folder_of(account: str) -> str:
    return f"/{account}/"


def whose(account: str) -> str:
    """The organizer's calendar holds what Jonas is invited to."""
    return "jonas" if account == ORGANIZER else account
