"""How the programme stands, as plain data, from what the store last knew: no server is asked.

Owns the shape of `status --json`. Must never know a terminal.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cadenced.config import ConfigProblems, Installation
from cadenced.config.problems import about, nearest
from cadenced.core.answers import paused, took_place
from cadenced.core.availability import in_ranges
from cadenced.core.bookings import Bookings
from cadenced.core.due import local_day
from cadenced.core.errors import ConfigError
from cadenced.core.explaining import CAUSES
from cadenced.core.hindrances import SOFT
from cadenced.core.messages import times
from cadenced.core.model import Horizon, Identity, Kind, Meeting, Pair, Programme, State
from cadenced.core.records import AccountRow, AlertRow
from cadenced.core.scene import Ask
from cadenced.reconciler.surroundings import Neighbourhood, Surroundings
from cadenced.service.daemon import RELOAD_ERROR
from cadenced.service.report import meeting_json, rfc3339
from cadenced.shell.clock import SystemClock
from cadenced.shell.store import Store
from cadenced.wire.titles import called

LIMIT, PAUSE, END = "limit", "pause", "end"
TOLD = {LIMIT: "is over their limit", PAUSE: "pauses", END: "has ended by"} | {
    str(cause): words for cause, words in CAUSES.items()
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A coming meeting that stands, and what keeps one of its people from it, or both: a Cause, or one of these."""

    meeting: Meeting
    person: str  # empty for both
    cause: str
    words: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"meeting": str(self.meeting.identity), "person": self.person, "cause": self.cause}


@dataclass(frozen=True, slots=True)
class PairStatus:
    """How one pair stands. `pair` is None when the programme can't be read or has lost it: times are in UTC then.

    `last_contact` is the end of its last meeting. `asked`: the meetings for which both were asked for a time; `missed`:
    the UIDs of those of which one of them said that it did not take place.
    """

    name: str
    pair: Pair | None
    meetings: tuple[Meeting, ...]
    now: datetime
    conflicts: tuple[Conflict, ...] = ()
    asked: frozenset[Identity] = frozenset()
    missed: frozenset[str] = frozenset()

    @property
    def timezone(self) -> str:
        return self.pair.timezone if self.pair else "UTC"

    @property
    def coming(self) -> list[Meeting]:
        return sorted((m for m in self.meetings if m.end > self.now), key=lambda m: m.start)

    @property
    def _next(self) -> Meeting | None:
        return next((m for m in self.coming if m.state is State.STANDING), None)

    @property
    def next_start(self) -> datetime | None:
        return self._next.start if self._next else None

    @property
    def how(self) -> str:
        if self._next is None:
            return ""
        kind = "face to face" if self._next.identity.kind is Kind.FACE_TO_FACE else "call"
        return f"{kind}, placed by a person" if self._next.pinned else kind

    @property
    def last_contact(self) -> datetime | None:
        past = (m for m in self.meetings if m.end <= self.now and m.state is State.STANDING)
        return max((m.end for m in past if m.uid not in self.missed), default=None)

    @property
    def off(self) -> list[str]:
        """Of each coming meeting that is off, when it was to be and what becomes of it."""
        return [f"{self._day(m)}: {self._why_off(m)}" for m in self.coming if m.state is not State.STANDING]

    @property
    def in_the_way(self) -> list[str]:
        """Of each conflict, on which day and what it is."""
        people = {person.id: called(person.name) for person in self.pair.people} if self.pair else {}
        found = []
        for each in self.conflicts:
            who, name = people.get(each.person, "the pair"), each.words and f" ({each.words})"
            asked = "; both were asked" if each.meeting.identity in self.asked else ""
            found.append(f"{self._day(each.meeting)}: {who} {TOLD[each.cause]} then{name}{asked}")
        return found

    def _day(self, meeting: Meeting) -> str:
        return f"{meeting.start.astimezone(ZoneInfo(self.timezone)):%-d %b}"

    def _why_off(self, meeting: Meeting) -> str:
        if meeting.state is State.CANCELLED:
            return "cancelled"
        asked = meeting.identity in self.asked
        return f"somebody can't, {'both were asked' if asked else 'another time is looked for'}"

    @property
    def waiting(self) -> list[str]:
        """Of these, what waits for a human, and not for a time that is still looked for."""
        asked = (m for m in self.coming if m.state is State.DECLINED and m.identity in self.asked)
        return [*(f"{self._day(m)}: {self._why_off(m)}" for m in asked), *self.in_the_way]

    @property
    def paused(self) -> bool:
        return self.pair is not None and in_ranges(local_day(self.timezone, self.now), self.pair.pause)

    @property
    def ended(self) -> bool:
        return self.pair is not None and (self.pair.end or date.max) < local_day(self.timezone, self.now)

    def as_json(self) -> dict[str, Any]:
        last = self.last_contact
        return {
            "pair": self.name,
            "last_contact": rfc3339(last, self.timezone) if last else None,
            "coming": [meeting_json(m, self.timezone) | {"asked": m.identity in self.asked} for m in self.coming],
            "conflicts": [each.as_json() for each in self.conflicts],
        }


@dataclass(frozen=True, slots=True, repr=False)  # asyncio.run() asks for that of what comes back: seconds, of thousands
class Status:
    """How the programme stands, from what the store last knew; nothing is asked of any server. `mails` are ours by what
    became of them, `answers` those that came in.
    """

    now: datetime
    pairs: tuple[PairStatus, ...]
    accounts: tuple[AccountRow, ...]
    alerts: tuple[AlertRow, ...]
    mails: Mapping[str, int]
    answers: Mapping[str, int]
    config_error: str
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "now": rfc3339(self.now, "UTC"),
            "pairs": [each.as_json() for each in self.pairs],
            "calendars": {r.account: {"status": str(r.status), "problem": r.problem} for r in self.accounts},
            "alerts": [{"key": a.key, "text": a.text, "raised": rfc3339(a.raised_at, "UTC")} for a in self.alerts],
            "mail": dict(self.mails),
            "answers": dict(self.answers),
            "config_error": self.config_error or None,
            "warnings": list(self.warnings),
        }


async def status_once(installation: Installation, now: datetime | None = None, only: str | None = None) -> Status:
    """How things stand, by what was last seen: of all pairs, or of one, which may have left and still have events.
    ConfigError when there is none of that name. A programme with errors is shown as it last was; ConfigProblems when
    only what can't be read may speak of the pair.
    """
    store = Store.snapshot(installation.settings.store_path())
    try:
        problem, programme = await store.get_meta(RELOAD_ERROR), Programme({}, {})
        known = await store.pair_names()
        try:
            programme = installation.loader.load()
        except ConfigProblems as problems:
            if only is not None and only not in known:
                raise
            problem = str(problems)
        moment = SystemClock().now() if now is None else now
        names, alerts = programme.pairs or known, await store.alerts()
        warnings = programme.warnings
        if only is not None:
            names = [known_pair(only, {*programme.pairs, *known})]
            alerts = [each for each in alerts if pair_of(each) == only]
            warnings = about(warnings, programme.pairs.get(only))
        return Status(
            moment,
            tuple(await pairs_stand(store, programme, names, installation.settings.horizon(), moment)),
            tuple(row for _, row in sorted((await store.accounts()).items())),
            tuple(alerts),
            await store.mail_totals(),
            await store.mails_read(),
            problem,
            warnings,
        )
    finally:
        store.close()


def known_pair(name: str, names: Iterable[str]) -> str:
    """The name. ConfigError, with the nearest of these, when it is none of them."""
    known = set(names)
    if name not in known:
        raise ConfigError(f'"{name}" is no pair in pairs.toml{nearest(name, known)}')
    return name


def pair_of(alert: AlertRow) -> str:
    """The pair that an alert is about; nothing where it is about more than one."""
    first, _, rest = alert.key.partition("/")
    return rest.partition("/")[0] if first == "pair" else ""


async def pairs_stand(
    store: Store, programme: Programme, names: Iterable[str], horizon: Horizon, now: datetime
) -> list[PairStatus]:
    """How these pairs stand, in order. Of those that are not in the programme less is known."""
    known = await store.overview()
    around = Neighbourhood(store, horizon, programme, await store.busy_of_all())
    for name in programme.pairs:
        around.decided(name, known.meetings.get(name, ()))
    found = []
    for name in sorted(names):
        meetings, pair = known.meetings.get(name, ()), programme.pairs.get(name)
        pair = pair and paused(pair, known.answers.get(name, ()))
        coming = any(m.state is State.STANDING and m.end > now for m in meetings)
        conflicts = _conflicts(pair, meetings, await around.around(pair, now), now) if pair and coming else ()
        asked = frozenset(_asked(pair, meetings, known.asked.get(name, ()), now) if pair else ())
        missed = took_place(known.answers.get(name, ()))[1]
        found.append(PairStatus(name, pair, meetings, now, tuple(conflicts), asked, missed))
    return found


def _conflicts(pair: Pair, meetings: Iterable[Meeting], around: Surroundings, now: datetime) -> Iterator[Conflict]:
    """Each cause once for each person and meeting."""
    hard = sorted(each for each in around.hindrances if each.cause not in SOFT and each.end > now)
    standing = sorted((each for each in meetings if each.state is State.STANDING), key=lambda m: m.start)
    limits = [*_limits(standing, around.bookings)]
    for meeting in (each for each in standing if each.end > now):
        over = (each for each in hard if each.start < meeting.end and meeting.start < each.end)
        yield from dict.fromkeys(Conflict(meeting, each.person, str(each.cause), each.words) for each in over)
        yield from (each for each in limits if each.meeting is meeting)
        day = local_day(pair.timezone, meeting.start)
        if meeting.touched and not meeting.pinned and in_ranges(day, pair.closed):
            yield Conflict(meeting, "", PAUSE if in_ranges(day, pair.pause) else END)


def _limits(standing: Sequence[Meeting], known: Bookings | None) -> Iterator[Conflict]:
    """Where somebody has more than they give: a limit that is lowered moves nothing that stands already."""
    if known is None or not known.limited:
        return
    bookings = known.copy()
    for each in standing:
        bookings.meet(each.start, each.end)
    for each in standing:
        bookings.meet(each.start, each.end, -1)
        if over := bookings.over(each.start, each.end):
            yield Conflict(each, over.person, LIMIT, over.limit)
        bookings.meet(each.start, each.end)


def _asked(pair: Pair, meetings: Iterable[Meeting], mails: Collection[str], now: datetime) -> Iterator[Identity]:
    """The meetings for which one of these mails of the ledger asks for another time than theirs."""
    for meeting in meetings if mails else ():
        if any(mail.key in mails for mail in times(pair, Ask(meeting, (), ""), (), now)):
            yield meeting.identity
