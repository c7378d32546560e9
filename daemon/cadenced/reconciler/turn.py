"""One turn of the wheel for one pair: what stands, what should, and the actions between the two.

Owns the order observe → settle → plan → diff, the same for `plan`, `apply` and the daemon. It changes nothing. Must
never know how an action is carried out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from cadenced.core.accounts import CalendarAccount
from cadenced.core.actions import EventAction, Mail, SendMail, is_note
from cadenced.core.cadence import month_of_cycle, roadmap_month
from cadenced.core.diff import Place, cancel, diff
from cadenced.core.hindrances import taken
from cadenced.core.merge import Settled, settle
from cadenced.core.messages import messages, moved, times
from cadenced.core.model import Horizon, Meeting, Pair, Person, RoadmapMonth, State
from cadenced.core.records import AccountRow, CopyState, MailState, PairState
from cadenced.core.scene import Ask, Plan, Scene
from cadenced.reconciler import traces
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.leaving import leave
from cadenced.reconciler.ours import closed, writable
from cadenced.reconciler.surroundings import Surroundings
from cadenced.wire.titles import fields_for


@dataclass
class Turn:
    pair: Pair
    state: PairState
    rows: Mapping[str, AccountRow]
    accounts: Mapping[str, CalendarAccount]
    now: datetime
    horizon: Horizon
    surroundings: Surroundings

    def __post_init__(self) -> None:
        self.people = self._people()
        self.copies = traces.copies(self.state.copies)
        self.refusals = traces.refusals(self.state.copies)
        self.settled = list(self._settled())

    @property
    def scene(self) -> Scene:
        """What there is to plan from."""
        standing = [each.meeting for each in self.settled]
        known = {meeting.uid for meeting in standing}
        graves = {uid: traces.latest(said) for uid, said in self.refusals.items() if uid not in known}
        away = taken(self.surroundings.hindrances, self.surroundings.bookings)
        return Scene(self.pair, standing, self.now, self.horizon, away, {u: b for u, b in graves.items() if b})

    def decide(self, plan: Plan) -> Decision:
        meetings = tuple(self._declined(meeting) for meeting in plan.meetings)
        stale = tuple(self._stale(meetings, {mail.key for mail in self._asking(plan)}))
        ledger = self.state.mails.keys() - set(stale)
        mails = [
            *messages(self.pair, meetings, ledger, self.now, self.horizon),
            *self._told(ledger),
            *(mail for mail in self._asking(plan) if mail.key not in ledger),
        ]
        return Decision(
            pair=self.pair.id,
            now=self.now,
            meetings=meetings,
            actions=tuple(self._actions(meetings, plan)),
            mails=tuple(sorted(mails, key=lambda mail: (mail.due, mail.key))),
            stale=stale,
            gaps=plan.gaps,
            problems=dict(self._problems(meetings, plan)),
            rows={(row.uid, row.account): row for row in self.state.copies},
            seen_due=self.state.next_due,
            again=plan.again,
        )

    def _settled(self) -> Iterator[Settled]:
        """Every meeting that a calendar or the store knows of, as its copies have it."""
        remembered = {meeting.identity: meeting for meeting in self.state.meetings}
        marked = {c.event.identity for copies in self.copies.values() for c in copies.values() if c.event.identity}
        for identity in sorted({*remembered, *marked}):
            copies = self.copies.get(identity.uid, {})
            ours = [copies[account] for account in self.people if account in copies]
            ours += traces.intended(self.state.copies, identity.uid)
            settled = settle(identity, ours, self.refusals.get(identity.uid, {}), remembered.get(identity))
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

    def _declined(self, meeting: Meeting) -> Meeting:
        """A tombstone of which nobody knows the time outlives everything: that meeting is not proposed again."""
        untold = any(said is None for said in self.refusals.get(meeting.uid, {}).values())
        return replace(meeting, state=State.DECLINED) if untold and meeting.state is State.STANDING else meeting

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
        return leave(self.copies, others, self.state, "the person's calendar is another one now", self.now)

    def _place(self, meeting: Meeting, account: str) -> Place:
        person = self.people[account]
        return Place(
            person.id,
            account,
            fields_for(self.pair, person, meeting, self._month(meeting)),
            self.copies.get(meeting.uid, {}).get(account),
            closed=any(
                r.uid == meeting.uid and r.account == account and closed(r, meeting.start) for r in self.state.copies
            ),
        )

    def _month(self, meeting: Meeting) -> RoadmapMonth:
        day = meeting.start.astimezone(ZoneInfo(self.pair.timezone)).date()
        return self.pair.roadmap.months[month_of_cycle(roadmap_month(self.pair, day)) - 1]

    def _stale(self, meetings: Sequence[Meeting], asking: Collection[str]) -> Iterator[str]:
        """Queued mails that name a time which no longer holds, or a meeting that is off, or ask what is settled.
        `asking`: the keys of those that ask what is not.
        """
        starts = {meeting.uid: meeting.start for meeting in meetings if meeting.state is State.STANDING}
        asks = f"{self.pair.id}/{Mail.TIMES}/"
        for name, mail in self.state.mails.items():
            holds = name in asking if name.startswith(asks) else starts.get(mail.uid) == mail.start
            if mail.state is MailState.QUEUED and mail.uid and not holds:
                yield name

    def _told(self, ledger: set[str]) -> Iterator[SendMail]:
        for each in self.settled:
            for account in each.overruled:
                mail = moved(self.pair, each.meeting, self.people[account], self.now)
                if mail.key not in ledger:
                    yield mail

    def _asking(self, plan: Plan) -> Iterator[SendMail]:
        """To both, once for each time that did not suit."""
        declined = {each.meeting.identity: each.declined for each in self.settled}
        for ask in plan.asks:
            accounts = declined.get(ask.meeting.identity, ())
            who = self.people[accounts[0]].id if accounts and accounts[0] in self.people else ""
            yield from times(self.pair, ask, who, self.now)

    def _problems(self, meetings: Sequence[Meeting], plan: Plan) -> Iterator[tuple[str, str]]:
        wanted = {m.uid for m in meetings if m.state is State.STANDING and m.end > self.now}
        for row in self.state.copies:
            foreign = row.state is CopyState.FOREIGN and closed(row, None)
            if foreign and row.uid in wanted and row.account in self.people:
                text = f"In the calendar {row.account!r} a foreign event stands where a meeting of {row.pair} belongs"
                text = f"{text} ({row.href}). Remove it, or leave it: cadenced will not touch it."
                yield f"foreign/{row.uid}/{row.account}", text
        for ask in plan.asks:
            yield f"asked/{ask.meeting.uid}", _ask_text(self.pair, ask)
        for gap in plan.gaps:
            if "face-to-face" in gap:
                yield f"gap/{gap}", f"{self.pair.id}: {gap}. Ask the two, or give them more hours or a longer interval."
        for uid, copies in self.copies.items():
            for account, copy in copies.items():
                if copy.event.problem and account in self.people:
                    text = f"An event of {self.pair.id} in the calendar {account!r} cannot be read"
                    yield f"garbled/{uid}/{account}", f"{text}: {copy.event.problem}. It is left alone."


def _ask_text(pair: Pair, ask: Ask) -> str:
    when = f"{ask.meeting.start.astimezone(ZoneInfo(pair.timezone)):%-d %b %Y %H:%M}"
    offered = "with times to choose from" if ask.times else "for no other time is free"
    return f"{pair.id}: the meeting of {when} needs its people's word: {ask.why}. Both were asked by mail, {offered}."
