"""What each command does, from opening the store to closing everything again.

Owns how long things live in one run of the program. Must never know a terminal: cli/ prints what comes back.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cadenced.config import Installation, load
from cadenced.config.problems import about
from cadenced.core.accounts import ORGANIZER
from cadenced.core.errors import ConfigError
from cadenced.core.guard import objection, too_much
from cadenced.core.model import Programme
from cadenced.core.records import AccountRow, AccountStatus
from cadenced.reconciler.decision import Decision
from cadenced.reconciler.observe import Observation
from cadenced.service.daemon import Daemon
from cadenced.service.explained import Explained
from cadenced.service.holding import Holding
from cadenced.service.loading import Loading
from cadenced.service.parts import Clock, Loaded, Parts
from cadenced.service.reading import read_once
from cadenced.service.report import MAILBOX, SMTP, Applied, Planned
from cadenced.service.standing import known_pair
from cadenced.service.wheel import BATCH
from cadenced.shell import logs, systemd
from cadenced.shell.calendars import CalDav
from cadenced.shell.clock import FixedClock, SystemClock
from cadenced.shell.mailer import Mailer
from cadenced.shell.store import Store
from cadenced.shell.watch import changes

UNSEEN = "https://unseen.invalid/{}/"  # of a calendar that `plan --offline` has never looked at (RFC 2606 §2)
TRANSIENT = (AccountStatus.OK, AccountStatus.UNREACHABLE)

Step = Callable[[str, int, int], None]  # what, done, of how many


def _quiet(_what: str, _done: int, _total: int) -> None:
    pass


async def plan_once(
    installation: Installation,
    now: datetime | None = None,
    only: str | None = None,
    *,
    offline: bool = False,
    step: Step = _quiet,
) -> Planned:
    """What apply would do now, with all pairs or with one. Nothing changes, on no server and on no disk; it may run
    beside the daemon. ConfigError when there is no such pair.
    """
    store, loaded = Store.snapshot(installation.settings.store_path()), Loaded.of(installation, secrets=not offline)
    async with _joined(store, loaded, _clock(now)) as parts:
        wheel, programme = parts.wheel, parts.loaded.programme
        near = None if only is None else _near(parts, known_pair(only, await _all_pairs(parts)))
        if offline:
            wheel.rows |= _unseen(parts.loaded.accounts, await parts.store.accounts())
        else:
            whole = near is None or only not in programme.pairs  # one that left may have events in any
            await _look(parts, step, None if whole else _accounts(programme, near or ()))
        decisions: list[Decision] = []
        async for group, done, total in _groups(parts, near):
            step("Planning", done, total)
            decisions += await wheel.decide(group)
        if only is not None:
            decisions = [each for each in decisions if each.pair == only]
            programme = replace(programme, warnings=about(programme.warnings, programme.pairs.get(only)))
        unsafe = await _objection(parts, decisions) if only is None else ""  # that is about the whole
        return Planned(parts.clock.now(), programme, tuple(decisions), wheel.blocked(), unsafe)


async def apply_once(
    installation: Installation, now: datetime | None = None, step: Step = _quiet, *, confirmed: bool = False
) -> Applied:
    """One pass over all pairs, and the mail that is due. LockedError when a daemon keeps the store. When it would upset
    too much and no human has `confirmed` it, nothing is changed and the coordinator is told.
    """
    store = Store.open(installation.settings.store_path())
    async with _joined(store, Loaded.of(installation), _clock(now)) as parts:
        await parts.recover()
        await _look(parts, step)
        unread = await read_once(parts)
        decisions: list[Decision] = []
        async for group, done, total in _groups(parts):
            step("Planning", done, total)
            decisions += await parts.wheel.decisions(group)
        unsafe = "" if confirmed else await _objection(parts, decisions)
        if unsafe:
            await parts.holding.refuse(unsafe)
            decisions = []
        else:
            await parts.holding.passes()
        if confirmed:
            await parts.holding.confirm(parts.loaded.programme)
        written, failed = 0, dict[str, str]()
        for done in range(0, len(decisions), BATCH):
            step("Bringing calendars up to date", done, len(decisions))
            turned = await parts.wheel.carry_out(decisions[done : done + BATCH])
            written += turned.done
            failed |= turned.failed
        await parts.tell_coordinator()
        step("Sending mail", 0, 1)
        sent = await parts.outbox.run_once()
        waiting, again = await parts.store.count_due(parts.clock.now()), await parts.store.due_again(parts.clock.now())
        blocked = parts.wheel.blocked() | failed | ({MAILBOX: unread} if unread else {})
        blocked |= {SMTP: parts.outbox.failure} if parts.outbox.failure else {}
        alerts = len(await parts.store.alerts())
        return Applied(parts.clock.now(), written, sent, waiting, blocked, alerts, unsafe, again)


async def explain_once(
    installation: Installation, name: str, now: datetime | None = None, *, offline: bool = False, step: Step = _quiet
) -> Explained:
    """Why the meetings of one pair have their times. Changes nothing; ConfigError when there is no such pair."""
    store, loaded = Store.snapshot(installation.settings.store_path()), Loaded.of(installation, secrets=not offline)
    async with _joined(store, loaded, _clock(now)) as parts:
        pair = loaded.programme.pairs[known_pair(name, loaded.programme.pairs)]
        decider = parts.wheel.decider
        if offline:
            parts.wheel.rows |= _unseen(loaded.accounts, await parts.store.accounts())
        else:
            await _look(parts, step, _accounts(loaded.programme, (name, *decider.neighbourhood.sharing(name))))
        found, gaps = await decider.explain(name, parts.wheel.rows)
        blocked = {} if offline else parts.wheel.blocked()
        return Explained(parts.clock.now(), pair, tuple(found), tuple(gaps), blocked)


async def confirm_once(installation: Installation) -> int:
    """A human says that the daemon shall do what it holds back, by the programme as it is now. How many pairs wait."""
    store = Store.beside(installation.settings.store_path())
    try:
        holding = Holding(store, SystemClock())
        held = await holding.begin(installation.loader.load())
        await holding.confirm(installation.loader.load())
        return len(held)
    finally:
        store.close()


async def thaw_once(installation: Installation, name: str) -> str:
    """A human says that a frozen calendar, or a mail address that was refused, works again. What that means, in words.

    ConfigError when there is neither of that name. It may run beside the daemon.
    """
    store = Store.beside(installation.settings.store_path())
    try:
        if "@" in name:
            now = SystemClock().now()
            if not await store.resume_address(name):
                raise ConfigError(f"mail to {name} was never stopped")
            await store.clear_alert(f"address/{name.lower()}", now)
            waiting = await store.try_again(name, now)
            first = f", {waiting} that could not be sent first" if waiting else ""
            return f"mail is sent to {name} again{first}"
        settings = installation.settings
        accounts = {*settings.calendars, *([] if settings.organizer is None else [ORGANIZER])}
        if name not in accounts:
            known = ", ".join(sorted(accounts)) or "none"
            raise ConfigError(f'"{name}" is no calendar account in cadenced.toml; there are: {known}')
        row = (await store.accounts()).get(name)
        if row is None or row.status is AccountStatus.OK:
            raise ConfigError(f"calendar {name} is not frozen: there is nothing to thaw")
        lost = await store.thaw(name)
        await store.clear_alert(f"account/{name}", SystemClock().now())
        events = f"{lost} event{'' if lost == 1 else 's'}"
        return f"{events} of {name} will be looked for, and written again where they are missing"
    finally:
        store.close()


async def run_forever(directory: Path) -> None:
    """The daemon, until SIGTERM or SIGINT. ConfigError when there is no good configuration to start with."""
    installation = load(directory)
    logs.configure(installation.settings.service.log, sys.stderr)
    store = Store.open(installation.settings.store_path())
    parts = Parts(store, CalDav(), Mailer(), SystemClock())
    daemon = Daemon(parts, Loading(installation), lambda: changes(directory), systemd.watchdog_interval())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, daemon.stop)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    try:
        await daemon.run()
    finally:
        await parts.close()


@asynccontextmanager
async def _joined(store: Store, loaded: Loaded, clock: Clock) -> AsyncGenerator[Parts]:
    """Everything of one command, with the configuration in force; closed at the end, whatever happens."""
    parts = Parts(store, CalDav(), Mailer(), clock)
    try:
        await parts.install(loaded)
        yield parts
    finally:
        await parts.close()


def _unseen(accounts: Iterable[str], known: Mapping[str, AccountRow]) -> dict[str, AccountRow]:
    """The accounts as if each answered: as last seen, or as an empty calendar that takes everything."""
    rows = {name: known.get(name, AccountRow(name)) for name in accounts}
    return {
        name: replace(row, url=row.url or UNSEEN.format(name), status=AccountStatus.OK)
        if row.status in TRANSIENT
        else row
        for name, row in rows.items()
    }


async def _look(parts: Parts, step: Step, only: Collection[str] | None = None) -> list[Observation]:
    names = sorted(name for name in parts.loaded.accounts if only is None or name in only)
    seen: list[Observation] = []
    step("Looking at the calendars", 0, len(names))
    parts.wheel.beat = lambda _what: step("Looking at the calendars", len(parts.wheel.rows), len(names))
    try:
        seen += await parts.wheel.look(names)
    finally:
        parts.wheel.beat = lambda _what: None
    return seen


async def _all_pairs(parts: Parts) -> list[str]:
    """The programme's pairs, and those that left it and still have events."""
    return sorted({*parts.loaded.programme.pairs, *await parts.store.pair_names()})


def _near(parts: Parts, name: str) -> list[str]:
    """A pair, and those that are planned together with it."""
    groups = parts.wheel.decider.groups([*parts.loaded.programme.pairs, name])
    return next(group for group in groups if name in group)


def _accounts(programme: Programme, names: Iterable[str]) -> set[str]:
    """Those of the people of these pairs."""
    people = (person for name in names if name in programme.pairs for person in programme.pairs[name].people)
    return {account for person in people for account in (person.account, person.calendar) if account}


async def _groups(parts: Parts, only: Sequence[str] | None = None) -> AsyncGenerator[tuple[list[str], int, int]]:
    """All pairs, or these, in groups that are planned together; with each, how many are done, and of how many."""
    names, done = await _all_pairs(parts) if only is None else list(only), 0
    for group in parts.wheel.decider.groups(names):
        yield group, done, len(names)
        done += len(group)


async def _objection(parts: Parts, decisions: Sequence[Decision]) -> str:
    """Why a human must confirm this plan, or nothing."""
    upsets = sum(each.upsets for each in decisions)
    owned = await parts.store.count_coming(parts.clock.now())
    return objection(upsets, owned) if too_much(upsets, owned) else ""


def _clock(now: datetime | None) -> Clock:
    return SystemClock() if now is None else FixedClock(now)
