"""The model of the store answers as the real one does, whatever is asked of the two."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cadenced.core.answers import Answer, Told
from cadenced.core.records import AccountRow, AccountStatus, CopyState, MailState
from cadenced.shell.store import Store
from tests.explore.book import Book, Tables
from tests.support.records import NOW, copy, mail, meeting, settled

MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one: the store syncs every commit, and a disk takes its time
UIDS, ACCOUNTS, PAIRS, ETAGS = ("u1", "u2"), ("maya", "jonas"), ("p1", "p2"), ("", '"1"', '"2"')
KEYS = ("p1/agenda/1/maya", "p1/brief/2/maya", "p2/agenda/1/jonas")
MOMENTS = [NOW + timedelta(minutes=n) for n in (-1, 0, 1, 5)]
WRITTEN = (
    "1 20261208T173000Z 20261208T183000Z 20261208T173000Z 20261208T183000Z r a b c 20261124T090000Z 0 - - on",
    "1 20261208T173000Z 20261208T183000Z 20261209T173000Z 20261209T183000Z r a b c 20261124T091000Z 0 - - on",
    "unreadable",
    "",
)

uids, accounts, pairs, etags = map(st.sampled_from, (UIDS, ACCOUNTS, PAIRS, ETAGS))
keys, moments = st.sampled_from(KEYS), st.sampled_from(MOMENTS)
account_rows = st.builds(
    AccountRow,
    accounts,
    token=st.sampled_from(("", "t1", "t2")),
    status=st.sampled_from(AccountStatus),
    since=st.none() | moments,
)
copies = st.builds(
    copy, uids, accounts, pair=pairs, etag=etags, written=st.sampled_from(WRITTEN), state=st.sampled_from(CopyState)
)
by_uid = st.dictionaries(uids, etags)
by_place = st.dictionaries(st.tuples(uids, accounts), etags)
mails = st.builds(lambda key, **more: mail(key, pair=key[:2], **more), keys, due=moments)
meetings = st.lists(st.builds(meeting, st.integers(0, 2)), unique_by=lambda each: each.uid)
ids = st.sampled_from(("<a>", "<b>"))
answers = st.builds(Answer, ids, pairs, st.just("maya"), st.sampled_from(Told), moments, start=st.none() | moments)
settlements = st.builds(settled, st.sampled_from(MailState), st.none() | moments)


def calls(name, *arguments):
    """A rule that asks the same of both."""
    return rule(values=st.tuples(*arguments))(lambda self, values: self.asks(name, *values))


class Twins(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.path = Path(self.folder.name, "store.db")
        self.store, self.book = Store.open(self.path), Book()
        self.backups = [(None, Tables())]

    def asks(self, name, *arguments):
        said = self.loop.run_until_complete(getattr(self.store, name)(*arguments))
        assert plain(said) == plain(getattr(self.book, name)(*arguments))

    save_account = calls("save_account", account_rows)
    record_look = rule(
        row=account_rows,
        seen=st.lists(copies, unique_by=lambda c: c.uid),
        gone=st.sets(uids),
        known=by_uid,
        now=moments,
    )(
        lambda self, row, seen, gone, known, now: self.asks(
            "record_look",
            row,
            [copy(c.uid, row.account, pair=c.pair, etag=c.etag, written=c.written) for c in seen],
            sorted(gone - {c.uid for c in seen}),
            known,
            now,
        )
    )
    save_copies = calls("save_copies", st.lists(copies, unique_by=lambda c: (c.uid, c.account)), by_place)
    drop_copies = calls("drop_copies", st.lists(copies, unique_by=lambda c: (c.uid, c.account)))
    save_turn = calls(
        "save_turn", st.just("p1"), meetings.map(lambda ms: [m_of("p1", m) for m in ms]), moments, st.none()
    )
    set_stanzas = calls("set_stanzas", st.dictionaries(pairs, st.sampled_from(("h1", "h2"))))
    wake = calls("wake", st.lists(pairs, max_size=2))
    postpone = calls("postpone", pairs, moments)
    forget_pair = calls("forget_pair", pairs)
    enqueue = calls("enqueue", st.lists(mails, unique_by=lambda row: row.key))
    claim = calls("claim", moments, st.integers(1, 3))
    settle = calls("settle", keys, settlements, moments)
    release = calls("release", st.lists(mails, unique_by=lambda row: row.key), moments)
    recover = calls("recover", moments, st.just(timedelta()))
    record_mail = calls(
        "record_mail",
        ids,
        st.just("told"),
        st.lists(answers, max_size=2, unique_by=lambda answer: answer.id),
        st.lists(mails, max_size=1),
        moments,
    )
    withdraw = calls("withdraw", st.sets(keys))

    @rule(meetings=meetings, due=moments)
    def a_turn_that_knew_when_it_was_due_is_saved(self, meetings, due):
        seen = self.book.load_pair("p1").next_due
        self.asks("save_turn", "p1", [m_of("p1", m) for m in meetings], due, seen)

    @rule()
    def starts_again(self):
        self.store.close()
        self.store = Store.open(self.path)
        self.book.reopen()

    @rule()
    def is_copied(self):
        kept = Path(self.folder.name, f"backup{len(self.backups)}.db")
        shutil.copy(self.path, kept)
        self.backups.append((kept, self.book.tables))

    @rule(data=st.data())
    def is_lost_or_restored(self, data):
        kept, tables = data.draw(st.sampled_from(self.backups))
        self.store.close()
        self.path.unlink()
        if kept is not None:
            shutil.copy(kept, self.path)
        self.store = Store.open(self.path)
        self.book.tables = tables
        self.book.reopen()

    @invariant()
    def the_two_know_the_same(self):
        for name in ("accounts", "pair_names"):
            self.asks(name)
        for account in ACCOUNTS:
            self.asks("copies", account)
        for pair in PAIRS:
            self.asks("load_pair", pair)
        self.asks("due_pairs", NOW, 9)

    def teardown(self):
        self.store.close()
        self.loop.close()
        self.folder.cleanup()


def m_of(pair, each):
    return meeting(each.identity.index, pair)


def plain(value):
    """The order of rows is nobody's promise, but for those that are due."""
    if isinstance(value, list) and value and not isinstance(value[0], tuple):
        return sorted(map(repr, value))
    if hasattr(value, "copies"):
        rows = (value.copies, value.meetings, value.answers)
        return *(sorted(map(repr, each)) for each in rows), value.mails, value.next_due
    return value


def test_the_model_of_the_store_answers_as_the_store_does():
    run_state_machine_as_test(
        Twins,
        settings=settings(
            max_examples=30, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
