"""The organizer, whose server puts meetings into its guests' calendars (DESIGN §8): as whom it invites, and what its
server brought.

Must never know which meetings there are, nor what a guest's answer means.
"""

from dataclasses import dataclass, field

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Collection
from cadenced.core.errors import ConfigError
from cadenced.core.participation import Guest
from cadenced.core.records import CopyRow
from cadenced.reconciler.ports import Calendars
from cadenced.wire.attendees import organizer_of


@dataclass(frozen=True, slots=True)
class Host:
    """The organizer's address in small letters: empty while its server was not asked, None where there is none."""

    address: str | None = None

    def brought(self, row: CopyRow) -> bool:
        """Whether a copy was put there by the organizer's server. Nothing is ever written to it."""
        if self.address is None or row.account == ORGANIZER or "ORGANIZER" not in row.body:
            return False
        try:
            found = organizer_of(row.body)
        except ValueError:
            return False
        return found != "" and self.address in ("", found)


@dataclass
class Organizer:
    """Its server is asked once. `account` is None where the configuration has no organizer."""

    calendars: Calendars
    account: CalendarAccount | None
    host: Host = field(init=False)

    def __post_init__(self) -> None:
        self.host = Host(None if self.account is None else "")

    async def guest(self, url: str) -> Guest:
        """As invitations name the organizer, whose calendar is at `url`. Raises as address_of()."""
        if self.account is None:
            raise ConfigError("there is no [organizer] in cadenced.toml")
        if not self.host.address:
            collection = Collection(self.account.name, url)
            self.host = Host((await address_of(self.calendars, self.account, collection)).lower())
        return Guest(self.host.address or "", self.account.shown)


async def address_of(calendars: Calendars, account: CalendarAccount, collection: Collection) -> str:
    """The address that the organizer's server knows it by. ConfigError where the server can't invite anybody for it;
    else what Calendars raises.
    """
    found = await calendars.scheduling(account, collection)
    if not found.automatic:
        raise ConfigError(
            f"{account.section}: the server sends no invitations by itself (RFC 6638), so nobody would get any; name a "
            "login on one that does, or leave the section out"
        )
    if not found.address:
        raise ConfigError(f"{account.section}: the server knows no mail address of the login, so it can invite nobody")
    return found.address
