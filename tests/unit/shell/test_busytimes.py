"""The busy times in the store: what is kept, what a change is, and how a store of yesterday comes to have them."""

import sqlite3
from datetime import timedelta

import pytest

from cadenced import migrations
from cadenced.core.busytime import BusySeen, BusyTime
from cadenced.shell.database import Database
from cadenced.shell.store import Store
from tests.support.busy import says
from tests.support.programme import utc
from tests.support.records import NOW, copy, mail, old_mail

HOUR = timedelta(hours=1)
WORK, HOME = "https://x/work/", "https://x/home/"


def at(day, hour=10, tentative=False):
    start = utc(f"2026-12-{day:02}T{hour:02}:00")
    return BusyTime(start, start + HOUR, tentative)


async def save(store, *times, url=WORK, account="maya", now=NOW, mark="1"):
    return await store.save_busy(account, BusySeen(url, mark, now), times)


async def kept(store, *accounts):
    return {account: says(times) for account, times in (await store.busy_of(accounts)).items()}


async def test_all_calendars_of_an_account_make_one_list(store):
    await save(store, at(8), at(9, tentative=True))
    await save(store, at(8, 11), at(9), url=HOME)
    await save(store, at(1), account="jonas")
    assert await kept(store, "maya") == {"maya": ["2026-12-08 10:00/12:00", "2026-12-09 10:00/11:00"]}
    assert await kept(store, "maya", "jonas", "nobody") == {
        "maya": ["2026-12-08 10:00/12:00", "2026-12-09 10:00/11:00"],
        "jonas": ["2026-12-01 10:00/11:00"],
    }
    assert await kept(store) == {}


async def test_what_a_calendar_said_before_is_forgotten(store):
    await save(store, at(8), at(9))
    await save(store, at(9, tentative=True))
    assert await kept(store, "maya") == {"maya": ["2026-12-09 10:00/11:00?"]}


async def test_only_what_is_not_over_makes_a_difference(store):
    assert await save(store, at(8), at(9)) is True
    assert await save(store, at(8), at(9)) is False
    assert await save(store, at(9), now=at(8).end) is False
    assert await save(store, at(9, tentative=True), now=at(8).end) is True
    assert await save(store, now=at(8).end) is True
    assert await save(store) is False


async def test_when_and_by_what_mark_each_calendar_was_read_is_remembered(store):
    await save(store, at(8))
    await save(store, url=HOME, mark="")
    later = NOW + HOUR
    await save(store, at(8), now=later, mark="2")
    assert await store.busy_seen("maya") == {WORK: BusySeen(WORK, "2", later), HOME: BusySeen(HOME, "", NOW)}
    assert await store.busy_seen("jonas") == {}


async def test_a_calendar_that_is_read_no_more_goes_with_its_times(store):
    await save(store, at(8))
    await save(store, url=HOME)
    assert await store.keep_busy("maya", [WORK]) is False  # it kept nobody busy
    assert set(await store.busy_seen("maya")) == {WORK}
    assert await store.keep_busy("maya", []) is True
    assert await kept(store, "maya") == {}


async def test_an_account_that_left_goes_with_its_times(store):
    for account in ("maya", "jonas"):
        await save(store, at(8), account=account)
    await store.keep_busy_accounts({"jonas", "new"})
    assert list(await kept(store, "maya", "jonas")) == ["jonas"]
    assert await store.busy_seen("maya") == {}


async def test_nothing_but_times_is_kept(store, tmp_path):
    await save(store, at(8))
    with sqlite3.connect(tmp_path / "store.db") as raw:
        names = [column[1] for column in raw.execute("PRAGMA table_info(busy)")]
    raw.close()
    assert names == ["account", "calendar", "start", "end", "tentative"]


async def test_times_at_the_ends_of_the_calendar_are_kept(store):
    wide = BusyTime(utc("0001-01-01"), utc("9999-12-31"))
    await save(store, wide)
    assert (await store.busy_of(["maya"]))["maya"] == (wide,)


async def test_a_store_of_the_first_revision_keeps_all_that_it_held(tmp_path, monkeypatch):
    path = tmp_path / "store.db"
    monkeypatch.setattr("cadenced.shell.database.REVISION", "0001")
    old = Store.open(path)
    await old.save_copies([copy()])
    await old.set_stanzas({"maya-jonas": "1"})
    old.close()
    monkeypatch.undo()
    with sqlite3.connect(path) as raw:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert not tables & {"busy", "busy_calendars"}
    raw.close()
    old_mail(path)
    new = Store.open(path)
    assert await new.copies("jonas") == [copy()]
    assert await new.pair_names() == ["maya-jonas"]
    assert list((await new.load_pair("maya-jonas")).mails) == [mail().key]
    assert await save(new, at(8)) is True
    new.close()


async def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "store.db"
    monkeypatch.setattr("cadenced.shell.database.REVISION", "0001")
    Store.open(path).close()
    monkeypatch.undo()
    real = migrations.upgrade

    def cut_off(connection, revision):
        real(connection, revision)
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "upgrade", cut_off)
    with pytest.raises(KeyboardInterrupt):
        Database.open(path)
    monkeypatch.undo()
    store = Store.open(path)
    assert await save(store, at(8)) is True
    store.close()
