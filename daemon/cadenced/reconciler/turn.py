"""One turn of the wheel for one pair: what stands, what should, and the actions between the two.

Owns the order observe → settle → plan → diff, the same for `plan`, `apply` and the daemon. It reads the store and
changes nothing. Must never know how an action is carried out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.accounts import CalendarAccount
from cadenced.core.actions import EventAction, SendMail, is_note
from cadenced.core.availability import Busy
from cadenced.core.cadence import month_of_cycle, roadmap_month
from cadenced.core.diff import Place, cancel, diff
from cadenced.core.events import Copy, ObservedEvent
from cadenced.core.merge import Settled, settle
from cadenced.core.messages import messages, moved
from cadenced.core.model import Horizon, Meeting, Pair, Person, Programme, RoadmapMonth, State
from cadenced.core.plan import Plan, plan_pair
from cadenced.core.records import AccountRow, CopyRow, CopyState, MailState, PairState
from cadenced.reconciler.ours import closed, confirmed, writable
from cadenced.reconciler.ports import Clock, Store
from cadenced.wire.ical import observe, parse_baseline
from cadenced.wire.titles import fields_for

DAILY = timedelta(days=1)  # every pair is looked at once a day: the horizon moves on


@dataclass(frozen=True, slots=True)
class Decision:
    """What one turn decided. `mails` holds what is due now and what will be; `stale` the keys of queued mails whose
    meeting has moved since they were written. `problems` maps an alert's key to what a human should know.
    """

    pair: str
    now: datetime
    meetings: tuple[Meeting, ...] = ()
    actions: tuple[EventAction, ...] = ()
    mails: tuple[SendMail, ...] = ()
    stale: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], CopyRow] = field(default_factory=dict)  # by (uid, account)
    seen_due: datetime | None = None

    @property
    def due_mails(self) -> tuple[SendMail, ...]:
        return tuple(mail for mail in self.mails if mail.due <= self.now)

    @property
    def next_due(self) -> datetime:
        later = (mail.due for mail in self.mails if mail.due > self.now)
        return min((*later, self.now + DAILY))


@dataclass
class Decider:
    """Decides for one pair after the other; remembers what it decided, so that no person is booked twice."""

    store: Store
    clock: Clock
    horizon: Horizon
    programme: Programme
    accounts: Mapping[str, CalendarAccount]
    _meetings: dict[str, tuple[Meeting, ...]] = field(default_factory=dict)
    _pairs_of: dict[str, list[str]] = field(default_factory=dict)
    _in_use: set[str | None] = field(default_factory=set)  # accounts that somebody's events stand in

    def __post_init__(self) -> None:
        for pair in self.programme.pairs.values():
            for person in pair.people:
                self._pairs_of.setdefault(person.id, []).append(pair.id)
                self._in_use.add(person.calendar)

    async def decide(self, name: str, rows: Mapping[str, AccountRow]) -> Decision:
        """The decision for one pair; a pair that left the programme has its future events cancelled."""
        now = self.clock.now()
        state = await self.store.load_pair(name)
        pair = self.programme.pairs.get(name)
        if pair is None:
            return _farewell(name, state, self.accounts, now)
        busy = Busy([(m.start, m.end) for m in await self._elsewhere(pair)])
        decision = _Turn(pair, self._own(pair, state), rows, self.accounts, now, self.horizon).decide(busy)
        self._meetings[name] = decision.meetings
        return decision

    def _own(self, pair: Pair, state: PairState) -> PairState:
        """Without what other people of the programme have in their calendars: an event that was forwarded is theirs."""
        others = self._in_use - {person.calendar for person in pair.people}
        return replace(state, copies=tuple(copy for copy in state.copies if copy.account not in others))

    async def _elsewhere(self, pair: Pair) -> list[Meeting]:
        """The meetings that the two have in other pairs."""
        names = {name for person in pair.people for name in self._pairs_of[person.id]} - {pair.id}
        for name in sorted(names - self._meetings.keys()):
            self._meetings[name] = (await self.store.load_pair(name)).meetings
        return [m for name in names for m in self._meetings[name] if m.state is State.STANDING]


@dataclass
class _Turn:
    pair: Pair
    state: PairState
    rows: Mapping[str, AccountRow]
    accounts: Mapping[str, CalendarAccount]
    now: datetime
    horizon: Horizon

    def decide(self, busy: Busy) -> Decision:
        self.people = self._people()
        self.copies = _copies(self.state.copies)
        settled = list(self._settled())
        plan = plan_pair(self.pair, [each.meeting for each in settled], self.now, self.horizon, busy)
        meetings = tuple(self._declined(meeting) for meeting in plan.meetings)
        stale = tuple(self._stale(meetings))
        ledger = self.state.mails.keys() - set(stale)
        mails = [*messages(self.pair, meetings, ledger, self.now, self.horizon), *self._told(settled, ledger)]
        return Decision(
            pair=self.pair.id,
            now=self.now,
            meetings=meetings,
            actions=tuple(self._actions(meetings, plan)),
            mails=tuple(sorted(mails, key=lambda mail: (mail.due, mail.key))),
            stale=stale,
            gaps=plan.gaps,
            problems=dict(self._problems(meetings)),
            rows={(row.uid, row.account): row for row in self.state.copies},
            seen_due=self.state.next_due,
        )

    def _settled(self) -> Iterator[Settled]:
        """Every meeting that a calendar or the store knows of, as its copies have it."""
        remembered = {meeting.identity: meeting for meeting in self.state.meetings}
        marked = {c.event.identity for copies in self.copies.values() for c in copies.values() if c.event.identity}
        for identity in sorted({*remembered, *marked}):
            copies = self.copies.get(identity.uid, {})
            ours = [copies[account] for account in self.people if account in copies]
            settled = settle(identity, ours, self._deleted(identity.uid), remembered.get(identity))
            if settled is not None:
                yield settled

    def _people(self) -> dict[str, Person]:
        """The two by their accounts, the mentor first. A calendar that they share counts once, as the mentor's, by
        whatever accounts they reach it: it holds one event for both.
        """
        found: dict[str, Person] = {}
        for person in self.pair.people:
            if person.calendar and self._url(person.calendar) not in map(self._url, found):
                found[person.calendar] = person
        return found

    def _url(self, account: str) -> str:
        """Of the account's calendar; before that is known, the name will do."""
        row = self.rows.get(account)
        return row.url if row and row.url else account

    def _deleted(self, uid: str) -> list[str]:
        return [r.account for r in self.state.copies if r.uid == uid and r.state is CopyState.DELETED]

    def _declined(self, meeting: Meeting) -> Meeting:
        """A tombstone outlives the store: a meeting that somebody deleted everywhere is not proposed again."""
        if meeting.state is State.STANDING and self._deleted(meeting.uid):
            return replace(meeting, state=State.DECLINED)
        return meeting

    def _actions(self, meetings: Sequence[Meeting], plan: Plan) -> Iterator[EventAction]:
        yield from self._strays()  # before creations: some servers allow a UID once in all calendars of a login
        usable = [name for name in self.people if writable(self.rows.get(name))]
        whole = len(usable) == len(self.people)
        for meeting in meetings:
            actions = diff(meeting, [self._place(meeting, name) for name in usable], self.now)
            yield from (action for action in actions if whole or not is_note(action))
        people = {name: person.id for name, person in self.people.items()}
        for meeting in plan.dropped:
            copies = {n: c for n, c in self.copies.get(meeting.uid, {}).items() if n in usable and not c.event.problem}
            yield from cancel(meeting, copies, people, self.now)

    def _strays(self) -> Iterator[EventAction]:
        """Copies in a calendar that none of the two uses any more."""
        used = {self._url(name) for name in self.people}
        others = [n for n in self.accounts if writable(self.rows.get(n)) and self._url(n) not in used]
        return _leave(self.copies, others, self.state, "the person's calendar is another one now", self.now)

    def _place(self, meeting: Meeting, account: str) -> Place:
        person = self.people[account]
        return Place(
            person.id,
            account,
            fields_for(self.pair, person, meeting, self._month(meeting)),
            self.copies.get(meeting.uid, {}).get(account),
            closed=any(r.uid == meeting.uid and r.account == account and closed(r) for r in self.state.copies),
        )

    def _month(self, meeting: Meeting) -> RoadmapMonth:
        day = meeting.start.astimezone(ZoneInfo(self.pair.timezone)).date()
        return self.pair.roadmap.months[month_of_cycle(roadmap_month(self.pair, day)) - 1]

    def _stale(self, meetings: Sequence[Meeting]) -> Iterator[str]:
        """Queued mails that name a time which no longer holds, or a meeting that is off."""
        starts = {meeting.uid: meeting.start for meeting in meetings if meeting.state is State.STANDING}
        for name, mail in self.state.mails.items():
            if mail.state is MailState.QUEUED and mail.uid and starts.get(mail.uid) != mail.start:
                yield name

    def _told(self, settled: Sequence[Settled], ledger: set[str]) -> Iterator[SendMail]:
        for each in settled:
            for account in each.overruled:
                mail = moved(self.pair, each.meeting, self.people[account], self.now)
                if mail.key not in ledger:
                    yield mail

    def _problems(self, meetings: Sequence[Meeting]) -> Iterator[tuple[str, str]]:
        wanted = {m.uid for m in meetings if m.state is State.STANDING and m.end > self.now}
        for row in self.state.copies:
            if row.state is CopyState.FOREIGN and closed(row) and row.uid in wanted and row.account in self.people:
                text = f"In the calendar {row.account!r} a foreign event stands where a meeting of {row.pair} belongs"
                text = f"{text} ({row.href}). Remove it, or leave it: cadenced will not touch it."
                yield f"foreign/{row.uid}/{row.account}", text
        for uid, copies in self.copies.items():
            for account, copy in copies.items():
                if copy.event.problem and account in self.people:
                    text = f"An event of {self.pair.id} in the calendar {account!r} cannot be read"
                    yield f"garbled/{uid}/{account}", f"{text}: {copy.event.problem}. It is left alone."


def _copies(rows: Sequence[CopyRow]) -> dict[str, dict[str, Copy]]:
    """What stands, by uid and account. Where a client dropped our properties, the store knows the baseline."""
    found: dict[str, dict[str, Copy]] = {}
    for row in rows:
        if confirmed(row):
            event = observe(row.body)
            if event.baseline is None and not event.problem:
                event = replace(event, baseline=parse_baseline(row.written))
            found.setdefault(row.uid, {})[row.account] = Copy(row.account, row.href, row.etag, event)
    return found


def _farewell(name: str, state: PairState, accounts: Collection[str], now: datetime) -> Decision:
    """A pair that left the programme: its future events go, whoever touched them; nothing more is said. What stands in
    an account that left, too, is out of reach.
    """
    gone = _leave(_copies(state.copies), accounts, state, "the pair is no longer in the programme", now)
    stale = tuple(key for key, mail in state.mails.items() if mail.state is MailState.QUEUED)
    rows = {(row.uid, row.account): row for row in state.copies}
    return Decision(name, now, actions=tuple(gone), stale=stale, rows=rows, seen_due=state.next_due)


def _leave(
    copies: Mapping[str, Mapping[str, Copy]], accounts: Collection[str], state: PairState, reason: str, now: datetime
) -> Iterator[EventAction]:
    """Takes what is still to come out of these accounts. Each copy's own time counts; one that can't be read stays."""
    known = {meeting.uid: meeting for meeting in state.meetings}
    for uid, here in copies.items():
        for account, copy in here.items():
            meeting = _meeting_of(copy.event, known.get(uid)) if account in accounts else None
            if meeting is not None:
                yield from cancel(replace(meeting, reason=reason), {account: copy}, {}, now)


def _meeting_of(event: ObservedEvent, known: Meeting | None) -> Meeting | None:
    """The meeting as one copy has it; `known` is the store's word, for an event that lost our mark."""
    identity = event.identity or (known.identity if known else None)
    if identity is None or event.start is None or event.end is None:
        return None
    times = (event.start, event.end)
    return Meeting(identity, *times, placed=times, rules="")
