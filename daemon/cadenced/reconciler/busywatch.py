"""Reads when an account's people are busy, as often as something changed, and says whose pairs that concerns.

Owns when a calendar is read anew, and that one which cannot be read keeps neither its own account nor any other from
anything: what was last seen of it stays. Must never know what keeps somebody busy, nor what follows from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from cadenced.core.accounts import ORGANIZER, CalendarAccount, Collection
from cadenced.core.busytime import BusyQuery, BusySeen, Span
from cadenced.core.errors import AccessError, ConfigError, MissingError, PermanentError, TemporaryError
from cadenced.core.model import Horizon, Person, Programme
from cadenced.core.records import AccountRow, AccountStatus
from cadenced.reconciler.bugs import told_as_bug
from cadenced.reconciler.guestbusy import GuestBusy
from cadenced.reconciler.ports import Calendars, Clock, Store
from cadenced.wire.ical import observe

BEYOND = timedelta(days=130)  # of the horizon: the last period may be a quarter, and begins within it
ANEW = timedelta(days=1)  # a calendar is read at least so often, for the window moves, and listed, for new ones appear
BLIND = timedelta(hours=1)  # between readings of a calendar whose server can't tell whether it changed
REST = timedelta(hours=1)  # until what a server refuses is asked for again
PAUSE = timedelta(minutes=5)  # until a calendar that was not to be had is asked for again: it may be a slow one


@dataclass
class _Watched:
    """One account: its calendars as last read, when they were listed, and until when what is left alone.

    `whole`: URLs of what was read since the start, with nothing of it missed. `alerted`: whether a human was told that
    something of it can't be read; None while nobody knows.
    """

    seen: dict[str, BusySeen]
    calendars: tuple[Collection, ...] = ()
    listed: datetime | None = None
    rests: dict[str, datetime] = field(default_factory=dict)  # by URL; "" is the list itself
    refused: set[str] = field(default_factory=set)  # URLs, or "", of what is kept from us
    whole: set[str] = field(default_factory=set)
    alerted: bool | None = None

    def rest(self, what: str, until: datetime, *, refused: bool = False) -> None:
        self.rests[what] = until
        if refused:
            self.refused.add(what)

    def resting(self, what: str, now: datetime) -> bool:
        return what in self.rests and now < self.rests[what]


@dataclass
class BusyWatch:
    calendars: Calendars
    store: Store
    clock: Clock
    horizon: Horizon
    programme: Programme
    accounts: Mapping[str, CalendarAccount]
    unlisted: dict[str, str] = field(default_factory=dict)  # why it is not known which calendars an account has
    _watched: dict[str, _Watched] = field(default_factory=dict)
    _people: dict[str, list[Person]] = field(default_factory=dict)  # by account
    _pairs: dict[str, list[str]] = field(default_factory=dict)
    _begun: bool = False

    def __post_init__(self) -> None:
        asking = self.calendars, self.store, self.clock, self.window
        self.guests = GuestBusy(*asking, self.programme, self.accounts)
        for pair in self.programme.pairs.values():
            for person in pair.people:
                if person.calendar is not None:
                    self._people.setdefault(person.calendar, []).append(person)
                    self._pairs.setdefault(person.calendar, []).append(pair.id)

    async def begin(self) -> None:
        """Forgets the busy time of accounts that left the configuration: once."""
        if not self._begun:
            self._begun = True
            await self.store.keep_busy_accounts(self.accounts.keys() | self.guests.keys)

    async def look(self, row: AccountRow, before: AccountRow | None) -> frozenset[str]:
        """Reads what changed in the calendars of an account that was just looked at; `before` is its row until then.
        The pairs of the people whose busy time differs now. Raises only StoreError.
        """
        name = row.account
        if name == ORGANIZER:
            return await self.guests.look(row) if row.status is AccountStatus.OK else frozenset()
        if name not in self._watched:
            self._watched[name] = await self._remembered(name)
        watched = self._watched[name]
        if before is None or before.fingerprint != row.fingerprint:
            watched.listed, watched.rests = None, {}
        if row.status is not AccountStatus.OK or name not in self._people:
            return frozenset()
        changed = await self._list(watched, name)
        reader = _Reader(self, watched, row)
        for collection in watched.calendars:
            changed |= await reader.read(collection)
        if watched.alerted and not watched.refused and watched.whole >= {each.url for each in watched.calendars}:
            await self.store.clear_alert(_alert(name), self.clock.now())
            watched.alerted = False
        return frozenset(self._pairs[name]) if changed else frozenset()

    async def _remembered(self, name: str) -> _Watched:
        """As before a restart: what was read within a day need not be listed again."""
        seen = await self.store.busy_seen(name)
        listed = min((each.at for each in seen.values()), default=None)
        return _Watched(seen, tuple(Collection(name, url) for url in sorted(seen)), listed)

    async def _list(self, watched: _Watched, name: str) -> bool:
        """Brings the list of calendars to read up to date, daily. Whether one that kept somebody busy left it."""
        now = self.clock.now()
        if (watched.listed is not None and now < watched.listed + ANEW) or watched.resting("", now):
            return False
        try:
            with told_as_bug(name):
                found = await self.calendars.to_read(self.accounts[name])
        except TemporaryError:
            watched.rest("", now + PAUSE)
            return False
        except (ConfigError, AccessError, MissingError, PermanentError) as error:
            watched.rest("", now + REST, refused=True)
            self.unlisted[name] = f"when its people are busy is not known: {error}"
            await self.tell(watched, name, f"When the people of the account {name!r} are busy is not known: {error}")
            return False
        self.unlisted.pop(name, None)
        urls = {each.url for each in found}
        watched.calendars, watched.listed, watched.alerted = found, now, watched.alerted is not False
        watched.seen = {url: seen for url, seen in watched.seen.items() if url in urls}
        watched.refused &= urls
        return await self.store.keep_busy(name, urls)

    async def tell(self, watched: _Watched, name: str, text: str) -> None:
        watched.alerted = True
        await self.store.raise_alert(_alert(name), text, self.clock.now())

    def window(self) -> Span:
        """From this morning (in UTC, so that it stays the same all day) to where periods end."""
        now = self.clock.now()
        first = datetime.combine(now.date(), time(), now.tzinfo)
        return first, first + self.horizon.ahead + BEYOND

    async def query(self, name: str) -> BusyQuery:
        """In the zone of the account's person; where several share it, of the first."""
        people, account = self._people[name], self.accounts[name]
        ours = {}
        for copy in await self.store.copies(name):
            event = observe(copy.body) if copy.body else None
            if event is not None and event.start is not None and event.end is not None:
                ours[copy.uid] = (event.start, event.end)
        addresses = {each.email.lower() for each in people} | {account.address.lower(), account.username.lower()}
        return BusyQuery(self.window(), people[0].timezone, frozenset(addresses - {""}), ours)


@dataclass
class _Reader:
    """One look at the calendars of one account."""

    watch: BusyWatch
    watched: _Watched
    row: AccountRow
    _query: BusyQuery | None = None

    async def read(self, collection: Collection) -> bool:
        """Whether the calendar keeps somebody busy at other times than before."""
        now, url = self.watch.clock.now(), collection.url
        if self.watched.resting(url, now):
            return False
        try:
            with told_as_bug(self.row.account):
                changed = await self._read(collection, now)
        except TemporaryError:
            self.watched.rest(url, now + PAUSE)
        except MissingError:
            self.watched.rest(url, now + REST)
            self.watched.listed = None  # there, it will be missing too
        except (AccessError, ConfigError, PermanentError) as error:
            self.watched.rest(url, now + REST, refused=True)
            await self.watch.tell(self.watched, self.row.account, self._refused(collection, error))
        else:
            self.watched.refused.discard(url)
            return changed
        return False

    async def _read(self, collection: Collection, now: datetime) -> bool:
        """What the sync of the written calendar has brought already tells whether it changed."""
        account, url = self.watch.accounts[self.row.account], collection.url
        written = url == self.row.url and self.row.token != ""
        mark = self.row.token if written else await self.watch.calendars.mark(account, collection)
        seen = self.watched.seen.get(url)
        if seen is not None and seen.mark == mark and now < seen.at + (ANEW if mark else BLIND):
            return False
        if self._query is None:
            self._query = await self.watch.query(account.name)
        reading = await self.watch.calendars.busy(account, collection, self._query)
        self.watched.whole.add(url)
        if reading.missed:
            self.watched.whole.remove(url)
            await self.watch.tell(self.watched, account.name, self._missed(collection, reading.missed))
        latest = BusySeen(url, mark, now)
        changed = await self.watch.store.save_busy(account.name, latest, reading.times)
        self.watched.seen[url] = latest
        return changed

    def _missed(self, collection: Collection, count: int) -> str:
        name, which = self.row.account, collection.name or collection.url
        are = "1 event is read for its" if count == 1 else f"{count} events are read for their"
        words = f'Of the calendar "{which}" of the account {name!r}, {are} first time alone, or not at all: there are '
        words = f"{words}too many, or they recur in ways that are not followed. Beyond that they count as free. If the "
        return f"{words}calendar need not be read, name the others: read = […] in [calendars.{name}]"

    def _refused(self, collection: Collection, error: Exception) -> str:
        name = self.row.account
        words = f'The calendar "{collection.name or collection.url}" of the account {name!r} does not tell when its '
        return f"{words}person is busy: {error} If it need not, name the others: read = […] in [calendars.{name}]"


def _alert(account: str) -> str:
    return f"busy/{account}"
