"""What `preview` shows: a year of one pair, decided as `plan` would from what was last seen, and no server asked.

Owns which year that is. Must never know what the page looks like: wire/yearbook.py writes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cadenced.config import Installation
from cadenced.config.problems import nearest
from cadenced.core.accounts import INVITED
from cadenced.core.actions import CreateEvent, SendMail
from cadenced.core.answers import paused
from cadenced.core.cadence import MONTHS, midnight, month_begins, roadmap_month
from cadenced.core.due import local_day
from cadenced.core.errors import ConfigError
from cadenced.core.inviting import carrier, telling
from cadenced.core.model import DateRange, Pair, State
from cadenced.reconciler.decision import Decision
from cadenced.service.parts import Clock, Loaded, Parts
from cadenced.shell.calendars import CalDav
from cadenced.shell.clock import FixedClock, SystemClock
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from cadenced.wire.languages import Languages
from cadenced.wire.yearbook import Year, page

LONGEST_PAUSE = timedelta(days=366)  # on the page: of one that nobody has ended so far, no more can be shown


@dataclass(frozen=True, slots=True)
class Previewed:
    """A page as HTML, and what there is on it."""

    html: str
    pair: Pair
    meetings: int
    mails: int


async def preview_once(
    installation: Installation, name: str | None = None, now: datetime | None = None, language: str | None = None
) -> Previewed:
    """A year of a pair, by default of the only one: from its start, or from the month that it is in. In `language`, or
    each mail in its reader's. Changes nothing. ConfigError when there is no such pair, language or year.
    """
    clock: Clock = SystemClock() if now is None else FixedClock(now)
    loaded = Loaded.of(installation, secrets=False)
    pair = _spoken(_chosen(loaded.programme.pairs, name), language, loaded.languages)
    parts = Parts(Store.snapshot(installation.settings.store_path()), CalDav(), Mailer(), clock)
    try:
        pair = _pausing(paused(pair, (await parts.store.load_pair(pair.id)).answers), clock.now())
        first, months = _year(pair, clock.now())
        ends = midnight(month_begins(pair, first + months)).replace(tzinfo=ZoneInfo(pair.timezone))
        horizon = replace(loaded.horizon, ahead=ends - clock.now())
        decision = await _decided(parts, replace(loaded, horizon=horizon), pair)
    finally:
        await parts.close()
    year = _composed(pair, decision, loaded, (first, months), ends)
    html = page(year, loaded.templates, loaded.languages)
    return Previewed(html, pair, len(year.meetings), len(year.mails))


def _chosen(pairs: Mapping[str, Pair], name: str | None) -> Pair:
    if name is None:
        if len(pairs) == 1:
            return next(iter(pairs.values()))
        raise ConfigError(f"which pair? There are: {', '.join(sorted(pairs))}" if pairs else "pairs.toml has no pair")
    if name not in pairs:
        raise ConfigError(f'"{name}" is no pair in pairs.toml{nearest(name, pairs)}')
    return pairs[name]


def _spoken(pair: Pair, language: str | None, languages: Languages) -> Pair:
    """The pair, as if both read the language."""
    if language is None:
        return pair
    if language not in languages.names:
        raise ConfigError(f'"{language}" is no language that mails are written in{nearest(language, languages.names)}')
    mentor, protege = (replace(person, language=language) for person in pair.people)
    return replace(pair, mentor=mentor, protege=protege)


def _pausing(pair: Pair, now: datetime) -> Pair:
    """The pair, as if no pause went on for longer than one on the page, from today or from its first day."""
    today, pauses = local_day(pair.timezone, now), list[DateRange]()
    for each in pair.pause:
        since = max(each.first, today)
        pauses.append(each if each.last - since <= LONGEST_PAUSE else replace(each, last=since + LONGEST_PAUSE))
    return replace(pair, pause=tuple(pauses))


def _year(pair: Pair, now: datetime) -> tuple[int, int]:
    """The roadmap month to begin with, and how many there are up to the pair's last one, at most twelve."""
    first = roadmap_month(pair, local_day(pair.timezone, now))
    if pair.end is None:
        return first, MONTHS
    months = roadmap_month(pair, pair.end) - first + 1
    if months < 1:
        raise ConfigError(f'the last day of "{pair.id}" was {pair.end}: there is no year to show')
    return first, min(months, MONTHS)


async def _decided(parts: Parts, loaded: Loaded, pair: Pair) -> Decision:
    """With all pairs that share people, as the daemon would; as if nobody had looked at any calendar yet."""
    await parts.install(loaded)
    decider = parts.wheel.decider
    group = next(group for group in decider.groups(loaded.programme.pairs) if pair.id in group)
    return next(each for each in await decider.decide(group, parts.wheel.rows) if each.pair == pair.id)


def _composed(pair: Pair, decision: Decision, loaded: Loaded, span: tuple[int, int], ends: datetime) -> Year:
    """What takes place before `ends`, and the finished mails."""
    composer, now = loaded.composer(), decision.now
    first, months = span
    begins = midnight(month_begins(pair, first)).replace(tzinfo=ZoneInfo(pair.timezone))
    seen = (m for m in decision.meetings if m.state is State.STANDING and m.start < ends)
    meetings = tuple(m for m in seen if m.start >= min(begins, now))
    told = (*decision.mails, *_invitations(pair, decision, loaded.horizon.ahead))
    due = [(at, mail) for mail in told if (at := max(mail.due, now)) < ends]
    plan, answers = decision.meetings, decision.answers
    mails = [(at, mail, composer.compose(mail, pair, plan, at, told=answers)) for at, mail in due]
    return Year(pair, now, first, months, meetings, mails)


def _invitations(pair: Pair, decision: Decision, ahead: timedelta) -> Iterator[SendMail]:
    """Those that no agenda brings, each when its meeting comes within the horizon."""
    for action in decision.actions:
        if isinstance(action, CreateEvent) and action.account.startswith(INVITED):
            month = roadmap_month(pair, local_day(pair.timezone, action.meeting.start))
            at = max(action.meeting.start - ahead, decision.now)
            mail = telling(action, action.person, month, at, off=False)
            if carrier(mail, decision.mails) is mail:
                yield mail
