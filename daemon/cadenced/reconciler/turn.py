"""One turn of the wheel for one pair: what stands, what should, and the actions between the two.

Owns the order observe → settle → plan → diff, the same for `plan`, `apply` and the daemon. It changes nothing. Must
never know how an action is carried out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cadenced.core.accounts import INVITED, ORGANIZER, CalendarAccount
from cadenced.core.actions import CancelEvent, EventAction, Mail, SendMail, is_note
from cadenced.core.answers import Answer, stopped, took_place
from cadenced.core.cadence import month_of_cycle, roadmap_month
from cadenced.core.diff import Place, cancel, diff
from cadenced.core.events import Baseline, Copy
from cadenced.core.heard import heard
from cadenced.core.hindrances import taken
from cadenced.core.merge import BY_MAIL, Settled, settle
from cadenced.core.messages import messages, moved, times
from cadenced.core.model import Horizon, Meeting, Pair, Person, RoadmapMonth, State
from cadenced.core.records import AccountRow, MailState, PairState
from cadenced.core.scene import Plan, Scene
from cadenced.reconciler import traces
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.guests import Guests, key
from cadenced.reconciler.leaving import invited, leave
from cadenced.reconciler.organizer import Host
from cadenced.reconciler.ours import closed, writable
from cadenced.reconciler.outdated import outdated
from cadenced.reconciler.problems import Problems
from cadenced.reconciler.surroundings import Surroundings
from cadenced.wire.languages import BUILT_IN, Languages
from cadenced.wire.titles import fields_for, invitation_for

SOON = timedelta(minutes=1)  # from a write until the pair is looked at again, for what the server made of it


@dataclass
class Turn:
    pair: Pair
    state: PairState
    rows: Mapping[str, AccountRow]
    accounts: Mapping[str, CalendarAccount]
    now: datetime
    horizon: Horizon
    host: Host = field(default_factory=Host)
    languages: Languages = BUILT_IN

    def __post_init__(self) -> None:
        self.desks = self._desks()
        self.silent = stopped(self.state.answers)
        self.copies = traces.copies([row for row in self.state.copies if not self.host.brought(row)])
        self.unsaid = self._unsaid()
        self.guests = Guests(self.pair, self.state.copies, self.copies, self.host)
        self.refusals = self._refusals()
        self.answers = self._answers()
        self.settled = list(self._settled())

    @property
    def standing(self) -> tuple[Meeting, ...]:
        """What the calendars have, whatever the store remembers."""
        return tuple(each.meeting for each in self.settled)

    def scene(self, around: Surroundings) -> Scene:
        """What there is to plan from."""
        standing = self.standing
        known = {meeting.uid for meeting in standing}
        graves = {uid: traces.latest(said) for uid, said in self.refusals.items() if uid not in known}
        away = taken(around.hindrances, around.bookings)
        buried = {uid: said for uid, said in graves.items() if said}
        fallen = [meeting for meeting in self.state.fallen if meeting.uid not in known]
        return Scene(self.pair, standing, self.now, self.horizon, away, buried, fallen)

    def overlooks(self, plan: Plan) -> bool:
        """Whether people answered about meetings of the plan that neither a calendar nor the store knew of, as after a
        lost database.
        """
        known = {meeting.uid for meeting in self.standing}
        return any(meeting.uid in self.answers and meeting.uid not in known for meeting in plan.meetings)

    def decide(self, plan: Plan) -> Decision:
        meetings = tuple(self._declined(meeting) for meeting in plan.meetings)
        asking = {mail.key for mail in self._asking(plan)}
        stale = tuple(outdated(self.pair, self.state.mails, meetings, asking, silent=self.silent, now=self.now))
        ledger = self.state.mails.keys() - set(stale)
        met, missed = took_place(self.state.answers)
        mails = [
            *messages(self.pair, meetings, ledger, self.now, self.horizon, known=met, missed=missed),
            *self._told(ledger),
            *(mail for mail in self._asking(plan) if mail.key not in ledger),
        ]
        actions = tuple(self._actions(meetings, plan))
        nowhere = self._nowhere(meetings, actions)
        problems = Problems(self.pair, self.state, self.desks, self.copies, self.guests, self.now)
        return Decision(
            pair=self.pair.id,
            now=self.now,
            meetings=meetings,
            fallen=plan.fallen,
            actions=actions,
            mails=tuple(sorted(self._wanted(mails, nowhere), key=lambda mail: (mail.due, mail.key))),
            stale=stale,
            gaps=plan.gaps,
            problems=dict(problems.of(meetings, plan)),
            rows={(row.uid, row.account): row for row in self.state.copies},
            seen_due=self.state.next_due,
            again=self._again(plan, actions),
            answers=self.state.answers,
            ledger=ledger,
            by_hand=self._by_hand(meetings),
        )

    def _wanted(self, mails: Iterable[SendMail], nowhere: AbstractSet[str]) -> Iterator[SendMail]:
        """Without those to people who want none, and those about meetings that stand `nowhere` yet."""
        heard = (mail for mail in mails if mail.person not in self.silent)
        return (mail for mail in heard if mail.meeting is None or mail.meeting.uid not in nowhere)

    def _nowhere(self, meetings: Iterable[Meeting], actions: Iterable[EventAction]) -> set[str]:
        """The UIDs of meetings that are in no calendar yet, where one was never found: they have their times without
        anybody knowing when its people are busy, so that nobody hears of them before.
        """
        if all(self.rows[name].url for name in self.desks if name in self.rows):
            return set()
        somewhere = {uid for uid, copies in self.copies.items() if copies} | {each.meeting.uid for each in actions}
        return {meeting.uid for meeting in meetings if meeting.state is State.STANDING} - somewhere

    def _by_hand(self, meetings: Sequence[Meeting]) -> bool:
        before = {meeting.identity: (meeting.start, meeting.end) for meeting in self.state.meetings}
        placed = (each for each in meetings if each.pinned and each.state is State.STANDING)
        return any(before.get(each.identity) != (each.start, each.end) for each in placed)

    def _settled(self) -> Iterator[Settled]:
        """Every meeting that a calendar or the store knows of, as its copies have it."""
        remembered = {meeting.identity: meeting for meeting in self.state.meetings}
        marked = {c.event.identity for copies in self.copies.values() for c in copies.values() if c.event.identity}
        for identity in sorted({*remembered, *marked}):
            copies = self.copies.get(identity.uid, {})
            ours = [copies[account] for account in self.desks if account in copies]
            ours += self.guests.edits(identity.uid)
            ours += traces.intended(self.state.copies, identity.uid)
            said = heard(self.answers.get(identity.uid, ()), ours, remembered.get(identity))
            refusals = {**self.refusals.get(identity.uid, {}), **said.declines}
            settled = settle(identity, [*ours, *said.copies], refusals, remembered.get(identity))
            if settled is not None:
                yield settled

    def _desks(self) -> dict[str, tuple[Person, ...]]:
        """The two by the accounts that are written to for them, the mentor first. A calendar that they share counts
        once, as the mentor's, by whatever accounts they reach it: it holds one event for both. The organizer's is for
        all its guests.
        """
        found: dict[str, tuple[Person, ...]] = {}
        guests = tuple(person for person in self.pair.people if person.account == ORGANIZER)
        taken = {self._url(ORGANIZER)} if guests else set()
        for person in self.pair.people:
            if person.account == ORGANIZER:
                found[ORGANIZER] = guests
            elif person.account is not None and self._url(person.account) not in taken:
                found[person.account] = (person,)
                taken.add(self._url(person.account))
        return found

    def _refusals(self) -> dict[str, dict[str, Baseline | None]]:
        """Who deleted what, and who declined it."""
        found = traces.refusals([row for row in self.state.copies if not self.guests.tidied(row)])
        known = {meeting.uid: meeting for meeting in self.state.meetings}
        for uid in self.copies if self.guests.people else ():
            if declined := dict(self.guests.declines(uid, known.get(uid), self.now)):
                found[uid] = {**found.get(uid, {}), **declined}
        return found

    def _answers(self) -> dict[str, list[Answer]]:
        """What people said by mail, by meeting."""
        found: dict[str, list[Answer]] = {}
        for each in self.state.answers:
            found.setdefault(each.uid, []).append(each)
        return found

    def _person(self, name: str) -> Person | None:
        """Whose account that is, or whose answer."""
        guests = {each: person for person in self.guests.people for each in (person.calendar, key(person))}
        guests |= {f"{BY_MAIL}{person.id}": person for person in self.pair.people}
        alone = self.desks.get(name, ())
        return alone[0] if len(alone) == 1 and name != ORGANIZER else guests.get(name)

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
        yield from self._leftovers()
        yield from leave(self.unsaid, self.desks.keys(), self.state, "they want no more mail", self.now)
        usable = [name for name in self.desks if writable(self.rows.get(name))]
        whole = len(usable) == len(self.desks)
        for meeting in meetings:
            actions = diff(meeting, [self._place(meeting, name) for name in usable], self.now)
            yield from (action for action in actions if whole or not is_note(action))
        people = {name: _one_of(people) for name, people in self.desks.items()}
        for meeting in plan.dropped:
            copies = {n: c for n, c in self.copies.get(meeting.uid, {}).items() if n in usable and not c.event.problem}
            yield from cancel(meeting, copies, people, self.now)

    def _again(self, plan: Plan, actions: Sequence[EventAction]) -> datetime | None:
        """Soon where a calendar is being made free for an event, or where its server is yet to say whom it reached."""
        invites = any(not isinstance(a, CancelEvent) and a.invitation and not is_note(a) for a in actions)
        soon = self.now + SOON if invites or any(True for _ in self._leftovers()) else None
        return min(filter(None, (plan.again, soon)), default=None)

    def _strays(self) -> Iterator[EventAction]:
        """Copies in a calendar that none of the two uses any more."""
        used = {self._url(name) for name in self.desks}
        others = [n for n in self.accounts if writable(self.rows.get(n)) and self._url(n) not in used]
        others += invited(self.state.copies) - self.desks.keys()
        return leave(self.copies, others, self.state, "the person's calendar is another one now", self.now)

    def _leftovers(self) -> Iterator[EventAction]:
        """What the organizer's server brought to people who are no guests any more, and which it has taken back: it
        makes room for an event of their own.
        """
        accounts = {p.calendar: p.email.lower() for p in self.pair.people if p.account in self.desks}
        for uid, here in self.guests.own.items():
            free = [n for n in here if n in self.desks and accounts.get(n, "") not in self.guests.listed(uid)]
            usable = [name for name in free if writable(self.rows.get(name))]
            yield from leave({uid: here}, usable, self.state, "they get an event of their own instead", self.now)

    def _place(self, meeting: Meeting, account: str) -> Place:
        people, month = self.desks[account], self._month(meeting)
        invites = account == ORGANIZER or account.startswith(INVITED)
        rows = [row for row in self.state.copies if (row.uid, row.account) == (meeting.uid, account)]
        fields = (
            invitation_for(self.pair, people, meeting, month, self.languages)
            if invites
            else fields_for(self.pair, people[0], meeting, month, self.languages)
        )
        return Place(
            _one_of(people),
            account,
            fields,
            self.copies.get(meeting.uid, {}).get(account),
            closed=any(closed(row, meeting.start) or self.host.brought(row) for row in rows) or self._asks(account),
            party=self.guests.party(meeting) if account == ORGANIZER else None,
        )

    def _asks(self, account: str) -> bool:
        """Whether an event there would be an invitation, which is mail, to somebody who wants none. What they were
        invited to is kept true.
        """
        return account.startswith(INVITED) and all(person.id in self.silent for person in self.desks[account])

    def _unsaid(self) -> dict[str, dict[str, Copy]]:
        """Takes out the copies to which nobody was invited so far, of whoever wants no more mail."""
        begins = f"{self.pair.id}/{Mail.INVITE}/"
        waiting = {
            n: m.uid for n, m in self.state.mails.items() if n.startswith(begins) and m.state is MailState.QUEUED
        }
        found: dict[str, dict[str, Copy]] = {}
        for account in filter(self._asks, self.desks):
            uids = {uid for name, uid in waiting.items() if name.endswith(f"/{self.desks[account][0].id}")}
            for uid in uids & self.copies.keys():
                if (copy := self.copies[uid].pop(account, None)) is not None:
                    found.setdefault(uid, {})[account] = copy
        return found

    def _month(self, meeting: Meeting) -> RoadmapMonth:
        day = meeting.start.astimezone(ZoneInfo(self.pair.timezone)).date()
        return self.pair.roadmap.months[month_of_cycle(roadmap_month(self.pair, day)) - 1]

    def _told(self, ledger: set[str]) -> Iterator[SendMail]:
        for each in self.settled:
            for person in filter(None, map(self._person, each.overruled)):
                mail = moved(self.pair, each.meeting, person, self.now)
                if mail.key not in ledger:
                    yield mail

    def _asking(self, plan: Plan) -> Iterator[SendMail]:
        """To both, once for each time that did not suit."""
        declined = {each.meeting.identity: each.declined for each in self.settled}
        for ask in plan.asks:
            accounts = declined.get(ask.meeting.identity, ())
            who = {person.id for person in map(self._person, accounts) if person}
            yield from times(self.pair, ask, tuple(sorted(who)), self.now)


def _one_of(people: Sequence[Person]) -> str:
    """The id of somebody whose event it is alone."""
    return people[0].id if len(people) == 1 else ""
