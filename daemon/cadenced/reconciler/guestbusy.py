"""Asks the organizer's server when guests are busy who gave no account of their own (RFC 6638 §5).

Owns how often it is asked, and that a meeting of ours keeps its own guests from nothing. Must never know what follows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Collection
from cadenced.core.busytime import BusySeen, Span, apart_from
from cadenced.core.errors import AccessError, BugError, ConfigError, MissingError, PermanentError, TemporaryError
from cadenced.core.model import Person, Programme
from cadenced.core.records import AccountRow
from cadenced.reconciler.bugs import told_as_bug
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.wire.ical import observe

AGAIN = timedelta(hours=1)  # until somebody is asked about again, for the server can't tell whether anything changed
REFUSED = timedelta(days=1)  # until a server is asked again that tells nothing
ALERT = f"busy/{ORGANIZER}"
AT_ONCE = 50  # people in one question: its answer keeps no look waiting


@dataclass
class GuestBusy:
    calendars: Calendars
    store: Store
    clock: Clock
    window: Callable[[], Span]
    programme: Programme
    accounts: Mapping[str, CalendarAccount]
    _people: dict[str, Person] = field(default_factory=dict)  # by busy key
    _pairs: dict[str, list[str]] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)
    _rests: datetime | None = None

    def __post_init__(self) -> None:
        for pair in self.programme.pairs.values():
            for person in pair.people:
                if person.calendar is None and person.busy_key is not None:
                    self._people[person.busy_key] = person
                    self._pairs.setdefault(person.busy_key, []).append(pair.id)

    @property
    def keys(self) -> frozenset[str]:
        """What their busy time is kept under."""
        return frozenset(self._people)

    async def look(self, row: AccountRow) -> frozenset[str]:
        """Asks about those whose turn it is; `row` is the organizer's, which was just looked at. The pairs of whom is
        busy otherwise than before. Whoever the server tells nothing of is free. Raises only StoreError.
        """
        now = self.clock.now()
        asked = [key for key in self._people if key not in self._due or self._due[key] <= now][:AT_ONCE]
        if not asked or (self._rests is not None and now < self._rests):
            return frozenset()
        try:
            with told_as_bug(ORGANIZER):
                changed = await self._asked(row, asked, now)
        except TemporaryError:
            return frozenset()  # at the next look
        except BugError as error:
            self._rests = now + AGAIN
            await self.store.raise_alert(ALERT, f"When people without an account are busy is not known: {error}", now)
            return frozenset()
        except (AccessError, ConfigError, MissingError, PermanentError):
            self._rests = now + REFUSED
            return frozenset()
        await self.store.clear_alert(ALERT, now)
        return changed

    async def _asked(self, row: AccountRow, asked: Sequence[str], now: datetime) -> frozenset[str]:
        addresses = [self._people[key].email for key in asked]
        told = await self.calendars.free_busy_of(
            self.accounts[ORGANIZER], Collection(ORGANIZER, row.url), addresses, self.window()
        )
        changed: set[str] = set()
        for key in asked:
            self._due[key] = now + AGAIN
            times = told.get(self._people[key].email.lower(), ())
            free = apart_from(times, await self._ours(key))
            if await self.store.save_busy(key, BusySeen(row.url, "", now), free):
                changed |= set(self._pairs[key])
        return frozenset(changed)

    async def _ours(self, key: str) -> list[Span]:
        """When their meetings with us are: what the server tells of is busy with these, too."""
        found = []
        for pair in self._pairs[key]:
            for copy in (await self.store.load_pair(pair)).copies:
                event = observe(copy.body) if copy.account == ORGANIZER and copy.body else None
                if event is not None and event.start is not None and event.end is not None:
                    found.append((event.start, event.end))
        return found
